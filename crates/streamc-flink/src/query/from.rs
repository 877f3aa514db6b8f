//! What stands behind `FROM`: window functions, joins, `UNNEST`.

use super::{From, Select, Writer, unique};
use crate::expr::{Cell, conditions, operand};
use crate::interval::{Place, millis};
use crate::layout::Line;
use crate::quote::ident;
use smol_str::SmolStr;
use streamc_plan::{Expr, JoinKind, Relation, WindowSpec};

const WINDOW: [&str; 3] = ["window_start", "window_end", "window_time"];

impl<'p> Writer<'p> {
    /// `TABLE(TUMBLE(TABLE x, DESCRIPTOR(ts), INTERVAL '1' MINUTE))`.
    pub(super) fn window(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        spec: &WindowSpec,
        time: usize,
    ) -> Select<'p> {
        let mut select = self.select(input);
        // A window of windows: the inner ones keep their columns under other names.
        let clash = |n: &SmolStr| WINDOW.contains(&n.as_str());
        if select.names.iter().any(clash) {
            let names = select.names.clone();
            for name in select.names.iter_mut().filter(|n| clash(n)) {
                *name = unique(format!("inner_{name}").into(), |n| names.contains(n));
            }
            select.star = false;
        }
        let select = if select.is_bare().is_some() { select } else { self.step(select, input) };
        let From::Table(table) = &select.from else { return select };
        let column = |c: &usize| select.names.get(*c).map_or_else(String::new, |n| ident(n));
        let interval = |ms: &i64| millis(*ms, Place::Window);
        let mut by = String::new();
        let (function, mut sizes, offset) = match spec {
            WindowSpec::Tumble { size, offset } => ("TUMBLE", vec![interval(size)], *offset),
            WindowSpec::Hop { size, slide, offset } => {
                ("HOP", vec![interval(slide), interval(size)], *offset)
            }
            WindowSpec::Cumulate { max, step, offset } => {
                ("CUMULATE", vec![interval(step), interval(max)], *offset)
            }
            WindowSpec::Session { gap, partition } => {
                if !partition.is_empty() {
                    let keys: Vec<String> = partition.iter().map(column).collect();
                    by = format!(" PARTITION BY ({})", keys.join(", "));
                }
                ("SESSION", vec![interval(gap)], 0)
            }
        };
        if offset != 0 {
            sizes.push(interval(&offset));
        }
        let table = ident(table);
        let text = format!(
            "TABLE({function}(TABLE {table}{by}, DESCRIPTOR({}), {}))",
            column(&time),
            sizes.join(", ")
        );
        let mut names = select.names.clone();
        names.extend(WINDOW.map(SmolStr::new_static));
        let cells = names.iter().map(Cell::column).collect();
        Select::of(From::Lines(vec![Line::new(text)]), cells, names, relation)
    }

    /// `a JOIN b ON …`; a chain of joins stays one `FROM`. `as_of`: the column of `a` in `FOR SYSTEM_TIME AS OF`.
    pub(super) fn join(
        &mut self,
        relation: &'p Relation,
        (left, right): (&'p Relation, &'p Relation),
        kind: JoinKind,
        condition: &Expr,
        as_of: Option<usize>,
    ) -> Select<'p> {
        let (mut lines, mut taken, mut cells) = self.joined(left);
        let (table, columns) = self.table(right);
        let alias = unique(table.clone(), |n| taken.contains(n));
        let word = match kind {
            JoinKind::Inner => "JOIN",
            JoinKind::Left => "LEFT JOIN",
            JoinKind::Right => "RIGHT JOIN",
            JoinKind::Full => "FULL JOIN",
            JoinKind::Semi | JoinKind::Anti => {
                let cells: Vec<Cell> = cells.into_iter().chain(qualified(&alias, &columns)).collect();
                return semi(
                    relation,
                    From::Joined(lines, taken),
                    kind,
                    &aliased(&table, &alias),
                    condition,
                    &cells,
                );
            }
        };
        let right = match as_of.and_then(|c| cells.get(c)) {
            Some(time) => {
                format!("{} FOR SYSTEM_TIME AS OF {} AS {}", ident(&table), time.operand.text, ident(&alias))
            }
            None => aliased(&table, &alias),
        };
        lines.push(Line::of(format!("  {word} {right}"), Some(relation)));
        cells.extend(qualified(&alias, &columns));
        for (n, part) in conditions(condition, &cells).into_iter().enumerate() {
            lines.push(Line::new(format!("    {} {part}", if n == 0 { "ON" } else { "AND" })));
        }
        taken.push(alias);
        let names = super::names_of(relation);
        let mut select = Select::of(From::Joined(lines, taken), cells, names, relation);
        select.star = false;
        select
    }

    /// `x CROSS JOIN UNNEST(x.tags) AS unnested (tag)`.
    pub(super) fn unnest(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        collection: &Expr,
        (outer, ordinality): (bool, bool),
    ) -> Select<'p> {
        let (mut lines, mut taken, mut cells) = self.joined(input);
        let names = super::names_of(relation);
        let alias = unique("unnested".into(), |n| taken.contains(n));
        let width = cells.len();
        let added: Vec<SmolStr> = names.iter().skip(width).cloned().collect();
        let columns: Vec<String> = added.iter().map(|n| ident(n)).collect();
        let (word, on) = if outer { ("LEFT JOIN", " ON TRUE") } else { ("CROSS JOIN", "") };
        let collection = operand(collection, &cells).text;
        let (alias_text, columns) = (ident(&alias), columns.join(", "));
        let numbered = if ordinality { " WITH ORDINALITY" } else { "" };
        let text = format!("  {word} UNNEST({collection}){numbered} AS {alias_text} ({columns}){on}");
        lines.push(Line::of(text, Some(relation)));
        cells.extend(qualified(&alias, &added));
        taken.push(alias);
        let mut select = Select::of(From::Joined(lines, taken), cells, names, relation);
        select.star = false;
        select
    }

    /// The left side of a join: its lines, the names in use, its columns qualified.
    fn joined(&mut self, left: &'p Relation) -> (Vec<Line>, Vec<SmolStr>, Vec<Cell>) {
        let select = self.select(left);
        let chain = select.is_open() && select.filter.is_empty() && select.cells.iter().all(|c| c.simple);
        let select = match select.from {
            From::Joined(lines, taken) if chain => return (lines, taken, select.cells),
            _ if select.is_bare().is_some() => select,
            _ => self.step(select, left),
        };
        let From::Table(table) = &select.from else { return (Vec::new(), Vec::new(), select.cells) };
        let line = Line::of(ident(table), Some(left));
        let cells = qualified(table, &select.names);
        (vec![line], vec![table.clone()], cells)
    }
}

/// `WHERE EXISTS (SELECT 1 FROM x WHERE …)`; `cells` are those of both sides.
fn semi<'p>(
    relation: &'p Relation,
    from: From,
    kind: JoinKind,
    table: &str,
    condition: &Expr,
    cells: &[Cell],
) -> Select<'p> {
    let names = super::names_of(relation);
    let own = cells.iter().take(names.len()).cloned().collect();
    let mut select = Select::of(from, own, names, relation);
    select.star = false;
    let word = if kind == JoinKind::Anti { "NOT EXISTS" } else { "EXISTS" };
    let condition = conditions(condition, cells).join(" AND ");
    select.filter.push(Line::of(format!("{word} (SELECT 1 FROM {table} WHERE {condition})"), Some(relation)));
    select
}

fn aliased(table: &str, alias: &str) -> String {
    if table == alias { ident(table) } else { format!("{} AS {}", ident(table), ident(alias)) }
}

fn qualified(table: &str, columns: &[SmolStr]) -> Vec<Cell> {
    columns.iter().map(|c| Cell::qualified(table, c)).collect()
}
