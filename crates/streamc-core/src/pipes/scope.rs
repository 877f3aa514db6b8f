//! The columns of a pipe as the user names them.

use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::names;
use streamc_sql::Scope;
use streamc_syntax::ast::Op;
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
    pub fn finish(&self, ops: &[Op], out: &mut Vec<Diagnostic>) {
        let mut seen: Vec<&SmolStr> = Vec::new();
        for name in self.names() {
            if seen.contains(&name) {
                let span = ops.last().map(|op| op.span);
                let message = format!("the stream would have two columns `{name}`");
                out.push(Diagnostic::new(names::DUPLICATE_COLUMN, span, message).help(format!(
                    "end the pipe with `select` and name them apart: `select …, {name} AS other_{name}`"
                )));
                return;
            }
            seen.push(name);
        }
    }
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
