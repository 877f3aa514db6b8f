//! A `SELECT` as lines.

use super::{From, Select};
use crate::expr::Cell;
use crate::layout::{Line, Piece, list};
use crate::quote::ident;
use smol_str::SmolStr;

/// The lines of a `SELECT`.
pub(super) fn select(select: Select<'_>) -> Vec<Line> {
    select_with(select, None)
}

/// The same with one more item at the end of its list.
pub(super) fn select_with(select: Select<'_>, extra: Option<String>) -> Vec<Line> {
    let head = if select.distinct { "SELECT DISTINCT" } else { "SELECT" };
    let mut items: Vec<String> = if select.star {
        vec!["*".to_owned()]
    } else {
        let pairs = select.cells.iter().zip(&select.names);
        pairs.map(|(cell, name)| item(cell, name)).collect()
    };
    items.extend(extra);
    let mut lines = list(head, items, select.listed_by.or(select.from_by));
    match select.from {
        From::Table(name) => lines.push(Line::of(format!("FROM {}", ident(&name)), select.from_by)),
        From::Joined(from, _) | From::Lines(from) => {
            for (n, mut line) in from.into_iter().enumerate() {
                if n == 0 {
                    line.text.0.insert(0, Piece::Text("FROM ".to_owned()));
                    line.from = line.from.or_else(|| Line::of("", select.from_by).from);
                }
                lines.push(line);
            }
        }
    }
    for (n, mut line) in select.filter.into_iter().enumerate() {
        let word = if n == 0 { "WHERE " } else { "  AND " };
        line.text.0.insert(0, Piece::Text(word.to_owned()));
        lines.push(line);
    }
    if let Some(keys) = select.group
        && !keys.is_empty()
    {
        lines.extend(list("GROUP BY", keys, select.group_by));
    }
    if let Some((count, offset)) = select.limit {
        let behind = if offset > 0 { format!(" OFFSET {offset}") } else { String::new() };
        lines.push(Line::of(format!("LIMIT {count}{behind}"), select.limit_by));
    }
    lines
}

/// A column of the list, with its name where it would not get it by itself.
fn item(cell: &Cell, name: &SmolStr) -> String {
    let text = &cell.operand.text;
    if cell.named.as_ref() == Some(name) { text.clone() } else { format!("{text} AS {}", ident(name)) }
}

/// The query with its steps in front.
pub(super) fn with(steps: Vec<(SmolStr, Vec<Line>)>, body: Vec<Line>) -> Vec<Line> {
    if steps.is_empty() {
        return body;
    }
    let mut lines = Vec::new();
    let last = steps.len() - 1;
    for (n, (name, step)) in steps.into_iter().enumerate() {
        let head = if n == 0 { "WITH " } else { "" };
        lines.push(Line::new(format!("{head}{} AS (", ident(&name))));
        lines.extend(step.into_iter().map(|l| l.indented(2)));
        lines.push(Line::new(if n < last { ")," } else { ")" }));
    }
    lines.extend(body);
    lines
}
