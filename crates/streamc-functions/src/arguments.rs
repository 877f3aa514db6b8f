//! Reads the arguments of an evaluator. The binder has cast them to the types of the rule, so a value of another type
//! is a bug of the compiler: it becomes an error of the call, never a panic.

use crate::function::{CallTypes, EvalContext, EvalError};
use streamc_types::{Decimal, Timestamp, Value};

/// `NULL` if one of the arguments is, otherwise what the evaluator says.
macro_rules! strict {
    ($eval:expr) => {
        |context: &$crate::function::EvalContext,
         types: $crate::function::CallTypes<'_>,
         arguments: &[streamc_types::Value]|
         -> Result<streamc_types::Value, $crate::function::EvalError> {
            if arguments.iter().any(streamc_types::Value::is_null) {
                return Ok(streamc_types::Value::Null);
            }
            let eval: $crate::function::Evaluator = $eval;
            eval(context, types, arguments)
        }
    };
}
pub(crate) use strict;

/// The evaluator of what the engine computes itself.
pub(crate) fn never(_: &EvalContext, _: CallTypes<'_>, _: &[Value]) -> Result<Value, EvalError> {
    Err(EvalError::new("this function is computed by the engine, not by its evaluator"))
}

fn wrong(index: usize, wanted: &str, found: Option<&Value>) -> EvalError {
    let position = index + 1;
    match found {
        Some(value) => EvalError::new(format!("argument {position} is no {wanted}: {value:?}")),
        None => EvalError::new(format!("argument {position} is missing")),
    }
}

pub(crate) fn value(arguments: &[Value], index: usize) -> Result<&Value, EvalError> {
    arguments.get(index).ok_or_else(|| wrong(index, "value", None))
}

pub(crate) fn text(arguments: &[Value], index: usize) -> Result<&str, EvalError> {
    match arguments.get(index) {
        Some(Value::Str(text)) => Ok(text.as_str()),
        found => Err(wrong(index, "string", found)),
    }
}

pub(crate) fn int(arguments: &[Value], index: usize) -> Result<i64, EvalError> {
    match arguments.get(index) {
        Some(Value::Int(value)) => Ok(*value),
        found => Err(wrong(index, "integer", found)),
    }
}

/// Any number, as a double.
pub(crate) fn double(arguments: &[Value], index: usize) -> Result<f64, EvalError> {
    match arguments.get(index) {
        Some(Value::Double(value)) => Ok(*value),
        Some(Value::Float(value)) => Ok(f64::from(*value)),
        Some(Value::Int(value)) => Ok(*value as f64),
        Some(Value::Decimal(value)) => Ok(value.to_f64()),
        found => Err(wrong(index, "number", found)),
    }
}

/// An exact number.
pub(crate) fn decimal(arguments: &[Value], index: usize) -> Result<Decimal, EvalError> {
    match arguments.get(index) {
        Some(Value::Decimal(value)) => Ok(*value),
        Some(Value::Int(value)) => Ok(Decimal::from_int(*value)),
        found => Err(wrong(index, "decimal", found)),
    }
}

pub(crate) fn boolean(arguments: &[Value], index: usize) -> Result<Option<bool>, EvalError> {
    match arguments.get(index) {
        Some(Value::Boolean(value)) => Ok(Some(*value)),
        Some(Value::Null) => Ok(None),
        found => Err(wrong(index, "boolean", found)),
    }
}

/// The bytes of a string or a binary value.
pub(crate) fn bytes(arguments: &[Value], index: usize) -> Result<&[u8], EvalError> {
    match arguments.get(index) {
        Some(Value::Bytes(value)) => Ok(value),
        Some(Value::Str(value)) => Ok(value.as_bytes()),
        found => Err(wrong(index, "binary value", found)),
    }
}

pub(crate) fn timestamp(arguments: &[Value], index: usize) -> Result<Timestamp, EvalError> {
    match arguments.get(index) {
        Some(Value::Timestamp(value)) => Ok(*value),
        found => Err(wrong(index, "timestamp", found)),
    }
}

pub(crate) fn elements(arguments: &[Value], index: usize) -> Result<&[Value], EvalError> {
    match arguments.get(index) {
        Some(Value::Array(values) | Value::Row(values)) => Ok(values),
        found => Err(wrong(index, "array", found)),
    }
}

pub(crate) fn entries(arguments: &[Value], index: usize) -> Result<&[(Value, Value)], EvalError> {
    match arguments.get(index) {
        Some(Value::Map(values)) => Ok(values),
        found => Err(wrong(index, "map", found)),
    }
}
