//! Rows as often as they count.

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use streamc_types::Value;

pub(crate) struct Replicate;

impl Operator for Replicate {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let mut values = row.into_vec();
        let count = match values.pop() {
            Some(Value::Int(count)) => count,
            _ => 0,
        };
        for _ in 0..count {
            cx.emit(kind, values.clone().into_boxed_slice());
        }
        Ok(())
    }
}
