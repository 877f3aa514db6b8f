//! Grouping: shared by `GROUP BY` and by `group by k { … }`.

use crate::bind::as_aggregate;
use smol_str::{SmolStr, format_smolstr};
use streamc_diagnostics::codes::types::NOT_GROUPED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, Origin, Relation, relations};

/// An expression over aggregate calls, bound by [`crate::bind_aggregate`]; [`lower_group`] makes relations of it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundAggregate {
    /// Name of the column it makes.
    pub name: SmolStr,
    /// The aggregate calls in it.
    pub calls: Vec<AggregateCall>,
    /// The expression over them; calls are columns of a range of their own, other columns are those of the input.
    pub result: Expr,
    /// Where it is written.
    pub span: Span,
}

/// Whether two expressions compute the same, wherever they are written.
pub(crate) fn same(a: &Expr, b: &Expr) -> bool {
    a.is_same(b)
}

/// Whether two aggregate calls compute the same.
pub(crate) fn same_call(a: &AggregateCall, b: &AggregateCall) -> bool {
    let filters = match (&a.filter, &b.filter) {
        (Some(x), Some(y)) => same(x, y),
        (None, None) => true,
        _ => false,
    };
    a.function == b.function
        && a.distinct == b.distinct
        && filters
        && a.arguments.len() == b.arguments.len()
        && a.arguments.iter().zip(&b.arguments).all(|(x, y)| same(x, y))
}

/// `expr` over the output of an aggregate whose keys are `keys`: parts that are a key become its column, aggregate
/// calls theirs. `Err` is a column that is neither.
pub(crate) fn regroup(expr: Expr, keys: &[Expr]) -> Result<Expr, Expr> {
    if let Some(index) = keys.iter().position(|k| same(k, &expr)) {
        return Ok(Expr::column(index, expr.ty).at(expr.span));
    }
    match expr.kind {
        ExprKind::Column(index) if index >= crate::bind::OVER => Ok(expr),
        ExprKind::Column(index) => match as_aggregate(index) {
            Some(call) => Ok(Expr::column(keys.len() + call, expr.ty).at(expr.span)),
            None => Err(expr),
        },
        _ => {
            let mut expr = expr;
            for child in expr.children_mut() {
                let taken = std::mem::replace(child, Expr::error(None));
                *child = regroup(taken, keys)?;
            }
            Ok(expr)
        }
    }
}

/// A column that is neither a key nor inside an aggregate.
pub(crate) fn not_grouped(name: &str, span: Option<Span>, insert: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(NOT_GROUPED, span, format!("`{name}` is neither grouped nor aggregated"))
        .help("a group is one row: take a key, or an aggregate such as `MAX`");
    match insert {
        Some(at) => d.fix(format!("group by `{name}` too"), at, format!(", {name}")),
        None => d,
    }
}

/// Groups `input` by `keys` and computes `calls`: the keys, then the calls. Keys that are no bare columns are computed
/// before, next to the columns that are still needed.
pub(crate) fn aggregate(
    input: Relation,
    keys: &[Expr],
    mut calls: Vec<AggregateCall>,
    origin: Origin,
) -> Relation {
    if let Some(columns) = keys.iter().map(Expr::as_column).collect::<Option<Vec<usize>>>() {
        // A group that has one row is that row (`AggregateRemoveRule`).
        let unique = |columns: &[usize]| {
            let mut keys = input.props.keys.iter();
            keys.any(|key| key.iter().all(|c| columns.contains(c)))
                || relations::are_distinct(&input, columns)
        };
        let split = |call: &AggregateCall| {
            matches!(call.function.name, "SUM" | "MIN" | "MAX") && call.filter.is_none()
        };
        if !columns.is_empty() && calls.iter().all(split) && unique(&columns) {
            let values = calls.into_iter().filter_map(|call| {
                let value = call.arguments.into_iter().next()?;
                Some((call.name, crate::bind::implicit(value, &call.ty)))
            });
            let mut output: Vec<(SmolStr, Expr)> = Vec::new();
            for (column, key) in columns.iter().zip(keys) {
                let name = input.props.schema.columns.get(*column).map(|c| c.name.clone());
                output.push((name.unwrap_or_default(), key.clone()));
            }
            output.extend(values);
            return relations::project(input, output, origin);
        }
        return relations::aggregate(input, columns, calls, origin);
    }
    let mut needed: Vec<usize> = keys.iter().filter_map(Expr::as_column).collect();
    for call in &calls {
        needed.extend(call.arguments.iter().chain(&call.filter).flat_map(Expr::columns));
    }
    needed.sort_unstable();
    needed.dedup();
    let schema = &input.props.schema;
    let mut columns: Vec<(SmolStr, Expr)> = needed
        .iter()
        .filter_map(|i| schema.columns.get(*i).map(|c| (c.name.clone(), Expr::column(*i, c.ty.clone()))))
        .collect();
    let place = |i: usize| needed.binary_search(&i).unwrap_or(i);
    let mut places = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        if let Some(column) = key.as_column() {
            places.push(place(column));
        } else {
            places.push(columns.len());
            columns.push((format_smolstr!("$key{n}"), key.clone()));
        }
    }
    for call in &mut calls {
        let arguments = std::mem::take(&mut call.arguments);
        call.arguments = arguments.into_iter().map(|a| a.map_columns(&place)).collect();
        call.filter = call.filter.take().map(|f| f.map_columns(&place));
    }
    let input = relations::project(input, columns, origin.clone());
    relations::aggregate(input, places, calls, origin)
}

/// Groups `input` by each of `sets`, which hold positions in `keys`: the keys, `NULL` where a set leaves one out, then the
/// calls. A key that is no column, or that a call reads besides, gets a column of its own.
pub(crate) fn aggregate_sets(
    input: Relation,
    keys: &[Expr],
    sets: Vec<Vec<usize>>,
    mut calls: Vec<AggregateCall>,
    origin: Origin,
) -> Relation {
    let reads = |column: usize| {
        let parts = calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter));
        parts.into_iter().any(|e| e.columns().contains(&column))
    };
    let own = input.props.schema.columns.iter().enumerate();
    let mut computed: Vec<(SmolStr, Expr)> =
        own.map(|(i, c)| (c.name.clone(), Expr::column(i, c.ty.clone()))).collect();
    let width = computed.len();
    let mut columns: Vec<usize> = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        let padded = sets.iter().any(|set| !set.contains(&n));
        columns.push(match key.as_column() {
            Some(column) if !padded || !reads(column) => column,
            _ => {
                computed.push((format_smolstr!("$key{n}"), key.clone()));
                computed.len() - 1
            }
        });
    }
    let input =
        if computed.len() > width { relations::project(input, computed, origin.clone()) } else { input };
    let rows = relations::expand(input, columns.clone(), sets, "$set".into(), origin.clone());
    let set = rows.props.schema.len() - 1;
    for part in calls.iter_mut().flat_map(|c| c.arguments.iter_mut().chain(&mut c.filter)) {
        let taken = std::mem::replace(part, Expr::error(None));
        *part = taken.map_columns(&|i| if i == crate::bind::GROUPING_SET { set } else { i });
    }
    let number = rows.props.schema.len() - 1;
    let (width, names): (usize, Vec<SmolStr>) = (keys.len(), calls.iter().map(|c| c.name.clone()).collect());
    let by = columns.into_iter().chain([number]).collect();
    let grouped = relations::aggregate(rows, by, calls, origin.clone());
    let schema = &grouped.props.schema;
    let kept = (0..width).chain(width + 1..width + 1 + names.len());
    let kept =
        kept.filter_map(|i| schema.columns.get(i).map(|c| (c.name.clone(), Expr::column(i, c.ty.clone()))));
    let kept = kept.collect();
    relations::project(grouped, kept, origin)
}

/// Computes `columns` of `input`; `input` itself where they are all its columns under their own names.
pub(crate) fn project(input: Relation, columns: Vec<(SmolStr, Expr)>, origin: Origin) -> Relation {
    let schema = &input.props.schema;
    let identity = columns.len() == schema.len()
        && columns
            .iter()
            .zip(&schema.columns)
            .enumerate()
            .all(|(i, ((name, e), c))| e.as_column() == Some(i) && *name == c.name);
    if identity { input } else { relations::project(input, columns, origin) }
}

/// Names the calls of an aggregate after the output columns that are exactly them, so that no projection is needed for
/// the names alone. `columns` are over keys and calls.
pub(crate) fn name_calls(calls: &mut [AggregateCall], keys: usize, columns: &[(SmolStr, Expr)]) {
    for (n, call) in calls.iter_mut().enumerate() {
        let name =
            columns.iter().find(|(_, e)| e.as_column() == Some(keys + n)).map(|(name, _)| name.clone());
        call.name = name.unwrap_or_else(|| format_smolstr!("$agg{n}"));
    }
}

/// Groups `input` by the named `keys`, which are over its columns, and computes `aggregates`. The output has the keys,
/// then the aggregates, under their names. A column that an aggregate's expression uses outside of aggregate calls
/// and that is no key is reported.
pub fn lower_group(
    input: Relation,
    keys: Vec<(SmolStr, Expr)>,
    aggregates: Vec<BoundAggregate>,
    origin: Origin,
    diagnostics: &mut Vec<Diagnostic>,
) -> Relation {
    let mut calls: Vec<AggregateCall> = Vec::new();
    let exprs: Vec<Expr> = keys.iter().map(|(_, e)| e.clone()).collect();
    let mut columns: Vec<(SmolStr, Expr)> =
        keys.into_iter().enumerate().map(|(i, (name, e))| (name, Expr::column(i, e.ty).at(e.span))).collect();
    for bound in aggregates {
        let places: Vec<usize> = bound
            .calls
            .into_iter()
            .map(|call| {
                calls.iter().position(|c| same_call(c, &call)).unwrap_or_else(|| {
                    calls.push(call);
                    calls.len() - 1
                })
            })
            .collect();
        let moved = bound.result.map_columns(&|i| match as_aggregate(i).and_then(|n| places.get(n)) {
            Some(place) => crate::bind::AGGREGATE + place,
            None => i,
        });
        let column = match regroup(moved, &exprs) {
            Ok(column) => column,
            Err(column) => {
                let name = column.as_column().and_then(|i| input.props.schema.columns.get(i));
                let name = name.map_or_else(SmolStr::default, |c| c.name.clone());
                diagnostics.push(not_grouped(&name, column.span.or(Some(bound.span)), None));
                Expr::error(bound.span)
            }
        };
        columns.push((bound.name, column));
    }
    name_calls(&mut calls, exprs.len(), &columns);
    let grouped = aggregate(input, &exprs, calls, origin.clone());
    project(grouped, columns, origin)
}
