//! `x > ANY (SELECT …)`, `x = ALL (SELECT …)`: comparisons with all rows of a sub-query.
//!
//! Flink's planner compares with the least or the greatest of them, and counts them and those that are known
//! (`SubQueryRemoveRule.rewriteSome`).

use super::QueryBinder;
use super::around::{Around, Then};
use super::correlated::{call, constant, equal_sides, unknown};
use super::semi::Wants;
use super::tree::all_of;
use super::value::Joined;
use crate::bind::{Env, subquery_column};
use crate::group;
use sqlparser::ast::{BinaryOperator, Expr as Sql, Query};
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, JoinKind, Origin, Relation, RelationKind, relations};
use streamc_types::{DataType, TypeKind, Value};

/// What is known of the rows: columns of the joined sub-query.
struct Known {
    /// The least or the greatest.
    extreme: Expr,
    rows: Expr,
    /// Those that are not `NULL`; for `<>` and `=`, different ones.
    known: Expr,
    /// Whether there are none.
    empty: Expr,
}

impl QueryBinder<'_> {
    /// `is_test`: where it stands, what is unknown is as good as false. The value, the comparison, whether it is `ALL`, and
    /// the sub-query.
    pub(super) fn quantified(
        &mut self,
        (value, op, all, query): (&Sql, &BinaryOperator, bool, &Query),
        is_test: bool,
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
            (BinaryOperator::NotEq, false) => ("<>", "MAX"),
            (BinaryOperator::Eq, true) => ("=", "MAX"),
            _ => return self.refused(at, "this comparison with `ANY` or `ALL` of a sub-query is"),
        };
        if matches!(value, Sql::Tuple(_)) {
            // Calcite compares the first column and forgets the others.
            return self.refused(at, "a comparison of several columns with `ANY` or `ALL` of a sub-query is");
        }
        let distinct = matches!(symbol, "<>" | "=");
        if distinct && self.mistakes_counts(env, out, at) {
            return None;
        }
        let value = self.binder.expr(value, env);
        let number = self.next_subquery();
        let origin = Origin::new(if all { "ALL" } else { "ANY" }, at);
        let (right, ty, condition, before, around) = match self.alone(query) {
            Ok(right) => {
                let right = right?;
                let [column] = right.props.schema.columns.as_slice() else {
                    return self.miscounted(right.props.schema.len(), at);
                };
                let ty = column.ty.clone();
                let once = !right.props.keys.is_empty() || different(&right);
                let right =
                    if distinct && !once { relations::distinct(right, origin.clone()) } else { right };
                let calls = known_calls(extreme, &Expr::column(0, ty.clone()), false, at)?;
                let right = relations::aggregate(right, Vec::new(), calls, origin.clone());
                (right, ty, all_of(Vec::new()), None, None)
            }
            Err(alone) => {
                let inner = self.rows_around(query, Wants::Column, env.scope, alone, at)?;
                let [item] = inner.items.as_slice() else { return self.miscounted(inner.items.len(), at) };
                let calls = known_calls(extreme, item, distinct, at)?;
                let ty = item.ty.clone();
                match equal_sides(&inner) {
                    Some((keys, outside)) => {
                        let right = group::aggregate(inner.right, &keys, calls, origin.clone());
                        (right, ty, self.equal(&keys, outside, number, at), Some(keys.len()), None)
                    }
                    None => {
                        let width = inner.right.props.schema.len();
                        let Some(around) = Around::new(&inner.correlation, width, Then::Calls(calls)) else {
                            return self.not_about_both(&inner, at);
                        };
                        (inner.right, ty, constant(true), Some(around.width()), Some(around))
                    }
                }
            }
        };
        if matches!(ty.kind, TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_))
            || value.ty.is_unknown()
        {
            return self.refused(at, "this comparison with `ANY` or `ALL` of a sub-query is");
        }
        let correlated = before.is_some();
        let kind = if correlated { JoinKind::Left } else { JoinKind::Inner };
        out.push(Joined { number, kind, right, condition, origin, correlated, around });
        let nullable = value.ty.nullable || ty.nullable;
        let place = |n, ty| Expr::column(subquery_column(number, before.unwrap_or(0) + n), ty);
        let count = |n| place(n, DataType::not_null(TypeKind::BigInt).with_nullable(correlated));
        let none = self.binder.operator("=", vec![count(1), number_of(0)], at);
        let empty = if correlated {
            let missing = self.binder.operator("IS NULL", vec![count(1)], at);
            self.binder.operator("OR", vec![missing, none], at)
        } else {
            none
        };
        let extreme = place(0, ty.with_nullable(true)).at(at);
        let known = Known { extreme, rows: count(1), known: count(2), empty };
        let holds = self.binder.compare(symbol, value.clone(), known.extreme.clone(), at);
        if holds.ty.is_unknown() {
            return None;
        }
        let found = match (distinct, is_test) {
            (true, _) => self.of_distinct(known, value, holds, all, at),
            (false, true) => return Some(self.known_to_hold(known, holds, all, at)),
            (false, false) => self.truth_of(known, holds, all, at),
        };
        Some(Expr { ty: DataType::boolean().with_nullable(nullable), ..found })
    }

    /// Whether Flink's planner would take columns of that name for its counts of `<> ANY` and `= ALL`, and says so: those of
    /// the row outside, and those that another sub-query has left there (measured on 2.3).
    fn mistakes_counts(&mut self, env: Env<'_>, out: &[Joined], at: Span) -> bool {
        let named = env.scope.names().find(|name| matches!(*name, "c" | "d")).map(str::to_owned);
        let message = match named {
            Some(name) => {
                format!("Flink 2.3 takes the column `{name}` for a count of its own in `<> ANY` and `= ALL`")
            }
            None if out.is_empty() => return false,
            None => {
                "Flink 2.3 takes the counts of the sub-query before it for its own in `<> ANY` and `= ALL`"
                    .to_owned()
            }
        };
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
        self.binder
            .report(d.help("join with a sub-query that counts, `COUNT(DISTINCT x)`, and compare with that"));
        true
    }

    fn miscounted<T>(&mut self, columns: usize, at: Span) -> Option<T> {
        let message = format!("one value is compared with the {columns} columns of a sub-query");
        self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
        None
    }

    /// As a condition: what is unknown does not hold.
    fn known_to_hold(&mut self, known: Known, holds: Expr, all: bool, at: Span) -> Expr {
        if !all {
            let some = self.binder.operator("<>", vec![known.rows, number_of(0)], at);
            return self.binder.operator("AND", vec![some, holds], at);
        }
        let certain = self.binder.operator("=", vec![known.rows, known.known], at);
        let holds = self.binder.operator("AND", vec![certain, holds], at);
        self.binder.operator("OR", vec![known.empty, holds], at)
    }

    /// As a value: what is known of one row decides, then what is unknown of any.
    fn truth_of(&mut self, known: Known, holds: Expr, all: bool, at: Span) -> Expr {
        let decided = self.binder.operator(if all { "IS FALSE" } else { "IS TRUE" }, vec![holds.clone()], at);
        let nulls = self.binder.operator("<", vec![known.known, known.rows], at);
        let branches = vec![(known.empty, constant(all)), (decided, constant(!all)), (nulls, unknown())];
        let case = ExprKind::Case { branches, otherwise: Box::new(holds) };
        Expr::new(case, DataType::boolean()).at(at)
    }

    /// `<> ANY` and `= ALL`: with one different value, it is compared; with more, it differs from one of them.
    fn of_distinct(&mut self, known: Known, value: Expr, holds: Expr, all: bool, at: Span) -> Expr {
        let one = number_of(1);
        let differ = self.binder.operator("<>", vec![known.known.clone(), known.rows], at);
        let few = self.binder.operator("<=", vec![known.known.clone(), one.clone()], at);
        // Of rows around which others stand, Flink counts equal ones as if they were unknown (measured on 2.3).
        let unsure = self.binder.operator("AND", vec![differ, few], at);
        let half = self.binder.operator(if all { "AND" } else { "OR" }, vec![holds.clone(), unknown()], at);
        let single = self.binder.operator("=", vec![known.known, one], at);
        let no_value = self.binder.operator("IS NULL", vec![value], at);
        let branches =
            vec![(known.empty, constant(all)), (no_value, unknown()), (unsure, half), (single, holds)];
        let case = ExprKind::Case { branches, otherwise: Box::new(constant(!all)) };
        Expr::new(case, DataType::boolean()).at(at)
    }
}

/// Whether they are constant rows that all differ.
fn different(rows: &Relation) -> bool {
    let RelationKind::Values { rows } = &rows.kind else { return false };
    rows.iter().enumerate().all(|(n, row)| !rows.iter().take(n).any(|other| other == row))
}

fn number_of(count: i64) -> Expr {
    Expr::literal(Value::Int(count), DataType::not_null(TypeKind::BigInt))
}

/// The least or the greatest, how many rows, and how many of them are known.
fn known_calls(extreme: &str, item: &Expr, distinct: bool, at: Span) -> Option<Vec<AggregateCall>> {
    let known = call("COUNT", vec![item.clone()], "$known", at)?;
    Some(vec![
        call(extreme, vec![item.clone()], "$extreme", at)?,
        call("COUNT", Vec::new(), "$rows", at)?,
        AggregateCall { distinct, ..known },
    ])
}
