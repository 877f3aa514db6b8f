//! Values of the embedded engine in the spelling of `tests/oracle/Cells.java`.

use serde_json::Value as Json;
use streamc_functions::text;
use streamc_types::{DataType, TypeKind, Value, format_date, format_time};
use xtask::engines::RowKind;

/// A value as JSON.
pub fn json(value: &Value, ty: &DataType) -> Json {
    match (value, &ty.kind) {
        (Value::Null, _) => Json::Null,
        (Value::Boolean(v), _) => Json::from(*v),
        (Value::Int(v), TypeKind::Interval(_)) => Json::from(v.to_string()),
        (Value::Int(v), _) => Json::from(*v),
        (Value::Float(v), _) => float(*v),
        (Value::Double(v), _) => double(*v),
        (Value::Decimal(v), _) => Json::from(v.to_string()),
        (Value::Str(v), _) => Json::from(v.as_str()),
        (Value::Bytes(v), TypeKind::Bitmap) => Json::from(text::bitmap_text(v)),
        (Value::Bytes(v), _) => Json::from(v.iter().map(|b| format!("{b:02x}")).collect::<String>()),
        (Value::Date(v), _) => Json::from(format_date(*v)),
        (Value::Time(v), TypeKind::Time(digits)) => Json::from(format_time(*v, *digits)),
        (Value::Timestamp(v), TypeKind::Timestamp(digits)) => Json::from(v.format(*digits)),
        (Value::Timestamp(v), TypeKind::TimestampLtz(digits)) => Json::from(v.format(*digits) + "Z"),
        (Value::Array(items), TypeKind::Array(item)) => items.iter().map(|v| json(v, item)).collect(),
        (Value::Map(entries), TypeKind::Map(key, value)) => pairs(entries, key, value),
        (Value::Map(entries), TypeKind::Multiset(item)) => {
            pairs(entries, item, &DataType::not_null(TypeKind::Int))
        }
        (Value::Row(items), TypeKind::Structured(_, fields)) => {
            let all: Vec<String> = items
                .iter()
                .zip(fields)
                .map(|(v, f)| if v.is_null() { "null".to_owned() } else { text::display(v, &f.ty) })
                .collect();
            Json::from(format!("+I[{}]", all.join(", ")))
        }
        (Value::Row(items), TypeKind::Row(fields)) => {
            items.iter().zip(fields).map(|(v, field)| json(v, &field.ty)).collect()
        }
        (value, kind) => Json::from(format!("{value:?} is no {kind}")),
    }
}

fn pairs(entries: &[(Value, Value)], key: &DataType, value: &DataType) -> Json {
    let mut pairs: Vec<(String, Json)> = entries
        .iter()
        .map(|(k, v)| {
            let first = json(k, key);
            (first.to_string(), Json::from(vec![first, json(v, value)]))
        })
        .collect();
    pairs.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

/// The shortest decimal that is this 32-bit float.
pub fn float(value: f32) -> Json {
    double(value.to_string().parse().unwrap_or(f64::from(value)))
}

fn double(value: f64) -> Json {
    if value.is_nan() {
        Json::from("NaN")
    } else if value.is_infinite() {
        Json::from(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        Json::from(value)
    }
}

/// The same cell with floating-point numbers in their shortest spelling, for Java 17 writes some with more digits than needed,
/// and with the entries of maps and multisets in one order.
pub fn shortest(cell: Json, ty: &str) -> Json {
    match cell {
        Json::Number(number) if ty.starts_with("FLOAT") => {
            number.as_f64().map_or(Json::Number(number), |value| float(value as f32))
        }
        Json::Array(items) if ty.starts_with("ARRAY<") => {
            items.into_iter().map(|item| shortest(item, &ty["ARRAY<".len()..])).collect()
        }
        Json::Array(mut items) if ty.starts_with("MAP<") || ty.starts_with("MULTISET<") => {
            items.sort_by_cached_key(Json::to_string);
            Json::Array(items)
        }
        cell => cell,
    }
}

/// The rows that remain when every change is done.
pub fn folded(changes: &[(RowKind, Vec<Json>)]) -> Vec<Vec<Json>> {
    let mut rows: Vec<Vec<Json>> = Vec::new();
    for (kind, row) in changes {
        match kind {
            RowKind::Insert | RowKind::UpdateAfter => rows.push(row.clone()),
            RowKind::UpdateBefore | RowKind::Delete => {
                if let Some(at) = rows.iter().rposition(|other| other == row) {
                    rows.remove(at);
                }
            }
        }
    }
    rows
}
