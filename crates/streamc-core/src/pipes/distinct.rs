//! `distinct`: each row once.

use super::Context;
use streamc_plan::{Origin, Relation, relations};

pub(super) fn lower(_: &mut Context<'_>, input: Relation, origin: Origin) -> Relation {
    relations::distinct(input, origin)
}
