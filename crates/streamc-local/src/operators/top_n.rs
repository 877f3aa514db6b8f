//! The first rows of each partition, kept up to date.

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::ttl::Ttl;
use std::cmp::Ordering;
use streamc_plan::{Direction, SortKey};
use streamc_types::{Row, RowKind, Value};

/// An order of rows; `NULL` is less than every value, as in Flink. Of equal rows the earlier is first.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) keys: Vec<SortKey>,
    /// Of equal rows the later is first: `LastRow`.
    pub(crate) latest_first: bool,
}

impl Order {
    pub(crate) fn compare(&self, a: &[Value], b: &[Value]) -> Ordering {
        for key in &self.keys {
            let ordering = compare(&a[key.column], &b[key.column], key.direction);
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }

    /// Where a new row belongs among sorted ones.
    pub(crate) fn place(&self, rows: &[Row], row: &[Value]) -> usize {
        rows.partition_point(|r| match self.compare(r, row) {
            Ordering::Less => true,
            Ordering::Equal => !self.latest_first,
            Ordering::Greater => false,
        })
    }

    /// Where an equal row stands among sorted ones.
    pub(crate) fn find(&self, rows: &[Row], row: &[Value]) -> Option<usize> {
        let start = rows.partition_point(|r| self.compare(r, row).is_lt());
        let end = rows.partition_point(|r| self.compare(r, row).is_le());
        rows[start..end].iter().position(|r| r.as_ref() == row).map(|i| start + i)
    }
}

fn compare(a: &Value, b: &Value, direction: Direction) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if direction.nulls_last => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) if direction.nulls_last => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) if direction.descending => b.cmp(a),
        (false, false) => a.cmp(b),
    }
}

/// `ROW_NUMBER() … <= limit`. Without the number, a row enters with `+I` and leaves with `-D`; with it, the rows behind
/// a newcomer are updated one by one.
pub(crate) struct TopN {
    pub(crate) partition: Vec<usize>,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) row_number: bool,
    /// Whether rows are also taken away: then those behind the limit are kept, to move up.
    pub(crate) retracts: bool,
    pub(crate) ttl: Ttl,
    pub(crate) partitions: KeyMap<Partition>,
}

/// The rows of a partition, sorted.
pub(crate) struct Partition {
    rows: Vec<Row>,
    written: i64,
}

impl TopN {
    fn numbered(row: &[Value], index: usize) -> Row {
        let mut values = Vec::with_capacity(row.len() + 1);
        values.extend_from_slice(row);
        values.push(Value::Int(index as i64 + 1));
        values.into_boxed_slice()
    }

    /// Announces a newcomer at `at`.
    fn entered(&self, rows: &[Row], at: usize, cx: &mut Context<'_>) {
        if at >= self.limit {
            return;
        }
        if !self.row_number {
            if let Some(evicted) = rows.get(self.limit) {
                cx.emit(RowKind::Delete, evicted.clone());
            }
            cx.emit(RowKind::Insert, rows[at].clone());
            return;
        }
        let shown = rows.len().min(self.limit);
        // Before, the row at `i` was the one that now stands at `i + 1`.
        for i in at..shown {
            match rows.get(i + 1) {
                Some(before) => {
                    cx.emit(RowKind::UpdateBefore, Self::numbered(before, i));
                    cx.emit(RowKind::UpdateAfter, Self::numbered(&rows[i], i));
                }
                None => cx.emit(RowKind::Insert, Self::numbered(&rows[i], i)),
            }
        }
    }

    /// Announces that `row` left from `at`.
    fn left(&self, rows: &[Row], row: Row, at: usize, cx: &mut Context<'_>) {
        if at >= self.limit {
            return;
        }
        if !self.row_number {
            cx.emit(RowKind::Delete, row);
            if let Some(promoted) = rows.get(self.limit - 1) {
                cx.emit(RowKind::Insert, promoted.clone());
            }
            return;
        }
        let mut before = row;
        for i in at..self.limit {
            match rows.get(i) {
                Some(now) => {
                    cx.emit(RowKind::UpdateBefore, Self::numbered(&before, i));
                    cx.emit(RowKind::UpdateAfter, Self::numbered(now, i));
                    before = now.clone();
                }
                None => {
                    cx.emit(RowKind::Delete, Self::numbered(&before, i));
                    break;
                }
            }
        }
    }
}

impl Operator for TopN {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        if self.limit == 0 {
            return Ok(());
        }
        let key = KeyOf { row: &row, columns: &self.partition };
        let index = match self.partitions.get_index_of(&key) {
            Some(index) => index,
            None => {
                self.partitions.insert_full(key.to_key(), Partition { rows: Vec::new(), written: cx.now }).0
            }
        };
        let mut rows = std::mem::take(&mut self.partitions[index].rows);
        if self.ttl.expired(self.partitions[index].written, cx.now) {
            rows.clear();
        }
        if kind.is_addition() {
            let at = self.order.place(&rows, &row);
            if self.retracts || at < self.limit {
                rows.insert(at, row);
                self.entered(&rows, at, cx);
                if !self.retracts {
                    rows.truncate(self.limit);
                }
            }
        } else if let Some(at) = self.order.find(&rows, &row) {
            let row = rows.remove(at);
            self.left(&rows, row, at, cx);
        }
        if rows.is_empty() {
            self.partitions.swap_remove_index(index);
        } else {
            let partition = &mut self.partitions[index];
            partition.rows = rows;
            partition.written = cx.now;
        }
        Ok(())
    }
}
