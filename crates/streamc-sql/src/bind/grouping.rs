//! `GROUPING(a, b)`, `GROUPING_ID(a, b)` and `GROUP_ID()`: which keys the grouping set of a row leaves out.

use super::aggregate::{AGGREGATE, INSIDE};
use super::call::arguments;
use super::{Binder, Env};
use crate::group;
use smol_str::SmolStr;
use sqlparser::ast::{Expr as Sql, Function};
use streamc_diagnostics::codes::types::{AGGREGATE_PLACE, ARGUMENT_COUNT, NOT_GROUPED, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::relations::set_number;
use streamc_plan::{AggregateCall, Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value};

/// The column that stands for the number of a row's grouping set, before the rows of the sets are made.
pub(crate) const GROUPING_SET: usize = AGGREGATE - 1;

/// The keys of a grouping, and its sets if it has several.
#[derive(Default)]
pub(crate) struct Grouping {
    pub(crate) keys: Vec<Expr>,
    /// Positions in `keys`.
    pub(crate) sets: Option<Vec<Vec<usize>>>,
    /// How often the only set is written.
    pub(crate) copies: usize,
    /// Columns that are `NULL` only where a set leaves them out. The argument of an aggregate that is such a column, and no
    /// more, is not (measured on 2.3).
    pub(crate) known: Vec<usize>,
}

impl Grouping {
    /// The type of an expression next to the groups: a key that a set leaves out may be `NULL` there, whatever it is made
    /// of. `None`: that of the expression.
    fn padded(&self, expr: &Expr) -> Option<DataType> {
        self.sets.as_ref()?;
        let fits = |key: &&Expr| {
            key.as_column().is_none()
                && key.ty.nullable
                && key.ty.kind == expr.ty.kind
                && group::same(&Expr { ty: key.ty.clone(), ..expr.clone() }, key)
        };
        self.keys.iter().find(fits).map(|key| key.ty.clone())
    }
}

impl Binder<'_> {
    /// Binds one expression.
    pub(crate) fn expr(&mut self, expr: &Sql, env: Env<'_>) -> Expr {
        let mut bound = self.bound(expr, env);
        if let Some(grouping) = env.grouping.filter(|_| !bound.ty.nullable && env.clause != INSIDE)
            && let Some(ty) = grouping.padded(&bound)
        {
            bound.ty = ty;
        }
        bound
    }

    /// Binds the call if it is one of the three: one bit a key, the first the highest, set where it is left out.
    pub(super) fn grouping(
        &mut self,
        function: &Function,
        name: &str,
        span: Span,
        env: Env<'_>,
    ) -> Option<Expr> {
        let upper = name.to_ascii_uppercase();
        if !matches!(upper.as_str(), "GROUPING" | "GROUPING_ID" | "GROUP_ID") {
            return None;
        }
        let number = |n| Expr::literal(Value::Int(n), DataType::not_null(TypeKind::BigInt)).at(span);
        let (Some(grouping), Some(calls), true) = (env.grouping, env.calls, env.clause != INSIDE) else {
            let message =
                format!("`{upper}` stands in the select list or in `HAVING` of a query with `GROUP BY`");
            return Some(self.fail(AGGREGATE_PLACE, span, message));
        };
        let Ok(list) = arguments(function) else {
            return Some(self.unsupported(span, &format!("this form of `{upper}` is")));
        };
        if upper == "GROUP_ID" && list.is_empty() {
            if grouping.copies > 1 {
                return Some(self.unsupported(span, "`GROUP_ID()` of the same grouping set twice is"));
            }
            return Some(number(0));
        }
        if upper == "GROUP_ID" || list.is_empty() {
            let message = format!("`{upper}` has {} arguments", list.len());
            return Some(self.fail(ARGUMENT_COUNT, span, message));
        }
        let mut places = Vec::new();
        for sql in list {
            let key = self.expr(sql, Env::new(env.scope, &upper));
            if key.ty.is_unknown() {
                return Some(key);
            }
            let fits = |k: &Expr| group::same(&Expr { ty: k.ty.clone(), ..key.clone() }, k);
            let Some(place) = grouping.keys.iter().position(fits) else {
                let at = self.tokens.extent(sql);
                let d = Diagnostic::new(NOT_GROUPED, at, format!("`{upper}` asks about a key of `GROUP BY`"));
                self.report(d);
                return Some(Expr::error(at));
            };
            if key.columns().is_empty() {
                // Measured on 2.3: it computes the constant first, and does not find it among the keys then.
                let at = self.tokens.extent(sql);
                let d = Diagnostic::new(
                    SQL_UNSUPPORTED,
                    at,
                    format!("Flink gives 1 for `{upper}` of a constant"),
                );
                self.report(d.help("group by columns"));
                return Some(Expr::error(at));
            }
            places.push(place);
        }
        let bits = |set: &Vec<usize>| {
            places.iter().fold(0_i64, |bits, place| bits << 1 | i64::from(!set.contains(place)))
        };
        let (Some(sets), Some(function)) = (&grouping.sets, streamc_functions::find("MIN")) else {
            return Some(number(0));
        };
        let ty = DataType::not_null(TypeKind::BigInt);
        let call = AggregateCall {
            function,
            arguments: vec![Expr::column(GROUPING_SET, ty.clone())],
            distinct: false,
            filter: None,
            ty: ty.clone(),
            name: SmolStr::default(),
            span: Some(span),
        };
        let index = {
            let mut calls = calls.borrow_mut();
            let known = calls.iter().position(|c| group::same_call(c, &call));
            known.unwrap_or_else(|| {
                calls.push(call);
                calls.len() - 1
            })
        };
        let mut branches = Vec::new();
        for set in sets {
            let column = Expr::column(AGGREGATE + index, ty.clone());
            let is_set = self.operator("=", vec![column, number(set_number(set, grouping.keys.len()))], span);
            branches.push((is_set, number(bits(set))));
        }
        let otherwise = Box::new(number(0));
        Some(Expr::new(ExprKind::Case { branches, otherwise }, ty).at(span))
    }
}
