//! What joins a sub-query with the row around it: equalities, which become keys of a grouping, and marks of rows that were
//! found.

use super::QueryBinder;
use super::semi::Inner;
use super::tree::all_of;
use crate::bind::{AGGREGATE, subquery_column};
use crate::group;
use smol_str::{SmolStr, format_smolstr};
use std::ops::Range;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value};

impl QueryBinder<'_> {
    /// Whether a row was found, by the mark at `place`.
    pub(super) fn there(&mut self, number: usize, place: usize, negated: bool, at: Span) -> Expr {
        let mark = Expr::column(subquery_column(number, place), DataType::boolean());
        self.binder.operator(if negated { "IS NULL" } else { "IS NOT NULL" }, vec![mark], at)
    }

    /// Refuses a sub-query whose conditions are about the row around it alone.
    pub(super) fn not_about_both<T>(&mut self, inner: &Inner, at: Span) -> Option<T> {
        let width = inner.right.props.schema.len();
        let odd = inner.correlation.iter().find(|part| part.columns().iter().all(|c| *c >= width));
        let at = odd.and_then(|part| part.span).unwrap_or(at);
        let message =
            "a condition of a sub-query that is about the row around it alone is not supported yet here";
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
        self.binder.report(d.help("move it out of the sub-query"));
        None
    }

    /// Whether `others` read a column of the row outside, one of `outside`, that the conditions read too, and says so: Flink's planner makes the
    /// values of that column twice and forgets the conditions (`RelDecorrelator`, measured on 2.3).
    pub(super) fn reads_twice<'e>(
        &mut self,
        condition: &[Expr],
        others: impl IntoIterator<Item = &'e Expr>,
        (outside, at): (Range<usize>, Span),
    ) -> bool {
        let read: Vec<usize> =
            condition.iter().flat_map(Expr::columns).filter(|c| outside.contains(c)).collect();
        let twice = |e: &&Expr| e.columns().iter().any(|c| read.contains(c));
        let Some(second) = others.into_iter().find(twice) else { return false };
        let message = "Flink 2.3 forgets the conditions of a sub-query on a column of the row around it that its \
                       select list reads too";
        let d = Diagnostic::new(SQL_UNSUPPORTED, second.span.unwrap_or(at), message);
        self.binder.report(d.help("compare in the sub-query, and compute with that column outside of it"));
        true
    }

    /// The condition that joins the row outside with the keys of a sub-query.
    pub(super) fn equal(&mut self, keys: &[Expr], outside: Vec<Expr>, number: usize, at: Span) -> Expr {
        let pairs = keys.iter().zip(outside).enumerate();
        let parts: Vec<(Expr, Expr)> = pairs
            .map(|(n, (key, other))| {
                let first = keys.iter().position(|k| group::same(k, key)).unwrap_or(n);
                (other, Expr::column(subquery_column(number, first), key.ty.clone()))
            })
            .collect();
        all_of(parts.into_iter().map(|(a, b)| self.binder.operator("=", vec![a, b], at)).collect())
    }
}

/// The two sides of each condition with the row outside: of the sub-query's row, and of the row outside. `None` unless all
/// are equalities and nothing else reads the row outside.
pub(super) fn equal_sides(inner: &Inner) -> Option<(Vec<Expr>, Vec<Expr>)> {
    let width = inner.right.props.schema.len();
    let calls = inner.calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter));
    if inner.items.iter().chain(calls).any(|e| reads_outside(e, width)) {
        return None;
    }
    let (mut keys, mut outside): (Vec<Expr>, Vec<Expr>) = (Vec::new(), Vec::new());
    for part in &inner.correlation {
        let sides = match &part.kind {
            ExprKind::Call { function, arguments } if function.name == "=" => arguments.as_slice(),
            _ => &[],
        };
        let own = |e: &Expr| !e.columns().is_empty() && e.columns().iter().all(|c| *c < width);
        let outer = |e: &Expr| e.columns().iter().all(|c| *c >= width);
        let (key, other) = match sides {
            [a, b] if own(a) && outer(b) => (a, b),
            [a, b] if own(b) && outer(a) => (b, a),
            _ => return None,
        };
        keys.push(key.clone());
        outside.push(other.clone().map_columns(&|i| i - width));
    }
    Some((keys, outside))
}

/// Whether it reads the row outside, whose columns stand behind the `width` of the sub-query's rows.
pub(super) fn reads_outside(expr: &Expr, width: usize) -> bool {
    expr.columns().iter().any(|c| (width..AGGREGATE).contains(c))
}

/// `TRUE` or `FALSE`.
pub(super) fn constant(value: bool) -> Expr {
    Expr::literal(Value::Boolean(value), DataType::not_null(TypeKind::Boolean))
}

/// `NULL`, of a condition.
pub(super) fn unknown() -> Expr {
    Expr::literal(Value::Null, DataType::boolean())
}

/// Keys under names that no column of a table has.
pub(super) fn named(keys: &[Expr]) -> Vec<(SmolStr, Expr)> {
    keys.iter().enumerate().map(|(n, key)| (format_smolstr!("$key{n}"), key.clone())).collect()
}

/// A call of an aggregate whose result has the type of its argument, or of `COUNT`.
pub(super) fn call(function: &str, arguments: Vec<Expr>, name: &str, at: Span) -> Option<AggregateCall> {
    let ty = match arguments.first() {
        Some(argument) if function != "COUNT" => argument.ty.clone().with_nullable(true),
        _ => DataType::not_null(TypeKind::BigInt),
    };
    Some(AggregateCall {
        function: streamc_functions::find(function)?,
        arguments,
        distinct: false,
        filter: None,
        ty,
        name: name.into(),
        span: Some(at),
    })
}
