//! `repartition n`: distribution, no change of meaning.

use super::{Context, limit::count};
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::NumLit;

pub(super) fn lower(cx: &mut Context<'_>, n: &NumLit, input: Relation, origin: Origin) -> Relation {
    match count(cx, n, 1, "repartition").and_then(|n| u32::try_from(n).ok()) {
        Some(parallelism) => relations::repartition(input, parallelism, origin),
        None => input,
    }
}
