//! Aggregation whose result is updated with every row.

use super::accumulate::Group;
use super::{Aggregates, Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::ttl::Ttl;
use streamc_types::{Row, RowKind, Value};

/// As Flink's `GroupAggFunction`: the first row of a group inserts, later ones update (unless nothing changed and state
/// lives for ever), the last one that is taken back deletes.
pub(crate) struct GroupAggregate {
    keys: Vec<usize>,
    aggregates: Aggregates,
    ttl: Ttl,
    groups: KeyMap<Entry>,
}

struct Entry {
    group: Group,
    /// How many rows are in the group.
    rows: u64,
    /// The row last put out.
    last: Row,
    written: i64,
}

impl GroupAggregate {
    pub(crate) fn new(keys: Vec<usize>, aggregates: Aggregates, ttl: Ttl) -> Self {
        Self { keys, aggregates, ttl, groups: KeyMap::default() }
    }
}

impl Operator for GroupAggregate {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let addition = change.kind.is_addition();
        let key = KeyOf { row: &change.row, columns: &self.keys };
        let mut found = self.groups.get_index_of(&key);
        if let Some(index) = found
            && self.ttl.expired(self.groups[index].written, cx.now)
        {
            self.groups.swap_remove_index(index);
            found = None;
        }
        let index = match found {
            Some(index) => index,
            // Nothing is known of the row that is taken back: its group expired.
            None if !addition => return Ok(()),
            None => {
                let group = self.aggregates.group();
                let entry = Entry { group, rows: 0, last: Box::default(), written: cx.now };
                self.groups.insert_full(key.to_key(), entry).0
            }
        };
        let entry = &mut self.groups[index];
        self.aggregates.update(&mut entry.group, &change.row, addition, cx)?;
        entry.written = cx.now;
        let was_empty = entry.rows == 0;
        entry.rows = if addition { entry.rows + 1 } else { entry.rows - 1 };
        if entry.rows == 0 {
            let row = std::mem::take(&mut entry.last);
            self.groups.swap_remove_index(index);
            cx.emit(RowKind::Delete, row);
            return Ok(());
        }
        let mut values: Vec<Value> = Vec::with_capacity(self.keys.len() + self.aggregates.len());
        values.extend(self.keys.iter().map(|k| change.row[*k].clone()));
        self.aggregates.values(&entry.group, &mut values)?;
        let row = values.into_boxed_slice();
        if was_empty {
            entry.last = row.clone();
            cx.emit(RowKind::Insert, row);
        } else if self.ttl.is_set() || row != entry.last {
            let before = std::mem::replace(&mut entry.last, row.clone());
            cx.emit(RowKind::UpdateBefore, before);
            cx.emit(RowKind::UpdateAfter, row);
        }
        Ok(())
    }
}
