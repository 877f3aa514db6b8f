//! One pass over a JSON record: values go by and leave observations, which count only once the record is known to be
//! well-formed.
//!
//! Integers, booleans and strings are taken as the parser gives them. A number with a fraction comes as a double, which
//! has lost the digits as written; so from the first such number on, a path asks for the text of its values (and the
//! record that showed it first is read a second time).

use crate::classify::{self, Kind, Seen, pack_digits};
use crate::tree::{Child, NodeId, Place, ROOT, Tree};
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use std::borrow::Cow;
use std::fmt;
use streamc_formats::json::syntax;
use streamc_formats::{DecodeError, DecodeErrorKind};

/// A value that went by.
struct Observation<'de> {
    node: NodeId,
    /// `None` is `null`.
    kind: Option<Kind>,
    size: i64,
    /// The text of strings and numbers where the record has it in one piece.
    text: &'de str,
}

/// Reads records into a tree.
pub(crate) struct Walker<'de> {
    tree: Tree,
    observations: Vec<Observation<'de>>,
    /// Texts that the record does not have in one piece, by the index of the observation, in that order.
    owned: Vec<(usize, String)>,
    duplicates: Vec<NodeId>,
    /// A number was met whose text is needed.
    again: bool,
}

impl<'de> Walker<'de> {
    /// Adds to what a tree has seen.
    pub(crate) fn over(tree: Tree) -> Self {
        Self { tree, observations: Vec::new(), owned: Vec::new(), duplicates: Vec::new(), again: false }
    }

    pub(crate) fn into_tree(self) -> Tree {
        self.tree
    }

    /// Reads a record. [`Walker::commit`] makes it count.
    pub(crate) fn record(&mut self, text: &'de str) -> Result<(), DecodeError> {
        syntax::check_depth(text)?;
        if !text.starts_with('{') {
            return Err(not_an_object(text));
        }
        // Each reading teaches at least one path to ask for text, so this ends; two readings are the rule.
        loop {
            self.observations.clear();
            self.owned.clear();
            self.duplicates.clear();
            self.again = false;
            let mut deserializer = sonic_rs::Deserializer::from_str(text);
            let read =
                Value { walker: self, node: ROOT }.read(&mut deserializer).and_then(|()| deserializer.end());
            match read {
                Ok(()) if self.again => {}
                Ok(()) => return Ok(()),
                Err(_) if self.reads_as_text(text) => return Ok(()),
                Err(_) => return Err(syntax::syntax_error(text)),
            }
        }
    }

    /// Reads a record that the parser refuses because a number is beyond a double, with all numbers as text.
    fn reads_as_text(&mut self, text: &'de str) -> bool {
        if serde_json::from_str::<IgnoredAny>(text).is_err() {
            return false;
        }
        self.observations.clear();
        self.owned.clear();
        self.duplicates.clear();
        self.raw_object(ROOT, text).is_ok()
    }

    /// Counts what the last record showed.
    pub(crate) fn commit(&mut self, place: Place) {
        let mut owned = self.owned.iter().peekable();
        for (i, Observation { node, kind, size, text }) in self.observations.iter().enumerate() {
            let text = match owned.next_if(|(at, _)| *at == i) {
                Some((_, text)) => text.as_str(),
                None => text,
            };
            self.tree.observe(*node, kind.map(|kind| (kind, *size)), place, || match kind {
                Some(Kind::Integer) => size.to_smolstr(),
                Some(Kind::Boolean) => SmolStr::new_static(["false", "true"][*size as usize & 1]),
                Some(Kind::Object) => SmolStr::new_static("{…}"),
                Some(Kind::Array) => SmolStr::new_static("[…]"),
                _ => short(text),
            });
        }
        for node in self.duplicates.drain(..) {
            let node = self.tree.node_mut(node);
            if node.duplicates == 0 {
                node.first_duplicate = place;
            }
            node.duplicates += 1;
        }
        self.observations.clear();
    }

    #[inline]
    fn push(&mut self, node: NodeId, (kind, size): Seen, text: &'de str) {
        self.observations.push(Observation { node, kind: Some(kind), size, text });
    }

    fn push_null(&mut self, node: NodeId) {
        self.observations.push(Observation { node, kind: None, size: 0, text: "" });
    }

    fn push_owned(&mut self, node: NodeId, seen: Seen, text: Cow<'_, str>) {
        // Only the first text of a kind is ever shown.
        if self.tree.node(node).count(seen.0) == 0 {
            self.owned.push((self.observations.len(), text.into_owned()));
        }
        self.push(node, seen, "");
    }

    fn begin_object(&mut self, node: NodeId) -> u64 {
        self.push(node, (Kind::Object, 0), "");
        self.tree.next_object()
    }

    #[inline]
    fn field(&mut self, parent: NodeId, name: &str, object: u64, expected: &mut usize) -> Child {
        let child = self.tree.child(parent, name, expected);
        if let Child::Node(field) = child
            && self.tree.is_duplicate(field, object)
            && self.tree.node(parent).entry.is_none()
        {
            self.duplicates.push(field);
        }
        child
    }

    /// A value as written.
    fn raw(&mut self, node: NodeId, raw: &'de str) -> Result<(), sonic_rs::Error> {
        match raw.as_bytes().first() {
            Some(b'{' | b'[') => {
                let mut deserializer = sonic_rs::Deserializer::from_str(raw);
                deserializer.deserialize_any(Value { walker: self, node })
            }
            _ => self.raw_scalar(node, raw),
        }
    }

    fn raw_scalar(&mut self, node: NodeId, raw: &'de str) -> Result<(), sonic_rs::Error> {
        match raw.as_bytes().first() {
            Some(b'"') if raw.contains('\\') => {
                let text: String = serde_json::from_str(raw).map_err(sonic_rs::Error::custom)?;
                self.push_owned(node, classify::string(&text), Cow::Owned(text));
            }
            Some(b'"') => {
                let text = raw.get(1..raw.len() - 1).unwrap_or_default();
                self.push(node, classify::string(text), text);
            }
            Some(b't') => self.push(node, (Kind::Boolean, 1), ""),
            Some(b'f') => self.push(node, (Kind::Boolean, 0), ""),
            Some(b'n') => self.push_null(node),
            _ => self.push(node, classify::number(raw), raw),
        }
        Ok(())
    }

    /// An object, all of it as written: the way for records that hold numbers beyond a double.
    fn raw_object(&mut self, node: NodeId, raw: &'de str) -> Result<(), sonic_rs::Error> {
        let object = self.begin_object(node);
        let mut expected = 0;
        for entry in sonic_rs::to_object_iter(raw) {
            let (key, value) = entry?;
            if let Child::Node(child) = self.field(node, &key, object, &mut expected) {
                self.raw_value(child, value.as_raw_cow())?;
            }
        }
        Ok(())
    }

    fn raw_value(&mut self, node: NodeId, raw: Cow<'de, str>) -> Result<(), sonic_rs::Error> {
        let Cow::Borrowed(raw) = raw else { return Err(sonic_rs::Error::custom("not borrowed")) };
        match raw.as_bytes().first() {
            Some(b'{') => self.raw_object(node, raw),
            Some(b'[') => {
                self.push(node, (Kind::Array, 0), "");
                let element = self.tree.element(node);
                for item in sonic_rs::to_array_iter(raw) {
                    self.raw_value(element, item?.as_raw_cow())?;
                }
                Ok(())
            }
            _ => self.raw_scalar(node, raw),
        }
    }
}

fn not_an_object(text: &str) -> DecodeError {
    let what = match text.as_bytes().first() {
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        Some(b'-' | b'0'..=b'9') => "a number",
        _ => return syntax::syntax_error(text),
    };
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return syntax::syntax_error(text);
    }
    DecodeError {
        kind: DecodeErrorKind::NotAnObject,
        field: None,
        message: format!("a record is a JSON object, this is {what}"),
        offset: 0,
    }
}

/// The first 40 characters.
fn short(text: &str) -> SmolStr {
    match text.char_indices().nth(40) {
        Some((end, _)) => format_smolstr!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// The value at a path.
struct Value<'w, 'de> {
    walker: &'w mut Walker<'de>,
    node: NodeId,
}

impl<'de> Value<'_, 'de> {
    fn read<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.walker.tree.node(self.node).lexemes {
            return deserializer.deserialize_any(self);
        }
        let raw = sonic_rs::LazyValue::deserialize(deserializer)?;
        match raw.as_raw_cow() {
            Cow::Borrowed(raw) => self.walker.raw(self.node, raw),
            // Only strings with escapes are handed out as copies.
            Cow::Owned(raw) => match serde_json::from_str::<String>(&raw) {
                Ok(text) => {
                    self.walker.push_owned(self.node, classify::string(&text), Cow::Owned(text));
                    Ok(())
                }
                Err(error) => Err(sonic_rs::Error::custom(error)),
            },
        }
        .map_err(D::Error::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, 'de> {
    type Value = ();
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.read(deserializer)
    }
}

impl<'de> Visitor<'de> for Value<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.walker.push(self.node, (Kind::Boolean, i64::from(value)), "");
        Ok(())
    }

    #[inline]
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.walker.push(self.node, (Kind::Integer, value), "");
        Ok(())
    }

    #[inline]
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.walker.push(self.node, (Kind::Integer, value), ""),
            Err(_) => {
                let text = value.to_string();
                let seen = (Kind::BigInteger, pack_digits(text.len(), 0));
                self.walker.push_owned(self.node, seen, Cow::Owned(text));
            }
        }
        Ok(())
    }

    #[inline]
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.walker.tree.node_mut(self.node).lexemes = true;
        self.walker.again = true;
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.walker.push_owned(self.node, classify::string(text), Cow::Borrowed(text));
        Ok(())
    }

    #[inline]
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.walker.push(self.node, classify::string(text), text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.walker.push_null(self.node);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.walker.push(self.node, (Kind::Array, 0), "");
        let element = self.walker.tree.element(self.node);
        while seq.next_element_seed(Value { walker: &mut *self.walker, node: element })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let object = self.walker.begin_object(self.node);
        let mut expected = 0;
        while let Some(child) = map.next_key_seed(Key {
            walker: &mut *self.walker,
            node: self.node,
            object,
            expected: &mut expected,
        })? {
            match child {
                Child::Node(node) => map.next_value_seed(Value { walker: &mut *self.walker, node })?,
                Child::Dropped => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A key, as the path it leads to.
struct Key<'w, 'de> {
    walker: &'w mut Walker<'de>,
    node: NodeId,
    object: u64,
    expected: &'w mut usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Child;
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Child, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = Child;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Child, E> {
        Ok(self.walker.field(self.node, name, self.object, self.expected))
    }
}
