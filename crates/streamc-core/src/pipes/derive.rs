//! `derive a = e`: all columns plus `a`, a column of that name replaced in place. `map a = e`: only these.

use super::{Context, column_of, scope::Segments};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::names;
use streamc_plan::{Expr, Origin, Relation, relations};
use streamc_syntax::ast::Assign;
use streamc_types::Column;

/// The named expressions, each bound over the columns before the operator; a second one of the same name is an error.
fn bind(cx: &mut Context<'_>, items: &[Assign]) -> Vec<(SmolStr, Expr)> {
    let mut out: Vec<(SmolStr, Expr)> = Vec::new();
    for item in items {
        let expr = cx.expression(item.value);
        if item.name.is_missing() {
            continue;
        }
        if out.iter().any(|(name, _)| *name == item.name.text) {
            let message = format!("`{}` is computed twice", item.name.text);
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, item.name.span, message));
            continue;
        }
        out.push((item.name.text.clone(), expr));
    }
    out
}

pub(super) fn derive(cx: &mut Context<'_>, items: &[Assign], input: Relation, origin: Origin) -> Relation {
    let new = bind(cx, items);
    let mut columns: Vec<(SmolStr, Expr)> = input
        .props
        .schema
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| (c.name.clone(), column_of(&input, i)))
        .collect();
    let mut added = Vec::new();
    for (name, expr) in new {
        match cx.columns.find(&name).as_slice() {
            [] => {
                added.push(Column::new(name.clone(), expr.ty.clone()));
                columns.push((name, expr));
            }
            [place] => columns[*place].1 = expr,
            [first, ..] => {
                let message = format!("there is more than one column `{name}` to replace");
                let span = items.iter().find(|i| i.name.text == name).map(|i| i.name.span);
                cx.out.push(
                    Diagnostic::new(names::AMBIGUOUS_COLUMN, span, message)
                        .help("name the columns apart with `select` first"),
                );
                columns[*first].1 = expr;
            }
        }
    }
    if !added.is_empty() {
        cx.columns.push(SmolStr::default(), added);
    }
    relations::project(input, columns, origin)
}

pub(super) fn map(cx: &mut Context<'_>, items: &[Assign], input: Relation, origin: Origin) -> Relation {
    let columns = bind(cx, items);
    let relation = relations::project(input, columns, origin);
    cx.columns = Segments::of(&cx.head, &relation.props.schema);
    relation
}
