//! Each row once for each grouping set.

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use streamc_plan::relations::set_number;
use streamc_types::Value;

pub(crate) struct Expand {
    /// For each set the columns that are `NULL` in it, and its number.
    sets: Vec<(Vec<usize>, i64)>,
}

impl Expand {
    /// `sets` hold positions in `keys`.
    pub(crate) fn new(keys: &[usize], sets: &[Vec<usize>]) -> Self {
        let left_out = |set: &Vec<usize>| {
            let columns = keys.iter().enumerate().filter(|(n, _)| !set.contains(n)).map(|(_, key)| *key);
            (columns.collect(), set_number(set, keys.len()))
        };
        Self { sets: sets.iter().map(left_out).collect() }
    }
}

impl Operator for Expand {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        for (left_out, number) in &self.sets {
            let mut values = Vec::with_capacity(change.row.len() + 1);
            values.extend(change.row.iter().cloned());
            for column in left_out {
                values[*column] = Value::Null;
            }
            values.push(Value::Int(*number));
            cx.emit(change.kind, values.into_boxed_slice());
        }
        Ok(())
    }
}
