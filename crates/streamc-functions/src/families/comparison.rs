//! Comparison and null tests.
//!
//! Both sides are cast to a common type first. Flink's validator also lets a string stand against a number, a date or a
//! boolean; its planner then refuses the number ("implicit type conversion … is not supported now"), reads an unreadable
//! date as `NULL` and a boolean wrongly. Here a string literal that is a date or a timestamp may stand against one; all
//! else needs a written cast.

use crate::arguments::{strict, value};
use crate::entry::{infix, postfix};
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::rules::{impossible, nullable};
use crate::spark::SparkForm;
use std::cmp::Ordering;
use streamc_types::{DataType, TypeKind, Value, common_type, parse_date, parse_time, parse_timestamp};

/// The operators.
pub const FUNCTIONS: &[Function] = &[
    infix(
        Family::Comparison,
        "=",
        4,
        equality_rule,
        strict!(|_, _, a| test(a, |o| o == Some(Ordering::Equal))),
    )
    .doc("Whether two values are equal; `NULL` if one is `NULL`.", "1 = 1.0", "TRUE"),
    infix(
        Family::Comparison,
        "<>",
        4,
        equality_rule,
        strict!(|_, _, a| test(a, |o| o != Some(Ordering::Equal))),
    )
    .aliases(&["!="])
    .doc("Whether two values differ; `NULL` if one is `NULL`.", "'a' <> 'b'", "TRUE"),
    infix(Family::Comparison, "<", 4, order_rule, strict!(|_, _, a| test(a, |o| o == Some(Ordering::Less))))
        .doc(
            "Whether the first value comes before the second. Strings compare by their bytes.",
            "1 < 2",
            "TRUE",
        ),
    infix(
        Family::Comparison,
        "<=",
        4,
        order_rule,
        strict!(|_, _, a| test(a, |o| matches!(o, Some(Ordering::Less | Ordering::Equal)))),
    )
    .doc("Whether the first value comes before the second or is equal.", "2 <= 2", "TRUE"),
    infix(
        Family::Comparison,
        ">",
        4,
        order_rule,
        strict!(|_, _, a| test(a, |o| o == Some(Ordering::Greater))),
    )
    .doc(
        "Whether the first value comes after the second. Strings compare by their bytes.",
        "'b' > 'a'",
        "TRUE",
    ),
    infix(
        Family::Comparison,
        ">=",
        4,
        order_rule,
        strict!(|_, _, a| test(a, |o| matches!(o, Some(Ordering::Greater | Ordering::Equal)))),
    )
    .doc("Whether the first value comes after the second or is equal.", "1 >= 2", "FALSE"),
    infix(Family::Comparison, "IS DISTINCT FROM", 4, distinct_rule, |_, _, a| {
        Ok(Value::Boolean(distinct(a)?))
    })
    .spark(SparkForm::Template("(NOT ({0} <=> {1}))"))
    .doc(
        "Whether two values differ, where `NULL` equals `NULL`; never `NULL`.",
        "1 IS DISTINCT FROM 2",
        "TRUE",
    ),
    infix(Family::Comparison, "IS NOT DISTINCT FROM", 4, distinct_rule, |_, _, a| {
        Ok(Value::Boolean(!distinct(a)?))
    })
    .spark(SparkForm::Template("({0} <=> {1})"))
    .doc(
        "Whether two values are equal, where `NULL` equals `NULL`; never `NULL`.",
        "1 IS NOT DISTINCT FROM 1",
        "TRUE",
    ),
    postfix(Family::Comparison, "IS NULL", null_test_rule, |_, _, a| {
        Ok(Value::Boolean(value(a, 0)?.is_null()))
    })
    .doc("Whether the value is `NULL`.", "'a' IS NULL", "FALSE"),
    postfix(Family::Comparison, "IS NOT NULL", null_test_rule, |_, _, a| {
        Ok(Value::Boolean(!value(a, 0)?.is_null()))
    })
    .doc("Whether the value is not `NULL`.", "'a' IS NOT NULL", "TRUE"),
];

fn null_test_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    Ok(Typed::as_is(arguments, DataType::boolean().with_nullable(false)))
}

fn equality_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    compared(function, arguments, Comparison::Equality, nullable(arguments))
}

fn order_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    compared(function, arguments, Comparison::Order, nullable(arguments))
}

fn distinct_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    compared(function, arguments, Comparison::Distinction, false)
}

/// What is asked of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `=` and `<>`: Flink's planner casts both sides to one type first.
    Equality,
    /// `<`, `<=`, `>` and `>=`: Flink compares the sides as they are.
    Order,
    /// `IS DISTINCT FROM` and `IS NOT DISTINCT FROM`: as they are, too.
    Distinction,
}

fn compared(
    function: &Function,
    arguments: &[Argument<'_>],
    comparison: Comparison,
    nullable: bool,
) -> Result<Typed, CallError> {
    let [a, b] = arguments else {
        return Err(impossible(format!("`{}` takes 2 arguments", function.name), None));
    };
    let kind = comparison_type(comparison, a, b).ok_or_else(|| {
        let help = match (a.ty.is_string(), b.ty.is_string()) {
            (true, false) => Some((&b.ty.kind, "left")),
            (false, true) => Some((&a.ty.kind, "right")),
            _ => None,
        };
        CallError {
            argument: None,
            message: format!("`{}` cannot compare `{}` with `{}`", function.name, a.ty.kind, b.ty.kind),
            help: Some(match help {
                Some((kind, side)) => format!("cast the {side} side: `CAST(… AS {kind})`"),
                None => "cast one side to the type of the other".to_owned(),
            }),
        }
    })?;
    let ordered = comparison == Comparison::Order;
    if !is_comparable(&kind, ordered) {
        let what = if ordered { "ordered" } else { "compared" };
        return Err(impossible(format!("values of type `{kind}` cannot be {what}"), None));
    }
    if kind == TypeKind::Bitmap && a.ty != b.ty {
        let help = "Flink compares two bitmaps only where both may be `NULL` or none may".to_owned();
        return Err(impossible("these two bitmaps cannot be compared", Some(help)));
    }
    let as_they_are = comparison != Comparison::Equality && is_decimal_with_floating(a.ty, b.ty);
    let cast = |a: &Argument<'_>| match a.ty.kind {
        // `x = NULL` stands as written: the untyped `NULL` needs no type to give `NULL`.
        TypeKind::Null => a.ty.clone(),
        _ if as_they_are => a.ty.clone(),
        _ => DataType { kind: kind.clone(), nullable: a.ty.nullable },
    };
    Ok(Typed { result: DataType::boolean().with_nullable(nullable), arguments: vec![cast(a), cast(b)] })
}

/// Whether one is a `DECIMAL` and the other a floating-point number.
fn is_decimal_with_floating(a: &DataType, b: &DataType) -> bool {
    let decimal = |ty: &DataType| matches!(ty.kind, TypeKind::Decimal { .. });
    decimal(a) && b.is_approximate() || a.is_approximate() && decimal(b)
}

/// The type in which floating-point numbers are compared, with others or among themselves. Integers are compared with a
/// `FLOAT` as `FLOAT`, as in Java. `FLOAT = DOUBLE` cuts the right side to the left's type, and `DOUBLE = FLOAT` does not
/// (measured on Flink 2.3: the planner casts the right side).
fn floating_type(comparison: Comparison, a: &DataType, b: &DataType) -> TypeKind {
    match (&a.kind, &b.kind) {
        (TypeKind::Float, TypeKind::Double) if comparison == Comparison::Equality => TypeKind::Float,
        (TypeKind::Double | TypeKind::Decimal { .. }, _)
        | (_, TypeKind::Double | TypeKind::Decimal { .. }) => TypeKind::Double,
        _ => TypeKind::Float,
    }
}

/// The type that both sides of a comparison are cast to.
pub(crate) fn comparison_type(
    comparison: Comparison,
    a: &Argument<'_>,
    b: &Argument<'_>,
) -> Option<TypeKind> {
    let readable = |text: &Argument<'_>, other: &DataType| -> bool {
        let Some(Value::Str(literal)) = text.literal else {
            return false;
        };
        match other.kind {
            TypeKind::Date => parse_date(literal).is_some(),
            TypeKind::Time(_) => parse_time(literal).is_some(),
            TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => {
                parse_timestamp(literal).is_some() || parse_date(literal).is_some()
            }
            _ => false,
        }
    };
    match (&a.ty.kind, &b.ty.kind) {
        // Calcite does not compare a date with a timestamp.
        (TypeKind::Date, TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_))
        | (TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_), TypeKind::Date) => None,
        (TypeKind::Char(_) | TypeKind::Varchar(_), other) if readable(a, b.ty) => Some(other.clone()),
        (other, TypeKind::Char(_) | TypeKind::Varchar(_)) if readable(b, a.ty) => Some(other.clone()),
        // Strings compare as they are: a cast to a longer CHAR would add blanks, and one to a VARCHAR cut what LISTAGG makes.
        (TypeKind::Char(_) | TypeKind::Varchar(_), TypeKind::Char(_) | TypeKind::Varchar(_)) => {
            Some(DataType::string().kind)
        }
        (TypeKind::Binary(n) | TypeKind::Varbinary(n), TypeKind::Binary(m) | TypeKind::Varbinary(m)) => {
            Some(TypeKind::Varbinary(*n.max(m)))
        }
        _ if a.ty.is_numeric() && b.ty.is_numeric() && (a.ty.is_approximate() || b.ty.is_approximate()) => {
            Some(floating_type(comparison, a.ty, b.ty))
        }
        (TypeKind::Decimal { .. }, _) | (_, TypeKind::Decimal { .. })
            if a.ty.is_numeric() && b.ty.is_numeric() =>
        {
            let (p, q) = (a.ty.as_decimal()?, b.ty.as_decimal()?);
            let scale = p.1.max(q.1);
            let whole = (p.0 - p.1).max(q.0 - q.1);
            if whole + scale > 38 {
                // Exact comparison needs no common type; each side keeps its digits.
                return Some(a.ty.kind.clone());
            }
            Some(TypeKind::Decimal { precision: whole + scale, scale })
        }
        _ => common_type([a.ty, b.ty]).map(|t| t.kind),
    }
}

/// Whether values of the type can be told equal, or ordered.
pub(crate) fn is_comparable(kind: &TypeKind, ordered: bool) -> bool {
    match kind {
        TypeKind::Array(e) | TypeKind::Multiset(e) => !ordered && is_comparable(&e.kind, false),
        TypeKind::Map(k, v) => !ordered && is_comparable(&k.kind, false) && is_comparable(&v.kind, false),
        TypeKind::Row(fields) => !ordered && fields.iter().all(|f| is_comparable(&f.ty.kind, false)),
        TypeKind::Bitmap => !ordered,
        TypeKind::Variant
        | TypeKind::Raw(_)
        | TypeKind::Symbol
        | TypeKind::Descriptor
        | TypeKind::Structured(..)
        | TypeKind::Distinct(_)
        | TypeKind::TimestampTz(_) => false,
        _ => true,
    }
}

/// Java knows one NaN; that with a sign would come before all numbers.
fn same_nan(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

/// Java's comparison: NaN is neither less nor equal nor greater. `None` stands for "not comparable".
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Double(x), Value::Double(y)) => x.partial_cmp(y),
        (Value::Float(x), Value::Float(y)) => x.partial_cmp(y),
        // Java's `Double.compare`: NaN is greater than all others, and 0.0 greater than -0.0.
        (Value::Decimal(x), Value::Double(y)) => Some(x.to_f64().total_cmp(&same_nan(*y))),
        (Value::Double(x), Value::Decimal(y)) => Some(same_nan(*x).total_cmp(&y.to_f64())),
        (Value::Decimal(x), Value::Float(y)) => Some(x.to_f64().total_cmp(&same_nan(f64::from(*y)))),
        (Value::Float(x), Value::Decimal(y)) => Some(same_nan(f64::from(*x)).total_cmp(&y.to_f64())),
        (Value::Map(x), Value::Map(y)) => {
            let equal = x.len() == y.len() && x.iter().all(|entry| y.contains(entry));
            Some(if equal { Ordering::Equal } else { a.cmp(b) })
        }
        _ => Some(a.cmp(b)),
    }
}

fn test(arguments: &[Value], holds: fn(Option<Ordering>) -> bool) -> Result<Value, EvalError> {
    Ok(Value::Boolean(holds(compare(value(arguments, 0)?, value(arguments, 1)?))))
}

fn distinct(arguments: &[Value]) -> Result<bool, EvalError> {
    let (a, b) = (value(arguments, 0)?, value(arguments, 1)?);
    Ok(match (a.is_null(), b.is_null()) {
        (true, true) => false,
        (false, false) => compare(a, b) != Some(Ordering::Equal),
        _ => true,
    })
}
