//! Aggregates over the rows before each row.

use super::{lineage_of, relation, row_conditions};
use crate::Lineage;
use crate::changelog::Changelog;
use crate::expr::AggregateCall;
use crate::properties::{StateKind, StateLife};
use crate::relation::{Origin, OverFrame, Relation, RelationKind};
use streamc_types::{Column, DataType};

/// The input's columns followed by one for each call, computed over the rows of the partition up to this one in the order
/// of the event-time column `time` (Flink documentation, "Over Aggregation"). A row comes out when the watermark has
/// passed it; it is final.
pub fn over(
    input: Relation,
    partition: Vec<usize>,
    time: usize,
    frame: OverFrame,
    calls: Vec<AggregateCall>,
    origin: Origin,
) -> Relation {
    let mut props = input.props.clone();
    let mut decides = row_conditions(&input.props.lineage);
    for column in partition.iter().copied().chain([time]) {
        let column = crate::Expr::column(column, DataType::unknown());
        decides.merge(&lineage_of(&column, &input.props.lineage));
    }
    for call in &calls {
        props.schema.columns.push(Column::new(call.name.clone(), call.ty.clone()));
        let mut lineage = Lineage::default();
        for argument in &call.arguments {
            lineage.merge(&lineage_of(argument, &input.props.lineage));
        }
        lineage.depend_on(&decides);
        props.lineage.push(lineage);
    }
    props.changelog = Changelog::INSERT_ONLY;
    let life = match frame {
        OverFrame::Range(Some(millis)) => StateLife::Interval(millis),
        OverFrame::Range(None) | OverFrame::Rows(_) => StateLife::Unbounded,
    };
    props.state = Some(StateKind { what: "the rows or sums before each row of a partition", life });
    relation(RelationKind::Over { input: Box::new(input), partition, time, frame, calls }, props, origin)
}
