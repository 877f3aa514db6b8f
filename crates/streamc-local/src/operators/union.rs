//! Rows of several inputs; the graph combines their watermarks.

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::{Change, Event};

pub(crate) struct Union;

impl Operator for Union {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        cx.out.push(Event::Row(change));
        Ok(())
    }
}
