//! A row schema compiled for decoding and encoding.

use crate::FormatError;
use fxhash::FxHashMap;
use smol_str::SmolStr;
use streamc_types::{DataType, RowSchema, TypeKind, Value};

/// The types that the formats tell apart.
#[derive(Clone, Debug)]
pub(crate) enum Coder {
    Null,
    Boolean,
    /// `TINYINT` to `BIGINT` and intervals, by range.
    Integer(IntegerKind),
    Float,
    Double,
    Decimal(u8, u8),
    Str,
    Bytes,
    Date,
    Time,
    Timestamp(u8),
    TimestampLtz(u8),
    Array(Box<Slot>),
    /// String keys; the values' slot.
    Map(Box<Slot>),
    Row(Fields),
}

/// The Java type behind an integer type: they differ in what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntegerKind {
    Byte,
    Short,
    Int,
    Long,
}

impl IntegerKind {
    pub(crate) fn range(self) -> (i64, i64) {
        match self {
            Self::Byte => (i64::from(i8::MIN), i64::from(i8::MAX)),
            Self::Short => (i64::from(i16::MIN), i64::from(i16::MAX)),
            Self::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Self::Long => (i64::MIN, i64::MAX),
        }
    }
}

/// A value's type and whether it may be `NULL`.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) coder: Coder,
    pub(crate) nullable: bool,
    /// The type in Flink's spelling, for messages.
    pub(crate) ty: SmolStr,
}

/// The fields of a row.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) names: Vec<SmolStr>,
    pub(crate) slots: Vec<Slot>,
    index: FxHashMap<SmolStr, usize>,
    /// Whether anything inside is declared `NOT NULL`.
    pub(crate) has_not_null: bool,
}

impl Fields {
    pub(crate) fn compile(schema: &RowSchema, format: Format) -> Result<Self, FormatError> {
        Self::of(schema.columns.iter().map(|c| (&c.name, &c.ty)), "", format)
    }

    fn of<'a>(
        fields: impl Iterator<Item = (&'a SmolStr, &'a DataType)>,
        path: &str,
        format: Format,
    ) -> Result<Self, FormatError> {
        let (mut names, mut slots, mut index) = (Vec::new(), Vec::new(), FxHashMap::default());
        for (i, (name, ty)) in fields.enumerate() {
            let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
            index.insert(name.clone(), i);
            names.push(name.clone());
            slots.push(Slot::compile(ty, &path, format)?);
        }
        let has_not_null = slots.iter().any(Slot::has_not_null);
        Ok(Self { names, slots, index, has_not_null })
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Index of a field; `expected` is where it stands if the record keeps the schema's order.
    #[inline]
    pub(crate) fn find(&self, name: &str, expected: usize) -> Option<usize> {
        if self.names.get(expected).is_some_and(|n| n == name) {
            return Some(expected);
        }
        self.index.get(name).copied()
    }

    /// Path of the first `NULL` where the type says `NOT NULL`.
    pub(crate) fn null_violation(&self, values: &[Value]) -> Option<String> {
        if !self.has_not_null {
            return None;
        }
        self.names.iter().zip(&self.slots).zip(values).find_map(|((name, slot), value)| {
            let inner = slot.null_violation(value)?;
            Some(format!("{name}{inner}"))
        })
    }
}

/// Which format a layout is compiled for: they refuse different types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
}

impl Slot {
    fn compile(ty: &DataType, path: &str, format: Format) -> Result<Self, FormatError> {
        let unsupported = || FormatError::UnsupportedType {
            field: path.to_owned(),
            ty: ty.to_string(),
            format: match format {
                Format::Json => "json",
                Format::Csv => "csv",
            },
        };
        let inner =
            |ty: &DataType, suffix: &str| Self::compile(ty, &format!("{path}{suffix}"), format).map(Box::new);
        let json = format == Format::Json;
        let coder = match &ty.kind {
            TypeKind::Null => Coder::Null,
            TypeKind::Boolean => Coder::Boolean,
            TypeKind::TinyInt => Coder::Integer(IntegerKind::Byte),
            TypeKind::SmallInt => Coder::Integer(IntegerKind::Short),
            TypeKind::Int => Coder::Integer(IntegerKind::Int),
            TypeKind::Interval(streamc_types::IntervalUnit::YearMonth) => Coder::Integer(IntegerKind::Int),
            TypeKind::BigInt | TypeKind::Interval(streamc_types::IntervalUnit::DaySecond) => {
                Coder::Integer(IntegerKind::Long)
            }
            TypeKind::Float => Coder::Float,
            TypeKind::Double => Coder::Double,
            TypeKind::Decimal { precision, scale } => Coder::Decimal(*precision, *scale),
            TypeKind::Char(_) | TypeKind::Varchar(_) => Coder::Str,
            TypeKind::Binary(_) | TypeKind::Varbinary(_) => Coder::Bytes,
            TypeKind::Date => Coder::Date,
            TypeKind::Time(_) => Coder::Time,
            TypeKind::Timestamp(p) => Coder::Timestamp(*p),
            TypeKind::TimestampLtz(p) => Coder::TimestampLtz(*p),
            TypeKind::Array(e) => Coder::Array(inner(e, "[]")?),
            TypeKind::Map(k, v) if json => {
                if !k.is_string() {
                    return Err(FormatError::MapKey { field: path.to_owned(), ty: k.to_string() });
                }
                Coder::Map(inner(v, "{}")?)
            }
            TypeKind::Multiset(e) if json => {
                if !e.is_string() {
                    return Err(FormatError::MapKey { field: path.to_owned(), ty: e.to_string() });
                }
                Coder::Map(inner(&DataType::int(), "{}")?)
            }
            TypeKind::Row(fields) => {
                Coder::Row(Fields::of(fields.iter().map(|f| (&f.name, &f.ty)), path, format)?)
            }
            _ => return Err(unsupported()),
        };
        Ok(Self { coder, nullable: ty.nullable, ty: ty.to_string().into() })
    }

    fn has_not_null(&self) -> bool {
        !self.nullable
            || match &self.coder {
                Coder::Array(slot) | Coder::Map(slot) => slot.has_not_null(),
                Coder::Row(fields) => fields.has_not_null,
                _ => false,
            }
    }

    fn null_violation(&self, value: &Value) -> Option<String> {
        match (&self.coder, value) {
            (_, Value::Null) => (!self.nullable).then(String::new),
            (Coder::Array(slot), Value::Array(items)) if slot.has_not_null() => {
                items.iter().find_map(|v| slot.null_violation(v)).map(|rest| format!("[]{rest}"))
            }
            (Coder::Map(slot), Value::Map(entries)) if slot.has_not_null() => {
                entries.iter().find_map(|(_, v)| slot.null_violation(v)).map(|rest| format!("{{}}{rest}"))
            }
            (Coder::Row(fields), Value::Row(values)) => {
                fields.null_violation(values).map(|rest| format!(".{rest}"))
            }
            _ => None,
        }
    }
}
