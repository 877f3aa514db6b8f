//! Makes watermarks from a column.

use super::{Context, Operator, timed};
use crate::error::Outcome;
use crate::event::{Change, END_OF_TIME, Event, NO_WATERMARK};

/// `WATERMARK FOR column AS column - delay`, moved after every row.
pub(crate) struct AssignWatermark {
    column: usize,
    delay: i64,
    current: i64,
}

impl AssignWatermark {
    pub(crate) fn new(column: usize, delay: i64) -> Self {
        Self { column, delay, current: NO_WATERMARK }
    }
}

/// Flink's words for a `NULL` event time.
pub(crate) const NULL_TIME: &str =
    "the event-time column is NULL; filter such rows out before the watermark is declared";

impl Operator for AssignWatermark {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let (time, row) = timed(row, self.column)?;
        cx.emit(kind, row);
        let watermark = time.saturating_sub(self.delay);
        if watermark > self.current {
            self.current = watermark;
            cx.out.push(Event::Watermark(watermark));
        }
        Ok(())
    }

    /// Watermarks of the input end here, but for the end of the input.
    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        Ok((cx.watermark == END_OF_TIME).then_some(END_OF_TIME))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
