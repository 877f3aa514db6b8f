//! Recognising that a join condition bounds time.

use crate::expr::{Expr, ExprKind};
use streamc_functions::add_months;
use streamc_types::{IntervalUnit, TypeKind, Value};

const DAY: i64 = 86_400_000;

/// A time column with a constant distance: `ts + 5 min`. Flink computes it from the first moment of 1970, so that a month
/// is one of 31 days there (`IntervalJoinUtil.reduceTimeExpression`); the condition as it is written holds, too.
struct Moment {
    column: usize,
    offset: i64,
}

impl Moment {
    fn moved(self, by: Distance, sign: i64) -> Option<Self> {
        let offset = match by {
            Distance::Millis(millis) => self.offset.checked_add(sign.checked_mul(millis)?)?,
            Distance::Months(months) => {
                let (day, time) = (self.offset.div_euclid(DAY), self.offset.rem_euclid(DAY));
                add_months(day, sign.checked_mul(months)?).checked_mul(DAY)?.checked_add(time)?
            }
        };
        Some(Self { offset, ..self })
    }
}

/// A constant interval.
#[derive(Clone, Copy)]
enum Distance {
    Millis(i64),
    Months(i64),
}

fn moment(expr: &Expr) -> Option<Moment> {
    match &expr.kind {
        ExprKind::Column(column) => Some(Moment { column: *column, offset: 0 }),
        ExprKind::Cast { input, implicit: true, .. } => moment(input),
        ExprKind::Call { function, arguments } => {
            let [a, b] = arguments.as_slice() else { return None };
            match function.name {
                "+" => match (distance(a), distance(b)) {
                    (None, Some(by)) => moment(a)?.moved(by, 1),
                    (Some(by), None) => moment(b)?.moved(by, 1),
                    _ => None,
                },
                "-" => moment(a)?.moved(distance(b)?, -1),
                _ => None,
            }
        }
        _ => None,
    }
}

fn distance(expr: &Expr) -> Option<Distance> {
    let TypeKind::Interval(unit) = expr.ty.kind else { return None };
    match &expr.kind {
        ExprKind::Literal(Value::Int(length)) => Some(match unit {
            IntervalUnit::DaySecond => Distance::Millis(*length),
            IntervalUnit::YearMonth => Distance::Months(*length),
        }),
        ExprKind::Call { function, arguments } if function.name == "UNARY -" => {
            Some(match distance(arguments.first()?)? {
                Distance::Millis(millis) => Distance::Millis(millis.checked_neg()?),
                Distance::Months(months) => Distance::Months(months.checked_neg()?),
            })
        }
        ExprKind::Cast { input, .. } => distance(input),
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
