//! Casts: which are possible, and what they give.

use crate::function::{EvalContext, EvalError};
use streamc_types::{DataType, Value};

/// Whether `CAST(x AS to)` is allowed in SQL (Flink's `LogicalTypeCasts.supportsExplicitCast`).
pub fn is_explicit(from: &DataType, to: &DataType) -> bool {
    is_implicit(from, to)
}

/// Whether a value of `from` may stand where `to` is wanted without a cast being written (`supportsImplicitCast`).
pub fn is_implicit(from: &DataType, to: &DataType) -> bool {
    from.is_unknown() || to.is_unknown() || from.kind == to.kind
}

/// The value cast from one type to the other as Flink's `CAST` does it; `Err` where Flink's `CAST` fails the job (and
/// `TRY_CAST` gives `NULL`).
pub fn cast(
    _context: &EvalContext,
    value: &Value,
    from: &DataType,
    to: &DataType,
) -> Result<Value, EvalError> {
    if from.kind == to.kind {
        Ok(value.clone())
    } else {
        Err(EvalError::new(format!("cannot cast {from} to {to}")))
    }
}

/// Spark SQL that casts `argument` as Flink does; `Err` is the reason why there is none.
pub fn spark(argument: &str, from: &DataType, to: &DataType, _lenient: bool) -> Result<String, String> {
    if from.kind == to.kind { Ok(argument.to_owned()) } else { Err(format!("no cast from {from} to {to}")) }
}
