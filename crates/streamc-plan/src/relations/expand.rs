//! The rows of grouping sets.

use super::{relation, row_conditions};
use crate::relation::{Origin, Relation, RelationKind};
use smol_str::SmolStr;
use streamc_types::{Column, DataType, TypeKind};

/// Each row once for each set, with `NULL` in those of `keys` that the set leaves out, and the set's number as a last
/// column `id` (`BIGINT NOT NULL`; Flink's `LogicalExpand`): one bit a key, the first the highest, set where it is left
/// out. `sets` hold positions in `keys`, which are at most 63.
pub fn expand(
    input: Relation,
    keys: Vec<usize>,
    sets: Vec<Vec<usize>>,
    id: SmolStr,
    origin: Origin,
) -> Relation {
    let mut props = input.props.clone();
    for (n, key) in keys.iter().enumerate() {
        let column = props.schema.columns.get_mut(*key);
        if let Some(column) = column.filter(|_| sets.iter().any(|set| !set.contains(&n))) {
            column.ty.nullable = true;
            column.time = None;
        }
    }
    props.schema.columns.push(Column::new(id, DataType::not_null(TypeKind::BigInt)));
    props.lineage.push(row_conditions(&input.props.lineage));
    // Of the columns of a key some are `NULL` in several rows: with the number they identify one.
    let number = props.schema.len() - 1;
    for key in &mut props.keys {
        key.push(number);
    }
    props.keys.retain(|key| !key.iter().any(|c| keys.contains(c)));
    props.state = None;
    relation(RelationKind::Expand { input: Box::new(input), keys, sets }, props, origin)
}

/// The number of a set over so many keys.
pub fn set_number(set: &[usize], keys: usize) -> i64 {
    (0..keys).fold(0, |number, key| number << 1 | i64::from(!set.contains(&key)))
}
