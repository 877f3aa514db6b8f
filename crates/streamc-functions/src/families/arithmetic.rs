//! `+ - * / %` on numbers, dates, times and intervals.
//!
//! Numbers: Flink's `LogicalTypeMerging` (`findAdditionDecimalType` and its relatives) for decimals, Calcite's
//! `leastRestrictive` for the rest: `FLOAT + DOUBLE` is `FLOAT` and `DOUBLE + FLOAT` is `DOUBLE`. Integers wrap around
//! as Java's do; division by the integer or decimal zero fails, by a floating-point zero gives an infinity or NaN.

use crate::arguments::{decimal, double, int, strict, value};
use crate::entry::{infix, scalar};
use crate::function::{Argument, CallError, CallTypes, EvalError, Family, FlinkForm, Function, Typed};
use crate::rules::{impossible, nullable, refuse};
use crate::spark::{SparkCall, SparkForm};
use streamc_types::{DataType, Decimal, IntervalUnit, TypeKind, Value};

/// The operators.
pub const FUNCTIONS: &[Function] = &[
    infix(Family::Arithmetic, "+", 5, add_rule, strict!(|_, t, a| plus(t, a)))
        .spark(SparkForm::Rewrite(spark_plus))
        .doc(
            "The sum of two numbers, or a date, time or timestamp moved forward by an interval. Integers wrap around.",
            "1 + 2.50",
            "3.50",
        ),
    infix(Family::Arithmetic, "-", 5, subtract_rule, strict!(|_, t, a| minus(t, a)))
        .spark(SparkForm::Rewrite(spark_minus))
        .doc(
            "The difference of two numbers, or a date, time or timestamp moved back by an interval. Integers wrap around.",
            "3 - 0.5",
            "2.5",
        ),
    infix(Family::Arithmetic, "*", 6, multiply_rule, strict!(|_, t, a| times(t, a)))
        .spark(SparkForm::Rewrite(spark_multiply))
        .doc("The product of two numbers. Integers wrap around.", "2 * 1.5", "3.0"),
    infix(Family::Arithmetic, "/", 6, divide_rule, strict!(|_, t, a| over(t, a)))
        .spark(SparkForm::Rewrite(spark_divide))
        .doc(
            "The quotient of two numbers. Between integers it is an integer, cut towards zero; division by the exact zero fails.",
            "7 / 2",
            "3",
        ),
    infix(Family::Arithmetic, "%", 6, modulo_rule, strict!(|_, t, a| modulo(t, a)))
        .spark(SparkForm::Rewrite(spark_modulo))
        .doc(
            "The remainder of a division, with the sign of the first number.",
            "-7 % 3",
            "-1",
        ),
    scalar(Family::Arithmetic, "MOD", (2, 2), modulo_rule, strict!(|_, t, a| modulo(t, a)))
        .spark(SparkForm::Rewrite(spark_modulo))
        .doc(
            "The remainder of a division, with the sign of the first number.",
            "MOD(-7, 3)",
            "-1",
        ),
    scalar(Family::Arithmetic, "UNARY -", (1, 1), sign_rule, strict!(|_, t, a| negate(t, a)))
        .flink(FlinkForm::Prefix("-", 7))
        .spark(SparkForm::Template("(- {0})"))
        .doc("The number or interval with the other sign.", "-(2.5)", "-2.5"),
];

const NUMBER: &str = "a number";

/// Both operands cast to the result's kind.
fn both(arguments: &[Argument<'_>], kind: TypeKind) -> Typed {
    let cast = |a: &Argument<'_>| DataType { kind: kind.clone(), nullable: a.ty.nullable };
    Typed {
        result: DataType { kind: kind.clone(), nullable: nullable(arguments) },
        arguments: arguments.iter().map(cast).collect(),
    }
}

/// Precision and scale of an operation on two decimals, before they are cut to 38 digits.
type Derive = fn((i32, i32), (i32, i32)) -> (i32, i32);

fn numeric(function: &Function, arguments: &[Argument<'_>], derive: Derive) -> Result<Typed, CallError> {
    let [a, b] = pair(function, arguments)?;
    for (index, ty) in [a, b].into_iter().enumerate() {
        if !ty.is_numeric() {
            return Err(refuse(function, arguments, index, NUMBER, string_target(ty)));
        }
    }
    if a.is_approximate() || b.is_approximate() {
        let decimal = |t: &DataType| matches!(t.kind, TypeKind::Decimal { .. });
        let kind = if decimal(a) || decimal(b) {
            TypeKind::Double
        } else if a.is_approximate() {
            a.kind.clone()
        } else {
            b.kind.clone()
        };
        return Ok(both(arguments, kind));
    }
    if a.is_integer() && b.is_integer() {
        let kind = if a.as_decimal() >= b.as_decimal() { a.kind.clone() } else { b.kind.clone() };
        return Ok(both(arguments, kind));
    }
    let (Some((p1, s1)), Some((p2, s2))) = (a.as_decimal(), b.as_decimal()) else {
        return Err(refuse(function, arguments, 0, NUMBER, None));
    };
    let wide = |p: u8, s: u8| (i32::from(p), i32::from(s));
    let (precision, scale) = derive(wide(p1, s1), wide(p2, s2));
    let result = adjust(precision, scale);
    let cast = |t: &DataType| match t.as_decimal() {
        Some((precision, scale)) => {
            DataType { kind: TypeKind::Decimal { precision, scale }, nullable: t.nullable }
        }
        None => t.clone(),
    };
    Ok(Typed {
        result: DataType { kind: result, nullable: nullable(arguments) },
        arguments: vec![cast(a), cast(b)],
    })
}

/// A string operand is most often a number that was read as text.
fn string_target(ty: &DataType) -> Option<&'static str> {
    ty.is_string().then_some("DECIMAL(18, 2)")
}

/// Flink's `LogicalTypeMerging.adjustPrecisionScale`: beyond 38 digits the scale gives way, down to 6.
fn adjust(precision: i32, scale: i32) -> TypeKind {
    let (precision, scale) = if precision <= 38 {
        (precision, scale)
    } else {
        let whole = precision - scale;
        (38, (38 - whole).max(scale.min(6)))
    };
    TypeKind::Decimal { precision: precision as u8, scale: scale as u8 }
}

fn pair<'a>(function: &Function, arguments: &[Argument<'a>]) -> Result<[&'a DataType; 2], CallError> {
    match arguments {
        [a, b] => Ok([a.ty, b.ty]),
        _ => Err(impossible(format!("`{}` takes 2 arguments", function.name), None)),
    }
}

fn sum_derive((p1, s1): (i32, i32), (p2, s2): (i32, i32)) -> (i32, i32) {
    let scale = s1.max(s2);
    ((p1 - s1).max(p2 - s2) + scale + 1, scale)
}

fn add_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [a, b] = pair(function, arguments)?;
    let result = match (&a.kind, &b.kind) {
        (TypeKind::Interval(x), TypeKind::Interval(y)) if x == y => a.kind.clone(),
        (TypeKind::Interval(_), TypeKind::TimestampLtz(_)) => {
            // Flink's validator takes it, its code generator does not.
            return Err(impossible(
                "Flink adds no `TIMESTAMP_LTZ` to an interval",
                Some("write the point in time first: `ts + INTERVAL '1' DAY`".to_owned()),
            ));
        }
        (TypeKind::Interval(unit), _) if b.is_datetime() => return moved(function, arguments, b, *unit),
        (_, TypeKind::Interval(unit)) if a.is_datetime() => return moved(function, arguments, a, *unit),
        (TypeKind::Interval(_), TypeKind::Interval(_)) => {
            return Err(impossible("months and days cannot be added to each other", None));
        }
        _ => return numeric(function, arguments, sum_derive),
    };
    Ok(Typed::as_is(arguments, DataType { kind: result, nullable: nullable(arguments) }))
}

fn subtract_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [a, b] = pair(function, arguments)?;
    match (&a.kind, &b.kind) {
        (TypeKind::Interval(x), TypeKind::Interval(y)) if x == y => {
            Ok(Typed::as_is(arguments, DataType { kind: a.kind.clone(), nullable: nullable(arguments) }))
        }
        (_, TypeKind::Interval(unit)) if a.is_datetime() => moved(function, arguments, a, *unit),
        _ if a.is_datetime() && b.is_datetime() => Err(impossible(
            "Flink has no plain difference of two points in time",
            Some("write `TIMESTAMPDIFF(SECOND, b, a)`".to_owned()),
        )),
        _ => numeric(function, arguments, sum_derive),
    }
}

/// A point in time moved by an interval keeps its type.
fn moved(
    function: &Function,
    arguments: &[Argument<'_>],
    point: &DataType,
    unit: IntervalUnit,
) -> Result<Typed, CallError> {
    if matches!(point.kind, TypeKind::TimestampTz(_)) {
        return Err(refuse(function, arguments, 0, "a date, time or timestamp", None));
    }
    if matches!(point.kind, TypeKind::Time(_)) && unit == IntervalUnit::YearMonth {
        return Err(impossible("a time of day has no months", None));
    }
    Ok(Typed::as_is(arguments, DataType { kind: point.kind.clone(), nullable: nullable(arguments) }))
}

fn multiply_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [a, b] = pair(function, arguments)?;
    match (&a.kind, &b.kind) {
        (TypeKind::Interval(_), _) if b.is_integer() => {
            Ok(Typed::as_is(arguments, DataType { kind: a.kind.clone(), nullable: nullable(arguments) }))
        }
        (_, TypeKind::Interval(_)) if a.is_integer() => {
            Ok(Typed::as_is(arguments, DataType { kind: b.kind.clone(), nullable: nullable(arguments) }))
        }
        _ => numeric(function, arguments, |(p1, s1), (p2, s2)| (p1 + p2 + 1, s1 + s2)),
    }
}

fn divide_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    numeric(function, arguments, |(p1, s1), (p2, s2)| {
        let scale = (s1 + p2 + 1).max(6);
        (p1 - s1 + s2 + scale, scale)
    })
}

fn modulo_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [a, b] = pair(function, arguments)?;
    for (index, ty) in [a, b].into_iter().enumerate() {
        if !ty.is_exact_numeric() {
            let target = ty.is_approximate().then_some("DECIMAL(18, 6)").or(string_target(ty));
            return Err(refuse(function, arguments, index, "an exact number", target));
        }
    }
    let whole = |ty: &DataType| ty.is_integer() || matches!(ty.kind, TypeKind::Decimal { scale: 0, .. });
    if whole(a) && whole(b) {
        // The remainder is smaller than the divisor and has its type.
        return Ok(Typed::as_is(arguments, DataType { kind: b.kind.clone(), nullable: nullable(arguments) }));
    }
    numeric(function, arguments, |(p1, s1), (p2, s2)| {
        let scale = s1.max(s2);
        ((p1 - s1).min(p2 - s2) + scale, scale)
    })
}

fn sign_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments {
        [a] if a.ty.is_numeric() || a.ty.is_interval() => Ok(Typed::as_is(arguments, a.ty.clone())),
        _ => Err(refuse(function, arguments, 0, "a number or an interval", None)),
    }
}

/// An integer cut to the width of its type, as Java's arithmetic does.
pub(crate) fn wrap(kind: &TypeKind, value: i64) -> Value {
    Value::Int(match kind {
        TypeKind::TinyInt => i64::from(value as i8),
        TypeKind::SmallInt => i64::from(value as i16),
        TypeKind::Int => i64::from(value as i32),
        _ => value,
    })
}

fn approximate(types: CallTypes<'_>, a: f64, b: f64, op: fn(f64, f64) -> f64) -> Value {
    match types.result.kind {
        // Both operands are floats; the double result of + - * / rounds to the same float as the float operation.
        TypeKind::Float => Value::Float(op(a, b) as f32),
        _ => Value::Double(op(a, b)),
    }
}

fn plus(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let kinds = operand_kinds(types)?;
    match kinds {
        (TypeKind::Interval(unit), point) if !matches!(point, TypeKind::Interval(_)) => {
            shift(value(arguments, 1)?, point, *unit, int(arguments, 0)?)
        }
        (point, TypeKind::Interval(unit)) if !matches!(point, TypeKind::Interval(_)) => {
            shift(value(arguments, 0)?, point, *unit, int(arguments, 1)?)
        }
        _ => match &types.result.kind {
            TypeKind::Decimal { precision, scale } => {
                Ok(exact_sum(decimal(arguments, 0)?, decimal(arguments, 1)?, *precision, *scale))
            }
            TypeKind::Float | TypeKind::Double => {
                Ok(approximate(types, double(arguments, 0)?, double(arguments, 1)?, |a, b| a + b))
            }
            kind => Ok(wrap(kind, int(arguments, 0)?.wrapping_add(int(arguments, 1)?))),
        },
    }
}

/// The exact sum rounded half up; `NULL` beyond the precision.
fn exact_sum(a: Decimal, b: Decimal, precision: u8, scale: u8) -> Value {
    match a.checked_add(b) {
        Some(sum) => sum.rescale(precision, scale).map_or(Value::Null, Value::Decimal),
        None => {
            use num_bigint::BigInt;
            let up = |d: Decimal, to: u8| {
                BigInt::from(d.unscaled()) * BigInt::from(10).pow(u32::from(to - d.scale()))
            };
            let common = a.scale().max(b.scale());
            let sum = up(a, common) + up(b, common);
            Decimal::from_big(&sum, i64::from(common), precision, scale).map_or(Value::Null, Value::Decimal)
        }
    }
}

fn operand_kinds<'a>(types: CallTypes<'a>) -> Result<(&'a TypeKind, &'a TypeKind), EvalError> {
    match types.arguments {
        [a, b] => Ok((&a.kind, &b.kind)),
        _ => Err(EvalError::new("an operator needs two operands")),
    }
}

fn minus(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    if let (point, TypeKind::Interval(unit)) = operand_kinds(types)? {
        if !matches!(point, TypeKind::Interval(_)) {
            return shift(value(arguments, 0)?, point, *unit, int(arguments, 1)?.wrapping_neg());
        }
    }
    match &types.result.kind {
        TypeKind::Decimal { precision, scale } => {
            Ok(exact_sum(decimal(arguments, 0)?, decimal(arguments, 1)?.negate(), *precision, *scale))
        }
        TypeKind::Float | TypeKind::Double => {
            Ok(approximate(types, double(arguments, 0)?, double(arguments, 1)?, |a, b| a - b))
        }
        kind => Ok(wrap(kind, int(arguments, 0)?.wrapping_sub(int(arguments, 1)?))),
    }
}

fn times(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    match &types.result.kind {
        TypeKind::Decimal { precision, scale } => Ok(decimal(arguments, 0)?
            .checked_mul(decimal(arguments, 1)?, *precision, *scale)
            .map_or(Value::Null, Value::Decimal)),
        TypeKind::Float | TypeKind::Double => {
            Ok(approximate(types, double(arguments, 0)?, double(arguments, 1)?, |a, b| a * b))
        }
        kind => Ok(wrap(kind, int(arguments, 0)?.wrapping_mul(int(arguments, 1)?))),
    }
}

fn over(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    match &types.result.kind {
        TypeKind::Decimal { precision, scale } => {
            let divisor = decimal(arguments, 1)?;
            if divisor.unscaled() == 0 {
                return Err(EvalError::new("division by zero"));
            }
            Ok(decimal(arguments, 0)?
                .checked_div(divisor, *precision, *scale)
                .map_or(Value::Null, Value::Decimal))
        }
        TypeKind::Float | TypeKind::Double => {
            Ok(approximate(types, double(arguments, 0)?, double(arguments, 1)?, |a, b| a / b))
        }
        kind => match int(arguments, 1)? {
            0 => Err(EvalError::new("division by zero")),
            divisor => Ok(wrap(kind, int(arguments, 0)?.wrapping_div(divisor))),
        },
    }
}

fn modulo(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    match &types.result.kind {
        TypeKind::Decimal { precision, scale } => {
            let divisor = decimal(arguments, 1)?;
            if divisor.unscaled() == 0 {
                return Err(EvalError::new("division by zero"));
            }
            let dividend = decimal(arguments, 0)?;
            let rest = dividend.checked_rem(divisor).or_else(|| big_rem(dividend, divisor));
            Ok(rest.and_then(|r| r.rescale(*precision, *scale)).map_or(Value::Null, Value::Decimal))
        }
        // A whole decimal by an integer: both have no digits behind the point.
        kind if matches!(value(arguments, 0)?, Value::Decimal(_)) => match i128::from(int(arguments, 1)?) {
            0 => Err(EvalError::new("division by zero")),
            divisor => {
                let rest = decimal(arguments, 0)?.unscaled() % divisor;
                Ok(i64::try_from(rest).map_or(Value::Null, |rest| wrap(kind, rest)))
            }
        },
        kind => match int(arguments, 1)? {
            0 => Err(EvalError::new("division by zero")),
            divisor => Ok(wrap(kind, int(arguments, 0)?.wrapping_rem(divisor))),
        },
    }
}

/// The remainder where the common scale needs more than 38 digits.
fn big_rem(a: Decimal, b: Decimal) -> Option<Decimal> {
    use num_bigint::BigInt;
    let scale = a.scale().max(b.scale());
    let up = |d: Decimal| BigInt::from(d.unscaled()) * BigInt::from(10).pow(u32::from(scale - d.scale()));
    Decimal::from_big(&(up(a) % up(b)), i64::from(scale), 38, scale)
}

fn negate(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(match value(arguments, 0)? {
        Value::Int(v) => wrap(&types.result.kind, v.wrapping_neg()),
        Value::Float(v) => Value::Float(-v),
        Value::Double(v) => Value::Double(-v),
        Value::Decimal(v) => Value::Decimal(v.negate()),
        other => return Err(EvalError::new(format!("cannot negate {other:?}"))),
    })
}

/// A point in time moved by `amount` months or milliseconds. A `DATE` moves by whole days (what is left of the interval
/// is cut off, as Flink does), a `TIME` around the clock; months stop at the last day of a shorter month.
pub(crate) fn shift(
    point: &Value,
    kind: &TypeKind,
    unit: IntervalUnit,
    amount: i64,
) -> Result<Value, EvalError> {
    const DAY: i64 = 86_400_000;
    Ok(match (point, unit) {
        (Value::Null, _) => Value::Null,
        (Value::Date(days), IntervalUnit::DaySecond) => date(i64::from(*days).saturating_add(amount / DAY))?,
        (Value::Date(days), IntervalUnit::YearMonth) => {
            date(super::temporal::add_months(i64::from(*days), amount))?
        }
        (Value::Time(millis), IntervalUnit::DaySecond) => {
            Value::Time(i64::from(*millis).wrapping_add(amount).rem_euclid(DAY) as i32)
        }
        (Value::Timestamp(at), IntervalUnit::DaySecond) => {
            Value::Timestamp(streamc_types::Timestamp { millis: at.millis.wrapping_add(amount), ..*at })
        }
        (Value::Timestamp(at), IntervalUnit::YearMonth) => {
            let days = super::temporal::add_months(i64::from(at.date()), amount);
            Value::Timestamp(streamc_types::Timestamp {
                millis: days.wrapping_mul(DAY).wrapping_add(i64::from(at.time_of_day())),
                ..*at
            })
        }
        _ => return Err(EvalError::new(format!("cannot move a {kind} by an interval"))),
    })
}

/// A date of so many days since 1970. Flink counts days from 1 March 4801 BC in 32 bits where it reads year, month and day
/// out of a date: beyond them the job fails.
fn date(days: i64) -> Result<Value, EvalError> {
    const FIRST: i64 = -2_472_632;
    if !(FIRST..=i64::from(i32::MAX) + FIRST).contains(&days) {
        return Err(EvalError::new("the date is out of range"));
    }
    i32::try_from(days).map(Value::Date).map_err(|_| EvalError::new("the date is out of range"))
}

/// Two operands of one kind, and the result wrapped in a cast where Spark's own type would differ.
fn spark_operator(call: SparkCall<'_>, symbol: &str) -> Result<String, String> {
    let [a, b] = call.arguments else {
        return Err("an operator needs two operands".to_owned());
    };
    let text = format!("({a} {symbol} {b})");
    Ok(match call.result.kind {
        TypeKind::Decimal { precision, scale } => format!("CAST({text} AS DECIMAL({precision}, {scale}))"),
        TypeKind::TinyInt => format!("CAST({text} AS TINYINT)"),
        TypeKind::SmallInt => format!("CAST({text} AS SMALLINT)"),
        TypeKind::Int => text,
        TypeKind::Float => format!("CAST({text} AS FLOAT)"),
        _ => text,
    })
}

fn spark_plus(call: SparkCall<'_>) -> Result<String, String> {
    spark_moved(call, "+").unwrap_or_else(|| spark_operator(call, "+"))
}

fn spark_minus(call: SparkCall<'_>) -> Result<String, String> {
    spark_moved(call, "-").unwrap_or_else(|| spark_operator(call, "-"))
}

/// A date stays a date: Spark would make a timestamp of `DATE + INTERVAL DAY TO SECOND`.
fn spark_moved(call: SparkCall<'_>, symbol: &str) -> Option<Result<String, String>> {
    let ([a, b], [x, y]) = (call.arguments, call.types) else {
        return None;
    };
    let ((point, kind), interval) = if x.is_interval() { ((b, y), a) } else { ((a, x), b) };
    if !kind.is_datetime() {
        return None;
    }
    let days = [x, y].iter().any(|t| t.kind == TypeKind::Interval(IntervalUnit::DaySecond));
    Some(match kind.kind {
        TypeKind::Time(_) => Err("Spark has no arithmetic on a time of day".to_owned()),
        // Flink cuts the interval to whole days first.
        TypeKind::Date if days => {
            let function = if symbol == "-" { "date_sub" } else { "date_add" };
            Ok(format!(
                "{function}({point}, CAST(extract(DAY FROM CAST({interval} AS INTERVAL DAY TO SECOND)) AS INT))"
            ))
        }
        TypeKind::Date => Ok(format!("CAST(({point} {symbol} {interval}) AS DATE)")),
        _ => Ok(format!("({point} {symbol} {interval})")),
    })
}

fn spark_multiply(call: SparkCall<'_>) -> Result<String, String> {
    spark_operator(call, "*")
}

fn spark_divide(call: SparkCall<'_>) -> Result<String, String> {
    let [a, b] = call.arguments else {
        return Err("an operator needs two operands".to_owned());
    };
    if call.result.is_integer() {
        return Ok(format!("CAST(({a} div {b}) AS {})", call.result.kind));
    }
    if call.result.is_approximate() {
        let kind = &call.result.kind;
        // Spark fails on a floating-point zero; Flink gives an infinity or NaN.
        let never_zero = super::string::spark_bare(b).parse::<f64>().is_ok_and(|v| v != 0.0);
        let quotient = if never_zero {
            format!("({a} / {b})")
        } else {
            format!("(CASE WHEN {b} = 0 THEN {a} * CAST('Infinity' AS DOUBLE) ELSE {a} / {b} END)")
        };
        return Ok(if *kind == TypeKind::Float { format!("CAST({quotient} AS FLOAT)") } else { quotient });
    }
    spark_operator(call, "/")
}

fn spark_modulo(call: SparkCall<'_>) -> Result<String, String> {
    let [a, b] = call.arguments else {
        return Err("an operator needs two operands".to_owned());
    };
    if call.result.is_integer() {
        return Ok(format!("CAST(({a} % {b}) AS {})", call.result.kind));
    }
    spark_operator(call, "%")
}
