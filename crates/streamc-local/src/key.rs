//! Keys of state: some columns of a row.

use fxhash::FxBuildHasher;
use indexmap::{Equivalent, IndexMap};
use std::hash::{Hash, Hasher};
use streamc_types::Value;

/// The values of the key columns. Zero and negative zero are two keys: Flink compares the bytes of its rows.
#[derive(Clone, Debug)]
pub(crate) struct Key(pub(crate) Box<[Value]>);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| same(a, b))
    }
}

impl Eq for Key {}

fn same(a: &Value, b: &Value) -> bool {
    a == b
        && match (a, b) {
            (Value::Double(a), Value::Double(b)) if *a == 0.0 => a.is_sign_negative() == b.is_sign_negative(),
            (Value::Float(a), Value::Float(b)) if *a == 0.0 => a.is_sign_negative() == b.is_sign_negative(),
            _ => true,
        }
}

/// Key columns within a row: looks a [`Key`] up without making one.
pub(crate) struct KeyOf<'a> {
    pub(crate) row: &'a [Value],
    pub(crate) columns: &'a [usize],
}

/// State by key. Iterates in the order of first appearance as long as nothing is removed.
pub(crate) type KeyMap<V> = IndexMap<Key, V, FxBuildHasher>;

impl KeyOf<'_> {
    fn values(&self) -> impl Iterator<Item = &Value> {
        self.columns.iter().map(|c| &self.row[*c])
    }

    /// The key on its own.
    pub(crate) fn to_key(&self) -> Key {
        Key(self.values().cloned().collect())
    }

    /// Whether a column is `NULL`: such a key joins nothing.
    pub(crate) fn has_null(&self) -> bool {
        self.values().any(Value::is_null)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in &self.0 {
            value.hash(state);
        }
    }
}

impl Hash for KeyOf<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in self.values() {
            value.hash(state);
        }
    }
}

impl Equivalent<Key> for KeyOf<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.columns.len() == key.0.len() && self.values().zip(&key.0).all(|(a, b)| same(a, b))
    }
}

/// The entry of the row's key, made by `new` where there is none.
pub(crate) fn entry<'m, V>(
    map: &'m mut KeyMap<V>,
    row: &[Value],
    columns: &[usize],
    new: impl FnOnce() -> V,
) -> &'m mut V {
    let key = KeyOf { row, columns };
    let index = match map.get_index_of(&key) {
        Some(index) => index,
        None => map.insert_full(key.to_key(), new()).0,
    };
    &mut map[index]
}
