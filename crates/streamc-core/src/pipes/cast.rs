//! `cast a AS T`, `try_cast a AS T`: the other columns stay, in order.

use super::{Context, column_of};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::{names, types};
use streamc_plan::{Expr, ExprKind, Origin, Relation, relations};
use streamc_syntax::ast::{Name, TypeText};

pub(super) fn lower(
    cx: &mut Context<'_>,
    items: &[(Name, TypeText)],
    lenient: bool,
    input: Relation,
    origin: Origin,
) -> Relation {
    let mut columns: Vec<_> = input
        .props
        .schema
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| (c.name.clone(), column_of(&input, i)))
        .collect();
    let mut done = Vec::new();
    for (name, text) in items {
        let ty = crate::source::data_type(cx.tree, *text, cx.out);
        let Some(place) = cx.column(name) else { continue };
        if done.contains(&place) {
            let message = format!("`{}` is cast twice", name.text);
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, name.span, message));
            continue;
        }
        done.push(place);
        if !ty.nullable {
            let message = "a type in `cast` takes no `NOT NULL`";
            cx.out.push(
                Diagnostic::new(types::BAD_CAST, text.span, message)
                    .help("a cast is `NOT NULL` where its input is"),
            );
            continue;
        }
        let from = columns[place].1.ty.clone();
        if !streamc_functions::cast::is_explicit(&from, &ty) {
            let message = format!("`{}` is {from}, which cannot be cast to {}", name.text, ty.kind);
            cx.out.push(Diagnostic::new(types::BAD_CAST, text.span, message));
            continue;
        }
        let nullable = from.nullable || lenient;
        let column = Expr::column(place, from);
        let kind = ExprKind::Cast { input: Box::new(column), lenient, implicit: false };
        columns[place].1 = Expr::new(kind, ty.with_nullable(nullable)).at(name.span.cover(text.span));
    }
    relations::project(input, columns, origin)
}
