//! Sub-queries inside expressions. The query binder binds them first; here they are found by the places where they stand.

use super::{Binder, Env};
use sqlparser::ast::{BinaryOperator, Expr as Sql};
use streamc_diagnostics::Span;
use streamc_plan::Expr;

/// Columns from here on are those of sub-queries: [`WIDTH`] for each.
pub(crate) const SUBQUERY: usize = usize::MAX / 8 * 7;

/// How many columns a sub-query has at most.
pub(crate) const WIDTH: usize = 1 << 20;

/// The number of the sub-query that column `index` belongs to, and its place there.
pub(crate) fn as_subquery(index: usize) -> Option<(usize, usize)> {
    index.checked_sub(SUBQUERY).map(|i| (i / WIDTH, i % WIDTH))
}

/// Column `place` of sub-query `number`.
pub(crate) fn subquery_column(number: usize, place: usize) -> usize {
    SUBQUERY + number * WIDTH + place
}

impl Binder<'_> {
    /// What was bound for the sub-query there.
    pub(super) fn subquery(&mut self, sql: &Sql, span: Span) -> Expr {
        let known = self.subqueries.iter().rev().find(|(at, _)| *at == span);
        if let Some((_, value)) = known {
            return value.clone();
        }
        let what = match sql {
            Sql::InSubquery { .. } => "`IN` with a sub-query here is",
            Sql::Exists { .. } => "`EXISTS` here is",
            Sql::AnyOp { .. } => "`ANY` here is",
            Sql::AllOp { .. } => "`ALL` here is",
            _ => "a sub-query as a value here is",
        };
        self.unsupported(span, what)
    }

    /// `x > ANY (1, 2)` is `x > 1 OR x > 2`, `x > ALL (1, 2)` is `x > 1 AND x > 2`.
    pub(super) fn quantified(
        &mut self,
        left: &Sql,
        op: &BinaryOperator,
        right: &Sql,
        all: bool,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let list: Vec<&Sql> = match right {
            Sql::Tuple(list) => list.iter().collect(),
            Sql::Nested(inner) => vec![inner.as_ref()],
            other => vec![other],
        };
        let symbol = match op {
            BinaryOperator::Eq => "=",
            BinaryOperator::NotEq => "<>",
            BinaryOperator::Lt => "<",
            BinaryOperator::LtEq => "<=",
            BinaryOperator::Gt => ">",
            BinaryOperator::GtEq => ">=",
            _ => return self.unsupported(span, "this operator before `ANY` or `ALL` is"),
        };
        match (symbol, all) {
            ("=", false) => return self.listed(left, &list, false, span, env),
            ("<>", true) => return self.listed(left, &list, true, span, env),
            _ => {}
        }
        let left = self.expr(left, env);
        let mut out: Option<Expr> = None;
        for item in list {
            let item = self.expr(item, env);
            let one = self.compare(symbol, left.clone(), item, span);
            out = Some(match out {
                Some(so_far) => self.operator(if all { "AND" } else { "OR" }, vec![so_far, one], span),
                None => one,
            });
        }
        out.unwrap_or_else(|| Expr::error(span))
    }
}
