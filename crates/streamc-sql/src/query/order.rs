//! `ORDER BY … LIMIT`.

use super::{Body, Derived, QueryBinder};
use crate::bind::{Binder, Env};
use crate::scope::Scope;
use smol_str::format_smolstr;
use sqlparser::ast::OrderBySort;
use sqlparser::ast::{
    Expr as Sql, LimitClause, OrderByExpr, OrderByKind, Query, Value as SqlValue, ValueWithSpan,
};
use streamc_diagnostics::codes::names::{AMBIGUOUS_COLUMN, UNKNOWN_COLUMN};
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Direction, Expr, ExprKind, Origin, Relation, SortKey, relations};
use streamc_types::{DataType, TypeKind, Value};

/// The order and limit of a query.
pub(super) struct Order<'q> {
    pub(super) keys: Vec<Key<'q>>,
    /// How many rows, behind how many; `None` for all of them.
    limit: Option<(u64, u64)>,
    /// Of `ORDER BY`, or of `LIMIT`.
    pub(super) span: Option<Span>,
}

pub(super) struct Key<'q> {
    pub(super) sql: &'q Sql,
    pub(super) direction: Direction,
}

impl Order<'_> {
    /// Whether the first rows are left out.
    pub(super) fn leaves_out(&self) -> bool {
        self.limit.is_some_and(|(_, offset)| offset > 0)
    }
}

impl Binder<'_> {
    /// Refuses to order by a map ("is not an orderable data type", `SortCodeGenerator`).
    pub(super) fn orderable(&mut self, key: Expr) -> Expr {
        let help = match key.ty.kind {
            TypeKind::Map(..) | TypeKind::Multiset(_) => "order by one of its values: `attrs['size']`",
            TypeKind::Variant => "order by a value of it: `CAST(v['size'] AS INT)`",
            TypeKind::Bitmap => "order by what can be counted of it: `BITMAP_CARDINALITY(b)`",
            _ => return key,
        };
        let at = key.span.unwrap_or(self.tokens.whole);
        let d = Diagnostic::new(TYPE_MISMATCH, at, format!("values of type `{}` have no order", key.ty.kind));
        self.report(d.help(help));
        Expr::error(at)
    }
}

/// The rows with further columns, computed of them.
pub(super) fn with_columns(relation: Relation, computed: Vec<Expr>, origin: Origin) -> Relation {
    if computed.is_empty() {
        return relation;
    }
    let mut columns = super::select::all_columns(&relation.props.schema);
    for expr in computed {
        columns.push((format_smolstr!("$by{}", columns.len()), expr));
    }
    crate::group::project(relation, columns, origin)
}

/// The first `width` columns of the rows.
pub(super) fn first_columns(relation: Relation, width: usize, origin: Origin) -> Relation {
    if relation.props.schema.len() <= width {
        return relation;
    }
    let mut columns = super::select::all_columns(&relation.props.schema);
    columns.truncate(width);
    relations::project(relation, columns, origin)
}

impl QueryBinder<'_> {
    /// The rows in an order, or the first in it; in any order without keys. `None` after an error.
    pub(super) fn limited(
        &mut self,
        relation: Relation,
        keys: Vec<SortKey>,
        order: Option<&Order<'_>>,
    ) -> Option<Relation> {
        let Some(order) = order else { return Some(relation) };
        let origin = Origin::new("ORDER BY", order.span);
        let Some((limit, offset)) = order.limit else { return self.sorted(relation, keys, origin) };
        if keys.is_empty() {
            if offset > 0 && !relation.props.changelog.is_insert_only() {
                let at = order.span.unwrap_or(self.binder.tokens.whole);
                let message = "`OFFSET` without `ORDER BY` over rows that change is not supported";
                let d = Diagnostic::new(SQL_UNSUPPORTED, at, message)
                    .help("say in which order rows are left out");
                self.binder.report(d);
                return None;
            }
            return Some(relations::limit_behind(relation, offset, limit, Origin::new("LIMIT", order.span)));
        }
        if offset == 0 || limit == 0 {
            return Some(relations::sort_limit(relation, keys, limit, None, origin));
        }
        // The rows of the first ranks, without those of the very first.
        let columns = super::select::all_columns(&relation.props.schema);
        let width = columns.len();
        let most = limit.saturating_add(offset);
        let ranked = relations::sort_limit(relation, keys, most, Some("$rank".into()), origin.clone());
        let number =
            |ty: TypeKind, value| (Expr::literal(Value::Int(value), DataType::not_null(ty.clone())), ty);
        let (behind, ty) = number(TypeKind::BigInt, i64::try_from(offset).unwrap_or(i64::MAX));
        let rank = Expr::column(width, DataType::not_null(ty));
        let greater = streamc_functions::operator(">")?;
        let kind = ExprKind::Call { function: greater, arguments: vec![rank, behind] };
        let predicate = Expr::new(kind, DataType::not_null(TypeKind::Boolean));
        let filtered = relations::filter(ranked, predicate, Origin::new("OFFSET", order.span));
        Some(relations::project(filtered, columns, origin))
    }

    /// All rows in an order, whose first column is event time, ascending (Flink's `StreamPhysicalTemporalSort`); `None`
    /// after an error.
    fn sorted(&mut self, relation: Relation, keys: Vec<SortKey>, origin: Origin) -> Option<Relation> {
        let at = origin.span.unwrap_or(self.binder.tokens.whole);
        let column = keys.first().and_then(|k| relation.props.schema.columns.get(k.column));
        let by_time = column.is_some_and(|c| c.time.is_some());
        let refusal = if !by_time || keys.first().is_some_and(|k| k.direction.descending) {
            let message = "`ORDER BY` without `LIMIT` starts with event time, ascending";
            let help = "a stream has no end to sort up to: say how many rows to keep with `LIMIT`, or leave the order to \
                        the reader";
            Some((message, help))
        } else if !relation.props.changelog.is_insert_only() {
            let message = "`ORDER BY` without `LIMIT` takes rows that are only added";
            Some((
                message,
                "sort before the grouping, join or ranking that makes rows change, or add a `LIMIT`",
            ))
        } else {
            None
        };
        if let Some((message, help)) = refusal {
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return None;
        }
        Some(relations::sort(relation, keys, origin))
    }

    /// The order and limit.
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
                        let direction = self.direction(key);
                        keys.push(Key { sql: &key.expr, direction });
                    }
                }
                OrderByKind::All(_) => {
                    let place = self.word(span, "ORDER");
                    self.unsupported(place, "`ORDER BY ALL` is");
                    return None;
                }
            }
            if limit.is_none() && query.limit_clause.is_none() && query.fetch.is_none() {
                return Some(Order { keys, limit: None, span: at });
            }
        }
        let (limit, offset, place) = limit?;
        Some(Order { keys, limit: Some((limit, offset)), span: at.or(Some(place)) })
    }

    /// How many rows, behind how many; `None` if nothing is said of it, or after an error.
    fn limit(&mut self, query: &Query, span: Span) -> Option<(u64, u64, Span)> {
        let tokens = self.binder.tokens;
        let mut behind = None;
        let sql = match (&query.limit_clause, &query.fetch) {
            (None, None) => return None,
            (Some(LimitClause::LimitOffset { limit, offset, limit_by }), fetch) => {
                if !limit_by.is_empty() {
                    let at = self.word(span, "LIMIT");
                    self.unsupported(at, "`LIMIT … BY` is");
                    return None;
                }
                behind = offset.as_ref().map(|offset| &offset.value);
                match (limit, fetch) {
                    (Some(_), Some(_)) => {
                        let at = self.word(span, "FETCH");
                        self.unsupported(at, "`FETCH` next to `LIMIT` is");
                        return None;
                    }
                    (None, None) if behind.is_some() => {
                        let at = self.word(span, "OFFSET");
                        let d = Diagnostic::new(SQL_UNSUPPORTED, at, "`OFFSET` without `LIMIT` is not supported")
                            .help("Flink leaves rows out only where it is said how many come behind them: `LIMIT n OFFSET m`");
                        self.binder.report(d);
                        return None;
                    }
                    (None, None) => {
                        let at = self.word(span, "LIMIT");
                        self.unsupported(at, "`LIMIT ALL` is");
                        return None;
                    }
                    (None, Some(fetch)) => self.fetched(fetch, span),
                    (Some(limit), None) => Some(limit),
                }
            }
            (Some(LimitClause::OffsetCommaLimit { .. }), _) => {
                let at = self.word(span, "LIMIT");
                self.unsupported(at, "`LIMIT a, b` is");
                return None;
            }
            (None, Some(fetch)) => self.fetched(fetch, span),
        }?;
        let limit = self.rows(sql)?;
        let offset = match behind {
            Some(sql) => self.rows(sql)?,
            None => 0,
        };
        Some((limit, offset, tokens.widen(tokens.extent(sql), 1, 0)))
    }

    fn fetched<'q>(&mut self, fetch: &'q sqlparser::ast::Fetch, span: Span) -> Option<&'q Sql> {
        let at = self.word(span, "FETCH");
        if fetch.percent || fetch.with_ties {
            self.unsupported(at, "`FETCH` with `PERCENT` or `WITH TIES` is");
            return None;
        }
        if fetch.quantity.is_none() {
            self.unsupported(at, "`FETCH` without a number is");
        }
        fetch.quantity.as_ref()
    }

    /// A number of rows.
    fn rows(&mut self, sql: &Sql) -> Option<u64> {
        let at = self.binder.tokens.extent(sql);
        match sql {
            Sql::Value(ValueWithSpan { value: SqlValue::Number(n, _), .. }) if n.parse::<u64>().is_ok() => {
                let rows = n.parse().unwrap_or(0);
                if rows > relations::MOST_ROWS {
                    self.unsupported(at, &format!("a limit above {} is", relations::MOST_ROWS));
                    return None;
                }
                Some(rows)
            }
            _ => {
                self.unsupported(at, "a limit that is no whole number is");
                None
            }
        }
    }

    /// The way of a key. `NULL` comes first ascending and last descending if nothing is said of it.
    pub(super) fn direction(&mut self, key: &OrderByExpr) -> Direction {
        let mut direction = Direction::new(matches!(key.options.sort, Some(OrderBySort::Desc)));
        if let Some(first) = key.options.nulls_first {
            direction.nulls_last = !first;
        }
        if key.with_fill.is_some() {
            let at = self.binder.tokens.extent(&key.expr);
            self.unsupported(at, "`WITH FILL` is");
        }
        direction
    }

    /// The output column that a key of `ORDER BY` names, by position or name; `Err` after an error.
    pub(super) fn output_key(&mut self, sql: &Sql, names: &[&str]) -> Option<Result<usize, ()>> {
        match crate::bind::bare(sql) {
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
        let schema = derived.schema.clone();
        let (names, scope): (Vec<&str>, _) = (schema.names().collect(), Scope::single("", &schema));
        let (mut keys, mut computed) = (Vec::new(), Vec::new());
        for key in &order.keys {
            let column = match self.output_key(key.sql, &names) {
                Some(Ok(column)) => column,
                Some(Err(())) => return Derived::missing(),
                None => {
                    let bound = self.binder.expr(key.sql, Env::new(&scope, "ORDER BY"));
                    let bound = self.binder.typed(bound);
                    computed.push(self.binder.orderable(bound));
                    names.len() + computed.len() - 1
                }
            };
            keys.push(SortKey { column, direction: key.direction });
        }
        if computed.iter().any(|e| e.ty.is_unknown()) {
            return Derived::missing();
        }
        let Some(relation) = self.finished(derived) else {
            return Derived { body: Body::Missing, ..Derived::missing() };
        };
        let origin = Origin::new("ORDER BY", order.span);
        let relation = with_columns(relation, computed, origin.clone());
        match self.limited(relation, keys, Some(order)) {
            Some(relation) => Derived::ready(first_columns(relation, names.len(), origin)),
            None => Derived::missing(),
        }
    }
}
