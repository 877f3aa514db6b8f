//! SQL data types with nullability, row schemas and values, with Flink's meaning.
//!
//! The types are Flink's logical types (documentation page "Data Types"); [`DataType`] prints in Flink's spelling and
//! [`parse_type`] reads it back. Nothing here knows the language or an engine's text.

mod common_type;
mod data_type;
mod decimal;
mod java_numbers;
mod parse;
mod schema;
mod time;
mod value;

pub use common_type::{case_type, common_type};
pub use data_type::{DataType, Field, IntervalUnit, MAX_DECIMAL_PRECISION, MAX_LENGTH, TypeKind};
pub use decimal::Decimal;
pub use java_numbers::{java_double_to_string, java_float_to_string};
pub use parse::{TYPE_NAMES, TypeError, parse_type, type_from_elsewhere};
pub use schema::{Column, RowSchema, TimeAttribute};
pub use time::{
    Timestamp, civil_from_days, days_from_civil, format_date, format_time, parse_date, parse_time,
    parse_timestamp,
};
pub use value::{Row, RowKind, Value};
