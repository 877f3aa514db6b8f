//! Sub-queries in `ON`.
//!
//! Flink's planner joins the right side with what the sub-query gives, before the join itself
//! (`CoreRules.JOIN_SUB_QUERY_TO_CORRELATE`). It fails on all but values and `EXISTS` that stand by themselves.

use super::QueryBinder;
use super::from::From;
use super::gather::gathered;
use super::nulls::fails_on_null;
use super::tree::Tree;
use super::value::{Joined, Places};
use crate::bind::{Env, as_subquery, bare};
use sqlparser::ast::{BinaryOperator, Expr as Sql};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_plan::{Expr, ExprKind, JoinKind};

impl QueryBinder<'_> {
    /// Reports `IN` and `IS UNKNOWN` in the condition of a `LEFT JOIN TABLE(…)`, which Flink does not plan (measured on
    /// 2.3: "UnsupportedOperationException: class org.apache.calcite.sql.SqlBasicCall").
    pub(super) fn no_lists(&mut self, on: &Sql, bound: &[Expr]) {
        let (mut lists, mut unknown) = (false, false);
        for part in bound {
            part.walk(&mut |e| match &e.kind {
                ExprKind::InList { .. } => lists = true,
                ExprKind::Call { function, .. } => unknown |= function.name.ends_with(" UNKNOWN"),
                _ => {}
            });
        }
        if unknown {
            let at = self.binder.tokens.extent(on);
            let message = "Flink fails on `IS UNKNOWN` in the condition of `LEFT JOIN TABLE(…)`";
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder.report(d.help("write `IS NULL`, or `LEFT JOIN (SELECT * FROM TABLE(…)) AS w ON …`"));
        }
        if lists {
            let at = self.binder.tokens.extent(on);
            let d = Diagnostic::new(
                SQL_UNSUPPORTED,
                at,
                "Flink fails on `IN` in the condition of `LEFT JOIN TABLE(…)`",
            );
            self.binder.report(
                d.help("compare with `=` and `OR`, or write `LEFT JOIN (SELECT * FROM TABLE(…)) AS w ON …`"),
            );
        }
    }

    /// Binds the sub-queries of a join's condition; `None` after an error.
    pub(super) fn subqueries_of_on(&mut self, on: &Sql, from: &From) -> Option<Vec<Joined>> {
        let mut joined = Vec::new();
        let nodes = gathered(on);
        if nodes.is_empty() {
            return Some(joined);
        }
        let whole = conditions(on);
        let refused = nodes.iter().filter(|node| match node {
            Sql::Subquery(_) => false,
            Sql::Exists { negated: false, .. } => !whole.contains(node),
            _ => true,
        });
        let refused: Vec<&Sql> = refused.collect();
        for node in &refused {
            let what = match node {
                Sql::Exists { negated: false, .. } => "`EXISTS` in `ON` other than among what `AND` joins",
                Sql::Exists { .. } => "`NOT EXISTS` in `ON`",
                Sql::InSubquery { .. } => "`IN` with a sub-query in `ON`",
                _ => "`ANY` or `ALL` of a sub-query in `ON`",
            };
            let at = self.binder.tokens.extent(node);
            let d =
                Diagnostic::new(SQL_UNSUPPORTED, at, format!("Flink 2.3 plans {what} wrongly or not at all"));
            self.binder.report(d.help(
                "move it into `WHERE`, or into a sub-query of the table it is about: `JOIN (SELECT * FROM t WHERE k IN (SELECT …)) AS t \
                 ON …`",
            ));
        }
        let scope = from.scope();
        let before = self.binder.diagnostics.len();
        self.subqueries(on, Env::new(&scope, "ON"), true, &mut joined);
        self.not_around(&joined, "`ON`");
        let failed = self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        (refused.is_empty() && !failed).then_some(joined)
    }
}

/// The conditions that `AND` joins.
fn conditions(on: &Sql) -> Vec<&Sql> {
    match bare(on) {
        Sql::BinaryOp { left, op: BinaryOperator::And, right } => {
            let mut all = conditions(left);
            all.extend(conditions(right));
            all
        }
        other => vec![other],
    }
}

/// Joins the right side with sub-queries, and lets `parts` of the condition, which are over both sides, read them: their
/// columns come behind those of the right side. Gives how many they are. `width` is that of the left side.
pub(super) fn beside(
    tree: &mut Tree,
    joined: Vec<Joined>,
    parts: &mut Vec<Expr>,
    (width, kind): (usize, JoinKind),
) -> usize {
    let before = tree.width();
    for one in joined {
        let own = |column: usize| as_subquery(column).is_some_and(|(number, _)| number == one.number);
        // What only the right side and the sub-query decide is decided before the join.
        let early = |part: &Expr| {
            let columns = part.columns();
            let right = columns.iter().all(|c| *c >= width) && columns.iter().any(|c| own(*c));
            let others = columns.iter().any(|c| as_subquery(*c).is_some() && !own(*c));
            right && !others && matches!(kind, JoinKind::Inner | JoinKind::Left) && fails_on_null(part, &own)
        };
        let mut places = Places::default();
        places.set(one.number, width + tree.width());
        let place = |i: usize| places.of(i);
        let (pushed, rest): (Vec<Expr>, Vec<Expr>) = std::mem::take(parts).into_iter().partition(early);
        *parts = rest.into_iter().map(|e| e.map_columns(&place)).collect();
        let on: Vec<Expr> =
            pushed.into_iter().map(|e| e.map_columns(&place).map_columns(&|i| i - width)).collect();
        let kind = if on.is_empty() { one.kind } else { JoinKind::Inner };
        let left = std::mem::replace(tree, Tree::Leaf(Box::new(one.right.clone())));
        *tree = Tree::Join {
            left: Box::new(left),
            right: Box::new(Tree::Leaf(Box::new(one.right))),
            kind,
            on,
            kept: [None; 2],
            origin: one.origin,
        };
    }
    tree.width() - before
}
