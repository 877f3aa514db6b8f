//! Aggregates over the rows before each row, in an order other than that of time.

use super::{Aggregates, Context, Operator, Order};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use streamc_plan::SortKey;
use streamc_types::{Row, RowKind, Value};

/// As Flink's `NonTimeRowsUnboundedPrecedingFunction` and `NonTimeRangeUnboundedPrecedingFunction`: every row comes out at
/// once; one that came out before is replaced when its aggregates change. Of rows of one place the earlier is first.
pub(crate) struct OverAnyOrder {
    partition: Vec<usize>,
    order: Order,
    /// Whether rows of one place are in the frames of one another: `RANGE`.
    peers: bool,
    aggregates: Aggregates,
    partitions: KeyMap<Partition>,
}

/// The rows of a partition in order, and what each came out as.
#[derive(Default)]
struct Partition {
    rows: Vec<Row>,
    shown: Vec<Row>,
}

impl OverAnyOrder {
    pub(crate) fn new(partition: Vec<usize>, order: &SortKey, peers: bool, aggregates: Aggregates) -> Self {
        let order = Order { keys: vec![order.clone()], latest_first: false };
        Self { partition, order, peers, aggregates, partitions: KeyMap::default() }
    }

    /// What the rows come out as.
    fn results(&mut self, rows: &[Row], cx: &Context<'_>) -> Outcome<Vec<Row>> {
        let mut group = self.aggregates.group();
        let mut results = Vec::with_capacity(rows.len());
        let same = |a: &Row, b: &Row| self.peers && self.order.compare(a, b).is_eq();
        for place in rows.chunk_by(same) {
            for row in place {
                self.aggregates.update(&mut group, row, true, cx)?;
            }
            let mut added = Vec::with_capacity(self.aggregates.len());
            self.aggregates.values(&group, &mut added)?;
            results.extend(place.iter().map(|row| -> Row { row.iter().chain(&added).cloned().collect() }));
        }
        Ok(results)
    }
}

/// Whether two rows are the same to whoever reads them.
fn same(a: &[Value], b: &[Value]) -> bool {
    a == b
}

impl Operator for OverAnyOrder {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let key = KeyOf { row: &row, columns: &self.partition }.to_key();
        let Partition { mut rows, mut shown } = self.partitions.swap_remove(&key).unwrap_or_default();
        let added = kind.is_addition();
        let place = if added {
            let at = self.order.place(&rows, &row);
            rows.insert(at, row);
            Some(at)
        } else {
            let at = self.order.find(&rows, &row);
            if let Some(at) = at {
                rows.remove(at);
                cx.emit(RowKind::Delete, shown.remove(at));
            }
            at
        };
        if let Some(at) = place {
            let results = self.results(&rows, cx)?;
            let mut before = shown.into_iter();
            for (n, result) in results.iter().enumerate() {
                if added && n == at {
                    cx.emit(RowKind::Insert, result.clone());
                    continue;
                }
                let Some(old) = before.next() else { break };
                if !same(&old, result) {
                    cx.emit(RowKind::UpdateBefore, old);
                    cx.emit(RowKind::UpdateAfter, result.clone());
                }
            }
            shown = results;
        }
        if !rows.is_empty() {
            self.partitions.insert(key, Partition { rows, shown });
        }
        Ok(())
    }
}
