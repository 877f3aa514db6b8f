//! Columns that have one value in all rows.

use crate::expr::{Expr, ExprKind};
use crate::relation::{JoinKind, Relation, RelationKind};
use streamc_functions::{CallTypes, EvalContext, FunctionKind, cast};
use streamc_types::{DataType, Value};

/// For each column whether it has the same value in all rows, as far as Flink's planner knows it (Calcite's
/// `RelMdPredicates`): literals, what is computed of them, and what a filter compares with one by `=`.
pub fn constant_columns(rows: &Relation) -> Vec<bool> {
    let width = rows.props.schema.len();
    let mut found = match &rows.kind {
        RelationKind::Project { input, expressions } => {
            let below = constant_columns(input);
            expressions.iter().map(|e| is_constant(e, &below)).collect()
        }
        RelationKind::Filter { input, predicate } => {
            let mut found = constant_columns(input);
            for part in predicate.conjuncts() {
                let ExprKind::Call { function, arguments } = &part.kind else { continue };
                let ("=", [a, b]) = (function.name, arguments.as_slice()) else { continue };
                for (column, other) in [(a, b), (b, a)] {
                    if let Some(place) = column.as_column().and_then(|c| found.get_mut(c))
                        && is_constant(other, &[])
                    {
                        *place = true;
                    }
                }
            }
            found
        }
        RelationKind::Join { left, right, kind: JoinKind::Inner, .. } => {
            [constant_columns(left), constant_columns(right)].concat()
        }
        RelationKind::Join { left, kind: JoinKind::Left | JoinKind::Semi | JoinKind::Anti, .. } => {
            constant_columns(left)
        }
        RelationKind::Window { input, .. }
        | RelationKind::Unnest { input, .. }
        | RelationKind::Watermark { input, .. } => constant_columns(input),
        // The number of the first row is 1.
        RelationKind::Rank { limit: 1, row_number: Some(_), .. } => (1..=width).map(|i| i == width).collect(),
        RelationKind::Aggregate { input, keys, .. } => {
            let below = constant_columns(input);
            keys.iter().map(|key| below.get(*key).copied().unwrap_or(false)).collect()
        }
        _ => Vec::new(),
    };
    found.resize(width, false);
    found
}

/// Whether an expression is computed of literals and of such columns alone.
fn is_constant(expr: &Expr, columns: &[bool]) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Column(column) => columns.get(*column).copied().unwrap_or(false),
        ExprKind::Cast { input, .. } => is_constant(input, columns),
        ExprKind::Call { function, arguments } => {
            function.deterministic && arguments.iter().all(|a| is_constant(a, columns))
                || compares_itself(expr)
        }
        _ => false,
    }
}

/// Whether an expression that is written twice has the same value twice for Flink's planner: the time at which a query starts
/// does, too.
fn has_one_value(expr: &Expr) -> bool {
    let here = match &expr.kind {
        ExprKind::Call { function, .. } => {
            function.deterministic
                || matches!(
                    function.name,
                    "CURRENT_DATE"
                        | "CURRENT_TIME"
                        | "CURRENT_TIMESTAMP"
                        | "LOCALTIME"
                        | "LOCALTIMESTAMP"
                        | "NOW"
                )
        }
        _ => true,
    };
    here && expr.children().into_iter().all(has_one_value)
}

/// Whether it compares a value with itself, and `RexSimplify` knows what comes of it.
pub fn compares_itself(expr: &Expr) -> bool {
    let ExprKind::Call { function, arguments } = &expr.kind else { return false };
    let [a, b] = arguments.as_slice() else { return false };
    let known = match function.name {
        "IS NOT DISTINCT FROM" => true,
        "=" | "<>" | "<" | "<=" | ">" | ">=" | "IS DISTINCT FROM" => !a.ty.nullable,
        _ => false,
    };
    known && a.is_same(b) && a.is_deterministic()
}

/// The value of an expression that reads no column; `None` if it has none, or one that is not known before a job runs.
pub fn constant_value(expr: &Expr) -> Option<Value> {
    let context = EvalContext::default();
    match &expr.kind {
        ExprKind::Literal(literal) => Some(literal.clone()),
        ExprKind::Cast { input, .. } => {
            cast::cast(&context, &constant_value(input)?, &input.ty, &expr.ty).ok()
        }
        ExprKind::Call { function, arguments } if function.deterministic => {
            let FunctionKind::Scalar { eval, lazy: false } = function.kind else { return None };
            let values: Vec<Value> = arguments.iter().map(constant_value).collect::<Option<_>>()?;
            let types: Vec<DataType> = arguments.iter().map(|argument| argument.ty.clone()).collect();
            eval(&context, CallTypes { arguments: &types, result: &expr.ty }, &values).ok()
        }
        _ => None,
    }
}

/// Whether Flink's planner sees, when it has computed what is constant, that a part of a condition is never true.
pub(crate) fn is_never_true(part: &Expr) -> bool {
    let is_false = || matches!(constant_value(part), Some(Value::Boolean(false) | Value::Null));
    is_contradiction(part) || part.columns().is_empty() && is_false()
}

/// Whether it sees that at once (`RexSimplify`): a comparison of a value with itself, or a literal.
pub(crate) fn is_contradiction(part: &Expr) -> bool {
    match &part.kind {
        ExprKind::Literal(value) => matches!(value, Value::Boolean(false) | Value::Null),
        ExprKind::Cast { input, .. } => is_contradiction(input),
        ExprKind::Call { function, arguments } => match (function.name, arguments.as_slice()) {
            ("<" | ">" | "<>", [a, b]) => a.is_same(b) && has_one_value(a),
            // `CASE WHEN x = x THEN NULL …`
            ("NULLIF", [a, b]) => a.is_same(b) && !a.ty.nullable && has_one_value(a),
            ("IS NULL", [one]) => matches!(&one.kind, ExprKind::Literal(value) if !value.is_null()),
            _ => false,
        },
        ExprKind::InList { value, list, negated: true } => {
            value.is_deterministic() && list.iter().any(|item| item.is_same(value))
        }
        _ => false,
    }
}
