//! Joins of windows, the first rows of windows, and the group windows of `GROUP BY`.

use super::{Area, Column, FLAT, Made, Maker, Query};
use crate::random::expressions;
use crate::random::tree::{Node, Part, Sort};

impl Maker<'_> {
    pub(super) fn window_join(&mut self) -> Made<Query> {
        let windowing = self.windowing();
        let (a, b) = (self.name('a'), self.name('a'));
        let left = self.windowed_by(&windowing, &format!("{a}."));
        // Now and then windows that do not fit: Flink refuses the join or makes an ordinary one of it.
        let other = if self.dice.percent(10) { self.windowing() } else { windowing };
        let right = self.windowed_by(&other, &format!("{b}."));
        let (Some((left, left_columns)), Some((right, right_columns))) = (left, right) else {
            return self.project(0);
        };
        let mut on: Vec<Node> =
            ["window_start", "window_end"].map(|edge| Node::leaf(format!("{a}.{edge} = {b}.{edge}"))).into();
        let inside = |columns: &[Column]| columns[..columns.len().saturating_sub(3)].to_vec();
        if let Some((x, y)) = self.pair(&inside(&left_columns), &inside(&right_columns))
            && self.dice.percent(85)
        {
            on.insert(0, Node::leaf(format!("{} = {}", x.text, y.text)));
        }
        let columns = [left_columns.clone(), right_columns].concat();
        let mut volatile = false;
        if self.dice.percent(20) {
            let more = expressions::condition(self.dice, &columns);
            volatile |= more.volatile;
            on.push(super::parenthesised(more.node));
        }
        let word =
            self.dice.word(&["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "EXISTS", "NOT EXISTS"]);
        let node = if word.ends_with("EXISTS") {
            let (items, unsure) = self.items(&left_columns, 3, 1);
            volatile |= unsure;
            Node::of(
                Sort::Query,
                &format!("SELECT {{}} FROM {{}} AS {a} WHERE {word} (SELECT 1 FROM {{}} AS {b}{{}})"),
                [Part::comma(items), left.into(), right.into(), Part::clause(" WHERE ", on, " AND ")],
            )
        } else {
            let (items, unsure) = self.items(&columns, 4, 1);
            volatile |= unsure;
            Node::of(
                Sort::Query,
                &format!("SELECT {{}} FROM {{}} AS {a} {word} {{}} AS {b}{{}}"),
                [Part::comma(items), left.into(), right.into(), Part::clause(" ON ", on, " AND ")],
            )
        };
        Ok(Query { node, area: Area::WindowJoins, undefined: volatile, reorders: true, nearly: false })
    }

    /// Row numbers within windows, of the rows or of their sums.
    pub(super) fn window_rank(&mut self) -> Made<Query> {
        let windowing = self.windowing();
        let Some((table, columns)) = self.windowed_by(&windowing, "") else { return self.project(0) };
        let inside = columns[..columns.len().saturating_sub(3)].to_vec();
        let mut flat: Vec<Column> = inside.iter().filter(|c| FLAT(&c.ty)).cloned().collect();
        let mut volatile = false;
        let mut undefined = false;
        let mut further = String::new();
        let source = if self.dice.percent(40) {
            further.push_str(", window_end");
            let keys = self.keys(&inside, 1);
            let (calls, ordered) = self.aggregates(&inside, 1, true);
            volatile |= keys.iter().chain(&calls).any(|e| e.volatile);
            undefined |= ordered;
            let mut groups: Vec<Node> = ["window_start", "window_end"].map(Node::leaf).into();
            let mut items: Vec<Node> =
                ["window_start", "window_end"].map(|name| Node::text(Sort::Other, name)).into();
            flat.clear();
            for (name, found) in ["x", "y"].iter().zip(keys.iter().chain(&calls)) {
                items.push(Node::of(
                    Sort::Other,
                    &format!("{{}} AS {name}"),
                    [Part::Node(found.node.clone())],
                ));
                if FLAT(&found.ty) {
                    // The groups of a window come in no order.
                    further.push_str(&format!(", {name}"));
                    flat.push(Column { text: (*name).to_owned(), ty: found.ty.clone(), time: None });
                }
            }
            groups.extend(keys.iter().map(|key| key.node.clone()));
            let query = Node::of(
                Sort::Query,
                "SELECT {} FROM {}{}",
                [Part::comma(items), table.into(), Part::clause(" GROUP BY ", groups, ", ")],
            );
            let alias = self.name('a');
            Node::of(Sort::Table, &format!("({{}}) AS {alias}"), [Part::Node(query)])
        } else {
            table
        };
        let Some(by) = self.dice.pick(&flat).cloned() else { return self.window() };
        let mut partition: Vec<Node> = ["window_start", "window_end"].map(Node::leaf).into();
        if self.dice.percent(40)
            && let Some(key) = self.dice.pick(&flat)
        {
            partition.push(Node::leaf(&key.text));
        }
        let direction = self.dice.word(&["", " ASC", " DESC", " DESC"]);
        let number = Node::of(
            Sort::Other,
            &format!("ROW_NUMBER() OVER ({{}} ORDER BY {}{direction}{further}) AS rn", by.text),
            [Part::clause("PARTITION BY ", partition, ", ")],
        );
        let all = Node::text(Sort::Other, "*");
        let inner =
            Node::of(Sort::Query, "SELECT {} FROM {}", [Part::comma(vec![all, number]), source.into()]);
        flat.push(Self::counted("rn"));
        flat.push(columns[columns.len() - 2].clone());
        let (items, unsure) = self.items(&flat, 3, 1);
        let test = self.dice.word(&["rn <= 2", "rn = 1", "rn < 4", "rn <= 1", "rn BETWEEN 2 AND 3"]);
        let alias = self.name('a');
        let node = Node::of(
            Sort::Query,
            &format!("SELECT {{}} FROM ({{}}) AS {alias} WHERE {test}"),
            [Part::comma(items), Part::Node(inner)],
        );
        let undefined = undefined || volatile || unsure;
        Ok(Query { node, area: Area::WindowRanks, undefined, reorders: true, nearly: false })
    }

    /// The group windows of `GROUP BY`.
    pub(super) fn group_window(&mut self) -> Made<Query> {
        let timed: Vec<_> = self.world.tables.iter().filter(|t| t.delay.is_some()).collect();
        let Some(table) = self.dice.pick(&timed).copied() else { return self.project(0) };
        let columns: Vec<Column> = table
            .columns
            .iter()
            .map(|c| Column { text: c.name.clone(), ty: c.ty.clone(), time: c.time })
            .collect();
        let size = self.dice.word(&["INTERVAL '10' SECOND", "INTERVAL '30' SECOND", "INTERVAL '1' MINUTE"]);
        let (name, arguments) = match self.dice.below(4) {
            0 | 1 => ("TUMBLE", format!("ts, {size}")),
            2 => ("HOP", format!("ts, INTERVAL '10' SECOND, {size}")),
            _ => ("SESSION", "ts, INTERVAL '10' SECOND".to_owned()),
        };
        let keys = self.keys(&columns, 2);
        let (calls, ordered) = self.aggregates(&columns, 3, false);
        let (filter, unsure) = self.conditions(&columns, 20);
        let mut items = Vec::new();
        for part in ["START", "END", "ROWTIME"] {
            if self.dice.percent(50) {
                items.push(self.item(Node::leaf(format!("{name}_{part}({arguments})"))));
            }
        }
        let mut groups = vec![Node::leaf(format!("{name}({arguments})"))];
        for key in &keys {
            items.push(self.item(key.node.clone()));
            groups.push(key.node.clone());
        }
        for call in &calls {
            items.push(self.item(call.node.clone()));
        }
        if items.is_empty() {
            items.push(self.item(Node::leaf("COUNT(*)")));
        }
        let volatile = keys.iter().chain(&calls).any(|e| e.volatile) || unsure;
        let node = Node::of(
            Sort::Query,
            &format!("SELECT {{}} FROM {}{{}}{{}}", table.name),
            [Part::comma(items), filter, Part::clause(" GROUP BY ", groups, ", ")],
        );
        let undefined = volatile || (ordered && name != "TUMBLE");
        Ok(Query { node, area: Area::GroupWindows, undefined, reorders: true, nearly: false })
    }
}
