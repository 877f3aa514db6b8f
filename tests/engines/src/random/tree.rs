//! A query as a tree of texts: it can be written, changed at random, and cut down. The tree knows no SQL, only which
//! parts may stand for which.

use std::fmt;

/// What a part of a query is. A part may be replaced by one of the same sort below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// An expression; a name or a literal too.
    Expression,
    /// A query without parentheses around it.
    Query,
    /// What stands in `FROM`.
    Table,
    /// Anything else, such as an item of a select list.
    Other,
}

/// A part of a query.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub sort: Sort,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a node.
#[derive(Clone, Debug)]
pub enum Part {
    /// Text that stays.
    Text(String),
    /// A part.
    Node(Node),
    /// A list, or a clause that may be missing.
    List(List),
}

/// Parts of which some may be left out. Without any, nothing is written.
#[derive(Clone, Debug)]
pub struct List {
    /// Before the first.
    pub before: &'static str,
    /// The parts.
    pub items: Vec<Node>,
    /// Between two.
    pub between: &'static str,
    /// Behind the last.
    pub after: &'static str,
    /// How many must stay.
    pub least: usize,
}

impl Node {
    /// A text.
    pub fn text(sort: Sort, text: impl Into<String>) -> Self {
        Self { sort, parts: vec![Part::Text(text.into())] }
    }

    /// A name, a literal.
    pub fn leaf(text: impl Into<String>) -> Self {
        Self::text(Sort::Expression, text)
    }

    /// A pattern with `{}` for each part.
    pub fn of(sort: Sort, pattern: &str, parts: impl IntoIterator<Item = Part>) -> Self {
        let mut rest = parts.into_iter();
        let mut made = Vec::new();
        for (index, text) in pattern.split("{}").enumerate() {
            if index > 0 {
                made.extend(rest.next());
            }
            if !text.is_empty() {
                made.push(Part::Text(text.to_owned()));
            }
        }
        Self { sort, parts: made }
    }

    /// Every tree with one part fewer or smaller, the smallest changes last.
    pub fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        let mut below = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(_) => {}
                Part::Node(node) => node.of_sort(self.sort, &mut below),
                Part::List(list) => list.items.iter().for_each(|item| item.of_sort(self.sort, &mut below)),
            }
        }
        found.extend(below);
        for (index, part) in self.parts.iter().enumerate() {
            let with = |part: Part| {
                let mut node = self.clone();
                node.parts[index] = part;
                node
            };
            match part {
                Part::Text(_) => {}
                Part::Node(node) => found.extend(node.smaller().into_iter().map(|n| with(Part::Node(n)))),
                Part::List(list) => {
                    if list.items.len() > list.least.max(1) {
                        let kept = list.items[..list.least].to_vec();
                        found.push(with(Part::List(List { items: kept, ..list.clone() })));
                    }
                    for at in 0..list.items.len() {
                        if list.items.len() > list.least {
                            let mut fewer = list.clone();
                            fewer.items.remove(at);
                            found.push(with(Part::List(fewer)));
                        }
                    }
                    for (at, item) in list.items.iter().enumerate() {
                        found.extend(item.smaller().into_iter().map(|smaller| {
                            let mut list = list.clone();
                            list.items[at] = smaller;
                            with(Part::List(list))
                        }));
                    }
                }
            }
        }
        found
    }

    /// The nearest nodes of that sort, this one or below it.
    fn of_sort(&self, sort: Sort, found: &mut Vec<Self>) {
        if self.sort == sort {
            found.push(self.clone());
            return;
        }
        for part in &self.parts {
            match part {
                Part::Text(_) => {}
                Part::Node(node) => node.of_sort(sort, found),
                Part::List(list) => list.items.iter().for_each(|item| item.of_sort(sort, found)),
            }
        }
    }

    /// Every node of that sort, by calling `visit` with each.
    pub fn each(&mut self, sort: Sort, visit: &mut dyn FnMut(&mut Self)) {
        if self.sort == sort {
            visit(self);
        }
        for part in &mut self.parts {
            match part {
                Part::Text(_) => {}
                Part::Node(node) => node.each(sort, visit),
                Part::List(list) => list.items.iter_mut().for_each(|item| item.each(sort, visit)),
            }
        }
    }

    /// Every list, by calling `visit` with each.
    pub fn each_list(&mut self, visit: &mut dyn FnMut(&mut List)) {
        for part in &mut self.parts {
            match part {
                Part::Text(_) => {}
                Part::Node(node) => node.each_list(visit),
                Part::List(list) => {
                    visit(list);
                    list.items.iter_mut().for_each(|item| item.each_list(visit));
                }
            }
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Node(node) => write!(f, "{node}")?,
                Part::List(list) if list.items.is_empty() => {}
                Part::List(list) => {
                    f.write_str(list.before)?;
                    for (index, item) in list.items.iter().enumerate() {
                        if index > 0 {
                            f.write_str(list.between)?;
                        }
                        write!(f, "{item}")?;
                    }
                    f.write_str(list.after)?;
                }
            }
        }
        Ok(())
    }
}

impl Part {
    /// A list of expressions or items with commas, of which one must stay.
    pub fn comma(items: Vec<Node>) -> Self {
        Self::List(List { before: "", items, between: ", ", after: "", least: 1 })
    }

    /// A clause: nothing, or the word before its parts.
    pub fn clause(before: &'static str, items: Vec<Node>, between: &'static str) -> Self {
        Self::List(List { before, items, between, after: "", least: 0 })
    }
}

impl From<Node> for Part {
    fn from(node: Node) -> Self {
        Self::Node(node)
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum() -> Node {
        let call = Node::of(Sort::Expression, "ABS({})", [Node::leaf("a").into()]);
        Node::of(
            Sort::Query,
            "SELECT {} FROM t{}",
            [
                Part::comma(vec![call, Node::leaf("b")]),
                Part::clause(" WHERE ", vec![Node::leaf("c")], " AND "),
            ],
        )
    }

    #[test]
    fn a_tree_is_written_in_order() {
        assert_eq!(sum().to_string(), "SELECT ABS(a), b FROM t WHERE c");
    }

    #[test]
    fn smaller_trees_leave_out_a_part_or_put_one_in_the_place_of_another() {
        let smaller: Vec<String> = sum().smaller().iter().map(ToString::to_string).collect();
        assert_eq!(
            smaller,
            [
                "SELECT ABS(a) FROM t WHERE c",
                "SELECT b FROM t WHERE c",
                "SELECT ABS(a) FROM t WHERE c",
                "SELECT a, b FROM t WHERE c",
                "SELECT ABS(a), b FROM t",
            ]
        );
    }
}
