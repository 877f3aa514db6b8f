//! `LATERAL (SELECT …)`: a sub-query in `FROM` that may read the row before it.
//!
//! What Flink's planner takes apart into a join is one here (`RelDecorrelator`): conditions of its `WHERE` over columns of
//! both become the join's, and a grouping is one by the compared columns too. So a grouping without keys gives no row
//! where nothing is equal, as it does in Flink.

use super::QueryBinder;
use super::correlated::named;
use super::from::{From, FromTable, On};
use super::nulls::over_groups;
use super::select::{Origins, Parts, all_columns, distinct_names};
use super::semi::plain;
use super::tree::Tree;
use crate::bind::AGGREGATE;
use crate::group::{self, same};
use crate::scope::{Scope, ScopeTable};
use smol_str::{SmolStr, format_smolstr};
use sqlparser::ast::{
    Distinct, Expr as Sql, Query, Select, SetExpr, TableAlias, TableFactor, TableWithJoins, Value,
};
use streamc_diagnostics::codes::names::UNKNOWN_COLUMN;
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, JoinKind, Origin, Relation, relations};
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
    /// If it is one value over an aggregate of all its rows.
    over: Option<OverGroups>,
}

/// A value over aggregates, which stand among the columns that the sub-query does not show.
struct OverGroups {
    /// Over columns that stand for the calls.
    item: Expr,
    calls: Vec<AggregateCall>,
    /// Whether it is the only call; otherwise the calls have columns of their own.
    alone: bool,
    /// Where their columns begin behind those that are shown.
    calls_at: usize,
    span: Option<Span>,
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
        let is_true = matches!(on, On::Any)
            || matches!(&on, On::Condition(Sql::Value(v)) if v.value == Value::Boolean(true));
        if !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            let right = self.single(derived, alias.as_ref(), None, at);
            return self.combine(left, right, kind, on, origin);
        }
        let alone = self.binder.diagnostics.split_off(before);
        let outside = left.tree.clone().map(Tree::lower);
        let before_it = (&alone[..], LATERAL, outside.as_ref());
        let found = self.correlated_rows(subquery, alias.as_ref(), &left.scope(), (kind, at), before_it);
        if found.is_none() && !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            self.binder.diagnostics.extend(alone);
        }
        let name = alias.as_ref().map_or_else(SmolStr::default, |a| a.name.value.as_str().into());
        let span = alias.as_ref().map_or(at, |a| self.binder.alias(&a.name));
        let left_width = left.width();
        let (table, tree, condition, over) = match found {
            None => {
                let schema = RowSchema::default();
                (
                    FromTable {
                        name,
                        schema,
                        open: true,
                        hidden: 0,
                        span,
                        of: SmolStr::default(),
                        padded: Vec::new(),
                    },
                    None,
                    Vec::new(),
                    None,
                )
            }
            Some(Correlated { rows, width, condition, over }) => {
                let hidden = rows.props.schema.len() - width;
                let mut schema = rows.props.schema.clone();
                schema.columns.truncate(width);
                let inner = width + hidden;
                let place = |i: usize| if i < inner { left_width + i } else { i - inner };
                let condition = condition.into_iter().map(|e| e.map_columns(&place)).collect();
                let table = FromTable {
                    name,
                    schema,
                    open: false,
                    hidden,
                    span,
                    of: SmolStr::default(),
                    padded: Vec::new(),
                };
                (table, Some(Tree::Leaf(Box::new(rows))), condition, over)
            }
        };
        let right = From { tables: vec![table], tree, ranked: None, shared: Vec::new() };
        let mut from = self.combine(left, right, kind, on, origin);
        if let Some(Tree::Join { on, .. }) = &mut from.tree {
            on.splice(0..0, condition);
        }
        if let Some(over) = over.filter(|_| kind == JoinKind::Left && is_true) {
            self.over_no_group(&mut from, left_width, over, at);
        }
        from
    }

    /// Computes the only column of a `LATERAL` sub-query over its aggregates behind the join: of a row that meets none of its
    /// rows, `COUNT` is 0. With more columns Flink leaves `NULL` there (`AdjustProjectForCountAggregateRule`).
    fn over_no_group(&mut self, from: &mut From, column: usize, over: OverGroups, at: Span) {
        let Some(tree) = from.tree.take() else { return };
        let rows = tree.lower();
        let of_call = |call| if over.alone { column } else { column + 1 + over.calls_at + call };
        let value = over_groups(over.item, &of_call, &over.calls);
        if !value.ty.nullable {
            // Flink's planner fails: "cannot add expression of different type to set".
            let message =
                "Flink cannot plan a value that is never `NULL`, over an aggregate, in `LEFT JOIN LATERAL`";
            let d = Diagnostic::new(SQL_UNSUPPORTED, over.span.unwrap_or(at), message);
            self.binder.report(
                d.help("give the aggregate alone there, and compute with it in the select list outside"),
            );
            return;
        }
        let mut columns = all_columns(&rows.props.schema);
        if let Some((_, expr)) = columns.get_mut(column) {
            *expr = value.clone();
        }
        if let Some(shown) = from.tables.last_mut().and_then(|t| t.schema.columns.first_mut()) {
            shown.ty = value.ty;
        }
        let origin = Origin::new("LATERAL", at);
        from.tree = Some(Tree::Leaf(Box::new(relations::project(rows, columns, origin))));
    }

    /// The rows of a sub-query that reads `outside`; `None` after an error, or if that is not what is wrong with it.
    pub(super) fn correlated_rows(
        &mut self,
        query: &Query,
        alias: Option<&TableAlias>,
        outside: &Scope<'_>,
        way: (JoinKind, Span),
        (alone, place, left): (&[Diagnostic], Place, Option<&Relation>),
    ) -> Option<Correlated> {
        let before = self.binder.diagnostics.len();
        let found = self.rows_for_each(query, alias, outside, way, (alone, place, left));
        self.read_too_deep(before, outside, place);
        found
    }

    /// Says of the unknown tables among the diagnostics from `before` on that they stand outside, as far as they do.
    pub(super) fn read_too_deep(&mut self, before: usize, outside: &Scope<'_>, Place { name, row }: Place) {
        for at in before..self.binder.diagnostics.len() {
            let unknown = self.binder.diagnostics.get(at).filter(|d| d.code == UNKNOWN_COLUMN);
            let Some(span) = unknown.and_then(|d| d.span) else { continue };
            let table = self.binder.text(span).trim_matches('`').to_owned();
            if !outside.tables.iter().any(|t| t.name == table) {
                continue;
            }
            let message =
                format!("`{table}` is {row}, and what stands in the `FROM` of the {name} cannot read it");
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, message)
                .help(format!("compare with it in the `WHERE` of the {name} itself"));
            if let Some(poor) = self.binder.diagnostics.get_mut(at) {
                *poor = d;
            }
        }
    }

    fn rows_for_each(
        &mut self,
        query: &Query,
        alias: Option<&TableAlias>,
        outside: &Scope<'_>,
        (kind, at): (JoinKind, Span),
        (alone, place, left): (&[Diagnostic], Place, Option<&Relation>),
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
        self.correlated_select(select, alias, outside, (kind, at), (place, left))
    }

    /// What a sub-query is from, and the conditions of its only table on the row outside, whose columns stand behind those of
    /// `From`: a table that is a sub-query of `WHERE` and a select list may read that row.
    pub(super) fn tables_around(
        &mut self,
        list: &[TableWithJoins],
        outside: &Scope<'_>,
        place: Place,
    ) -> (From, Vec<Expr>) {
        let before = self.binder.diagnostics.len();
        let from = self.from(list);
        let failed = self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        let ([TableWithJoins { relation, joins }], true) = (list, failed) else { return (from, Vec::new()) };
        let TableFactor::Derived { lateral: false, subquery, alias, sample: None } = relation else {
            return (from, Vec::new());
        };
        if !joins.is_empty() || plain(subquery).is_none() {
            return (from, Vec::new());
        }
        let at = self.factor_span(relation);
        let alone = self.binder.diagnostics.split_off(before);
        let way = (JoinKind::Inner, at);
        let Some(found) = self.correlated_rows(subquery, alias.as_ref(), outside, way, (&alone, place, None))
        else {
            if !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                self.binder.diagnostics.extend(alone);
            }
            return (from, Vec::new());
        };
        let name = alias.as_ref().map_or_else(SmolStr::default, |a| a.name.value.as_str().into());
        let span = alias.as_ref().map_or(at, |a| self.binder.alias(&a.name));
        let mut schema = found.rows.props.schema.clone();
        let hidden = schema.len() - found.width;
        schema.columns.truncate(found.width);
        let of = SmolStr::default();
        let table = FromTable { name, schema, open: false, hidden, span, of, padded: Vec::new() };
        let tree = Some(Tree::Leaf(Box::new(found.rows)));
        (From { tables: vec![table], tree, ranked: None, shared: Vec::new() }, found.condition)
    }

    fn correlated_select(
        &mut self,
        select: &Select,
        alias: Option<&TableAlias>,
        outside: &Scope<'_>,
        (kind, at): (JoinKind, Span),
        (place, left): (Place, Option<&Relation>),
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
        let (mut from, deeper) = self.tables_around(&select.from, outside, place);
        let mut width = from.width();
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
        distinct_names(&mut parts.items, false, false);
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
        let (mut condition, own): (Vec<Expr>, Vec<Expr>) =
            std::mem::take(&mut parts.filters).into_iter().partition(outer);
        parts.filters = own;
        condition.extend(deeper);
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
        let plainly = |part: &Expr| {
            let ExprKind::Call { arguments, .. } = &part.kind else { return false };
            let outside = equal_side(part, width).and_then(|(own, _)| arguments.get(1 - own));
            outside.is_some_and(|e| e.as_column().is_some())
        };
        let by_values = computed.is_some() || !condition.iter().all(plainly);
        if let (true, Some(left)) = (by_values, left) {
            let read = parts.keys.iter().find(|key| outer(key));
            if let Some(key) = read {
                let message = format!("`GROUP BY` a column of {row} in a {name} is not supported yet");
                let d = Diagnostic::new(SQL_UNSUPPORTED, key.span.unwrap_or(at), message);
                self.binder.report(d.help("it is the same in all rows there: leave it out"));
                return None;
            }
            let calls = parts.calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter));
            let others = parts.items.iter().filter_map(|i| i.expr.as_ref()).chain(&parts.having).chain(calls);
            if self.reads_twice(&condition, others, (width..AGGREGATE, at)) {
                return None;
            }
            condition = beside_values(&mut from, &mut parts, condition, left, &Origin::new("LATERAL", at))?;
            width = from.width();
        } else if let Some(computed) = computed {
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
            self.correlated_groups(from, parts, condition, (aggregates, distinct, kind), &origins)
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
            Some(Correlated { rows, width: shown, condition, over: None })
        }
    }

    /// Groups, or makes distinct, by the columns that are compared with the row outside too.
    fn correlated_groups(
        &mut self,
        from: From,
        mut parts: Parts,
        condition: Vec<Expr>,
        (aggregates, distinct, kind): (bool, bool, JoinKind),
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
        // One value over all rows: `LEFT JOIN` computes it again where there are none.
        let one = match parts.items.as_slice() {
            [item] if own == 0 && parts.having.is_none() && kind == JoinKind::Left => item.expr.clone(),
            _ => None,
        };
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
        let mut over = None;
        if aggregates {
            // The compared columns come between the keys and the calls.
            let more = keys.len() - own;
            let place = |i: usize| if i < own { i } else { i + more };
            columns = columns.into_iter().map(|(name, e)| (name, e.map_columns(&place))).collect();
            let mut calls = std::mem::take(&mut parts.calls);
            group::name_calls(&mut calls, keys.len(), &columns);
            over = one.filter(|_| !calls.is_empty()).map(|item| OverGroups {
                span: item.span,
                alone: item.as_column().is_some(),
                item,
                calls: calls.clone(),
                calls_at: compared.len(),
            });
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
        for (n, call) in over.iter().filter(|over| !over.alone).flat_map(|over| over.calls.iter().enumerate())
        {
            columns.push((call.name.clone(), Expr::column(keys.len() + n, call.ty.clone())));
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
        Some(Correlated { rows, width: shown, condition, over })
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

/// Joins the rows of a sub-query with the different values that it reads of the rows before it, `left`, as Flink's planner
/// does where it does not compare by `=` alone (`RelDecorrelator`, value generator). Everything then reads those values;
/// gives the conditions that they equal those of the row outside.
fn beside_values(
    from: &mut From,
    parts: &mut Parts,
    condition: Vec<Expr>,
    left: &Relation,
    origin: &Origin,
) -> Option<Vec<Expr>> {
    let width = from.width();
    let mut read: Vec<(usize, DataType)> = Vec::new();
    let items = parts.items.iter_mut().filter_map(|i| i.expr.as_mut());
    let calls = parts.calls.iter_mut().flat_map(|c| c.arguments.iter_mut().chain(&mut c.filter));
    let mut exprs: Vec<&mut Expr> = items.chain(calls).chain(&mut parts.having).collect();
    let mut rest: Vec<&Expr> = exprs.iter().map(|e| &**e).chain(&condition).collect();
    while let Some(expr) = rest.pop() {
        rest.extend(expr.children());
        if let Some(column) = expr.as_column().filter(|c| (width..AGGREGATE).contains(c))
            && read.iter().all(|(c, _)| *c != column - width)
        {
            read.push((column - width, expr.ty.clone()));
        }
    }
    read.sort_by_key(|(column, _)| *column);
    let columns: Vec<Expr> = read.iter().map(|(c, ty)| Expr::column(*c, ty.clone())).collect();
    let values = relations::project(left.clone(), named(&columns), origin.clone());
    let values =
        if values.props.keys.is_empty() { relations::distinct(values, origin.clone()) } else { values };
    let place = |i: usize| match read.iter().position(|(c, _)| i >= width && *c == i - width) {
        Some(n) => width + n,
        None => i,
    };
    for expr in &mut exprs {
        let taken = std::mem::replace(&mut **expr, Expr::error(None));
        **expr = taken.map_columns(&place);
    }
    from.tree = Some(Tree::Join {
        left: Box::new(from.tree.take()?),
        right: Box::new(Tree::Leaf(Box::new(values))),
        kind: JoinKind::Inner,
        on: condition.into_iter().map(|e| e.map_columns(&place)).collect(),
        kept: [None; 2],
        origin: origin.clone(),
    });
    from.tables.last_mut()?.hidden += read.len();
    let behind = width + read.len();
    let equal = streamc_functions::operator("=")?;
    let pairs = read.into_iter().enumerate().map(|(n, (column, ty))| {
        let of = DataType::boolean().with_nullable(ty.nullable);
        let arguments = vec![Expr::column(width + n, ty.clone()), Expr::column(behind + column, ty)];
        Expr::new(ExprKind::Call { function: equal, arguments }, of)
    });
    Some(pairs.collect())
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
