//! What both kinds of join share.

use super::Context;
use crate::error::Outcome;
use crate::expr::Compiled;
use streamc_types::{Row, Value};

/// What of a join's condition is not already said by equal keys.
pub(crate) struct Condition {
    pub(crate) rest: Option<Compiled>,
}

impl Condition {
    /// The joined row, if the condition is true for it.
    pub(super) fn join(&self, left: &[Value], right: &[Value], cx: &Context<'_>) -> Outcome<Option<Row>> {
        let mut values = Vec::with_capacity(left.len() + right.len());
        values.extend_from_slice(left);
        values.extend_from_slice(right);
        if let Some(rest) = &self.rest {
            match rest.test(cx.eval, &values) {
                Ok(Some(true)) => {}
                Ok(_) => return Ok(None),
                Err(fault) => return Err(fault.at(&values)),
            }
        }
        Ok(Some(values.into_boxed_slice()))
    }
}

/// A row of one side with `NULL` for the other.
pub(super) fn padded(row: &[Value], is_left: bool, other_width: usize) -> Row {
    let nulls = std::iter::repeat_n(Value::Null, other_width);
    if is_left {
        row.iter().cloned().chain(nulls).collect()
    } else {
        nulls.chain(row.iter().cloned()).collect()
    }
}
