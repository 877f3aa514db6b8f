//! A value as text.

use std::fmt::Write as _;
use streamc_types::{
    DataType, TypeKind, Value, format_date, format_time, java_double_to_string, java_float_to_string,
};

/// The value as Flink's `CAST(… AS STRING)` writes it, `NULL` for `NULL`: `2026-01-02 03:04:05.123` with all digits of
/// the type, `1.0E10`, `x'0a0b'` for bytes, `[1, 2]`, `{a=1}`, `(1, x)`. Instants are written in UTC, with a `Z`.
pub fn format_value(value: &Value, ty: &DataType) -> String {
    let join = |parts: Vec<String>| parts.join(", ");
    match (value, &ty.kind) {
        (Value::Null, _) => "NULL".to_owned(),
        (Value::Boolean(v), _) => if *v { "TRUE" } else { "FALSE" }.to_owned(),
        (Value::Int(v), _) => v.to_string(),
        (Value::Float(v), _) => java_float_to_string(*v),
        (Value::Double(v), _) => java_double_to_string(*v),
        (Value::Decimal(v), _) => v.to_string(),
        (Value::Str(v), _) => v.to_string(),
        (Value::Bytes(v), TypeKind::Bitmap) => streamc_functions::text::bitmap_text(v),
        (Value::Bytes(v), _) => {
            let mut text = "x'".to_owned();
            for byte in v.iter() {
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\'');
            text
        }
        (Value::Date(v), _) => format_date(*v),
        (Value::Time(v), TypeKind::Time(p)) => format_time(*v, *p),
        (Value::Time(v), _) => format_time(*v, 3),
        (Value::Timestamp(v), TypeKind::Timestamp(p)) => v.format(*p),
        (Value::Timestamp(v), TypeKind::TimestampLtz(p) | TypeKind::TimestampTz(p)) => {
            format!("{}Z", v.format(*p))
        }
        (Value::Timestamp(v), _) => v.to_string(),
        (Value::Array(items), kind) => {
            let unknown = DataType::unknown();
            let element = if let TypeKind::Array(e) = kind { e } else { &unknown };
            format!("[{}]", join(items.iter().map(|v| format_value(v, element)).collect()))
        }
        (Value::Map(entries), kind) => {
            let (unknown, int) = (DataType::unknown(), DataType::int());
            let (key, element) = match kind {
                TypeKind::Map(k, v) => (k.as_ref(), v.as_ref()),
                TypeKind::Multiset(e) => (e.as_ref(), &int),
                _ => (&unknown, &unknown),
            };
            let entry =
                |(k, v): &(Value, Value)| format!("{}={}", format_value(k, key), format_value(v, element));
            format!("{{{}}}", join(entries.iter().map(entry).collect()))
        }
        (Value::Row(values), kind) => {
            let unknown = DataType::unknown();
            let fields = match kind {
                TypeKind::Row(fields) | TypeKind::Structured(_, fields) => fields.as_slice(),
                _ => &[],
            };
            let field = |(i, v): (usize, &Value)| format_value(v, fields.get(i).map_or(&unknown, |f| &f.ty));
            format!("({})", join(values.iter().enumerate().map(field).collect()))
        }
    }
}
