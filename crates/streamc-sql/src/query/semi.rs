//! Sub-queries as conditions: `x IN (SELECT …)`, `EXISTS (SELECT …)` and their negations. Each is a semi or an anti join
//! of the rows with those of the sub-query, as Flink's planner makes of it (`FlinkSubQueryRemoveRule`).

use super::QueryBinder;
use super::constants::has_rows;
use super::correlated::{constant, reads_outside};
use super::gather::has_aggregate;
use super::lateral::Place;
use super::select::all_columns;
use super::tree::all_of;
use super::value::{Joined, Places, reads_subquery};
use crate::bind::{AGGREGATE, Env, SUBQUERY, bare, subquery_column};
use crate::scope::{Scope, ScopeTable};
use smol_str::SmolStr;
use sqlparser::ast::{
    BinaryOperator, Expr as Sql, GroupByExpr, Query, Select, SelectItem, SelectItemQualifiedWildcardKind,
    SetExpr, UnaryOperator,
};
use std::cell::RefCell;
use streamc_diagnostics::codes::names::UNKNOWN_COLUMN;
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, JoinKind, Origin, Relation, relations};
use streamc_types::TypeKind;

/// A condition of `WHERE` that is a sub-query.
pub(super) struct Member<'s> {
    negated: bool,
    /// What stands before `IN`; `None` of `EXISTS`.
    value: Option<&'s Sql>,
    query: &'s Query,
    /// All of it.
    whole: &'s Sql,
}

/// What is asked of a sub-query besides its rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    /// Nothing: whether there are any.
    Nothing,
    /// Its select list, without aggregates.
    Items,
    /// The same; it may read the row outside.
    Column,
    /// Its select list; it may read the row outside.
    Value,
}

/// The rows of a sub-query, and what joins them to the row outside.
pub(super) struct Inner {
    pub(super) right: Relation,
    /// Conditions over the columns of `right` followed by those of the row outside.
    pub(super) correlation: Vec<Expr>,
    /// Its select list, over the columns of `right` and those that stand for `calls`.
    pub(super) items: Vec<Expr>,
    /// The aggregates of its select list.
    pub(super) calls: Vec<AggregateCall>,
    /// One row in any case: an aggregate without `GROUP BY`, of which nothing but `EXISTS` is asked.
    pub(super) one_row: bool,
}

impl Inner {
    /// Rows that have nothing to do with the row outside.
    fn alone(right: Relation, items: Vec<Expr>) -> Self {
        Self { right, correlation: Vec::new(), items, calls: Vec::new(), one_row: false }
    }
}

/// What a sub-query as a condition comes to.
pub(super) enum Test {
    Joined(Joined),
    /// It has rows in any case.
    Constant(Expr),
}

/// The conditions that `AND` joins, and those among them that are sub-queries; all in one if there are none such.
pub(super) fn split(sql: &Sql) -> (Vec<&Sql>, Vec<Member<'_>>) {
    if !has_member(sql) {
        return (vec![sql], Vec::new());
    }
    let (mut plain, mut members) = (Vec::new(), Vec::new());
    let mut rest = vec![sql];
    while let Some(sql) = rest.pop() {
        match sql {
            Sql::BinaryOp { left, op: BinaryOperator::And, right } => {
                rest.extend([right.as_ref(), left.as_ref()])
            }
            Sql::Nested(inner) if has_member(inner) => rest.push(inner),
            _ => match member(sql) {
                Some(member) => members.push(member),
                None => plain.push(sql),
            },
        }
    }
    (plain, members)
}

/// Whether one of the conditions that `AND` joins is a sub-query.
fn has_member(sql: &Sql) -> bool {
    let mut rest = vec![sql];
    while let Some(sql) = rest.pop() {
        match sql {
            Sql::BinaryOp { left, op: BinaryOperator::And, right } => {
                rest.extend([left.as_ref(), right.as_ref()])
            }
            Sql::Nested(inner) => rest.push(inner),
            _ if member(sql).is_some() => return true,
            _ => {}
        }
    }
    false
}

fn member(sql: &Sql) -> Option<Member<'_>> {
    match sql {
        Sql::InSubquery { expr, subquery, negated } => {
            Some(Member { negated: *negated, value: Some(expr), query: subquery, whole: sql })
        }
        Sql::Exists { subquery, negated } => {
            Some(Member { negated: *negated, value: None, query: subquery, whole: sql })
        }
        Sql::UnaryOp { op: UnaryOperator::Not, expr } => {
            let inner = member(expr)?;
            Some(Member { negated: !inner.negated, whole: sql, ..inner })
        }
        Sql::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
            let Sql::Subquery(query) = bare(right) else { return None };
            Some(Member { negated: false, value: Some(left), query, whole: sql })
        }
        Sql::AllOp { left, compare_op: BinaryOperator::NotEq, right } => {
            let Sql::Subquery(query) = bare(right) else { return None };
            Some(Member { negated: true, value: Some(left), query, whole: sql })
        }
        Sql::Nested(inner) => member(inner).map(|found| Member { whole: sql, ..found }),
        _ => None,
    }
}

const WITHIN: Place = Place { name: "sub-query", row: "the row around it" };

impl QueryBinder<'_> {
    /// Binds a sub-query that is a condition on the rows of `env`; `None` after an error.
    pub(super) fn member(&mut self, member: &Member<'_>, env: Env<'_>) -> Option<Test> {
        let scope = env.scope;
        let at = self.binder.tokens.extent(member.whole);
        let values: Vec<Expr> = match member.value {
            None => Vec::new(),
            Some(Sql::Tuple(list)) => list.iter().map(|value| self.binder.expr(value, env)).collect(),
            Some(value) => vec![self.binder.expr(value, env)],
        };
        let inner = self.inner(member, scope, at)?;
        let is_alone = inner.correlation.is_empty();
        if inner.one_row || member.value.is_none() && is_alone && has_rows(&inner.right) {
            return Some(Test::Constant(constant(!member.negated).at(at)));
        }
        if member.value.is_some() && values.len() != inner.items.len() {
            let message = format!(
                "`IN` compares {} with the {} of the sub-query",
                columns(values.len()),
                columns(inner.items.len())
            );
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            return None;
        }
        let right_width = inner.right.props.schema.len();
        if let Some(item) = inner.items.iter().find(|item| reads_outside(item, right_width)) {
            let at = item.span.unwrap_or(at);
            self.unsupported(
                at,
                "a column of the row around it in the select list of a sub-query of `IN` is",
            );
            return None;
        }
        let number = self.next_subquery();
        // The sub-query's columns come behind those of the row outside.
        let turned = |e: Expr| {
            e.map_columns(&|i| if i < right_width { subquery_column(number, i) } else { i - right_width })
        };
        let correlated = !inner.correlation.is_empty();
        let mut parts: Vec<Expr> = inner.correlation.into_iter().map(turned).collect();
        let mut equal: Vec<Expr> = Vec::new();
        for (value, item) in values.into_iter().zip(inner.items) {
            let item = turned(item);
            if let (false, TypeKind::Row(fields)) =
                (matches!(member.value, Some(Sql::Tuple(_))), &value.ty.kind)
            {
                // Calcite takes the row apart and compares so many columns with one.
                let message = format!("`IN` compares the {} of a row with one", columns(fields.len()));
                let d = Diagnostic::new(TYPE_MISMATCH, at, message);
                self.binder.report(d.help("name them: `(r.a, r.b) IN (SELECT x.a, x.b …)`"));
                return None;
            }
            if self.binder.clashes("IN", &value, &item, at) {
                return None;
            }
            let part = self.binder.compare("=", value, item, at);
            if part.ty.is_unknown() {
                return None;
            }
            equal.push(part);
        }
        if !equal.is_empty() {
            if member.negated && equal.iter().any(|e| e.ty.nullable) {
                // `NOT IN` keeps a row only if it is known that nothing is equal.
                let whole = all_of(equal);
                let unknown = self.binder.operator("IS NULL", vec![whole.clone()], at);
                parts.push(self.binder.operator("OR", vec![whole, unknown], at));
            } else {
                parts.extend(equal);
            }
        }
        let word = match (member.value.is_some(), member.negated) {
            (true, false) => "IN",
            (true, true) => "NOT IN",
            (false, false) => "EXISTS",
            (false, true) => "NOT EXISTS",
        };
        Some(Test::Joined(Joined {
            number,
            correlated,
            kind: if member.negated { JoinKind::Anti } else { JoinKind::Semi },
            right: inner.right,
            condition: all_of(parts),
            origin: Origin::new(word, at),
            around: None,
        }))
    }

    /// The rows of the sub-query. It is bound on its own first; if that fails, as one that reads the row outside.
    fn inner(&mut self, member: &Member<'_>, scope: &Scope<'_>, at: Span) -> Option<Inner> {
        self.no_bare_null(member.query);
        let before = self.binder.diagnostics.len();
        let derived = self.query(member.query, false);
        let failed = self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        if !failed {
            if member.value.is_none() {
                let right = self.finished(derived)?;
                let right = match right {
                    rows if has_rows(&rows) => rows,
                    rows => self.any_row(rows, Origin::new("EXISTS", at), at)?,
                };
                return Some(Inner::alone(right, Vec::new()));
            }
            let right = self.finished(derived)?;
            let items = all_columns(&right.props.schema).into_iter().map(|(_, e)| e).collect();
            return Some(Inner::alone(right, items));
        }
        let alone = self.binder.diagnostics.split_off(before);
        let wants = if member.value.is_some() { Wants::Items } else { Wants::Nothing };
        self.rows_around(member.query, wants, scope, alone, at)
    }

    /// The rows of a sub-query that fails by itself, as one that reads the row outside.
    pub(super) fn rows_around(
        &mut self,
        query: &Query,
        wants: Wants,
        scope: &Scope<'_>,
        alone: Vec<Diagnostic>,
        at: Span,
    ) -> Option<Inner> {
        let before = self.binder.diagnostics.len();
        let found = match plain(query) {
            Some(select) if matches!(wants, Wants::Nothing | Wants::Value) || !aggregates(select) => {
                self.correlated(select, wants, scope)
            }
            _ => self.correlated_groups_of(query, scope, &alone, at),
        };
        let fails = self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error);
        if found.is_none() && !fails {
            self.not_alone(alone, scope, plain(query).is_some(), at);
        }
        self.read_too_deep(before, scope, WITHIN);
        found
    }

    /// A sub-query that groups its rows, or keeps each once, and reads the row outside.
    fn correlated_groups_of(
        &mut self,
        query: &Query,
        scope: &Scope<'_>,
        alone: &[Diagnostic],
        at: Span,
    ) -> Option<Inner> {
        let way = (JoinKind::Inner, at);
        let found = self.correlated_rows(query, None, scope, way, (alone, WITHIN, None))?;
        let columns = all_columns(&found.rows.props.schema);
        let items = columns.into_iter().take(found.width).map(|(_, e)| e).collect();
        Some(Inner {
            right: found.rows,
            correlation: found.condition,
            items,
            calls: Vec::new(),
            one_row: false,
        })
    }

    /// Reports why a sub-query fails by itself; if it reads the row outside, that it may not. `plain`: its form is fine.
    pub(super) fn not_alone(&mut self, alone: Vec<Diagnostic>, scope: &Scope<'_>, plain: bool, at: Span) {
        let reads = |d: &Diagnostic| {
            let text = d.span.map(|s| self.binder.text(s).trim_matches('`')).unwrap_or_default();
            let qualified = d.span.is_some_and(|s| {
                let written = self.binder.text(s);
                scope.tables.iter().any(|t| written.starts_with(&format!("{}.", t.name)))
            });
            let names = scope.tables.iter().map(|t| t.name.as_str()).chain(scope.names());
            d.code == UNKNOWN_COLUMN && (qualified || names.into_iter().any(|name| name == text))
        };
        if !plain && alone.iter().any(reads) {
            let what = "a sub-query of this form that reads columns of the query around it is";
            self.unsupported(at, what);
        } else {
            self.binder.diagnostics.extend(alone);
        }
    }

    /// A sub-query whose `WHERE` names columns of the row outside.
    pub(super) fn correlated(&mut self, select: &Select, wants: Wants, outside: &Scope<'_>) -> Option<Inner> {
        let (from, deeper) = self.tables_around(&select.from, outside, WITHIN);
        let mut scope = from.scope();
        let width = from.width();
        scope.outer =
            outside.tables.iter().map(|t| ScopeTable { offset: t.offset + width, ..t.clone() }).collect();
        let (mut filters, mut correlation, mut semis) = (Vec::new(), deeper, Vec::new());
        // Those that read a sub-query of their own.
        let mut late: Vec<Expr> = Vec::new();
        let mut failed = false;
        if let Some(sql) = &select.selection {
            let (conditions, members) = split(sql);
            let own = from.scope();
            for sql in conditions {
                let before = semis.len();
                self.subqueries(sql, Env::new(&own, "WHERE"), true, &mut semis);
                let around = semis.iter().skip(before).find(|joined: &&Joined| joined.correlated);
                if let Some(at) = around.map(|joined| joined.origin.span.unwrap_or(self.binder.tokens.whole))
                {
                    self.unsupported(
                        at,
                        "a sub-query that reads the row around it, inside another such one, is",
                    );
                    failed = true;
                }
                let condition = self.binder.condition(sql, Env::new(&scope, "WHERE"));
                failed |= condition.ty.is_unknown();
                for part in condition.conjuncts() {
                    match (reads_outside(part, width), reads_subquery(part)) {
                        (true, true) => {
                            let at = part.span.unwrap_or(self.binder.tokens.whole);
                            self.unsupported(
                                at,
                                "a sub-query beside a column of the row around a sub-query is",
                            );
                            failed = true;
                        }
                        (true, false) => correlation.push(part.clone()),
                        (false, true) => late.push(part.clone()),
                        (false, false) => filters.push(part.clone()),
                    }
                }
            }
            for member in &members {
                match self.member(member, Env::new(&own, "WHERE")) {
                    Some(Test::Joined(semi)) => semis.push(semi),
                    Some(Test::Constant(truth)) => filters.push(truth),
                    None => failed = true,
                }
            }
        }
        let mut one_row = false;
        let (items, calls) = match wants {
            Wants::Nothing => {
                one_row = self.unread_items(select, &scope)?;
                (Vec::new(), Vec::new())
            }
            _ => self.items(select, &scope, wants == Wants::Value)?,
        };
        let of_calls = calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter));
        let at = self.binder.tokens.sql(select.select_token.0.span);
        let nested = items.iter().chain(calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter)));
        if let Some(e) = nested.into_iter().find(|e| e.columns().iter().any(|c| *c >= SUBQUERY)) {
            let at = e.span.unwrap_or(self.binder.tokens.whole);
            self.unsupported(at, "a sub-query in the select list of one that reads the row around it is");
            return None;
        }
        if self.reads_twice(&correlation, items.iter().chain(of_calls), (width..AGGREGATE, at)) {
            return None;
        }
        let mut tree = from.tree.filter(|_| !failed)?;
        let rest: Vec<Expr> = filters.into_iter().filter_map(|part| tree.absorb(part)).collect();
        let mut right = tree.lower();
        if !rest.is_empty() {
            right = relations::filter(right, all_of(rest), Origin::new("WHERE", None));
        }
        let mut places = Places::default();
        for semi in semis {
            right = semi.apply(right, &mut places, &late);
        }
        if !late.is_empty() {
            let late = late.into_iter().map(|e| e.map_columns(&|i| places.of(i))).collect();
            right = relations::filter(right, all_of(late), Origin::new("WHERE", None));
        }
        if right.props.schema.len() > width {
            let own = all_columns(&right.props.schema).into_iter().take(width).collect();
            right = relations::project(right, own, Origin::new("SELECT", None));
        }
        Some(narrowed(Inner { right, correlation, items, calls, one_row }))
    }

    /// Types a select list of which nothing is read; whether it has an aggregate.
    fn unread_items(&mut self, select: &Select, scope: &Scope<'_>) -> Option<bool> {
        let calls = RefCell::default();
        let env = Env { calls: Some(&calls), ..Env::new(scope, "SELECT") };
        let mut out: Vec<(SmolStr, Expr, Span)> = Vec::new();
        for item in &select.projection {
            let of_outside = matches!(item, SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _)
                if scope.outer.iter().any(|table| name.to_string() == table.name.as_str()));
            if !of_outside {
                self.binder.select_item(item, env, &mut out);
            }
        }
        let typed = out.iter().all(|(_, e, _)| !e.ty.is_unknown());
        typed.then(|| !calls.borrow().is_empty())
    }

    fn items(
        &mut self,
        select: &Select,
        scope: &Scope<'_>,
        aggregates: bool,
    ) -> Option<(Vec<Expr>, Vec<AggregateCall>)> {
        let calls = RefCell::default();
        let env = Env { calls: Some(&calls), ..Env::new(scope, "SELECT") };
        let mut out: Vec<(SmolStr, Expr, Span)> = Vec::new();
        for item in &select.projection {
            self.binder.select_item(item, env, &mut out);
        }
        let calls = calls.into_inner();
        if let Some(call) = calls.first().filter(|_| !aggregates) {
            let at = call.span.unwrap_or(self.binder.tokens.whole);
            self.unsupported(at, "an aggregate in a sub-query that reads columns of the query around it is");
            return None;
        }
        let items: Vec<Expr> = out.into_iter().map(|(_, e, _)| e).collect();
        items.iter().all(|e| !e.ty.is_unknown()).then_some((items, calls))
    }
}

/// Whether the select list has a call of an aggregate, or `HAVING` stands behind.
fn aggregates(select: &Select) -> bool {
    let calls = |item: &SelectItem| match item {
        SelectItem::UnnamedExpr(e) | SelectItem::ExprWithAlias { expr: e, .. } => has_aggregate(e),
        _ => false,
    };
    select.having.is_some() || select.projection.iter().any(calls)
}

/// Whether it may have more than one row for one of the row outside: a grouping by keys, or distinct rows.
pub(super) fn groups(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let keyed = matches!(&select.group_by, GroupByExpr::Expressions(list, _) if !list.is_empty());
    keyed || select.distinct.is_some()
}

/// The `SELECT` of a query that has nothing but `FROM` and `WHERE`.
pub(super) fn plain(query: &Query) -> Option<&Select> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
    let more = query.with.is_some()
        || query.order_by.is_some()
        || query.limit_clause.is_some()
        || query.fetch.is_some()
        || grouped
        || select.having.is_some()
        || select.distinct.is_some()
        || select.projection.is_empty()
        || select.from.is_empty();
    (!more).then_some(select)
}

/// The same with only the columns that are read: they are what is kept in state.
fn narrowed(inner: Inner) -> Inner {
    let Inner { right, correlation, items, mut calls, one_row } = inner;
    let width = right.props.schema.len();
    let of_calls = || calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter));
    let mut used: Vec<usize> = correlation
        .iter()
        .chain(&items)
        .chain(of_calls())
        .flat_map(Expr::columns)
        .filter(|c| *c < width)
        .collect();
    used.sort_unstable();
    used.dedup();
    if used.len() == width {
        return Inner { right, correlation, items, calls, one_row };
    }
    let place = |i: usize| match used.binary_search(&i) {
        Ok(place) => place,
        Err(_) if i >= AGGREGATE => i,
        Err(_) => i - width + used.len(),
    };
    let correlation = correlation.into_iter().map(|e| e.map_columns(&place)).collect();
    let items = items.into_iter().map(|e| e.map_columns(&place)).collect();
    for call in &mut calls {
        for part in call.arguments.iter_mut().chain(&mut call.filter) {
            let taken = std::mem::replace(part, Expr::error(None));
            *part = taken.map_columns(&place);
        }
    }
    let all = all_columns(&right.props.schema);
    let columns = used.iter().filter_map(|i| all.get(*i).cloned()).collect();
    let right = relations::project(right, columns, Origin::new("SELECT", None));
    Inner { right, correlation, items, calls, one_row }
}

fn columns(count: usize) -> String {
    if count == 1 { "one column".to_owned() } else { format!("{count} columns") }
}
