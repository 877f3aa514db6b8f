//! From the bound parts of a `SELECT` to relations.

use super::{Item, OrderKey, Origins, Parts, all_columns};
use crate::bind::OverWindow;
use crate::group;
use crate::query::from::From;
use crate::query::hints::keep;
use crate::query::order::{Order, first_columns, with_columns};
use crate::query::rank::{self, Ranked};
use crate::query::tree::all_of;
use crate::query::value::{Joined, Places, reads_subquery};
use crate::query::{Body, QueryBinder};
use smol_str::{SmolStr, format_smolstr};
use sqlparser::ast::{Distinct, Select};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_plan::{AggregateCall, Direction, Expr, Origin, Relation, SortKey, relations};
use streamc_types::{DataType, RowSchema, TypeKind, Value};

/// Each row as often as the only grouping set is written. Flink makes a union of them; a union of the same aggregation over a
/// stream with itself loses rows on Spark.
fn repeated(rows: Relation, copies: usize, origin: Origin) -> Relation {
    let count = Value::Int(i64::try_from(copies).unwrap_or(i64::MAX));
    let mut columns = all_columns(&rows.props.schema);
    columns.push(("$copies".into(), Expr::literal(count, DataType::not_null(TypeKind::BigInt))));
    relations::replicate(group::project(rows, columns, origin.clone()), origin)
}

impl QueryBinder<'_> {
    /// The rows of `FROM` and `WHERE`.
    pub(in crate::query) fn input(
        &mut self,
        from: From,
        parts: &mut Parts,
        grouped: bool,
        origin: &Origin,
    ) -> Option<Relation> {
        let filters = std::mem::take(&mut parts.filters);
        let (late, filters): (Vec<Expr>, Vec<Expr>) = filters.into_iter().partition(reads_subquery);
        let (relation, rest) = match (from.tree, from.ranked) {
            (Some(mut tree), _) => {
                let rest: Vec<Expr> = filters.into_iter().filter_map(|part| tree.absorb(part)).collect();
                (tree.lower(), rest)
            }
            (None, Some(ranked)) => {
                if let Some(at) =
                    parts.tests.iter().chain(&parts.values).find_map(|joined| joined.origin.span)
                {
                    self.unsupported(at, "a sub-query next to the bound of `ROW_NUMBER()` is");
                    return None;
                }
                if let Some(at) = parts.over.first().and_then(|(call, _)| call.span) {
                    self.unsupported(at, "`OVER` next to the bound of `ROW_NUMBER()` is");
                    return None;
                }
                let Some((at, limit)) = rank::bound(&filters, ranked.number) else {
                    if rank::asks(&filters, ranked.number) {
                        self.unbounded_rank(&ranked);
                        return None;
                    }
                    return match ranked.counted() {
                        Ok(rows) if filters.is_empty() => Some(rows),
                        Ok(rows) => Some(relations::filter(rows, all_of(filters), origin.clone())),
                        Err(ranked) => {
                            self.unbounded_rank(&ranked);
                            None
                        }
                    };
                };
                if ranked.has_constant_order() {
                    let message = "what `ROW_NUMBER()` orders by is the same in all rows";
                    let d = Diagnostic::new(SQL_UNSUPPORTED, ranked.span, message).help(
                        "Flink's planner leaves such columns out and refuses an order of nothing: order by a column that tells \
                         the rows apart",
                    );
                    self.binder.report(d);
                    return None;
                }
                let mut rest = filters;
                rest.remove(at);
                let number = ranked.number;
                let uses = |e: &Expr| e.columns().contains(&number);
                let used = rest.iter().any(uses) || parts.reads(grouped, &uses);
                let map = ranked.places();
                let relation = ranked.lower(limit, used);
                let place = |i: usize| map.get(i).copied().unwrap_or(i);
                parts.move_columns(grouped, &place);
                (relation, rest.into_iter().map(|e| e.map_columns(&place)).collect())
            }
            (None, None) => return None,
        };
        let relation = if rest.is_empty() {
            relation
        } else {
            relations::filter(relation, all_of(rest), origin.clone())
        };
        let mut places = Places::default();
        if let Some(joined) =
            parts.tests.iter().find(|joined| joined.correlated && joined.meets_unnest(&relation))
        {
            let at = joined.origin.span.unwrap_or(self.binder.tokens.whole);
            let message = "Flink cannot plan a sub-query that reads the row around it next to `UNNEST`";
            let help = "write it as a join, or as `IN` with a sub-query that stands by itself";
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return None;
        }
        let tests = std::mem::take(&mut parts.tests).into_iter();
        let mut relation = tests.fold(relation, |rows, joined| joined.apply(rows, &mut places, &late));
        if !late.is_empty() {
            let late = late.into_iter().map(|e| e.map_columns(&|i| places.of(i))).collect();
            relation = relations::filter(relation, all_of(late), origin.clone());
        }
        parts.move_columns(grouped, &|i| places.of(i));
        Some(relation)
    }

    /// The rows of the whole `SELECT`, from those of `FROM` and `WHERE`.
    pub(super) fn lower(
        &mut self,
        mut relation: Relation,
        parts: Parts,
        (grouped, kept): (bool, Option<i64>),
        select: &Select,
        origins: &Origins,
        order: Option<&Order<'_>>,
    ) -> Option<Body> {
        let Parts {
            keys,
            sets,
            copies,
            window,
            mut calls,
            mut over,
            mut having,
            mut items,
            number,
            order: mut sort,
            values,
            ..
        } = parts;
        if let Some(at) = number.as_ref().map(|n| n.span).filter(|_| !values.is_empty()) {
            self.unsupported(at, "`OVER` next to a sub-query is");
            return None;
        }
        let of_over = |(call, window): &(AggregateCall, OverWindow)| {
            let mut parts =
                call.arguments.iter().chain(&call.filter).chain(&window.partition).chain([&window.order]);
            parts.find(|e| reads_subquery(e)).map(|e| e.span.or(call.span))
        };
        if let Some(at) = over.iter().find_map(of_over) {
            let at = at.unwrap_or(self.binder.tokens.whole);
            let message = "Flink cannot plan a sub-query inside of `OVER`";
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder.report(d.help("compute it in a sub-query in `FROM` first"));
            return None;
        }
        if let Some(at) =
            over.first().and_then(|(call, _)| call.span).filter(|_| grouped && !values.is_empty())
        {
            self.unsupported(at, "`OVER` next to a grouping and a sub-query is");
            return None;
        }
        if let (Some(number), Some((call, _))) = (&number, over.first()) {
            let at = call.span.unwrap_or(number.span);
            self.unsupported(at, "another function with `OVER` next to `ROW_NUMBER()` is");
            return None;
        }
        if !grouped && !over.is_empty() {
            relation = self.over(relation, std::mem::take(&mut over), &mut items)?;
        }
        if grouped {
            let named: Vec<(SmolStr, Expr)> =
                items.iter().filter_map(|i| i.expr.clone().map(|e| (i.name.clone(), e))).collect();
            group::name_calls(&mut calls, keys.len(), &named);
            let span = calls.first().and_then(|c| c.span);
            let origin = origins.group.clone().unwrap_or_else(|| Origin::new("SELECT", span));
            if let Some(window) = &window {
                relation = self.windowed(relation, window, &keys)?;
            }
            relation = match sets {
                Some(sets) => {
                    let rows = group::aggregate_sets(relation, &keys, sets, calls, origin.clone());
                    if copies > 1 { repeated(rows, copies, origin) } else { rows }
                }
                None => group::aggregate(relation, &keys, calls, origin),
            };
            if let Some(millis) = kept {
                keep(&mut relation, millis);
            }
            if window.is_some() {
                // To Flink the bounds of a group window are values like others from here on.
                relation.props.window = None;
            }
        }
        if !values.is_empty() {
            relation = with_values(relation, values, &mut having, &mut items, &mut sort);
        }
        if let Some(having) = having {
            relation = relations::filter(relation, having, origins.having.clone());
        }
        if !over.is_empty() {
            relation = self.over(relation, over, &mut items)?;
        }
        let mut columns: Vec<(SmolStr, Expr)> =
            items.iter().filter_map(|i| i.expr.clone().map(|e| (i.name.clone(), e))).collect();
        let distinct = match &select.distinct {
            Some(Distinct::Distinct) => {
                Some(Origin::new("DISTINCT", self.word(origins.select.span?, "DISTINCT")))
            }
            Some(Distinct::On(_)) => {
                let at = self.word(origins.select.span?, "DISTINCT");
                self.unsupported(at, "`DISTINCT ON` is");
                return None;
            }
            _ => None,
        };
        if let Some(number) = number {
            if distinct.is_some() || order.is_some() {
                self.unsupported(number.span, "`ROW_NUMBER()` next to `DISTINCT`, `ORDER BY` or `LIMIT` is");
                return None;
            }
            let position = items.iter().position(|i| i.expr.is_none())?;
            let schema = relation.props.schema.clone();
            let partition = number.partition.into_iter().map(|e| hidden(&mut columns, e, &schema)).collect();
            let sort = number
                .order
                .into_iter()
                .map(|(e, direction)| SortKey { column: hidden(&mut columns, e, &schema), direction })
                .collect();
            let input = group::project(relation, columns, origins.select.clone());
            let ranked = Ranked::new(input, partition, sort, items.len(), position, number.name, number.span);
            return Some(Body::Ranked(Box::new(ranked)));
        }
        let width = columns.len();
        // What distinct rows are ordered by is computed of them.
        let mut behind = Vec::new();
        let mut keys = Vec::with_capacity(sort.len());
        for (key, direction) in sort {
            let column = match key {
                OrderKey::Output(column) => column,
                OrderKey::Expr(e) if distinct.is_some() => {
                    let at = e.span.or(order.and_then(|o| o.span)).unwrap_or(self.binder.tokens.whole);
                    let Some(e) = over_items(e, &columns) else {
                        let message = "distinct rows are ordered by what the select list has";
                        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
                        self.binder.report(d.help("give it to the select list, or leave `DISTINCT` out"));
                        return None;
                    };
                    behind.push(e);
                    width + behind.len() - 1
                }
                OrderKey::Expr(e) => hidden(&mut columns, e, &relation.props.schema),
            };
            keys.push(SortKey { column, direction });
        }
        relation = group::project(relation, columns, origins.select.clone());
        // Rows with a key are distinct already, and Flink's planner leaves the step out too (`AggregateRemoveRule`).
        let all: Vec<usize> = (0..relation.props.schema.len()).collect();
        let told_apart = !relation.props.keys.is_empty() || relations::are_distinct(&relation, &all);
        if let Some(origin) = distinct.filter(|_| !told_apart) {
            relation = relations::distinct(relation, origin);
            if let Some(millis) = kept.filter(|_| !grouped) {
                keep(&mut relation, millis);
            }
        }
        relation = with_columns(relation, behind, origins.select.clone());
        relation = self.limited(relation, keys, order)?;
        Some(Body::Ready(first_columns(relation, width, origins.select.clone())))
    }
}

/// Joins the rows with the sub-queries of the select list and of `HAVING`.
fn with_values(
    mut relation: Relation,
    values: Vec<Joined>,
    having: &mut Option<Expr>,
    items: &mut [Item],
    sort: &mut [(OrderKey, Direction)],
) -> Relation {
    let mut places = Places::default();
    let tests: Vec<Expr> = having.iter().flat_map(Expr::conjuncts).cloned().collect();
    for joined in values {
        relation = joined.apply(relation, &mut places, &tests);
    }
    let sort = sort.iter_mut().filter_map(|(key, _)| match key {
        OrderKey::Expr(e) => Some(e),
        OrderKey::Output(_) => None,
    });
    let items = items.iter_mut().filter_map(|i| i.expr.as_mut());
    for expr in items.chain(having.iter_mut()).chain(sort) {
        let taken = std::mem::replace(expr, Expr::error(None));
        *expr = taken.map_columns(&|i| places.of(i));
    }
    relation
}

/// The position of `expr` among `columns`, added behind them if it is not there.
/// The expression over the columns of the select list in place of what they are computed of; `None` if it reads more.
fn over_items(expr: Expr, columns: &[(SmolStr, Expr)]) -> Option<Expr> {
    if let Some(i) = columns.iter().position(|(_, e)| group::same(e, &expr)) {
        return Some(Expr::column(i, expr.ty).at(expr.span));
    }
    if expr.as_column().is_some() {
        return None;
    }
    let mut expr = expr;
    for child in expr.children_mut() {
        let taken = std::mem::replace(child, Expr::error(None));
        *child = over_items(taken, columns)?;
    }
    Some(expr)
}

fn hidden(columns: &mut Vec<(SmolStr, Expr)>, expr: Expr, schema: &RowSchema) -> usize {
    if let Some(i) = columns.iter().position(|(_, e)| group::same(e, &expr)) {
        return i;
    }
    let own = expr.as_column().and_then(|i| schema.columns.get(i)).map(|c| c.name.clone());
    let name = own.filter(|name| columns.iter().all(|(n, _)| n != name));
    columns.push((name.unwrap_or_else(|| format_smolstr!("$by{}", columns.len())), expr));
    columns.len() - 1
}
