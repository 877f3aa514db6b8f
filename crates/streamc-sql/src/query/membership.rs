//! `x IN (SELECT …)` as a value, of a sub-query that reads the row around it.

use super::QueryBinder;
use super::select::all_columns;
use super::semi::{Wants, plain};
use super::tree::all_of;
use super::value::{Joined, call, constant, equal_sides, named};
use crate::bind::{Env, subquery_column};
use crate::group;
use sqlparser::ast::Query;
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind, JoinKind, Origin, relations};
use streamc_types::{DataType, TypeKind, Value};

impl QueryBinder<'_> {
    /// Where it may be unknown, the rows of the sub-query are counted for each row outside, as by Flink's planner.
    pub(super) fn membership_around(
        &mut self,
        (value, query, negated): (Expr, &Query, bool),
        alone: Vec<Diagnostic>,
        at: Span,
        env: Env<'_>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
        let Some(select) = plain(query) else {
            self.not_alone(alone, env.scope, false, at);
            return None;
        };
        let before = self.binder.diagnostics.len();
        let Some(inner) = self.correlated(select, Wants::Items, env.scope) else {
            if !self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error) {
                self.binder.diagnostics.extend(alone);
            }
            return None;
        };
        let [item] = inner.items.as_slice() else {
            let count = inner.items.len();
            let message = format!("`IN` compares one column with the {count} columns of the sub-query");
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            return None;
        };
        let item = item.clone();
        let Some((keys, outside)) = equal_sides(&inner) else {
            let message = "`IN` as a value, of a sub-query that compares with the row around it by more than `=`, is not \
                           supported yet";
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message));
            return None;
        };
        if value.ty.is_unknown() {
            return None;
        }
        let origin = Origin::new(if negated { "NOT IN" } else { "IN" }, at);
        let (counted, listed) = (self.next_subquery(), self.next_subquery());
        let listed_item = Expr::column(subquery_column(listed, keys.len()), item.ty.clone()).at(at);
        if self.binder.clashes("IN", &value, &listed_item, at) {
            return None;
        }
        let same = self.binder.compare("=", value.clone(), listed_item, at);
        if same.ty.is_unknown() {
            return None;
        }
        let unknowns = value.ty.nullable || item.ty.nullable;
        let (kind, correlated) = (JoinKind::Left, true);
        if unknowns {
            let calls = vec![
                call("COUNT", Vec::new(), "$rows", at)?,
                call("COUNT", vec![item.clone()], "$known", at)?,
            ];
            let right = group::aggregate(inner.right.clone(), &keys, calls, origin.clone());
            let condition = self.equal(&keys, outside.clone(), counted, at);
            let origin = origin.clone();
            out.push(Joined { number: counted, kind, right, condition, origin, correlated, around: None });
        }
        let columns = named(&keys).into_iter().chain([("$value".into(), item)]).collect();
        let rows = relations::project(inner.right, columns, origin.clone());
        let rows = if rows.props.keys.is_empty() { relations::distinct(rows, origin.clone()) } else { rows };
        let mut marked = all_columns(&rows.props.schema);
        marked.push(("$is".into(), constant(true)));
        let right = relations::project(rows, marked, origin.clone());
        let condition = all_of(vec![self.equal(&keys, outside, listed, at), same]);
        out.push(Joined { number: listed, kind, right, condition, origin, correlated, around: None });
        let is_in = self.there(listed, keys.len() + 1, false, at);
        if !unknowns {
            return Some(if negated { self.binder.operator("NOT", vec![is_in], at) } else { is_in });
        }
        let count =
            |n| Expr::column(subquery_column(counted, keys.len() + n), DataType::new(TypeKind::BigInt));
        // `NULL` among no rows is unknown to Flink, not false (measured on 2.3).
        let no_value = self.binder.operator("IS NULL", vec![value], at);
        let nulls = self.binder.operator("<", vec![count(1), count(0)], at);
        let unknown = || Expr::literal(Value::Null, DataType::boolean());
        let branches = vec![(no_value, unknown()), (is_in, constant(!negated)), (nulls, unknown())];
        let otherwise = Box::new(constant(negated));
        Some(Expr::new(ExprKind::Case { branches, otherwise }, DataType::boolean()).at(at))
    }
}
