//! The columns that an expression can name.

use smol_str::SmolStr;
use streamc_types::{DataType, RowSchema};

/// A table in scope, under its alias.
#[derive(Clone, Debug)]
pub struct ScopeTable<'a> {
    /// The alias, or the table's own name.
    pub name: SmolStr,
    /// Its columns.
    pub schema: &'a RowSchema,
    /// Index of its first column in the row that expressions are over.
    pub offset: usize,
    /// Whether its columns are not known, after an error that was reported: any name fits.
    pub open: bool,
}

/// The tables in scope, left to right. Names are case-sensitive, as in Flink.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    /// The tables.
    pub tables: Vec<ScopeTable<'a>>,
    /// The tables of the query around a sub-query; theirs are the names that no table of its own has. Their offsets lie
    /// behind the own row.
    pub outer: Vec<ScopeTable<'a>>,
}

/// What a name stands for.
#[derive(Debug)]
pub(crate) enum Resolution {
    /// A column, and how many parts of the name it took.
    Column { index: usize, ty: DataType, used: usize },
    /// More than one column; the names of their tables.
    Ambiguous(Vec<SmolStr>),
    /// A table of that name is in scope and has no such column.
    UnknownInTable { table: SmolStr, columns: Vec<SmolStr> },
    /// Perhaps a column of a table whose columns are not known.
    Open,
    /// Nothing.
    Unknown,
}

impl<'a> Scope<'a> {
    /// One table.
    pub fn single(name: impl Into<SmolStr>, schema: &'a RowSchema) -> Self {
        let table = ScopeTable { name: name.into(), schema, offset: 0, open: false };
        Self { tables: vec![table], outer: Vec::new() }
    }

    /// Two tables; the row is the left one followed by the right one.
    pub fn join(
        left: impl Into<SmolStr>,
        left_schema: &'a RowSchema,
        right: impl Into<SmolStr>,
        right_schema: &'a RowSchema,
    ) -> Self {
        let mut scope = Self::single(left, left_schema);
        scope.push(right, right_schema);
        scope
    }

    /// Adds a table whose columns follow those that are there.
    pub fn push(&mut self, name: impl Into<SmolStr>, schema: &'a RowSchema) {
        let offset = self.width();
        self.tables.push(ScopeTable { name: name.into(), schema, offset, open: false });
    }

    /// Number of columns of the row.
    pub fn width(&self) -> usize {
        self.tables.iter().map(|t| t.offset + t.schema.len()).max().unwrap_or(0)
    }

    /// The name of column `index`.
    pub(crate) fn column_name(&self, index: usize) -> Option<&str> {
        let table = self.tables.iter().find(|t| (t.offset..t.offset + t.schema.len()).contains(&index))?;
        table.schema.columns.get(index - table.offset).map(|c| c.name.as_str())
    }

    /// Names of all columns, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().flat_map(|t| t.schema.names())
    }

    pub(crate) fn resolve(&self, path: &[&str]) -> Resolution {
        let own = resolve(&self.tables, path);
        if self.outer.is_empty() || !matches!(own, Resolution::Unknown) {
            return own;
        }
        resolve(&self.outer, path)
    }
}

fn resolve(tables: &[ScopeTable<'_>], path: &[&str]) -> Resolution {
    let Some((first, rest)) = path.split_first() else { return Resolution::Unknown };
    let named = tables.iter().position(|t| t.name == *first);
    if let (Some(table), Some(column)) = (named.and_then(|i| tables.get(i)), rest.first()) {
        let found: Vec<usize> = positions(table.schema, column);
        match found.as_slice() {
            [] if table.open => return Resolution::Open,
            [] => {}
            [only] => return column_of(table, *only, 2),
            _ => return Resolution::Ambiguous(vec![table.name.clone()]),
        }
    }
    let found: Vec<(&ScopeTable<'_>, usize)> =
        tables.iter().flat_map(|t| positions(t.schema, first).into_iter().map(move |i| (t, i))).collect();
    match found.as_slice() {
        [] if tables.iter().any(|t| t.open) => Resolution::Open,
        [] => match named {
            Some(at) if !rest.is_empty() => {
                let table = &tables[at];
                let columns = table.schema.names().map(SmolStr::new).collect();
                Resolution::UnknownInTable { table: table.name.clone(), columns }
            }
            _ => Resolution::Unknown,
        },
        [(table, column)] => column_of(table, *column, 1),
        many => Resolution::Ambiguous(many.iter().map(|(t, _)| t.name.clone()).collect()),
    }
}

fn positions(schema: &RowSchema, name: &str) -> Vec<usize> {
    schema.columns.iter().enumerate().filter(|(_, c)| c.name == name).map(|(i, _)| i).collect()
}

fn column_of(table: &ScopeTable<'_>, column: usize, used: usize) -> Resolution {
    let ty = table.schema.columns.get(column).map_or_else(DataType::unknown, |c| c.ty.clone());
    Resolution::Column { index: table.offset + column, ty, used }
}
