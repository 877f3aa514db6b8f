//! Adds `window_start`, `window_end`, `window_time` for windows whose bounds do not depend on other rows.

use super::{Context, Operator, event_time, timestamp};
use crate::error::{Failure, Outcome, RunErrorKind};
use crate::event::Change;
use crate::window_time::{WindowClock, windows_of};
use streamc_plan::WindowSpec;
use streamc_types::{Row, Value};

/// A row once for each window it lies in, ends ascending. Late rows pass: what comes next decides.
pub(crate) struct Window {
    pub(crate) spec: WindowSpec,
    pub(crate) time: usize,
    pub(crate) clock: WindowClock,
}

/// The failure of a row without event time.
pub(super) fn null_time(row: Row) -> Box<Failure> {
    Box::new(Failure {
        kind: RunErrorKind::NullEventTime,
        message: super::watermark::NULL_TIME.to_owned(),
        span: None,
        row: Some(row.into_vec()),
    })
}

/// The row with the columns of its window.
pub(super) fn with_window(row: &[Value], start: i64, end: i64, clock: &WindowClock) -> Row {
    let mut values = Vec::with_capacity(row.len() + 3);
    values.extend_from_slice(row);
    values.push(timestamp(start));
    values.push(timestamp(end));
    values.push(timestamp(clock.event_time(end - 1)));
    values.into_boxed_slice()
}

impl Operator for Window {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Some(time) = event_time(&change.row, self.time) else { return Err(null_time(change.row)) };
        let wall_clock = self.clock.wall_clock(time);
        windows_of(&self.spec, wall_clock, |start, end| {
            cx.emit(change.kind, with_window(&change.row, start, end, &self.clock));
        });
        Ok(())
    }
}
