//! Patterns of rows.

use super::{lineage_of, relation};
use crate::Lineage;
use crate::changelog::Changelog;
use crate::pattern::{MatchExpr, MatchOperand, RowPattern};
use crate::properties::{Properties, StateKind, StateLife, Watermark};
use crate::relation::{Origin, Relation, RelationKind};
use streamc_types::{Column, RowSchema, TimeAttribute};

/// One row for each match of the pattern: the columns that partition, then the measures (Flink documentation, "Pattern
/// Recognition"). Rows are final; they come when the watermark has passed the last row of the match. `MATCH_ROWTIME()`
/// as a measure is event time, every other time attribute ends here.
pub fn recognize(input: Relation, pattern: RowPattern, origin: Origin) -> Relation {
    let below = &input.props;
    let column = |i: &usize| {
        let mut column = below.schema.columns.get(*i).cloned();
        if let Some(column) = &mut column {
            column.time = None;
        }
        column
    };
    let mut columns: Vec<Column> = pattern.partition.iter().filter_map(column).collect();
    let lineage = |i: &usize| below.lineage.get(*i).cloned().unwrap_or_default();
    let mut lineages: Vec<Lineage> = pattern.partition.iter().map(lineage).collect();
    let mut decides = Lineage::default();
    for i in pattern.partition.iter().chain([&pattern.time]).chain(pattern.order.iter().map(|k| &k.column)) {
        decides.depend_on(&lineage(i));
    }
    for condition in pattern.variables.iter().filter_map(|v| v.condition.as_ref()) {
        decides.depend_on(&read(condition, below));
    }
    let mut watermark = None;
    for measure in &pattern.measures {
        let mut column = Column::new(measure.name.clone(), measure.value.expr.ty.clone());
        let operand = measure.value.expr.as_column().and_then(|i| measure.value.operands.get(i));
        match operand {
            Some(MatchOperand::Rowtime(_)) => {
                column.time = Some(TimeAttribute::Rowtime);
                let delay_millis = below.watermark.as_ref().map(|w| w.delay_millis);
                let at = columns.len();
                watermark =
                    watermark.or_else(|| delay_millis.map(|d| Watermark { column: at, delay_millis: d }));
            }
            Some(MatchOperand::Proctime(_)) => column.time = Some(TimeAttribute::Proctime),
            _ => {}
        }
        columns.push(column);
        lineages.push(read(&measure.value, below));
    }
    for lineage in &mut lineages {
        lineage.depend_on(&decides);
    }
    let life = pattern.within.map_or(StateLife::Unbounded, StateLife::Interval);
    let props = Properties {
        schema: RowSchema::new(columns),
        watermark,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: Some(StateKind { what: "the rows of unfinished matches", life }),
        lineage: lineages,
        time_types: Default::default(),
    };
    relation(RelationKind::Recognize { input: Box::new(input), pattern: Box::new(pattern) }, props, origin)
}

/// What the value depends on.
fn read(value: &MatchExpr, below: &Properties) -> Lineage {
    let mut out = Lineage::default();
    for operand in &value.operands {
        for expr in operand.reads() {
            out.merge(&lineage_of(expr, &below.lineage));
        }
        if let MatchOperand::Rowtime(_) = operand
            && let Some(lineage) = below.rowtime().and_then(|i| below.lineage.get(i))
        {
            out.merge(lineage);
        }
    }
    out
}
