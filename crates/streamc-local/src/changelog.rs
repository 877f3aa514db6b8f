//! The table that a changelog describes.

use crate::key::{Key, KeyMap};
use streamc_types::{Row, RowKind};

/// The rows that remain when every change is done, sorted: `+I` and `+U` add a row, `-U` and `-D` take an equal one
/// away. Rows that are taken away without having been there are the second part of the answer: a correct changelog
/// leaves none.
pub fn fold_changelog<'a>(changes: impl IntoIterator<Item = &'a (RowKind, Row)>) -> (Vec<Row>, Vec<Row>) {
    let mut counts: KeyMap<i64> = KeyMap::default();
    for (kind, row) in changes {
        let step = if kind.is_addition() { 1 } else { -1 };
        *counts.entry(Key(row.clone())).or_insert(0) += step;
    }
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for (key, count) in counts {
        let list = if count > 0 { &mut rows } else { &mut missing };
        for _ in 0..count.unsigned_abs() {
            list.push(key.0.clone());
        }
    }
    rows.sort();
    missing.sort();
    (rows, missing)
}
