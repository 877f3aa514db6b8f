//! Session windows: the bounds are known when nothing came for the gap.

use super::window::with_window;
use super::{Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::window_time::WindowClock;
use std::collections::BTreeMap;

/// Keeps changes by session and gives them, with the columns of the window, when the watermark closes it. Two sessions
/// that overlap or touch are one (Flink's `TimeWindow.intersects`). A row is late if the session it would belong to,
/// merged with those it meets, has closed.
pub(crate) struct Session {
    gap: i64,
    time: usize,
    partition: Vec<usize>,
    clock: WindowClock,
    open: KeyMap<Vec<Open>>,
    /// Sessions by end, then by the order in which they were opened.
    by_end: BTreeMap<(i64, u64), KeyIndex>,
    opened: u64,
}

type KeyIndex = usize;

struct Open {
    start: i64,
    end: i64,
    /// In which order it was opened.
    number: u64,
    changes: Vec<Change>,
}

impl Session {
    pub(crate) fn new(gap: i64, time: usize, partition: Vec<usize>, clock: WindowClock) -> Self {
        Self { gap, time, partition, clock, open: KeyMap::default(), by_end: BTreeMap::new(), opened: 0 }
    }
}

impl Operator for Session {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let kind = change.kind;
        let (time, row) = timed(change.row, self.time)?;
        let (mut start, mut end) = {
            let wall_clock = self.clock.wall_clock(time);
            (wall_clock, wall_clock + self.gap)
        };
        // Keys stay in the map once seen: their index stands for them in `by_end`.
        let key = KeyOf { row: &row, columns: &self.partition };
        let index = match self.open.get_index_of(&key) {
            Some(index) => index,
            None => self.open.insert_full(key.to_key(), Vec::new()).0,
        };
        let sessions = &mut self.open[index];
        for session in sessions.iter() {
            if session.start <= end && session.end >= start {
                start = start.min(session.start);
                end = end.max(session.end);
            }
        }
        if self.clock.closes_at(end) <= cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        let (mut number, mut changes) = (self.opened, Vec::new());
        let mut i = 0;
        while i < sessions.len() {
            if sessions[i].start <= end && sessions[i].end >= start {
                let merged = sessions.remove(i);
                self.by_end.remove(&(merged.end, merged.number));
                number = number.min(merged.number);
                changes.extend(merged.changes);
            } else {
                i += 1;
            }
        }
        if number == self.opened {
            self.opened += 1;
        }
        changes.push(Change { kind, row });
        sessions.push(Open { start, end, number, changes });
        self.by_end.insert((end, number), index);
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some((&(end, number), &index)) = self.by_end.first_key_value() {
            if self.clock.closes_at(end) > cx.watermark {
                break;
            }
            self.by_end.pop_first();
            let sessions = &mut self.open[index];
            let Some(at) = sessions.iter().position(|s| s.number == number) else { continue };
            let session = sessions.remove(at);
            for Change { kind, row } in session.changes {
                cx.emit(kind, with_window(&row, session.start, session.end, &self.clock));
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
