//! Joins with the version of a row at a time.

use super::join::{all_lineage, equal_columns};
use super::relation;
use crate::constant::is_contradiction;
use crate::expr::{Expr, ExprKind};
use crate::properties::{Properties, StateKind, StateLife, Watermark};
use crate::relation::{JoinKind, JoinStrategy, Origin, Relation, RelationKind};
use streamc_types::RowSchema;

/// Why rows cannot be joined with versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemporalError {
    /// The right side has no key.
    NoKey,
    /// The condition does not compare all of this key of the right side by `=`.
    KeyNotCompared(Vec<usize>),
    /// The condition compares more of the right side than its key by `=`.
    MoreThanKey,
    /// The condition is never true.
    NeverTrue,
}

/// Checks what Flink's planner checks of a temporal join (`TemporalJoinRewriteWithUniqueKeyRule`): the condition compares
/// a key of the right side, as it is, with values of the left one. (Measured on 2.3: Flink finds the key behind a cast
/// that loses nothing too, but only where nothing else of the query reads the column.)
pub fn check_temporal(left: &Properties, right: &Properties, condition: &Expr) -> Result<(), TemporalError> {
    let width = left.schema.len();
    if condition.conjuncts().into_iter().any(is_contradiction) {
        return Err(TemporalError::NeverTrue);
    }
    let compared: Vec<Option<usize>> =
        condition.conjuncts().into_iter().filter_map(|part| compared_side(part, width)).collect();
    let Some(first) = right.primary_key() else { return Err(TemporalError::NoKey) };
    let Some(key) = right.keys.iter().find(|k| k.iter().all(|c| compared.contains(&Some(*c)))) else {
        return Err(TemporalError::KeyNotCompared(first.clone()));
    };
    if compared.iter().any(|side| side.is_none_or(|c| !key.contains(&c))) {
        return Err(TemporalError::MoreThanKey);
    }
    Ok(())
}

/// What a part of the condition compares with the left side by `=`: a column of the right side, or (`None`) something
/// computed from it. No answer for another condition.
fn compared_side(part: &Expr, width: usize) -> Option<Option<usize>> {
    let ExprKind::Call { function, arguments } = &part.kind else { return None };
    let ("=", [a, b]) = (function.name, arguments.as_slice()) else { return None };
    let is = |e: &Expr, left: bool| {
        let columns = e.columns();
        !columns.is_empty() && columns.into_iter().all(|c| (c < width) == left)
    };
    let right = match (is(a, true) && is(b, false), is(b, true) && is(a, false)) {
        (true, _) => b,
        (_, true) => a,
        _ => return None,
    };
    Some(right.as_column().map(|c| c - width))
}

/// Joins each row of `left` with the version that the row of `right` with its key had at its event time (Flink
/// documentation, "Event Time Temporal Join"): `JoinKind::Inner`, or `JoinKind::Left`, which keeps rows without a version.
/// A change of the left row comes out when the watermarks of both sides have passed its time; versions that come later change
/// nothing. Event time stays.
pub fn temporal_join(
    left: Relation,
    right: Relation,
    kind: JoinKind,
    (left_time, right_time): (usize, usize),
    condition: Expr,
    origin: Origin,
) -> Relation {
    let (l, r) = (&left.props, &right.props);
    let equal = equal_columns(&condition, l.schema.len());
    let mut columns = l.schema.columns.clone();
    columns.extend(r.schema.columns.iter().cloned().map(|mut c| {
        c.ty.nullable |= kind == JoinKind::Left;
        c
    }));
    let delay = |w: &Option<Watermark>| w.as_ref().map_or(0, |w| w.delay_millis);
    let watermark =
        Watermark { column: left_time, delay_millis: delay(&l.watermark).max(delay(&r.watermark)) };
    let props = Properties {
        schema: RowSchema::new(columns),
        watermark: Some(watermark),
        changelog: l.changelog,
        keys: l.keys.clone(),
        window: None,
        state: Some(StateKind { what: "the versions of each key", life: StateLife::Unbounded }),
        lineage: all_lineage(l, r, &condition),
        time_types: Default::default(),
    };
    let strategy = JoinStrategy::Temporal { left_time, right_time };
    let kind =
        RelationKind::Join { left: Box::new(left), right: Box::new(right), kind, strategy, equal, condition };
    relation(kind, props, origin)
}
