//! `OVER` windows.

use super::{Select, Writer, names_of};
use crate::expr::{Cell, aggregate};
use crate::interval::{Place, millis};
use streamc_functions::print::Operand;
use streamc_plan::{AggregateCall, OverFrame, Relation, SortKey};

impl<'p> Writer<'p> {
    /// `SUM(x) OVER (PARTITION BY k ORDER BY t ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)` behind the columns of the input.
    pub(super) fn over(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        (partition, order, frame): (&[usize], &SortKey, OverFrame),
        calls: &[AggregateCall],
    ) -> Select<'p> {
        let select = self.select(input);
        let reads = || calls.iter().flat_map(|c| c.arguments.iter());
        let folds = select.is_open()
            && select.all_simple(partition.iter().copied().chain([order.column]))
            && select.may_inline(reads());
        let mut select = if folds { select } else { self.step(select, input) };
        let keys: Vec<String> = partition.iter().map(|c| select.text(*c)).collect();
        let keys = if keys.is_empty() { String::new() } else { format!("PARTITION BY {} ", keys.join(", ")) };
        let (unit, start) = match frame {
            OverFrame::Rows(None) => ("ROWS", "UNBOUNDED".to_owned()),
            OverFrame::Rows(Some(rows)) => ("ROWS", rows.to_string()),
            OverFrame::Range(None) => ("RANGE", "UNBOUNDED".to_owned()),
            OverFrame::Range(Some(before)) => ("RANGE", millis(before, Place::Expression)),
        };
        let order = format!("{}{}", select.text(order.column), order.direction.nulls());
        let window = format!("{keys}ORDER BY {order} {unit} BETWEEN {start} PRECEDING AND CURRENT ROW");
        let computed = calls.iter().map(|call| {
            let text = format!("{} OVER ({window})", aggregate(call, &select.cells).operand.text);
            Cell { operand: Operand::atom(text), simple: false, deterministic: true, named: None }
        });
        let computed: Vec<Cell> = computed.collect();
        select.cells.extend(computed);
        select.names = names_of(relation);
        select.star = false;
        select.listed_by = Some(relation);
        // A condition on the result must stand outside.
        self.step(select, relation)
    }
}
