//! Projection, selection, limit and distribution: one row in, at most one row out.

use super::{lineage_of, map_keys, map_watermark, map_window, relation, row_conditions};
use crate::expr::{Expr, ExprKind};
use crate::properties::{Properties, StateKind, StateLife};
use crate::relation::{Origin, Relation, RelationKind};
use smol_str::SmolStr;
use streamc_types::{Column, RowSchema, TimeAttribute};

/// Computes each output column. A bare column keeps its time attribute and documentation; anything computed from a
/// time attribute is an ordinary column. `PROCTIME()` makes a processing-time attribute.
///
/// A projection of one that only picks and renames columns is made of that one's input.
pub fn project(input: Relation, columns: Vec<(SmolStr, Expr)>, origin: Origin) -> Relation {
    let (input, columns) = collapse(input, columns);
    let p = &input.props;
    // A constant, too, comes only where there is a row.
    let rows = row_conditions(&p.lineage);
    let from: Vec<Option<usize>> = columns.iter().map(|(_, e)| e.as_column()).collect();
    let schema = columns
        .iter()
        .map(|(name, expr)| {
            let source = expr.as_column().and_then(|i| p.schema.columns.get(i));
            let proctime =
                matches!(&expr.kind, ExprKind::Call { function, .. } if function.name == "PROCTIME");
            Column {
                name: name.clone(),
                ty: expr.ty.clone(),
                time: source.and_then(|c| c.time).or(proctime.then_some(TimeAttribute::Proctime)),
                doc: source.and_then(|c| c.doc.clone()),
            }
        })
        .collect();
    let props = Properties {
        schema: RowSchema::new(schema),
        watermark: map_watermark(p.watermark.as_ref(), &from),
        changelog: p.changelog,
        keys: map_keys(&p.keys, &from),
        window: map_window(p.window.as_ref(), &from),
        state: None,
        lineage: columns
            .iter()
            .map(|(_, e)| {
                let mut lineage = lineage_of(e, &p.lineage);
                lineage.merge(&rows);
                lineage
            })
            .collect(),
        time_types: Default::default(),
    };
    let expressions = columns.into_iter().map(|(_, e)| e).collect();
    relation(RelationKind::Project { input: Box::new(input), expressions }, props, origin)
}

fn collapse(input: Relation, columns: Vec<(SmolStr, Expr)>) -> (Relation, Vec<(SmolStr, Expr)>) {
    let RelationKind::Project { expressions, .. } = &input.kind else { return (input, columns) };
    let Some(picked) = expressions.iter().map(Expr::as_column).collect::<Option<Vec<usize>>>() else {
        return (input, columns);
    };
    let columns = columns
        .into_iter()
        .map(|(name, e)| (name, e.map_columns(&|i| picked.get(i).copied().unwrap_or(i))))
        .collect();
    match input.kind {
        RelationKind::Project { input, .. } => (*input, columns),
        _ => (input, columns),
    }
}

/// Keeps the rows for which `predicate` is true.
pub fn filter(input: Relation, predicate: Expr, origin: Origin) -> Relation {
    let mut props = input.props.clone();
    props.state = None;
    let decides = lineage_of(&predicate, &input.props.lineage);
    for lineage in &mut props.lineage {
        lineage.depend_on(&decides);
    }
    relation(RelationKind::Filter { input: Box::new(input), predicate }, props, origin)
}

/// The greatest `count` of a [`limit`]: Flink 2.3 takes a greater one without a word, and gives no row.
pub const MOST_ROWS: u64 = i32::MAX as u64;

/// The first `count` rows, [`MOST_ROWS`] at most.
pub fn limit(input: Relation, count: u64, origin: Origin) -> Relation {
    limit_behind(input, 0, count, origin)
}

/// The first `count` rows, [`MOST_ROWS`] at most, without the first `offset`.
pub fn limit_behind(input: Relation, offset: u64, count: u64, origin: Origin) -> Relation {
    let mut props = input.props.clone();
    if !props.changelog.is_insert_only() {
        props.changelog = crate::Changelog::ALL;
    }
    props.state = Some(StateKind { what: "the first rows", life: StateLife::Unbounded });
    relation(RelationKind::Limit { input: Box::new(input), offset, count }, props, origin)
}

/// The same rows over `parallelism` tasks.
pub fn repartition(input: Relation, parallelism: u32, origin: Origin) -> Relation {
    let mut props = input.props.clone();
    props.state = None;
    relation(RelationKind::Repartition { input: Box::new(input), parallelism }, props, origin)
}
