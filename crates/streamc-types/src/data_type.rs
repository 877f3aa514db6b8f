//! Flink's logical types.

use smol_str::SmolStr;
use std::fmt;

/// A type with its nullability, as Flink's `LogicalType`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DataType {
    /// The type without nullability.
    pub kind: TypeKind,
    /// Whether a value may be `NULL`.
    pub nullable: bool,
}

/// A field of a `ROW` or structured type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name.
    pub name: SmolStr,
    /// Its type.
    pub ty: DataType,
    /// Its description.
    pub doc: Option<SmolStr>,
}

/// The resolution of an interval type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntervalUnit {
    /// `INTERVAL YEAR TO MONTH` and its parts: months.
    YearMonth,
    /// `INTERVAL DAY TO SECOND` and its parts: milliseconds.
    DaySecond,
}

/// Flink's logical type roots with their parameters. Lengths and precisions are Flink's: `VARCHAR(2147483647)` is
/// `STRING`, `VARBINARY(2147483647)` is `BYTES`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is the SQL type of that name")]
pub enum TypeKind {
    Char(u32),
    Varchar(u32),
    Boolean,
    Binary(u32),
    Varbinary(u32),
    Decimal {
        precision: u8,
        scale: u8,
    },
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Float,
    Double,
    Date,
    Time(u8),
    Timestamp(u8),
    TimestampTz(u8),
    TimestampLtz(u8),
    Interval(IntervalUnit),
    Array(Box<DataType>),
    Multiset(Box<DataType>),
    Map(Box<DataType>, Box<DataType>),
    Row(Vec<Field>),
    /// A user-defined distinct or structured type, by name.
    Distinct(SmolStr),
    Structured(SmolStr, Vec<Field>),
    /// The type of an untyped `NULL`.
    Null,
    Raw(SmolStr),
    Symbol,
    Descriptor,
    Variant,
    Bitmap,
    /// A type the compiler could not find out. It agrees with everything and never causes a second error.
    Unknown,
}

/// The greatest length of `VARCHAR` and `VARBINARY`: with it they are `STRING` and `BYTES`.
pub const MAX_LENGTH: u32 = i32::MAX as u32;
/// The greatest precision of `DECIMAL`.
pub const MAX_DECIMAL_PRECISION: u8 = 38;

impl DataType {
    /// A nullable type.
    pub fn new(kind: TypeKind) -> Self {
        Self { kind, nullable: true }
    }

    /// A type without `NULL`.
    pub fn not_null(kind: TypeKind) -> Self {
        Self { kind, nullable: false }
    }

    /// The same type with that nullability.
    pub fn with_nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self
    }

    /// Nullable `STRING`.
    pub fn string() -> Self {
        Self::new(TypeKind::Varchar(MAX_LENGTH))
    }

    /// Nullable `BYTES`.
    pub fn bytes() -> Self {
        Self::new(TypeKind::Varbinary(MAX_LENGTH))
    }

    /// Nullable `BOOLEAN`.
    pub fn boolean() -> Self {
        Self::new(TypeKind::Boolean)
    }

    /// Nullable `INT`.
    pub fn int() -> Self {
        Self::new(TypeKind::Int)
    }

    /// Nullable `BIGINT`.
    pub fn bigint() -> Self {
        Self::new(TypeKind::BigInt)
    }

    /// Nullable `DOUBLE`.
    pub fn double() -> Self {
        Self::new(TypeKind::Double)
    }

    /// Nullable `DECIMAL(precision, scale)`.
    pub fn decimal(precision: u8, scale: u8) -> Self {
        Self::new(TypeKind::Decimal { precision, scale })
    }

    /// Nullable `TIMESTAMP(precision)`.
    pub fn timestamp(precision: u8) -> Self {
        Self::new(TypeKind::Timestamp(precision))
    }

    /// Nullable `TIMESTAMP_LTZ(precision)`.
    pub fn timestamp_ltz(precision: u8) -> Self {
        Self::new(TypeKind::TimestampLtz(precision))
    }

    /// The unknown type.
    pub fn unknown() -> Self {
        Self::new(TypeKind::Unknown)
    }

    /// Whether the type, or a part of it, is unknown.
    pub fn has_unknown(&self) -> bool {
        match &self.kind {
            TypeKind::Unknown => true,
            TypeKind::Array(e) | TypeKind::Multiset(e) => e.has_unknown(),
            TypeKind::Map(k, v) => k.has_unknown() || v.has_unknown(),
            TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
                fields.iter().any(|f| f.ty.has_unknown())
            }
            _ => false,
        }
    }

    /// Whether it is exactly the unknown type.
    pub fn is_unknown(&self) -> bool {
        self.kind == TypeKind::Unknown
    }

    /// `CHAR` or `VARCHAR`.
    pub fn is_string(&self) -> bool {
        matches!(self.kind, TypeKind::Char(_) | TypeKind::Varchar(_))
    }

    /// `BINARY` or `VARBINARY`.
    pub fn is_binary(&self) -> bool {
        matches!(self.kind, TypeKind::Binary(_) | TypeKind::Varbinary(_))
    }

    /// `TINYINT` to `BIGINT`.
    pub fn is_integer(&self) -> bool {
        matches!(self.kind, TypeKind::TinyInt | TypeKind::SmallInt | TypeKind::Int | TypeKind::BigInt)
    }

    /// An integer type or `DECIMAL`.
    pub fn is_exact_numeric(&self) -> bool {
        self.is_integer() || matches!(self.kind, TypeKind::Decimal { .. })
    }

    /// `FLOAT` or `DOUBLE`.
    pub fn is_approximate(&self) -> bool {
        matches!(self.kind, TypeKind::Float | TypeKind::Double)
    }

    /// Any number.
    pub fn is_numeric(&self) -> bool {
        self.is_exact_numeric() || self.is_approximate()
    }

    /// `TIMESTAMP` or `TIMESTAMP_LTZ`.
    pub fn is_timestamp(&self) -> bool {
        matches!(self.kind, TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_))
    }

    /// `DATE`, `TIME` or a timestamp.
    pub fn is_datetime(&self) -> bool {
        self.is_timestamp()
            || matches!(self.kind, TypeKind::Date | TypeKind::Time(_) | TypeKind::TimestampTz(_))
    }

    /// An interval.
    pub fn is_interval(&self) -> bool {
        matches!(self.kind, TypeKind::Interval(_))
    }

    /// The exact numeric type seen as `DECIMAL(precision, scale)`: `INT` is `(10, 0)`.
    pub fn as_decimal(&self) -> Option<(u8, u8)> {
        Some(match self.kind {
            TypeKind::TinyInt => (3, 0),
            TypeKind::SmallInt => (5, 0),
            TypeKind::Int => (10, 0),
            TypeKind::BigInt => (19, 0),
            TypeKind::Decimal { precision, scale } => (precision, scale),
            _ => return None,
        })
    }
}

impl fmt::Display for TypeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = |f: &mut fmt::Formatter<'_>, fields: &[Field]| {
            for (i, field) in fields.iter().enumerate() {
                let comma = if i > 0 { ", " } else { "" };
                write!(f, "{comma}{} {}", quote_identifier(&field.name), field.ty)?;
            }
            Ok(())
        };
        match self {
            Self::Char(n) => write!(f, "CHAR({n})"),
            Self::Varchar(MAX_LENGTH) => f.write_str("STRING"),
            Self::Varchar(n) => write!(f, "VARCHAR({n})"),
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::Binary(n) => write!(f, "BINARY({n})"),
            Self::Varbinary(MAX_LENGTH) => f.write_str("BYTES"),
            Self::Varbinary(n) => write!(f, "VARBINARY({n})"),
            Self::Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            Self::TinyInt => f.write_str("TINYINT"),
            Self::SmallInt => f.write_str("SMALLINT"),
            Self::Int => f.write_str("INT"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::Float => f.write_str("FLOAT"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Date => f.write_str("DATE"),
            Self::Time(p) => write!(f, "TIME({p})"),
            Self::Timestamp(p) => write!(f, "TIMESTAMP({p})"),
            Self::TimestampTz(p) => write!(f, "TIMESTAMP({p}) WITH TIME ZONE"),
            Self::TimestampLtz(p) => write!(f, "TIMESTAMP_LTZ({p})"),
            Self::Interval(IntervalUnit::YearMonth) => f.write_str("INTERVAL YEAR TO MONTH"),
            Self::Interval(IntervalUnit::DaySecond) => f.write_str("INTERVAL DAY TO SECOND(3)"),
            Self::Array(e) => write!(f, "ARRAY<{e}>"),
            Self::Multiset(e) => write!(f, "MULTISET<{e}>"),
            Self::Map(k, v) => write!(f, "MAP<{k}, {v}>"),
            Self::Row(r) => {
                f.write_str("ROW<")?;
                fields(f, r)?;
                f.write_str(">")
            }
            Self::Distinct(name) => f.write_str(name),
            Self::Structured(name, r) => {
                write!(f, "STRUCTURED<'{name}', ")?;
                fields(f, r)?;
                f.write_str(">")
            }
            Self::Null => f.write_str("NULL"),
            Self::Raw(class) => write!(f, "RAW('{class}', ?)"),
            Self::Symbol => f.write_str("SYMBOL"),
            Self::Descriptor => f.write_str("DESCRIPTOR"),
            Self::Variant => f.write_str("VARIANT"),
            Self::Bitmap => f.write_str("BITMAP"),
            Self::Unknown => f.write_str("UNKNOWN"),
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let null = if self.nullable || matches!(self.kind, TypeKind::Null | TypeKind::Unknown) {
            ""
        } else {
            " NOT NULL"
        };
        write!(f, "{}{null}", self.kind)
    }
}

/// A name as it stands in a type: bare where it is a plain word, otherwise in back quotes.
fn quote_identifier(name: &str) -> String {
    let plain = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}
