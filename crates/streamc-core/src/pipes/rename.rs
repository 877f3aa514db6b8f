//! `rename a AS b`: the other columns stay, in order.

use super::{Context, column_of, scope::unique_names};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::names;
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::Name;

pub(super) fn lower(
    cx: &mut Context<'_>,
    pairs: &[(Name, Name)],
    input: Relation,
    origin: Origin,
) -> Relation {
    let places: Vec<Option<usize>> = pairs.iter().map(|(from, _)| cx.column(from)).collect();
    let mut renamed: Vec<(usize, &Name)> = Vec::new();
    for ((from, to), place) in pairs.iter().zip(&places) {
        let Some(place) = *place else { continue };
        if to.is_missing() {
            continue;
        }
        if renamed.iter().any(|(other, _)| *other == place) {
            let message = format!("`{}` is renamed twice", from.text);
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, from.span, message));
            continue;
        }
        let stays = |i: &usize| !places.contains(&Some(*i));
        if cx.columns.find(&to.text).iter().any(stays) || renamed.iter().any(|(_, n)| n.text == to.text) {
            let message = format!("there is a column `{}` already", to.text);
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, to.span, message));
            continue;
        }
        renamed.push((place, to));
    }
    for (place, to) in renamed {
        cx.columns.rename(place, to.text.clone());
    }
    let columns = unique_names(cx.columns.names())
        .into_iter()
        .enumerate()
        .map(|(i, n)| (n, column_of(&input, i)))
        .collect();
    relations::project(input, columns, origin)
}
