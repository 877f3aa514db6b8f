//! Finds the sub-queries inside expressions.

use crate::bind::is_query;
use crate::extent::parts;
use sqlparser::ast::{Expr as Sql, Query, Visit, Visitor};
use std::ops::ControlFlow;

/// Gathers the sub-queries of an expression, the inner ones first; not those inside of others.
#[derive(Default)]
pub(super) struct Found<'k> {
    depth: usize,
    /// Those in no argument of an aggregate call.
    pub(super) nodes: Vec<Sql>,
    /// How many aggregate calls are around.
    aggregates: usize,
    /// Those in the arguments of aggregate calls.
    pub(super) inside: Vec<Sql>,
    /// The keys of the grouping that have sub-queries.
    pub(super) keys: &'k [(Sql, Vec<Sql>)],
    /// How many of the keys are around.
    of_keys: usize,
    /// Sub-queries of expressions that are a key, with those of the key.
    pub(super) known: Vec<(Sql, Sql)>,
}

/// Whether it is a call over the rows of `FROM`.
fn gathers(expr: &Sql) -> bool {
    let Sql::Function(function) = expr else { return false };
    let [name] = parts(&function.name)[..] else { return false };
    function.over.is_none() && streamc_functions::find(&name.value).is_some_and(|f| f.is_aggregate())
}

impl Visitor for Found<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Sql) -> ControlFlow<()> {
        if self.depth == 0 && gathers(expr) {
            self.aggregates += 1;
        }
        if self.depth == 0
            && let Some((_, of_key)) = self.keys.iter().find(|(key, _)| key == expr)
        {
            if self.of_keys == 0 && self.aggregates == 0 {
                self.known.extend(gathered(expr).into_iter().zip(of_key.iter().cloned()));
            }
            self.of_keys += 1;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &Sql) -> ControlFlow<()> {
        if self.depth == 0 && self.keys.iter().any(|(key, _)| key == expr) {
            self.of_keys -= 1;
            if self.of_keys == 0 && self.aggregates == 0 {
                return ControlFlow::Continue(());
            }
        }
        if self.depth == 0 && gathers(expr) {
            self.aggregates -= 1;
        }
        let quantified = match expr {
            Sql::AnyOp { right, .. } | Sql::AllOp { right, .. } => is_query(right),
            _ => false,
        };
        let plain = matches!(expr, Sql::InSubquery { .. } | Sql::Exists { .. } | Sql::Subquery(_));
        if self.depth == 0 && (plain || quantified) && (self.of_keys == 0 || self.aggregates > 0) {
            let nodes = if self.aggregates > 0 { &mut self.inside } else { &mut self.nodes };
            if quantified {
                // What is compared with was gathered as a value.
                nodes.pop();
            }
            nodes.push(expr.clone());
        }
        ControlFlow::Continue(())
    }
}

/// Whether there is a call over the rows of `FROM`, outside of sub-queries.
pub(super) fn has_aggregate(sql: &Sql) -> bool {
    struct Calls(usize);
    impl Visitor for Calls {
        type Break = ();

        fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.0 += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.0 -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &Sql) -> ControlFlow<()> {
            if self.0 == 0 && gathers(expr) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    sql.visit(&mut Calls(0)).is_break()
}

impl<'k> Found<'k> {
    /// Those of an expression, beside a grouping by `keys`.
    pub(super) fn among(sql: &Sql, keys: &'k [(Sql, Vec<Sql>)]) -> Self {
        let mut found = Self { keys, ..Self::default() };
        let _ = sql.visit(&mut found);
        found
    }
}

/// The sub-queries of an expression over the rows of `FROM`.
pub(super) fn gathered(sql: &Sql) -> Vec<Sql> {
    Found::among(sql, &[]).nodes
}
