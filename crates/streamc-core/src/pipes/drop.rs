//! `drop a, b`: the other columns stay, in order.

use super::{Context, column_of};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::Name;

pub(super) fn lower(cx: &mut Context<'_>, columns: &[Name], input: Relation, origin: Origin) -> Relation {
    let gone: Vec<usize> = columns.iter().filter_map(|name| cx.column(name)).collect();
    if gone.len() >= input.props.schema.len() {
        let message = "`drop` leaves no column";
        cx.out.push(Diagnostic::new(types::OPERATOR_ARGUMENT, origin.span, message));
        return input;
    }
    let kept = input
        .props
        .schema
        .columns
        .iter()
        .enumerate()
        .filter(|(i, _)| !gone.contains(i))
        .map(|(i, c)| (c.name.clone(), column_of(&input, i)))
        .collect();
    cx.columns.retain(|i| !gone.contains(&i));
    relations::project(input, kept, origin)
}
