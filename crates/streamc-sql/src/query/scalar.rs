//! `(SELECT MAX(x) FROM t)`: sub-queries as values.

use super::QueryBinder;
use super::around::{Around, Then};
use super::correlated::{constant, equal_sides, named};
use super::nulls::over_groups;
use super::semi::{Wants, groups};
use super::tree::all_of;
use super::value::Joined;
use crate::bind::{AGGREGATE, Env, subquery_column};
use crate::group;
use smol_str::format_smolstr;
use sqlparser::ast::Query;
use streamc_diagnostics::codes::types::ARGUMENT_COUNT;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, JoinKind, Origin, RelationKind, relations};

impl QueryBinder<'_> {
    /// `(SELECT MAX(x) FROM t)`: `NULL` if it has no row, an error of the job if it has more than one.
    pub(super) fn scalar(
        &mut self,
        query: &Query,
        at: Span,
        env: Env<'_>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
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
        let inner = self.rows_around(query, Wants::Value, env.scope, alone, at)?;
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
            if let Some(column) = item.columns().into_iter().find(|c| *c < AGGREGATE) {
                let own = inner.right.props.schema.columns.get(column).map(|c| c.name.as_str());
                let name = own.or_else(|| env.scope.column_name(column - width)).unwrap_or_default();
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
                let right = if plain && unique && !groups(query) {
                    let columns = named(&keys).into_iter().chain([("$value".into(), item)]).collect();
                    relations::project(inner.right, columns, origin.clone())
                } else {
                    group::aggregate(inner.right, &keys, calls.clone(), origin.clone())
                };
                (right, self.equal(&keys, outside, number, at), value, None)
            }
            None => {
                let Some(around) = Around::new(&inner.correlation, width, Then::Calls(calls.clone())) else {
                    return self.not_about_both(&inner, at);
                };
                (inner.right, constant(true), value(around.width()), Some(around))
            }
        };
        out.push(Joined { number, kind: JoinKind::Left, right, condition, origin, correlated: true, around });
        let ty = value.ty.clone().with_nullable(true);
        Some(Expr { ty, ..value }.at(at))
    }
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
