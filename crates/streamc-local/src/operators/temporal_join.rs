//! Joins with the version that a row had at the other row's time.

use super::join_sides::padded;
use super::{Condition, Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{Key, KeyMap, KeyOf};
use std::collections::BTreeMap;
use streamc_types::{Row, RowKind};

/// As Flink's `TemporalRowTimeJoinOperator`. A left row waits until the watermark has come to its time, and meets the
/// version of its key with the greatest time that is not later. Versions before that of the watermark are forgotten
/// whenever rows of their key come out.
pub(crate) struct TemporalJoin {
    /// Columns that must be equal, of the left and the right row.
    pub(crate) keys: [Vec<usize>; 2],
    /// The event-time columns of both.
    pub(crate) times: [usize; 2],
    /// Width of the right row.
    pub(crate) right_width: usize,
    /// Whether left rows without a version are kept.
    pub(crate) outer: bool,
    pub(crate) condition: Condition,
    pub(crate) states: KeyMap<State>,
    /// At which times which keys have something to do.
    pub(crate) timers: BTreeMap<i64, Vec<Key>>,
}

/// What is kept of a key.
#[derive(Default)]
pub(crate) struct State {
    /// Changes of left rows with their times, in the order in which they came.
    waiting: Vec<(i64, Change)>,
    /// By time; `None` where the row was deleted.
    versions: BTreeMap<i64, Option<Row>>,
    /// The least time at which there is something to do.
    timer: Option<i64>,
}

impl TemporalJoin {
    fn wake(&mut self, key: &Key, time: i64) {
        let Some(state) = self.states.get_mut(key) else { return };
        if state.timer.is_some_and(|t| t <= time) {
            return;
        }
        if let Some(before) = state.timer.replace(time)
            && let Some(keys) = self.timers.get_mut(&before)
        {
            keys.retain(|k| k != key);
        }
        self.timers.entry(time).or_default().push(key.clone());
    }

    fn give(&mut self, key: &Key, cx: &mut Context<'_>) -> Outcome {
        let Some(state) = self.states.get_mut(key) else { return Ok(()) };
        state.timer = None;
        let (ready, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.waiting).into_iter().partition(|(time, _)| *time <= cx.watermark);
        for (time, Change { kind, row }) in ready {
            let version = state.versions.range(..=time).next_back().and_then(|(_, version)| version.as_ref());
            let joined = match version {
                Some(version) => self.condition.join(&row, version, cx)?,
                None => None,
            };
            match joined {
                Some(both) => cx.emit(kind, both),
                None if self.outer => cx.emit(kind, padded(&row, true, self.right_width)),
                None => {}
            }
        }
        if let Some(current) = state.versions.range(..=cx.watermark).next_back().map(|(time, _)| *time) {
            state.versions = state.versions.split_off(&current);
        }
        let next = waiting.iter().map(|(time, _)| *time).min();
        state.waiting = waiting;
        if state.versions.is_empty() && state.waiting.is_empty() {
            self.states.swap_remove(key);
        } else if let Some(next) = next {
            self.wake(key, next);
        }
        Ok(())
    }
}

impl Operator for TemporalJoin {
    fn on_row(&mut self, port: usize, change: Change, _cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let side = port.min(1);
        let (time, row) = timed(row, self.times[side])?;
        // `NULL` meets `NULL` here: Flink looks the key up in its state and does not compare it again.
        let key = KeyOf { row: &row, columns: &self.keys[side] }.to_key();
        let state = self.states.entry(key.clone()).or_default();
        match (side, kind) {
            (0, _) => state.waiting.push((time, Change { kind, row })),
            // What a row was is not asked for: the new version says all.
            (_, RowKind::UpdateBefore) => return Ok(()),
            (_, RowKind::Delete) => {
                state.versions.insert(time, None);
            }
            (_, RowKind::Insert | RowKind::UpdateAfter) => {
                state.versions.insert(time, Some(row));
            }
        }
        self.wake(&key, time);
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(first) = self.timers.first_entry() {
            if *first.key() > cx.watermark {
                break;
            }
            for key in first.remove() {
                self.give(&key, cx)?;
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
