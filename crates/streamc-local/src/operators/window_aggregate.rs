//! Aggregation with one final row a group when the window closes.

use super::accumulate::Group;
use super::{Aggregates, Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, entry};
use crate::window_time::WindowClock;
use std::collections::BTreeMap;
use streamc_types::{RowKind, Value};

/// Rows come out by window end, and within one by the first appearance of the key.
pub(crate) struct WindowAggregate {
    keys: Vec<usize>,
    /// Column of the window's end.
    end: usize,
    aggregates: Aggregates,
    clock: WindowClock,
    windows: BTreeMap<i64, KeyMap<Entry>>,
}

/// A group of a window.
struct Entry {
    group: Group,
    /// How many rows are in it; one that lost all its rows gives none.
    rows: i64,
}

impl WindowAggregate {
    pub(crate) fn new(keys: Vec<usize>, end: usize, aggregates: Aggregates, clock: WindowClock) -> Self {
        Self { keys, end, aggregates, clock, windows: BTreeMap::new() }
    }
}

impl Operator for WindowAggregate {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let (end, row) = timed(change.row, self.end)?;
        if self.clock.closes_at(end) <= cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        let groups = self.windows.entry(end).or_default();
        let new = || Entry { group: self.aggregates.group(), rows: 0 };
        let found = entry(groups, &row, &self.keys, new);
        let addition = change.kind.is_addition();
        found.rows += if addition { 1 } else { -1 };
        self.aggregates.update(&mut found.group, &row, addition, cx)
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(window) = self.windows.first_entry() {
            if self.clock.closes_at(*window.key()) > cx.watermark {
                break;
            }
            for (key, Entry { group, .. }) in window.remove().into_iter().filter(|(_, entry)| entry.rows > 0)
            {
                let mut values: Vec<Value> = Vec::with_capacity(key.0.len() + self.aggregates.len());
                values.extend(key.0.into_vec());
                self.aggregates.values(&group, &mut values)?;
                cx.emit(RowKind::Insert, values.into_boxed_slice());
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
