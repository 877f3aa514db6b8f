//! Stable ids of relations.

use crate::relation::Relation;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;

/// Gives every relation of a stream its id: `component/kind-ordinal`, ordinals counted per kind from the inputs up.
/// An edit elsewhere in the file, or of an expression, leaves the ids as they are.
pub fn assign_ids(component: &str, relation: &mut Relation) {
    fn go(component: &str, relation: &mut Relation, seen: &mut BTreeMap<&'static str, u32>) {
        for input in relation.inputs_mut() {
            go(component, input, seen);
        }
        let kind = relation.kind_name();
        let ordinal = seen.entry(kind).and_modify(|n| *n += 1).or_insert(1);
        relation.id = format_smolstr!("{component}/{kind}-{ordinal}");
    }
    relation.id = SmolStr::default();
    go(component, relation, &mut BTreeMap::new());
}
