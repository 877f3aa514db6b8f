//! Which objects are maps: their keys are data, not names of columns.
//!
//! An object is a map if all its values meet in one type and one of these holds:
//! its keys all look like ids (digits, UUIDs, dates); it has many rare keys; it has very many keys.

use crate::Options;
use crate::classify::{Kind, is_uuid};
use crate::tree::{NodeId, ROOT, Tree};
use streamc_formats::temporal::read_date;

/// Turns such objects into maps, from the top down. The record itself never is one.
pub(crate) fn fold(tree: &mut Tree, options: &Options) {
    visit(tree, ROOT, options);
    tree.tidy();
}

fn visit(tree: &mut Tree, id: NodeId, options: &Options) {
    if id != ROOT && looks_like_map(tree, id, options) {
        tree.fold_into_map(id);
    }
    let node = tree.node(id);
    let inner: Vec<NodeId> = node.children.iter().copied().chain(node.element).chain(node.entry).collect();
    for id in inner {
        visit(tree, id, options);
    }
}

fn looks_like_map(tree: &mut Tree, id: NodeId, options: &Options) -> bool {
    let node = tree.node(id);
    let keys = node.children.len();
    let objects = node.count(Kind::Object);
    if keys == 0 || objects == 0 || node.entry.is_some() {
        return false;
    }
    let ids = keys >= options.map_min_id_keys && node.children.iter().all(|c| is_id(tree.name(*c)));
    let total: u64 = node.children.iter().map(|c| tree.node(*c).seen).sum();
    let occurrence = total as f64 / keys as f64 / objects as f64;
    let rare = keys >= options.map_min_keys && occurrence <= options.map_max_occurrence;
    let many = keys >= options.map_many_keys;
    (ids || rare || many) && values_agree(tree, id)
}

/// Digits, a UUID or a date.
fn is_id(key: &str) -> bool {
    (!key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()))
        || is_uuid(key.as_bytes())
        || read_date(key).is_some()
}

/// Whether the values, put together, have one JSON type at every path, and objects among them mostly the same fields.
fn values_agree(tree: &mut Tree, id: NodeId) -> bool {
    tree.try_on_copy(id, |tree, copy| {
        let merged = tree.fold_into_map(copy);
        agrees(tree, merged)
    })
}

fn agrees(tree: &Tree, id: NodeId) -> bool {
    let node = tree.node(id);
    if node.groups().len() > 1 {
        return false;
    }
    if !node.children.is_empty() {
        let total: u64 = node.children.iter().map(|c| tree.node(*c).seen).sum();
        let possible = node.children.len() as u64 * node.count(Kind::Object);
        if total * 2 < possible {
            return false;
        }
    }
    node.children.iter().copied().chain(node.element).chain(node.entry).all(|id| agrees(tree, id))
}
