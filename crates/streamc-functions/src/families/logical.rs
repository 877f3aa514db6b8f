//! `AND`, `OR`, `NOT` with three truth values, and tests for one of them.

use crate::arguments::boolean;
use crate::entry::{infix, postfix, scalar};
use crate::function::{Argument, CallError, EvalError, Family, FlinkForm, Function, Typed};
use crate::rules::{Takes, check, fixed};
use crate::spark::SparkForm;
use streamc_types::{DataType, TypeKind, Value};

/// The operators.
pub const FUNCTIONS: &[Function] = &[
    infix(Family::Logical, "AND", 2, rule, crate::arguments::never).lazy().doc(
        "True if both are; false if one is false, even if the other is `NULL`.",
        "TRUE AND FALSE",
        "FALSE",
    ),
    infix(Family::Logical, "OR", 1, rule, crate::arguments::never).lazy().doc(
        "True if one is, even if the other is `NULL`; false if both are.",
        "TRUE OR FALSE",
        "TRUE",
    ),
    scalar(Family::Logical, "NOT", (1, 1), rule, |_, _, a| {
        Ok(boolean(a, 0)?.map_or(Value::Null, |b| Value::Boolean(!b)))
    })
    .flink(FlinkForm::Prefix("NOT", 3))
    .doc("The opposite; `NULL` stays `NULL`.", "NOT TRUE", "FALSE"),
    postfix(Family::Logical, "IS TRUE", test_rule, |_, _, a| is(a, Some(true), true)).doc(
        "Whether the condition is true; never `NULL`.",
        "(1 > 0) IS TRUE",
        "TRUE",
    ),
    postfix(Family::Logical, "IS NOT TRUE", test_rule, |_, _, a| is(a, Some(true), false)).doc(
        "Whether the condition is false or `NULL`.",
        "(1 > 0) IS NOT TRUE",
        "FALSE",
    ),
    postfix(Family::Logical, "IS FALSE", test_rule, |_, _, a| is(a, Some(false), true)).doc(
        "Whether the condition is false; never `NULL`.",
        "(1 > 0) IS FALSE",
        "FALSE",
    ),
    postfix(Family::Logical, "IS NOT FALSE", test_rule, |_, _, a| is(a, Some(false), false)).doc(
        "Whether the condition is true or `NULL`.",
        "(1 > 0) IS NOT FALSE",
        "TRUE",
    ),
    postfix(Family::Logical, "IS UNKNOWN", test_rule, |_, _, a| is(a, None, true))
        .spark(SparkForm::Template("({0} IS NULL)"))
        .doc("Whether the condition is `NULL`.", "(1 > 0) IS UNKNOWN", "FALSE"),
    postfix(Family::Logical, "IS NOT UNKNOWN", test_rule, |_, _, a| is(a, None, false))
        .spark(SparkForm::Template("({0} IS NOT NULL)"))
        .doc("Whether the condition is true or false.", "(1 > 0) IS NOT UNKNOWN", "TRUE"),
];

fn rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    fixed(function, arguments, &[Takes::Boolean], TypeKind::Boolean)
}

fn test_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Boolean])?;
    Ok(Typed { result: DataType::boolean().with_nullable(false), arguments: types })
}

fn is(arguments: &[Value], wanted: Option<bool>, holds: bool) -> Result<Value, EvalError> {
    Ok(Value::Boolean((boolean(arguments, 0)? == wanted) == holds))
}
