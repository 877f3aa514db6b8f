//! `USING (a, b)` and `NATURAL`: joins by columns that both sides have.

use super::QueryBinder;
use super::from::From;
use crate::scope::{Scope, Shared};
use sqlparser::ast::Ident;
use streamc_diagnostics::codes::names::{AMBIGUOUS_COLUMN, UNKNOWN_COLUMN};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::Expr;

/// A column of both sides.
pub(super) struct Pair {
    /// That both are equal, over the columns of the left side followed by those of the right one.
    pub(super) condition: Expr,
    /// Both as one column.
    pub(super) shared: Shared,
}

impl QueryBinder<'_> {
    /// The columns of `USING`; `None` after an error.
    pub(super) fn using(&mut self, left: &From, right: &From, names: &[Ident]) -> Option<Vec<Pair>> {
        if left.is_open() || right.is_open() {
            return None;
        }
        let mut pairs = Vec::new();
        for name in names {
            let at = self.binder.tokens.ident(name);
            if !self.binder.not_reserved(name) {
                return None;
            }
            let a = self.common(&left.scope(), &name.value, "left", at)?;
            let b = self.common(&right.scope(), &name.value, "right", at)?;
            pairs.push(self.pair((left.width(), false), &name.value, a, b, at)?);
        }
        Some(pairs)
    }

    /// The columns of one name, in the order of the left side; `None` after an error.
    pub(super) fn natural(&mut self, left: &From, right: &From, at: Span) -> Option<Vec<Pair>> {
        if left.is_open() || right.is_open() {
            return None;
        }
        let (a, b) = (left.scope(), right.scope());
        let mut names: Vec<&str> = Vec::new();
        for name in a.shared.iter().map(|s| s.name.as_str()).chain(a.names()) {
            if !names.contains(&name) && b.names().any(|n| n == name) {
                names.push(name);
            }
        }
        let mut pairs = Vec::new();
        for name in names {
            let columns = (self.common(&a, name, "left", at)?, self.common(&b, name, "right", at)?);
            pairs.push(self.pair((left.width(), true), name, columns.0, columns.1, at)?);
        }
        Some(pairs)
    }

    /// The columns of one side that stand for `name`, and their value.
    fn common(&mut self, scope: &Scope<'_>, name: &str, side: &str, at: Span) -> Option<(Vec<usize>, Expr)> {
        if let Some(shared) = scope.shared.iter().find(|s| s.name == name) {
            return Some((shared.columns.clone(), scope.shared_value(shared)));
        }
        let mut found: Vec<(usize, Expr)> = Vec::new();
        for table in &scope.tables {
            for (i, column) in table.schema.columns.iter().enumerate().filter(|(_, c)| c.name == name) {
                found.push((table.offset + i, Expr::column(table.offset + i, column.ty.clone())));
            }
        }
        match found.len() {
            1 => found.pop().map(|(column, value)| (vec![column], value)),
            0 => {
                let message = format!("the {side} side of the join has no column `{name}`");
                let mut d = Diagnostic::new(UNKNOWN_COLUMN, at, message);
                if let Some(close) = did_you_mean(name, scope.names()) {
                    d = d.fix(format!("change `{name}` to `{close}`"), at, crate::bind::quoted(close));
                }
                self.binder.report(d);
                None
            }
            _ => {
                let message = format!("`{name}` is ambiguous: the {side} side of the join has it twice");
                let d = Diagnostic::new(AMBIGUOUS_COLUMN, at, message)
                    .help("join with `ON`, which says the column of which table is meant");
                self.binder.report(d);
                None
            }
        }
    }

    fn pair(
        &mut self,
        (width, natural): (usize, bool),
        name: &str,
        (mut columns, a): (Vec<usize>, Expr),
        (others, b): (Vec<usize>, Expr),
        at: Span,
    ) -> Option<Pair> {
        columns.extend(others.into_iter().map(|c| c + width));
        let condition = self.binder.compare("=", a, b.map_columns(&|i| i + width), at);
        let shared = Shared { name: name.into(), columns, natural };
        (!condition.ty.is_unknown()).then_some(Pair { condition, shared })
    }
}
