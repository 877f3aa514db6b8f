//! Casts: which are possible, and what they give (Flink 2.3: `LogicalTypeCasts` for what the validator lets through, the
//! cast rules of the planner for what it can then do, both measured).

use crate::families::temporal::{from_local, to_local};
use crate::families::temporal_text::{parse_sql_date, parse_sql_timestamp};
use crate::function::{EvalContext, EvalError};
use crate::text;
use streamc_types::{DataType, Decimal, Timestamp, TypeKind, Value, java_double_to_string};

/// Whether `CAST(x AS to)` is allowed in SQL. Stricter than the validator of Flink where its planner refuses the cast
/// afterwards (a timestamp from or to a number, a string to an array, bytes to a date).
pub fn is_explicit(from: &DataType, to: &DataType) -> bool {
    use TypeKind::*;
    if from.is_unknown() || to.is_unknown() {
        return true;
    }
    match (&from.kind, &to.kind) {
        (Null, _) => is_value_type(&to.kind) || matches!(to.kind, Variant | Bitmap),
        (Bitmap, Char(_) | Varchar(_)) => true,
        (Bitmap, Varbinary(length)) => *length == streamc_types::MAX_LENGTH,
        (
            Variant | Bitmap | Raw(_) | Symbol | Descriptor | Structured(..) | Distinct(_) | TimestampTz(_),
            _,
        )
        | (
            _,
            Variant | Bitmap | Raw(_) | Symbol | Descriptor | Structured(..) | Distinct(_) | TimestampTz(_),
        ) => false,
        (_, Null) => false,
        (_, Char(_) | Varchar(_)) => is_value_type(&from.kind),
        (Char(_) | Varchar(_), _) => {
            to.is_numeric()
                || to.is_binary()
                || matches!(to.kind, Boolean | Date | Time(_) | Timestamp(_) | TimestampLtz(_))
        }
        (Boolean, _) => to.is_numeric() || to.kind == Boolean,
        // Flink 2.3 compares with a zero of the same type, which one without whole digits does not have.
        (Decimal { precision, scale }, Boolean) => precision != scale,
        (_, Boolean) => from.is_numeric(),
        _ if from.is_numeric() || to.is_numeric() => from.is_numeric() && to.is_numeric(),
        _ if from.is_binary() || to.is_binary() => from.is_binary() && to.is_binary(),
        (Date, Date | Timestamp(_) | TimestampLtz(_)) => true,
        (Time(_), Time(_) | Timestamp(_) | TimestampLtz(_)) => true,
        (Timestamp(_) | TimestampLtz(_), Date | Time(_) | Timestamp(_) | TimestampLtz(_)) => true,
        (Interval(a), Interval(b)) => a == b,
        (Array(a), Array(b)) | (Multiset(a), Multiset(b)) => is_explicit(a, b),
        (Map(k, v), Map(l, w)) => is_explicit(k, l) && is_explicit(v, w),
        (Row(a), Row(b)) => a.len() == b.len() && a.iter().zip(b).all(|(f, g)| is_explicit(&f.ty, &g.ty)),
        _ => false,
    }
}

/// Types of which there are values that can be printed.
fn is_value_type(kind: &TypeKind) -> bool {
    !matches!(
        kind,
        TypeKind::Raw(_)
            | TypeKind::Symbol
            | TypeKind::Descriptor
            | TypeKind::Structured(..)
            | TypeKind::Distinct(_)
            | TypeKind::TimestampTz(_)
            | TypeKind::Variant
            | TypeKind::Bitmap
    )
}

/// Whether a value of `from` may stand where `to` is wanted without a cast being written (`supportsImplicitCast`; what
/// `INSERT INTO` checks). Nullability is not looked at.
pub fn is_implicit(from: &DataType, to: &DataType) -> bool {
    use TypeKind::*;
    if from.is_unknown() || to.is_unknown() || from.kind == to.kind {
        return true;
    }
    match (&from.kind, &to.kind) {
        (Null, _) => true,
        (Char(_), Char(_) | Varchar(_)) | (Varchar(_), Varchar(_)) => true,
        (Binary(_), Binary(_) | Varbinary(_)) | (Varbinary(_), Varbinary(_)) => true,
        (_, Decimal { .. }) => from.is_numeric(),
        (_, TinyInt | SmallInt | Int | BigInt) => from.is_integer() && from.as_decimal() <= to.as_decimal(),
        (_, Float) => from.is_exact_numeric(),
        (_, Double) => from.is_numeric(),
        (Date, Timestamp(_) | TimestampLtz(_)) => true,
        (Time(_), Time(_)) => true,
        (Timestamp(_) | TimestampLtz(_), Timestamp(_) | TimestampLtz(_) | Date | Time(_)) => true,
        (Array(a), Array(b)) | (Multiset(a), Multiset(b)) => is_implicit(a, b),
        (Map(k, v), Map(l, w)) => is_implicit(k, l) && is_implicit(v, w),
        (Row(a), Row(b)) => a.len() == b.len() && a.iter().zip(b).all(|(f, g)| is_implicit(&f.ty, &g.ty)),
        _ => false,
    }
}

/// The value cast from one type to the other as Flink's `CAST` does it; `Err` where Flink's `CAST` fails the job (and
/// `TRY_CAST` gives `NULL`).
pub fn cast(
    context: &EvalContext,
    value: &Value,
    from: &DataType,
    to: &DataType,
) -> Result<Value, EvalError> {
    use TypeKind::*;
    if value.is_null() {
        return Ok(Value::Null);
    }
    if from.kind == to.kind {
        return Ok(value.clone());
    }
    let impossible = || EvalError::new(format!("cannot cast `{}` to `{}`", from.kind, to.kind));
    let unreadable = || EvalError::new(format!("cannot read {} as `{}`", text::quoted(value), to.kind));
    Ok(match &to.kind {
        Char(_) | Varchar(_) => {
            let written = match value {
                Value::Str(text) => text.clone(),
                Value::Bytes(bytes) if from.kind == Bitmap => crate::families::bitmap::text(bytes)?.into(),
                Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into(),
                _ => match (&from.kind, value) {
                    (TimestampLtz(p), Value::Timestamp(at)) => to_local(context, *at).format(*p).into(),
                    _ => text::cast_text(context, value, from).into(),
                },
            };
            Value::Str(fit_text(written, &to.kind))
        }
        Boolean => Value::Boolean(match value {
            Value::Str(text) => match text.to_ascii_lowercase().as_str() {
                "t" | "true" | "y" | "yes" | "1" => true,
                "f" | "false" | "n" | "no" | "0" => false,
                _ => return Err(unreadable()),
            },
            Value::Int(v) => *v != 0,
            Value::Float(v) => *v != 0.0,
            Value::Double(v) => *v != 0.0,
            Value::Decimal(v) => v.unscaled() != 0,
            _ => return Err(impossible()),
        }),
        TinyInt | SmallInt | Int | BigInt => to_integer(value, &to.kind).ok_or_else(unreadable)?,
        Float => match to_double(value) {
            Some(_) if matches!(value, Value::Str(_)) => {
                Value::Float(parse_java::<f32>(text::plain(value)).ok_or_else(unreadable)?)
            }
            Some(v) => Value::Float(match value {
                Value::Int(i) => *i as f32,
                Value::Decimal(d) => d.to_string().parse().unwrap_or(v as f32),
                _ => v as f32,
            }),
            None => return Err(unreadable()),
        },
        Double => Value::Double(to_double(value).ok_or_else(unreadable)?),
        Decimal { precision, scale } => {
            return to_decimal(value, *precision, *scale).ok_or_else(unreadable)?;
        }
        Binary(n) => Value::Bytes(match value {
            Value::Str(_) | Value::Bytes(_) => {
                let mut bytes = raw_bytes(value);
                bytes.resize(*n as usize, 0);
                bytes.into()
            }
            _ => return Err(impossible()),
        }),
        Varbinary(n) => Value::Bytes(match value {
            Value::Str(_) | Value::Bytes(_) => {
                let mut bytes = raw_bytes(value);
                bytes.truncate(*n as usize);
                bytes.into()
            }
            _ => return Err(impossible()),
        }),
        Date => Value::Date(match value {
            Value::Str(text) => parse_sql_date(text).ok_or_else(unreadable)?,
            Value::Timestamp(at) => local(context, *at, from).date(),
            _ => return Err(impossible()),
        }),
        Time(precision) => Value::Time(match value {
            Value::Str(text) => parse_clock(text, *precision).ok_or_else(unreadable)?,
            Value::Timestamp(at) => cut_clock(local(context, *at, from).time_of_day(), *precision),
            Value::Time(millis) => cut_clock(*millis, *precision),
            _ => return Err(impossible()),
        }),
        Timestamp(precision) | TimestampLtz(precision) => {
            let zoned = matches!(to.kind, TimestampLtz(_));
            let wall = match value {
                Value::Str(text) => parse_sql_timestamp(text, true).ok_or_else(unreadable)?,
                Value::Date(days) => streamc_types::Timestamp::from_millis(i64::from(*days) * 86_400_000),
                Value::Time(millis) => streamc_types::Timestamp::from_millis(i64::from(*millis)),
                Value::Timestamp(at) => match (&from.kind, zoned) {
                    (TimestampLtz(_), true) => return Ok(Value::Timestamp(at.truncate(*precision))),
                    _ => local(context, *at, from),
                },
                _ => return Err(impossible()),
            };
            let at = if zoned { from_local(context, wall) } else { wall };
            Value::Timestamp(at.truncate(*precision))
        }
        Array(to_element) => match (value, &from.kind) {
            (Value::Array(values), Array(from_element)) => Value::Array(
                values
                    .iter()
                    .map(|v| cast(context, v, from_element, to_element))
                    .collect::<Result<Vec<_>, _>>()?
                    .into(),
            ),
            _ => return Err(impossible()),
        },
        Map(to_key, to_value) => match (value, &from.kind) {
            (Value::Map(entries), Map(from_key, from_value)) => Value::Map(
                entries
                    .iter()
                    .map(|(k, v)| {
                        Ok((cast(context, k, from_key, to_key)?, cast(context, v, from_value, to_value)?))
                    })
                    .collect::<Result<Vec<_>, EvalError>>()?
                    .into(),
            ),
            _ => return Err(impossible()),
        },
        Row(to_fields) => match (value, &from.kind) {
            (Value::Row(values), Row(from_fields)) => Value::Row(
                values
                    .iter()
                    .zip(from_fields.iter().zip(to_fields))
                    .map(|(v, (f, t))| cast(context, v, &f.ty, &t.ty))
                    .collect::<Result<Vec<_>, _>>()?
                    .into(),
            ),
            _ => return Err(impossible()),
        },
        Multiset(_) | Interval(_) | Null | Unknown => value.clone(),
        _ => return Err(impossible()),
    })
}

/// Cut to the length, and filled with blanks for `CHAR`.
fn fit_text(text: smol_str::SmolStr, kind: &TypeKind) -> smol_str::SmolStr {
    let (length, fill) = match kind {
        TypeKind::Char(n) => (*n as usize, true),
        TypeKind::Varchar(n) => (*n as usize, false),
        _ => return text,
    };
    if text.len() <= length && !fill {
        return text;
    }
    let count = text.chars().count();
    if count > length {
        text.chars().take(length).collect::<String>().into()
    } else if fill && count < length {
        format!("{text}{}", " ".repeat(length - count)).into()
    } else {
        text
    }
}

fn raw_bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Bytes(bytes) => bytes.to_vec(),
        Value::Str(text) => text.as_bytes().to_vec(),
        _ => Vec::new(),
    }
}

fn local(context: &EvalContext, at: Timestamp, from: &DataType) -> Timestamp {
    if matches!(from.kind, TypeKind::TimestampLtz(_)) { to_local(context, at) } else { at }
}

fn cut_clock(millis: i32, precision: u8) -> i32 {
    match precision {
        0..=2 => millis - millis % 10i32.pow(3 - u32::from(precision)),
        _ => millis,
    }
}

/// Java's narrowing: a floating-point number is cut and saturates (`NaN` is 0), an integer loses its upper bits.
fn to_integer(value: &Value, kind: &TypeKind) -> Option<Value> {
    let (min, max) = match kind {
        TypeKind::TinyInt => (i64::from(i8::MIN), i64::from(i8::MAX)),
        TypeKind::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
        TypeKind::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let cut = |v: i64| match kind {
        TypeKind::TinyInt => i64::from(v as i8),
        TypeKind::SmallInt => i64::from(v as i16),
        TypeKind::Int => i64::from(v as i32),
        _ => v,
    };
    let of_double = |v: f64| match kind {
        TypeKind::BigInt => v as i64,
        // Java goes through `int`.
        _ => cut(i64::from(v as i32)),
    };
    Some(Value::Int(match value {
        Value::Boolean(v) => i64::from(*v),
        Value::Int(v) => cut(*v),
        Value::Float(v) => of_double(f64::from(*v)),
        Value::Double(v) => of_double(*v),
        Value::Decimal(v) => cut(v.trunc() as i64),
        Value::Str(text) => {
            let text = text.trim_matches(' ');
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
            if !digits.bytes().all(|b| b.is_ascii_digit()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            if digits.is_empty() && (fraction.is_empty() || whole != digits) {
                return None;
            }
            let number: i64 = if digits.is_empty() { 0 } else { whole.parse().ok()? };
            if !(min..=max).contains(&number) {
                return None;
            }
            number
        }
        _ => return None,
    }))
}

fn to_double(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Boolean(v) => f64::from(u8::from(*v)),
        Value::Int(v) => *v as f64,
        Value::Float(v) => f64::from(*v),
        Value::Double(v) => *v,
        Value::Decimal(v) => v.to_f64(),
        Value::Str(text) => parse_java::<f64>(text)?,
        _ => return None,
    })
}

/// `Double.parseDouble` without hexadecimal digits: `1.5`, `.5`, `1e3`, `1.5d`, `NaN`, `-Infinity`, blanks around.
fn parse_java<T: std::str::FromStr>(text: &str) -> Option<T> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "NaN" {
        return "NaN".parse().ok();
    }
    if unsigned == "Infinity" {
        return text.replace("Infinity", "inf").parse().ok();
    }
    let number = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let first = number.strip_prefix(['+', '-']).unwrap_or(number);
    if !first.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    number.parse().ok()
}

/// `None` if it is no number; `Some(Err)` never; beyond the precision it is `NULL`, except from text, where it fails.
fn to_decimal(value: &Value, precision: u8, scale: u8) -> Option<Result<Value, EvalError>> {
    let fit = |d: Option<Decimal>| Ok(d.map_or(Value::Null, Value::Decimal));
    Some(match value {
        Value::Boolean(v) => fit(Decimal::from_int(i64::from(*v)).rescale(precision, scale)),
        Value::Int(v) => fit(Decimal::from_int(*v).rescale(precision, scale)),
        Value::Decimal(v) => fit(v.rescale(precision, scale)),
        // A FLOAT is widened first: 0.1 is 0.100000001490116 to 15 digits.
        Value::Float(v) if v.is_finite() => {
            fit(Decimal::parse_to(&java_double_to_string(f64::from(*v)), precision, scale))
        }
        Value::Double(v) if v.is_finite() => {
            fit(Decimal::parse_to(&java_double_to_string(*v), precision, scale))
        }
        Value::Str(text) if precision <= SHORT && text.len() <= usize::from(SHORT) => {
            fit(Some(Decimal::parse_to(&short_decimal(text)?, precision, scale)?))
        }
        Value::Str(text) => {
            let text = text.trim_matches([' ', '\n', '\t']);
            let plain = text.len() == text.trim().len();
            fit(Some(plain.then(|| Decimal::parse_to(text, precision, scale)).flatten()?))
        }
        _ => return None,
    })
}

/// The digits of a `DECIMAL` that Flink keeps in 64 bits.
const SHORT: u8 = 18;

/// The number in a text of at most 18 bytes that becomes such a `DECIMAL`: the one character that ends the number is left
/// out, whatever it is (`BinaryStringDataUtil.toDecimalFromBytes`; measured on 2.3: `12a` is 12, and `a` is 0).
fn short_decimal(text: &str) -> Option<String> {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\n' | b'\t');
    let bytes = text.as_bytes();
    let mut rest = &bytes[bytes.iter().take_while(|b| is_blank(b)).count()..];
    let mut number = String::new();
    if let [sign @ (b'+' | b'-'), behind @ ..] = rest {
        number.push(char::from(*sign));
        rest = behind;
    }
    if rest.is_empty() {
        return None;
    }
    number.push('0');
    let (mut last, mut point) = (None, false);
    while let [b, behind @ ..] = rest {
        rest = behind;
        last = Some(*b);
        match b {
            b'0'..=b'9' => number.push(char::from(*b)),
            b'.' if point => return None,
            b'.' => {
                point = true;
                number.push('.');
            }
            _ => break,
        }
    }
    if let (Some(b'e' | b'E'), [next, behind @ ..]) = (last, rest) {
        number.push('e');
        if let b'+' | b'-' = next {
            number.push(char::from(*next));
            rest = behind;
            if rest.is_empty() {
                return None;
            }
        }
        number.push('0');
        while let [b, behind @ ..] = rest {
            rest = behind;
            if !b.is_ascii_digit() {
                break;
            }
            number.push(char::from(*b));
        }
    }
    rest.iter().all(is_blank).then_some(number)
}

/// `H:m:s` with a fraction; seconds, and then minutes, may be missing, and each may begin with zeros.
fn parse_clock(text: &str, precision: u8) -> Option<i32> {
    let text = text.trim_matches(' ');
    let (clock, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let parts: Vec<&str> = clock
        .split(':')
        .map(|part| match part.split_at_checked(part.len().saturating_sub(2)) {
            Some((zeros, digits)) if zeros.bytes().all(|b| b == b'0') => digits,
            _ => part,
        })
        .collect();
    let minutes = if parts.len() == 1 { ":0" } else { "" };
    let full = format!("{}{minutes}{fraction}", parts.join(":"));
    let (millis, _) = streamc_types::parse_time(&full)?;
    Some(cut_clock(millis, precision))
}

/// Spark SQL that casts `argument` as Flink does; `Err` is the reason why there is none. With `lenient` a failure is
/// `NULL` (`TRY_CAST`).
pub fn spark(argument: &str, from: &DataType, to: &DataType, lenient: bool) -> Result<String, String> {
    crate::spark_cast::cast(argument, from, to, lenient)
}
