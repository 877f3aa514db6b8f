//! The first rows of an input that only inserts. (An input that also takes rows away goes through [`super::TopN`].)

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::{Change, Event};

pub(crate) struct Limit {
    /// How many rows are left out first.
    pub(crate) skipped: u64,
    pub(crate) left: u64,
}

impl Operator for Limit {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if self.left > 0 {
            self.left -= 1;
            cx.out.push(Event::Row(change));
        }
        Ok(())
    }
}
