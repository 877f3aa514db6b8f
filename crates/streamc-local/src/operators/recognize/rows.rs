//! The rows of a match, and expressions over them.

use super::super::{Aggregates, Context, timestamp};
use crate::error::Outcome;
use crate::expr::{self, Compiled};
use std::rc::Rc;
use streamc_plan::{MatchExpr, MatchOperand};
use streamc_types::{Row, Value};

/// A row that was taken, with those taken before it: unfinished matches share what they have in common.
#[derive(Debug)]
pub(super) struct Taken {
    before: Option<Rc<Taken>>,
    /// The last row of the variable before this one: the rows of a variable stand together, and a search for another
    /// variable goes past them in one step.
    other: Option<Rc<Taken>>,
    pub(super) variable: usize,
    pub(super) row: Rc<Row>,
    pub(super) id: EventId,
}

/// The place of a row in the order of its partition: its time and a running number.
pub(super) type EventId = (i64, u64);

impl Taken {
    pub(super) fn new(before: Option<Rc<Self>>, variable: usize, row: Rc<Row>, id: EventId) -> Rc<Self> {
        let other = match &before {
            Some(last) if last.variable == variable => last.other.clone(),
            other => other.clone(),
        };
        Rc::new(Self { before, other, variable, row, id })
    }
}

impl Drop for Taken {
    /// One after the other: a long chain would need as deep a stack.
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(taken) = next {
            next = Rc::into_inner(taken).and_then(|mut last| last.before.take());
        }
    }
}

/// The last row of a variable in a path.
fn last_of(variable: usize, path: Option<&Rc<Taken>>) -> Option<&Rc<Taken>> {
    std::iter::successors(path, |taken| taken.other.as_ref())
        .take_while(|taken| taken.variable >= variable)
        .find(|taken| taken.variable == variable)
}

/// The rows of a path from the last one to the first.
pub(super) fn backwards(last: Option<&Rc<Taken>>) -> impl Iterator<Item = &Taken> {
    std::iter::successors(last.map(Rc::as_ref), |taken| taken.before.as_deref())
}

/// A compiled [`MatchExpr`].
pub(super) struct OverRows {
    operands: Vec<Operand>,
    expr: Compiled,
    /// Whether the expression is nothing but its one operand.
    bare: bool,
}

enum Operand {
    Row { variable: Option<usize>, first: bool, offset: usize, value: Compiled },
    Aggregate { variable: Option<usize>, aggregates: Aggregates },
    Rowtime,
}

impl OverRows {
    /// Fails with the reason if something has no value in process.
    pub(super) fn new(value: &MatchExpr) -> Result<Self, String> {
        let operand = |operand: &MatchOperand| {
            Ok(match operand {
                MatchOperand::Row { variable, first, offset, value } => Operand::Row {
                    variable: *variable,
                    first: *first,
                    offset: *offset as usize,
                    value: expr::compile(value)?,
                },
                MatchOperand::Aggregate { variable, call } => Operand::Aggregate {
                    variable: *variable,
                    aggregates: Aggregates::new(std::slice::from_ref(call), false)?,
                },
                MatchOperand::Rowtime(_) => Operand::Rowtime,
                MatchOperand::Proctime(_) => return Err(crate::compile::PROCESSING_TIME.to_owned()),
            })
        };
        let operands = value.operands.iter().map(operand).collect::<Result<_, String>>()?;
        Ok(Self { operands, expr: expr::compile(&value.expr)?, bare: value.expr.as_column() == Some(0) })
    }

    /// The values of the operands over a path, and over `tried`: a variable and its row behind the path.
    fn read(
        &mut self,
        path: Option<&Rc<Taken>>,
        tried: Option<(usize, &Row)>,
        cx: &Context<'_>,
    ) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(self.operands.len());
        for operand in &mut self.operands {
            let is_of = |variable: Option<usize>, of: usize| variable.is_none_or(|v| v == of);
            let last_first = |variable: Option<usize>| {
                let tried = tried.filter(|(of, _)| is_of(variable, *of)).map(|(_, row)| row);
                let path = variable.map_or(path, |v| last_of(v, path));
                let taken =
                    backwards(path).take_while(move |t| is_of(variable, t.variable)).map(|t| t.row.as_ref());
                tried.into_iter().chain(taken)
            };
            match operand {
                Operand::Row { variable, first, offset, value } => {
                    let row = if *first {
                        let rows: Vec<&Row> = last_first(*variable).collect();
                        rows.iter().rev().nth(*offset).copied()
                    } else {
                        last_first(*variable).nth(*offset)
                    };
                    values.push(match row {
                        Some(row) => value.eval(cx.eval, row).map_err(|fault| fault.at(row))?.into_owned(),
                        None => Value::Null,
                    });
                }
                Operand::Aggregate { variable, aggregates } => {
                    let rows: Vec<&Row> = last_first(*variable).collect();
                    let mut group = aggregates.group();
                    for row in rows.into_iter().rev() {
                        aggregates.update(&mut group, row, true, cx)?;
                    }
                    aggregates.values(&group, &mut values)?;
                }
                Operand::Rowtime => {
                    values.push(path.map_or(Value::Null, |last| timestamp(last.id.0)));
                }
            }
        }
        Ok(values)
    }

    /// The value of a measure.
    pub(super) fn value(&mut self, path: &Rc<Taken>, cx: &Context<'_>) -> Outcome<Value> {
        let mut values = self.read(Some(path), None, cx)?;
        if self.bare && values.len() == 1 {
            return Ok(values.remove(0));
        }
        let value = self.expr.eval(cx.eval, &values).map_err(|fault| fault.at(&path.row))?;
        Ok(value.into_owned())
    }

    /// Whether `row` fits the variable behind the path.
    pub(super) fn holds(
        &mut self,
        path: Option<&Rc<Taken>>,
        (variable, row): (usize, &Row),
        cx: &Context<'_>,
    ) -> Outcome<bool> {
        let values = self.read(path, Some((variable, row)), cx)?;
        Ok(self.expr.test(cx.eval, &values).map_err(|fault| fault.at(row))? == Some(true))
    }
}
