//! Rows that are written in the program.

use super::{From, Select, names_of};
use crate::expr::{Cell, cell};
use crate::layout::Line;
use crate::quote::ident;
use streamc_plan::{Expr, Relation};

/// `(VALUES (1, 'a'), (2, 'b')) AS rows_ (id, name)`; a row without columns gets one that nobody reads.
pub(super) fn values<'p>(relation: &'p Relation, rows: &[Vec<Expr>]) -> Select<'p> {
    let names = names_of(relation);
    let row = |row: &Vec<Expr>| {
        let cells: Vec<String> = row.iter().map(|e| cell(e, &[]).operand.text).collect();
        if cells.is_empty() { "(0)".to_owned() } else { format!("({})", cells.join(", ")) }
    };
    let listed = rows.iter().map(row).collect::<Vec<_>>().join(", ");
    let columns: Vec<String> = match names.as_slice() {
        [] => vec![ident("zero")],
        names => names.iter().map(|n| ident(n)).collect(),
    };
    let text = format!("(VALUES {listed}) AS {} ({})", ident("written"), columns.join(", "));
    let cells = names.iter().map(Cell::column).collect();
    let lines = vec![Line::of(text, Some(relation))];
    let mut select = Select::of(From::Lines(lines), cells, names, relation);
    select.star = !relation.props.schema.is_empty();
    select
}
