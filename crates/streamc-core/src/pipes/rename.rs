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
    let places: Vec<_> = pairs.iter().map(|(from, to)| (cx.column(from), to)).collect();
    for (place, to) in &places {
        let Some(place) = place else { continue };
        if to.is_missing() {
            continue;
        }
        let taken = cx.columns.find(&to.text).iter().any(|i| !places.iter().any(|(p, _)| p == &Some(*i)))
            || places.iter().filter(|(p, other)| p != &Some(*place) && other.text == to.text).count() > 0;
        if taken {
            let message = format!("there is a column `{}` already", to.text);
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, to.span, message));
        }
    }
    for (place, to) in &places {
        if let Some(place) = place
            && !to.is_missing()
        {
            cx.columns.rename(*place, to.text.clone());
        }
    }
    let columns = unique_names(cx.columns.names())
        .into_iter()
        .enumerate()
        .map(|(i, n)| (n, column_of(&input, i)))
        .collect();
    relations::project(input, columns, origin)
}
