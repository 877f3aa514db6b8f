//! Aggregates over the rows before each row.

use super::{lineage_of, relation, row_conditions};
use crate::Lineage;
use crate::changelog::Changelog;
use crate::expr::AggregateCall;
use crate::properties::{StateKind, StateLife};
use crate::relation::{Origin, OverFrame, Relation, RelationKind, SortKey};
use streamc_types::{Column, DataType};

/// The input's columns followed by one for each call, computed over the rows of the partition up to this one in the order
/// of the column `order` (Flink documentation, "Over Aggregation").
///
/// If that is a time attribute, a row comes out when the watermark (or the clock) has passed it; it is final. In any other
/// order a row comes out at once, and is replaced when rows come that stand before it: Flink's `NonTimeRows…` and
/// `NonTimeRangeUnboundedPrecedingFunction`, which take rows that change, and frames without a bound.
pub fn over(
    input: Relation,
    partition: Vec<usize>,
    order: SortKey,
    frame: OverFrame,
    calls: Vec<AggregateCall>,
    origin: Origin,
) -> Relation {
    let mut props = input.props.clone();
    let mut decides = row_conditions(&input.props.lineage);
    for column in partition.iter().copied().chain([order.column]) {
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
    let in_time = input.props.schema.columns.get(order.column).is_some_and(|c| c.time.is_some());
    props.changelog = if in_time { Changelog::INSERT_ONLY } else { Changelog::ALL };
    let life = match frame {
        OverFrame::Range(Some(millis)) => StateLife::Interval(millis),
        OverFrame::Range(None) | OverFrame::Rows(_) => StateLife::Unbounded,
    };
    props.state = Some(StateKind { what: "the rows or sums before each row of a partition", life });
    relation(RelationKind::Over { input: Box::new(input), partition, order, frame, calls }, props, origin)
}
