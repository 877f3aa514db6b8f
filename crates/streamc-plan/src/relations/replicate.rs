//! Rows as often as they count.

use super::relation;
use crate::relation::{Origin, Relation, RelationKind};

/// Each row as often as its last column says, without that column (Flink's `$REPLICATE_ROWS$1`, of which `INTERSECT ALL`
/// and `EXCEPT ALL` are made). The column is a whole number, not `NULL`; nothing comes of 0 and less.
pub fn replicate(input: Relation, origin: Origin) -> Relation {
    let mut props = input.props.clone();
    props.schema.columns.pop();
    props.lineage.pop();
    // Several rows are alike.
    props.keys.clear();
    props.state = None;
    relation(RelationKind::Replicate { input: Box::new(input) }, props, origin)
}
