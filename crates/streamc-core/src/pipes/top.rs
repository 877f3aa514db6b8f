//! `top 3 by amount desc per k`: the first rows of each key.

use super::{Context, column_of, limit::count};
use smol_str::SmolStr;
use streamc_plan::{Origin, Relation, SortKey, relations};
use streamc_syntax::ast::{ExprText, Name, NumLit};

pub(super) fn lower(
    cx: &mut Context<'_>,
    n: &NumLit,
    by: ExprText,
    descending: bool,
    per: &[Name],
    input: Relation,
    origin: Origin,
) -> Relation {
    let order = cx.expression(by);
    let mut partition: Vec<usize> = per.iter().filter_map(|name| cx.column(name)).collect();
    let Some(limit) = count(cx, n, 1, "top") else { return input };
    if partition.len() != per.len() || order.ty.is_unknown() {
        return input;
    }
    // One end of a window stands for the whole window.
    if let Some(window) = &input.props.window
        && let (Some(start), Some(end)) = (window.start, window.end)
    {
        match (partition.contains(&start), partition.contains(&end)) {
            (true, false) => partition.push(end),
            (false, true) => partition.push(start),
            _ => {}
        }
    }
    if let Some(column) = order.as_column() {
        return relations::rank(
            input,
            partition,
            vec![SortKey::new(column, descending)],
            limit,
            None,
            origin,
        );
    }
    // Ordered by something computed: a column for as long as it is needed.
    let width = input.props.schema.len();
    let hidden = unused(&input, "order_by");
    let columns = |input: &Relation| -> Vec<_> {
        (0..width).map(|i| (input.props.schema.columns[i].name.clone(), column_of(input, i))).collect()
    };
    let mut with_order = columns(&input);
    with_order.push((hidden, order));
    let ranked = relations::project(input, with_order, origin.clone());
    let ranked = relations::rank(
        ranked,
        partition,
        vec![SortKey::new(width, descending)],
        limit,
        None,
        origin.clone(),
    );
    let back = columns(&ranked);
    relations::project(ranked, back, origin)
}

/// A name that no column has.
pub(super) fn unused(input: &Relation, wish: &str) -> SmolStr {
    let mut name = SmolStr::from(wish);
    while input.props.schema.index_of(&name).is_some() {
        name = smol_str::format_smolstr!("{name}_");
    }
    name
}
