//! Sub-queries inside expressions: values, and conditions that stand elsewhere than among those that `AND` joins. Each is
//! a join of the rows with those of the sub-query, as Flink's planner makes of it (`FlinkSubQueryRemoveRule`).

use super::QueryBinder;
use super::around::Around;
use super::gather::{Found, gathered};
use super::nulls::fails_on_null;
use crate::bind::{Env, SUBQUERY, as_subquery, bare};
use crate::scope::Scope;
use sqlparser::ast::{BinaryOperator, Expr as Sql, Query, SetExpr, Value as SqlValue};
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Changelog, Expr, JoinKind, Origin, Relation, RelationKind, relations};
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
                    self.membership((expr, subquery, *negated), is_test, at, env, out)
                }
                Sql::Exists { subquery, negated } => self.existence(subquery, *negated, at, env, out),
                Sql::AnyOp { left, compare_op, right, .. } => match (compare_op, bare(right)) {
                    (BinaryOperator::Eq, Sql::Subquery(query)) => {
                        self.membership((left, query, false), is_test, at, env, out)
                    }
                    (op, Sql::Subquery(query)) => {
                        self.quantified((left, op, false, query), is_test, at, env, out)
                    }
                    _ => self.refused(at, "`ANY` with a sub-query here is"),
                },
                Sql::AllOp { left, compare_op, right } => match (compare_op, bare(right)) {
                    (BinaryOperator::NotEq, Sql::Subquery(query)) => {
                        self.membership((left, query, true), is_test, at, env, out)
                    }
                    (op, Sql::Subquery(query)) => {
                        self.quantified((left, op, true, query), is_test, at, env, out)
                    }
                    _ => self.refused(at, "`ALL` with a sub-query here is"),
                },
                _ => None,
            };
            self.binder.subqueries.push((at, value.unwrap_or_else(|| Expr::error(at))));
        }
    }

    pub(super) fn refused<T>(&mut self, at: Span, what: &str) -> Option<T> {
        self.unsupported(at, what);
        None
    }

    pub(super) fn next_subquery(&mut self) -> usize {
        self.subqueries += 1;
        self.subqueries - 1
    }

    /// The rows of a sub-query that reads no column of the row outside; `None` if it fails by itself, with what is wrong.
    pub(super) fn alone(&mut self, query: &Query) -> Result<Option<Relation>, Vec<Diagnostic>> {
        self.no_bare_null(query);
        let before = self.binder.diagnostics.len();
        let derived = self.query(query, false);
        if self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
            return Err(self.binder.diagnostics.split_off(before));
        }
        Ok(self.finished(derived))
    }

    /// Reports a `WHERE NULL` of a sub-query: Flink takes it elsewhere only.
    pub(super) fn no_bare_null(&mut self, query: &Query) {
        let SetExpr::Select(select) = query.body.as_ref() else { return };
        let Some(sql) = &select.selection else { return };
        if matches!(bare(sql), Sql::Value(value) if value.value == SqlValue::Null) {
            let null = Expr::literal(Value::Null, DataType::new(TypeKind::Null));
            self.binder.typed_as(null.at(self.binder.tokens.extent(sql)), "BOOLEAN");
        }
    }
}
