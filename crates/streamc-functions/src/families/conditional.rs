//! `COALESCE`, `NULLIF`, `IF`, `IFNULL` (Flink documentation, "Conditional Functions"); `GREATEST` and `LEAST` stand with
//! the numbers.

use super::comparison::{Comparison, comparison_type, is_comparable};
use crate::entry::scalar;
use crate::function::{Argument, CallError, Family, FlinkForm, Function, Typed};
use crate::rules::{impossible, untyped_null};
use crate::spark::{SparkCall, SparkForm};
use streamc_types::{DataType, TypeKind, case_type, common_type};

/// The functions. The engine decides which arguments it computes.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Conditional, "COALESCE", (1, usize::MAX), coalesce_rule, crate::arguments::never)
        .lazy()
        .doc("The first value that is not `NULL`.", "COALESCE(NULLIF('a', 'a'), 'b')", "b"),
    scalar(Family::Conditional, "IFNULL", (2, 2), coalesce_rule, crate::arguments::never)
        .lazy()
        .spark(SparkForm::Named("ifnull"))
        .doc("The first value, or the second where the first is `NULL`.", "IFNULL(NULLIF(1, 1), 7)", "7"),
    scalar(Family::Conditional, "NULLIF", (2, 2), nullif_rule, crate::arguments::never)
        .lazy()
        .spark(SparkForm::Rewrite(spark_nullif))
        .doc("`NULL` where the two values are equal, otherwise the first.", "NULLIF('a', 'b')", "a"),
    scalar(Family::Conditional, "IF", (3, 3), if_rule, crate::arguments::never)
        .lazy()
        .flink(FlinkForm::Call)
        .spark(SparkForm::Named("if"))
        .doc(
            "The second value where the condition is true, otherwise the third.",
            "IF(1 < 2, 'yes', 'no')",
            "yes",
        ),
];

/// Not `NULL` as soon as one argument cannot be.
fn coalesce_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let common = common_type(arguments.iter().map(|a| a.ty)).ok_or_else(|| {
        impossible(
            format!("the values of `{}` have no common type: {}", function.name, kinds(arguments)),
            Some("cast them to one type".to_owned()),
        )
    })?;
    if common.kind == TypeKind::Null {
        return Err(untyped_null(function, 0));
    }
    let nullable = arguments.iter().all(|a| a.ty.nullable);
    let cast = |a: &Argument<'_>| match a.ty.kind {
        TypeKind::Null => a.ty.clone(),
        _ => DataType { kind: common.kind.clone(), nullable: a.ty.nullable },
    };
    Ok(Typed {
        result: DataType { kind: common.kind.clone(), nullable },
        arguments: arguments.iter().map(cast).collect(),
    })
}

fn kinds(arguments: &[Argument<'_>]) -> String {
    arguments.iter().map(|a| format!("`{}`", a.ty.kind)).collect::<Vec<_>>().join(", ")
}

/// The engine compares the two and gives the first; they stay as they are, so they must compare without a cast that
/// would show in the result.
fn nullif_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [a, b] = arguments else {
        return Err(impossible("`NULLIF` takes 2 arguments", None));
    };
    if a.ty.kind == TypeKind::Null {
        return Err(untyped_null(function, 0));
    }
    comparison_type(Comparison::Equality, a, b)
        .filter(|kind| is_comparable(kind, false))
        .filter(|kind| *kind != TypeKind::Bitmap || a.ty == b.ty)
        .ok_or_else(|| impossible(format!("`NULLIF` cannot compare {}", kinds(arguments)), None))?;
    Ok(Typed::as_is(arguments, a.ty.clone().with_nullable(true)))
}

/// Spark compares a `FLOAT` with other numbers as `DOUBLE`, and takes NaN for equal to itself.
fn spark_nullif(call: SparkCall<'_>) -> Result<String, String> {
    let ([a, b], [left, right]) = (call.arguments, call.types) else {
        return Err("`NULLIF` takes 2 arguments".to_owned());
    };
    let other = match (&left.kind, &right.kind) {
        (TypeKind::Float, kind) if *kind != TypeKind::Float => right,
        (kind, TypeKind::Float) if *kind != TypeKind::Float => left,
        // Of a value and itself Flink's planner says what Spark says: it is equal.
        (TypeKind::Float | TypeKind::Double, _) if right.is_approximate() && a != b => {
            return Ok(format!("if(isnan({a}), {a}, nullif({a}, {b}))"));
        }
        _ => return Ok(format!("nullif({a}, {b})")),
    };
    Err(format!(
        "Spark compares `FLOAT` with `{}` as `DOUBLE`; cast one to the type of the other",
        other.kind
    ))
}

/// `IF` takes numbers, strings, booleans, bytes, dates and times; of two timestamps the first one's type wins.
fn if_type(yes: &DataType, no: &DataType) -> Option<DataType> {
    if yes.is_timestamp() && no.is_timestamp() {
        return Some(yes.clone());
    }
    case_type([yes, no]).filter(|ty| {
        ty.has_unknown()
            || ty.is_numeric()
            || ty.is_string()
            || ty.is_binary()
            || matches!(ty.kind, TypeKind::Boolean | TypeKind::Date | TypeKind::Time(_))
    })
}

fn if_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [condition, yes, no] = arguments else {
        return Err(impossible("`IF` takes 3 arguments", None));
    };
    if condition.ty.kind != TypeKind::Boolean {
        return Err(crate::rules::refuse(function, arguments, 0, "a condition", None));
    }
    if let Some(index) = arguments.iter().position(|a| a.ty.kind == TypeKind::Null) {
        return Err(untyped_null(function, index));
    }
    let common = if_type(yes.ty, no.ty).ok_or_else(|| {
        impossible(
            format!("the branches of `IF` have no common type: {}", kinds(&arguments[1..])),
            Some("cast them to one type".to_owned()),
        )
    })?;
    let cast = |a: &Argument<'_>| DataType { kind: common.kind.clone(), nullable: a.ty.nullable };
    Ok(Typed {
        // Flink's rule: nullable if any of the three is, the condition included.
        result: DataType { kind: common.kind.clone(), nullable: arguments.iter().any(|a| a.ty.nullable) },
        arguments: vec![condition.ty.clone(), cast(yes), cast(no)],
    })
}
