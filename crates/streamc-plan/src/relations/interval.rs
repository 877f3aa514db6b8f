//! Recognising that a join condition bounds time.

use crate::expr::{Expr, ExprKind};
use streamc_types::Value;

/// A time column with a constant distance: `ts + 5 min`.
struct Moment {
    column: usize,
    offset: i64,
}

fn moment(expr: &Expr) -> Option<Moment> {
    match &expr.kind {
        ExprKind::Column(column) => Some(Moment { column: *column, offset: 0 }),
        ExprKind::Cast { input, implicit: true, .. } => moment(input),
        ExprKind::Call { function, arguments } => {
            let [a, b] = arguments.as_slice() else { return None };
            match function.name {
                "+" => match (millis(a), millis(b)) {
                    (None, Some(d)) => moment(a).map(|m| Moment { offset: m.offset + d, ..m }),
                    (Some(d), None) => moment(b).map(|m| Moment { offset: m.offset + d, ..m }),
                    _ => None,
                },
                "-" => {
                    let d = millis(b)?;
                    moment(a).map(|m| Moment { offset: m.offset - d, ..m })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A constant interval of days to seconds, in milliseconds.
fn millis(expr: &Expr) -> Option<i64> {
    use streamc_types::{IntervalUnit, TypeKind};
    if expr.ty.kind != TypeKind::Interval(IntervalUnit::DaySecond) {
        return None;
    }
    match &expr.kind {
        ExprKind::Literal(Value::Int(millis)) => Some(*millis),
        ExprKind::Call { function, arguments } if function.name == "UNARY -" => {
            millis(&arguments[0]).map(|m| -m)
        }
        ExprKind::Cast { input, .. } => millis(input),
        _ => None,
    }
}

/// The bounds `(left_time, right_time, lower, upper)` with `left_time + lower <= right_time <= left_time + upper` that
/// `condition`, over a row of `left_width` left columns and then the right ones, puts on a pair of event-time columns;
/// `None` unless it bounds both sides. `is_time` tells which columns of that row are event time. `right_time` counts in
/// the right row. Milliseconds, inclusive.
pub fn interval_bounds(
    condition: &Expr,
    left_width: usize,
    is_time: impl Fn(usize) -> bool,
) -> Option<(usize, usize, i64, i64)> {
    let mut found: Vec<(usize, usize, Option<i64>, Option<i64>)> = Vec::new();
    // Flink takes one equality, or one bound from below and one from above, and no more
    // (`IntervalJoinUtil.extractWindowBoundsFromPredicate`).
    let (mut equal, mut below, mut above) = (0, 0, 0);
    for part in condition.conjuncts() {
        let ExprKind::Call { function, arguments } = &part.kind else { continue };
        let [a, b] = arguments.as_slice() else { continue };
        let (Some(a), Some(b)) = (moment(a), moment(b)) else { continue };
        if !is_time(a.column) || !is_time(b.column) || (a.column < left_width) == (b.column < left_width) {
            continue;
        }
        // Written as: right `symbol` left + distance.
        let flipped = match function.name {
            "<" => ">",
            "<=" => ">=",
            ">" => "<",
            ">=" => "<=",
            other => other,
        };
        let (left, right, symbol) =
            if a.column < left_width { (a, b, flipped) } else { (b, a, function.name) };
        let distance = left.offset - right.offset;
        let (lower, upper) = match symbol {
            ">=" => (Some(distance), None),
            ">" => (Some(distance + 1), None),
            "<=" => (None, Some(distance)),
            "<" => (None, Some(distance - 1)),
            "=" => (Some(distance), Some(distance)),
            _ => continue,
        };
        equal += usize::from(lower.is_some() && upper.is_some());
        below += usize::from(upper.is_none());
        above += usize::from(lower.is_none());
        let pair = (left.column, right.column - left_width);
        match found.iter_mut().find(|f| (f.0, f.1) == pair) {
            Some(bounds) => {
                bounds.2 = bounds.2.max(lower);
                bounds.3 = match (bounds.3, upper) {
                    (Some(x), Some(y)) => Some(x.min(y)),
                    (x, y) => x.or(y),
                };
            }
            None => found.push((pair.0, pair.1, lower, upper)),
        }
    }
    if !matches!((equal, below, above), (1, 0, 0) | (0, 1, 1)) {
        return None;
    }
    found.into_iter().find_map(|(l, r, lower, upper)| Some((l, r, lower?, upper?)))
}
