//! Every function of the catalogue with every type of argument: one argument at a time is a column of each type, the others
//! are what fits.

use std::collections::BTreeSet;

use streamc_functions::{FunctionRef, all};
use streamc_types::{DataType, TypeKind, parse_type};

use super::dice::Dice;
use super::expressions::{self, Column, Expression};
use super::literals;

/// How many numbers of arguments more than the least are tried, and how many places.
const MOST: usize = 3;
/// What the other arguments are tried with, the likeliest first: columns by name.
const FITTING: [&str; 9] = ["name", "num", "dbl", "seen", "flag", "nums", "marks", "octets", "price"];

/// The calls over a table with these columns (name and type); aggregates where `aggregates` says so.
pub fn calls(columns: &[(String, String)], aggregates: bool) -> Vec<String> {
    let columns: Vec<Column> = columns
        .iter()
        .filter_map(|(name, ty)| Some(Column { text: name.clone(), ty: parse_type(ty).ok()?, time: None }))
        .collect();
    // A nullable column of each type; the table has others that are `NOT NULL`.
    let mut kinds = BTreeSet::new();
    let places: Vec<Expression> = columns
        .iter()
        .filter(|c| c.text == "qty" || (c.ty.nullable && kinds.insert(c.ty.kind.to_string())))
        .map(expressions::column)
        .chain(made(&columns))
        .chain([null()])
        .collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for function in all().filter(|f| f.deterministic && f.is_aggregate() == aggregates) {
        let least = function.arity.min;
        let most = function.arity.max.unwrap_or(least + 1).min(least.max(1) + 1).min(MOST);
        for count in [least, most] {
            let Some(arguments) = fitting(function, &columns, count) else { continue };
            for place in 0..count {
                if is_word(function, place) {
                    continue;
                }
                for other in &places {
                    let mut arguments = arguments.clone();
                    arguments[place] = other.clone();
                    let call =
                        expressions::written(function, &arguments, DataType::unknown()).node.to_string();
                    if seen.insert(call.clone()) {
                        found.push(call);
                    }
                }
            }
        }
    }
    found
}

/// Values of types that no column of a table has.
fn made(columns: &[Column]) -> Vec<Expression> {
    let of = |name: &str, argument: &str| {
        let function = streamc_functions::find(name)?;
        let column = columns.iter().find(|c| c.text == argument).map(expressions::column)?;
        expressions::call(function, &[column])
    };
    [of("BITMAP_BUILD", "nums"), of("TRY_PARSE_JSON", "digits")].into_iter().flatten().collect()
}

fn null() -> Expression {
    Expression {
        node: super::tree::Node::leaf("NULL"),
        ty: DataType::new(TypeKind::Null),
        value: None,
        atom: true,
        volatile: false,
    }
}

/// Whether an argument is a word of the language, such as a unit, and not a value.
fn is_word(function: FunctionRef, place: usize) -> bool {
    place == 0
        && matches!(function.name, "EXTRACT" | "FLOOR_TO" | "CEIL_TO" | "TIMESTAMPADD" | "TIMESTAMPDIFF")
}

/// Arguments of which a call has a type.
fn fitting(function: FunctionRef, columns: &[Column], count: usize) -> Option<Vec<Expression>> {
    let candidates = |place: usize| -> Vec<Expression> {
        let mut dice = Dice::new(3, place as u64);
        if let Some(literal) = literals::of_argument(&mut dice, function.name, place) {
            return vec![expressions::given(literal)];
        }
        let column = |name: &&str| columns.iter().find(|c| c.text == **name).map(expressions::column);
        let mut found: Vec<Expression> = FITTING.iter().filter_map(column).collect();
        if function.name.starts_with("BITMAP") {
            found.extend(made(columns));
        }
        found.push(expressions::given(literals::text("a")));
        found
    };
    let mut chosen = vec![Vec::new()];
    for place in 0..count {
        let next = candidates(place);
        chosen = chosen
            .iter()
            .flat_map(|so_far| {
                next.iter().map(move |argument| [so_far.clone(), vec![argument.clone()]].concat())
            })
            .collect();
    }
    chosen.into_iter().find(|arguments| expressions::call(function, arguments).is_some())
}
