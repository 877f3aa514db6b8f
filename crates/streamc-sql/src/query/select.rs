//! `SELECT`.

mod lower;

use super::from::From;
use super::gather::gathered;
use super::group_window::{GroupWindow, group_window};
use super::order::Order;
use super::order_names::over_the_row;
use super::rank;
use super::semi::{self, Test};
use super::sets::{self, Sets};
use super::tree::all_of;
use super::value::Joined;
use super::{Body, Derived, QueryBinder};
use crate::bind::{Env, Grouping, OverWindow, Windows};
use crate::group;
use crate::scope::Scope;
use smol_str::{SmolStr, format_smolstr};
use sqlparser::ast::{GroupByExpr, Select, SelectItem};
use std::cell::RefCell;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Direction, Expr, ExprKind, Origin};
use streamc_types::{Column, DataType, RowSchema, TypeKind, Value};

/// A column of the select list; `expr` is `None` for the row number.
pub(super) struct Item {
    pub(super) name: SmolStr,
    pub(super) expr: Option<Expr>,
    pub(super) span: Span,
    /// Whether it comes from `*` or `t.*`.
    pub(super) star: bool,
}

/// `ROW_NUMBER() OVER (PARTITION BY … ORDER BY …)` as a column.
pub(super) struct Number {
    partition: Vec<Expr>,
    order: Vec<(Expr, Direction)>,
    span: Span,
    name: SmolStr,
}

/// All expressions of a select, over one row.
pub(super) struct Parts {
    pub(super) filters: Vec<Expr>,
    /// Sub-queries of `WHERE`.
    pub(super) tests: Vec<Joined>,
    /// Sub-queries of the select list and of `HAVING`: over the groups, if there are any.
    pub(super) values: Vec<Joined>,
    pub(super) keys: Vec<Expr>,
    /// Of `GROUPING SETS` and the like: the positions in `keys` of each.
    pub(super) sets: Option<Vec<Vec<usize>>>,
    /// How often the rows of the groups come.
    pub(super) copies: usize,
    /// The group window among the keys.
    pub(super) window: Option<GroupWindow>,
    pub(super) calls: Vec<AggregateCall>,
    /// Calls with `OVER`.
    pub(super) over: Vec<(AggregateCall, OverWindow)>,
    pub(super) having: Option<Expr>,
    pub(super) items: Vec<Item>,
    pub(super) number: Option<Number>,
    pub(super) order: Vec<(OrderKey, Direction)>,
}

pub(super) enum OrderKey {
    Output(usize),
    Expr(Expr),
}

/// `(a, b)` in `GROUP BY` is `a, b`.
fn columns_of_key(key: &sqlparser::ast::Expr) -> &[sqlparser::ast::Expr] {
    match key {
        sqlparser::ast::Expr::Tuple(columns) => columns,
        one => std::slice::from_ref(one),
    }
}

/// Every column under its own name.
pub(super) fn all_columns(schema: &RowSchema) -> Vec<(SmolStr, Expr)> {
    schema.columns.iter().enumerate().map(|(i, c)| (c.name.clone(), Expr::column(i, c.ty.clone()))).collect()
}

/// Distinct names for what `*` brings, as Calcite makes them: `id`, `id0`, `id1` (`SqlValidatorUtil.uniquify`); of the
/// columns of a stream, for every column. Next to columns that are only sorted by, a number is at least the position.
pub(super) fn distinct_names(items: &mut [Item], all: bool, sorted: bool) {
    let mut used: Vec<SmolStr> = Vec::new();
    for item in items {
        let mut candidate = item.name.clone();
        let mut attempt = if sorted { used.len() } else { 0 };
        while (all || item.star) && used.contains(&candidate) {
            candidate = format_smolstr!("{}{attempt}", item.name);
            attempt += 1;
        }
        used.push(candidate.clone());
        item.name = candidate;
    }
}

impl QueryBinder<'_> {
    pub(super) fn select(&mut self, select: &Select, order: Option<&Order<'_>>, top: bool) -> Derived {
        let start = self.binder.tokens.sql(select.select_token.0.span);
        let errors = self.binder.diagnostics.iter().filter(|d| d.is_error()).count();
        self.odd_clauses(select, start);
        if let (Some(test), false) = (&select.qualify, select.from.is_empty()) {
            return self.qualified(select, test, order, top, start);
        }
        let hints = self.hints(start);
        self.hints.push(hints);
        let derived = self.hinted_select(select, None, order, top, (start, errors));
        self.hints.pop();
        derived
    }

    /// The `SELECT`; `given` stands for its `FROM`.
    pub(super) fn hinted_select(
        &mut self,
        select: &Select,
        given: Option<From>,
        order: Option<&Order<'_>>,
        top: bool,
        (start, errors): (Span, usize),
    ) -> Derived {
        let from = if let Some(from) = given {
            from
        } else if select.from.is_empty() {
            let Some(from) = self.without_from(select, start) else { return Derived::missing() };
            from
        } else {
            self.from(&select.from)
        };
        if let Some(hints) = self.hints.pop() {
            self.check_hints(&hints, &from);
            self.hints.push(hints);
        }
        let kept = self.kept(&from);
        let (mut parts, origins) = {
            let scope = from.scope();
            let aliases = self.aliases(select);
            let around = std::mem::replace(&mut self.binder.aliases, aliases);
            let parts = self.parts(select, order, &scope);
            self.binder.aliases = around;
            parts
        };
        self.check_padded(&from, &parts);
        let sorted = top && parts.sorts_by_hidden();
        distinct_names(&mut parts.items, top, sorted);
        let grouped = !parts.keys.is_empty()
            || !parts.calls.is_empty()
            || parts.having.is_some()
            || origins.group.is_some();
        if grouped {
            self.regroup(&mut parts, &from, &origins);
        }
        let schema = RowSchema::new(
            parts
                .items
                .iter()
                .map(|i| match &i.expr {
                    Some(e) => Column::new(i.name.clone(), e.ty.clone()),
                    None => Column::new(i.name.clone(), DataType::not_null(TypeKind::BigInt)),
                })
                .collect(),
        );
        let star = select
            .projection
            .iter()
            .any(|i| matches!(i, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
        let failed = Derived { schema: schema.clone(), open: star && from.is_open(), body: Body::Missing };
        let now = self.binder.diagnostics.iter().filter(|d| d.is_error()).count();
        if now > errors || parts.items.iter().any(|i| i.expr.as_ref().is_some_and(|e| e.ty.is_unknown())) {
            if let Some(ranked) = &from.ranked
                && rank::bound(&parts.filters, ranked.number).is_none()
                && select.selection.is_none()
            {
                self.unbounded_rank(ranked);
            }
            return failed;
        }
        let Some(input) = self.input(from, &mut parts, grouped, &origins.filter) else { return failed };
        self.lower(input, parts, (grouped, kept), select, &origins, order).map_or(failed, |body| {
            // Time attributes and keys come with the relation.
            let schema = match &body {
                Body::Ready(relation) => relation.props.schema.clone(),
                _ => schema,
            };
            Derived { schema, open: false, body }
        })
    }

    /// The names that a select list gives, with the text that each stands for.
    fn aliases(&self, select: &Select) -> Vec<(SmolStr, String)> {
        let named = |item: &SelectItem| match item {
            SelectItem::ExprWithAlias { expr, alias } => {
                let text = self.binder.text(self.binder.tokens.extent(expr));
                Some((SmolStr::new(&alias.value), text.to_owned()))
            }
            _ => None,
        };
        select.projection.iter().filter_map(named).collect()
    }

    /// Binds every expression of the select over the row of `FROM`.
    pub(super) fn parts(
        &mut self,
        select: &Select,
        order: Option<&Order<'_>>,
        scope: &Scope<'_>,
    ) -> (Parts, Origins) {
        let calls: RefCell<Vec<AggregateCall>> = RefCell::default();
        let is_key =
            |key: &sqlparser::ast::Expr| !matches!(key, sqlparser::ast::Expr::Tuple(of) if of.is_empty());
        let keyed = matches!(&select.group_by, GroupByExpr::Expressions(list, _) if list.iter().any(is_key));
        self.binder.check_window_names(&select.named_window);
        let windows = Windows { named: &select.named_window, calls: RefCell::default() };
        let aggregating =
            Env { calls: Some(&calls), keyed, windows: Some(&windows), ..Env::new(scope, "SELECT") };
        let tokens = self.binder.tokens;
        let mut origins = Origins {
            select: Origin::new("SELECT", tokens.sql(select.select_token.0.span)),
            filter: Origin::new("WHERE", None),
            group: None,
            insert: None,
            bad_key: false,
            having: Origin::new("HAVING", None),
        };
        let (mut filters, mut tests) = (Vec::new(), Vec::new());
        if let Some(sql) = &select.selection {
            origins.filter = Origin::new("WHERE", tokens.widen(tokens.extent(sql), 1, 0));
            let (conditions, members) = semi::split(sql);
            for sql in conditions {
                self.subqueries(sql, Env::new(scope, "WHERE"), true, &mut tests);
                let env = Env::new(scope, "WHERE");
                let predicate = self.binder.condition_of_many(sql, env, !members.is_empty());
                filters.extend(predicate.conjuncts().into_iter().cloned());
            }
            for member in &members {
                match self.member(member, Env::new(scope, "WHERE")) {
                    Some(Test::Joined(test)) => tests.push(test),
                    Some(Test::Constant(truth)) => filters.push(truth),
                    None => {}
                }
            }
        }
        let mut keys: Vec<Expr> = Vec::new();
        let mut sets = None;
        let mut window: Option<GroupWindow> = None;
        // The keys with sub-queries.
        let mut computed: Vec<(sqlparser::ast::Expr, Vec<sqlparser::ast::Expr>)> = Vec::new();
        if let GroupByExpr::Expressions(list, modifiers) = &select.group_by {
            let several = sets::has_sets(list);
            if several {
                let at = self.word(origins.select.span.unwrap_or(tokens.whole), "GROUP");
                origins.group = Some(Origin::new("GROUP BY", at));
                sets = self.grouping_sets(list, scope, select, at);
                origins.bad_key = sets.is_none();
                for (n, key) in sets.iter().flat_map(|s| s.keys.iter().enumerate()) {
                    let padded = sets.as_ref().is_some_and(|s: &Sets| s.is_padded(n));
                    let ty = key.ty.clone().with_nullable(key.ty.nullable || padded);
                    keys.push(Expr { ty, ..key.clone() });
                }
            }
            if !several && !list.is_empty() && !keyed {
                // `GROUP BY ()`: all rows are one group.
                let at = self.word(origins.select.span.unwrap_or(tokens.whole), "GROUP");
                origins.group = Some(Origin::new("GROUP BY", tokens.widen(at, 0, 3)));
            }
            let written = list.iter().filter(|_| !several).flat_map(columns_of_key);
            for (n, sql) in written.enumerate() {
                let at = tokens.extent(sql);
                let place = tokens.widen(at, if n == 0 { 2 } else { 0 }, 0);
                origins.group = Some(match origins.group.take() {
                    Some(o) => Origin::new("GROUP BY", o.span.map(|s: Span| s.cover(place))),
                    None => Origin::new("GROUP BY", place),
                });
                origins.insert = Some(Span { start: at.end, ..at });
                if let Some(call) = group_window(sql) {
                    if let Some(first) = &window {
                        let (first, d) = (first.span, "a second window in `GROUP BY` is not supported");
                        self.binder
                            .report(Diagnostic::new(SQL_UNSUPPORTED, at, d).also(first, "the first one"));
                        continue;
                    }
                    window = self.bind_group_window(call, scope, at);
                    origins.bad_key |= window.is_none();
                    keys.extend(window.iter().flat_map(GroupWindow::keys));
                    continue;
                }
                let of_key = gathered(sql);
                if !of_key.is_empty() {
                    let before = tests.len();
                    self.subqueries(sql, Env::new(scope, "GROUP BY"), false, &mut tests);
                    self.not_around(tests.get(before..).unwrap_or_default(), "`GROUP BY`");
                    computed.push((sql.clone(), of_key));
                }
                let key = self.group_key(sql, scope, select);
                origins.bad_key |= key.ty.is_unknown();
                if !key.ty.is_unknown() && !keys.iter().any(|k| group::same(k, &key)) {
                    keys.push(key);
                }
            }
            if let (Some(_), Some(span)) = (modifiers.first(), origins.group.as_ref().and_then(|g| g.span)) {
                self.unsupported(span, "`GROUP BY … WITH` is");
            }
        }
        // Next to the groups a key that some sets leave out may be `NULL`.
        let schemas = sets.as_ref().map(|s| s.schemas(scope)).unwrap_or_default();
        let padded = sets::scope_of(scope, &schemas);
        let known = sets.iter().flat_map(|s| &s.keys).filter(|k| !k.ty.nullable).filter_map(Expr::as_column);
        let known = known.collect();
        let copies = sets.as_ref().map_or(1, |s| s.copies);
        // `GROUPING SETS (())` is one group of all rows.
        let sets = sets.map(|s| s.sets).filter(|_| !keys.is_empty());
        let of = Grouping { keys: keys.clone(), sets: sets.clone(), known, copies };
        let grouping = origins.group.is_some().then_some(&of);
        let aggregating = Env { scope: &padded, grouping, group_window: window.as_ref(), ..aggregating };
        let mut items: Vec<Item> = Vec::new();
        let mut values = Vec::new();
        let mut number = None;
        for item in &select.projection {
            let (sql, alias) = match item {
                SelectItem::UnnamedExpr(sql) => (Some(sql), None),
                SelectItem::ExprWithAlias { expr, alias } => (Some(expr), Some(alias)),
                _ => (None, None),
            };
            if let Some((sql, spec)) = sql.and_then(|s| rank::row_number(s).map(|spec| (s, spec))) {
                let span = tokens.extent(sql);
                let name = match alias {
                    Some(alias) => {
                        self.binder.alias(alias);
                        alias.value.as_str().into()
                    }
                    None => format_smolstr!("EXPR${}", items.len()),
                };
                if number.is_some() {
                    self.unsupported(span, "a second `ROW_NUMBER()` is");
                    items.push(Item { name, expr: Some(Expr::error(span)), span, star: false });
                    continue;
                }
                let found = self.number(spec, aggregating, span, name);
                items.push(Item { name: found.name.clone(), expr: None, span, star: false });
                number = Some(found);
                continue;
            }
            let star = matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
            let mut out =
                items.iter().map(|i| (i.name.clone(), Expr::error(None), i.span)).collect::<Vec<_>>();
            let before = out.len();
            if let Some(sql) = sql {
                let (rows, out) = ((scope, computed.as_slice()), (&mut tests, &mut values));
                self.subqueries_of_groups(sql, aggregating, false, rows, out);
            }
            self.binder.select_item(item, aggregating, &mut out);
            items.extend(out.drain(before..).map(|(name, e, span)| Item { name, expr: Some(e), span, star }));
        }
        let mut having = select.having.as_ref().map(|sql| {
            origins.having = Origin::new("HAVING", tokens.widen(tokens.extent(sql), 1, 0));
            self.bare_exists(sql);
            let env = Env { clause: "HAVING", windows: None, ..aggregating };
            let (conditions, members) = semi::split(sql);
            let mut parts = Vec::new();
            for sql in conditions {
                let (rows, out) = ((scope, computed.as_slice()), (&mut tests, &mut values));
                self.subqueries_of_groups(sql, env, true, rows, out);
                parts.push(self.binder.condition_of_many(sql, env, !members.is_empty()));
            }
            for member in &members {
                match self.member(member, env) {
                    Some(Test::Joined(test)) => values.push(test),
                    Some(Test::Constant(truth)) => parts.push(truth),
                    None => {}
                }
            }
            parts
        });
        let having = having.take().map(|parts| match <[Expr; 1]>::try_from(parts) {
            Ok([only]) => only,
            Err(parts) => all_of(parts),
        });
        let mut sort = Vec::new();
        for key in order.map(|o| o.keys.as_slice()).unwrap_or_default() {
            let names: Vec<&str> = items.iter().map(|i| i.name.as_str()).collect();
            match self.output_key(key.sql, &names) {
                Some(Ok(column)) => {
                    if let Some(e) = items.get(column).and_then(|i| i.expr.clone()) {
                        let at = tokens.extent(key.sql);
                        self.binder.orderable(e.at(at));
                    }
                    sort.push((OrderKey::Output(column), key.direction));
                }
                Some(Err(())) => {}
                None => {
                    let env = Env { clause: "ORDER BY", windows: None, ..aggregating };
                    let (rows, out) = ((scope, computed.as_slice()), (&mut tests, &mut values));
                    let sql = over_the_row(key.sql, &select.projection, &items);
                    let before = out.0.len() + out.1.len();
                    self.subqueries_of_groups(&sql, env, false, rows, out);
                    if tests.len() + values.len() > before && order.is_some_and(Order::leaves_out) {
                        let message = "Flink gives more rows than it is asked for by `OFFSET` behind a sub-query in `ORDER BY`";
                        let at = tokens.extent(key.sql);
                        self.binder
                            .report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help("leave `OFFSET` out"));
                    }
                    let bound = self.binder.expr(&sql, env);
                    let bound = self.binder.typed(bound);
                    let bound = self.binder.orderable(bound);
                    sort.push((OrderKey::Expr(bound), key.direction));
                }
            }
        }
        let (calls, over) = (calls.into_inner(), windows.calls.into_inner());
        (
            Parts {
                filters,
                tests,
                values,
                keys,
                sets,
                copies,
                window,
                calls,
                over,
                having,
                items,
                number,
                order: sort,
            },
            origins,
        )
    }

    /// `HAVING EXISTS (…)` and no more: Flink 2.3 writes the text of a view without the parentheses of the sub-query, and
    /// cannot read it again.
    fn bare_exists(&mut self, having: &sqlparser::ast::Expr) {
        use sqlparser::ast::{Expr as Sql, UnaryOperator};
        let mut whole = having;
        while let Sql::Nested(inner) | Sql::UnaryOp { op: UnaryOperator::Not, expr: inner } = whole {
            whole = inner;
        }
        if matches!(whole, Sql::Exists { .. }) {
            let at = self.binder.tokens.extent(having);
            let message = "Flink 2.3 cannot read a view again whose `HAVING` is `EXISTS` and no more";
            let text = format!("COUNT(*) > 0 AND {}", self.binder.text(at));
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder.report(d.fix("put another condition before it", at, text));
        }
    }

    /// A key of `GROUP BY`. Neither ordinals nor names of the select list count there (`FlinkSqlConformance`).
    pub(super) fn group_key(
        &mut self,
        sql: &sqlparser::ast::Expr,
        scope: &Scope<'_>,
        select: &Select,
    ) -> Expr {
        let at = self.binder.tokens.extent(sql);
        if matches!(sql, sqlparser::ast::Expr::Tuple(items) if items.is_empty()) {
            let group = self.word(self.binder.tokens.sql(select.select_token.0.span), "GROUP");
            let at = self.binder.tokens.widen(group, 0, 3);
            self.unsupported(at, "`GROUP BY ()` is");
            return Expr::error(at);
        }
        if let sqlparser::ast::Expr::Identifier(ident) = sql {
            let known = scope.names().any(|n| n == ident.value);
            let alias = select.projection.iter().find_map(|i| match i {
                SelectItem::ExprWithAlias { expr, alias } if alias.value == ident.value => Some(expr),
                _ => None,
            });
            if let (false, Some(expr)) = (known, alias) {
                let text = self.binder.text(self.binder.tokens.extent(expr)).to_owned();
                let message =
                    format!("`{}` is a name of the select list, which `GROUP BY` does not know", ident.value);
                let d =
                    Diagnostic::new(SQL_UNSUPPORTED, at, message).fix("group by its expression", at, text);
                self.binder.report(d);
                return Expr::error(at);
            }
        }
        let key = self.binder.expr(sql, Env::new(scope, "GROUP BY"));
        if let ExprKind::Literal(value) = &key.kind {
            let mut d = Diagnostic::new(SQL_UNSUPPORTED, at, "`GROUP BY` a constant is not supported");
            if let Value::Int(n) = value {
                d = d.help("Flink takes the number as a constant, not as the position of a column");
                let item = usize::try_from(*n)
                    .ok()
                    .and_then(|n| n.checked_sub(1))
                    .and_then(|n| select.projection.get(n));
                if let Some(SelectItem::UnnamedExpr(e) | SelectItem::ExprWithAlias { expr: e, .. }) = item {
                    let text = self.binder.text(self.binder.tokens.extent(e)).to_owned();
                    d = d.fix(format!("group by `{text}`"), at, text.clone());
                }
            }
            self.binder.report(d);
            return Expr::error(at);
        }
        key
    }

    fn number(
        &mut self,
        spec: &sqlparser::ast::WindowSpec,
        env: Env<'_>,
        span: Span,
        name: SmolStr,
    ) -> Number {
        let partition = spec
            .partition_by
            .iter()
            .map(|e| self.binder.partition_key(e, Env { clause: "PARTITION BY", windows: None, ..env }))
            .collect();
        let mut order = Vec::new();
        for key in &spec.order_by {
            let direction = self.direction(key);
            let bound = self.binder.expr(&key.expr, Env { clause: "ORDER BY", windows: None, ..env });
            order.push((self.binder.orderable(bound), direction));
        }
        if order.is_empty() {
            self.unsupported(span, "`ROW_NUMBER()` without `ORDER BY` is");
        }
        Number { partition, order, span, name }
    }

    /// Rewrites everything behind the grouping over keys and calls.
    pub(super) fn regroup(&mut self, parts: &mut Parts, from: &From, origins: &Origins) {
        let insert = origins.insert;
        let scope = from.scope();
        let keys = parts.keys.clone();
        let again = |binder: &mut Self, expr: &mut Expr| {
            if expr.ty.is_unknown() {
                return;
            }
            match group::regroup(expr.clone(), &keys) {
                Ok(done) => *expr = done,
                Err(column) => {
                    let name = column.as_column().and_then(|i| scope.column_name(i)).unwrap_or_default();
                    let written = column.span.map(|s| binder.binder.text(s).to_owned());
                    let name = match written {
                        Some(text) if text.ends_with(name) => text,
                        _ => name.to_owned(),
                    };
                    // With a key that failed, this column may well be it.
                    if !origins.bad_key {
                        binder.binder.report(group::not_grouped(&name, column.span, insert));
                    }
                    *expr = Expr::error(expr.span);
                }
            }
        };
        for item in &mut parts.items {
            if let Some(e) = &mut item.expr {
                again(self, e);
            }
        }
        if let Some(e) = &mut parts.having {
            again(self, e);
        }
        if let Some(number) = &mut parts.number {
            for e in number.partition.iter_mut().chain(number.order.iter_mut().map(|(e, _)| e)) {
                again(self, e);
            }
        }
        for (call, window) in &mut parts.over {
            let arguments = call.arguments.iter_mut().chain(&mut call.filter);
            for e in arguments.chain(&mut window.partition).chain([&mut window.order]) {
                again(self, e);
            }
        }
        for (key, _) in &mut parts.order {
            if let OrderKey::Expr(e) = key {
                again(self, e);
            }
        }
        for joined in &mut parts.values {
            if joined.correlated {
                let at = joined.origin.span.unwrap_or(self.binder.tokens.whole);
                self.unsupported(at, "a sub-query that reads columns of the grouped query around it is");
                continue;
            }
            again(self, &mut joined.condition);
        }
    }

    fn odd_clauses(&mut self, select: &Select, start: Span) {
        let odd = [
            (select.top.is_some(), "TOP", "`TOP` is"),
            (select.into.is_some(), "INTO", "`SELECT INTO` is"),
            (!select.lateral_views.is_empty(), "LATERAL", "`LATERAL VIEW` is"),
            (select.prewhere.is_some(), "PREWHERE", "`PREWHERE` is"),
            (!select.connect_by.is_empty(), "CONNECT", "`CONNECT BY` is"),
            (!select.cluster_by.is_empty(), "CLUSTER", "`CLUSTER BY` is"),
            (!select.distribute_by.is_empty(), "DISTRIBUTE", "`DISTRIBUTE BY` is"),
            (!select.sort_by.is_empty(), "SORT", "`SORT BY` is"),
            (select.value_table_mode.is_some(), "AS", "`SELECT AS` is"),
            (matches!(select.group_by, GroupByExpr::All(_)), "GROUP", "`GROUP BY ALL` is"),
        ];
        for (_, word, what) in odd.iter().filter(|o| o.0) {
            let at = self.word(start, word);
            self.unsupported(at, what);
        }
    }
}

/// Where the clauses are written.
pub(super) struct Origins {
    pub(super) select: Origin,
    pub(super) filter: Origin,
    pub(super) group: Option<Origin>,
    /// Behind the last key of `GROUP BY`.
    insert: Option<Span>,
    /// Whether a key of `GROUP BY` failed.
    bad_key: bool,
    pub(super) having: Origin,
}

impl Parts {
    /// Whether `ORDER BY` computes what the select list does not have.
    fn sorts_by_hidden(&self) -> bool {
        let is_item = |e: &Expr| self.items.iter().filter_map(|i| i.expr.as_ref()).any(|i| i.is_same(e));
        self.order.iter().any(|(key, _)| matches!(key, OrderKey::Expr(e) if !is_item(e)))
    }

    /// Whether anything over the row of `FROM` fits.
    fn reads(&self, grouped: bool, fits: &impl Fn(&Expr) -> bool) -> bool {
        if grouped {
            return self.keys.iter().any(fits)
                || self.calls.iter().any(|c| c.arguments.iter().chain(&c.filter).any(fits));
        }
        let sort = self.order.iter().filter_map(|(k, _)| match k {
            OrderKey::Expr(e) => Some(e),
            OrderKey::Output(_) => None,
        });
        let number =
            self.number.iter().flat_map(|n| n.partition.iter().chain(n.order.iter().map(|(e, _)| e)));
        self.items.iter().filter_map(|i| i.expr.as_ref()).chain(sort).chain(number).any(fits)
    }

    /// Replaces the columns of the row of `FROM`.
    fn move_columns(&mut self, grouped: bool, place: &impl Fn(usize) -> usize) {
        let again = |e: &mut Expr| {
            let taken = std::mem::replace(e, Expr::error(None));
            *e = taken.map_columns(place);
        };
        if grouped {
            self.keys.iter_mut().for_each(again);
            for call in &mut self.calls {
                call.arguments.iter_mut().chain(&mut call.filter).for_each(again);
            }
            return;
        }
        self.items.iter_mut().filter_map(|i| i.expr.as_mut()).for_each(again);
        if let Some(n) = &mut self.number {
            n.partition.iter_mut().chain(n.order.iter_mut().map(|(e, _)| e)).for_each(again);
        }
        for (key, _) in &mut self.order {
            if let OrderKey::Expr(e) = key {
                again(e);
            }
        }
    }
}
