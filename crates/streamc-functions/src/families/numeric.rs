//! Functions of numbers (Flink documentation, "Arithmetic Functions").

use super::arithmetic::wrap;
use crate::arguments::{bytes, double, int, strict, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, CallTypes, EvalError, Evaluator, Family, Function, Typed};
use crate::rules::{STRING, Takes, check, fixed, impossible, like_first, literal_int, nullable, refuse};
use crate::spark::{SparkCall, SparkForm};
use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive as _};
use std::str::FromStr as _;
use streamc_types::{DataType, Decimal, TypeKind, Value, common_type, java_double_to_string};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    number("ABS", like_first_number, strict!(|_, t, a| absolute(t, a)))
        .doc("The number without its sign.", "ABS(-2.5)", "2.5"),
    number("CEIL", whole_rule, strict!(|_, t, a| to_whole(t, a, true)))
        .aliases(&["CEILING"])
        .spark(SparkForm::Rewrite(|call| spark_whole(call, "ceil")))
        .doc("The smallest whole number that is not less.", "CEIL(2.1)", "3"),
    number("FLOOR", whole_rule, strict!(|_, t, a| to_whole(t, a, false)))
        .spark(SparkForm::Rewrite(|call| spark_whole(call, "floor")))
        .doc("The greatest whole number that is not greater.", "FLOOR(2.9)", "2"),
    scalar(Family::Arithmetic, "ROUND", (1, 2), round_rule, strict!(|_, t, a| rounded(t, a, false)))
        .spark(SparkForm::Rewrite(spark_round))
        .doc(
            "The number rounded to so many digits behind the point (0 if not given, negative for tens and hundreds), halves away from zero.",
            "ROUND(2.345, 2)",
            "2.35",
        ),
    scalar(Family::Arithmetic, "TRUNCATE", (1, 2), truncate_rule, strict!(|_, t, a| rounded(t, a, true)))
        .spark(SparkForm::Rewrite(spark_truncate))
        .doc(
            "The number cut to so many digits behind the point (0 if not given).",
            "TRUNCATE(2.567, 1)",
            "2.5",
        ),
    number("SIGN", sign_rule, strict!(|_, t, a| signum(t, a)))
        .spark(SparkForm::Rewrite(|call| match call.arguments {
            [x] => Ok(format!("CAST(sign({x}) AS {})", spark_number(&call.result.kind))),
            _ => Err("`SIGN` needs one argument".to_owned()),
        }))
        .doc("-1, 0 or 1, in the type of the number.", "SIGN(-5)", "-1"),
    of_double("SQRT", strict!(|_, _, a| unary(a, f64::sqrt)))
        .doc("The square root; NaN of a negative number.", "SQRT(16)", "4.0"),
    of_double("EXP", strict!(|_, _, a| unary(a, f64::exp))).doc("e to that power.", "EXP(0)", "1.0"),
    of_double("LN", strict!(|_, _, a| unary(a, f64::ln)))
        .spark(SparkForm::Rewrite(|call| spark_logarithm(call, "ln")))
        .doc("The natural logarithm; -Infinity of 0, NaN of a negative number.", "LN(1)", "0.0"),
    of_double("LOG10", strict!(|_, _, a| unary(a, f64::log10)))
        .spark(SparkForm::Rewrite(|call| spark_logarithm(call, "log10")))
        .doc("The logarithm to base 10.", "LOG10(1000)", "3.0"),
    of_double("LOG2", strict!(|_, _, a| unary(a, |x| x.ln() / 2f64.ln())))
        .spark(SparkForm::Rewrite(|call| spark_logarithm(call, "log2")))
        .doc("The logarithm to base 2.", "LOG2(8)", "3.0"),
    scalar(Family::Arithmetic, "LOG", (1, 2), double_rule, strict!(|_, _, a| logarithm(a)))
        .spark(SparkForm::Rewrite(spark_log))
        .doc(
            "The natural logarithm of one argument; of two, the logarithm of the second to the base of the first.",
            "LOG(2, 8)",
            "3.0",
        ),
    scalar(
        Family::Arithmetic,
        "POWER",
        (2, 2),
        double_rule,
        strict!(|_, _, a| Ok(Value::Double(power(double(a, 0)?, double(a, 1)?)))),
    )
    .doc("The first number to the power of the second.", "POWER(2, 10)", "1024.0"),
    of_double("SIN", strict!(|_, _, a| unary(a, f64::sin))).doc("The sine of an angle in radians.", "SIN(0)", "0.0"),
    of_double("COS", strict!(|_, _, a| unary(a, f64::cos))).doc("The cosine of an angle in radians.", "COS(0)", "1.0"),
    of_double("TAN", strict!(|_, _, a| unary(a, f64::tan))).doc("The tangent of an angle in radians.", "TAN(0)", "0.0"),
    of_double("COT", strict!(|_, _, a| unary(a, |x| 1.0 / x.tan())))
        .doc("The cotangent of an angle in radians.", "COT(0)", "Infinity"),
    of_double("ASIN", strict!(|_, _, a| unary(a, f64::asin))).doc("The angle of that sine; NaN beyond 1.", "ASIN(0)", "0.0"),
    of_double("ACOS", strict!(|_, _, a| unary(a, f64::acos))).doc("The angle of that cosine; NaN beyond 1.", "ACOS(1)", "0.0"),
    of_double("ATAN", strict!(|_, _, a| unary(a, f64::atan))).doc("The angle of that tangent.", "ATAN(0)", "0.0"),
    scalar(
        Family::Arithmetic,
        "ATAN2",
        (2, 2),
        angle_rule,
        strict!(|_, _, a| Ok(Value::Double(double(a, 0)?.atan2(double(a, 1)?)))),
    )
    .doc("The angle of the point (second, first) from the axis.", "ATAN2(0, 1)", "0.0"),
    of_double("SINH", strict!(|_, _, a| unary(a, f64::sinh))).doc("The hyperbolic sine.", "SINH(0)", "0.0"),
    of_double("COSH", strict!(|_, _, a| unary(a, f64::cosh))).doc("The hyperbolic cosine.", "COSH(0)", "1.0"),
    of_double("TANH", strict!(|_, _, a| unary(a, f64::tanh))).doc("The hyperbolic tangent.", "TANH(0)", "0.0"),
    of_double("DEGREES", strict!(|_, _, a| unary(a, |x| x * 57.295_779_513_082_32)))
        .doc("An angle in radians as degrees.", "DEGREES(0)", "0.0"),
    of_double("RADIANS", strict!(|_, _, a| unary(a, |x| x * 0.017_453_292_519_943_295)))
        .doc("An angle in degrees as radians.", "RADIANS(0)", "0.0"),
    scalar(Family::Arithmetic, "PI", (0, 0), constant_rule, |_, _, _| Ok(Value::Double(std::f64::consts::PI)))
        .doc("The number π.", "PI()", "3.141592653589793"),
    scalar(Family::Arithmetic, "E", (0, 0), constant_rule, |_, _, _| Ok(Value::Double(std::f64::consts::E)))
        .doc("The base of the natural logarithm.", "E()", "2.718281828459045"),
    scalar(
        Family::Arithmetic,
        "BIN",
        (1, 1),
        |f, a| fixed(f, a, &[Takes::BigInt], STRING),
        strict!(|_, _, a| Ok(Value::str(format!("{:b}", int(a, 0)?)))),
    )
    .doc("The binary digits of an integer; 64 of them if it is negative.", "BIN(10)", "1010"),
    scalar(Family::Arithmetic, "HEX", (1, 1), hex_rule, strict!(|_, _, a| hex(a)))
        .doc(
            "The hexadecimal digits, in capitals, of an integer or of the UTF-8 bytes of a string.",
            "HEX('stream')",
            "73747265616D",
        ),
    scalar(Family::Conditional, "GREATEST", (1, usize::MAX), extreme_rule, strict!(|_, _, a| {
        Ok(a.iter().max().cloned().unwrap_or(Value::Null))
    }))
    .spark(SparkForm::Rewrite(|call| spark_extreme(call, "greatest")))
    .doc("The greatest of the values; `NULL` if one is `NULL`.", "GREATEST(1, 3, 2)", "3"),
    scalar(Family::Conditional, "LEAST", (1, usize::MAX), extreme_rule, strict!(|_, _, a| {
        Ok(a.iter().min().cloned().unwrap_or(Value::Null))
    }))
    .spark(SparkForm::Rewrite(|call| spark_extreme(call, "least")))
    .doc("The least of the values; `NULL` if one is `NULL`.", "LEAST(1, 3, 2)", "1"),
];

const fn number(name: &'static str, rule: crate::function::TypeRule, eval: Evaluator) -> Function {
    scalar(Family::Arithmetic, name, (1, 1), rule, eval)
}

const fn of_double(name: &'static str, eval: Evaluator) -> Function {
    scalar(Family::Arithmetic, name, (1, 1), double_rule, eval)
}

/// Java's `Math.pow`: where C says 1, of 1 to the power of NaN or an infinity and of -1 to an infinity, it says NaN.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || base.abs() == 1.0 && exponent.is_infinite() {
        return f64::NAN;
    }
    base.powf(exponent)
}

fn like_first_number(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    like_first(function, arguments, &[Takes::Number])
}

fn double_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    fixed(function, arguments, &[Takes::Double], TypeKind::Double)
}

/// Flink has no code for a decimal beside another number.
fn angle_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let is_decimal = |a: &Argument<'_>| matches!(a.ty.kind, TypeKind::Decimal { .. });
    if let [a, b] = arguments
        && a.ty.is_numeric()
        && b.ty.is_numeric()
        && is_decimal(a) != is_decimal(b)
    {
        return Err(refuse(
            function,
            arguments,
            usize::from(is_decimal(b)),
            "two decimals or none",
            Some("DOUBLE"),
        ));
    }
    double_rule(function, arguments)
}

fn sign_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    no_small_integer(function, arguments)?;
    like_first_number(function, arguments)
}

fn truncate_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    no_small_integer(function, arguments)?;
    round_rule(function, arguments)
}

/// Flink's planner takes `TINYINT` and `SMALLINT`, and then the code that it makes does not compile.
fn no_small_integer(function: &Function, arguments: &[Argument<'_>]) -> Result<(), CallError> {
    match arguments.first().map(|a| &a.ty.kind) {
        Some(TypeKind::TinyInt | TypeKind::SmallInt) => {
            Err(refuse(function, arguments, 0, "a number of at least `INT`", Some("INT")))
        }
        _ => Ok(()),
    }
}

fn constant_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::Double)))
}

fn hex_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let place = if arguments.first().is_some_and(|a| a.ty.is_string()) { Takes::Text } else { Takes::BigInt };
    fixed(function, arguments, &[place], STRING)
        .map_err(|_| refuse(function, arguments, 0, "an integer or a string", Some("STRING")))
}

/// `CEIL` and `FLOOR` keep the type, a decimal without its scale.
fn whole_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let mut typed = like_first(function, arguments, &[Takes::Number])?;
    if let TypeKind::Decimal { precision, .. } = typed.result.kind {
        typed.result.kind = TypeKind::Decimal { precision, scale: 0 };
    }
    Ok(typed)
}

/// Flink's `LogicalTypeMerging.findRoundDecimalType`.
fn round_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let mut typed = like_first(function, arguments, &[Takes::Number, Takes::Int])?;
    if let TypeKind::Decimal { precision, scale } = typed.result.kind {
        let digits = match arguments.len() {
            1 => Some(0),
            _ => literal_int(arguments, 1),
        };
        if let Some(digits) = digits.filter(|d| *d < i64::from(scale)) {
            let whole = precision - scale + 1;
            typed.result.kind = if digits < 0 {
                TypeKind::Decimal { precision: whole.min(38), scale: 0 }
            } else {
                TypeKind::Decimal { precision: (whole + digits as u8).min(38), scale: digits as u8 }
            };
        }
    }
    Ok(typed)
}

fn extreme_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if let Some(index) = arguments.iter().position(|a| a.ty.kind == TypeKind::Null) {
        return Err(crate::rules::untyped_null(function, index));
    }
    let family = |t: &DataType| (t.is_numeric(), t.is_string(), t.is_binary(), t.is_timestamp());
    let common = common_type(arguments.iter().map(|a| a.ty))
        .filter(|t| {
            // Flink's planner generates no code for a mixture of dates and timestamps.
            arguments.iter().all(|a| a.ty.has_unknown() || family(a.ty) == family(t))
        })
        .ok_or_else(|| impossible(format!("`{}` needs values of one type", function.name), None))?;
    // Flink's planner takes bytes, and then the code that it makes does not compile.
    if common.is_binary() || !super::comparison::is_comparable(&common.kind, true) {
        return Err(impossible(format!("values of type `{}` have no order", common.kind), None));
    }
    check(function, arguments, &[Takes::Any])?;
    Ok(Typed {
        result: DataType { kind: common.kind.clone(), nullable: nullable(arguments) },
        arguments: arguments
            .iter()
            .map(|a| DataType { kind: common.kind.clone(), nullable: a.ty.nullable })
            .collect(),
    })
}

fn unary(arguments: &[Value], f: fn(f64) -> f64) -> Result<Value, EvalError> {
    Ok(Value::Double(f(double(arguments, 0)?)))
}

fn logarithm(arguments: &[Value]) -> Result<Value, EvalError> {
    let first = double(arguments, 0)?;
    Ok(Value::Double(match arguments.len() {
        1 => first.ln(),
        _ => double(arguments, 1)?.ln() / first.ln(),
    }))
}

fn absolute(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(match value(arguments, 0)? {
        Value::Int(v) => wrap(&types.result.kind, v.wrapping_abs()),
        Value::Float(v) => Value::Float(v.abs()),
        Value::Double(v) => Value::Double(v.abs()),
        Value::Decimal(v) => Value::Decimal(if v.unscaled() < 0 { v.negate() } else { *v }),
        other => return Err(EvalError::new(format!("{other:?} is no number"))),
    })
}

fn signum(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let of = |v: f64| if v == 0.0 || v.is_nan() { v } else { v.signum() };
    Ok(match value(arguments, 0)? {
        Value::Int(v) => Value::Int(v.signum()),
        Value::Float(v) => Value::Float(of(f64::from(*v)) as f32),
        Value::Double(v) => Value::Double(of(*v)),
        Value::Decimal(v) => {
            let sign = Decimal::from_int(v.unscaled().signum() as i64);
            let TypeKind::Decimal { precision, scale } = types.result.kind else {
                return Err(EvalError::new("the sign of a decimal is a decimal"));
            };
            sign.rescale(precision, scale).map_or(Value::Null, Value::Decimal)
        }
        other => return Err(EvalError::new(format!("{other:?} is no number"))),
    })
}

fn to_whole(types: CallTypes<'_>, arguments: &[Value], up: bool) -> Result<Value, EvalError> {
    let f = if up { f64::ceil } else { f64::floor };
    Ok(match value(arguments, 0)? {
        Value::Int(v) => Value::Int(*v),
        Value::Float(v) => Value::Float(f(f64::from(*v)) as f32),
        Value::Double(v) => Value::Double(f(*v)),
        Value::Decimal(v) => {
            let cut = v.trunc();
            let exact = Decimal::new(cut, 0) == *v;
            let step = match (exact, up, v.unscaled() < 0) {
                (false, true, false) => 1,
                (false, false, true) => -1,
                _ => 0,
            };
            let TypeKind::Decimal { precision, .. } = types.result.kind else {
                return Err(EvalError::new("a whole decimal is a decimal"));
            };
            Decimal::new(cut + step, 0).rescale(precision, 0).map_or(Value::Null, Value::Decimal)
        }
        other => return Err(EvalError::new(format!("{other:?} is no number"))),
    })
}

fn rounded(types: CallTypes<'_>, arguments: &[Value], cut: bool) -> Result<Value, EvalError> {
    let digits = if arguments.len() > 1 { int(arguments, 1)? } else { 0 };
    let digits = digits.clamp(-400, 400);
    let mode = if cut { RoundingMode::Down } else { RoundingMode::HalfUp };
    let through = |text: &str| -> Result<BigDecimal, EvalError> {
        // Flink goes through `BigDecimal.valueOf`, that is, through the digits that Java prints.
        BigDecimal::from_str(text)
            .map(|d| d.with_scale_round(digits, mode))
            .map_err(|_| EvalError::new(format!("{text} cannot be rounded")))
    };
    Ok(match value(arguments, 0)? {
        Value::Int(v) if digits >= 0 => Value::Int(*v),
        Value::Int(v) => {
            let kind = &types.result.kind;
            let big = through(&v.to_string())?.to_i128().unwrap_or(0);
            wrap(kind, big as i64)
        }
        Value::Double(v) => Value::Double(parsed(&through(&java_double_to_string(*v))?)?),
        // A FLOAT is widened first: 2.675 rounds to 2.67.
        Value::Float(v) => Value::Float(parsed(&through(&java_double_to_string(f64::from(*v)))?)? as f32),
        Value::Decimal(v) => {
            let TypeKind::Decimal { precision, scale } = types.result.kind else {
                return Err(EvalError::new("a rounded decimal is a decimal"));
            };
            let exact = if digits >= i64::from(v.scale()) {
                *v
            } else {
                let big = through(&v.to_string())?;
                let (unscaled, at) = big.as_bigint_and_exponent();
                match Decimal::from_big(&unscaled, at, 38, scale) {
                    Some(value) => value,
                    None => return Ok(Value::Null),
                }
            };
            exact.rescale(precision, scale).map_or(Value::Null, Value::Decimal)
        }
        other => return Err(EvalError::new(format!("{other:?} is no number"))),
    })
}

fn parsed(number: &BigDecimal) -> Result<f64, EvalError> {
    let (unscaled, scale) = number.as_bigint_and_exponent();
    format!("{unscaled}e{}", -scale).parse().map_err(|_| EvalError::new(format!("{number} is no double")))
}

fn hex(arguments: &[Value]) -> Result<Value, EvalError> {
    match value(arguments, 0)? {
        Value::Int(v) => Ok(Value::str(format!("{v:X}"))),
        _ => Ok(Value::str(super::encoding::to_hex(bytes(arguments, 0)?).to_uppercase())),
    }
}

/// A number type in Spark's spelling.
pub(crate) fn spark_number(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
        other => other.to_string(),
    }
}

/// Spark's `ceil` and `floor` give a `BIGINT` of a double, which has not the room; a double from 2^53 on is whole anyway.
fn spark_whole(call: SparkCall<'_>, name: &str) -> Result<String, String> {
    let [x] = call.arguments else {
        return Err(format!("`{name}` needs one argument"));
    };
    Ok(match &call.result.kind {
        kind if call.result.is_integer() => {
            let _ = kind;
            x.clone()
        }
        kind @ (TypeKind::Float | TypeKind::Double) => {
            format!("(CASE WHEN abs({x}) < 9007199254740992 THEN CAST({name}({x}) AS {kind}) ELSE {x} END)")
        }
        kind => format!("CAST({name}({x}) AS {})", spark_number(kind)),
    })
}

/// The literal number of digits, 0 if there is none.
fn spark_digits(call: SparkCall<'_>) -> Result<i64, String> {
    match call.arguments {
        [_] => Ok(0),
        [_, digits] => super::string::spark_int(digits)
            .ok_or_else(|| "Spark rounds only to a constant number of digits".to_owned()),
        _ => Err("one or two arguments".to_owned()),
    }
}

fn spark_round(call: SparkCall<'_>) -> Result<String, String> {
    let digits = spark_digits(call)?;
    let Some(x) = call.arguments.first() else {
        return Err("`ROUND` needs an argument".to_owned());
    };
    if call.result.is_integer() && digits >= 0 {
        return Ok(x.clone());
    }
    Ok(format!("CAST(round({x}, {digits}) AS {})", spark_number(&call.result.kind)))
}

fn spark_truncate(call: SparkCall<'_>) -> Result<String, String> {
    let digits = spark_digits(call)?;
    let Some(x) = call.arguments.first() else {
        return Err("`TRUNCATE` needs an argument".to_owned());
    };
    match &call.result.kind {
        TypeKind::Decimal { .. } => Ok(format!(
            "CAST((CASE WHEN {x} < 0 THEN ceil({x}, {digits}) ELSE floor({x}, {digits}) END) AS {})",
            spark_number(&call.result.kind)
        )),
        _ if call.result.is_integer() && digits >= 0 => Ok(x.clone()),
        kind if call.result.is_integer() && digits > -10 => {
            let unit = 10i64.pow(digits.unsigned_abs() as u32);
            Ok(format!("CAST((({x} div {unit}) * {unit}) AS {kind})"))
        }
        _ => Err("Spark cannot cut a floating-point number exactly; cast it to DECIMAL first".to_owned()),
    }
}

/// Spark's logarithms give `NULL` outside their domain where Flink gives -Infinity or NaN.
fn spark_logarithm(call: SparkCall<'_>, name: &str) -> Result<String, String> {
    match call.arguments {
        [x] => Ok(domain(x, &format!("{name}({x})"))),
        _ => Err("a logarithm needs one argument".to_owned()),
    }
}

fn domain(x: &str, inside: &str) -> String {
    format!(
        "(CASE WHEN {x} > 0 THEN {inside} WHEN {x} = 0 THEN CAST('-Infinity' AS DOUBLE) WHEN {x} < 0 THEN CAST('NaN' AS DOUBLE) END)"
    )
}

fn spark_log(call: SparkCall<'_>) -> Result<String, String> {
    match call.arguments {
        [x] => Ok(domain(x, &format!("ln({x})"))),
        [base, _] if super::string::spark_bare(base).parse::<f64>().is_ok_and(|b| b > 0.0 && b != 1.0) => {
            let x = &call.arguments[1];
            Ok(format!("({} / ln({base}))", domain(x, &format!("ln({x})"))))
        }
        _ => {
            Err("Spark's LOG differs outside its domain; give a constant base above 0 other than 1"
                .to_owned())
        }
    }
}

/// Spark's `greatest` skips `NULL`.
fn spark_extreme(call: SparkCall<'_>, name: &str) -> Result<String, String> {
    if let [only] = call.arguments {
        return Ok(only.clone());
    }
    let list = call.arguments.join(", ");
    let nulls: Vec<String> = call
        .arguments
        .iter()
        .zip(call.types)
        .filter(|(_, t)| t.nullable)
        .map(|(a, _)| format!("{a} IS NULL"))
        .collect();
    Ok(if nulls.is_empty() {
        format!("{name}({list})")
    } else {
        format!("(CASE WHEN {} THEN NULL ELSE {name}({list}) END)", nulls.join(" OR "))
    })
}
