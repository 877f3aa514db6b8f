//! What is known of the rows of a relation.

use crate::changelog::Changelog;
use crate::lineage::Lineage;
use crate::time_types::TimeType;
use crate::window::WindowColumns;
use std::collections::BTreeMap;
use streamc_types::{RowSchema, TimeAttribute};

/// A set of columns, ascending, whose values identify a row.
pub type Key = Vec<usize>;

/// How far event time has come: no row with an earlier time is expected.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Watermark {
    /// The event-time column.
    pub column: usize,
    /// How long to wait for late rows, in milliseconds.
    pub delay_millis: i64,
}

/// How long an entry of an operator's state lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StateLife {
    /// Until the watermark passes the end of its window.
    Window,
    /// Until the watermark passes the bound of an interval; the width of the interval in milliseconds.
    Interval(i64),
    /// Until it was not used for so many milliseconds.
    Ttl(i64),
    /// By a hint, of a row of the left side (or of the only one) and of the right side: until it was not used for so many
    /// milliseconds. `None`: as long as without the hint.
    #[allow(missing_docs, reason = "told above")]
    Hinted { left: Option<i64>, right: Option<i64> },
    /// For ever.
    Unbounded,
}

/// What an operator keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StateKind {
    /// "one row per key", "rows of both sides"
    pub what: &'static str,
    /// How long.
    pub life: StateLife,
}

/// What is known of the rows of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Properties {
    /// The columns, with time attributes.
    pub schema: RowSchema,
    /// The watermark that flows with the rows. `None` in a relation without event time.
    pub watermark: Option<Watermark>,
    /// Kinds of rows.
    pub changelog: Changelog,
    /// Sets of columns that identify a row, as Flink infers unique keys; the empty set means at most one row.
    pub keys: Vec<Key>,
    /// The window columns, where rows belong to windows.
    pub window: Option<WindowColumns>,
    /// What this relation keeps (not its inputs).
    pub state: Option<StateKind>,
    /// Dependencies of each column on scanned components.
    pub lineage: Vec<Lineage>,
    /// The columns that Flink types as time attributes although they are none here.
    pub time_types: BTreeMap<usize, TimeType>,
}

impl Properties {
    /// Index of the event-time column: of several, the one that the watermark follows.
    pub fn rowtime(&self) -> Option<usize> {
        let is_rowtime =
            |i: usize| self.schema.columns.get(i).is_some_and(|c| c.time == Some(TimeAttribute::Rowtime));
        match &self.watermark {
            Some(w) if is_rowtime(w.column) => Some(w.column),
            _ => (0..self.schema.len()).find(|i| is_rowtime(*i)),
        }
    }

    /// The same rows with every time attribute made an ordinary column.
    pub fn without_time(mut self) -> Self {
        for column in &mut self.schema.columns {
            column.time = None;
        }
        self.watermark = None;
        self
    }

    /// The smallest key.
    pub fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().min_by_key(|k| k.len())
    }
}
