//! The columns of a pipe as the user names them.

use smol_str::SmolStr;
use streamc_diagnostics::codes::names;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_sql::Scope;
use streamc_syntax::ast::Pipe;
use streamc_types::{Column, RowSchema};

/// Runs of columns with the name that qualifies them. In the plan every column has a name of its own; after a join two
/// of them may have the same name here, told apart by their qualifiers.
pub(super) struct Segments(Vec<Segment>);

pub(super) struct Segment {
    /// The qualifier; empty for computed columns.
    pub name: SmolStr,
    pub schema: RowSchema,
}

impl Segments {
    pub fn of(name: &SmolStr, schema: &RowSchema) -> Self {
        Self(vec![Segment { name: name.clone(), schema: schema.clone() }])
    }

    pub fn push(&mut self, name: SmolStr, columns: Vec<Column>) {
        self.0.push(Segment { name, schema: RowSchema::new(columns) });
    }

    /// What expressions see.
    pub fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::default();
        for segment in &self.0 {
            scope.push(segment.name.clone(), &segment.schema);
        }
        scope
    }

    pub fn names(&self) -> impl Iterator<Item = &SmolStr> {
        self.columns().map(|c| &c.name)
    }

    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.0.iter().flat_map(|s| &s.schema.columns)
    }

    /// Whether `name` qualifies columns already.
    pub fn is_named(&self, name: &str) -> bool {
        self.0.iter().any(|segment| segment.name == name)
    }

    /// Indices of the columns of that name.
    pub fn find(&self, name: &str) -> Vec<usize> {
        self.names().enumerate().filter(|(_, n)| *n == name).map(|(i, _)| i).collect()
    }

    /// Indices of the columns of that name under that qualifier.
    pub fn find_in(&self, table: &str, name: &str) -> Vec<usize> {
        let all = self.0.iter().flat_map(|s| s.schema.columns.iter().map(move |c| (&s.name, &c.name)));
        all.enumerate().filter(|(_, (t, n))| *t == table && *n == name).map(|(i, _)| i).collect()
    }

    /// The qualifiers of the columns of that name.
    pub fn tables_of(&self, name: &str) -> Vec<&SmolStr> {
        let with = |s: &&Segment| !s.name.is_empty() && s.schema.index_of(name).is_some();
        self.0.iter().filter(with).map(|s| &s.name).collect()
    }

    /// Keeps the columns for which `keep` says so.
    pub fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let mut index = 0;
        for segment in &mut self.0 {
            segment.schema.columns.retain(|_| {
                index += 1;
                keep(index - 1)
            });
        }
        self.0.retain(|s| !s.schema.is_empty());
    }

    /// Gives column `index` another name.
    pub fn rename(&mut self, index: usize, name: SmolStr) {
        if let Some(column) = self.0.iter_mut().flat_map(|s| &mut s.schema.columns).nth(index) {
            column.name = name;
        }
    }

    /// Takes over types and time attributes from the relation's own schema; names stay the user's.
    pub fn refresh(&mut self, schema: &RowSchema) {
        for (mine, theirs) in self.0.iter_mut().flat_map(|s| &mut s.schema.columns).zip(&schema.columns) {
            mine.ty = theirs.ty.clone();
            mine.time = theirs.time;
        }
    }

    /// At the end of a pipe every column needs a name of its own.
    pub fn finish(&self, pipe: &Pipe, out: &mut Vec<Diagnostic>) {
        let mut seen: Vec<&SmolStr> = Vec::new();
        let mut again: Vec<(&SmolStr, &SmolStr)> = Vec::new();
        for segment in &self.0 {
            for column in &segment.schema.columns {
                if seen.contains(&&column.name) {
                    again.push((&segment.name, &column.name));
                } else {
                    seen.push(&column.name);
                }
            }
        }
        let (Some((_, first)), Some(last)) = (again.first(), pipe.ops.last()) else { return };
        let message = format!("the stream would have two columns `{first}`");
        let d = Diagnostic::new(names::DUPLICATE_COLUMN, last.span, message);
        if again.iter().any(|(table, _)| table.is_empty()) {
            out.push(d.help(format!(
                "end the pipe with `select` and name them apart: `select …, {first} AS other_{first}`"
            )));
            return;
        }
        let all = again.iter().map(|(table, name)| format!("{}.{}", quoted(table), quoted(name)));
        let drop = format!("| drop {}", all.collect::<Vec<_>>().join(", "));
        let end = Span { start: last.span.end, ..last.span };
        out.push(d.help(format!("end the pipe with `{drop}`, or name them apart with `select`")).fix(
            format!("end the pipe with `{drop}`"),
            end,
            format!(" {drop}"),
        ));
    }
}

/// A name as it is written.
fn quoted(name: &str) -> String {
    let plain =
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_numeric());
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

/// `names` with repeated ones told apart by a number, as Flink does: `id`, `id0`.
pub(super) fn unique_names<'a>(names: impl Iterator<Item = &'a SmolStr>) -> Vec<SmolStr> {
    let mut out: Vec<SmolStr> = Vec::new();
    for name in names {
        let mut unique = name.clone();
        let mut n = 0;
        while out.contains(&unique) {
            unique = smol_str::format_smolstr!("{name}{n}");
            n += 1;
        }
        out.push(unique);
    }
    out
}
