//! Keeps the rows for which a predicate is true.

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::{Change, Event};
use crate::expr::Compiled;

pub(crate) struct Filter {
    pub(crate) predicate: Compiled,
}

impl Operator for Filter {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        match self.predicate.test(cx.eval, &change.row) {
            Ok(Some(true)) => cx.out.push(Event::Row(change)),
            Ok(_) => {}
            Err(fault) => return Err(fault.at(&change.row)),
        }
        Ok(())
    }
}
