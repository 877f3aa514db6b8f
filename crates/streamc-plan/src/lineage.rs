//! Where the values of a column come from.

use serde::Serialize;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// A column of a component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ColumnRef {
    /// The component.
    pub component: SmolStr,
    /// The column.
    pub column: SmolStr,
}

/// The columns of scanned components that a column depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Lineage {
    /// Its value is computed from these.
    pub value: BTreeSet<ColumnRef>,
    /// Whether a row is there at all, or in which group, depends on these: filters, join conditions, group keys.
    pub condition: BTreeSet<ColumnRef>,
}

impl Lineage {
    /// Depends on what either depends on.
    pub fn merge(&mut self, other: &Self) {
        self.value.extend(other.value.iter().cloned());
        self.condition.extend(other.condition.iter().cloned());
    }

    /// `other` decides about the row: its values and conditions become conditions.
    pub fn depend_on(&mut self, other: &Self) {
        self.condition.extend(other.value.iter().cloned());
        self.condition.extend(other.condition.iter().cloned());
    }
}
