//! Union.

use super::relation;
use crate::changelog::Changelog;
use crate::properties::{Properties, Watermark};
use crate::relation::{Origin, Relation, RelationKind};
use streamc_types::RowSchema;

/// The rows of all `inputs`, which have the same number of columns of the same kinds. Names are those of the first. A
/// column is a time attribute if it is one in every input; the watermark is the least of theirs.
pub fn union(inputs: Vec<Relation>, origin: Origin) -> Relation {
    let mut props = Properties {
        schema: RowSchema::default(),
        watermark: None,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: None,
        lineage: Vec::new(),
        time_types: Default::default(),
    };
    let mut watermark: Option<Option<Watermark>> = None;
    for (n, input) in inputs.iter().enumerate() {
        let p = &input.props;
        props.changelog = props.changelog.or(p.changelog);
        if n == 0 {
            props.schema = p.schema.clone();
            props.lineage = p.lineage.clone();
            watermark = Some(p.watermark.clone());
            continue;
        }
        for (column, other) in props.schema.columns.iter_mut().zip(&p.schema.columns) {
            column.ty.nullable |= other.ty.nullable;
            if column.time != other.time {
                column.time = None;
            }
        }
        for (lineage, other) in props.lineage.iter_mut().zip(&p.lineage) {
            lineage.merge(other);
        }
        watermark = match (watermark.flatten(), &p.watermark) {
            (Some(a), Some(b)) if a.column == b.column => {
                Some(Some(Watermark { delay_millis: a.delay_millis.max(b.delay_millis), ..a }))
            }
            _ => Some(None),
        };
    }
    props.watermark = watermark.flatten();
    relation(RelationKind::Union { inputs }, props, origin)
}

/// The first branch that Flink does not put together with the branches before it in column `index` ("Union fields with time
/// attributes requires same types"): some are time attributes, others were, and the first is typed as one of the two.
pub fn odd_time(inputs: &[Relation], index: usize) -> Option<usize> {
    let head = inputs.first()?.props.time_type(index)?;
    // Another type is cast to that of the first branch, and then is what it says.
    let materialized = |input: &Relation| match input.props.time_type(index) {
        Some(time) if time.attribute == head.attribute => Some(time.materialized),
        Some(_) => None,
        None => Some(false),
    };
    inputs.iter().position(|input| materialized(input).is_some_and(|m| m != head.materialized))
}
