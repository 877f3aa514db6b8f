//! Adds `window_start`, `window_end`, `window_time` for windows whose bounds do not depend on other rows.

use super::{Context, Operator, timed, timestamp};
use crate::error::Outcome;
use crate::event::Change;
use crate::window_time::{WindowClock, windows_of};
use streamc_plan::WindowSpec;
use streamc_types::{Row, Value};

/// A row once for each window it lies in. Late rows pass: what comes next decides.
pub(crate) struct Window {
    pub(crate) spec: WindowSpec,
    pub(crate) time: usize,
    pub(crate) clock: WindowClock,
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
        let (time, row) = timed(change.row, self.time)?;
        let wall_clock = self.clock.wall_clock(time);
        windows_of(&self.spec, wall_clock, |start, end| {
            cx.emit(change.kind, with_window(&row, start, end, &self.clock));
        });
        Ok(())
    }
}
