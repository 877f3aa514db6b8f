//! Values of the embedded engine.

use crate::{Decimal, Timestamp};
use smol_str::SmolStr;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A value of any [`crate::DataType`]. Which variant stands for which type:
///
/// | type | variant |
/// |---|---|
/// | `TINYINT` `SMALLINT` `INT` `BIGINT` | `Int` |
/// | `FLOAT` | `Float` |
/// | `DOUBLE` | `Double` |
/// | `CHAR` `VARCHAR` | `Str` |
/// | `BINARY` `VARBINARY` | `Bytes` |
/// | `DATE` | `Date`: days since 1970-01-01 |
/// | `TIME` | `Time`: milliseconds of the day |
/// | `TIMESTAMP` `TIMESTAMP_LTZ` | `Timestamp`: wall clock, or instant in UTC |
/// | `INTERVAL` | `Int`: months or milliseconds |
/// | `MULTISET` | `Map` from element to count |
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the table above says what each variant holds")]
pub enum Value {
    Null,
    Boolean(bool),
    Int(i64),
    Float(f32),
    Double(f64),
    Decimal(Decimal),
    Str(SmolStr),
    Bytes(Arc<[u8]>),
    Date(i32),
    Time(i32),
    Timestamp(Timestamp),
    Array(Arc<[Value]>),
    Map(Arc<[(Value, Value)]>),
    Row(Arc<[Value]>),
}

/// A row of a relation: one value a column.
pub type Row = Box<[Value]>;

/// What a row does to the table that a changelog describes (Flink documentation, "Dynamic Tables").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// `+I`
    Insert,
    /// `-U`
    UpdateBefore,
    /// `+U`
    UpdateAfter,
    /// `-D`
    Delete,
}

impl RowKind {
    /// `+I`, `-U`, `+U` or `-D`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "+I",
            Self::UpdateBefore => "-U",
            Self::UpdateAfter => "+U",
            Self::Delete => "-D",
        }
    }

    /// Whether the row enters the table (`+I`, `+U`).
    pub fn is_addition(self) -> bool {
        matches!(self, Self::Insert | Self::UpdateAfter)
    }
}

impl fmt::Display for RowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Value {
    /// A string.
    pub fn str(text: impl Into<SmolStr>) -> Self {
        Self::Str(text.into())
    }

    /// Whether it is `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Rank among variants, for the total order between values of different types.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Boolean(_) => 1,
            Self::Int(_) => 2,
            Self::Float(_) => 3,
            Self::Double(_) => 4,
            Self::Decimal(_) => 5,
            Self::Str(_) => 6,
            Self::Bytes(_) => 7,
            Self::Date(_) => 8,
            Self::Time(_) => 9,
            Self::Timestamp(_) => 10,
            Self::Array(_) => 11,
            Self::Map(_) => 12,
            Self::Row(_) => 13,
        }
    }
}

/// A total order: `NULL` first, numbers of one type by value (`-0.0 = 0.0`, NaN equal to itself and greatest, as Java's
/// grouping and ordering treat them in Flink), strings by UTF-8 bytes.
impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => compare_doubles(f64::from(*a), f64::from(*b)),
            (Self::Double(a), Self::Double(b)) => compare_doubles(*a, *b),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            (Self::Str(a), Self::Str(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) | (Self::Row(a), Self::Row(b)) => a.cmp(b),
            (Self::Map(a), Self::Map(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn compare_doubles(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let double = |d: f64, state: &mut H| {
            let d = if d == 0.0 { 0.0 } else { d };
            if d.is_nan() { u64::MAX.hash(state) } else { d.to_bits().hash(state) }
        };
        self.rank().hash(state);
        match self {
            Self::Null => {}
            Self::Boolean(v) => v.hash(state),
            Self::Int(v) => v.hash(state),
            Self::Float(v) => double(f64::from(*v), state),
            Self::Double(v) => double(*v, state),
            Self::Decimal(v) => v.hash(state),
            Self::Str(v) => v.as_bytes().hash(state),
            Self::Bytes(v) => v.hash(state),
            Self::Date(v) | Self::Time(v) => v.hash(state),
            Self::Timestamp(v) => v.hash(state),
            Self::Array(v) | Self::Row(v) => v.hash(state),
            Self::Map(v) => v.hash(state),
        }
    }
}
