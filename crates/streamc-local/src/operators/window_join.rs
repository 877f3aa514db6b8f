//! Joins of rows of the same window, given when it closes.

use super::join_sides::padded;
use super::{Condition, Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{KeyMap, KeyOf};
use crate::window_time::WindowClock;
use std::collections::BTreeMap;
use streamc_plan::JoinKind;
use streamc_types::{Row, RowKind};

/// As Flink's `WindowJoinOperator`: the rows of both sides are kept by window and key, and joined once when the window
/// closes. Rows come out by window end, then by the first appearance of the key. A key with a `NULL` meets nothing.
pub(crate) struct WindowJoin {
    pub(crate) kind: JoinKind,
    /// Columns that must be equal, of the left and the right row.
    pub(crate) keys: [Vec<usize>; 2],
    pub(crate) widths: [usize; 2],
    /// Columns of the window's end.
    pub(crate) ends: [usize; 2],
    pub(crate) condition: Condition,
    pub(crate) clock: WindowClock,
    pub(crate) windows: BTreeMap<i64, KeyMap<Sides>>,
}

/// The rows of one key in one window.
#[derive(Default)]
pub(crate) struct Sides {
    has_null: bool,
    rows: [Vec<Row>; 2],
}

impl WindowJoin {
    fn close(&self, sides: Sides, cx: &mut Context<'_>) -> Outcome {
        let Sides { has_null, rows: [left, right] } = sides;
        let mut met = vec![false; right.len()];
        let pads_left = matches!(self.kind, JoinKind::Left | JoinKind::Full);
        let pads_right = matches!(self.kind, JoinKind::Right | JoinKind::Full);
        for l in left {
            let mut matched = false;
            for (r, met) in right.iter().zip(&mut met).filter(|_| !has_null) {
                let Some(both) = self.condition.join(&l, r, cx)? else { continue };
                (matched, *met) = (true, true);
                if !self.kind.has_right_columns() {
                    break;
                }
                cx.emit(RowKind::Insert, both);
            }
            match self.kind {
                JoinKind::Semi if matched => cx.emit(RowKind::Insert, l),
                JoinKind::Anti if !matched => cx.emit(RowKind::Insert, l),
                _ if pads_left && !matched => cx.emit(RowKind::Insert, padded(&l, true, self.widths[1])),
                _ => {}
            }
        }
        for (r, _) in right.iter().zip(met).filter(|(_, met)| pads_right && !met) {
            cx.emit(RowKind::Insert, padded(r, false, self.widths[0]));
        }
        Ok(())
    }
}

impl Operator for WindowJoin {
    fn on_row(&mut self, port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let side = port.min(1);
        let (end, row) = timed(change.row, self.ends[side])?;
        if self.clock.closes_at(end) <= cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        let key = KeyOf { row: &row, columns: &self.keys[side] };
        let (has_null, key) = (key.has_null(), key.to_key());
        let sides = self.windows.entry(end).or_default().entry(key).or_default();
        sides.has_null = has_null;
        sides.rows[side].push(row);
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(window) = self.windows.first_entry() {
            if self.clock.closes_at(*window.key()) > cx.watermark {
                break;
            }
            for sides in window.remove().into_values() {
                self.close(sides, cx)?;
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
