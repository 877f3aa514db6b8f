//! The text of values: as `CAST(x AS STRING)` writes it, and for people to read.

use crate::families::temporal::to_local;
use crate::function::EvalContext;
use streamc_types::{
    DataType, IntervalUnit, TypeKind, Value, format_date, format_time, java_double_to_string,
    java_float_to_string,
};

/// A value for people to read and for examples: `TRUE`, numbers plainly, strings as they are, `NULL`, timestamps as
/// `2026-01-02 03:04:05` (a `TIMESTAMP_LTZ` in UTC), bytes as `x'61'`, arrays as `[1, 2]`, maps as `{a=1}`, rows as `(1, a)`.
pub fn display(value: &Value, ty: &DataType) -> String {
    match (value, &ty.kind) {
        (Value::Timestamp(at), _) => at.to_string(),
        (Value::Bytes(bytes), kind) if *kind != TypeKind::Bitmap => {
            format!("x'{}'", crate::families::encoding::to_hex(bytes))
        }
        (Value::Array(values), TypeKind::Array(element)) => {
            let all: Vec<String> = values.iter().map(|v| display(v, element)).collect();
            format!("[{}]", all.join(", "))
        }
        (Value::Map(entries), TypeKind::Map(key, found)) => {
            let all: Vec<String> =
                entries.iter().map(|(k, v)| format!("{}={}", display(k, key), display(v, found))).collect();
            format!("{{{}}}", all.join(", "))
        }
        (Value::Row(values), TypeKind::Row(fields)) => {
            let all: Vec<String> = values.iter().zip(fields).map(|(v, f)| display(v, &f.ty)).collect();
            format!("({})", all.join(", "))
        }
        _ => cast_text(&EvalContext::default(), value, ty),
    }
}

/// The text of `CAST(value AS STRING)`.
pub(crate) fn cast_text(context: &EvalContext, value: &Value, ty: &DataType) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(v) => if *v { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Int(v) => match ty.kind {
            TypeKind::Interval(unit) => interval(*v, unit),
            _ => v.to_string(),
        },
        Value::Float(v) => java_float_to_string(*v),
        Value::Double(v) => java_double_to_string(*v),
        Value::Decimal(v) => v.to_string(),
        Value::Str(v) => v.to_string(),
        Value::Bytes(v) if ty.kind == TypeKind::Bitmap => bitmap_text(v),
        Value::Bytes(v) => String::from_utf8_lossy(v).into_owned(),
        Value::Date(v) => format_date(*v),
        Value::Time(v) => match ty.kind {
            TypeKind::Time(precision) => format_time(*v, precision),
            _ => format_time(*v, 3),
        },
        Value::Timestamp(at) => match ty.kind {
            TypeKind::Timestamp(precision) => at.format(precision),
            TypeKind::TimestampLtz(precision) => to_local(context, *at).format(precision),
            _ => at.to_string(),
        },
        Value::Array(values) => {
            let element = match &ty.kind {
                TypeKind::Array(element) => element.as_ref().clone(),
                _ => DataType::unknown(),
            };
            let all: Vec<String> = values.iter().map(|v| cast_text(context, v, &element)).collect();
            format!("[{}]", all.join(", "))
        }
        Value::Map(entries) => {
            let (key, found) = match &ty.kind {
                TypeKind::Map(key, found) => (key.as_ref().clone(), found.as_ref().clone()),
                TypeKind::Multiset(element) => (element.as_ref().clone(), DataType::int()),
                _ => (DataType::unknown(), DataType::unknown()),
            };
            let all: Vec<String> = entries
                .iter()
                .map(|(k, v)| format!("{}={}", cast_text(context, k, &key), cast_text(context, v, &found)))
                .collect();
            format!("{{{}}}", all.join(", "))
        }
        Value::Row(values) => {
            let unknown = DataType::unknown();
            let all: Vec<String> = values
                .iter()
                .enumerate()
                .map(|(i, v)| {
                    let ty = match &ty.kind {
                        TypeKind::Row(fields) => fields.get(i).map_or(&unknown, |f| &f.ty),
                        _ => &unknown,
                    };
                    cast_text(context, v, ty)
                })
                .collect();
            format!("({})", all.join(", "))
        }
    }
}

/// A `BITMAP` as Flink shows it: `{1,2}`.
pub fn bitmap_text(bytes: &[u8]) -> String {
    crate::families::bitmap::text(bytes).unwrap_or_else(|error| error.message)
}

/// `+1 02:03:04.500` or `+1-02`.
fn interval(amount: i64, unit: IntervalUnit) -> String {
    let sign = if amount < 0 { '-' } else { '+' };
    let amount = amount.unsigned_abs();
    match unit {
        IntervalUnit::YearMonth => format!("{sign}{}-{:02}", amount / 12, amount % 12),
        IntervalUnit::DaySecond => format!(
            "{sign}{} {:02}:{:02}:{:02}.{:03}",
            amount / 86_400_000,
            amount / 3_600_000 % 24,
            amount / 60_000 % 60,
            amount / 1000 % 60,
            amount % 1000
        ),
    }
}

/// A value in an error message.
pub(crate) fn quoted(value: &Value) -> String {
    match value {
        Value::Str(text) => format!("'{text}'"),
        other => cast_text(&EvalContext::default(), other, &DataType::unknown()),
    }
}

/// The text of a string value.
pub(crate) fn plain(value: &Value) -> &str {
    match value {
        Value::Str(text) => text,
        _ => "",
    }
}
