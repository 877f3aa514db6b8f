//! Joins.

use super::window::session_keys;
use super::{interval_bounds, lineage_of, relation, row_conditions};
use crate::changelog::Changelog;
use crate::constant::is_never_true;
use crate::expr::{Expr, ExprKind};
use crate::lineage::Lineage;
use crate::properties::{Key, Properties, StateKind, StateLife, Watermark};
use crate::relation::{JoinKind, JoinStrategy, Origin, Relation, RelationKind};
use crate::window::WindowColumns;
use streamc_types::{RowSchema, TimeAttribute};

/// Joins by `condition` over the columns of `left` followed by those of `right`.
///
/// If both inputs only insert and the condition bounds the distance of their event times on both sides, it is an
/// interval join: its rows are final, and time attributes stay. Otherwise it is a regular join: time attributes end
/// here, and an outer join takes back the rows it padded with nulls. A semi or anti join is never one of intervals
/// (Flink's `StreamPhysicalIntervalJoinRule` takes none).
///
/// If the rows of both sides belong to windows of one kind and the condition makes starts and ends equal, it is a window
/// join, of any kind: its rows are final and come when the window closes (Flink's `WindowJoinUtil`).
pub fn join(left: Relation, right: Relation, kind: JoinKind, condition: Expr, origin: Origin) -> Relation {
    let (l, r) = (&left.props, &right.props);
    let width = l.schema.len();
    let is_time = |i: usize| {
        let column = if i < width { l.schema.columns.get(i) } else { r.schema.columns.get(i - width) };
        column.is_some_and(|c| c.time == Some(TimeAttribute::Rowtime))
    };
    // Of a condition that is never true Flink keeps nothing, and so neither bounds nor windows; only a full join is left then.
    let never = kind == JoinKind::Full && condition.conjuncts().into_iter().any(is_never_true);
    let inserts = l.changelog.is_insert_only() && r.changelog.is_insert_only() && !never;
    let equal = equal_columns(&condition, width);
    // Sessions meet only if what keeps them apart is equal too.
    let (apart_left, apart_right) = (session_keys(&left), session_keys(&right));
    let meet = apart_left.len() == apart_right.len()
        && apart_left
            .iter()
            .zip(&apart_right)
            .all(|(a, b)| matches!((a, b), (Some(a), Some(b)) if equal.contains(&(*a, *b))));
    let ends = if inserts && meet { window_ends(l, r, &equal) } else { None };
    let bounds = if ends.is_none() && inserts && kind.has_right_columns() {
        interval_bounds(&condition, width, is_time)
    } else {
        None
    };
    let strategy = match (bounds, ends) {
        (_, Some((left_end, right_end))) => JoinStrategy::Window { left_end, right_end },
        (Some((left_time, right_time, lower, upper)), None) => {
            JoinStrategy::Interval { left_time, right_time, lower, upper }
        }
        (None, None) => JoinStrategy::Regular,
    };

    let (pad_left, pad_right) =
        (matches!(kind, JoinKind::Right | JoinKind::Full), matches!(kind, JoinKind::Left | JoinKind::Full));
    let mut columns = Vec::with_capacity(width + r.schema.len());
    let sides = [Some((l, pad_left)), kind.has_right_columns().then_some((r, pad_right))];
    for (side, pad) in sides.into_iter().flatten() {
        columns.extend(side.schema.columns.iter().cloned().map(|mut c| {
            c.ty.nullable |= pad;
            if strategy == JoinStrategy::Regular || c.time == Some(TimeAttribute::Proctime) {
                c.time = None;
            }
            c
        }));
    }
    let mut lineage = all_lineage(l, r, &condition);
    lineage.truncate(columns.len());
    let mut window = None;
    let (watermark, changelog, life) = match strategy {
        JoinStrategy::Interval { left_time, lower, upper, .. } => {
            let delay = |w: &Option<Watermark>| w.as_ref().map_or(0, |w| w.delay_millis);
            let delay_millis = delay(&l.watermark).max(delay(&r.watermark)) + upper.max(-lower).max(0);
            let watermark = Watermark { column: left_time, delay_millis };
            (Some(watermark), Changelog::INSERT_ONLY, StateLife::Interval(upper.saturating_sub(lower)))
        }
        JoinStrategy::Window { .. } => {
            window = joined_window(l, r, kind);
            let delay = |w: &Option<Watermark>| w.as_ref().map_or(0, |w| w.delay_millis);
            let delay_millis = delay(&l.watermark).max(delay(&r.watermark));
            let watermark = l.watermark.as_ref().map(|w| Watermark { delay_millis, ..w.clone() });
            (watermark, Changelog::INSERT_ONLY, StateLife::Window)
        }
        JoinStrategy::Regular | JoinStrategy::Temporal { .. } | JoinStrategy::Lookup { .. } => {
            let changelog = match kind {
                JoinKind::Inner | JoinKind::Semi => l.changelog.or(r.changelog),
                JoinKind::Left | JoinKind::Right | JoinKind::Full | JoinKind::Anti => Changelog::ALL,
            };
            (None, changelog, StateLife::Unbounded)
        }
    };
    let props = Properties {
        schema: RowSchema::new(columns),
        watermark,
        changelog,
        keys: join_keys(l, r, kind, &equal),
        window,
        state: Some(StateKind { what: "rows of both sides", life }),
        lineage,
        time_types: Default::default(),
    };
    let kind =
        RelationKind::Join { left: Box::new(left), right: Box::new(right), kind, strategy, equal, condition };
    relation(kind, props, origin)
}

/// The window of joined rows: of the side whose rows are all kept, with the bounds of the other side beside it.
fn joined_window(l: &Properties, r: &Properties, kind: JoinKind) -> Option<WindowColumns> {
    let width = l.schema.len();
    let moved = |c: Option<usize>| c.map(|c| c + width);
    let (left, right) = (l.window.clone()?, r.window.clone()?);
    let right = WindowColumns {
        start: moved(right.start),
        end: moved(right.end),
        time: moved(right.time),
        twin: (None, None),
        ..right
    };
    Some(match kind {
        JoinKind::Semi | JoinKind::Anti => left,
        JoinKind::Right => WindowColumns { twin: (left.start, left.end), ..right },
        JoinKind::Inner | JoinKind::Left | JoinKind::Full => {
            WindowColumns { twin: (right.start, right.end), ..left }
        }
    })
}

/// The columns of the windows' ends in the left and the right row, if rows meet only within one window.
fn window_ends(l: &Properties, r: &Properties, equal: &[(usize, usize)]) -> Option<(usize, usize)> {
    let (a, b) = (l.window.as_ref()?, r.window.as_ref()?);
    let (starts, ends) = ((a.start?, b.start?), (a.end?, b.end?));
    let known = |p: &Properties, c: usize| p.schema.columns.get(c).is_some_and(|c| !c.ty.nullable);
    let same = a.spec == b.spec && a.instant == b.instant;
    let all_known = known(l, ends.0) && known(r, ends.1);
    (same && all_known && equal.contains(&starts) && equal.contains(&ends)).then_some(ends)
}

/// What the columns of both sides depend on behind a join by `condition`.
pub(super) fn all_lineage(l: &Properties, r: &Properties, condition: &Expr) -> Vec<Lineage> {
    let mut lineage: Vec<_> = l.lineage.iter().chain(&r.lineage).cloned().collect();
    let mut decides = lineage_of(condition, &lineage);
    decides.merge(&row_conditions(&l.lineage));
    decides.merge(&row_conditions(&r.lineage));
    for column in &mut lineage {
        column.depend_on(&decides);
    }
    lineage
}

/// Pairs (left column, right column) that the condition makes equal.
pub(super) fn equal_columns(condition: &Expr, width: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for part in condition.conjuncts() {
        if let ExprKind::Call { function, arguments } = &part.kind
            && function.name == "="
            && let [a, b] = arguments.as_slice()
            && let (Some(a), Some(b)) = (a.as_column(), b.as_column())
        {
            match (a < width, b < width) {
                (true, false) => out.push((a, b - width)),
                (false, true) => out.push((b, a - width)),
                _ => {}
            }
        }
    }
    out
}

/// If the columns compared on one side hold a key of it, each row of the other side meets at most one row, and keys of
/// the other side stay keys. Always: a key of the left with a key of the right.
pub(super) fn join_keys(
    l: &Properties,
    r: &Properties,
    kind: JoinKind,
    equal: &[(usize, usize)],
) -> Vec<Key> {
    if !kind.has_right_columns() {
        return l.keys.clone();
    }
    let width = l.schema.len();
    let shifted = |key: &Key| -> Key { key.iter().map(|c| c + width).collect() };
    let left_unique = l.keys.iter().any(|k| k.iter().all(|c| equal.iter().any(|(a, _)| a == c)));
    let right_unique = r.keys.iter().any(|k| k.iter().all(|c| equal.iter().any(|(_, b)| b == c)));
    let mut keys = Vec::new();
    if right_unique && matches!(kind, JoinKind::Inner | JoinKind::Left) {
        keys.extend(l.keys.iter().cloned());
    }
    if left_unique && matches!(kind, JoinKind::Inner | JoinKind::Right) {
        keys.extend(r.keys.iter().map(shifted));
    }
    for a in &l.keys {
        for b in &r.keys {
            keys.push(a.iter().copied().chain(shifted(b)).collect());
        }
    }
    keys.sort();
    keys.dedup();
    keys
}
