//! Rows in the order of event time.

use super::top_n::Order;
use super::{Context, Operator, timed};
use crate::error::Outcome;
use crate::event::{Change, NO_WATERMARK};
use std::collections::BTreeMap;
use streamc_types::{Row, RowKind};

/// As Flink's `RowTimeSortOperator`: a row waits until the watermark has come to its time. One whose time came out
/// already is late.
pub(crate) struct Sort {
    /// The event-time column.
    time: usize,
    /// What orders rows of one time; behind that the order in which they came.
    order: Order,
    waiting: BTreeMap<i64, Vec<Row>>,
    /// The greatest time that came out.
    last: i64,
}

impl Sort {
    pub(crate) fn new(time: usize, order: Order) -> Self {
        Self { time, order, waiting: BTreeMap::new(), last: NO_WATERMARK }
    }
}

impl Operator for Sort {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let (time, row) = timed(change.row, self.time)?;
        if time <= self.last {
            *cx.late += 1;
            return Ok(());
        }
        let rows = self.waiting.entry(time).or_default();
        rows.insert(self.order.place(rows, &row), row);
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(first) = self.waiting.first_entry() {
            if *first.key() > cx.watermark {
                break;
            }
            self.last = *first.key();
            for row in first.remove() {
                cx.emit(RowKind::Insert, row);
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
