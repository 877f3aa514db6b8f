//! Which columns Flink takes for event time.
//!
//! Flink keeps more of them than the plan does: the time column of a window function, both of an interval join. A sink
//! takes one at most ("The query contains more than one rowtime attribute column"), so an insert casts the others to what
//! they are already, which makes them ordinary columns.

use streamc_plan::{Component, ComponentKind, Plan, Relation, RelationKind};
use streamc_types::TypeKind;

/// The columns of `input` that an insert must cast: all that may be event time but one.
pub(crate) fn to_cast(plan: &Plan, input: &Component) -> Vec<usize> {
    let may = component(plan, input);
    let mut found: Vec<usize> = (0..may.len()).filter(|i| may.get(*i) == Some(&true)).collect();
    if found.len() < 2 {
        return Vec::new();
    }
    let kept = input.props.rowtime().filter(|i| found.contains(i)).or(found.last().copied());
    found.retain(|i| Some(*i) != kept);
    found
}

fn component(plan: &Plan, component: &Component) -> Vec<bool> {
    match &component.kind {
        ComponentKind::Source(source) => {
            let watermark = source.watermark.as_ref().map(|w| w.column);
            (0..source.schema.len()).map(|i| Some(i) == watermark).collect()
        }
        ComponentKind::Stream(stream) => relation(plan, &stream.relation),
        ComponentKind::Sink(_) => vec![false; component.props.schema.len()],
    }
}

/// For each column whether Flink may take it for event time. Rather too many than too few: to cast an ordinary column to
/// its own type changes nothing.
fn relation(plan: &Plan, of: &Relation) -> Vec<bool> {
    let mut out = match &of.kind {
        RelationKind::Scan { component: name } => match plan.component(name) {
            Some(found) => component(plan, found),
            None => Vec::new(),
        },
        RelationKind::Project { input, expressions } => {
            let below = relation(plan, input);
            let passes = |c: usize| below.get(c).copied().unwrap_or(false);
            expressions.iter().map(|e| e.as_column().is_some_and(passes)).collect()
        }
        RelationKind::Aggregate { input, keys, .. } => {
            let below = relation(plan, input);
            keys.iter().map(|k| below.get(*k).copied().unwrap_or(false)).collect()
        }
        RelationKind::Watermark { input, column, .. } => {
            let mut below = relation(plan, input);
            if let Some(time) = below.get_mut(*column) {
                *time = true;
            }
            below
        }
        RelationKind::Window { input, .. } => {
            let mut below = relation(plan, input);
            below.extend([false, false, true]);
            below
        }
        RelationKind::Join { left, right, .. } => {
            let mut below = relation(plan, left);
            below.extend(relation(plan, right));
            below
        }
        RelationKind::Union { inputs } => {
            let all: Vec<Vec<bool>> = inputs.iter().map(|i| relation(plan, i)).collect();
            let any = |c: usize| all.iter().any(|i| i.get(c) == Some(&true));
            (0..of.props.schema.len()).map(any).collect()
        }
        _ => of.inputs().first().map(|input| relation(plan, input)).unwrap_or_default(),
    };
    out.resize(of.props.schema.len(), false);
    for (time, column) in out.iter_mut().zip(&of.props.schema.columns) {
        *time &= matches!(column.ty.kind, TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_));
    }
    out
}
