//! What a run has to say when it is over.

use crate::error::RecordPlace;
use smol_str::SmolStr;
use std::time::Duration;

/// Rows through a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentReport {
    /// Its name.
    pub name: SmolStr,
    /// `source`, `stream` or `sink`.
    pub kind: &'static str,
    /// Rows it read from other components; for a source: records.
    pub rows_in: u64,
    /// Rows it gave; for a sink: rows it took.
    pub rows_out: u64,
}

/// Rows that came behind the watermark and were dropped by an operator with windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateRows {
    /// The component.
    pub component: SmolStr,
    /// Id of the relation that dropped them.
    pub step: SmolStr,
    /// How many. A row of overlapping windows counts once for each window that had closed.
    pub rows: u64,
}

/// A record that did not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRecord {
    /// Where it stands.
    pub place: RecordPlace,
    /// Why, one sentence without a full stop.
    pub message: String,
}

/// Records of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// Its name.
    pub name: SmolStr,
    /// Records that became rows.
    pub rows: u64,
    /// Records that did not read.
    pub unreadable: u64,
    /// The first of them.
    pub errors: Vec<UnreadableRecord>,
    /// The watermark after its last record, in milliseconds; `None` without event time or records.
    pub watermark: Option<i64>,
}

/// What a run has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunReport {
    /// Every component that was run, in the order of the plan.
    pub components: Vec<ComponentReport>,
    /// The sources, in the order of the plan.
    pub sources: Vec<SourceReport>,
    /// Operators that dropped late rows.
    pub late: Vec<LateRows>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether it stopped because the limit of rows was reached.
    pub limited: bool,
    /// How long it took.
    pub elapsed: Duration,
}

impl RunReport {
    /// Late rows that were dropped, of all operators.
    pub fn late_rows(&self) -> u64 {
        self.late.iter().map(|l| l.rows).sum()
    }

    /// Records that did not read, of all sources.
    pub fn unreadable(&self) -> u64 {
        self.sources.iter().map(|s| s.unreadable).sum()
    }
}
