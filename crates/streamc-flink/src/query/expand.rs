//! The rows of grouping sets.

use super::{Select, Writer, names_of, render};
use crate::expr::Cell;
use crate::layout::Line;
use crate::types::spelling;
use streamc_functions::print::Operand;
use streamc_plan::Relation;
use streamc_plan::relations::set_number;

impl<'p> Writer<'p> {
    /// A `SELECT` for each set, with `NULL` for the keys that it leaves out and its number, put together.
    pub(super) fn expand(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        keys: &[usize],
        sets: &[Vec<usize>],
    ) -> Select<'p> {
        let select = self.select_open(input);
        let constant = |text: String| Cell {
            operand: Operand::atom(text),
            simple: false,
            deterministic: true,
            named: None,
        };
        let names = names_of(relation);
        let mut lines = Vec::new();
        for (n, set) in sets.iter().enumerate() {
            let mut select = select.clone();
            for (_, key) in keys.iter().enumerate().filter(|(position, _)| !set.contains(position)) {
                let column = relation.props.schema.columns.get(*key);
                if let (Some(cell), Some(column)) = (select.cells.get_mut(*key), column) {
                    *cell = constant(format!("CAST(NULL AS {})", spelling(&column.ty.kind)));
                }
            }
            select.cells.push(constant(format!("CAST({} AS BIGINT)", set_number(set, keys.len()))));
            select.names.clone_from(&names);
            select.star = false;
            if n > 0 {
                lines.push(Line::of("UNION ALL", Some(relation)));
            }
            lines.extend(render::select(select));
        }
        self.step_of(lines, relation, names)
    }
}
