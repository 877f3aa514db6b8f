//! The first or last row of each key by time, of an input that only inserts.

use super::{Context, Operator, event_time, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::ttl::Ttl;
use std::collections::BTreeSet;
use streamc_types::{Row, RowKind, Value};

/// Which row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    /// The first to arrive, given at once (`ROW_NUMBER() … ORDER BY proctime`).
    FirstArrived,
    /// The one of the least event time, given when the watermark reaches it, so that it is final (Flink's
    /// `RowTimeDeduplicateKeepFirstRowFunction`).
    First,
    /// The one of the greatest time, of equal ones the last: given at once, replaced by later ones.
    Last,
}

pub(crate) struct Deduplicate {
    partition: Vec<usize>,
    time: usize,
    keep: Keep,
    row_number: bool,
    ttl: Ttl,
    kept: KeyMap<Kept>,
    /// For [`Keep::First`]: keys that wait, by their row's time and the order of their first appearance.
    waiting: BTreeSet<(i64, usize)>,
}

struct Kept {
    row: Row,
    written: i64,
    /// It was given.
    given: bool,
}

impl Deduplicate {
    pub(crate) fn new(
        partition: Vec<usize>,
        time: usize,
        (first, event_time): (bool, bool),
        row_number: bool,
        ttl: Ttl,
    ) -> Self {
        let keep = match (first, event_time) {
            (true, true) => Keep::First,
            (true, false) => Keep::FirstArrived,
            (false, _) => Keep::Last,
        };
        Self { partition, time, keep, row_number, ttl, kept: KeyMap::default(), waiting: BTreeSet::new() }
    }

    fn shown(&self, row: &Row) -> Row {
        if !self.row_number {
            return row.clone();
        }
        row.iter().cloned().chain([Value::Int(1)]).collect()
    }
}

impl Operator for Deduplicate {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let (time, row) = timed(change.row, self.time)?;
        if self.keep == Keep::First && time < cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        let key = KeyOf { row: &row, columns: &self.partition };
        let Some(index) = self.kept.get_index_of(&key) else {
            let at_once = self.keep != Keep::First;
            if at_once {
                cx.emit(RowKind::Insert, self.shown(&row));
            }
            let kept = Kept { row, written: cx.now, given: at_once };
            let key = KeyOf { row: &kept.row, columns: &self.partition }.to_key();
            let index = self.kept.insert_full(key, kept).0;
            if !at_once {
                self.waiting.insert((time, index));
            }
            return Ok(());
        };
        let expired = self.kept[index].given && self.ttl.expired(self.kept[index].written, cx.now);
        let before = event_time(&self.kept[index].row, self.time).unwrap_or(i64::MIN);
        match self.keep {
            _ if expired => {
                let given = self.keep != Keep::First;
                if given {
                    cx.emit(RowKind::Insert, self.shown(&row));
                } else {
                    self.waiting.insert((time, index));
                }
                self.kept[index] = Kept { row, written: cx.now, given };
            }
            Keep::FirstArrived => {}
            Keep::First => {
                if !self.kept[index].given && time < before {
                    self.waiting.remove(&(before, index));
                    self.waiting.insert((time, index));
                    self.kept[index] = Kept { row, written: cx.now, given: false };
                }
            }
            Keep::Last => {
                if time >= before {
                    cx.emit(RowKind::UpdateBefore, self.shown(&self.kept[index].row));
                    cx.emit(RowKind::UpdateAfter, self.shown(&row));
                    self.kept[index] = Kept { row, written: cx.now, given: true };
                }
            }
        }
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(&(time, index)) = self.waiting.first() {
            if time > cx.watermark {
                break;
            }
            self.waiting.pop_first();
            let row = self.shown(&self.kept[index].row);
            cx.emit(RowKind::Insert, row);
            self.kept[index].given = true;
            self.kept[index].written = cx.now;
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        self.keep == Keep::First
    }
}
