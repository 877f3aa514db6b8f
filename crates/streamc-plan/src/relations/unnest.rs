//! One row for each element of a collection.

use super::{lineage_of, relation};
use crate::expr::Expr;
use crate::relation::{Origin, Relation, RelationKind};
use streamc_types::Column;

/// The input's columns followed by `columns`: one for a plain element, the fields of a `ROW` element, key and value of a
/// map (Flink documentation, "Array, Multiset and Map Expansion"). With `outer`, a row whose collection is empty or
/// `NULL` stays, with nulls. With `ordinality` the last of `columns` is the number of the element, from 1.
pub fn unnest(
    input: Relation,
    collection: Expr,
    columns: Vec<Column>,
    outer: bool,
    ordinality: bool,
    origin: Origin,
) -> Relation {
    let mut props = input.props.clone();
    let lineage = lineage_of(&collection, &props.lineage);
    // A row comes once for each element.
    for column in &mut props.lineage {
        column.depend_on(&lineage);
    }
    for mut column in columns {
        column.ty.nullable |= outer;
        props.schema.columns.push(column);
        props.lineage.push(lineage.clone());
    }
    props.keys = Vec::new();
    props.state = None;
    relation(RelationKind::Unnest { input: Box::new(input), collection, outer, ordinality }, props, origin)
}
