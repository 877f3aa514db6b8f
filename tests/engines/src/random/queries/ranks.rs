//! First rows: `LIMIT`, and row numbers with a condition on them.

use streamc_types::DataType;

use super::{Column, FLAT, Made, Maker, Query};
use crate::random::tree::{Node, Part, Sort};

impl Maker<'_> {
    pub(super) fn rank(&mut self, depth: usize) -> Made<Query> {
        let from = self.relation(depth.min(1), false)?;
        let flat: Vec<Column> = from.columns.iter().filter(|c| FLAT(&c.ty)).cloned().collect();
        let Some(by) = self.dice.pick(&flat).cloned() else { return self.project(depth) };
        let direction = self.dice.word(&["", " ASC", " DESC", " DESC", " NULLS LAST", " DESC NULLS FIRST"]);
        let limit = self.dice.between(1, 4);
        let undefined = from.reorders;
        if self.dice.percent(35) {
            let (items, volatile) = self.items(&from.columns, 3, 1);
            let order = if self.dice.percent(80) {
                format!(" ORDER BY {}{direction}", by.text)
            } else {
                String::new()
            };
            let pattern = format!("SELECT {{}} FROM {{}}{order} LIMIT {limit}");
            let node = Node::of(Sort::Query, &pattern, [Part::comma(items), from.table.clone().into()]);
            let mut query = from.query(node, volatile || undefined);
            query.reorders = true;
            return Ok(query);
        }
        let keys = self.keys(&from.columns, 2);
        let partition = Part::clause("PARTITION BY ", keys.iter().map(|k| k.node.clone()).collect(), ", ");
        let alias = self.name('a');
        let all = Node::text(Sort::Other, "*");
        let number = Node::of(
            Sort::Other,
            &format!("ROW_NUMBER() OVER ({{}} ORDER BY {}{direction}) AS rn", by.text),
            [partition],
        );
        let inner = Node::of(
            Sort::Query,
            "SELECT {} FROM {}",
            [Part::comma(vec![all, number]), from.table.clone().into()],
        );
        let columns: Vec<Column> = from
            .columns
            .iter()
            .cloned()
            .chain([Column { text: "rn".into(), ty: DataType::bigint().with_nullable(false), time: None }])
            .collect();
        let bare = &columns[..columns.len() - usize::from(self.dice.percent(60))];
        let (items, volatile) = self.items(bare, 3, 1);
        let test = self.dice.word(&["rn <= {n}", "rn = 1", "rn < {n}", "rn = 1"]);
        let test = test.replace("{n}", &(limit + 1).to_string());
        let node = Node::of(
            Sort::Query,
            &format!("SELECT {{}} FROM ({{}}) AS {alias} WHERE {test}"),
            [Part::comma(items), Part::Node(inner)],
        );
        let volatile = volatile || keys.iter().any(|k| k.volatile);
        let mut query = from.query(node, volatile || undefined);
        query.reorders = true;
        Ok(query)
    }
}
