//! What can go wrong, as data.

use smol_str::SmolStr;
use std::fmt;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// The output holds a row.
    Row,
    /// The record carries no row: it is empty, or it cannot be read and `ignore_parse_errors` is on.
    Dropped,
}

/// The kinds of [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecodeErrorKind {
    /// Not JSON, not CSV or not UTF-8.
    Syntax,
    /// JSON, but no object.
    NotAnObject,
    /// A value that does not fit its column's type.
    Value,
    /// A field is missing and `fail_on_missing_field` is on.
    MissingField,
    /// `NULL`, or nothing, for a column declared `NOT NULL`.
    NullInNotNull,
    /// A CSV record with more or fewer cells than columns.
    CellCount,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What kind of error.
    pub kind: DecodeErrorKind,
    /// Path of the column, such as `address.zip`; `None` where the record as a whole is at fault.
    pub field: Option<SmolStr>,
    /// One sentence without a full stop.
    pub message: String,
    /// Byte within the record; see [`crate::Record::position`] for line and column.
    pub offset: usize,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "field `{field}`: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
impl std::error::Error for DecodeError {}

/// A schema or a set of options that a format cannot take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// The format has no representation of the type.
    UnsupportedType {
        /// Path of the column.
        field: String,
        /// The type in Flink's spelling.
        ty: String,
        /// `json` or `csv`.
        format: &'static str,
    },
    /// JSON objects have strings as keys.
    MapKey {
        /// Path of the column.
        field: String,
        /// The key's type in Flink's spelling.
        ty: String,
    },
    /// `fail_on_missing_field` and `ignore_parse_errors` exclude one another, as in Flink.
    ConflictingOptions,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedType { field, ty, format } => {
                write!(f, "the {format} format cannot hold column `{field}` of type {ty}")
            }
            Self::MapKey { field, ty } => {
                write!(f, "the json format needs strings as keys of a map; column `{field}` has {ty}")
            }
            Self::ConflictingOptions => {
                f.write_str("`fail-on-missing-field` and `ignore-parse-errors` exclude one another")
            }
        }
    }
}
impl std::error::Error for FormatError {}

/// A row that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// Path of the column.
    pub field: String,
    /// One sentence without a full stop.
    pub message: String,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column `{}`: {}", self.field, self.message)
    }
}
impl std::error::Error for EncodeError {}
