//! Grouping.

use super::{lineage_of, map_watermark, map_window, relation, row_conditions};
use crate::changelog::Changelog;
use crate::expr::AggregateCall;
use crate::lineage::Lineage;
use crate::properties::{Properties, StateKind, StateLife};
use crate::relation::{Origin, Relation, RelationKind};
use crate::window::WindowColumns;
use streamc_types::{Column, RowSchema};

/// Groups by the columns `keys` and computes `aggregates`: the keys, then one column an aggregate.
///
/// If both `window_start` and `window_end` are keys, it is a window aggregate: one final row a group when the window
/// closes, and `window_time`, if it is a key, stays the time attribute. Otherwise it is a group aggregate: its rows are
/// updated, and deleted where the input updates or deletes; time attributes end here.
pub fn aggregate(
    input: Relation,
    keys: Vec<usize>,
    aggregates: Vec<AggregateCall>,
    origin: Origin,
) -> Relation {
    let windowed = has_window(&input.props, &keys);
    let mut props = grouped(&input.props, &keys, windowed);
    let mut groups = row_conditions(&input.props.lineage);
    for key in &keys {
        if let Some(lineage) = input.props.lineage.get(*key) {
            groups.depend_on(lineage);
        }
    }
    for call in &aggregates {
        props.schema.columns.push(Column::new(call.name.clone(), call.ty.clone()));
        let mut lineage = Lineage::default();
        for argument in &call.arguments {
            lineage.merge(&lineage_of(argument, &input.props.lineage));
        }
        if let Some(filter) = &call.filter {
            lineage.depend_on(&lineage_of(filter, &input.props.lineage));
        }
        lineage.merge(&groups);
        props.lineage.push(lineage);
    }
    let state = if windowed { StateLife::Window } else { StateLife::Unbounded };
    props.state = Some(StateKind { what: "one accumulator a group", life: state });
    relation(RelationKind::Aggregate { input: Box::new(input), keys, aggregates, windowed }, props, origin)
}

/// Each row once. Flink plans it as an aggregate by all columns, with the same changelog.
pub fn distinct(input: Relation, origin: Origin) -> Relation {
    let keys: Vec<usize> = (0..input.props.schema.len()).collect();
    let windowed = has_window(&input.props, &keys);
    let mut props = grouped(&input.props, &keys, windowed);
    let life = if windowed { StateLife::Window } else { StateLife::Unbounded };
    props.state = Some(StateKind { what: "every distinct row", life });
    relation(RelationKind::Distinct { input: Box::new(input), windowed }, props, origin)
}

pub(super) fn has_window(props: &Properties, keys: &[usize]) -> bool {
    // Behind an outer join a row may have no window: Flink plans no window aggregate of such rows.
    let known = |c: usize| props.schema.columns.get(c).is_some_and(|c| !c.ty.nullable);
    let is_key = |column: Option<usize>| column.is_some_and(|c| keys.contains(&c) && known(c));
    props.window.as_ref().is_some_and(|w| {
        (w.changing || props.changelog.is_insert_only())
            && (is_key(w.start) || is_key(w.twin.0))
            && (is_key(w.end) || is_key(w.twin.1))
    })
}

/// Properties of the key columns alone.
fn grouped(input: &Properties, keys: &[usize], windowed: bool) -> Properties {
    let from: Vec<Option<usize>> = keys.iter().copied().map(Some).collect();
    let mut columns: Vec<Column> =
        keys.iter().filter_map(|k| input.schema.columns.get(*k).cloned()).collect();
    let time = input.window.as_ref().and_then(|w| w.time);
    for (column, key) in columns.iter_mut().zip(keys) {
        if !windowed || Some(*key) != time {
            column.time = None;
        }
    }
    let changelog = match (windowed, input.changelog.is_insert_only()) {
        (true, _) => Changelog::INSERT_ONLY,
        (false, true) => Changelog::UPDATES,
        (false, false) => Changelog::ALL,
    };
    Properties {
        schema: RowSchema::new(columns),
        watermark: if windowed { map_watermark(input.watermark.as_ref(), &from) } else { None },
        changelog,
        keys: vec![(0..keys.len()).collect()],
        window: if windowed { map_window(input.window.as_ref(), &from) } else { None }
            .map(|w| WindowColumns { changing: false, ..w }),
        state: None,
        lineage: keys.iter().map(|k| input.lineage.get(*k).cloned().unwrap_or_default()).collect(),
        time_types: Default::default(),
    }
}
