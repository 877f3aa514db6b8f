//! Columns that have one value in all rows.

use crate::expr::{Expr, ExprKind};
use crate::relation::{JoinKind, Relation, RelationKind};

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
        }
        _ => false,
    }
}
