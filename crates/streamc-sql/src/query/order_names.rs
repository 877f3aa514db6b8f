//! Names of the select list inside the expressions of `ORDER BY`.

use super::select::Item;
use sqlparser::ast::{Expr as Sql, Ident, Query, SelectItem, VisitMut, VisitorMut};
use std::ops::ControlFlow;

/// Puts the expressions of the select list for its names; not inside of sub-queries, which do not know them.
struct Names<'q> {
    projection: &'q [SelectItem],
    items: &'q [Item],
    depth: usize,
}

impl Names<'_> {
    /// The expression of the first column that is called so; `None` if that comes from `*`, or there is none.
    fn expression(&self, name: &Ident) -> Option<Sql> {
        let first = self.items.iter().find(|item| item.name == name.value)?;
        if first.star {
            return None;
        }
        self.projection.iter().find_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } => (alias.value == name.value).then(|| expr.clone()),
            SelectItem::UnnamedExpr(Sql::Identifier(own)) if own.value == name.value => {
                Some(Sql::Identifier(name.clone()))
            }
            SelectItem::UnnamedExpr(expr @ Sql::CompoundIdentifier(parts)) => {
                parts.last().is_some_and(|part| part.value == name.value).then(|| expr.clone())
            }
            _ => None,
        })
    }
}

impl VisitorMut for Names<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Sql) -> ControlFlow<()> {
        if self.depth == 0
            && let Sql::Identifier(name) = expr
            && let Some(of_item) = self.expression(name)
        {
            *expr = of_item;
        }
        ControlFlow::Continue(())
    }
}

/// A key of `ORDER BY` over the row of `FROM`: a bare name in it is first one of the select list, as for Flink
/// (Calcite's `OrderExpressionExpander`).
pub(super) fn over_the_row(key: &Sql, projection: &[SelectItem], items: &[Item]) -> Sql {
    let mut key = key.clone();
    let _ = key.visit(&mut Names { projection, items, depth: 0 });
    key
}
