//! Which kinds of rows a relation produces.

use serde::Serialize;

/// Kinds of rows besides `+I` in a relation's changelog. Every relation may insert. `-U` is not listed: an update is
/// announced with its old row only where the consumer asks for it (Flink's `UpdateKind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Changelog {
    /// `+U`: a row replaces an earlier one.
    pub updates: bool,
    /// `-D`: a row goes away.
    pub deletes: bool,
}

impl Changelog {
    /// Rows are only added.
    pub const INSERT_ONLY: Self = Self { updates: false, deletes: false };
    /// Rows are added and replaced.
    pub const UPDATES: Self = Self { updates: true, deletes: false };
    /// Rows are added, replaced and taken away.
    pub const ALL: Self = Self { updates: true, deletes: true };

    /// Whether rows are only added.
    pub fn is_insert_only(self) -> bool {
        self == Self::INSERT_ONLY
    }

    /// Kinds of either.
    pub fn or(self, other: Self) -> Self {
        Self { updates: self.updates || other.updates, deletes: self.deletes || other.deletes }
    }

    /// `["+I", "+U", "-D"]`, as far as they occur.
    pub fn kinds(self) -> Vec<&'static str> {
        let mut kinds = vec!["+I"];
        if self.updates {
            kinds.push("+U");
        }
        if self.deletes {
            kinds.push("-D");
        }
        kinds
    }
}
