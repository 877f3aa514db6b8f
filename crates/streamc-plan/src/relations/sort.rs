//! Sorting by time.

use super::relation;
use crate::lineage::Lineage;
use crate::properties::{StateKind, StateLife};
use crate::relation::{Origin, Relation, RelationKind, SortKey};

/// The rows in the order of `keys`, whose first is a time attribute, ascending: the only order in which a stream without
/// an end can be given (Flink's `StreamPhysicalTemporalSort`). The rows are only added, and stay what they are.
pub fn sort(input: Relation, keys: Vec<SortKey>, origin: Origin) -> Relation {
    let mut props = input.props.clone();
    let mut decides = Lineage::default();
    for lineage in keys.iter().filter_map(|k| input.props.lineage.get(k.column)) {
        decides.merge(lineage);
    }
    for lineage in &mut props.lineage {
        lineage.depend_on(&decides);
    }
    props.state = Some(StateKind { what: "the rows of times that are not over", life: StateLife::Window });
    relation(RelationKind::Sort { input: Box::new(input), keys }, props, origin)
}
