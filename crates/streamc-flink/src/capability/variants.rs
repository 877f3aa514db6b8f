//! Constants of type `VARIANT` before others.
//!
//! Flink computes all constants of a list together and then leaves the variants out of what it has computed: each constant
//! behind one gets the value of another (measured on 2.3.0: "BinaryVariant cannot be cast to …").

use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind, Relation, RelationKind};
use streamc_types::TypeKind;

/// Reports a constant that stands behind such a one in the same list.
pub(super) fn check(relation: &Relation, span: Option<Span>) -> Option<Diagnostic> {
    let RelationKind::Project { expressions, .. } = &relation.kind else { return None };
    let mut constants = Vec::new();
    for expression in expressions {
        computed(expression, &mut constants);
    }
    let is_variant = |e: &&&Expr| e.ty.kind == TypeKind::Variant;
    let first = constants.iter().position(|e| is_variant(&e))?;
    let behind = constants.iter().skip(first).find(|e| !is_variant(e))?;
    let message = "Flink computes this constant wrongly behind one of type `VARIANT`";
    let help = "put the variants behind all other constants of the list";
    Some(Diagnostic::new(NOT_ON_FLINK, behind.span.or(span), message).help(help))
}

/// The largest parts that Flink computes before a job runs, in the order in which it finds them.
fn computed<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    if expr.columns().is_empty() && expr.is_deterministic() {
        match &expr.kind {
            ExprKind::Call { function, .. } if matches!(function.name, "ROW" | "ARRAY" | "MAP") => return,
            ExprKind::Call { .. } | ExprKind::Cast { lenient: true, .. } => return found.push(expr),
            _ => {}
        }
    }
    for child in expr.children() {
        computed(child, found);
    }
}
