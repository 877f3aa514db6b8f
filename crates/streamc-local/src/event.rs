//! What flows between operators.

use streamc_types::{Row, RowKind};

/// A row and what it does to the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) kind: RowKind,
    pub(crate) row: Row,
}

impl Change {
    pub(crate) fn new(kind: RowKind, row: Row) -> Self {
        Self { kind, row }
    }

    pub(crate) fn insert(row: Row) -> Self {
        Self { kind: RowKind::Insert, row }
    }
}

/// A row, or the news of how far event time has come.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Row(Change),
    /// Milliseconds; `i64::MAX` at the end of the input.
    Watermark(i64),
}

/// Before the first watermark.
pub(crate) const NO_WATERMARK: i64 = i64::MIN;
/// After the last record.
pub(crate) const END_OF_TIME: i64 = i64::MAX;
