//! `join s on e [within a..b]`, `left join …`.

use super::{Context, column_of, scope::unique_names};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::{lints, names, types};
use streamc_functions::{Argument, operator};
use streamc_plan::{Expr, ExprKind, JoinKind, Origin, Relation, relations};
use streamc_sql::{Catalog, Lookup};
use streamc_syntax::ast::{ExprText, Join, JoinSide, Op};
use streamc_types::{DataType, IntervalUnit, TypeKind, Value};

/// The other side and its name in expressions; `None` after an error.
pub(super) fn other_side(cx: &mut Context<'_>, join: &Join) -> Option<(Relation, SmolStr)> {
    let Lookup::Found(props) = cx.catalog.relation(&join.right.text) else { return None };
    let right = relations::scan(join.right.text.clone(), &props, Origin::new("from", join.right.span));
    let name = join.alias.as_ref().unwrap_or(&join.right).text.clone();
    if cx.columns.is_named(&name) {
        let message = format!("two sides of this join are named `{name}`");
        cx.out.push(
            Diagnostic::new(names::DUPLICATE_NAME, join.alias.as_ref().unwrap_or(&join.right).span, message)
                .help(format!("give this one another name: `join {} AS other`", join.right.text)),
        );
        return None;
    }
    Some((right, name))
}

/// In the plan every column has a name of its own; the user tells them apart by qualifiers.
pub(super) fn with_own_names(joined: Relation, origin: Origin) -> Relation {
    let columns = unique_names(joined.props.schema.columns.iter().map(|c| &c.name));
    if columns.iter().zip(&joined.props.schema.columns).all(|(n, c)| *n == c.name) {
        return joined;
    }
    let columns = columns.into_iter().enumerate().map(|(i, n)| (n, column_of(&joined, i))).collect();
    relations::project(joined, columns, origin)
}

pub(super) fn lower(cx: &mut Context<'_>, op: &Op, join: &Join, input: Relation, origin: Origin) -> Relation {
    let Some((right, name)) = other_side(cx, join) else { return input };
    let left_width = input.props.schema.len();
    let times = (input.props.rowtime(), right.props.rowtime());
    let left_type = times.0.map(|c| input.props.schema.columns[c].ty.clone());
    let right_type = times.1.map(|c| right.props.schema.columns[c].ty.clone());

    cx.columns.push(name, right.props.schema.columns.clone());
    let mut conditions: Vec<Expr> = Vec::new();
    if let Some(on) = join.on {
        conditions.push(cx.condition(on, "join … on"));
    }
    if let Some((lower, upper)) = join.within {
        match (times, left_type.zip(right_type)) {
            ((Some(l), Some(r)), Some((left_type, right_type))) => {
                let left = Expr::column(l, left_type);
                let right = Expr::column(left_width + r, right_type);
                conditions.extend(bound(cx, ">=", &right, &left, lower));
                conditions.extend(bound(cx, "<=", &right, &left, upper));
                if constant(cx, lower).zip(constant(cx, upper)).is_some_and(|(lower, upper)| lower > upper) {
                    let message = "the lower bound is above the upper one: no rows ever meet";
                    let swapped = format!("{}..{}", cx.tree.slice(upper.span), cx.tree.slice(lower.span));
                    let span = lower.span.cover(upper.span);
                    cx.out.push(
                        Diagnostic::new(types::OPERATOR_ARGUMENT, span, message)
                            .help(format!("swap them: `within {swapped}`"))
                            .fix("swap the bounds", span, swapped),
                    );
                }
            }
            (missing, _) => {
                let side = if missing.0.is_none() { "the left side" } else { "the right side" };
                let message = format!("`within` bounds the distance of event times, and {side} has none");
                cx.out.push(
                    Diagnostic::new(lints::NOT_EVENT_TIME, op.span, message)
                        .help("give the source a watermark: `watermark: ts - 5s`"),
                );
            }
        }
    }
    let Some(condition) = conditions.into_iter().reduce(|a, b| call("AND", vec![a, b])) else {
        if join.on.is_none() && join.within.is_none() {
            let message = "a join needs a condition";
            cx.out.push(
                Diagnostic::new(types::OPERATOR_ARGUMENT, op.word.span, message)
                    .help(format!("write `join {} on left_column = right_column`", join.right.text)),
            );
        }
        return input;
    };
    let kind = if join.side == JoinSide::Left { JoinKind::Left } else { JoinKind::Inner };
    let joined = relations::join(input, right, kind, condition, origin.clone());
    with_own_names(joined, origin)
}

/// The distance in milliseconds.
fn constant(cx: &Context<'_>, distance: ExprText) -> Option<i64> {
    let scope = streamc_sql::Scope::default();
    match streamc_sql::bind_expression(&cx.tree.text, distance.span, &scope, &mut Vec::new()).kind {
        ExprKind::Literal(Value::Int(millis)) => Some(millis),
        _ => None,
    }
}

/// `right symbol left + distance`.
fn bound(cx: &mut Context<'_>, symbol: &str, right: &Expr, left: &Expr, distance: ExprText) -> Option<Expr> {
    let scope = streamc_sql::Scope::default();
    let distance_expr = streamc_sql::bind_expression(&cx.tree.text, distance.span, &scope, cx.out);
    if distance_expr.ty.is_unknown() {
        return None;
    }
    if distance_expr.ty.kind != TypeKind::Interval(IntervalUnit::DaySecond) {
        // `0` is a distance too.
        let zero = matches!(distance_expr.kind, ExprKind::Literal(Value::Int(0)));
        if !zero {
            let message = format!("`within` takes durations, and this is {}", distance_expr.ty);
            cx.out.push(
                Diagnostic::new(types::OPERATOR_ARGUMENT, distance.span, message)
                    .help("for instance `within -5min..5min`"),
            );
            return None;
        }
        return Some(call(symbol, vec![right.clone(), left.clone()]));
    }
    let moment = call("+", vec![left.clone(), distance_expr]).at(distance.span);
    Some(call(symbol, vec![right.clone(), moment]))
}

/// A call of an operator on arguments that are known to type.
fn call(symbol: &str, arguments: Vec<Expr>) -> Expr {
    let Some(function) = operator(symbol) else { return Expr::error(None) };
    let types: Vec<Argument<'_>> = arguments.iter().map(|a| Argument { ty: &a.ty, literal: None }).collect();
    let typed = function.type_call(&types);
    let (ty, wanted) = match typed {
        Ok(typed) => (typed.result, typed.arguments),
        Err(_) => (DataType::boolean(), arguments.iter().map(|a| a.ty.clone()).collect()),
    };
    let arguments = arguments
        .into_iter()
        .zip(wanted)
        .map(|(argument, wanted)| {
            if argument.ty.kind == wanted.kind {
                return argument;
            }
            let nullable = argument.ty.nullable;
            let kind = ExprKind::Cast { input: Box::new(argument), lenient: false, implicit: true };
            Expr::new(kind, wanted.with_nullable(nullable))
        })
        .collect();
    Expr::new(ExprKind::Call { function, arguments }, ty)
}
