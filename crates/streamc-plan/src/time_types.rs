//! What Flink's planner takes for a time attribute.
//!
//! Flink types more columns as time attributes than a watermark follows: what is computed of event time (`ts + INTERVAL '1'
//! HOUR`), a key of `GROUP BY`, a column behind a join. Its planner first types a query so, and then makes ordinary
//! timestamps of most of those columns (`RelTimeIndicatorConverter`). `UNION` asks for the difference: it wants columns that
//! were made ordinary in every branch or in none.

use crate::expr::{Expr, ExprKind};
use crate::pattern::MatchOperand;
use crate::properties::Properties;
use crate::relation::{JoinKind, Relation, RelationKind};
use std::collections::BTreeMap;
use streamc_types::{Column, TimeAttribute, TypeKind, Value};

/// A column that Flink types as a time attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeType {
    /// Which.
    pub attribute: TimeAttribute,
    /// Whether the planner makes an ordinary timestamp of it.
    pub materialized: bool,
}

impl Properties {
    /// What Flink types the column as; `None` for an ordinary one.
    pub fn time_type(&self, column: usize) -> Option<TimeType> {
        let known = self.schema.columns.get(column).and_then(|c| c.time);
        match known {
            Some(attribute) => Some(TimeType { attribute, materialized: false }),
            None => self.time_types.get(&column).copied(),
        }
    }

    /// The columns as Flink's schema lists them: a name and a type, with the mark of every column that Flink types as a time
    /// attribute (`TIMESTAMP(3) *ROWTIME*`).
    pub fn flink_columns(&self) -> Vec<(String, String)> {
        let columns = self.schema.columns.iter().enumerate();
        let marked = columns.map(|(index, column)| {
            let time = self.time_type(index).map(|time| time.attribute);
            (column.name.to_string(), Column { time, ..column.clone() }.type_text())
        });
        marked.collect()
    }
}

/// The columns of a relation of that kind and those properties that Flink types as time attributes, where they are none.
pub(crate) fn time_types(kind: &RelationKind, props: &Properties) -> BTreeMap<usize, TimeType> {
    if let RelationKind::Scan { .. } = kind {
        return props.time_types.clone();
    }
    let columns = props.schema.columns.iter().enumerate();
    let times = columns.filter(|(_, c)| {
        c.time.is_none() && matches!(c.ty.kind, TypeKind::Timestamp(0..=3) | TypeKind::TimestampLtz(0..=3))
    });
    times.filter_map(|(index, _)| Some((index, of_column(kind, index)?))).collect()
}

fn of_column(kind: &RelationKind, index: usize) -> Option<TimeType> {
    match kind {
        RelationKind::Scan { .. } | RelationKind::Values { .. } => None,
        RelationKind::Project { input, expressions } => of_expression(expressions.get(index)?, input),
        RelationKind::Aggregate { input, keys, aggregates, .. } => match keys.get(index) {
            Some(key) => materialized(input.props.time_type(*key)),
            None => {
                let call = aggregates.get(index - keys.len())?;
                of_aggregate(call.function.name, call.arguments.first(), input)
            }
        },
        RelationKind::Over { input, calls, .. } => match index.checked_sub(input.props.schema.len()) {
            None => input.props.time_type(index),
            Some(call) => {
                let call = calls.get(call)?;
                of_aggregate(call.function.name, call.arguments.first(), input)
            }
        },
        RelationKind::Join { left, right, kind, .. } => {
            let width = left.props.schema.len();
            materialized(match index.checked_sub(width) {
                Some(index) if !matches!(kind, JoinKind::Semi | JoinKind::Anti) => {
                    right.props.time_type(index)
                }
                _ => left.props.time_type(index),
            })
        }
        RelationKind::Union { inputs } => inputs.first()?.props.time_type(index),
        RelationKind::Recognize { input, pattern } => match index.checked_sub(pattern.partition.len()) {
            None => materialized(input.props.time_type(*pattern.partition.get(index)?)),
            Some(measure) => {
                let value = &pattern.measures.get(measure)?.value;
                match value.operands.get(value.expr.as_column()?)? {
                    MatchOperand::Row { value, .. } => materialized(of_expression(value, input)),
                    MatchOperand::Aggregate { call, .. } => {
                        of_aggregate(call.function.name, call.arguments.first(), input)
                    }
                    MatchOperand::Rowtime(_) | MatchOperand::Proctime(_) => None,
                }
            }
        },
        // Another column is event time from here on; this one is declared as an ordinary one in the source.
        RelationKind::Watermark { .. } => None,
        RelationKind::Distinct { input, .. } | RelationKind::Expand { input, .. } => {
            materialized(input.props.time_type(index))
        }
        RelationKind::Filter { input, .. }
        | RelationKind::Window { input, .. }
        | RelationKind::Rank { input, .. }
        | RelationKind::Limit { input, .. }
        | RelationKind::Sort { input, .. }
        | RelationKind::Unnest { input, .. }
        | RelationKind::Replicate { input }
        | RelationKind::Repartition { input, .. } => input.props.time_type(index),
        RelationKind::Changes { input, form } => input.props.time_type(form.read_from(index)?),
    }
}

fn materialized(time: Option<TimeType>) -> Option<TimeType> {
    time.map(|time| TimeType { materialized: true, ..time })
}

/// An aggregate that gives one of its values has the type of the values.
fn of_aggregate(name: &str, value: Option<&Expr>, input: &Relation) -> Option<TimeType> {
    let picks = matches!(name, "MIN" | "MAX" | "FIRST_VALUE" | "LAST_VALUE" | "LAG" | "LEAD");
    materialized(value.filter(|_| picks).and_then(|value| of_expression(value, input)))
}

/// Of several values the first one that has a type decides.
fn of_expression(expr: &Expr, input: &Relation) -> Option<TimeType> {
    let of = |e: &Expr| of_expression(e, input);
    match &expr.kind {
        ExprKind::Column(column) => input.props.time_type(*column),
        ExprKind::Cast { input: inner, implicit: true, .. } => of(inner),
        ExprKind::Call { function, arguments } => materialized(match function.name {
            "+" | "FLOOR_TO" | "CEIL_TO" => arguments.iter().find_map(of),
            "-" | "COALESCE" | "IFNULL" | "NULLIF" | "GREATEST" | "LEAST" => of(arguments.first()?),
            "IF" => of(arguments.get(1)?),
            // Of smaller units it makes an ordinary timestamp.
            "TIMESTAMPADD" if adds_days(arguments) => of(arguments.last()?),
            _ => None,
        }),
        ExprKind::Case { branches, otherwise } => {
            let mut values = branches.iter().map(|(_, value)| value).chain([otherwise.as_ref()]);
            let first = values.find(|v| !is_null(v))?;
            let same = values.all(|v| v.is_same(first)) && !branches.is_empty() && !is_null(otherwise);
            if same { of(first) } else { materialized(of(first)) }
        }
        _ => None,
    }
}

/// Whether the first argument is a unit of whole days.
fn adds_days(arguments: &[Expr]) -> bool {
    let unit = arguments.first().map(|unit| &unit.kind);
    matches!(unit, Some(ExprKind::Literal(Value::Str(unit))) if matches!(unit.as_str(), "DAY" | "WEEK" | "MONTH" | "QUARTER" | "YEAR"))
}

fn is_null(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(value) => value.is_null(),
        ExprKind::Cast { input, implicit: true, .. } => is_null(input),
        _ => false,
    }
}
