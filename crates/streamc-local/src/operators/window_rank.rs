//! The first rows of each partition of a window, given when the window closes.

use super::top_n::Order;
use super::{Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, entry};
use crate::window_time::WindowClock;
use std::collections::BTreeMap;
use streamc_types::{Row, RowKind, Value};

/// Rows come out by window end, then by the first appearance of the partition, then by rank.
pub(crate) struct WindowRank {
    pub(crate) partition: Vec<usize>,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) row_number: bool,
    /// Column of the window's end.
    pub(crate) end: usize,
    pub(crate) clock: WindowClock,
    pub(crate) windows: BTreeMap<i64, KeyMap<Vec<Row>>>,
}

impl Operator for WindowRank {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let (end, row) = timed(change.row, self.end)?;
        if self.clock.closes_at(end) <= cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        let rows = entry(self.windows.entry(end).or_default(), &row, &self.partition, Vec::new);
        let at = self.order.place(rows, &row);
        if at < self.limit {
            rows.insert(at, row);
            rows.truncate(self.limit);
        }
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(window) = self.windows.first_entry() {
            if self.clock.closes_at(*window.key()) > cx.watermark {
                break;
            }
            for row_list in window.remove().into_values() {
                for (i, row) in row_list.into_iter().enumerate() {
                    let row = if self.row_number {
                        row.into_vec().into_iter().chain([Value::Int(i as i64 + 1)]).collect()
                    } else {
                        row
                    };
                    cx.emit(RowKind::Insert, row);
                }
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
