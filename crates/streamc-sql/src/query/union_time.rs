//! Event time in the branches of a `UNION`.
//!
//! To Flink what is computed of event time is typed as event time still, though no watermark follows it: `ts + INTERVAL '1'
//! HOUR`, `MAX(ts)`, a key of `GROUP BY`. Its planner puts such a column together neither with event time itself nor with
//! other timestamps, if the first branch has one of the two ("Union fields with time attributes requires same types").

use super::QueryBinder;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind, Relation, RelationKind};
use streamc_types::{TimeAttribute, TypeKind};

/// What a column of a branch is to Flink.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    /// Event time that a watermark follows.
    Event,
    /// Typed as event time, and followed by none.
    Computed,
    Plain,
}

/// What column `index` of `relation` is. Columns of other streams are taken for what they are here.
fn of_column(relation: &Relation, index: usize) -> Time {
    let column = relation.props.schema.columns.get(index);
    if column.is_none_or(|c| !matches!(c.ty.kind, TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_))) {
        return Time::Plain;
    }
    if column.is_some_and(|c| c.time == Some(TimeAttribute::Rowtime)) {
        return Time::Event;
    }
    let lost = |time: Time| if time == Time::Plain { Time::Plain } else { Time::Computed };
    match &relation.kind {
        RelationKind::Project { input, expressions } => {
            expressions.get(index).map_or(Time::Plain, |e| of_expression(e, input))
        }
        RelationKind::Aggregate { input, keys, aggregates, .. } => match keys.get(index) {
            Some(key) => lost(of_column(input, *key)),
            None => aggregates.get(index - keys.len()).map_or(Time::Plain, |call| {
                let picks = matches!(call.function.name, "MIN" | "MAX" | "FIRST_VALUE" | "LAST_VALUE");
                let value = call.arguments.first().filter(|_| picks);
                lost(value.map_or(Time::Plain, |value| of_expression(value, input)))
            }),
        },
        RelationKind::Filter { input, .. }
        | RelationKind::Distinct { input, .. }
        | RelationKind::Limit { input, .. }
        | RelationKind::Sort { input, .. }
        | RelationKind::Rank { input, .. }
            if index < input.props.schema.len() =>
        {
            lost(of_column(input, index))
        }
        RelationKind::Join { left, right, .. } => match index.checked_sub(left.props.schema.len()) {
            None => lost(of_column(left, index)),
            Some(index) => lost(of_column(right, index)),
        },
        _ => Time::Plain,
    }
}

fn of_expression(expr: &Expr, input: &Relation) -> Time {
    let part = |e: &Expr| of_expression(e, input) != Time::Plain;
    let computed = match &expr.kind {
        ExprKind::Column(column) => return of_column(input, *column),
        ExprKind::Cast { input: inner, implicit: true, .. } => return of_expression(inner, input),
        ExprKind::Call { function, arguments } => match function.name {
            "+" | "-" | "IFNULL" | "GREATEST" | "LEAST" => arguments.first().is_some_and(part),
            "FLOOR_TO" | "CEIL_TO" | "IF" => arguments.iter().any(part),
            _ => false,
        },
        ExprKind::Case { branches, .. } => branches.first().is_some_and(|(_, value)| part(value)),
        _ => false,
    };
    if computed { Time::Computed } else { Time::Plain }
}

impl QueryBinder<'_> {
    /// Reports a column whose branches Flink does not put together; `true` if there is one.
    pub(super) fn mixed_times(&mut self, inputs: &[Relation], spans: &[Span]) -> bool {
        let Some(first) = inputs.first() else { return false };
        for (index, column) in first.props.schema.columns.iter().enumerate() {
            let times: Vec<Time> = inputs.iter().map(|input| of_column(input, index)).collect();
            let computed = times.contains(&Time::Computed);
            let mixed = computed && times.iter().any(|time| *time != Time::Computed);
            if times.first() == Some(&Time::Plain) || !mixed {
                continue;
            }
            let odd = times.iter().position(|time| Some(time) != times.first()).unwrap_or(1);
            let at = spans.get(odd).copied().unwrap_or(self.binder.tokens.whole);
            let message = format!(
                "`{}` is event time in one branch of `UNION`, and computed of event time in another",
                column.name
            );
            let help = format!(
                "Flink does not put them together; take the time away from what is computed: `CAST({} AS {})`",
                column.name, column.ty.kind
            );
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return true;
        }
        false
    }
}
