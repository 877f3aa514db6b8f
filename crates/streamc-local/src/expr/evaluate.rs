//! Evaluating compiled expressions.

use super::{Call, Compiled, List};
use crate::error::{Failure, RunErrorKind};
use std::borrow::Cow;
use streamc_diagnostics::Span;
use streamc_functions::{CallTypes, EvalContext, EvalError, cast};
use streamc_types::Value;

/// Why an expression has no value for a row.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) span: Option<Span>,
}

impl Fault {
    fn new(error: EvalError, span: Option<Span>) -> Box<Self> {
        Box::new(Self { message: error.message, span })
    }

    /// The fault at that row.
    pub(crate) fn at(self, row: &[Value]) -> Box<Failure> {
        Box::new(Failure {
            kind: RunErrorKind::Evaluation,
            message: self.message,
            span: self.span,
            row: Some(row.to_vec()),
        })
    }
}

type Evaluated<T> = Result<T, Box<Fault>>;

static NULL: Value = Value::Null;

impl Compiled {
    /// The value for a row.
    pub(crate) fn eval<'a>(&'a self, context: &EvalContext, row: &'a [Value]) -> Evaluated<Cow<'a, Value>> {
        match self {
            Self::Column(index) => Ok(Cow::Borrowed(&row[*index])),
            Self::Literal(value) => Ok(Cow::Borrowed(value)),
            Self::Field { base, index } => Ok(match base.eval(context, row)? {
                Cow::Borrowed(Value::Row(fields)) => Cow::Borrowed(fields.get(*index).unwrap_or(&NULL)),
                Cow::Owned(Value::Row(fields)) => {
                    Cow::Owned(fields.get(*index).cloned().unwrap_or(Value::Null))
                }
                _ => Cow::Borrowed(&NULL),
            }),
            Self::Call(call) => call.eval(context, row).map(Cow::Owned),
            Self::Compare { .. } | Self::And(_) | Self::Or(_) | Self::In { .. } => {
                Ok(Cow::Owned(self.test(context, row)?.map_or(Value::Null, Value::Boolean)))
            }
            Self::Coalesce(arguments) => {
                for argument in arguments {
                    let value = argument.eval(context, row)?;
                    if !value.is_null() {
                        return Ok(value);
                    }
                }
                Ok(Cow::Borrowed(&NULL))
            }
            Self::Case { branches, otherwise } => {
                for (condition, result) in branches {
                    if condition.test(context, row)? == Some(true) {
                        return result.eval(context, row);
                    }
                }
                otherwise.eval(context, row)
            }
            Self::Cast { input, types, lenient, span } => {
                let value = input.eval(context, row)?;
                if value.is_null() {
                    return Ok(Cow::Borrowed(&NULL));
                }
                match cast::cast(context, &value, &types.0, &types.1) {
                    Ok(value) => Ok(Cow::Owned(value)),
                    Err(_) if *lenient => Ok(Cow::Borrowed(&NULL)),
                    Err(error) => Err(Fault::new(error, *span)),
                }
            }
        }
    }

    /// The truth of a condition for a row; `None` is unknown.
    pub(crate) fn test(&self, context: &EvalContext, row: &[Value]) -> Evaluated<Option<bool>> {
        match self {
            Self::Compare { comparison, sides } => {
                let left = sides.0.eval(context, row)?;
                let right = sides.1.eval(context, row)?;
                if left.is_null() || right.is_null() {
                    return Ok(None);
                }
                Ok(Some(comparison.holds(left.as_ref().cmp(right.as_ref()))))
            }
            Self::And(parts) => connect(parts, false, context, row),
            Self::Or(parts) => connect(parts, true, context, row),
            Self::In { value, list, negated } => {
                let value = value.eval(context, row)?;
                Ok(is_in(&value, list, context, row)?.map(|found| found != *negated))
            }
            _ => Ok(match self.eval(context, row)?.as_ref() {
                Value::Boolean(value) => Some(*value),
                _ => None,
            }),
        }
    }
}

/// `AND` (decided by the first false part) or `OR` (by the first true one); later parts are then not evaluated.
fn connect(
    parts: &[Compiled],
    decisive: bool,
    context: &EvalContext,
    row: &[Value],
) -> Evaluated<Option<bool>> {
    let mut result = Some(!decisive);
    for part in parts {
        match part.test(context, row)? {
            Some(value) if value == decisive => return Ok(Some(decisive)),
            Some(_) => {}
            None => result = None,
        }
    }
    Ok(result)
}

fn is_in(value: &Value, list: &List, context: &EvalContext, row: &[Value]) -> Evaluated<Option<bool>> {
    if value.is_null() {
        return Ok(None);
    }
    // NaN equals nothing, not even itself.
    let comparable = match value {
        Value::Double(v) => !v.is_nan(),
        Value::Float(v) => !v.is_nan(),
        _ => true,
    };
    let (found, has_null) = match list {
        List::Constant(values, has_null) => (comparable && values.contains(value), *has_null),
        List::Computed(items) => {
            let (mut found, mut has_null) = (false, false);
            for item in items {
                let item = item.eval(context, row)?;
                has_null |= item.is_null();
                if comparable && item.as_ref() == value {
                    found = true;
                    break;
                }
            }
            (found, has_null)
        }
    };
    Ok(if found {
        Some(true)
    } else if has_null {
        None
    } else {
        Some(false)
    })
}

impl Call {
    fn eval(&self, context: &EvalContext, row: &[Value]) -> Evaluated<Value> {
        let types = CallTypes { arguments: &self.argument_types, result: &self.result };
        let value = |argument: &Compiled| argument.eval(context, row).map(Cow::into_owned);
        let result = match self.arguments.as_ref() {
            [] => (self.eval)(context, types, &[]),
            [a] => (self.eval)(context, types, &[value(a)?]),
            [a, b] => (self.eval)(context, types, &[value(a)?, value(b)?]),
            [a, b, c] => (self.eval)(context, types, &[value(a)?, value(b)?, value(c)?]),
            many => {
                let values = many.iter().map(value).collect::<Evaluated<Vec<Value>>>()?;
                (self.eval)(context, types, &values)
            }
        };
        result.map_err(|error| Fault::new(error, self.span))
    }
}
