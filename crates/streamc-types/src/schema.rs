//! The columns of a relation.

use crate::DataType;
use smol_str::SmolStr;

/// What makes a timestamp column a time attribute (Flink documentation, "Time Attributes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeAttribute {
    /// Event time: a watermark follows the column.
    Rowtime,
    /// Processing time.
    Proctime,
}

/// A column of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name; unique in a relation unless the relation is the direct output of a join.
    pub name: SmolStr,
    /// Its type.
    pub ty: DataType,
    /// Whether it is a time attribute.
    pub time: Option<TimeAttribute>,
    /// Its documentation.
    pub doc: Option<SmolStr>,
}

impl Column {
    /// A column without time attribute and documentation.
    pub fn new(name: impl Into<SmolStr>, ty: DataType) -> Self {
        Self { name: name.into(), ty, time: None, doc: None }
    }

    /// The type as `describe` prints it: `TIMESTAMP(3) *ROWTIME*`.
    pub fn type_text(&self) -> String {
        match self.time {
            Some(TimeAttribute::Rowtime) => format!("{} *ROWTIME*", self.ty),
            Some(TimeAttribute::Proctime) => format!("{} *PROCTIME*", self.ty),
            None => self.ty.to_string(),
        }
    }
}

/// The columns of a relation, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RowSchema {
    /// The columns.
    pub columns: Vec<Column>,
}

impl RowSchema {
    /// A schema of these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns }
    }

    /// Index of the first column of that name (names are case-sensitive, as in Flink).
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|c| c.name.as_str())
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}
