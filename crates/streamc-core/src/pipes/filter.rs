//! `filter e`: `SELECT * FROM _ WHERE e`.

use super::Context;
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::ExprText;

pub(super) fn lower(cx: &mut Context<'_>, predicate: ExprText, input: Relation, origin: Origin) -> Relation {
    let predicate = cx.condition(predicate, "filter");
    relations::filter(input, predicate, origin)
}
