//! `group by k { n: COUNT(*), … }` and `reduce by k { … }`.

use super::{Context, column_of, scope::Segments, top::unused};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::{names, types};
use streamc_plan::{AggregateCall, Expr, Origin, Relation, relations};
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
    let mut input = input;
    let mut places: Vec<usize> = Vec::new();
    let mut names_out: Vec<SmolStr> = Vec::new();
    if with_window && let Some(window) = &input.props.window {
        for column in [window.start, window.end, window.time].into_iter().flatten() {
            places.push(column);
            names_out.push(input.props.schema.columns[column].name.clone());
        }
    }
    let mut computed: Vec<(SmolStr, Expr)> = Vec::new();
    let width = input.props.schema.len();
    for key in keys {
        let expr = cx.expression(key.value);
        let name = match (&key.alias, expr.as_column()) {
            (Some(alias), _) => alias.text.clone(),
            (None, Some(column)) => cx.columns.names().nth(column).cloned().unwrap_or_default(),
            (None, None) => {
                if !expr.ty.is_unknown() {
                    let message = "a computed key needs a name";
                    cx.out.push(
                        Diagnostic::new(types::OPERATOR_ARGUMENT, key.value.span, message).help("write `… AS name`"),
                    );
                }
                continue;
            }
        };
        let place = match expr.as_column() {
            Some(column) if places.contains(&column) => continue,
            Some(column) => column,
            None => {
                computed.push((unused(&input, &name), expr));
                width + computed.len() - 1
            }
        };
        if names_out.contains(&name) {
            let message = format!("there is a key `{name}` already");
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, key.value.span, message));
            continue;
        }
        places.push(place);
        names_out.push(name);
    }

    let (mut calls, mut results): (Vec<AggregateCall>, Vec<(SmolStr, Expr)>) = (Vec::new(), Vec::new());
    for item in aggregates {
        if names_out.contains(&item.name.text) || results.iter().any(|(n, _)| *n == item.name.text) {
            let message = format!("there is a column `{}` already", item.name.text);
            cx.out.push(Diagnostic::new(names::DUPLICATE_COLUMN, item.name.span, message));
            continue;
        }
        let scope = cx.columns.scope();
        let Some(bound) = streamc_sql::bind_aggregate(&cx.tree.text, item.value.span, &scope, cx.out) else { continue };
        // A call that occurs twice is computed once.
        let mut place = Vec::with_capacity(bound.calls.len());
        for mut call in bound.calls {
            let same = |c: &AggregateCall| {
                c.function == call.function && c.distinct == call.distinct && same_text(c, &call)
            };
            place.push(match calls.iter().position(same) {
                Some(at) => at,
                None => {
                    call.name = if bound.result.as_column() == Some(place.len()) {
                        item.name.text.clone()
                    } else {
                        smol_str::format_smolstr!("{}_{}", item.name.text, calls.len())
                    };
                    calls.push(call);
                    calls.len() - 1
                }
            });
        }
        let keys = places.len();
        let result = bound.result.map_columns(&|i| keys + place.get(i).copied().unwrap_or(i));
        results.push((item.name.text.clone(), result));
    }

    if !computed.is_empty() {
        let mut columns: Vec<(SmolStr, Expr)> =
            (0..width).map(|i| (input.props.schema.columns[i].name.clone(), column_of(&input, i))).collect();
        columns.extend(computed);
        input = relations::project(input, columns, origin.clone());
    }
    let keys = places.len();
    let plain = results.len() == calls.len()
        && results.iter().zip(&calls).enumerate().all(|(i, ((name, e), c))| e.as_column() == Some(keys + i) && *name == c.name);
    let grouped = relations::aggregate(input, places, calls, origin.clone());
    let renamed = names_out.iter().zip(&grouped.props.schema.columns).any(|(name, c)| *name != c.name);
    let relation = if plain && !renamed {
        grouped
    } else {
        let mut columns: Vec<(SmolStr, Expr)> =
            names_out.into_iter().enumerate().map(|(i, name)| (name, column_of(&grouped, i))).collect();
        columns.extend(results);
        relations::project(grouped, columns, origin)
    };
    cx.columns = Segments::of(&cx.head, &relation.props.schema);
    relation
}

/// Whether two calls have equal arguments and filters, wherever they are written.
fn same_text(a: &AggregateCall, b: &AggregateCall) -> bool {
    let shape = |c: &AggregateCall| {
        let print = |e: &Expr| streamc_plan::print_expr(e, &[]);
        (c.arguments.iter().map(print).collect::<Vec<_>>(), c.filter.as_ref().map(print))
    };
    shape(a) == shape(b)
}
