//! `EXISTS (SELECT …)` as a value.

use super::QueryBinder;
use super::around::{Around, Then};
use super::constants::has_rows;
use super::correlated::{call, constant, equal_sides, named};
use super::select::all_columns;
use super::semi::{Wants, groups};
use super::tree::all_of;
use super::value::Joined;
use crate::bind::Env;
use sqlparser::ast::Query;
use streamc_diagnostics::Span;
use streamc_plan::{Expr, JoinKind, Origin, Relation, relations};
use streamc_types::DataType;

impl QueryBinder<'_> {
    /// `EXISTS (SELECT …)` as a value.
    pub(super) fn existence(
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
                let inner = self.rows_around(query, Wants::Nothing, env.scope, alone, at)?;
                if inner.one_row {
                    return Some(constant(!negated).at(at));
                }
                let Some((keys, outside)) = equal_sides(&inner) else {
                    let width = inner.right.props.schema.len();
                    let Some(around) = Around::new(&inner.correlation, width, Then::Exists) else {
                        return self.not_about_both(&inner, at);
                    };
                    let place = around.width();
                    let (kind, condition) = (JoinKind::Left, constant(true));
                    let right = inner.right;
                    let around = Some(around);
                    out.push(Joined { number, kind, right, condition, origin, correlated: true, around });
                    return Some(self.there(number, place, negated, at));
                };
                let rows = relations::project(inner.right, named(&keys), origin.clone());
                let once = !rows.props.keys.is_empty() && !groups(query);
                let rows = if once { rows } else { relations::distinct(rows, origin.clone()) };
                let mut marked = all_columns(&rows.props.schema);
                marked.push(("$is".into(), constant(true)));
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
        let marked = relations::project(right, vec![("$is".into(), constant(true))], origin.clone());
        let least = call("MIN", vec![Expr::column(0, constant(true).ty)], "$is", at)?;
        let grouped = relations::aggregate(marked, Vec::new(), vec![least], origin.clone());
        let there = self.binder.operator("IS NOT NULL", vec![Expr::column(0, DataType::boolean())], at);
        let there = relations::filter(grouped, there, origin.clone());
        Some(relations::project(there, vec![("$is".into(), constant(true))], origin))
    }
}
