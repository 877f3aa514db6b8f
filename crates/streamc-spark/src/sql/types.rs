//! Flink's types on Spark.
//!
//! Both kinds of timestamps are Spark's `TIMESTAMP`, whose session time zone is UTC: a wall clock reading is kept as the
//! instant at which a clock in UTC shows it. Event time must be of this type, and so all moments compare without casts.
//! Sources and sinks tell the two apart by the declared type.

use streamc_types::{DataType, IntervalUnit, TypeKind};

/// Why there is no time of day.
pub(super) const NO_TIME: &str = "Structured Streaming has no TIME type";

/// The type in Spark SQL; `Err` is the reason why there is none.
pub(crate) fn sql_type(ty: &DataType) -> Result<String, String> {
    Ok(match &ty.kind {
        TypeKind::Char(_) | TypeKind::Varchar(_) => "STRING".to_owned(),
        TypeKind::Boolean => "BOOLEAN".to_owned(),
        TypeKind::Binary(_) | TypeKind::Varbinary(_) => "BINARY".to_owned(),
        TypeKind::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
        TypeKind::TinyInt => "TINYINT".to_owned(),
        TypeKind::SmallInt => "SMALLINT".to_owned(),
        TypeKind::Int => "INT".to_owned(),
        TypeKind::BigInt => "BIGINT".to_owned(),
        TypeKind::Float => "FLOAT".to_owned(),
        TypeKind::Double => "DOUBLE".to_owned(),
        TypeKind::Date => "DATE".to_owned(),
        TypeKind::Timestamp(p) | TypeKind::TimestampLtz(p) if *p <= 6 => "TIMESTAMP".to_owned(),
        TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => {
            return Err(format!(
                "Spark keeps microseconds, so {} does not fit; declare at most 6 digits",
                ty.kind
            ));
        }
        TypeKind::Interval(IntervalUnit::YearMonth) => "INTERVAL YEAR TO MONTH".to_owned(),
        TypeKind::Interval(IntervalUnit::DaySecond) => "INTERVAL DAY TO SECOND".to_owned(),
        TypeKind::Array(element) => format!("ARRAY<{}>", sql_type(element)?),
        TypeKind::Map(key, value) => format!("MAP<{}, {}>", sql_type(key)?, sql_type(value)?),
        TypeKind::Row(fields) => {
            let mut parts = Vec::new();
            for field in fields {
                parts.push(format!("{}: {}", super::quote(&field.name), sql_type(&field.ty)?));
            }
            format!("STRUCT<{}>", parts.join(", "))
        }
        TypeKind::Time(_) => return Err(NO_TIME.to_owned()),
        TypeKind::TimestampTz(_) => return Err("Spark has no timestamp that keeps its zone".to_owned()),
        TypeKind::Null => "VOID".to_owned(),
        kind => return Err(format!("Spark has no equal of {kind}")),
    })
}

/// Whether Spark has the type; `Err` is the reason why not.
pub(crate) fn is_supported(ty: &DataType) -> Result<(), String> {
    sql_type(ty).map(|_| ())
}

/// Whether the type, or a part of it, is a timestamp.
pub(crate) fn has_timestamp(ty: &DataType) -> bool {
    match &ty.kind {
        TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => true,
        TypeKind::Array(e) => has_timestamp(e),
        TypeKind::Map(k, v) => has_timestamp(k) || has_timestamp(v),
        TypeKind::Row(fields) => fields.iter().any(|f| has_timestamp(&f.ty)),
        _ => false,
    }
}
