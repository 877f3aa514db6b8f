//! What a condition makes of columns that are `NULL`.

use streamc_plan::{Expr, ExprKind};

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
