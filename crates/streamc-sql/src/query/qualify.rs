//! `QUALIFY`: a condition over the results of window functions.
//!
//! `SELECT a, f() OVER w AS n FROM t QUALIFY n > 1` is `SELECT a, n FROM (SELECT a, f() OVER w AS n FROM t) WHERE n > 1`, and is
//! bound as that: names of the select list count in the condition, and what is none of them comes along as one more column.

use super::hints::Hints;
use super::order::Order;
use super::{Body, Derived, QueryBinder};
use crate::group::project;
use crate::query::select::all_columns;
use crate::tokens::Tokens;
use smol_str::{SmolStr, format_smolstr};
use sqlparser::ast::{
    BinaryOperator, Expr as Sql, Function, GroupByExpr, Ident, Query, Select, SelectItem, TableFactor,
    TableWithJoins, Value, ValueWithSpan, Visit, VisitMut, Visitor, VisitorMut,
};
use sqlparser::tokenizer::Span as TokenSpan;
use std::ops::ControlFlow;
use streamc_diagnostics::codes::types::{SQL_SYNTAX, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::Origin;

/// The name of column `n` of the query inside.
fn made_up(n: usize) -> SmolStr {
    format_smolstr!("\u{1}{n}")
}

/// Takes a condition apart: what it reads of the select list becomes its column, other columns and calls with `OVER` new
/// ones.
struct Condition<'b, 'a> {
    binder: &'b QueryBinder<'a>,
    /// The names of the select list with the text of their expressions, and whether there is an `OVER` in it.
    items: Vec<(Option<SmolStr>, String, bool)>,
    /// What the query inside gives besides its select list.
    more: Vec<Sql>,
    /// Calls with `OVER` that are read, of the list or not.
    windows: usize,
    /// Of those, which the list does not have.
    new_windows: usize,
    /// Columns that are read outside of such calls.
    columns: usize,
    /// How many sub-queries the visitor is within. They stay as they are.
    depth: usize,
    /// How many there are.
    queries: usize,
    /// The names of the tables around.
    tables: Vec<SmolStr>,
    /// The first name of one of them within a sub-query.
    correlated: Option<Span>,
}

impl Condition<'_, '_> {
    fn text(&self, sql: &Sql) -> String {
        self.binder.binder.text(self.binder.binder.tokens.extent(sql)).split_whitespace().collect()
    }

    fn place(&mut self, sql: &Sql) -> usize {
        let text = self.text(sql);
        let known = self.more.iter().position(|m| self.text(m) == text);
        self.items.len()
            + known.unwrap_or_else(|| {
                self.more.push(sql.clone());
                self.more.len() - 1
            })
    }
}

impl VisitorMut for Condition<'_, '_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth += 1;
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Sql) -> ControlFlow<()> {
        if self.depth > 0 {
            if let Sql::CompoundIdentifier(names) = &*expr
                && names.first().is_some_and(|table| self.tables.iter().any(|t| *t == table.value))
            {
                let at = self.binder.binder.tokens.extent(expr);
                self.correlated.get_or_insert(at);
            }
            return ControlFlow::Continue(());
        }
        let place = match &*expr {
            Sql::Function(f) if f.over.is_some() => {
                self.windows += 1;
                let text = self.text(expr);
                match self.items.iter().position(|(_, item, _)| *item == text) {
                    Some(item) => item,
                    None => {
                        self.new_windows += 1;
                        self.place(expr)
                    }
                }
            }
            Sql::Identifier(name) if !name.value.starts_with('\u{1}') => {
                let item = self.items.iter().position(|(alias, ..)| alias.as_deref() == Some(&name.value));
                match item.and_then(|i| self.items.get(i).map(|(_, _, over)| (i, *over))) {
                    Some((item, true)) => {
                        self.windows += 1;
                        item
                    }
                    Some((item, false)) => {
                        self.columns += 1;
                        item
                    }
                    None => {
                        self.columns += 1;
                        self.place(expr)
                    }
                }
            }
            Sql::CompoundIdentifier(_) => {
                self.columns += 1;
                self.place(expr)
            }
            _ => return ControlFlow::Continue(()),
        };
        let span = Tokens::place(self.binder.binder.tokens.extent(expr));
        *expr = Sql::Identifier(Ident { value: made_up(place).to_string(), quote_style: Some('`'), span });
        ControlFlow::Continue(())
    }
}

/// Whether there is a call with `OVER`.
struct HasOver;

impl Visitor for HasOver {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Sql) -> ControlFlow<()> {
        match expr {
            Sql::Function(f) if f.over.is_some() => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// The condition below an `OR` that changes nothing.
fn or_false(test: Sql, span: TokenSpan) -> Sql {
    let never = Sql::Value(ValueWithSpan { value: Value::Boolean(false), span });
    Sql::BinaryOp {
        left: Box::new(Sql::Nested(Box::new(test))),
        op: BinaryOperator::Or,
        right: Box::new(never),
    }
}

/// Whether there is a call that numbers rows.
fn numbers_rows(sql: &Sql) -> bool {
    struct Numbers;
    impl Visitor for Numbers {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Sql) -> ControlFlow<()> {
            let is = |f: &Function| {
                let name = f.name.to_string().to_ascii_uppercase();
                f.over.is_some() && matches!(name.as_str(), "ROW_NUMBER" | "RANK" | "DENSE_RANK")
            };
            match expr {
                Sql::Function(f) if is(f) => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        }
    }
    sql.visit(&mut Numbers).is_break()
}

/// The names of the tables of a `FROM`.
fn tables(from: &[TableWithJoins]) -> Vec<SmolStr> {
    let factors =
        from.iter().flat_map(|t| std::iter::once(&t.relation).chain(t.joins.iter().map(|j| &j.relation)));
    let name = |factor: &TableFactor| match factor {
        TableFactor::Table { name, alias, .. } => match alias {
            Some(alias) => Some(alias.name.value.as_str().into()),
            None => name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.as_str().into()),
        },
        TableFactor::Derived { alias, .. } => alias.as_ref().map(|alias| alias.name.value.as_str().into()),
        _ => None,
    };
    factors.filter_map(name).collect()
}

/// The name that an item of the select list gives.
fn output_name(item: &SelectItem) -> Option<SmolStr> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.as_str().into()),
        SelectItem::UnnamedExpr(Sql::Identifier(name)) => Some(name.value.as_str().into()),
        SelectItem::UnnamedExpr(Sql::CompoundIdentifier(names)) => {
            names.last().map(|n| n.value.as_str().into())
        }
        _ => None,
    }
}

fn has_over(sql: &Sql) -> bool {
    sql.visit(&mut HasOver).is_break()
}

impl QueryBinder<'_> {
    /// A `SELECT` with `QUALIFY`.
    pub(super) fn qualified(
        &mut self,
        select: &Select,
        test: &Sql,
        order: Option<&Order<'_>>,
        top: bool,
        start: Span,
    ) -> Derived {
        let at = self.word(start, "QUALIFY");
        let extent = self.binder.tokens.extent(test);
        let keyed = !matches!(&select.group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
        if keyed || select.having.is_some() {
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, "`QUALIFY` behind a grouping is not supported");
            self.binder.report(d.help("Flink 2.3 does not plan it: group in a sub-query"));
            return Derived::missing();
        }
        if !select.named_window.is_empty() && !select.window_before_qualify {
            let message = "`WINDOW` stands before `QUALIFY`";
            self.binder.report(Diagnostic::new(SQL_SYNTAX, at, message));
            return Derived::missing();
        }
        let star = |i: &SelectItem| matches!(i, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        let expr = |i: &SelectItem| match i {
            SelectItem::UnnamedExpr(e) => Some((None, e.clone())),
            SelectItem::ExprWithAlias { expr, alias } => {
                Some((Some(alias.value.as_str().into()), expr.clone()))
            }
            _ => None,
        };
        // The query inside has the stars behind everything else, so that the places of the other items are known.
        let named: Vec<(Option<SmolStr>, Sql)> = select.projection.iter().filter_map(expr).collect();
        let mut condition = Condition {
            binder: self,
            items: Vec::new(),
            more: Vec::new(),
            windows: 0,
            new_windows: 0,
            columns: 0,
            depth: 0,
            queries: 0,
            tables: tables(&select.from),
            correlated: None,
        };
        condition.items =
            named.iter().map(|(alias, e)| (alias.clone(), condition.text(e), has_over(e))).collect();
        let mut test = test.clone();
        let _ = VisitMut::visit(&mut test, &mut condition);
        let Condition { items, more, windows, new_windows, columns, queries, correlated, .. } = condition;
        if let Some(at) = correlated {
            let message =
                "Flink cannot plan a sub-query that reads the row around it in `QUALIFY` of a stream";
            let help = "put the condition into a `WHERE` around the query, with the sub-query there";
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return Derived::missing();
        }
        if queries > 0 && more.iter().chain(named.iter().map(|(_, e)| e)).any(numbers_rows) {
            return self.unsupported(extent, "a sub-query next to the bound of `ROW_NUMBER()` is");
        }
        if windows == 0 {
            let d = Diagnostic::new(SQL_SYNTAX, extent, "`QUALIFY` reads no function with `OVER`");
            self.binder.report(d.help("a condition on columns stands in `WHERE`"));
            return Derived::missing();
        }
        let over = items.iter().any(|(_, _, over)| *over);
        let bare = named.iter().all(|(alias, e)| {
            alias.is_none() && matches!(e, Sql::Identifier(_) | Sql::CompoundIdentifier(_))
        });
        if over && new_windows > 0 || columns > 0 && !bare {
            // Measured on 2.3.0: `p IS NULL OR p < q` becomes `p IS NULL`, or the planner fails with an index.
            let message = "Flink 2.3 takes wrong columns in this `QUALIFY`";
            let help = "let it read names of functions with `OVER` in the select list and nothing else, or write a \
                        sub-query: `SELECT … FROM (SELECT … OVER (…) AS n …) WHERE n > 1`";
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, extent, message).help(help));
            return Derived::missing();
        }
        let listed: Vec<SmolStr> = select.projection.iter().filter_map(output_name).collect();
        let listed: Vec<&str> = listed.iter().map(SmolStr::as_str).collect();
        let stars: Vec<SelectItem> = select.projection.iter().filter(|i| star(i)).cloned().collect();
        for key in order.map(|o| o.keys.as_slice()).unwrap_or_default() {
            if stars.is_empty() && self.output_key(key.sql, &listed).is_none() {
                let at = self.binder.tokens.extent(key.sql);
                return self.unsupported(at, "`ORDER BY` what the select list lacks, behind `QUALIFY`, is");
            }
        }
        let mut inside = select.clone();
        inside.qualify = None;
        inside.distinct = None;
        let others = select.projection.iter().filter(|i| !star(i)).cloned();
        let added = more.iter().map(|e| SelectItem::UnnamedExpr(e.clone()));
        inside.projection = others.chain(added).chain(stars.iter().cloned()).collect();
        let mut rows = self.select(&inside, None, false);
        if rows.open || matches!(rows.body, Body::Missing) {
            return Derived::missing();
        }
        // The list as it was written, out of what the query inside gives.
        let (fixed, first_star) = (named.len(), named.len() + more.len());
        let names: Vec<SmolStr> = rows.schema.columns.iter().map(|c| c.name.clone()).collect();
        if stars.len() > 1 {
            return self.unsupported(at, "`QUALIFY` with more than one `*` is");
        }
        let mut list: Vec<usize> = Vec::new();
        let mut next = 0..fixed;
        for item in &select.projection {
            if star(item) { list.extend(first_star..names.len()) } else { list.extend(next.next()) }
        }
        for (n, column) in rows.schema.columns.iter_mut().enumerate() {
            column.name = made_up(n);
        }
        if let Body::Ready(relation) = rows.body {
            let columns = all_columns(&rows.schema);
            rows.body = Body::Ready(project(relation, columns, Origin::new("SELECT", start)));
        }
        let span = Tokens::place(at);
        let ident = |value: &str| Ident { value: value.to_owned(), quote_style: Some('`'), span };
        let mut outside = inside;
        outside.projection = list
            .iter()
            .filter_map(|n| Some((*n, names.get(*n)?)))
            .map(|(n, name)| SelectItem::ExprWithAlias {
                expr: Sql::Identifier(ident(&made_up(n))),
                alias: ident(name),
            })
            .collect();
        outside.named_window = Vec::new();
        // Flink turns the sub-queries of such a condition into joins with their values, as it does below `OR`.
        outside.selection = Some(if queries == 0 { test } else { or_false(test, span) });
        outside.distinct.clone_from(&select.distinct);
        let from = self.single(rows, None, None, at);
        let errors = self.binder.diagnostics.iter().filter(|d| d.is_error()).count();
        self.hints.push(Hints::default());
        let derived = self.hinted_select(&outside, Some(from), order, top, (start, errors));
        self.hints.pop();
        derived
    }
}
