//! Each row once.

use super::{Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{Key, KeyMap};
use crate::ttl::Ttl;
use crate::window_time::WindowClock;
use std::collections::BTreeMap;
use streamc_types::RowKind;

/// A row is given when it first comes, and taken away when all its copies are. Of windows: when the window closes.
pub(crate) struct Distinct {
    ttl: Ttl,
    /// Column of the window's end, for rows of windows.
    window: Option<(usize, WindowClock)>,
    seen: KeyMap<Entry>,
    by_end: BTreeMap<i64, KeyMap<()>>,
}

struct Entry {
    copies: u64,
    written: i64,
}

impl Distinct {
    pub(crate) fn new(ttl: Ttl, window: Option<(usize, WindowClock)>) -> Self {
        Self { ttl, window, seen: KeyMap::default(), by_end: BTreeMap::new() }
    }
}

impl Operator for Distinct {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        if let Some((end, clock)) = &self.window {
            let (end, row) = timed(change.row, *end)?;
            if clock.closes_at(end) <= cx.watermark {
                *cx.late += 1;
            } else {
                self.by_end.entry(end).or_default().insert(Key(row), ());
            }
            return Ok(());
        }
        let addition = change.kind.is_addition();
        let key = Key(change.row);
        let known = match self.seen.get(&key) {
            Some(entry) if self.ttl.expired(entry.written, cx.now) => {
                self.seen.swap_remove(&key);
                false
            }
            Some(_) => true,
            None => false,
        };
        if !known {
            if addition {
                cx.emit(RowKind::Insert, key.0.clone());
                self.seen.insert(key, Entry { copies: 1, written: cx.now });
            }
            return Ok(());
        }
        let Some(entry) = self.seen.get_mut(&key) else { return Ok(()) };
        entry.written = cx.now;
        if addition {
            entry.copies += 1;
        } else {
            entry.copies -= 1;
            if entry.copies == 0 {
                self.seen.swap_remove(&key);
                cx.emit(RowKind::Delete, key.0);
            }
        }
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        if let Some((_, clock)) = &self.window {
            while let Some(entry) = self.by_end.first_entry() {
                if clock.closes_at(*entry.key()) > cx.watermark {
                    break;
                }
                for (key, ()) in entry.remove() {
                    cx.emit(RowKind::Insert, key.0);
                }
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        self.window.is_some()
    }
}
