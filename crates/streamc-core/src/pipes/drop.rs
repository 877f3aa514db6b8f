//! `drop a, b`: the other columns stay, in order.

use super::{Context, column_of, scope::unique_names};
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
    cx.columns.retain(|i| !gone.contains(&i));
    // With the other one gone, the second column of a name has the name for itself.
    let kept = unique_names(cx.columns.names())
        .into_iter()
        .zip((0..input.props.schema.len()).filter(|i| !gone.contains(i)))
        .map(|(name, i)| (name, column_of(&input, i)))
        .collect();
    relations::project(input, kept, origin)
}
