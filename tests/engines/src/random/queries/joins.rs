//! Joins, with and without bounds in time.

use super::{Area, Column, FLAT, Made, Maker, Query, parenthesised};
use crate::random::expressions;
use crate::random::tree::{Node, Part, Sort};

impl Maker<'_> {
    /// Two columns that `=` takes.
    pub(super) fn pair(&mut self, left: &[Column], right: &[Column]) -> Option<(Column, Column)> {
        for _ in 0..20 {
            let (a, b) = if self.dice.percent(60) {
                (left.get(self.dice.below(2))?, right.get(self.dice.below(2))?)
            } else {
                (self.dice.pick(left)?, self.dice.pick(right)?)
            };
            let alike = a.ty.kind == b.ty.kind
                || (a.ty.is_numeric() && b.ty.is_numeric())
                || (a.ty.is_string() && b.ty.is_string());
            if alike && FLAT(&a.ty) {
                return Some((a.clone(), b.clone()));
            }
        }
        None
    }

    pub(super) fn join(&mut self, depth: usize) -> Made<Query> {
        let left = self.relation(depth, true)?;
        let right = self.relation(depth, true)?;
        let word = self.dice.word(&[
            "JOIN",
            "INNER JOIN",
            "LEFT JOIN",
            "RIGHT JOIN",
            "FULL JOIN",
            "CROSS JOIN",
            ",",
        ]);
        let mut on = Vec::new();
        if let Some((a, b)) = self.pair(&left.columns, &right.columns) {
            on.push(Node::leaf(format!("{} = {}", a.text, b.text)));
        }
        let columns = [left.columns.clone(), right.columns.clone()].concat();
        let mut volatile = false;
        if self.dice.percent(20) {
            let more = expressions::condition(self.dice, &columns);
            volatile |= more.volatile;
            on.push(parenthesised(more.node));
        }
        let (items, unsure) = self.items(&columns, 4, 2);
        let (pattern, before) = match word {
            "CROSS JOIN" | "," => ("{} {} {}{}", " WHERE "),
            _ => ("{} {} {}{}", " ON "),
        };
        let table = Node::of(
            Sort::Other,
            pattern,
            [left.table.into(), word.into(), right.table.into(), Part::clause(before, on, " AND ")],
        );
        let node = Node::of(Sort::Query, "SELECT {} FROM {}", [Part::comma(items), table.into()]);
        Ok(Query {
            node,
            area: Area::Joins,
            undefined: left.undefined || right.undefined || volatile || unsure,
            reorders: true,
            nearly: false,
        })
    }

    pub(super) fn interval_join(&mut self) -> Made<Query> {
        let timed: Vec<_> = self.world.tables.iter().filter(|t| t.delay.is_some()).collect();
        if timed.is_empty() {
            return self.project(0);
        }
        let mut side = || -> Option<(Node, Vec<Column>)> {
            let table = *self.dice.pick(&timed)?;
            let alias = self.name('a');
            let columns = table.columns.iter().map(|c| Column {
                text: format!("{alias}.{}", c.name),
                ty: c.ty.clone(),
                time: c.time,
            });
            Some((Node::text(Sort::Table, format!("{} AS {alias}", table.name)), columns.collect()))
        };
        let (Some((left, left_columns)), Some((right, right_columns))) = (side(), side()) else {
            return self.project(0);
        };
        let word = self.dice.word(&["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
        let mut on = Vec::new();
        if let Some((a, b)) = self.pair(&left_columns, &right_columns) {
            on.push(Node::leaf(format!("{} = {}", a.text, b.text)));
        }
        let time = |columns: &[Column]| {
            columns.iter().find(|c| c.time.is_some()).map_or("ts".into(), |c| c.text.clone())
        };
        let (a, b) = (time(&left_columns), time(&right_columns));
        let bounds = self.dice.word(&[
            "{a} BETWEEN {b} - INTERVAL '10' SECOND AND {b} + INTERVAL '5' SECOND",
            "{a} >= {b} AND {a} < {b} + INTERVAL '30' SECOND",
            "{b} > {a} - INTERVAL '1' MINUTE AND {b} <= {a}",
            "{a} = {b}",
            "{a} BETWEEN {b} AND {b} + INTERVAL '20' SECOND",
        ]);
        on.push(Node::leaf(bounds.replace("{a}", &a).replace("{b}", &b)));
        let columns = [left_columns, right_columns].concat();
        let (items, volatile) = self.items(&columns, 4, 1);
        let table = Node::of(
            Sort::Other,
            "{} {} {}{}",
            [left.into(), word.into(), right.into(), Part::clause(" ON ", on, " AND ")],
        );
        let node = Node::of(Sort::Query, "SELECT {} FROM {}", [Part::comma(items), table.into()]);
        Ok(Query { node, area: Area::Intervals, undefined: volatile, reorders: true, nearly: false })
    }
}
