//! `ORDER BY … LIMIT`.

use super::{Body, Derived, QueryBinder};
use crate::bind::Binder;
use sqlparser::ast::OrderBySort;
use sqlparser::ast::{
    Expr as Sql, LimitClause, OrderByExpr, OrderByKind, Query, Value as SqlValue, ValueWithSpan,
};
use streamc_diagnostics::codes::names::{AMBIGUOUS_COLUMN, UNKNOWN_COLUMN};
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, Origin, Relation, SortKey, relations};
use streamc_types::TypeKind;

/// The order and limit of a query.
pub(super) struct Order<'q> {
    pub(super) keys: Vec<Key<'q>>,
    limit: u64,
    /// Of `ORDER BY`, or of `LIMIT`.
    pub(super) span: Option<Span>,
}

pub(super) struct Key<'q> {
    pub(super) sql: &'q Sql,
    pub(super) descending: bool,
}

/// The first rows in an order; in any order without keys.
pub(super) fn limited(relation: Relation, keys: Vec<(usize, bool)>, order: Option<&Order<'_>>) -> Relation {
    let Some(order) = order else { return relation };
    if keys.is_empty() {
        return relations::limit(relation, order.limit, Origin::new("LIMIT", order.span));
    }
    let keys = keys.into_iter().map(|(column, descending)| SortKey { column, descending }).collect();
    relations::rank(relation, Vec::new(), keys, order.limit, None, Origin::new("ORDER BY", order.span))
}

impl Binder<'_> {
    /// Refuses to order by a map ("is not an orderable data type", `SortCodeGenerator`).
    pub(super) fn orderable(&mut self, key: Expr) -> Expr {
        if !matches!(key.ty.kind, TypeKind::Map(..) | TypeKind::Multiset(_)) {
            return key;
        }
        let at = key.span.unwrap_or(self.tokens.whole);
        let d = Diagnostic::new(TYPE_MISMATCH, at, format!("values of type `{}` have no order", key.ty.kind));
        self.report(d.help("order by one of its values: `attrs['size']`"));
        Expr::error(at)
    }
}

impl QueryBinder<'_> {
    /// The order and limit; an order without a limit, and an offset, are refused.
    pub(super) fn order<'q>(&mut self, query: &'q Query, span: Span) -> Option<Order<'q>> {
        let tokens = self.binder.tokens;
        let limit = self.limit(query, span);
        let mut keys = Vec::new();
        let mut at = None;
        if let Some(by) = &query.order_by {
            if by.interpolate.is_some() {
                let place = self.word(span, "INTERPOLATE");
                self.unsupported(place, "`INTERPOLATE` is");
            }
            match &by.kind {
                OrderByKind::Expressions(list) => {
                    for (n, key) in list.iter().enumerate() {
                        let place = tokens.widen(tokens.extent(&key.expr), if n == 0 { 2 } else { 0 }, 0);
                        at = Some(at.map_or(place, |s: Span| s.cover(place)));
                        let descending = self.direction(key);
                        keys.push(Key { sql: &key.expr, descending });
                    }
                }
                OrderByKind::All(_) => {
                    let place = self.word(span, "ORDER");
                    self.unsupported(place, "`ORDER BY ALL` is");
                    return None;
                }
            }
            if limit.is_none() && query.limit_clause.is_none() && query.fetch.is_none() {
                let place = at.unwrap_or(span);
                let d = Diagnostic::new(SQL_UNSUPPORTED, place, "`ORDER BY` without `LIMIT` is not supported yet")
                    .help("a stream has no end to sort up to: say how many rows to keep with `LIMIT`, or leave the order to the reader");
                self.binder.report(d);
                return None;
            }
        }
        let (limit, place) = limit?;
        Some(Order { keys, limit, span: at.or(Some(place)) })
    }

    fn limit(&mut self, query: &Query, span: Span) -> Option<(u64, Span)> {
        let tokens = self.binder.tokens;
        let sql = match (&query.limit_clause, &query.fetch) {
            (None, None) => return None,
            (Some(LimitClause::LimitOffset { limit, offset, limit_by }), _) => {
                if offset.is_some() {
                    let at = self.word(span, "OFFSET");
                    self.unsupported(at, "`OFFSET` is");
                    return None;
                }
                if limit.is_none() {
                    let at = self.word(span, "LIMIT");
                    self.unsupported(at, "`LIMIT ALL` is");
                    return None;
                }
                if !limit_by.is_empty() {
                    let at = self.word(span, "LIMIT");
                    self.unsupported(at, "`LIMIT … BY` is");
                    return None;
                }
                limit.as_ref()
            }
            (Some(LimitClause::OffsetCommaLimit { .. }), _) => {
                let at = self.word(span, "LIMIT");
                self.unsupported(at, "`LIMIT a, b` is");
                return None;
            }
            (None, Some(fetch)) => {
                if fetch.percent || fetch.with_ties {
                    let at = self.word(span, "FETCH");
                    self.unsupported(at, "`FETCH` with `PERCENT` or `WITH TIES` is");
                    return None;
                }
                fetch.quantity.as_ref()
            }
        }?;
        let at = tokens.extent(sql);
        match sql {
            Sql::Value(ValueWithSpan { value: SqlValue::Number(n, _), .. }) if n.parse::<u64>().is_ok() => {
                let limit = n.parse().unwrap_or(0);
                if limit > relations::MOST_ROWS {
                    self.unsupported(at, &format!("a limit above {} is", relations::MOST_ROWS));
                    return None;
                }
                Some((limit, tokens.widen(at, 1, 0)))
            }
            _ => {
                self.unsupported(at, "a limit that is no whole number is");
                None
            }
        }
    }

    /// Whether a key is descending. `NULL` comes first ascending and last descending, as in Flink; anything else is
    /// refused.
    pub(super) fn direction(&mut self, key: &OrderByExpr) -> bool {
        let descending = matches!(key.options.sort, Some(OrderBySort::Desc));
        if let Some(first) = key.options.nulls_first
            && first == descending
        {
            let at = self.binder.tokens.extent(&key.expr);
            let at = self.word(at, "NULLS");
            self.unsupported(at, "`NULLS FIRST` for a descending and `NULLS LAST` for an ascending order is");
        }
        if key.with_fill.is_some() {
            let at = self.binder.tokens.extent(&key.expr);
            self.unsupported(at, "`WITH FILL` is");
        }
        descending
    }

    /// The output column that a key of `ORDER BY` names, by position or name; `Err` after an error.
    pub(super) fn output_key(&mut self, sql: &Sql, names: &[&str]) -> Option<Result<usize, ()>> {
        match sql {
            Sql::Value(ValueWithSpan { value: SqlValue::Number(n, _), span }) => {
                let at = self.binder.tokens.sql(*span);
                let column =
                    n.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|n| *n < names.len());
                if column.is_none() {
                    let message = format!("there is no column {n}: the query has {}", names.len());
                    self.binder.report(Diagnostic::new(UNKNOWN_COLUMN, at, message));
                }
                Some(column.ok_or(()))
            }
            Sql::Identifier(ident) => {
                let column = names.iter().position(|n| *n == ident.value)?;
                if names[column + 1..].contains(&ident.value.as_str()) {
                    let at = self.binder.tokens.extent(sql);
                    let message = format!("`{0}` is ambiguous: two columns are named `{0}`", ident.value);
                    let d = Diagnostic::new(AMBIGUOUS_COLUMN, at, message)
                        .help("give one of them another name with `AS`");
                    self.binder.report(d);
                    return Some(Err(()));
                }
                Some(Ok(column))
            }
            _ => None,
        }
    }

    /// Orders and limits a union.
    pub(super) fn ordered(&mut self, derived: Derived, order: Option<&Order<'_>>) -> Derived {
        let Some(order) = order else { return derived };
        let names: Vec<&str> = derived.schema.names().collect();
        let mut keys = Vec::new();
        for key in &order.keys {
            match self.output_key(key.sql, &names) {
                Some(Ok(column)) => keys.push((column, key.descending)),
                Some(Err(())) => return Derived::missing(),
                None => {
                    let at = self.binder.tokens.extent(key.sql);
                    self.unsupported(at, "`ORDER BY` an expression over a union is");
                    return Derived::missing();
                }
            }
        }
        match self.finished(derived) {
            Some(relation) => Derived::ready(limited(relation, keys, Some(order))),
            None => Derived { body: Body::Missing, ..Derived::missing() },
        }
    }
}
