//! Sub-queries inside expressions: values, and conditions that stand elsewhere than among those that `AND` joins. Each is
//! a join of the rows with those of the sub-query, as Flink's planner makes of it (`FlinkSubQueryRemoveRule`).

use super::QueryBinder;
use super::around::{Around, Then};
use super::constants::has_rows;
use super::gather::{Found, gathered};
use super::nulls::{fails_on_null, over_groups};
use super::select::all_columns;
use super::semi::{Inner, Wants, plain};
use super::tree::all_of;
use crate::bind::{Env, SUBQUERY, as_subquery, bare, subquery_column};
use crate::group;
use crate::scope::Scope;
use smol_str::{SmolStr, format_smolstr};
use sqlparser::ast::{BinaryOperator, Expr as Sql, Query, Select};
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{
    AggregateCall, Changelog, Expr, ExprKind, JoinKind, Origin, Relation, RelationKind, relations,
};
use streamc_types::{DataType, TypeKind, Value};

/// The rows of a sub-query, and how the rows around it are joined with them.
pub(super) struct Joined {
    pub(super) number: usize,
    pub(super) kind: JoinKind,
    pub(super) right: Relation,
    /// Over the row outside, and the columns of sub-queries.
    pub(super) condition: Expr,
    pub(super) origin: Origin,
    /// Whether it reads the row outside but for what `IN` compares.
    pub(super) correlated: bool,
    /// What makes the rows to join with of `right`, and the condition, if that takes the rows outside.
    pub(super) around: Option<Around>,
}

/// Where the columns of sub-queries have come to stand.
#[derive(Default)]
pub(super) struct Places(Vec<(usize, usize)>);

impl Places {
    /// The columns of sub-query `number` begin at `offset`.
    pub(super) fn set(&mut self, number: usize, offset: usize) {
        self.0.push((number, offset));
    }

    /// The column of the row for a column of an expression.
    pub(super) fn of(&self, column: usize) -> usize {
        let Some((number, place)) = as_subquery(column) else { return column };
        self.0.iter().find(|(n, _)| *n == number).map_or(column, |(_, offset)| offset + place)
    }
}

impl Joined {
    /// The joined rows. A left join whose unmatched rows no condition of `tests` lets pass is an inner join, as for
    /// Flink's planner (`FilterJoinRule`).
    pub(super) fn apply(mut self, left: Relation, places: &mut Places, tests: &[Expr]) -> Relation {
        let own = |column: usize| as_subquery(column).is_some_and(|(number, _)| number == self.number);
        if self.kind == JoinKind::Left && tests.iter().any(|test| fails_on_null(test, &own)) {
            self.kind = JoinKind::Inner;
        }
        if let Some(around) = self.around.take() {
            (self.right, self.condition) = around.complete(self.right, &left, self.number, &self.origin);
        }
        places.set(self.number, left.props.schema.len());
        // Next to `UNNEST` Flink's own rule for sub-queries stands back, and Calcite's joins with a grouping, whose rows may
        // be replaced for what it knows (measured on 2.3).
        let grouped = self.kind == JoinKind::Semi && self.meets_unnest(&left);
        let condition = self.condition.map_columns(&|i| places.of(i));
        let mut joined = relations::join(left, self.right, self.kind, condition, self.origin);
        if grouped {
            joined.props.changelog = joined.props.changelog.or(Changelog::UPDATES);
        }
        joined
    }

    /// Whether there is an `UNNEST` of a column on either side.
    pub(super) fn meets_unnest(&self, left: &Relation) -> bool {
        fn unnests(rows: &Relation) -> bool {
            let here = matches!(&rows.kind, RelationKind::Unnest { collection, .. } if !collection.columns().is_empty());
            here || rows.inputs().into_iter().any(unnests)
        }
        matches!(self.kind, JoinKind::Semi | JoinKind::Anti) && (unnests(left) || unnests(&self.right))
    }
}

/// Whether an expression reads a sub-query.
pub(super) fn reads_subquery(expr: &Expr) -> bool {
    expr.columns().last().is_some_and(|column| *column >= SUBQUERY)
}

impl QueryBinder<'_> {
    /// The places of the expressions that `AND` and `OR` join: what is unknown there is as good as false.
    fn tests(&self, sql: &Sql, out: &mut Vec<Span>) {
        match sql {
            Sql::BinaryOp { left, op: BinaryOperator::And | BinaryOperator::Or, right } => {
                self.tests(left, out);
                self.tests(right, out);
            }
            Sql::Nested(inner) => self.tests(inner, out),
            other => out.push(self.binder.tokens.extent(other)),
        }
    }

    /// Binds the sub-queries in `sql`, which stands in `env`; `condition` says whether it keeps rows or not.
    pub(super) fn subqueries(&mut self, sql: &Sql, env: Env<'_>, condition: bool, out: &mut Vec<Joined>) {
        let nodes = gathered(sql);
        self.bind_subqueries(nodes, sql, env, condition, out);
    }

    /// Binds the sub-queries in an expression behind a grouping: those in the arguments of aggregates belong to the rows
    /// before it, `inside`; those of an expression that is one of `keys` are bound already.
    pub(super) fn subqueries_of_groups(
        &mut self,
        sql: &Sql,
        env: Env<'_>,
        condition: bool,
        (rows, keys): (&Scope<'_>, &[(Sql, Vec<Sql>)]),
        (inside, out): (&mut Vec<Joined>, &mut Vec<Joined>),
    ) {
        let found = Found::among(sql, keys);
        for (here, there) in found.known {
            let (here, there) = (self.binder.tokens.extent(&here), self.binder.tokens.extent(&there));
            let known = self.binder.subqueries.iter().rev().find(|(at, _)| *at == there);
            if let Some((_, value)) = known.cloned() {
                self.binder.subqueries.push((here, value));
            }
        }
        let before = inside.len();
        self.bind_subqueries(found.inside, sql, Env::new(rows, "an aggregate"), false, inside);
        self.not_around(inside.get(before..).unwrap_or_default(), "an aggregate");
        self.bind_subqueries(found.nodes, sql, env, condition, out);
    }

    /// Refuses sub-queries that read the row around them where Flink plans none in a view ("correlation variable is not
    /// found", measured on 2.3).
    pub(super) fn not_around(&mut self, found: &[Joined], place: &str) {
        for joined in found.iter().filter(|joined| joined.correlated) {
            let at = joined.origin.span.unwrap_or(self.binder.tokens.whole);
            let message =
                format!("Flink cannot plan a sub-query that reads the row around it in {place} of a stream");
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder.report(d.help(match place {
                "`ON`" => "move it into `WHERE`, or join with the sub-query, grouped by what it compares",
                _ => "compute it in a sub-query first: `SELECT k, SUM(m) FROM (SELECT k, (SELECT …) AS m FROM t) GROUP BY k`",
            }));
        }
    }

    fn bind_subqueries(
        &mut self,
        nodes: Vec<Sql>,
        sql: &Sql,
        env: Env<'_>,
        condition: bool,
        out: &mut Vec<Joined>,
    ) {
        if nodes.is_empty() {
            return;
        }
        let mut tests = Vec::new();
        if condition {
            self.tests(sql, &mut tests);
        }
        for node in nodes {
            let at = self.binder.tokens.extent(&node);
            let is_test = tests.contains(&at);
            let value = match &node {
                Sql::Subquery(query) => self.scalar(query, at, env, out),
                Sql::InSubquery { expr, subquery, negated } => {
                    self.membership(expr, subquery, *negated, at, env, out)
                }
                Sql::Exists { subquery, negated } => self.existence(subquery, *negated, at, env, out),
                Sql::AnyOp { left, compare_op, right, .. } => match (compare_op, bare(right)) {
                    (BinaryOperator::Eq, Sql::Subquery(query)) => {
                        self.membership(left, query, false, at, env, out)
                    }
                    (op, Sql::Subquery(query)) => {
                        self.compared_with(left, op, query, (false, is_test), at, env, out)
                    }
                    _ => self.refused(at, "`ANY` with a sub-query here is"),
                },
                Sql::AllOp { left, compare_op, right } => match (compare_op, bare(right)) {
                    (BinaryOperator::NotEq, Sql::Subquery(query)) => {
                        self.membership(left, query, true, at, env, out)
                    }
                    (op, Sql::Subquery(query)) => {
                        self.compared_with(left, op, query, (true, is_test), at, env, out)
                    }
                    _ => self.refused(at, "`ALL` with a sub-query here is"),
                },
                _ => None,
            };
            self.binder.subqueries.push((at, value.unwrap_or_else(|| Expr::error(at))));
        }
    }

    fn refused<T>(&mut self, at: Span, what: &str) -> Option<T> {
        self.unsupported(at, what);
        None
    }

    pub(super) fn next_subquery(&mut self) -> usize {
        self.subqueries += 1;
        self.subqueries - 1
    }

    /// The rows of a sub-query that reads no column of the row outside; `None` if it fails by itself, with what is wrong.
    fn alone(&mut self, query: &Query) -> Result<Option<Relation>, Vec<Diagnostic>> {
        let before = self.binder.diagnostics.len();
        let derived = self.query(query, false);
        if self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return Err(self.binder.diagnostics.split_off(before));
        }
        Ok(self.finished(derived))
    }

    /// The `SELECT` of a sub-query that failed by itself, if it may read columns of the row outside; otherwise reports why
    /// it failed.
    fn around<'q>(
        &mut self,
        query: &'q Query,
        alone: Vec<Diagnostic>,
        env: Env<'_>,
        at: Span,
    ) -> Option<&'q Select> {
        let found = plain(query);
        if found.is_none() {
            self.not_alone(alone, env.scope, false, at);
        }
        found
    }

    /// `(SELECT MAX(x) FROM t)`: `NULL` if it has no row, an error of the job if it has more than one.
    fn scalar(&mut self, query: &Query, at: Span, env: Env<'_>, out: &mut Vec<Joined>) -> Option<Expr> {
        let number = self.next_subquery();
        let origin = Origin::new("sub-query", at);
        let alone = match self.alone(query) {
            Ok(right) => {
                let right = right?;
                if right.props.schema.len() != 1 {
                    let message =
                        format!("a sub-query as a value has one column, not {}", right.props.schema.len());
                    self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
                    return None;
                }
                let ty = right.props.schema.columns.first()?.ty.clone().with_nullable(true);
                let one = matches!(&right.kind, RelationKind::Values { rows } if rows.len() == 1);
                let right = if one || right.props.keys.iter().any(Vec::is_empty) {
                    right
                } else {
                    let value = Expr::column(0, ty.clone());
                    relations::aggregate(right, Vec::new(), vec![single_value(value, at)?], origin.clone())
                };
                let condition = all_of(Vec::new());
                out.push(Joined {
                    number,
                    kind: JoinKind::Left,
                    right,
                    condition,
                    origin,
                    correlated: false,
                    around: None,
                });
                return Some(Expr::column(subquery_column(number, 0), ty).at(at));
            }
            Err(alone) => alone,
        };
        let before = self.binder.diagnostics.len();
        let select = self.around(query, alone.clone(), env, at)?;
        let Some(inner) = self.correlated(select, Wants::Value, env.scope) else {
            if !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                self.binder.diagnostics.extend(alone);
            }
            return None;
        };
        let [item] = inner.items.as_slice() else {
            let message = format!("a sub-query as a value has one column, not {}", inner.items.len());
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            return None;
        };
        let item = item.clone();
        let width = inner.right.props.schema.len();
        let plain = inner.calls.is_empty();
        let calls: Vec<AggregateCall> = if plain {
            vec![single_value(item.clone(), at)?]
        } else {
            if let Some(column) = item.columns().into_iter().find(|c| *c < width) {
                let name = inner.right.props.schema.columns.get(column).map_or("", |c| c.name.as_str());
                self.binder.report(group::not_grouped(name, item.span.or(Some(at)), None));
                return None;
            }
            let calls = inner.calls.iter().cloned().enumerate();
            calls.map(|(n, call)| AggregateCall { name: format_smolstr!("$value{n}"), ..call }).collect()
        };
        let value = |before: usize| {
            let column = |call| subquery_column(number, before + call);
            if plain {
                Expr::column(column(0), item.ty.clone().with_nullable(true))
            } else {
                over_groups(item.clone(), &column, &calls)
            }
        };
        let (right, condition, value, around) = match equal_sides(&inner) {
            Some((keys, outside)) => {
                let value = value(keys.len());
                let unique = inner
                    .right
                    .props
                    .keys
                    .iter()
                    .any(|key| key.iter().all(|c| keys.iter().any(|k| k.as_column() == Some(*c))));
                let right = if plain && unique {
                    let columns = named(&keys).into_iter().chain([("$value".into(), item)]).collect();
                    relations::project(inner.right, columns, origin.clone())
                } else {
                    group::aggregate(inner.right, &keys, calls, origin.clone())
                };
                (right, self.equal(&keys, outside, number, at), value, None)
            }
            None => {
                let Some(before) = outside_read(&inner) else { return self.not_about_both(&inner, at) };
                let value = value(before);
                let around = Around::new(&inner.correlation, width, Then::Calls(calls));
                (inner.right, constant(true), value, around)
            }
        };
        out.push(Joined { number, kind: JoinKind::Left, right, condition, origin, correlated: true, around });
        let ty = value.ty.clone().with_nullable(true);
        Some(Expr { ty, ..value }.at(at))
    }

    /// `x IN (SELECT …)` as a value. Where it may be unknown, no row comes out before the sub-query has one, as of Flink.
    fn membership(
        &mut self,
        value: &Sql,
        query: &Query,
        negated: bool,
        at: Span,
        env: Env<'_>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
        if matches!(value, Sql::Tuple(_)) {
            return self.refused(at, "`IN` of several columns here is");
        }
        let value = self.binder.expr(value, env);
        let right = match self.alone(query) {
            Ok(right) => right?,
            Err(alone) => return self.membership_around((value, query, negated), alone, at, env, out),
        };
        if right.props.schema.len() != 1 {
            let message = format!(
                "`IN` compares one column with the {} columns of the sub-query",
                right.props.schema.len()
            );
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            return None;
        }
        if value.ty.is_unknown() {
            return None;
        }
        let origin = Origin::new(if negated { "NOT IN" } else { "IN" }, at);
        let ty = right.props.schema.columns.first()?.ty.clone();
        let (counted, listed) = (self.next_subquery(), self.next_subquery());
        let unknowns = value.ty.nullable || ty.nullable;
        if unknowns {
            let calls = vec![
                call("COUNT", Vec::new(), "$rows", at)?,
                call("COUNT", vec![Expr::column(0, ty.clone())], "$known", at)?,
            ];
            let counts = relations::aggregate(right.clone(), Vec::new(), calls, origin.clone());
            out.push(Joined {
                number: counted,
                kind: JoinKind::Inner,
                right: counts,
                condition: all_of(Vec::new()),
                origin: origin.clone(),
                correlated: false,
                around: None,
            });
        }
        let distinct =
            if right.props.keys.is_empty() { relations::distinct(right, origin.clone()) } else { right };
        let marked = vec![("$value".into(), Expr::column(0, ty.clone())), ("$is".into(), truth())];
        let right = relations::project(distinct, marked, origin.clone());
        let item = Expr::column(subquery_column(listed, 0), ty.clone()).at(at);
        if self.binder.clashes("IN", &value, &item, at) {
            return None;
        }
        let condition = self.binder.compare("=", value.clone(), item, at);
        if condition.ty.is_unknown() {
            return None;
        }
        out.push(Joined {
            number: listed,
            kind: JoinKind::Left,
            right,
            condition,
            origin,
            correlated: false,
            around: None,
        });
        let mark = Expr::column(subquery_column(listed, 1), DataType::boolean());
        let is_in = self.binder.operator("IS NOT NULL", vec![mark], at);
        if !unknowns {
            return Some(if negated { self.binder.operator("NOT", vec![is_in], at) } else { is_in });
        }
        let count =
            |place| Expr::column(subquery_column(counted, place), DataType::not_null(TypeKind::BigInt));
        let zero = Expr::literal(Value::Int(0), DataType::not_null(TypeKind::BigInt));
        let empty = self.binder.operator("=", vec![count(0), zero], at);
        let no_value = self.binder.operator("IS NULL", vec![value], at);
        let nulls = self.binder.operator("<", vec![count(1), count(0)], at);
        let unknown = || Expr::literal(Value::Null, DataType::boolean());
        let branches = vec![
            (empty, constant(negated)),
            (no_value, unknown()),
            (is_in, constant(!negated)),
            (nulls, unknown()),
        ];
        let otherwise = Box::new(constant(negated));
        Some(Expr::new(ExprKind::Case { branches, otherwise }, DataType::boolean()).at(at))
    }

    /// `EXISTS (SELECT …)` as a value.
    fn existence(
        &mut self,
        query: &Query,
        negated: bool,
        at: Span,
        env: Env<'_>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
        let number = self.next_subquery();
        let origin = Origin::new(if negated { "NOT EXISTS" } else { "EXISTS" }, at);
        let (right, place, condition, correlated) = match self.alone(query) {
            Ok(right) => {
                let right = right?;
                if has_rows(&right) {
                    return Some(constant(!negated).at(at));
                }
                let right = self.any_row(right, origin.clone(), at)?;
                (right, 0, all_of(Vec::new()), false)
            }
            Err(alone) => {
                let before = self.binder.diagnostics.len();
                let select = self.around(query, alone.clone(), env, at)?;
                let Some(inner) = self.correlated(select, Wants::Nothing, env.scope) else {
                    if !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                        self.binder.diagnostics.extend(alone);
                    }
                    return None;
                };
                if inner.one_row {
                    return Some(constant(!negated).at(at));
                }
                let Some((keys, outside)) = equal_sides(&inner) else {
                    let Some(place) = outside_read(&inner) else { return self.not_about_both(&inner, at) };
                    let width = inner.right.props.schema.len();
                    let around = Around::new(&inner.correlation, width, Then::Exists);
                    let (kind, condition) = (JoinKind::Left, constant(true));
                    let right = inner.right;
                    out.push(Joined { number, kind, right, condition, origin, correlated: true, around });
                    return Some(self.there(number, place, negated, at));
                };
                let rows = relations::project(inner.right, named(&keys), origin.clone());
                let rows =
                    if rows.props.keys.is_empty() { relations::distinct(rows, origin.clone()) } else { rows };
                let mut marked = all_columns(&rows.props.schema);
                marked.push(("$is".into(), truth()));
                let condition = self.equal(&keys, outside, number, at);
                (relations::project(rows, marked, origin.clone()), keys.len(), condition, true)
            }
        };
        out.push(Joined { number, kind: JoinKind::Left, right, condition, origin, correlated, around: None });
        Some(self.there(number, place, negated, at))
    }

    /// One row, a `TRUE`, if there is any row; otherwise none.
    pub(super) fn any_row(&mut self, right: Relation, origin: Origin, at: Span) -> Option<Relation> {
        if right.props.keys.iter().any(Vec::is_empty) {
            return self.refused(at, "`EXISTS` with a sub-query of one row, an aggregate, is");
        }
        let marked = relations::project(right, vec![("$is".into(), truth())], origin.clone());
        let least = call("MIN", vec![Expr::column(0, truth().ty)], "$is", at)?;
        let grouped = relations::aggregate(marked, Vec::new(), vec![least], origin.clone());
        let there = self.binder.operator("IS NOT NULL", vec![Expr::column(0, DataType::boolean())], at);
        let there = relations::filter(grouped, there, origin.clone());
        Some(relations::project(there, vec![("$is".into(), truth())], origin))
    }

    /// `x > ANY (SELECT …)`, `x > ALL (SELECT …)` as conditions.
    #[expect(clippy::too_many_arguments, reason = "the parts of one SQL form")]
    fn compared_with(
        &mut self,
        value: &Sql,
        op: &BinaryOperator,
        query: &Query,
        (all, is_test): (bool, bool),
        at: Span,
        env: Env<'_>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
        // Greater than any: than the least.
        let (symbol, extreme) = match (op, all) {
            (BinaryOperator::Gt, false) => (">", "MIN"),
            (BinaryOperator::GtEq, false) => (">=", "MIN"),
            (BinaryOperator::Lt, false) => ("<", "MAX"),
            (BinaryOperator::LtEq, false) => ("<=", "MAX"),
            (BinaryOperator::Gt, true) => (">", "MAX"),
            (BinaryOperator::GtEq, true) => (">=", "MAX"),
            (BinaryOperator::Lt, true) => ("<", "MIN"),
            (BinaryOperator::LtEq, true) => ("<=", "MIN"),
            _ => return self.refused(at, "this comparison with `ANY` or `ALL` of a sub-query is"),
        };
        let value = self.binder.expr(value, env);
        let right = match self.alone(query) {
            Ok(right) => right?,
            Err(alone) => {
                self.not_alone(alone, env.scope, false, at);
                return None;
            }
        };
        if right.props.schema.len() != 1 {
            let message =
                format!("one value is compared with the {} columns of a sub-query", right.props.schema.len());
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            return None;
        }
        let ty = right.props.schema.columns.first()?.ty.clone();
        if matches!(ty.kind, TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_))
            || value.ty.is_unknown()
        {
            return self.refused(at, "this comparison with `ANY` or `ALL` of a sub-query is");
        }
        let nullable = value.ty.nullable || ty.nullable;
        let number = self.next_subquery();
        let origin = Origin::new(if all { "ALL" } else { "ANY" }, at);
        let column = || vec![Expr::column(0, ty.clone())];
        let calls = vec![
            call(extreme, column(), "$extreme", at)?,
            call("COUNT", Vec::new(), "$rows", at)?,
            call("COUNT", column(), "$known", at)?,
        ];
        let right = relations::aggregate(right, Vec::new(), calls, origin.clone());
        let condition = all_of(Vec::new());
        out.push(Joined {
            number,
            kind: JoinKind::Inner,
            right,
            condition,
            origin,
            correlated: false,
            around: None,
        });
        let own = |place, ty| Expr::column(subquery_column(number, place), ty);
        let count = |place| own(place, DataType::not_null(TypeKind::BigInt));
        let zero = Expr::literal(Value::Int(0), DataType::not_null(TypeKind::BigInt));
        let against = own(0, ty.with_nullable(true)).at(at);
        let holds = self.binder.compare(symbol, value, against, at);
        if holds.ty.is_unknown() {
            return None;
        }
        if !is_test {
            // What is known of one row decides, then what is unknown of any.
            let decided =
                self.binder.operator(if all { "IS FALSE" } else { "IS TRUE" }, vec![holds.clone()], at);
            let empty = self.binder.operator("=", vec![count(1), zero], at);
            let nulls = self.binder.operator("<", vec![count(2), count(1)], at);
            let unknown = Expr::literal(Value::Null, DataType::boolean());
            let branches = vec![(empty, constant(all)), (decided, constant(!all)), (nulls, unknown)];
            let case = ExprKind::Case { branches, otherwise: Box::new(holds) };
            return Some(Expr::new(case, DataType::boolean().with_nullable(nullable)).at(at));
        }
        let empty = self.binder.operator(if all { "=" } else { "<>" }, vec![count(1), zero], at);
        if !all {
            return Some(self.binder.operator("AND", vec![empty, holds], at));
        }
        let known = self.binder.operator("=", vec![count(1), count(2)], at);
        let holds = self.binder.operator("AND", vec![known, holds], at);
        Some(self.binder.operator("OR", vec![empty, holds], at))
    }

    /// Whether a row was found, by the mark at `place`.
    pub(super) fn there(&mut self, number: usize, place: usize, negated: bool, at: Span) -> Expr {
        let mark = Expr::column(subquery_column(number, place), DataType::boolean());
        self.binder.operator(if negated { "IS NULL" } else { "IS NOT NULL" }, vec![mark], at)
    }

    fn not_about_both<T>(&mut self, inner: &Inner, at: Span) -> Option<T> {
        let width = inner.right.props.schema.len();
        let odd = inner.correlation.iter().find(|part| part.columns().iter().all(|c| *c >= width));
        let at = odd.and_then(|part| part.span).unwrap_or(at);
        let message =
            "a condition of a sub-query that is about the row around it alone is not supported yet here";
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
        self.binder.report(d.help("move it out of the sub-query"));
        None
    }

    /// The condition that joins the row outside with the keys of a sub-query.
    pub(super) fn equal(&mut self, keys: &[Expr], outside: Vec<Expr>, number: usize, at: Span) -> Expr {
        let pairs = keys.iter().zip(outside).enumerate();
        let parts: Vec<(Expr, Expr)> = pairs
            .map(|(n, (key, other))| {
                let first = keys.iter().position(|k| group::same(k, key)).unwrap_or(n);
                (other, Expr::column(subquery_column(number, first), key.ty.clone()))
            })
            .collect();
        all_of(parts.into_iter().map(|(a, b)| self.binder.operator("=", vec![a, b], at)).collect())
    }
}

/// The two sides of each condition with the row outside: of the sub-query's row, and of the row outside. `None` unless all
/// are equalities.
pub(super) fn equal_sides(inner: &Inner) -> Option<(Vec<Expr>, Vec<Expr>)> {
    let width = inner.right.props.schema.len();
    let (mut keys, mut outside): (Vec<Expr>, Vec<Expr>) = (Vec::new(), Vec::new());
    for part in &inner.correlation {
        let sides = match &part.kind {
            ExprKind::Call { function, arguments } if function.name == "=" => arguments.as_slice(),
            _ => &[],
        };
        let own = |e: &Expr| !e.columns().is_empty() && e.columns().iter().all(|c| *c < width);
        let outer = |e: &Expr| e.columns().iter().all(|c| *c >= width);
        let (key, other) = match sides {
            [a, b] if own(a) && outer(b) => (a, b),
            [a, b] if own(b) && outer(a) => (b, a),
            _ => return None,
        };
        keys.push(key.clone());
        outside.push(other.clone().map_columns(&|i| i - width));
    }
    Some((keys, outside))
}

/// How many columns of the row outside the conditions read; `None` if one is not about both rows.
fn outside_read(inner: &Inner) -> Option<usize> {
    let width = inner.right.props.schema.len();
    Around::new(&inner.correlation, width, Then::Exists).map(|around| around.width())
}

fn truth() -> Expr {
    constant(true)
}

/// `TRUE` or `FALSE`.
pub(super) fn constant(value: bool) -> Expr {
    Expr::literal(Value::Boolean(value), DataType::not_null(TypeKind::Boolean))
}

pub(super) fn named(keys: &[Expr]) -> Vec<(SmolStr, Expr)> {
    keys.iter().enumerate().map(|(n, key)| (format_smolstr!("$key{n}"), key.clone())).collect()
}

/// A call of an aggregate whose result has the type of its argument, or of `COUNT`.
pub(super) fn call(function: &str, arguments: Vec<Expr>, name: &str, at: Span) -> Option<AggregateCall> {
    let ty = match arguments.first() {
        Some(argument) if function != "COUNT" => argument.ty.clone().with_nullable(true),
        _ => DataType::not_null(TypeKind::BigInt),
    };
    Some(AggregateCall {
        function: streamc_functions::find(function)?,
        arguments,
        distinct: false,
        filter: None,
        ty,
        name: name.into(),
        span: Some(at),
    })
}

fn single_value(value: Expr, at: Span) -> Option<AggregateCall> {
    let ty = value.ty.clone().with_nullable(true);
    Some(AggregateCall {
        function: streamc_functions::window_function("SINGLE_VALUE")?,
        arguments: vec![value],
        distinct: false,
        filter: None,
        ty,
        name: "$value".into(),
        span: Some(at),
    })
}
