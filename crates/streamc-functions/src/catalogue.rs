//! The one visible table: every family, in the order of the reference.

use crate::families;
use crate::function::{Function, FunctionRef};
use std::collections::HashMap;
use std::sync::LazyLock;

static FAMILIES: &[&[Function]] = &[
    families::comparison::FUNCTIONS,
    families::logical::FUNCTIONS,
    families::arithmetic::FUNCTIONS,
    families::numeric::FUNCTIONS,
    families::string::FUNCTIONS,
    families::like::FUNCTIONS,
    families::regex::FUNCTIONS,
    families::matches::FUNCTIONS,
    families::similar::FUNCTIONS,
    families::encoding::FUNCTIONS,
    families::text::FUNCTIONS,
    families::printf::FUNCTIONS,
    families::hash::FUNCTIONS,
    families::json::FUNCTIONS,
    families::json_make::FUNCTIONS,
    families::variant::FUNCTIONS,
    families::temporal::FUNCTIONS,
    families::temporal_text::FUNCTIONS,
    families::conditional::FUNCTIONS,
    families::collection::FUNCTIONS,
    families::array::FUNCTIONS,
    families::map::FUNCTIONS,
    families::aggregate::FUNCTIONS,
    families::deviation::FUNCTIONS,
    families::gather::FUNCTIONS,
    families::bitmap::FUNCTIONS,
    families::system::FUNCTIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, FunctionRef>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for function in FAMILIES.iter().copied().flatten() {
        for name in std::iter::once(&function.name).chain(function.aliases) {
            map.insert(*name, FunctionRef(function));
        }
    }
    map
});

/// Every function and operator, by family.
pub fn all() -> impl Iterator<Item = FunctionRef> {
    FAMILIES.iter().copied().flatten().map(FunctionRef)
}

/// The function of that name or alias, in any case of letters.
pub fn find(name: &str) -> Option<FunctionRef> {
    BY_NAME.get(name.to_ascii_uppercase().as_str()).copied().filter(|f| f.is_called_by_name())
}

/// The operator of that symbol: `+`, `AND`, `IS NOT NULL`, `NOT LIKE`, …
pub fn operator(symbol: &str) -> Option<FunctionRef> {
    BY_NAME.get(symbol).copied()
}

/// Names and aliases of every function that is called by name, for "did you mean" and completion.
pub fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES
        .iter()
        .copied()
        .flatten()
        .filter(|f| f.is_called_by_name())
        .flat_map(|f| std::iter::once(f.name).chain(f.aliases.iter().copied()))
}
