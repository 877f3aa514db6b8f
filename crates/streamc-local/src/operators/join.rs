//! Regular joins: every row of either side is kept.

use super::join_sides::padded;
use super::{Condition, Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::ttl::Ttl;
use streamc_types::{Row, RowKind};

/// As Flink's `StreamingJoinOperator`. A row of an outer side that meets nothing is given padded with `NULL`; the padded
/// row is taken away when the first match comes, and given again when the last one goes. A key with a `NULL` meets
/// nothing.
pub(crate) struct Join {
    sides: [Side; 2],
    condition: Condition,
}

struct Side {
    keys: Vec<usize>,
    width: usize,
    /// Whether its rows are kept without a match.
    outer: bool,
    rows: KeyMap<Vec<Stored>>,
    /// How long its rows live.
    ttl: Ttl,
}

struct Stored {
    row: Row,
    /// How many rows of the other side it meets; kept for outer sides.
    matches: usize,
    written: i64,
}

impl Join {
    /// `keys`, `widths`, `outer` and `ttl` are of the left and the right side.
    pub(crate) fn new(
        keys: [Vec<usize>; 2],
        widths: [usize; 2],
        outer: [bool; 2],
        condition: Condition,
        ttl: [Ttl; 2],
    ) -> Self {
        let [left, right] = keys;
        let side = |keys, i: usize| Side {
            keys,
            width: widths[i],
            outer: outer[i],
            rows: KeyMap::default(),
            ttl: ttl[i],
        };
        Self { sides: [side(left, 0), side(right, 1)], condition }
    }
}

impl Operator for Join {
    fn on_row(&mut self, port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let is_left = port == 0;
        let [left, right] = &mut self.sides;
        let (own, other) = if is_left { (left, right) } else { (right, left) };
        let addition = kind.is_addition();
        let key = KeyOf { row: &row, columns: &own.keys };
        let has_null = key.has_null();
        // Rows of either side with this row's key: both sides list the key columns in the same order.
        let own_key = key.to_key();

        let mut joined: Vec<(usize, Row)> = Vec::new();
        if !has_null && let Some(candidates) = other.rows.get_mut(&own_key) {
            if other.ttl.is_set() {
                candidates.retain(|s| !other.ttl.expired(s.written, cx.now));
            }
            for (i, candidate) in candidates.iter().enumerate() {
                let (l, r) = if is_left { (&row, &candidate.row) } else { (&candidate.row, &row) };
                if let Some(both) = self.condition.join(l, r, cx)? {
                    joined.push((i, both));
                }
            }
        }
        let out_kind = match (own.outer || other.outer, addition) {
            (false, _) => kind,
            (true, true) => RowKind::Insert,
            (true, false) => RowKind::Delete,
        };
        let matches = joined.len();
        if matches == 0 && own.outer {
            cx.emit(out_kind, padded(&row, is_left, other.width));
        }
        for (i, both) in joined {
            if !other.outer {
                cx.emit(out_kind, both);
                continue;
            }
            let Some(met) = other.rows.get_mut(&own_key).and_then(|rows| rows.get_mut(i)) else { continue };
            met.written = cx.now;
            if addition {
                if met.matches == 0 {
                    cx.emit(RowKind::Delete, padded(&met.row, !is_left, own.width));
                }
                met.matches += 1;
                cx.emit(out_kind, both);
            } else {
                cx.emit(out_kind, both);
                met.matches = met.matches.saturating_sub(1);
                if met.matches == 0 {
                    cx.emit(RowKind::Insert, padded(&met.row, !is_left, own.width));
                }
            }
        }
        if has_null {
            return Ok(());
        }
        if addition {
            own.rows.entry(own_key).or_default().push(Stored { row, matches, written: cx.now });
        } else if let Some(rows) = own.rows.get_mut(&own_key) {
            if let Some(at) = rows.iter().position(|s| s.row == row) {
                rows.remove(at);
            }
            if rows.is_empty() {
                own.rows.swap_remove(&own_key);
            }
        }
        Ok(())
    }
}
