//! How to run.

use smol_str::SmolStr;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use streamc_functions::EvalContext;

/// What processing time is during a run. State with a time to live depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// It stands still: the records are replayed at once, as when Flink reads a bounded input faster than any TTL.
    #[default]
    Still,
    /// A record arrives when it happened: processing time is the greatest event time seen.
    EventTime,
}

/// What to do with a record that does not read as a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unreadable {
    /// Count it, keep its error for the report, go on.
    #[default]
    Skip,
    /// Stop, as a Flink job does.
    Fail,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Records read from all sources.
    pub records: u64,
    /// Bytes read from all sources.
    pub bytes: u64,
    /// Rows given to the output.
    pub rows_out: u64,
    /// Since the start.
    pub elapsed: Duration,
}

/// How to run.
#[derive(Default)]
pub struct RunOptions<'a> {
    /// Components whose rows the output gets; empty for every sink. Only what they need is computed.
    pub targets: Vec<SmolStr>,
    /// Stop after so many rows of output.
    pub limit: Option<u64>,
    /// Session zone, and the moment that `CURRENT_TIMESTAMP` and `PROCTIME()` give for every row.
    pub context: EvalContext,
    /// Processing time.
    pub clock: Clock,
    /// Milliseconds after which unused state is dropped where the plan sets no other limit.
    pub state_ttl: Option<i64>,
    /// Records that do not read.
    pub unreadable: Unreadable,
    /// Set by another thread to stop the run between two records.
    pub cancelled: Option<&'a AtomicBool>,
    /// Called every few thousand records.
    pub progress: Option<&'a dyn Fn(&Progress)>,
}
