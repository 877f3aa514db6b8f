//! Joins with the version of a row at a time.

use super::join::{all_lineage, equal_columns};
use super::relation;
use crate::changelog::Changelog;
use crate::expr::Expr;
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
}

/// Checks what Flink's planner checks of a temporal join (`TemporalJoinRewriteWithUniqueKeyRule`): the condition compares
/// a key of the right side with columns of the left one.
pub fn check_temporal(left: &Properties, right: &Properties, condition: &Expr) -> Result<(), TemporalError> {
    let compared: Vec<usize> =
        equal_columns(condition, left.schema.len()).into_iter().map(|(_, r)| r).collect();
    let Some(first) = right.primary_key() else { return Err(TemporalError::NoKey) };
    let Some(key) = right.keys.iter().find(|k| k.iter().all(|c| compared.contains(c))) else {
        return Err(TemporalError::KeyNotCompared(first.clone()));
    };
    if compared.iter().any(|c| !key.contains(c)) {
        return Err(TemporalError::MoreThanKey);
    }
    Ok(())
}

/// Joins each row of `left` with the version that the row of `right` with its key had at its event time (Flink
/// documentation, "Event Time Temporal Join"): `JoinKind::Inner`, or `JoinKind::Left`, which keeps rows without a version.
/// A row comes out when the watermarks of both sides have passed it, and is final; event time stays.
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
        changelog: Changelog::INSERT_ONLY,
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
