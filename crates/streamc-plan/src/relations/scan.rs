//! Reading another component.

use super::relation;
use crate::lineage::{ColumnRef, Lineage};
use crate::properties::Properties;
use crate::relation::{Origin, Relation, RelationKind};
use smol_str::SmolStr;

/// The rows of `component`, whose properties are `props`. Lineage starts anew at its columns.
pub fn scan(component: SmolStr, props: &Properties, origin: Origin) -> Relation {
    let mut props = props.clone();
    props.state = None;
    props.lineage = props
        .schema
        .columns
        .iter()
        .map(|c| Lineage {
            value: [ColumnRef { component: component.clone(), column: c.name.clone() }].into(),
            condition: Default::default(),
        })
        .collect();
    relation(RelationKind::Scan { component }, props, origin)
}
