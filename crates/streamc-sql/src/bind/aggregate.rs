//! Aggregate calls inside expressions.
//!
//! While an expression is bound, each aggregate call in it becomes a column beyond [`AGGREGATE`]; the calls are
//! gathered in the environment. Grouping puts the columns of the aggregate relation in their place.

use super::call::{arguments, cast_arguments};
use super::{Binder, Env};
use smol_str::SmolStr;
use sqlparser::ast::{
    DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments,
    NullTreatment,
};
use streamc_diagnostics::codes::types::{AGGREGATE_PLACE, ARGUMENT_COUNT, SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_functions::FunctionRef;
use streamc_plan::{AggregateCall, Expr};
use streamc_types::TypeKind;

/// Columns from here on stand for the aggregate calls of the environment.
pub(crate) const AGGREGATE: usize = usize::MAX / 2;

/// The number of the call that column `index` stands for.
pub(crate) fn as_aggregate(index: usize) -> Option<usize> {
    index.checked_sub(AGGREGATE).filter(|_| index < super::OVER)
}

impl Binder<'_> {
    pub(super) fn aggregate(
        &mut self,
        entry: FunctionRef,
        function: &Function,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let Some(calls) = env.calls else {
            let inside = env.clause == INSIDE;
            let message = if inside {
                format!("`{}` stands inside another aggregate", entry.name)
            } else if env.clause == crate::pipe::PIPE {
                format!("`{}` is an aggregate and cannot stand here", entry.name)
            } else {
                format!("`{}` is an aggregate and cannot stand in `{}`", entry.name, env.clause)
            };
            let mut d = Diagnostic::new(AGGREGATE_PLACE, span, message);
            d.help = match env.clause {
                "WHERE" => Some("conditions on groups stand in `HAVING`".to_owned()),
                crate::pipe::PIPE | "filter" | "derive" | "map" | "select" => {
                    Some("aggregates stand in `group by k { … }`".to_owned())
                }
                _ if inside => Some("compute the inner one in a sub-query".to_owned()),
                _ => None,
            };
            self.report(d);
            return Expr::error(span);
        };
        if !function.within_group.is_empty() {
            let message = format!("`{}` takes no `WITHIN GROUP`", entry.name);
            self.report(
                Diagnostic::new(SQL_UNSUPPORTED, span, message).help("rows come in their order of arrival"),
            );
            return Expr::error(span);
        }
        let Some((entry, plain)) = self.of_nulls(entry, function, span) else { return Expr::error(span) };
        let function = plain.as_ref().unwrap_or(function);
        // What a call with `OVER` gathers may be groups: its arguments are aggregates then.
        let inner = match env.groups {
            Some((calls, keyed)) => Env {
                calls: Some(calls),
                keyed,
                grouping: env.grouping,
                group_window: env.group_window,
                ..Env::new(env.scope, "OVER")
            },
            None => Env::new(env.scope, INSIDE),
        };
        let star = matches!(&function.args, FunctionArguments::List(l)
            if matches!(l.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]));
        let bound: Vec<Expr> = if star {
            if entry.name != "COUNT" {
                return self.fail(
                    ARGUMENT_COUNT,
                    span,
                    format!("`{}(*)` does not exist, only `COUNT(*)`", entry.name),
                );
            }
            Vec::new()
        } else {
            match arguments(function) {
                Ok(list) => list.into_iter().map(|e| known(self.expr(e, inner), env)).collect(),
                Err(what) => return self.unsupported(span, &format!("{what} is")),
            }
        };
        if !star && bound.is_empty() && (entry.arity.min > 0 || entry.name == "COUNT") {
            let d = Diagnostic::new(ARGUMENT_COUNT, span, format!("`{}()` has no argument", entry.name));
            let d = if entry.name == "COUNT" { d.fix("write `COUNT(*)`", span, "COUNT(*)") } else { d };
            self.report(d);
            return Expr::error(span);
        }
        let distinct = matches!(&function.args, FunctionArguments::List(l)
            if l.duplicate_treatment == Some(DuplicateTreatment::Distinct));
        if let Some(argument) = bound.iter().find(|_| distinct).filter(|e| !can_be_distinct(&e.ty.kind)) {
            let at = argument.span.unwrap_or(span);
            let message =
                format!("`{}(DISTINCT …)` does not take values of type `{}`", entry.name, argument.ty.kind);
            let d = Diagnostic::new(TYPE_MISMATCH, at, message);
            self.report(match argument.ty.kind {
                TypeKind::Map(..) | TypeKind::Multiset(_) => d,
                _ => d.help(
                    "Flink keeps apart only plain values and arrays: take a part, or `CAST(… AS STRING)`",
                ),
            });
            return Expr::error(span);
        }
        if env.group_window.is_some() && entry.name.starts_with("JSON_") {
            // Flink turns the values into JSON (`WrapJsonAggFunctionArgumentsRule`) in every other grouping: here texts stand in
            // the result without quotes, and its code generator takes nothing else.
            let message = format!(
                "`{}` in a group window does not write JSON",
                entry.name.trim_end_matches("_NULL_ON_NULL").trim_end_matches("_ABSENT_ON_NULL")
            );
            let help = "group by a window table function: `FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' \
                        MINUTE)) GROUP BY window_start, window_end`";
            self.report(Diagnostic::new(SQL_UNSUPPORTED, span, message).help(help));
            return Expr::error(span);
        }
        let filter = function.filter.as_ref().map(|f| {
            let filter = self.expr(f, inner);
            self.boolean(filter, "FILTER")
        });
        let Some(mut typed) = self.types(entry, &bound, span) else { return Expr::error(span) };
        // Over no rows every aggregate but a count (and, for Flink, `LISTAGG`) is `NULL` (Calcite's `SqlOperatorBinding`, group count and filter).
        let kept = entry.is_never_null() || entry.name == "LAG";
        typed.result.nullable |= !kept && (!env.keyed || filter.is_some());
        if typed.result.is_unknown() || filter.as_ref().is_some_and(|f| f.ty.is_unknown()) {
            return Expr::error(span);
        }
        let call = AggregateCall {
            function: entry,
            arguments: cast_arguments(bound, &typed),
            distinct,
            filter,
            ty: typed.result.clone(),
            name: SmolStr::default(),
            span: Some(span),
        };
        let mut calls = calls.borrow_mut();
        let index = calls.iter().position(|c| crate::group::same_call(c, &call)).unwrap_or(calls.len());
        if index == calls.len() {
            calls.push(call);
        }
        Expr::column(AGGREGATE + index, typed.result).at(span)
    }
}

impl Binder<'_> {
    /// The function that a call with `IGNORE NULLS` or `RESPECT NULLS` is, and the call without those words; `None` after an
    /// error.
    fn of_nulls(
        &mut self,
        entry: FunctionRef,
        function: &Function,
        span: Span,
    ) -> Option<(FunctionRef, Option<Function>)> {
        let clauses = match &function.args {
            FunctionArguments::List(list) => list.clauses.as_slice(),
            _ => &[],
        };
        if clauses.iter().any(|c| matches!(c, FunctionArgumentClause::OrderBy(_))) {
            let message = format!("`ORDER BY` inside `{}` is refused", entry.name);
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, message);
            self.report(d.help("Flink 2.3 either refuses it or takes it and does not sort: sort the array with `ARRAY_SORT(…)`"));
            return None;
        }
        let inside = clauses.iter().find_map(|c| match c {
            FunctionArgumentClause::IgnoreOrRespectNulls(said) => Some(*said),
            _ => None,
        });
        let Some(said) = inside.or(function.null_treatment) else { return Some((entry, None)) };
        if entry.name != "ARRAY_AGG" {
            let message = format!("`{}` takes no `IGNORE NULLS` or `RESPECT NULLS`", entry.name);
            self.report(Diagnostic::new(SQL_UNSUPPORTED, span, message).help(
                "among Flink's aggregates only `ARRAY_AGG` takes them; `FILTER (WHERE x IS NOT NULL)` leaves them out of any",
            ));
            return None;
        }
        if function.filter.is_some() {
            let message = "`ARRAY_AGG` with `IGNORE NULLS` or `RESPECT NULLS` takes no `FILTER`";
            self.report(Diagnostic::new(SQL_UNSUPPORTED, span, message).help(
                "what is `NULL` is left out: write `ARRAY_AGG(CASE WHEN condition THEN x END IGNORE NULLS)`",
            ));
            return None;
        }
        let mut plain = function.clone();
        plain.null_treatment = None;
        if let FunctionArguments::List(list) = &mut plain.args {
            list.clauses.retain(|c| !matches!(c, FunctionArgumentClause::IgnoreOrRespectNulls(_)));
        }
        let entry = match said {
            NullTreatment::IgnoreNulls => streamc_functions::operator("ARRAY_AGG IGNORE NULLS")?,
            NullTreatment::RespectNulls => entry,
        };
        Some((entry, Some(plain)))
    }
}

/// Whether Flink's planner keeps values of the type apart for `DISTINCT` in an aggregate ("Distinct aggregate function
/// does not support type", `AggregateUtil.createDistinctKeyType`).
fn can_be_distinct(kind: &TypeKind) -> bool {
    !matches!(
        kind,
        TypeKind::Binary(_)
            | TypeKind::Varbinary(_)
            | TypeKind::Map(..)
            | TypeKind::Multiset(_)
            | TypeKind::Row(_)
            | TypeKind::Structured(..)
            | TypeKind::Raw(_)
    )
}

pub(super) const INSIDE: &str = "an aggregate";

/// A column that a grouping set leaves out is `NULL` beside the aggregates, not in their arguments.
fn known(mut argument: Expr, env: Env<'_>) -> Expr {
    let column = argument.as_column();
    if column.is_some_and(|column| env.grouping.is_some_and(|g| g.known.contains(&column))) {
        argument.ty.nullable = false;
    }
    argument
}
