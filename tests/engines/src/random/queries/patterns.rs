//! `MATCH_RECOGNIZE`.

use streamc_types::DataType;

use super::{Area, Column, FLAT, Made, Maker, Query};
use crate::random::expressions;
use crate::random::tree::{Node, Part, Sort};

/// Patterns of one to three variables. Flink refuses some: a greedy last variable has no end.
const PATTERNS: [&str; 18] = [
    "A B",
    "A B C",
    "A+ B",
    "A* B",
    "A? B",
    "A B+ C",
    "A B* C",
    "A B? C",
    "A{2} B",
    "A{1,2} B",
    "A{2,} B",
    "A B{0,2} C",
    "A+? B",
    "A B*? C",
    "A B{1,3}? C",
    "A B+",
    "A",
    "A+ B+ C",
];

impl Maker<'_> {
    pub(super) fn pattern(&mut self) -> Made<Query> {
        let timed: Vec<_> = self.world.tables.iter().filter(|t| t.delay.is_some()).collect();
        let Some(table) = self.dice.pick(&timed).copied() else { return self.project(0) };
        let flat: Vec<Column> = table
            .columns
            .iter()
            .map(|c| Column { text: c.name.clone(), ty: c.ty.clone(), time: c.time })
            .filter(|c| FLAT(&c.ty))
            .collect();
        let pattern = self.dice.word(&PATTERNS);
        let variables: Vec<&str> = ["A", "B", "C"].into_iter().filter(|v| pattern.contains(v)).collect();
        let of = |variable: &str| -> Vec<Column> {
            let named =
                |c: &Column| Column { text: format!("{variable}.{}", c.text), time: None, ..c.clone() };
            flat.iter().map(named).collect()
        };
        let mut volatile = false;
        let mut definitions = Vec::new();
        for variable in &variables {
            if self.dice.percent(25) {
                continue;
            }
            let columns = of(variable);
            let condition = match self.dice.below(4) {
                0 => {
                    let column = self.dice.pick(&columns).map_or("A.id", |c| c.text.as_str());
                    let word = self.dice.word(&["<>", ">", "<", "IS DISTINCT FROM"]);
                    Node::leaf(format!("{column} {word} LAST({column}, 1)"))
                }
                1 => Node::leaf(format!("MOD({variable}.id, 3) {} 1", self.dice.word(&["=", "<>", "<="]))),
                _ => {
                    let found = expressions::condition(self.dice, &columns);
                    volatile |= found.volatile;
                    found.node
                }
            };
            definitions.push(Node::of(Sort::Other, &format!("{variable} AS {{}}"), [Part::Node(condition)]));
        }
        if definitions.is_empty() {
            definitions.push(Node::text(Sort::Other, "A AS A.id >= 0"));
        }
        let mut measures = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let variable = self.dice.word(&variables);
            let columns = of(variable);
            let column = self.dice.pick(&columns).cloned();
            let Some(column) = column else { break };
            let numeric = column.ty.is_numeric();
            let name = &column.text;
            let call = match self.dice.below(9) {
                0 => format!("FIRST({name})"),
                1 => format!("LAST({name})"),
                2 => format!("LAST({name}, 1)"),
                3 => format!("COUNT({name})"),
                4 if numeric => format!("SUM({name})"),
                5 if numeric => format!("AVG({name})"),
                6 => format!("MIN({name})"),
                7 => "MATCH_ROWTIME()".to_owned(),
                _ => {
                    let found = expressions::any(self.dice, &columns, 2);
                    volatile |= found.volatile;
                    measures.push(self.item(found.node));
                    continue;
                }
            };
            let node = Node::leaf(call);
            let name = self.name('c');
            measures.push(Node::of(Sort::Other, &format!("{{}} AS {name}"), [Part::Node(node)]));
        }
        let keys = match self.dice.below(3) {
            0 => Vec::new(),
            1 => vec![Node::leaf(table.columns.get(1).map_or("id", |c| c.name.as_str()))],
            _ => self.dice.pick(&flat).map(|c| Node::leaf(&c.text)).into_iter().collect(),
        };
        let skip = self.dice.word(&[
            "",
            " AFTER MATCH SKIP PAST LAST ROW",
            " AFTER MATCH SKIP PAST LAST ROW",
            " AFTER MATCH SKIP TO NEXT ROW",
            " AFTER MATCH SKIP TO LAST A",
            " AFTER MATCH SKIP TO FIRST A",
        ]);
        let within =
            self.dice.word(&["", "", "", " WITHIN INTERVAL '20' SECOND", " WITHIN INTERVAL '1' MINUTE"]);
        let rows = self.dice.word(&["", " ONE ROW PER MATCH"]);
        let alias = self.name('a');
        let node = Node::of(
            Sort::Query,
            &format!(
                "SELECT * FROM {} MATCH_RECOGNIZE ({{}} ORDER BY ts {{}}{rows}{skip} PATTERN ({pattern}){within} {{}}) AS {alias}",
                table.name
            ),
            [
                Part::clause("PARTITION BY ", keys, ", "),
                Part::clause("MEASURES ", measures, ", "),
                Part::clause("DEFINE ", definitions, ", "),
            ],
        );
        Ok(Query { node, area: Area::Patterns, undefined: volatile, reorders: true, nearly: false })
    }

    /// `ORDER BY` on time, with further columns.
    pub(super) fn order(&mut self, depth: usize) -> Made<Query> {
        let from = self.relation(depth.min(1), false)?;
        let Some(time) = from.columns.iter().find(|c| c.time.is_some()).cloned() else {
            return self.project(depth);
        };
        let flat: Vec<Column> = from.columns.iter().filter(|c| FLAT(&c.ty)).cloned().collect();
        let mut by = vec![Node::leaf(time.text)];
        if self.dice.percent(40)
            && let Some(column) = self.dice.pick(&flat)
        {
            by.push(Node::leaf(format!("{}{}", column.text, self.dice.word(&["", " ASC", " DESC"]))));
        }
        let (items, volatile) = self.items(&from.columns, 3, 2);
        let limit = match self.dice.below(6) {
            0 => " LIMIT 3",
            1 => " LIMIT 2 OFFSET 1",
            _ => "",
        };
        let node = Node::of(
            Sort::Query,
            &format!("SELECT {{}} FROM {{}}{{}}{limit}"),
            [Part::comma(items), from.table.clone().into(), Part::clause(" ORDER BY ", by, ", ")],
        );
        let undefined = volatile || from.reorders;
        let mut query = from.query(node, undefined);
        query.reorders |= !limit.is_empty();
        Ok(query)
    }

    /// A number as a column of its own.
    pub(super) fn counted(name: &str) -> Column {
        Column { text: name.to_owned(), ty: DataType::bigint().with_nullable(false), time: None }
    }
}
