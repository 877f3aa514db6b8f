//! Joins whose condition bounds the distance of two event times.

use super::join_sides::padded;
use super::{Condition, Context, Operator, timed};
use crate::error::Outcome;
use crate::event::{Change, END_OF_TIME, NO_WATERMARK};
use crate::key::{Key, KeyMap, KeyOf};
use std::collections::BTreeMap;
use streamc_types::{Row, RowKind, Value};

/// As Flink's `TimeIntervalJoin`: `left_time + lower <= right_time <= left_time + upper`. A row is kept until the
/// watermark says that no match can come; a row of an outer side that met nothing is then given, padded with `NULL`.
/// Rows behind the watermark are not dropped: they meet what is still kept.
pub(crate) struct IntervalJoin {
    sides: [Side; 2],
    condition: Condition,
    /// How far the output's watermark lies behind the input's.
    delay: i64,
}

struct Side {
    keys: Vec<usize>,
    width: usize,
    outer: bool,
    time: usize,
    /// How much later than its own time a match on the other side can be. May be negative.
    reach: i64,
    rows: KeyMap<BTreeMap<i64, Vec<Stored>>>,
    /// Times at which rows become useless, with their keys in the order they were noted.
    expiry: BTreeMap<i64, Vec<Key>>,
}

struct Stored {
    row: Row,
    matched: bool,
}

impl IntervalJoin {
    /// `keys`, `widths`, `outer` and `times` are of the left and the right side.
    pub(crate) fn new(
        keys: [Vec<usize>; 2],
        widths: [usize; 2],
        outer: [bool; 2],
        times: [usize; 2],
        (lower, upper): (i64, i64),
        condition: Condition,
    ) -> Self {
        let [left, right] = keys;
        let side = |keys, i: usize, reach| Side {
            keys,
            width: widths[i],
            outer: outer[i],
            time: times[i],
            reach,
            rows: KeyMap::default(),
            expiry: BTreeMap::new(),
        };
        let sides = [side(left, 0, upper), side(right, 1, lower.saturating_neg())];
        Self { sides, condition, delay: upper.max(lower.saturating_neg()).max(0) }
    }
}

impl Operator for IntervalJoin {
    fn on_row(&mut self, port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let row = change.row;
        let is_left = port == 0;
        let [left, right] = &mut self.sides;
        let (own, other) = if is_left { (left, right) } else { (right, left) };
        let (time, row) = timed(row, own.time)?;
        let key = KeyOf { row: &row, columns: &own.keys };
        if key.has_null() {
            if own.outer {
                cx.emit(RowKind::Insert, padded(&row, is_left, other.width));
            }
            return Ok(());
        }
        let key = key.to_key();
        let (first, last) = (time.saturating_sub(other.reach), time.saturating_add(own.reach));
        let mut matched = false;
        if first <= last
            && let Some(rows) = other.rows.get_mut(&key)
        {
            for candidate in rows.range_mut(first..=last).flat_map(|(_, rows)| rows) {
                let (l, r): (&[Value], &[Value]) =
                    if is_left { (&row, &candidate.row) } else { (&candidate.row, &row) };
                if let Some(both) = self.condition.join(l, r, cx)? {
                    cx.emit(RowKind::Insert, both);
                    candidate.matched = true;
                    matched = true;
                }
            }
        }
        // A match may still come while the watermark has not passed the last time that it could have.
        if cx.watermark < last {
            own.expiry.entry(last).or_default().push(key.clone());
            own.rows.entry(key).or_default().entry(time).or_default().push(Stored { row, matched });
        } else if own.outer && !matched {
            cx.emit(RowKind::Insert, padded(&row, is_left, other.width));
        }
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        let [left, right] = &mut self.sides;
        let widths = [right.width, left.width];
        for (is_left, side, other_width) in [(true, left, widths[0]), (false, right, widths[1])] {
            while let Some(entry) = side.expiry.first_entry() {
                let last = *entry.key();
                // Rows at the watermark itself may still come.
                if last >= cx.watermark && cx.watermark != END_OF_TIME {
                    break;
                }
                for key in entry.remove() {
                    let time = last.saturating_sub(side.reach);
                    let Some(rows) = side.rows.get_mut(&key) else { continue };
                    for stored in rows.remove(&time).unwrap_or_default() {
                        if side.outer && !stored.matched {
                            cx.emit(RowKind::Insert, padded(&stored.row, is_left, other_width));
                        }
                    }
                    if rows.is_empty() {
                        side.rows.swap_remove(&key);
                    }
                }
            }
        }
        Ok(Some(match cx.watermark {
            END_OF_TIME => END_OF_TIME,
            watermark => watermark.saturating_sub(self.delay).max(NO_WATERMARK + 1),
        }))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
