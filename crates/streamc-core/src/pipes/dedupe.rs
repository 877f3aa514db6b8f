//! `dedupe on k [keep first|last by ts]`: one row per key.

use super::Context;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::{Origin, Relation, SortKey, relations};
use streamc_syntax::ast::{Keep, Name, Op};

pub(super) fn lower(
    cx: &mut Context<'_>,
    op: &Op,
    keys: &[Name],
    keep: Option<&Keep>,
    input: Relation,
    origin: Origin,
) -> Relation {
    let partition: Vec<usize> = keys.iter().filter_map(|name| cx.column(name)).collect();
    let order = match keep {
        Some(keep) => cx.column(&keep.by).map(|column| SortKey::new(column, keep.last)),
        None => {
            let time = input.props.rowtime().map(|column| SortKey::new(column, false));
            if time.is_none() {
                let message = "`dedupe` keeps the first row by event time, and there is none here";
                cx.out.push(
                    Diagnostic::new(types::OPERATOR_ARGUMENT, op.word.span, message)
                        .help("say which row to keep: `keep first by ts` or `keep last by ts`"),
                );
            }
            time
        }
    };
    let Some(order) = order.filter(|_| partition.len() == keys.len()) else { return input };
    relations::rank(input, partition, vec![order], 1, None, origin)
}
