//! Semi and anti joins: rows of the left side that meet a row of the right one, or none.

use super::join_sides::Condition;
use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::ttl::Ttl;
use streamc_types::{Row, RowKind};

/// As Flink's `StreamingSemiAntiJoinOperator`. A left row of a semi join comes out with its first partner and goes with
/// the last; one of an anti join comes out while it has none.
pub(crate) struct SemiJoin {
    anti: bool,
    keys: SemiKeys,
    left: KeyMap<Vec<Left>>,
    right: KeyMap<Vec<Right>>,
    condition: Condition,
    /// Of left and right rows.
    ttl: [Ttl; 2],
}

/// The columns whose values partners share.
pub(crate) struct SemiKeys {
    /// Of left rows.
    pub(crate) left: Vec<usize>,
    /// Of right rows, in the same order.
    pub(crate) right: Vec<usize>,
    /// A `NULL` in one of the first so many meets nothing; in the others it meets `NULL`.
    pub(crate) strict: usize,
}

struct Left {
    row: Row,
    /// How many right rows it meets.
    matches: usize,
    written: i64,
}

struct Right {
    row: Row,
    written: i64,
}

impl SemiJoin {
    /// `condition` is over left rows followed by right ones.
    pub(crate) fn new(anti: bool, keys: SemiKeys, condition: Condition, ttl: [Ttl; 2]) -> Self {
        Self { anti, keys, left: KeyMap::default(), right: KeyMap::default(), condition, ttl }
    }

    fn on_left(&mut self, kind: RowKind, row: Row, cx: &mut Context<'_>) -> Outcome {
        let has_null = KeyOf { row: &row, columns: &self.keys.left[..self.keys.strict] }.has_null();
        let key = KeyOf { row: &row, columns: &self.keys.left }.to_key();
        let mut matches = 0;
        if !has_null && let Some(candidates) = self.right.get_mut(&key) {
            let ttl = self.ttl[1];
            if ttl.is_set() {
                candidates.retain(|right| !ttl.expired(right.written, cx.now));
            }
            for right in candidates.iter() {
                matches += usize::from(self.condition.join(&row, &right.row, cx)?.is_some());
            }
        }
        if (matches > 0) != self.anti {
            cx.emit(kind, row.clone());
        }
        if has_null {
            return Ok(());
        }
        if kind.is_addition() {
            self.left.entry(key).or_default().push(Left { row, matches, written: cx.now });
        } else {
            forget(&mut self.left, &key, |left| left.row == row);
        }
        Ok(())
    }

    fn on_right(&mut self, kind: RowKind, row: Row, cx: &mut Context<'_>) -> Outcome {
        if (KeyOf { row: &row, columns: &self.keys.right[..self.keys.strict] }).has_null() {
            return Ok(());
        }
        let key = KeyOf { row: &row, columns: &self.keys.right }.to_key();
        let addition = kind.is_addition();
        if let Some(candidates) = self.left.get_mut(&key) {
            let ttl = self.ttl[0];
            if ttl.is_set() {
                candidates.retain(|left| !ttl.expired(left.written, cx.now));
            }
            for left in candidates {
                if self.condition.join(&left.row, &row, cx)?.is_none() {
                    continue;
                }
                left.written = cx.now;
                let before = left.matches;
                left.matches = if addition { before + 1 } else { before.saturating_sub(1) };
                if (before == 0) == (left.matches == 0) {
                    continue;
                }
                let out = match (self.anti, left.matches > 0) {
                    (true, true) => RowKind::Delete,
                    (true, false) => RowKind::Insert,
                    (false, _) => kind,
                };
                cx.emit(out, left.row.clone());
            }
        }
        if addition {
            self.right.entry(key).or_default().push(Right { row, written: cx.now });
        } else {
            forget(&mut self.right, &key, |right| right.row == row);
        }
        Ok(())
    }
}

impl Operator for SemiJoin {
    fn on_row(&mut self, port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        if port == 0 {
            self.on_left(change.kind, change.row, cx)
        } else {
            self.on_right(change.kind, change.row, cx)
        }
    }
}

/// Takes one entry that fits away, and the key with the last.
fn forget<T>(rows: &mut KeyMap<Vec<T>>, key: &crate::key::Key, fits: impl Fn(&T) -> bool) {
    if let Some(list) = rows.get_mut(key) {
        if let Some(at) = list.iter().position(fits) {
            list.remove(at);
        }
        if list.is_empty() {
            rows.swap_remove(key);
        }
    }
}
