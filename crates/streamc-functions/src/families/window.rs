//! Functions that stand with `OVER` only, and the one that takes the value of a sub-query. They are not in the table of
//! functions by name: a call without `OVER` does not find them.

use crate::aggregate::Accumulator;
use crate::arguments::{int, value};
use crate::entry::aggregate;
use crate::function::{Argument, CallError, CallTypes, EvalError, Function, FunctionRef, Typed};
use crate::rules::impossible;
use std::collections::VecDeque;
use streamc_types::{DataType, TypeKind, Value};

/// The functions.
static FUNCTIONS: &[Function] = &[
    aggregate("LAG", (1, 3), lag_rule, |_, _| Box::new(Lag::default())),
    aggregate("ROW_NUMBER", (0, 0), number_rule, |_, _| Box::new(Number { count: 0 })),
    aggregate("SINGLE_VALUE", (1, 1), single_rule, |_: CallTypes<'_>, _| {
        Box::new(Single { value: Value::Null, count: 0 })
    }),
];

/// The function of that name that stands with `OVER` only, in any case of letters; and `SINGLE_VALUE`.
pub fn window_function(name: &str) -> Option<FunctionRef> {
    FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name)).map(FunctionRef)
}

fn number_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::BigInt)))
}

fn single_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let ty = arguments.first().map_or_else(DataType::unknown, |a| a.ty.clone());
    Ok(Typed::as_is(arguments, ty.with_nullable(true)))
}

/// `NULL` where there is no such row, unless a default says otherwise (`SqlLeadLagAggFunction`).
fn lag_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some(first) = arguments.first() else {
        return Err(impossible("an argument is missing", None));
    };
    if first.ty.kind == TypeKind::Null {
        return Err(impossible("`LAG` needs a typed value", Some("cast it".to_owned())));
    }
    if let Some(offset) = arguments.get(1).filter(|a| a.ty.kind != TypeKind::Int) {
        return Err(CallError {
            argument: Some(1),
            message: format!("`LAG` counts rows by an `INT`, not by `{}`", offset.ty.kind),
            help: None,
        });
    }
    let mut result = first.ty.clone().with_nullable(true);
    if let Some(default) = arguments.get(2) {
        let both_text = default.ty.is_string() && first.ty.is_string();
        if default.ty.kind != first.ty.kind && !both_text {
            return Err(CallError {
                argument: Some(2),
                message: format!(
                    "the default of `LAG` is `{}`, its value `{}`",
                    default.ty.kind, first.ty.kind
                ),
                help: Some(format!("cast it to `{}`", first.ty.kind)),
            });
        }
        result.nullable = default.ty.nullable;
    }
    Ok(Typed::as_is(arguments, result))
}

/// As Flink's `LagAggFunction`: what is asked for counts from the last row that was taken in.
#[derive(Default)]
struct Lag {
    rows: VecDeque<Value>,
    offset: usize,
    default: Option<Value>,
    started: bool,
}

impl Accumulator for Lag {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if !self.started {
            (self.started, self.offset) = (true, 1);
        }
        if arguments.len() > 1 && !value(arguments, 1)?.is_null() {
            let offset = int(arguments, 1)?;
            self.offset = usize::try_from(offset).map_err(|_| {
                EvalError::new(format!("`LAG` looks back over {offset} rows, which is less than none"))
            })?;
        }
        if let Some(default) = arguments.get(2) {
            self.default = Some(default.clone());
        }
        self.rows.push_back(value(arguments, 0)?.clone());
        while self.rows.len() > self.offset + 1 {
            self.rows.pop_front();
        }
        Ok(())
    }
    fn retract(&mut self, _: &[Value]) -> Result<(), EvalError> {
        Err(EvalError::new("`LAG` is over rows that are never taken back"))
    }
    fn value(&self) -> Result<Value, EvalError> {
        if self.rows.len() < self.offset + 1 {
            return Ok(self.default.clone().unwrap_or(Value::Null));
        }
        Ok(self.rows.front().cloned().unwrap_or(Value::Null))
    }
}

/// The number of rows so far.
struct Number {
    count: i64,
}

impl Accumulator for Number {
    fn add(&mut self, _: &[Value]) -> Result<(), EvalError> {
        self.count += 1;
        Ok(())
    }
    fn retract(&mut self, _: &[Value]) -> Result<(), EvalError> {
        self.count -= 1;
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(Value::Int(self.count))
    }
}

/// The one value of a sub-query; a second one is an error, as of Flink's `SingleValueAggFunction`.
struct Single {
    value: Value,
    count: i64,
}

impl Accumulator for Single {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if self.count > 0 {
            return Err(EvalError::new("a sub-query that stands for one value has more than one row"));
        }
        self.value = value(arguments, 0)?.clone();
        self.count += 1;
        Ok(())
    }
    fn retract(&mut self, _: &[Value]) -> Result<(), EvalError> {
        self.count -= 1;
        self.value = Value::Null;
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(self.value.clone())
    }
}
