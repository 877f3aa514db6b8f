//! `limit n`.

use super::Context;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::NumLit;

/// A whole number that is not negative.
pub(super) fn count(cx: &mut Context<'_>, n: &NumLit, least: i64, of: &str) -> Option<u64> {
    match n.value {
        Some(value) if value >= least => u64::try_from(value).ok(),
        Some(_) => {
            let message = format!("`{of}` takes a whole number, at least {least}");
            cx.out.push(Diagnostic::new(types::OPERATOR_ARGUMENT, n.span, message));
            None
        }
        // Not a whole number: the parser has said so.
        None => None,
    }
}

pub(super) fn lower(cx: &mut Context<'_>, n: &NumLit, input: Relation, origin: Origin) -> Relation {
    match count(cx, n, 0, "limit") {
        Some(count) if count > relations::MOST_ROWS => {
            let message = format!("`limit` keeps {} rows at most", relations::MOST_ROWS);
            cx.out.push(Diagnostic::new(types::OPERATOR_ARGUMENT, n.span, message));
            input
        }
        Some(count) => relations::limit(input, count, origin),
        None => input,
    }
}
