//! Windows of instants in a session time zone without daylight-saving time.
//!
//! Flink closes the windows of `TIMESTAMP_LTZ` event time where they end in the session time zone, but takes what it keeps of
//! their rows over only at multiples of the window's length in UTC (`TimeWindowUtil.getNextTriggerWatermarkWithOffset`, which
//! knows the zone only if that has daylight-saving time). What came between the two is lost. Measured on 2.3.0: of 600 rows
//! the daily windows in `Asia/Shanghai` count 121.

use crate::interval::duration;
use streamc_diagnostics::codes::engines::WINDOWS_IN_ZONE;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_functions::standing_offsets;
use streamc_plan::{Component, ComponentKind, OptionValue, Plan, Relation, RelationKind, WindowSpec};
use streamc_types::{TimeAttribute, TypeKind};

/// The aggregates over windows of one stream.
pub(super) fn check(plan: &Plan, component: &Component, root: &Relation, out: &mut Vec<Diagnostic>) {
    let Some(OptionValue::Str(zone)) = plan.app.settings.get("time_zone") else { return };
    let offsets: Vec<i64> = standing_offsets(zone).into_iter().map(i64::from).collect();
    if offsets.is_empty() {
        return;
    }
    root.walk(&mut |relation| {
        let input = match &relation.kind {
            RelationKind::Aggregate { input, windowed: true, .. }
            | RelationKind::Distinct { input, windowed: true } => input,
            _ => return,
        };
        let Some(piece) = piece_of_instants(plan, input) else { return };
        let Some(east) = offsets.iter().find(|east| **east * 1000 % piece != 0) else { return };
        let span = relation.origin.span.or(component.span);
        out.push(lost(zone, *east, piece, span));
    });
}

/// The length in milliseconds of the pieces that Flink keeps of the windows of these rows, if they are windows of instants in
/// event time that a window function made.
fn piece_of_instants(plan: &Plan, relation: &Relation) -> Option<i64> {
    match &relation.kind {
        RelationKind::Window { input, spec, time } => {
            let column = input.props.schema.columns.get(*time)?;
            let of_instants = matches!(column.ty.kind, TypeKind::TimestampLtz(_));
            let in_event_time = column.time == Some(TimeAttribute::Rowtime);
            // The group windows of `GROUP BY` are another operator.
            let is_function = relation.origin.step != "GROUP BY";
            (of_instants && in_event_time && is_function).then(|| piece(spec)).flatten()
        }
        RelationKind::Scan { component } => match &plan.component(component)?.kind {
            ComponentKind::Stream(stream) => piece_of_instants(plan, &stream.relation),
            ComponentKind::Source(_) | ComponentKind::Sink(_) => None,
        },
        _ => relation.inputs().into_iter().find_map(|input| piece_of_instants(plan, input)),
    }
}

/// The greatest length of which every window is made (`SliceAssigner.getSliceEndInterval`).
fn piece(spec: &WindowSpec) -> Option<i64> {
    let piece = match spec {
        WindowSpec::Tumble { size, .. } => *size,
        WindowSpec::Hop { size, slide, .. } => divisor(*size, *slide),
        WindowSpec::Cumulate { step, .. } => *step,
        WindowSpec::Session { .. } => return None,
    };
    (piece > 0).then_some(piece)
}

/// The greatest common one.
fn divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { divisor(b, a % b) }
}

fn lost(zone: &str, east: i64, piece: i64, span: Option<Span>) -> Diagnostic {
    let (length, side) = (duration(piece), if east < 0 { "behind" } else { "ahead of" });
    let message = format!("Flink 2.3 loses rows of these windows in the time zone `{zone}`");
    let help = format!(
        "the zone is {} {side} UTC, which is no multiple of {length}, and has no daylight-saving time; make event time a \
         `TIMESTAMP(3)` of local time, or leave `time_zone` out and shift the windows by their `OFFSET`",
        duration(east.abs() * 1000)
    );
    Diagnostic::new(WINDOWS_IN_ZONE, span, message).help(help)
}
