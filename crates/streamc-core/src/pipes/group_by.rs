//! `group by k { n: COUNT(*), … }` and `reduce by k { … }`.

use super::{Context, column_of, scope::Segments};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::{names, types};
use streamc_plan::{Expr, Origin, Relation};
use streamc_syntax::ast::{Assign, GroupKey};

/// Output: the window's columns (only for `group by`, where the rows have a window), the keys, the aggregates.
pub(super) fn lower(
    cx: &mut Context<'_>,
    keys: &[GroupKey],
    aggregates: &[Assign],
    with_window: bool,
    input: Relation,
    origin: Origin,
) -> Relation {
    let mut columns: Vec<(SmolStr, Expr)> = Vec::new();
    if with_window && let Some(window) = &input.props.window {
        for column in [window.start, window.end, window.time].into_iter().flatten() {
            columns.push((input.props.schema.columns[column].name.clone(), column_of(&input, column)));
        }
    }
    let taken = |columns: &[(SmolStr, Expr)], name: &str| columns.iter().any(|(n, _)| n == name);
    for key in keys {
        let expr = cx.expression(key.value);
        if expr.ty.is_unknown() {
            continue;
        }
        let name = match (&key.alias, expr.as_column()) {
            (Some(alias), _) => alias.text.clone(),
            (None, Some(column)) => cx.columns.names().nth(column).cloned().unwrap_or_default(),
            (None, None) => {
                let message = "a computed key needs a name";
                cx.out.push(
                    Diagnostic::new(types::OPERATOR_ARGUMENT, key.value.span, message)
                        .help("write `… AS name`"),
                );
                continue;
            }
        };
        // `group by window_start, k` after a window: the window is there already.
        if expr
            .as_column()
            .is_some_and(|c| columns.iter().any(|(n, e)| e.as_column() == Some(c) && *n == name))
        {
            continue;
        }
        if taken(&columns, &name) {
            let message = format!("there is a key `{name}` already");
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, key.value.span, message));
            continue;
        }
        columns.push((name, expr));
    }
    let mut bound = Vec::new();
    for item in aggregates {
        let name = &item.name.text;
        if taken(&columns, name) || bound.iter().any(|b: &streamc_sql::BoundAggregate| b.name == *name) {
            let message = format!("there is a column `{name}` already");
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, item.name.span, message));
            continue;
        }
        let scope = cx.columns.scope();
        let keyed = !columns.is_empty();
        let (text, at) = (&cx.tree.text, item.value.span);
        bound.extend(streamc_sql::bind_aggregate(text, at, name, &scope, keyed, cx.out));
    }
    if columns.is_empty() && bound.is_empty() {
        if keys.is_empty() && aggregates.is_empty() {
            let message = format!("`{}` without keys and aggregates gives no column", origin.step);
            cx.out.push(
                Diagnostic::new(types::OPERATOR_ARGUMENT, origin.span, message)
                    .help("say what to compute: `{ rows: COUNT(*) }`"),
            );
        }
        return input;
    }
    let relation = streamc_sql::lower_group(input, columns, bound, origin, cx.out);
    cx.columns = Segments::of(&cx.head, &relation.props.schema);
    relation
}
