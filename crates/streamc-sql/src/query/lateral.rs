//! `LATERAL (SELECT …)`: a sub-query in `FROM` that may read the row before it.
//!
//! What Flink's planner takes apart into a join is one here (`RelDecorrelator`): conditions of its `WHERE` over columns of
//! both become the join's, and a grouping is one by the compared columns too. So a grouping without keys gives no row
//! where nothing is equal, as it does in Flink.

use super::QueryBinder;
use super::from::{From, FromTable, On};
use super::select::{Origins, Parts, distinct_names};
use super::tree::Tree;
use crate::group::{self, same};
use crate::scope::{Scope, ScopeTable};
use smol_str::{SmolStr, format_smolstr};
use sqlparser::ast::{Distinct, Expr as Sql, Query, Select, SetExpr, TableAlias, TableFactor};
use streamc_diagnostics::codes::names::UNKNOWN_COLUMN;
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind, JoinKind, Origin, Relation, relations};
use streamc_types::{DataType, RowSchema};

/// Whether it is `LATERAL (…)`.
pub(super) fn is_lateral(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::Derived { lateral: true, .. })
}

/// A sub-query that reads the row before it, or around it, as rows to join with.
pub(super) struct Correlated {
    pub(super) rows: Relation,
    /// How many of its columns the sub-query gives; what the condition needs besides comes behind.
    pub(super) width: usize,
    /// Over the columns of `rows` followed by those of the row before it.
    pub(super) condition: Vec<Expr>,
}

/// What a sub-query stands in, for messages: `LATERAL`, or a condition.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) row: &'static str,
}

const LATERAL: Place = Place { name: "`LATERAL`", row: "the row before it" };

impl QueryBinder<'_> {
    /// Joins the rows of `left` with those that the sub-query has for each.
    pub(super) fn lateral(
        &mut self,
        left: From,
        factor: &TableFactor,
        kind: JoinKind,
        on: Option<&Sql>,
    ) -> From {
        let at = self.factor_span(factor);
        let TableFactor::Derived { subquery, alias, sample: None, .. } = factor else {
            self.unsupported(at, "this form of `LATERAL` is");
            return left.forgotten();
        };
        if !matches!(kind, JoinKind::Inner | JoinKind::Left) {
            self.unsupported(at, "`LATERAL` in a join other than inner and left is");
            return left.forgotten();
        }
        let origin = Origin::new("JOIN", at);
        let on = on.map_or(On::Any, On::Condition);
        let before = self.binder.diagnostics.len();
        let derived = self.query(subquery, false);
        if !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            let right = self.single(derived, alias.as_ref(), None, at);
            return self.combine(left, right, kind, on, origin);
        }
        let alone = self.binder.diagnostics.split_off(before);
        let found =
            self.correlated_rows(subquery, alias.as_ref(), &left.scope(), (kind, at), (&alone, LATERAL));
        if found.is_none() && !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            self.binder.diagnostics.extend(alone);
        }
        let name = alias.as_ref().map_or_else(SmolStr::default, |a| a.name.value.as_str().into());
        let span = alias.as_ref().map_or(at, |a| self.binder.alias(&a.name));
        let left_width = left.width();
        let (table, tree, condition) = match found {
            None => {
                let schema = RowSchema::default();
                (
                    FromTable { name, schema, open: true, hidden: 0, span, of: SmolStr::default() },
                    None,
                    Vec::new(),
                )
            }
            Some(Correlated { rows, width, condition }) => {
                let hidden = rows.props.schema.len() - width;
                let mut schema = rows.props.schema.clone();
                schema.columns.truncate(width);
                let inner = width + hidden;
                let place = |i: usize| if i < inner { left_width + i } else { i - inner };
                let condition = condition.into_iter().map(|e| e.map_columns(&place)).collect();
                let table = FromTable { name, schema, open: false, hidden, span, of: SmolStr::default() };
                (table, Some(Tree::Leaf(Box::new(rows))), condition)
            }
        };
        let right = From { tables: vec![table], tree, ranked: None, shared: Vec::new() };
        let mut from = self.combine(left, right, kind, on, origin);
        if let Some(Tree::Join { on, .. }) = &mut from.tree {
            on.splice(0..0, condition);
        }
        from
    }

    /// The rows of a sub-query that reads `outside`; `None` after an error, or if that is not what is wrong with it.
    pub(super) fn correlated_rows(
        &mut self,
        query: &Query,
        alias: Option<&TableAlias>,
        outside: &Scope<'_>,
        (kind, at): (JoinKind, Span),
        (alone, place): (&[Diagnostic], Place),
    ) -> Option<Correlated> {
        let reads_outside = alone.iter().filter(|d| d.code == UNKNOWN_COLUMN).any(|d| {
            let name = d.span.map_or("", |s| self.binder.text(s)).trim_matches('`');
            let table = |t: &ScopeTable<'_>| t.name == name || t.schema.index_of(name).is_some();
            outside.tables.iter().any(table)
        });
        if !reads_outside {
            return None;
        }
        let sorted = query.order_by.is_some() || query.limit_clause.is_some() || query.fetch.is_some();
        let select = match query.body.as_ref() {
            SetExpr::Select(select) if query.with.is_none() && !sorted => select,
            _ if sorted => {
                let message =
                    format!("`LIMIT` in a {} that reads {} is not supported", place.name, place.row);
                let help = "Flink does not plan it; number the rows in a sub-query, `ROW_NUMBER() OVER \
                            (PARTITION BY key ORDER BY …) AS rn`, keep those `WHERE rn <= n`, and join by the key";
                self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
                return None;
            }
            _ => {
                let (name, row) = (place.name, place.row);
                self.unsupported(at, &format!("a {name} that reads {row} and is no single `SELECT` is"));
                return None;
            }
        };
        self.correlated_select(select, alias, outside, (kind, at), place)
    }

    fn correlated_select(
        &mut self,
        select: &Select,
        alias: Option<&TableAlias>,
        outside: &Scope<'_>,
        (kind, at): (JoinKind, Span),
        place: Place,
    ) -> Option<Correlated> {
        let Place { name, row } = place;
        if select.from.is_empty() {
            let message = format!("a {name} without `FROM` that reads {row} is not supported");
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder
                .report(d.help("Flink does not plan it; compute the columns in a sub-query of that table"));
            return None;
        }
        let before = self.binder.diagnostics.len();
        let from = self.from(&select.from);
        let width = from.width();
        let (mut parts, origins) = {
            let mut scope = from.scope();
            let moved = |t: &ScopeTable<'_>| t.offset + width;
            scope.outer =
                outside.tables.iter().map(|t| ScopeTable { offset: moved(t), ..t.clone() }).collect();
            self.parts(select, None, &scope)
        };
        if self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return None;
        }
        distinct_names(&mut parts.items, false);
        self.named(&mut parts, alias)?;
        let odd = !parts.tests.is_empty()
            || !parts.values.is_empty()
            || !parts.over.is_empty()
            || parts.number.is_some()
            || parts.sets.is_some()
            || parts.window.is_some()
            || from.ranked.is_some();
        if odd {
            let message = format!(
                "sub-queries, `OVER`, grouping sets and group windows in a {name} that reads {row} are not supported"
            );
            let help = "join with a sub-query that does this for all rows at once, by its key";
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return None;
        }
        // Aggregate calls have columns of a range of their own.
        let both = width..width + outside.width();
        let outer = |e: &Expr| e.columns().iter().any(|c| both.contains(c));
        let (condition, own): (Vec<Expr>, Vec<Expr>) =
            std::mem::take(&mut parts.filters).into_iter().partition(outer);
        parts.filters = own;
        let aggregates = !parts.keys.is_empty()
            || !parts.calls.is_empty()
            || parts.having.is_some()
            || origins.group.is_some();
        let computed = parts
            .items
            .iter()
            .filter_map(|i| i.expr.as_ref())
            .chain(&parts.keys)
            .chain(&parts.having)
            .chain(parts.calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter)))
            .find(|e| outer(e));
        if let Some(computed) = computed {
            let message = format!("a column of {row} may stand only in the `WHERE` of a {name}");
            let span = computed.span.unwrap_or(at);
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, message)
                .help("compute what needs both in the select list of the query around it");
            self.binder.report(d);
            return None;
        }
        let distinct = match &select.distinct {
            None => false,
            Some(Distinct::Distinct) => true,
            Some(_) => {
                self.unsupported(at, "`DISTINCT ON` is");
                return None;
            }
        };
        if kind == JoinKind::Left && aggregates && parts.keys.is_empty() {
            let message =
                "`LEFT JOIN LATERAL` with an aggregate over all rows of the sub-query is not supported yet";
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message)
                .help("group a sub-query by its key, `LEFT JOIN` it by that, and write `COALESCE(n, 0)`");
            self.binder.report(d);
            return None;
        }
        if let Some(part) = condition.iter().find(|part| equal_side(part, width).is_none()) {
            // Measured on 2.3.0: the planner first makes the values outside distinct, and rows come out that change.
            let message = format!("a {name} compares its rows with {row} by `=` only");
            let d = Diagnostic::new(SQL_UNSUPPORTED, part.span.unwrap_or(at), message).help(
                "move other conditions on both into the `ON` of the join, or into the `WHERE` behind it",
            );
            self.binder.report(d);
            return None;
        }
        if let Some((part, side)) = condition.iter().find_map(|part| {
            let ExprKind::Call { arguments, .. } = &part.kind else { return None };
            let (own, _) = equal_side(part, width)?;
            let outside = arguments.get(1 - own)?;
            outside.as_column().is_none().then_some((part, outside))
        }) {
            // Measured on 2.3.0: as above.
            let message = format!("a {name} compares with a column of {row} as it is");
            let help = match &side.kind {
                ExprKind::Cast { input, implicit: true, .. } => format!(
                    "it would be cast to {}: cast the column of the sub-query to {} instead",
                    side.ty.kind, input.ty.kind
                ),
                _ => "compute on the side of the sub-query".to_owned(),
            };
            let d = Diagnostic::new(SQL_UNSUPPORTED, part.span.unwrap_or(at), message).help(help);
            self.binder.report(d);
            return None;
        }
        if aggregates || distinct {
            self.correlated_groups(from, parts, condition, (aggregates, distinct), &origins)
        } else {
            let rows = self.input(from, &mut parts, false, &origins.filter)?;
            let mut columns = named_items(&parts);
            let shown = columns.len();
            let used: Vec<usize> = condition.iter().flat_map(Expr::columns).filter(|c| *c < width).collect();
            let mut places: Vec<usize> = Vec::new();
            for column in used {
                if !places.contains(&column) {
                    let ty = rows.props.schema.columns.get(column)?.ty.clone();
                    columns.push((format_smolstr!("$by{}", places.len()), Expr::column(column, ty)));
                    places.push(column);
                }
            }
            let all = columns.len();
            let place = |i: usize| match places.iter().position(|p| *p == i) {
                Some(n) if i < width => shown + n,
                _ => i - width + all,
            };
            let condition = condition.into_iter().map(|e| e.map_columns(&place)).collect();
            let rows = relations::project(rows, columns, origins.select.clone());
            Some(Correlated { rows, width: shown, condition })
        }
    }

    /// Groups, or makes distinct, by the columns that are compared with the row outside too.
    fn correlated_groups(
        &mut self,
        from: From,
        mut parts: Parts,
        condition: Vec<Expr>,
        (aggregates, distinct): (bool, bool),
        origins: &Origins,
    ) -> Option<Correlated> {
        let width = from.width();
        let own = parts.keys.len();
        let mut keys = if aggregates { parts.keys.clone() } else { Vec::new() };
        let mut compared: Vec<(Expr, usize, usize)> = Vec::new();
        for part in condition {
            let (side, key) = equal_side(&part, width)?;
            let place = keys.iter().position(|k| same(k, &key)).unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            compared.push((part, side, place));
        }
        if aggregates {
            let before = self.binder.diagnostics.len();
            self.regroup(&mut parts, &from, origins);
            if self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                return None;
            }
        }
        let mut rows = self.input(from, &mut parts, aggregates, &origins.filter)?;
        let mut columns = named_items(&parts);
        let shown = columns.len();
        if aggregates {
            // The compared columns come between the keys and the calls.
            let more = keys.len() - own;
            let place = |i: usize| if i < own { i } else { i + more };
            columns = columns.into_iter().map(|(name, e)| (name, e.map_columns(&place))).collect();
            let mut calls = std::mem::take(&mut parts.calls);
            group::name_calls(&mut calls, keys.len(), &columns);
            let origin = origins.group.clone().unwrap_or_else(|| origins.select.clone());
            rows = group::aggregate(rows, &keys, calls, origin);
            if let Some(having) = parts.having.take() {
                rows = relations::filter(rows, having.map_columns(&place), origins.having.clone());
            }
            let types: Vec<DataType> = rows.props.schema.columns.iter().map(|c| c.ty.clone()).collect();
            keys =
                types.into_iter().take(keys.len()).enumerate().map(|(i, ty)| Expr::column(i, ty)).collect();
        }
        for (_, _, place) in &compared {
            let key = keys.get(*place)?.clone();
            columns.push((format_smolstr!("$by{}", columns.len()), key));
        }
        let all = columns.len();
        rows = relations::project(rows, columns, origins.select.clone());
        if distinct && rows.props.keys.is_empty() {
            rows = relations::distinct(rows, Origin::new("DISTINCT", origins.select.span));
        }
        let mut condition = Vec::new();
        for (n, (part, side, _)) in compared.into_iter().enumerate() {
            let mut part = part.map_columns(&|i| if i < width { i } else { i - width + all });
            let ExprKind::Call { arguments, .. } = &mut part.kind else { return None };
            let own = arguments.get_mut(side)?;
            *own = Expr::column(shown + n, own.ty.clone());
            condition.push(part);
        }
        Some(Correlated { rows, width: shown, condition })
    }

    /// Gives the items the names of the alias's columns; `None` after an error.
    fn named(&mut self, parts: &mut Parts, alias: Option<&TableAlias>) -> Option<()> {
        let Some(alias) = alias.filter(|a| !a.columns.is_empty()) else { return Some(()) };
        if alias.columns.len() != parts.items.len() {
            let span = self.binder.tokens.ident(&alias.name);
            let (names, columns) = (alias.columns.len(), parts.items.len());
            let message = super::miscounted(names, columns);
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, span, message));
            return None;
        }
        for (item, column) in parts.items.iter_mut().zip(&alias.columns) {
            self.binder.alias(&column.name);
            item.name = column.name.value.as_str().into();
        }
        Some(())
    }
}

fn named_items(parts: &Parts) -> Vec<(SmolStr, Expr)> {
    parts.items.iter().filter_map(|i| i.expr.clone().map(|e| (i.name.clone(), e))).collect()
}

/// If it says that something of one side, of the columns before `width`, equals something of the other: which argument
/// that is, and the argument.
fn equal_side(part: &Expr, width: usize) -> Option<(usize, Expr)> {
    let ExprKind::Call { function, arguments } = &part.kind else { return None };
    let own = |e: &Expr| !e.columns().is_empty() && e.columns().iter().all(|c| *c < width);
    let outer = |e: &Expr| !e.columns().is_empty() && e.columns().iter().all(|c| *c >= width);
    match arguments.as_slice() {
        [a, b] if function.name == "=" && own(a) && outer(b) => Some((0, a.clone())),
        [a, b] if function.name == "=" && own(b) && outer(a) => Some((1, b.clone())),
        _ => None,
    }
}
