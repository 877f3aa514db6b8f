//! The columns that an expression can name.

use crate::bind::implicit;
use smol_str::SmolStr;
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, RowSchema, TypeKind, case_type};

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
    /// The table's own name behind an alias; empty if it has none.
    pub of: SmolStr,
    /// How many columns of the row stand behind its own that no name reaches.
    pub hidden: usize,
}

impl ScopeTable<'_> {
    /// How messages call it.
    pub(crate) fn shown(&self) -> String {
        if self.name.is_empty() { "the sub-query".to_owned() } else { format!("`{}`", self.name) }
    }
}

/// A column that `USING` or `NATURAL` made of one of each side.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Its name.
    pub name: SmolStr,
    /// Indices of the columns, left to right: its value is that of the first that is not `NULL`.
    pub columns: Vec<usize>,
    /// Whether `NATURAL` made it.
    pub natural: bool,
}

/// The tables in scope, left to right. Names are case-sensitive, as in Flink.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    /// The tables.
    pub tables: Vec<ScopeTable<'a>>,
    /// The tables of the query around a sub-query; theirs are the names that no table of its own has. Their offsets lie
    /// behind the own row.
    pub outer: Vec<ScopeTable<'a>>,
    /// The columns that joins made of one of each side; `*` gives them first.
    pub shared: Vec<Shared>,
}

/// What a name stands for.
#[derive(Debug)]
pub(crate) enum Resolution {
    /// A column, or a field inside it, and how many parts of the name it took.
    Column { index: usize, ty: DataType, used: usize, fields: Vec<SmolStr> },
    /// The column that a join made of several; the name took one part.
    Shared { expr: Expr, tables: Vec<SmolStr> },
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
        let (name, of) = (name.into(), SmolStr::default());
        let table = ScopeTable { name, schema, offset: 0, open: false, of, hidden: 0 };
        Self { tables: vec![table], outer: Vec::new(), shared: Vec::new() }
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
        let (name, of) = (name.into(), SmolStr::default());
        self.tables.push(ScopeTable { name, schema, offset, open: false, of, hidden: 0 });
    }

    /// Number of columns of the row.
    pub fn width(&self) -> usize {
        self.tables.iter().map(|t| t.offset + t.schema.len() + t.hidden).max().unwrap_or(0)
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

    /// The value of a shared column.
    pub(crate) fn shared_value(&self, shared: &Shared) -> Expr {
        let column = |i: &usize| {
            let table = self.tables.iter().find(|t| (t.offset..t.offset + t.schema.len()).contains(i))?;
            Some(Expr::column(*i, table.schema.columns.get(i - table.offset)?.ty.clone()))
        };
        let columns: Vec<Expr> = shared.columns.iter().filter_map(column).collect();
        let Some(common) = case_type(columns.iter().map(|c| &c.ty)) else { return Expr::error(None) };
        let ty = common.with_nullable(columns.iter().all(|c| c.ty.nullable));
        let mut arguments: Vec<Expr> = Vec::new();
        for column in columns {
            let known = !column.ty.nullable;
            arguments.push(implicit(column, &ty));
            if known {
                break;
            }
        }
        match (arguments.len(), streamc_functions::find("COALESCE")) {
            (1, _) | (_, None) => arguments.into_iter().next().unwrap_or_else(|| Expr::error(None)),
            (_, Some(function)) => Expr::new(ExprKind::Call { function, arguments }, ty),
        }
    }

    /// Whether `*` leaves the column out because a shared one stands for it.
    pub(crate) fn is_shared(&self, index: usize) -> bool {
        self.shared.iter().any(|s| s.columns.contains(&index))
    }

    /// What the name stands for. With `peek`, as in Flink's SQL, the fields of a row are found under their own names too
    /// (Calcite's `StructKind.PEEK_FIELDS_NO_EXPAND`).
    pub(crate) fn resolve(&self, path: &[&str], peek: bool) -> Resolution {
        if let Some(shared) = self.shared.iter().find(|s| Some(&s.name.as_str()) == path.first())
            && path.get(1).is_none_or(|c| {
                self.tables.iter().all(|t| t.name != path[0] || t.schema.index_of(c).is_none())
            })
        {
            let of = |t: &&ScopeTable<'_>| {
                shared.columns.iter().any(|c| (t.offset..t.offset + t.schema.len()).contains(c))
            };
            let tables: Vec<SmolStr> = self.tables.iter().filter(of).map(|t| t.name.clone()).collect();
            let others = |t: &ScopeTable<'_>| {
                positions(t.schema, &shared.name).iter().any(|i| !shared.columns.contains(&(t.offset + i)))
            };
            if self.tables.iter().any(others) {
                return Resolution::Ambiguous(tables);
            }
            return Resolution::Shared { expr: self.shared_value(shared), tables };
        }
        // A table of the query around comes before a column of this one (Calcite's `DelegatingScope.fullyQualify`).
        let is_table = |tables: &[ScopeTable<'_>]| path.len() > 1 && tables.iter().any(|t| t.name == path[0]);
        if is_table(&self.outer) && !is_table(&self.tables) {
            return resolve(&self.outer, path, peek);
        }
        let own = resolve(&self.tables, path, peek);
        if self.outer.is_empty() || !matches!(own, Resolution::Unknown) {
            return own;
        }
        resolve(&self.outer, path, peek)
    }
}

fn resolve(tables: &[ScopeTable<'_>], path: &[&str], peek: bool) -> Resolution {
    let Some((first, rest)) = path.split_first() else { return Resolution::Unknown };
    let named = tables.iter().position(|t| t.name == *first);
    if let (Some(table), Some(column)) = (named.and_then(|i| tables.get(i)), rest.first()) {
        let found: Vec<usize> = positions(table.schema, column);
        match found.as_slice() {
            [] if table.open => return Resolution::Open,
            [] if peek => match inside(table.schema, column).as_slice() {
                [] => {}
                [(index, fields)] => return field_of(table, *index, fields, 2),
                _ => return Resolution::Ambiguous(vec![table.name.clone()]),
            },
            [] => {}
            [only] => return column_of(table, *only, 2),
            _ => return Resolution::Ambiguous(vec![table.name.clone()]),
        }
    }
    let found: Vec<(&ScopeTable<'_>, usize)> =
        tables.iter().flat_map(|t| positions(t.schema, first).into_iter().map(move |i| (t, i))).collect();
    // A table that has such a column is not searched for fields; in others they make the name ambiguous.
    let within: Vec<(&ScopeTable<'_>, usize, Vec<SmolStr>)> = tables
        .iter()
        .filter(|t| peek && !found.iter().any(|(other, _)| std::ptr::eq(*other, *t)))
        .flat_map(|t| inside(t.schema, first).into_iter().map(move |(i, fields)| (t, i, fields)))
        .collect();
    if let (false, [(table, index, fields)]) = (tables.iter().any(|t| t.open), within.as_slice())
        && found.is_empty()
    {
        return field_of(table, *index, fields, 1);
    }
    if !within.is_empty() && found.len() + within.len() > 1 {
        let names = found.iter().map(|(t, _)| &t.name).chain(within.iter().map(|(t, ..)| &t.name));
        return Resolution::Ambiguous(names.cloned().collect());
    }
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
    Resolution::Column { index: table.offset + column, ty, used, fields: Vec::new() }
}

fn field_of(table: &ScopeTable<'_>, column: usize, fields: &[SmolStr], used: usize) -> Resolution {
    let ty = table.schema.columns.get(column).map_or_else(DataType::unknown, |c| c.ty.clone());
    Resolution::Column { index: table.offset + column, ty, used, fields: fields.to_vec() }
}

/// The columns with a field `name` inside their rows, and the way to it.
fn inside(schema: &RowSchema, name: &str) -> Vec<(usize, Vec<SmolStr>)> {
    fn search(ty: &DataType, name: &str, way: &mut Vec<SmolStr>, out: &mut Vec<Vec<SmolStr>>) {
        let (TypeKind::Row(fields) | TypeKind::Structured(_, fields)) = &ty.kind else { return };
        for field in fields {
            way.push(field.name.clone());
            if field.name == name {
                out.push(way.clone());
            } else {
                search(&field.ty, name, way, out);
            }
            way.pop();
        }
    }
    let mut found = Vec::new();
    for (index, column) in schema.columns.iter().enumerate() {
        let mut ways = Vec::new();
        search(&column.ty, name, &mut Vec::new(), &mut ways);
        found.extend(ways.into_iter().map(|way| (index, way)));
    }
    found
}
