//! Computes each output column.

use super::{Context, Operator};
use crate::error::Outcome;
use crate::event::Change;
use crate::expr::Compiled;
use streamc_types::Value;

/// A bare column that no later column needs is moved, not copied: the plan of the copy is made once.
pub(crate) struct Project {
    expressions: Box<[Compiled]>,
    /// For each output column: the input column to move into it after everything else is computed.
    moves: Box<[(usize, usize)]>,
    is_moved: Box<[bool]>,
}

impl Project {
    pub(crate) fn new(expressions: Vec<Compiled>) -> Self {
        let mut moves = Vec::new();
        let mut is_moved = vec![false; expressions.len()];
        for (output, expression) in expressions.iter().enumerate() {
            if let Some(input) = expression.as_column()
                && !moves.iter().any(|(_, i)| *i == input)
            {
                moves.push((output, input));
                is_moved[output] = true;
            }
        }
        Self { expressions: expressions.into(), moves: moves.into(), is_moved: is_moved.into() }
    }
}

impl Operator for Project {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, mut row } = change;
        let mut values = Vec::with_capacity(self.expressions.len());
        for (expression, moved) in self.expressions.iter().zip(&self.is_moved) {
            let value = if *moved {
                Value::Null
            } else {
                match expression.eval(cx.eval, &row) {
                    Ok(value) => value.into_owned(),
                    Err(fault) => return Err(fault.at(&row)),
                }
            };
            values.push(value);
        }
        for (output, input) in &self.moves {
            std::mem::swap(&mut values[*output], &mut row[*input]);
        }
        cx.emit(kind, values.into_boxed_slice());
        Ok(())
    }
}
