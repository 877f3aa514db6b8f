//! Values as JSON (Flink's `JsonGenerateUtils`): which types have a JSON form, and which one.

use super::{Json, big_decimal};
use crate::families::encoding::encode_base64;
use crate::function::EvalError;
use indexmap::IndexMap;
use streamc_types::{DataType, Timestamp, TypeKind, Value, java_double_to_string};

/// Why values of a type have no JSON form; `None` if they have one.
pub(crate) fn refusal(ty: &DataType) -> Option<String> {
    match &ty.kind {
        TypeKind::Char(_)
        | TypeKind::Varchar(_)
        | TypeKind::Boolean
        | TypeKind::Decimal { .. }
        | TypeKind::TinyInt
        | TypeKind::SmallInt
        | TypeKind::Int
        | TypeKind::BigInt
        | TypeKind::Float
        | TypeKind::Double
        | TypeKind::Timestamp(_)
        | TypeKind::TimestampLtz(_)
        | TypeKind::Binary(_)
        | TypeKind::Varbinary(_)
        | TypeKind::Variant
        | TypeKind::Unknown => None,
        TypeKind::Array(element) => refusal(element),
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => fields.iter().find_map(|f| refusal(&f.ty)),
        TypeKind::Map(key, value) if key.is_string() => refusal(value),
        TypeKind::Multiset(element) if element.is_string() => None,
        TypeKind::Map(key, _) | TypeKind::Multiset(key) => {
            Some(format!("a key of type `{}` is none in JSON, only a string is", key.kind))
        }
        kind => Some(format!("`{kind}` has no JSON form")),
    }
}

/// The JSON form of a value.
pub(crate) fn json(value: &Value, ty: &DataType) -> Result<Json, EvalError> {
    let object = |pairs: Vec<(String, Json)>| Json::Object(pairs.into_iter().collect::<IndexMap<_, _>>());
    Ok(match (value, &ty.kind) {
        (Value::Null, _) => Json::Null,
        (Value::Boolean(value), _) => Json::Boolean(*value),
        (Value::Int(value), _) => Json::Integer(value.to_string()),
        (Value::Float(value), _) => floating(f64::from(*value)),
        (Value::Double(value), _) => floating(*value),
        (Value::Decimal(value), _) => {
            Json::Decimal(big_decimal(&value.to_string()).unwrap_or_else(|| value.to_string()))
        }
        (Value::Str(text), TypeKind::Variant) => Json::Raw(text.to_string()),
        (Value::Str(text), _) => Json::Text(text.to_string()),
        (Value::Bytes(bytes), _) => Json::Text(encode_base64(bytes)),
        (Value::Timestamp(at), TypeKind::TimestampLtz(_)) => Json::Text(local_date_time(*at) + "Z"),
        (Value::Timestamp(at), _) => Json::Text(local_date_time(*at)),
        (Value::Array(items), TypeKind::Array(element)) => {
            Json::Array(items.iter().map(|item| json(item, element)).collect::<Result<_, _>>()?)
        }
        (Value::Row(items), TypeKind::Row(fields) | TypeKind::Structured(_, fields)) => object(
            items
                .iter()
                .zip(fields)
                .map(|(item, field)| Ok((field.name.to_string(), json(item, &field.ty)?)))
                .collect::<Result<_, EvalError>>()?,
        ),
        (Value::Map(entries), TypeKind::Map(_, found)) => object(
            entries.iter().map(|(k, v)| Ok((key(k)?, json(v, found)?))).collect::<Result<_, EvalError>>()?,
        ),
        (Value::Map(entries), TypeKind::Multiset(_)) => {
            let count = DataType::not_null(TypeKind::Int);
            object(
                entries
                    .iter()
                    .map(|(k, v)| Ok((key(k)?, json(v, &count)?)))
                    .collect::<Result<_, EvalError>>()?,
            )
        }
        _ => return Err(EvalError::new(format!("`{}` has no JSON form", ty.kind))),
    })
}

fn key(key: &Value) -> Result<String, EvalError> {
    match key {
        Value::Str(text) => Ok(text.to_string()),
        _ => Err(EvalError::new("a key of a map is NULL, and JSON has no such key")),
    }
}

/// `BigDecimal.valueOf` of a double, or a text where it is no number.
fn floating(value: f64) -> Json {
    let text = java_double_to_string(value);
    match big_decimal(&text) {
        Some(digits) if value.is_finite() => Json::Decimal(digits),
        _ => Json::Text(text),
    }
}

/// `DateTimeFormatter.ISO_LOCAL_DATE_TIME`: seconds always, and behind the point as many digits as are needed.
fn local_date_time(at: Timestamp) -> String {
    let text = at.format(9).replacen(' ', "T", 1);
    match text.split_once('.') {
        Some((whole, digits)) => match digits.trim_end_matches('0') {
            "" => whole.to_owned(),
            digits => format!("{whole}.{digits}"),
        },
        None => text,
    }
}
