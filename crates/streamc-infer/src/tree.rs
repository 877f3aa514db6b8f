//! What was seen at each path: a tree in an arena, without values.

use crate::classify::{Group, KINDS, Kind, Seen, digits_of, unpack_digits};
use fxhash::FxHashMap;
use smol_str::SmolStr;

/// Where a value stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Counts the records of the file from 1.
    pub(crate) record: u64,
    /// The record's first line.
    pub(crate) line: u64,
}

/// A node of the tree.
pub(crate) type NodeId = u32;

/// The record itself.
pub(crate) const ROOT: NodeId = 0;

/// More columns than this at the top are not kept.
pub(crate) const MAX_COLUMNS: usize = 4096;

/// An object with more different keys than this becomes a map at once, whatever its keys.
const MAX_KEYS: usize = 4096;

/// Values of one kind at one path.
#[derive(Clone, Debug)]
pub(crate) struct Stat {
    pub(crate) kind: Kind,
    pub(crate) count: u64,
    pub(crate) first: Place,
    pub(crate) last: Place,
    /// The first value, cut short.
    pub(crate) example: SmolStr,
}

/// A path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    /// Values, `null` among them.
    pub(crate) seen: u64,
    pub(crate) null: u64,
    pub(crate) stats: Vec<Stat>,
    /// Position of each kind in `stats`, plus one.
    slot: [u8; KINDS],
    /// Range of the integers.
    pub(crate) min: i64,
    pub(crate) max: i64,
    /// Most digits before and behind the point, of all numbers.
    pub(crate) whole_digits: u32,
    pub(crate) scale: u32,
    /// Most digits of a fraction of a second.
    pub(crate) fraction: u8,
    /// Fields of objects, in the order of `order` once tidied.
    pub(crate) children: Vec<NodeId>,
    index: FxHashMap<SmolStr, NodeId>,
    /// Elements of arrays.
    pub(crate) element: Option<NodeId>,
    /// Values of the map that the object turned out to be.
    pub(crate) entry: Option<NodeId>,
    /// When the first value came; 0 if none did.
    order: u64,
    pub(crate) duplicates: u64,
    pub(crate) first_duplicate: Place,
    /// A CSV column without any value; it was counted once all the same, to be kept.
    pub(crate) blank_column: bool,
    /// Whether numbers need to be read as written, because some have a fraction.
    pub(crate) lexemes: bool,
}

impl Node {
    pub(crate) fn stat(&self, kind: Kind) -> Option<&Stat> {
        self.stats.get(usize::from(self.slot[kind as usize]).wrapping_sub(1))
    }

    pub(crate) fn count(&self, kind: Kind) -> u64 {
        self.stat(kind).map_or(0, |stat| stat.count)
    }

    fn stat_mut(&mut self, kind: Kind) -> &mut Stat {
        let slot = &mut self.slot[kind as usize];
        if *slot == 0 {
            self.stats.push(Stat {
                kind,
                count: 0,
                first: Place::default(),
                last: Place::default(),
                example: SmolStr::default(),
            });
            *slot = self.stats.len() as u8;
        }
        &mut self.stats[usize::from(*slot) - 1]
    }

    /// The JSON types seen, `null` apart, in a fixed order.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.stats.iter().map(|stat| stat.kind.group()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Counts a value; `example` is asked for only at the first of its kind.
    #[inline]
    pub(crate) fn observe(&mut self, (kind, size): Seen, place: Place, example: impl FnOnce() -> SmolStr) {
        self.seen += 1;
        let stat = self.stat_mut(kind);
        stat.count += 1;
        stat.last = place;
        if stat.count == 1 {
            stat.first = place;
            stat.example = example();
        }
        match kind {
            Kind::Integer => {
                if self.count(Kind::Integer) == 1 {
                    (self.min, self.max) = (size, size);
                    self.whole_digits = self.whole_digits.max(digits_of(size));
                } else if size < self.min || size > self.max {
                    self.min = self.min.min(size);
                    self.max = self.max.max(size);
                    self.whole_digits = self.whole_digits.max(digits_of(size));
                }
            }
            Kind::BigInteger | Kind::Decimal | Kind::Exponent => {
                let (whole, scale) = unpack_digits(size);
                self.whole_digits = self.whole_digits.max(whole);
                self.scale = self.scale.max(scale);
            }
            Kind::Time
            | Kind::TimestampSql
            | Kind::TimestampSqlZ
            | Kind::TimestampIso
            | Kind::TimestampIsoZ => self.fraction = self.fraction.max(size as u8),
            _ => {}
        }
    }
}

/// What is asked of a path for every value, apart from the rest so that it stays in the processor's nearest cache.
#[derive(Clone, Debug, Default)]
struct Hot {
    name: SmolStr,
    /// The object in which the field was last met.
    last_object: u64,
}

/// The paths of a sample.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// As long as `nodes`.
    hot: Vec<Hot>,
    order: u64,
    /// Serial number of the object that was begun last.
    object: u64,
    /// Keys at the top that were not kept.
    pub(crate) dropped_columns: u64,
}

/// What a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Child {
    Node(NodeId),
    /// There are too many columns.
    Dropped,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
            hot: vec![Hot::default()],
            order: 0,
            object: 0,
            dropped_columns: 0,
        }
    }

    /// A number for an object that no other has.
    pub(crate) fn next_object(&mut self) -> u64 {
        self.object += 1;
        self.object
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(crate) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(crate) fn add(&mut self, name: SmolStr) -> NodeId {
        self.push(name, Node::default())
    }

    fn push(&mut self, name: SmolStr, node: Node) -> NodeId {
        self.nodes.push(node);
        self.hot.push(Hot { name, last_object: 0 });
        (self.nodes.len() - 1) as NodeId
    }

    /// The field's name; empty for elements of arrays and values of maps.
    pub(crate) fn name(&self, id: NodeId) -> &SmolStr {
        &self.hot[id as usize].name
    }

    /// Does something with a copy of a subtree in place, and forgets the copy.
    pub(crate) fn try_on_copy<T>(&mut self, from: NodeId, act: impl FnOnce(&mut Self, NodeId) -> T) -> T {
        let before = self.nodes.len();
        let copy = self.copy(from);
        let result = act(self, copy);
        self.nodes.truncate(before);
        self.hot.truncate(before);
        result
    }

    /// The field of an object; `expected` is where it stands if the object has the order of the ones before.
    #[inline]
    pub(crate) fn child(&mut self, parent: NodeId, name: &str, expected: &mut usize) -> Child {
        let node = &self.nodes[parent as usize];
        if let Some(id) = node.children.get(*expected)
            && self.hot[*id as usize].name == name
        {
            *expected += 1;
            return Child::Node(*id);
        }
        self.find_child(parent, name, expected)
    }

    fn find_child(&mut self, parent: NodeId, name: &str, expected: &mut usize) -> Child {
        let node = &self.nodes[parent as usize];
        if let Some(entry) = node.entry {
            return Child::Node(entry);
        }
        if let Some(id) = node.index.get(name) {
            if let Some(at) = node.children.iter().position(|c| c == id) {
                *expected = at + 1;
            }
            return Child::Node(*id);
        }
        if parent == ROOT && node.children.len() >= MAX_COLUMNS {
            self.dropped_columns += 1;
            return Child::Dropped;
        }
        if node.children.len() >= MAX_KEYS {
            return Child::Node(self.fold_into_map(parent));
        }
        let id = self.add(name.into());
        let node = self.node_mut(parent);
        node.index.insert(name.into(), id);
        node.children.push(id);
        *expected = node.children.len();
        Child::Node(id)
    }

    pub(crate) fn element(&mut self, parent: NodeId) -> NodeId {
        match self.node(parent).element {
            Some(id) => id,
            None => {
                let id = self.add(SmolStr::default());
                self.node_mut(parent).element = Some(id);
                id
            }
        }
    }

    /// Notes that an object gives the field; says whether it gave it before.
    #[inline]
    pub(crate) fn is_duplicate(&mut self, field: NodeId, object: u64) -> bool {
        std::mem::replace(&mut self.hot[field as usize].last_object, object) == object
    }

    #[inline]
    pub(crate) fn observe(
        &mut self,
        id: NodeId,
        seen: Option<Seen>,
        place: Place,
        example: impl FnOnce() -> SmolStr,
    ) {
        let node = &mut self.nodes[id as usize];
        if node.order == 0 {
            self.order += 1;
            node.order = self.order;
        }
        match seen {
            None => {
                node.seen += 1;
                node.null += 1;
            }
            Some(seen) => node.observe(seen, place, example),
        }
    }

    /// Merges the fields of an object into the entries of a map.
    pub(crate) fn fold_into_map(&mut self, parent: NodeId) -> NodeId {
        if let Some(entry) = self.node(parent).entry {
            return entry;
        }
        let entry = self.add(SmolStr::default());
        let node = self.node_mut(parent);
        let children = std::mem::take(&mut node.children);
        node.index.clear();
        node.entry = Some(entry);
        for child in children {
            self.merge(entry, child);
        }
        entry
    }

    /// Moves everything that `from` has seen to `into`.
    pub(crate) fn merge(&mut self, into: NodeId, from: NodeId) {
        let source = std::mem::take(self.node_mut(from));
        let target = self.node_mut(into);
        target.seen += source.seen;
        target.null += source.null;
        match (source.count(Kind::Integer), target.count(Kind::Integer)) {
            (0, _) => {}
            (_, 0) => (target.min, target.max) = (source.min, source.max),
            _ => (target.min, target.max) = (target.min.min(source.min), target.max.max(source.max)),
        }
        target.whole_digits = target.whole_digits.max(source.whole_digits);
        target.scale = target.scale.max(source.scale);
        target.fraction = target.fraction.max(source.fraction);
        target.duplicates += source.duplicates;
        target.lexemes |= source.lexemes;
        if target.order == 0 || (source.order > 0 && source.order < target.order) {
            target.order = source.order;
        }
        for other in source.stats {
            let stat = target.stat_mut(other.kind);
            if stat.count == 0 || other.first < stat.first {
                stat.first = other.first;
                stat.example = other.example;
            }
            stat.last = stat.last.max(other.last);
            stat.count += other.count;
        }
        if let Some(element) = source.element {
            let target = self.element(into);
            self.merge(target, element);
        }
        if let Some(entry) = source.entry {
            let target = self.fold_into_map(into);
            self.merge(target, entry);
        }
        for child in source.children {
            let name = self.name(child).clone();
            let mut nowhere = usize::MAX;
            if let Child::Node(target) = self.child(into, &name, &mut nowhere) {
                self.merge(target, child);
            }
        }
    }

    /// A copy of the subtree.
    fn copy(&mut self, from: NodeId) -> NodeId {
        let mut node = self.node(from).clone();
        node.element = node.element.map(|id| self.copy(id));
        node.entry = node.entry.map(|id| self.copy(id));
        node.children = node.children.iter().map(|id| self.copy(*id)).collect();
        node.index = node.children.iter().map(|id| (self.name(*id).clone(), *id)).collect();
        self.push(self.name(from).clone(), node)
    }

    /// Puts fields into the order in which good records first gave them, and drops those that only bad records have.
    pub(crate) fn tidy(&mut self) {
        for at in 0..self.nodes.len() {
            let mut children = std::mem::take(&mut self.nodes[at].children);
            children.retain(|id| self.node(*id).seen > 0);
            children.sort_by_key(|id| self.node(*id).order);
            self.nodes[at].children = children;
            let element = self.nodes[at].element.filter(|id| self.node(*id).seen > 0);
            self.nodes[at].element = element;
        }
    }
}
