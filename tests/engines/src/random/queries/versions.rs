//! Joins with the version of a row at a time, and with what a query gives for each row.

use super::{Area, Column, Made, Maker, Query};
use crate::random::expressions;
use crate::random::tree::{Node, Part, Sort};
use crate::random::world::Table;

impl Maker<'_> {
    fn timed(&mut self) -> Option<Table> {
        let timed: Vec<_> = self.world.tables.iter().filter(|t| t.delay.is_some()).collect();
        self.dice.pick(&timed).map(|table| (*table).clone())
    }

    fn columns_of(table: &Table, alias: &str) -> Vec<Column> {
        let column = |c: &crate::random::world::Column| Column {
            text: format!("{alias}.{}", c.name),
            ty: c.ty.clone(),
            time: c.time,
        };
        table.columns.iter().map(column).collect()
    }

    pub(super) fn version_join(&mut self) -> Made<Query> {
        let (Some(left), Some(right)) = (self.timed(), self.timed()) else { return self.project(0) };
        let (a, b) = (self.name('a'), self.name('a'));
        let left_columns = Self::columns_of(&left, &a);
        let right_columns = Self::columns_of(&right, &b);
        let key = &right_columns[1];
        let alike = |c: &&Column| {
            c.ty.kind == key.ty.kind || (c.ty.is_numeric() && key.ty.is_numeric()) || {
                c.ty.is_string() && key.ty.is_string()
            }
        };
        let like: Vec<&Column> = left_columns.iter().filter(alike).collect();
        let Some(mine) = self.dice.pick(&like).map(|c| c.text.clone()) else { return self.project(0) };
        let mut on = vec![Node::leaf(format!("{mine} = {}", key.text))];
        let columns = [left_columns, right_columns.clone()].concat();
        let mut volatile = false;
        if self.dice.percent(20) {
            let more = expressions::condition(self.dice, &columns);
            volatile |= more.volatile;
            on.push(super::parenthesised(more.node));
        }
        let (items, unsure) = self.items(&columns, 4, 1);
        let (filter, filtered) = self.conditions(&columns, 15);
        let word = self.dice.word(&["JOIN", "LEFT JOIN"]);
        // The table itself has no versions: Flink wants a key, and says so.
        let name = if self.dice.percent(93) { format!("{}_now", right.name) } else { right.name.clone() };
        let node = Node::of(
            Sort::Query,
            &format!(
                "SELECT {{}} FROM {} AS {a} {word} {name} FOR SYSTEM_TIME AS OF {a}.ts AS {b}{{}}{{}}",
                left.name
            ),
            [Part::comma(items), Part::clause(" ON ", on, " AND "), filter],
        );
        let undefined = volatile || unsure || filtered;
        Ok(Query { node, area: Area::Versions, undefined, reorders: true, nearly: false })
    }

    /// `LATERAL` sub-queries that name a column of the row they are for.
    pub(super) fn lateral(&mut self) -> Made<Query> {
        let outer = self.relation(0, true)?;
        let inner = self.relation(0, true)?;
        let Some((x, y)) = self.pair(&outer.columns, &inner.columns) else { return self.project(0) };
        let name = self.name('a');
        let (filter, mut volatile) = self.conditions(&inner.columns, 20);
        let Part::List(mut filter) = filter else { return self.project(0) };
        filter.items.push(Node::leaf(format!("{} = {}", y.text, x.text)));
        let (mut items, mut listed, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        let mut undefined = false;
        let found = if self.dice.percent(50) {
            let keys = self.keys(&inner.columns, 1);
            groups.extend(keys.iter().map(|k| k.node.clone()));
            let (calls, ordered) = self.aggregates(&inner.columns, 2, true);
            undefined |= ordered && inner.reorders;
            [keys, calls].concat()
        } else {
            (0..1 + self.dice.below(2)).map(|_| expressions::any(self.dice, &inner.columns, 1)).collect()
        };
        for expression in found {
            let column = self.name('c');
            volatile |= expression.volatile;
            items.push(Node::of(Sort::Other, &format!("{{}} AS {column}"), [Part::Node(expression.node)]));
            listed.push(Column {
                text: format!("{name}.{column}"),
                ty: expression.ty.with_nullable(true),
                time: None,
            });
        }
        let query = Node::of(
            Sort::Query,
            "SELECT {} FROM {}{}{}",
            [
                Part::comma(items),
                inner.table.into(),
                Part::List(filter),
                Part::clause(" GROUP BY ", groups, ", "),
            ],
        );
        let columns = [outer.columns.clone(), listed].concat();
        let (items, unsure) = self.items(&columns, 3, 1);
        let (join, on) = match self.dice.below(3) {
            0 => (",", ""),
            1 => (" CROSS JOIN", ""),
            _ => (" LEFT JOIN", " ON TRUE"),
        };
        let node = Node::of(
            Sort::Query,
            &format!("SELECT {{}} FROM {{}}{join} LATERAL ({{}}) AS {name}{on}"),
            [Part::comma(items), outer.table.clone().into(), Part::Node(query)],
        );
        let undefined = undefined || volatile || unsure;
        Ok(Query { node, area: Area::Laterals, undefined, reorders: true, nearly: false })
    }
}
