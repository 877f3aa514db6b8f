//! What an expression makes of columns that are `NULL`, or of groups that are not there.

use crate::bind::as_aggregate;
use streamc_plan::{AggregateCall, Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value};

/// Whether the condition is not true where the columns are `NULL`.
pub(super) fn fails_on_null(test: &Expr, columns: &impl Fn(usize) -> bool) -> bool {
    match &test.kind {
        ExprKind::Call { function, arguments } => match function.name {
            "AND" => arguments.iter().any(|a| fails_on_null(a, columns)),
            "OR" => arguments.iter().all(|a| fails_on_null(a, columns)),
            "IS NOT NULL" | "IS TRUE" | "IS FALSE" => arguments.iter().any(|a| is_null(a, columns)),
            _ => is_null(test, columns),
        },
        _ => is_null(test, columns),
    }
}

/// Whether the value is `NULL` where the columns are.
fn is_null(expr: &Expr, columns: &impl Fn(usize) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Column(column) => columns(*column),
        ExprKind::Cast { input, .. } => is_null(input, columns),
        ExprKind::Call { function, arguments } => {
            let strict = matches!(
                function.name,
                "=" | "<>"
                    | "<"
                    | "<="
                    | ">"
                    | ">="
                    | "+"
                    | "-"
                    | "*"
                    | "/"
                    | "%"
                    | "UNARY -"
                    | "NOT"
                    | "LIKE"
            );
            strict && arguments.iter().any(|a| is_null(a, columns))
        }
        _ => false,
    }
}

/// An expression over aggregate calls where their group may not be there: a count of it is 0.
pub(super) fn over_groups(expr: Expr, column: &impl Fn(usize) -> usize, calls: &[AggregateCall]) -> Expr {
    if let Some((n, call)) =
        expr.as_column().and_then(as_aggregate).and_then(|n| calls.get(n).map(|call| (n, call)))
    {
        let ty = expr.ty.with_nullable(true);
        let value = Expr::column(column(n), ty.clone()).at(expr.span);
        let Some(is_null) = streamc_functions::operator("IS NULL").filter(|_| call.function.name == "COUNT")
        else {
            return value;
        };
        let zero = Expr::literal(Value::Int(0), ty.clone().with_nullable(false));
        let missing = ExprKind::Call { function: is_null, arguments: vec![value.clone()] };
        let missing = Expr::new(missing, DataType::not_null(TypeKind::Boolean));
        let branches = vec![(missing, zero)];
        return Expr::new(ExprKind::Case { branches, otherwise: Box::new(value) }, ty);
    }
    let mut expr = expr;
    let mut nullable = false;
    for child in expr.children_mut() {
        let taken = std::mem::replace(child, Expr::error(None));
        *child = over_groups(taken, column, calls);
        nullable |= child.ty.nullable;
    }
    let strict = matches!(&expr.kind, ExprKind::Cast { .. })
        || matches!(&expr.kind, ExprKind::Call { function, .. }
            if !matches!(function.name, "COALESCE" | "IFNULL" | "IS NULL" | "IS NOT NULL"));
    if strict && nullable {
        expr.ty.nullable = true;
    }
    expr
}
