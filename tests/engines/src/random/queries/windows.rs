//! Windows of event time, and windows over the rows before a row.

use streamc_types::{DataType, TimeAttribute};

use super::{Column, Made, Maker, Query, Relation};
use crate::random::expressions::{self, Expression};
use crate::random::tree::{Node, Part, Sort};

/// A window function without its table.
pub(super) struct Windowing {
    name: &'static str,
    named: bool,
    rest: String,
}

impl Maker<'_> {
    /// A window function: what it is called, whether its arguments are named, and those behind the time column.
    pub(super) fn windowing(&mut self) -> Windowing {
        let short = ["INTERVAL '10' SECOND", "INTERVAL '5' SECOND", "INTERVAL '20' SECOND"];
        let long = ["INTERVAL '20' SECOND", "INTERVAL '40' SECOND", "INTERVAL '1' MINUTE"];
        let named = !self.dice.percent(85);
        let arg =
            |name: &str, value: &str| if named { format!("{name} => {value}") } else { value.to_owned() };
        let size = self.dice.word(&long);
        let step = self.dice.word(&short);
        let (name, rest) = match self.dice.below(6) {
            0..3 => {
                let offset = match self.dice.below(5) {
                    0 => format!(", {}", arg("OFFSET", "INTERVAL '3' SECOND")),
                    _ => String::new(),
                };
                ("TUMBLE", format!("{}{offset}", arg("SIZE", size)))
            }
            3 => ("HOP", format!("{}, {}", arg("SLIDE", step), arg("SIZE", size))),
            4 => ("CUMULATE", format!("{}, {}", arg("STEP", step), arg("SIZE", size))),
            _ => ("SESSION", arg("GAP", step)),
        };
        Windowing { name, named, rest }
    }

    /// A window function over a table with event time: the text in `FROM`, and the columns.
    fn windowed(&mut self, prefix: &str) -> Option<(Node, Vec<Column>)> {
        let windowing = self.windowing();
        self.windowed_by(&windowing, prefix)
    }

    /// This window function over a table with event time.
    pub(super) fn windowed_by(&mut self, windowing: &Windowing, prefix: &str) -> Option<(Node, Vec<Column>)> {
        let timed: Vec<_> = self.world.tables.iter().filter(|t| t.delay.is_some()).collect();
        let table = *self.dice.pick(&timed)?;
        let keys = if windowing.name == "SESSION" && self.dice.percent(50) {
            format!(" PARTITION BY {}", table.columns.get(1).map_or("id", |c| &c.name))
        } else {
            String::new()
        };
        let (data, time) = if windowing.named {
            (format!("DATA => TABLE {}{keys}", table.name), "TIMECOL => DESCRIPTOR(ts)")
        } else {
            (format!("TABLE {}{keys}", table.name), "DESCRIPTOR(ts)")
        };
        let text = format!("{}({data}, {time}, {})", windowing.name, windowing.rest);
        let mut columns: Vec<Column> = table
            .columns
            .iter()
            .map(|c| Column { text: format!("{prefix}{}", c.name), ty: c.ty.clone(), time: None })
            .collect();
        let stamp = |name: &str, ty| Column { text: format!("{prefix}{name}"), ty, time: None };
        let edge = DataType::timestamp(3).with_nullable(false);
        columns.push(stamp("window_start", edge.clone()));
        columns.push(stamp("window_end", edge.clone()));
        columns.push(stamp("window_time", edge));
        Some((Node::text(Sort::Table, format!("TABLE({text})")), columns))
    }

    pub(super) fn window(&mut self) -> Made<Query> {
        let Some((table, columns)) = self.windowed("") else { return self.project(0) };
        let from = Relation { table, columns, undefined: false, reorders: true };
        if self.dice.percent(20) {
            let (mut items, volatile) = self.items(&from.columns, 3, 2);
            items.push(Node::text(Sort::Other, self.dice.word(&["window_time", "window_start", "*"])));
            let node =
                Node::of(Sort::Query, "SELECT {} FROM {}", [Part::comma(items), from.table.clone().into()]);
            return Ok(from.query(node, volatile));
        }
        let inner = &from.columns[..from.columns.len() - 3];
        let keys = self.keys(inner, 2);
        let (calls, ordered) = self.aggregates(inner, 3, false);
        let (filter, unsure) = self.conditions(inner, 20);
        let mut items: Vec<Node> =
            ["window_start", "window_end"].map(|name| Node::text(Sort::Other, name)).into();
        if self.dice.percent(30) {
            items.remove(0);
        }
        let mut groups: Vec<Node> = ["window_start", "window_end"].map(Node::leaf).into();
        if self.dice.percent(15) {
            groups.push(Node::leaf("window_time"));
            items.push(Node::text(Sort::Other, "window_time"));
        }
        for key in &keys {
            items.push(self.item(key.node.clone()));
            groups.push(key.node.clone());
        }
        for call in &calls {
            items.push(self.item(call.node.clone()));
        }
        let volatile = keys.iter().chain(&calls).any(|e| e.volatile) || unsure;
        let node = Node::of(
            Sort::Query,
            "SELECT {} FROM {}{}{}",
            [Part::comma(items), from.table.clone().into(), filter, Part::clause(" GROUP BY ", groups, ", ")],
        );
        // A window that is made of pieces puts them together in an order of its own.
        let pieces = !from.table.to_string().starts_with("TABLE(TUMBLE");
        Ok(from.query(node, volatile || (ordered && pieces)))
    }

    pub(super) fn over(&mut self, depth: usize) -> Made<Query> {
        let from = self.relation(depth.min(1), false)?;
        let time = from.columns.iter().find(|c| c.time == Some(TimeAttribute::Rowtime)).cloned();
        let Some(time) = time else { return self.project(depth) };
        let keys = self.keys(&from.columns, 1);
        let partition = Part::clause("PARTITION BY ", keys.iter().map(|k| k.node.clone()).collect(), ", ");
        let frame = self.dice.word(&[
            "",
            " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
            " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
            " RANGE BETWEEN INTERVAL '20' SECOND PRECEDING AND CURRENT ROW",
            " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
            " ROWS 1 PRECEDING",
            " RANGE INTERVAL '10' SECOND PRECEDING",
        ]);
        let window = Node::of(Sort::Other, &format!("{{}} ORDER BY {}{frame}", time.text), [partition]);
        let (mut calls, mut ordered) = self.aggregates(&from.columns, 2, true);
        // Some functions have no frame.
        if frame.is_empty() && self.dice.percent(60) {
            ordered = true;
            calls = self.numbers(&from.columns);
        }
        let (mut items, volatile) = self.items(&from.columns, 2, 1);
        let named = self.dice.percent(25);
        let mut windows = Vec::new();
        for call in &calls {
            let over = if named {
                Node::of(Sort::Expression, "{} OVER w", [Part::Node(call.node.clone())])
            } else {
                Node::of(
                    Sort::Expression,
                    "{} OVER ({})",
                    [Part::Node(call.node.clone()), Part::Node(window.clone())],
                )
            };
            items.push(self.item(over));
        }
        if named && !calls.is_empty() {
            windows.push(Node::of(Sort::Other, "w AS ({})", [Part::Node(window)]));
        }
        let node = Node::of(
            Sort::Query,
            "SELECT {} FROM {}{}",
            [Part::comma(items), from.table.clone().into(), Part::clause(" WINDOW ", windows, ", ")],
        );
        // Rows of one moment come in the order of arrival.
        let unsure = from.reorders && (ordered || frame.contains("ROWS"));
        let volatile = volatile || calls.iter().chain(&keys).any(|e| e.volatile) || unsure;
        let mut query = from.query(node, volatile);
        query.reorders = true;
        Ok(query)
    }

    /// Functions of the rows before: their number, and values of some of them.
    fn numbers(&mut self, columns: &[Column]) -> Vec<Expression> {
        let argument = expressions::any(self.dice, columns, 1);
        let pattern = self.dice.word(&[
            "ROW_NUMBER()",
            "LAG({})",
            "LAG({}, 2)",
            "LEAD({})",
            "LAG({}, 1, {})",
            "RANK()",
            "DENSE_RANK()",
            "COUNT(*)",
        ]);
        let holes = pattern.matches("{}").count();
        let parts = vec![Part::Node(argument.node.clone()); holes];
        vec![Expression {
            node: Node::of(Sort::Expression, pattern, parts),
            ty: argument.ty,
            value: None,
            atom: true,
            volatile: argument.volatile,
        }]
    }
}
