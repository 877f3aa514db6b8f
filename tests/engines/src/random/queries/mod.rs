//! Random queries over the tables of a world. What a sub-query gives, the compiler itself is asked.

mod joins;
mod patterns;
mod ranks;
mod versions;
mod window_joins;
mod windows;

use std::path::Path;

use streamc_functions::all;
use streamc_types::{DataType, TypeKind};

use crate::program::compiled;
use crate::random::dice::Dice;
use crate::random::expressions::{self, Column, Expression};
use crate::random::literals;
use crate::random::tree::{List, Node, Part, Sort};
use crate::random::world::World;

/// What a query is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Area {
    Expressions,
    Distinct,
    Aggregates,
    Windows,
    Joins,
    Intervals,
    Subqueries,
    Sets,
    Over,
    Ranks,
    Unnest,
    Values,
    GroupWindows,
    WindowJoins,
    WindowRanks,
    Versions,
    Laterals,
    Patterns,
    Order,
}

impl Area {
    /// All of them, with how often they come.
    pub const WEIGHTED: [(usize, Self); 19] = [
        (22, Self::Expressions),
        (4, Self::Distinct),
        (16, Self::Aggregates),
        (12, Self::Windows),
        (10, Self::Joins),
        (6, Self::Intervals),
        (8, Self::Subqueries),
        (6, Self::Sets),
        (7, Self::Over),
        (7, Self::Ranks),
        (4, Self::Unnest),
        (2, Self::Values),
        (5, Self::GroupWindows),
        (4, Self::WindowJoins),
        (4, Self::WindowRanks),
        (4, Self::Versions),
        (4, Self::Laterals),
        (5, Self::Patterns),
        (3, Self::Order),
    ];

    /// As the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expressions => "expressions",
            Self::Distinct => "distinct",
            Self::Aggregates => "aggregates",
            Self::Windows => "windows",
            Self::Joins => "joins",
            Self::Intervals => "interval joins",
            Self::Subqueries => "sub-queries",
            Self::Sets => "sets",
            Self::Over => "over",
            Self::Ranks => "top-N",
            Self::Unnest => "unnest",
            Self::Values => "values",
            Self::GroupWindows => "group windows",
            Self::WindowJoins => "window joins",
            Self::WindowRanks => "window top-N",
            Self::Versions => "temporal joins",
            Self::Laterals => "lateral",
            Self::Patterns => "patterns",
            Self::Order => "order",
        }
    }
}

/// A query.
#[derive(Clone, Debug)]
pub struct Query {
    /// Its text.
    pub node: Node,
    /// Its area.
    pub area: Area,
    /// Its rows are not defined: they depend on the clock, or on an order that is not.
    pub undefined: bool,
    /// The order of its rows is not defined.
    pub reorders: bool,
    /// It was changed at random, and is probably wrong.
    pub nearly: bool,
}

/// What can stand in `FROM`.
struct Relation {
    table: Node,
    columns: Vec<Column>,
    undefined: bool,
    reorders: bool,
}

/// Makes queries.
pub struct Maker<'a> {
    dice: &'a mut Dice,
    world: &'a World,
    folder: &'a Path,
    names: usize,
}

/// A part of the query is already a case: the compiler refuses it.
type Made<T> = Result<T, Query>;

const FLAT: fn(&DataType) -> bool = |ty| {
    !matches!(ty.kind, TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_) | TypeKind::Multiset(_))
};

impl<'a> Maker<'a> {
    /// For the tables of a world whose records lie in that folder.
    pub fn new(dice: &'a mut Dice, world: &'a World, folder: &'a Path) -> Self {
        Self { dice, world, folder, names: 0 }
    }

    /// A query of that area.
    pub fn query(&mut self, area: Area, depth: usize) -> Query {
        let made = match area {
            Area::Expressions => self.project(depth),
            Area::Distinct => self.distinct(depth),
            Area::Aggregates => self.aggregate(depth),
            Area::Windows => self.window(),
            Area::Joins => self.join(depth),
            Area::Intervals => self.interval_join(),
            Area::Subqueries => self.subquery(depth),
            Area::Sets => self.set(depth),
            Area::Over => self.over(depth),
            Area::Ranks => self.rank(depth),
            Area::Unnest => self.unnest(),
            Area::Values => Ok(self.values()),
            Area::GroupWindows => self.group_window(),
            Area::WindowJoins => self.window_join(),
            Area::WindowRanks => self.window_rank(),
            Area::Versions => self.version_join(),
            Area::Laterals => self.lateral(),
            Area::Patterns => self.pattern(),
            Area::Order => self.order(depth),
        };
        let mut query = made.unwrap_or_else(|query| query);
        query.area = area;
        query
    }

    fn name(&mut self, letter: char) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    /// A table, or a sub-query; its columns are named with its name before them if `qualified`.
    fn relation(&mut self, depth: usize, qualified: bool) -> Made<Relation> {
        let alias = self.name('a');
        let prefix = if qualified { format!("{alias}.") } else { String::new() };
        if depth == 0 || self.dice.percent(55) {
            let Some(table) = self.dice.pick(&self.world.tables) else { return Err(self.values()) };
            let column = |c: &super::world::Column| Column {
                text: format!("{prefix}{}", c.name),
                ty: c.ty.clone(),
                time: c.time,
            };
            return Ok(Relation {
                table: Node::text(Sort::Table, format!("{} AS {alias}", table.name)),
                columns: table.columns.iter().map(column).collect(),
                undefined: false,
                reorders: false,
            });
        }
        let area = self.dice.weighted(&Area::WEIGHTED).unwrap_or(Area::Expressions);
        let query = self.query(area, depth - 1);
        let text = self.world.program(self.folder, &query.node.to_string());
        let Ok(plan) = compiled(&text) else { return Err(query) };
        let Some(component) = plan.component("q") else { return Err(query) };
        let columns = component.props.schema.columns.iter().map(|c| Column {
            text: format!("{prefix}{}", name_text(&c.name)),
            ty: c.ty.clone(),
            time: c.time,
        });
        Ok(Relation {
            columns: columns.collect(),
            table: Node::of(Sort::Table, &format!("({{}}) AS {alias}"), [Part::Node(query.node)]),
            undefined: query.undefined,
            reorders: query.reorders,
        })
    }

    /// Some expressions with names, for a select list.
    fn items(&mut self, columns: &[Column], most: usize, calls: usize) -> (Vec<Node>, bool) {
        let mut volatile = false;
        let count = 1 + self.dice.below(most);
        let items = (0..count).map(|_| {
            let found = expressions::any(self.dice, columns, calls);
            volatile |= found.volatile;
            self.item(found.node)
        });
        let items = items.collect();
        (items, volatile)
    }

    fn item(&mut self, node: Node) -> Node {
        let name = self.name('c');
        if self.dice.percent(4) {
            return Node::of(Sort::Other, "{}", [Part::Node(node)]);
        }
        Node::of(Sort::Other, &format!("{{}} AS {name}"), [Part::Node(node)])
    }

    fn conditions(&mut self, columns: &[Column], chance: usize) -> (Part, bool) {
        let mut volatile = false;
        let mut conditions = Vec::new();
        while conditions.len() < 2 && self.dice.percent(chance) {
            let found = expressions::condition(self.dice, columns);
            volatile |= found.volatile;
            conditions.push(if found.atom { found.node } else { parenthesised(found.node) });
        }
        (Part::clause(" WHERE ", conditions, " AND "), volatile)
    }

    fn project(&mut self, depth: usize) -> Made<Query> {
        let from = self.relation(depth, false)?;
        let (items, volatile) = self.items(&from.columns, 4, 5);
        let items = match self.dice.below(12) {
            0 => vec![Node::text(Sort::Other, "*")],
            1 => [vec![Node::text(Sort::Other, "*")], items].concat(),
            _ => items,
        };
        let (filter, unsure) = self.conditions(&from.columns, 30);
        let node = Node::of(
            Sort::Query,
            "SELECT {} FROM {}{}",
            [Part::comma(items), from.table.clone().into(), filter],
        );
        Ok(from.query(node, volatile || unsure))
    }

    fn distinct(&mut self, depth: usize) -> Made<Query> {
        let from = self.relation(depth, false)?;
        let (items, volatile) = self.items(&from.columns, 3, 2);
        let (filter, unsure) = self.conditions(&from.columns, 30);
        let node = Node::of(
            Sort::Query,
            "SELECT DISTINCT {} FROM {}{}",
            [Part::comma(items), from.table.clone().into(), filter],
        );
        Ok(from.query(node, volatile || unsure))
    }

    /// Aggregate calls, and whether their values depend on the order of rows.
    fn aggregates(&mut self, columns: &[Column], most: usize, plain: bool) -> (Vec<Expression>, bool) {
        let (mut found, mut ordered) = (Vec::new(), false);
        let count = 1 + self.dice.below(most);
        for _ in 0..count * 8 {
            let aggregates = all().filter(|function| function.is_aggregate());
            let Some(function) = self.dice.named(aggregates.map(|f| (f.0.name, f))) else { break };
            let calls = if self.dice.percent(30) { 2 } else { 0 };
            let pool: Vec<Expression> = (0..3).map(|_| expressions::any(self.dice, columns, calls)).collect();
            let arguments = expressions::arguments(self.dice, function, &pool);
            let Some(mut call) = expressions::call(function, &arguments) else { continue };
            ordered |= matches!(function.name, "FIRST_VALUE" | "LAST_VALUE" | "LISTAGG" | "ARRAY_AGG")
                || (arguments.iter().any(|a| a.ty.is_approximate())
                    && !matches!(function.name, "MIN" | "MAX" | "COUNT" | "COLLECT"));
            if !plain && arguments.len() == 1 && self.dice.percent(20) {
                let argument = arguments[0].node.clone();
                let pattern = format!("{}(DISTINCT {{}})", function.name);
                call.node = Node::of(Sort::Expression, &pattern, [Part::Node(argument)]);
            }
            if !plain && self.dice.percent(15) {
                let filter = expressions::condition(self.dice, columns);
                call.volatile |= filter.volatile;
                call.node = Node::of(
                    Sort::Expression,
                    "{} FILTER (WHERE {})",
                    [Part::Node(call.node), Part::Node(filter.node)],
                );
            }
            found.push(call);
            if found.len() == count {
                break;
            }
        }
        (found, ordered)
    }

    fn keys(&mut self, columns: &[Column], most: usize) -> Vec<Expression> {
        let flat: Vec<Column> = columns.iter().filter(|c| FLAT(&c.ty)).cloned().collect();
        let mut keys: Vec<Expression> = Vec::new();
        for _ in 0..self.dice.below(most + 1) {
            let key = if self.dice.percent(80) {
                self.dice.pick(&flat).map(expressions::column)
            } else {
                expressions::of_type(self.dice, &flat, 2, FLAT).filter(|e| e.value.is_none())
            };
            keys.extend(key.filter(|key| keys.iter().all(|k| k.node.to_string() != key.node.to_string())));
        }
        keys
    }

    fn aggregate(&mut self, depth: usize) -> Made<Query> {
        let from = self.relation(depth, false)?;
        let keys = self.keys(&from.columns, 3);
        let (calls, ordered) = self.aggregates(&from.columns, 3, false);
        let (filter, unsure) = self.conditions(&from.columns, 20);
        let volatile = keys.iter().chain(&calls).any(|e| e.volatile) || unsure;
        let mut items: Vec<Node> = Vec::new();
        for key in &keys {
            if self.dice.percent(85) {
                items.push(self.item(key.node.clone()));
            }
        }
        for call in &calls {
            items.push(self.item(call.node.clone()));
        }
        if items.is_empty() {
            items.push(self.item(Node::leaf("COUNT(*)")));
        }
        let having: Vec<Node> = match calls.first() {
            Some(call) if !call.volatile && self.dice.percent(20) => {
                let pattern = self.dice.word(&["{} IS NOT NULL", "{} IS NULL"]);
                vec![Node::of(Sort::Expression, pattern, [Part::Node(call.node.clone())])]
            }
            _ => Vec::new(),
        };
        let names: Vec<Node> = keys.iter().map(|k| k.node.clone()).collect();
        if let Some(name) = names.first()
            && self.dice.percent(10)
        {
            let word = self.dice.word(&["GROUPING({})", "GROUPING_ID({})"]);
            items.push(self.item(Node::of(Sort::Expression, word, [Part::Node(name.clone())])));
        }
        let group = match (self.dice.below(14), names.len()) {
            (0, 1..) => Part::List(List {
                before: " GROUP BY ROLLUP (",
                items: names,
                between: ", ",
                after: ")",
                least: 0,
            }),
            (1, 1..) => Part::List(List {
                before: " GROUP BY CUBE (",
                items: names,
                between: ", ",
                after: ")",
                least: 0,
            }),
            (2, 2) => Part::List(List {
                before: " GROUP BY GROUPING SETS ((",
                items: names,
                between: "), (",
                after: "))",
                least: 0,
            }),
            _ => Part::clause(" GROUP BY ", names, ", "),
        };
        let node = Node::of(
            Sort::Query,
            "SELECT {} FROM {}{}{}{}",
            [
                Part::comma(items),
                from.table.clone().into(),
                filter,
                group,
                Part::clause(" HAVING ", having, " AND "),
            ],
        );
        let undefined = volatile || (ordered && from.reorders);
        let mut query = from.query(node, undefined);
        query.reorders = true;
        Ok(query)
    }

    fn subquery(&mut self, depth: usize) -> Made<Query> {
        let outer = self.relation(depth.min(1), true)?;
        let inner = self.relation(0, true)?;
        let (items, volatile) = self.items(&outer.columns, 3, 2);
        let not = self.dice.word(&["", "", "NOT "]);
        let (filter, unsure) = self.conditions(&inner.columns, 30);
        let Some((a, b)) = self.pair(&outer.columns, &inner.columns) else { return self.project(0) };
        let (a, b) = (a.text, b.text);
        let (mut items, mut condition) = (items, None);
        let kind = self.dice.below(6);
        if kind >= 4 {
            // One value for each row: in the select list, or beside `OR`.
            let call = self.dice.word(&["MAX", "MIN", "COUNT", "SUM"]);
            let Part::List(mut list) = filter.clone() else { return self.project(0) };
            list.items.push(Node::leaf(format!("{a} = {b}")));
            let value = self.dice.pick(&inner.columns).map_or("1".to_owned(), |c| c.text.clone());
            let query = Node::of(
                Sort::Query,
                &format!("SELECT {call}({value}) FROM {{}}{{}}"),
                [inner.table.clone().into(), Part::List(list)],
            );
            if kind == 4 {
                let value = Node::of(Sort::Expression, "({})", [Part::Node(query)]);
                items.push(self.item(value));
                condition = Some(Node::leaf(format!("{a} IS NOT NULL")));
            } else {
                let text = format!("({a} IS NULL OR {not}EXISTS ({{}}))");
                condition = Some(Node::of(Sort::Expression, &text, [Part::Node(query)]));
            }
        }
        let condition = match kind {
            4.. => condition.unwrap_or_else(|| Node::leaf("TRUE")),
            0 | 1 => {
                let query = Node::of(
                    Sort::Query,
                    "SELECT {} FROM {}{}",
                    [Part::from(b.as_str()), inner.table.into(), filter],
                );
                Node::of(Sort::Expression, &format!("{a} {not}IN ({{}})"), [Part::Node(query)])
            }
            2 => {
                let Part::List(mut list) = filter else { return self.project(0) };
                list.items.push(Node::leaf(format!("{a} = {b}")));
                let query =
                    Node::of(Sort::Query, "SELECT 1 FROM {}{}", [inner.table.into(), Part::List(list)]);
                Node::of(Sort::Expression, &format!("{not}EXISTS ({{}})"), [Part::Node(query)])
            }
            _ => {
                let call = self.dice.word(&["MAX", "MIN", "COUNT"]);
                let query = Node::of(
                    Sort::Query,
                    &format!("SELECT {call}({{}}) FROM {{}}{{}}"),
                    [Part::from(b.as_str()), inner.table.into(), filter],
                );
                Node::of(Sort::Expression, &format!("{a} = ({{}})"), [Part::Node(query)])
            }
        };
        let mut conditions = vec![condition];
        if self.dice.percent(30) {
            let more = expressions::condition(self.dice, &outer.columns);
            conditions.push(parenthesised(more.node));
        }
        let node = Node::of(
            Sort::Query,
            "SELECT {} FROM {}{}",
            [Part::comma(items), outer.table.clone().into(), Part::clause(" WHERE ", conditions, " AND ")],
        );
        let mut query = outer.query(node, volatile || unsure);
        query.reorders = true;
        Ok(query)
    }

    fn set(&mut self, depth: usize) -> Made<Query> {
        let word = self.dice.word(&[
            "UNION ALL",
            "UNION ALL",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "INTERSECT ALL",
            "EXCEPT ALL",
        ]);
        let left = self.relation(depth.min(1), false)?;
        let right = self.relation(0, false)?;
        let mut lists = (Vec::new(), Vec::new());
        let mut volatile = false;
        for _ in 0..1 + self.dice.below(3) {
            let Some(a) = expressions::of_type(self.dice, &left.columns, 1, FLAT) else { continue };
            let like = |ty: &DataType| {
                ty.kind == a.ty.kind
                    || (ty.is_numeric() && a.ty.is_numeric())
                    || (ty.is_string() && a.ty.is_string())
            };
            let Some(b) = expressions::of_type(self.dice, &right.columns, 1, like) else { continue };
            volatile |= a.volatile || b.volatile;
            lists.0.push(self.item(a.node));
            lists.1.push(self.item(b.node));
        }
        if lists.0.is_empty() {
            for list in [&mut lists.0, &mut lists.1] {
                list.push(Node::of(Sort::Other, "{} AS c0", [Part::Node(Node::leaf("id"))]));
            }
        }
        let mut side = |items: Vec<Node>, from: &Relation| {
            let (filter, unsure) = self.conditions(&from.columns, 20);
            volatile |= unsure;
            Node::of(
                Sort::Query,
                "SELECT {} FROM {}{}",
                [Part::comma(items), from.table.clone().into(), filter],
            )
        };
        let first = side(lists.0, &left);
        let second = side(lists.1, &right);
        let node = Node::of(Sort::Query, &format!("{{}} {word} {{}}"), [first.into(), second.into()]);
        let mut query = left.query(node, volatile || right.undefined);
        query.reorders = true;
        Ok(query)
    }

    fn unnest(&mut self) -> Made<Query> {
        let lists: Vec<(String, Column)> = self
            .world
            .tables
            .iter()
            .flat_map(|t| t.columns.iter().map(|c| (t.name.clone(), c)))
            .filter(|(_, c)| matches!(c.ty.kind, TypeKind::Array(_) | TypeKind::Map(..)))
            .map(|(table, c)| (table, Column { text: c.name.clone(), ty: c.ty.clone(), time: None }))
            .collect();
        let Some((table, list)) = self.dice.pick(&lists).cloned() else { return self.project(1) };
        let (left, right) = (self.name('a'), self.name('a'));
        let names: Vec<(String, DataType)> = match &list.ty.kind {
            TypeKind::Array(item) => match &item.kind {
                TypeKind::Row(fields) => fields.iter().map(|f| (self.name('c'), f.ty.clone())).collect(),
                _ => vec![(self.name('c'), (**item).clone())],
            },
            TypeKind::Map(key, value) => {
                vec![(self.name('c'), (**key).clone()), (self.name('c'), (**value).clone())]
            }
            _ => Vec::new(),
        };
        let mut names = names;
        let mut ordinality = "";
        if self.dice.percent(20) {
            ordinality = " WITH ORDINALITY";
            names.push((self.name('c'), DataType::int().with_nullable(false)));
        }
        let listed: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let word = self.dice.word(&["CROSS JOIN", "CROSS JOIN", "LEFT JOIN"]);
        let on = if word == "LEFT JOIN" { " ON TRUE" } else { "" };
        let from = Node::text(
            Sort::Other,
            format!(
                "{table} AS {left} {word} UNNEST({left}.{}){ordinality} AS {right} ({}){on}",
                list.text,
                listed.join(", ")
            ),
        );
        let mut columns: Vec<Column> = names
            .into_iter()
            .map(|(text, ty)| Column { text, ty: ty.with_nullable(true), time: None })
            .collect();
        columns.push(Column { text: "id".into(), ty: DataType::int().with_nullable(false), time: None });
        let (items, volatile) = self.items(&columns, 4, 2);
        let (filter, unsure) = self.conditions(&columns, 20);
        let node = Node::of(Sort::Query, "SELECT {} FROM {}{}", [Part::comma(items), from.into(), filter]);
        Ok(Query { node, area: Area::Unnest, undefined: volatile || unsure, reorders: true, nearly: false })
    }

    fn values(&mut self) -> Query {
        let width = 1 + self.dice.below(3);
        let columns: Vec<literals::Literal> = (0..width).map(|_| literals::any(self.dice)).collect();
        let row = |cells: Vec<Node>| {
            Node::of(
                Sort::Other,
                "{}",
                [Part::List(List { before: "(", items: cells, between: ", ", after: ")", least: 1 })],
            )
        };
        let rows: Vec<Node> = (0..1 + self.dice.below(3))
            .map(|_| {
                let cells = columns.iter().map(|literal| {
                    if self.dice.percent(80) {
                        Node::leaf(&literal.text)
                    } else {
                        Node::leaf(literals::any(self.dice).text)
                    }
                });
                row(cells.collect())
            })
            .collect();
        let node = Node::of(Sort::Query, "VALUES {}", [Part::comma(rows)]);
        Query { node, area: Area::Values, undefined: false, reorders: true, nearly: false }
    }
}

impl Relation {
    fn query(&self, node: Node, undefined: bool) -> Query {
        Query {
            node,
            area: Area::Expressions,
            undefined: undefined || self.undefined,
            reorders: self.reorders,
            nearly: false,
        }
    }
}

fn parenthesised(node: Node) -> Node {
    Node::of(Sort::Expression, "({})", [Part::Node(node)])
}

/// A column's name, in back quotes unless it is one that this module gives.
fn name_text(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("`{name}`") }
}
