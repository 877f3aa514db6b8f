//! `watermark ts - 5s`: declares event time.

use super::Context;
use streamc_plan::relations::WatermarkError;
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::{DurLit, Name, Op};

pub(super) fn lower(
    cx: &mut Context<'_>,
    op: &Op,
    column: &Name,
    delay: Option<&DurLit>,
    input: Relation,
    origin: Origin,
) -> Relation {
    let Some(place) = cx.column(column) else { return input };
    let column = input.props.schema.columns[place].clone();
    match relations::watermark(input.clone(), place, delay.map_or(0, |d| d.millis), origin) {
        Ok(relation) => relation,
        Err(WatermarkError::Type(ty)) => {
            cx.out.push(crate::source::not_event_time(&column, &ty, op.span));
            input
        }
    }
}
