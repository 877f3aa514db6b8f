//! Joins with a table of another system.

use super::join_sides::padded;
use super::{Condition, Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use streamc_types::Row;

/// As Flink's `LookupJoinRunner`, over a table that does not change: its rows are those given for it, which
/// [`Lanes`](crate::sources::Lanes) reads before anything else. Changes of left rows stay what they are.
pub(crate) struct LookupJoin {
    /// Columns that must be equal, of the left and the right row; the condition has the rest.
    pub(crate) keys: [Vec<usize>; 2],
    /// Width of the right row.
    pub(crate) right_width: usize,
    /// Whether left rows that find nothing are kept.
    pub(crate) outer: bool,
    pub(crate) condition: Condition,
    pub(crate) table: KeyMap<Vec<Row>>,
}

impl Operator for LookupJoin {
    fn on_row(&mut self, port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let key = KeyOf { row: &row, columns: &self.keys[port.min(1)] };
        let has_null = key.has_null();
        let key = key.to_key();
        if port == 1 {
            if !has_null {
                self.table.entry(key).or_default().push(row);
            }
            return Ok(());
        }
        let mut found = false;
        if !has_null {
            for candidate in self.table.get(&key).into_iter().flatten() {
                if let Some(both) = self.condition.join(&row, candidate, cx)? {
                    cx.emit(kind, both);
                    found = true;
                }
            }
        }
        if self.outer && !found {
            cx.emit(kind, padded(&row, true, self.right_width));
        }
        Ok(())
    }
}
