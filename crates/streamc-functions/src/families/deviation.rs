//! Standard deviation and variance (Flink documentation, "Aggregate Functions").
//!
//! Flink keeps the sum of squared distances from the mean by Welford's algorithm, in `DOUBLE`, and casts the result to the
//! type of the mean: of integers the integer part stays.

use crate::aggregate::Accumulator;
use crate::arguments::{double, value};
use crate::cast::cast;
use crate::entry::aggregate;
use crate::families::aggregate::average_rule;
use crate::function::{Argument, CallError, CallTypes, EvalContext, EvalError, Function, Typed};
use crate::spark::SparkForm;
use streamc_types::{DataType, TypeKind, Value};

const SPARK: SparkForm = SparkForm::None("Spark sums squares in another order: the last digits differ");

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    aggregate("STDDEV_POP", (1, 1), average_rule, |types, _| Spread::boxed(types, false, true)).spark(SPARK).doc(
        "The standard deviation of all values, in the type of the mean: of integers it is cut to an integer. `NULL` of nothing.",
        "STDDEV_POP(amount)",
        "",
    ),
    aggregate("STDDEV_SAMP", (1, 1), sample_rule, |types, _| Spread::boxed(types, true, true))
        .aliases(&["STDDEV"])
        .spark(SPARK)
        .doc(
            "The standard deviation of a sample, in the type of the mean. `NULL` of fewer than two values.",
            "STDDEV_SAMP(amount)",
            "",
        ),
    aggregate("VAR_POP", (1, 1), average_rule, |types, _| Spread::boxed(types, false, false)).spark(SPARK).doc(
        "The variance of all values, in the type of the mean. `NULL` of nothing.",
        "VAR_POP(amount)",
        "",
    ),
    aggregate("VAR_SAMP", (1, 1), sample_rule, |types, _| Spread::boxed(types, true, false))
        .aliases(&["VARIANCE"])
        .spark(SPARK)
        .doc(
            "The variance of a sample, in the type of the mean. `NULL` of fewer than two values.",
            "VAR_SAMP(amount)",
            "",
        ),
];

/// Of values that are never `NULL` Flink types the result `NOT NULL`, though of one value there is none: its job then fails,
/// or gives a number that means nothing.
fn sample_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let typed = average_rule(function, arguments)?;
    if typed.result.nullable {
        return Ok(typed);
    }
    let kind = arguments.first().map_or_else(String::new, |a| a.ty.kind.to_string());
    Err(CallError {
        argument: Some(0),
        message: format!("`{}` of one value is `NULL`, but Flink types it `NOT NULL` here", function.name),
        help: Some(format!("write `{}(TRY_CAST(… AS {kind}))`, which may be `NULL`", function.name)),
    })
}

/// Welford's algorithm: the sum of squared distances from a running mean.
struct Spread {
    count: i64,
    mean: f64,
    squares: f64,
    sample: bool,
    root: bool,
    result: DataType,
}

impl Spread {
    fn boxed(types: CallTypes<'_>, sample: bool, root: bool) -> Box<dyn Accumulator> {
        Box::new(Self { count: 0, mean: 0.0, squares: 0.0, sample, root, result: types.result.clone() })
    }
}

impl Accumulator for Spread {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() {
            return Ok(());
        }
        self.count += 1;
        if self.count > 0 {
            let next = double(arguments, 0)?;
            let before = next - self.mean;
            self.mean += before / self.count as f64;
            self.squares += before * (next - self.mean);
        }
        Ok(())
    }

    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() {
            return Ok(());
        }
        self.count -= 1;
        if self.count > 0 {
            let gone = double(arguments, 0)?;
            let after = gone - self.mean;
            self.mean -= after / self.count as f64;
            self.squares -= (gone - self.mean) * after;
        } else if self.count == 0 {
            (self.mean, self.squares) = (0.0, 0.0);
        }
        Ok(())
    }

    fn value(&self) -> Result<Value, EvalError> {
        let divisor = self.count - i64::from(self.sample);
        if divisor <= 0 || self.squares < 0.0 {
            return Ok(Value::Null);
        }
        let variance = self.squares / divisor as f64;
        let spread = if self.root { variance.powf(0.5) } else { variance };
        cast(
            &EvalContext::default(),
            &Value::Double(spread),
            &DataType::not_null(TypeKind::Double),
            &self.result,
        )
    }
}
