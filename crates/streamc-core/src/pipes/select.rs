//! `select a, t.b, e AS c`: a SQL select list.

use super::{Context, scope::Segments};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::names;
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::ExprText;

pub(super) fn lower(cx: &mut Context<'_>, list: ExprText, input: Relation, origin: Origin) -> Relation {
    let mut columns = streamc_sql::bind_select_list(&cx.tree.text, list.span, &cx.columns.scope(), cx.out);
    let mut seen: Vec<smol_str::SmolStr> = Vec::new();
    columns.retain(|(name, expr)| {
        let repeated = seen.contains(name);
        if repeated {
            let message = format!("`{name}` is selected twice");
            cx.out.push(
                Diagnostic::new(names::DUPLICATE_COLUMN, expr.span.unwrap_or(list.span), message)
                    .help(format!("give one of them another name: `… AS other_{name}`")),
            );
        }
        seen.push(name.clone());
        !repeated
    });
    let relation = relations::project(input, columns, origin);
    cx.columns = Segments::of(&cx.head, &relation.props.schema);
    relation
}
