//! `select a, t.b, e AS c`: a SQL select list.

use super::{Context, scope::Segments};
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::ExprText;

pub(super) fn lower(cx: &mut Context<'_>, list: ExprText, input: Relation, origin: Origin) -> Relation {
    let scope = cx.columns.scope();
    let mut columns = streamc_sql::bind_select_list(&cx.tree.text, list.span, &scope, cx.out);
    // A name that is selected twice was reported; the first one stays.
    let mut seen: Vec<smol_str::SmolStr> = Vec::new();
    columns.retain(|(name, _)| {
        let first = !seen.contains(name);
        seen.push(name.clone());
        first
    });
    if columns.is_empty() {
        return input;
    }
    let relation = relations::project(input, columns, origin);
    cx.columns = Segments::of(&cx.head, &relation.props.schema);
    relation
}
