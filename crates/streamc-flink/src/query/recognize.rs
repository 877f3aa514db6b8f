//! `MATCH_RECOGNIZE`.

use super::{From, Select, Writer, names_of};
use crate::expr::{Cell, aggregate, operand};
use crate::interval::{Place, millis};
use crate::layout::Line;
use crate::quote::ident;
use smol_str::SmolStr;
use streamc_functions::print::Operand;
use streamc_plan::{
    Direction, MatchExpr, MatchOperand, PatternVariable, Relation, RowPattern, SkipAfterMatch,
};

impl<'p> Writer<'p> {
    /// The matches as rows of `FROM`.
    pub(super) fn recognize(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        pattern: &RowPattern,
    ) -> Select<'p> {
        let (table, columns) = self.table(input);
        let column = |c: usize| columns.get(c).map_or_else(String::new, |n| ident(n));
        let mut lines = vec![Line::new(format!("{} MATCH_RECOGNIZE (", ident(&table)))];
        let clause = |text: String| Line::of(format!("  {text}"), Some(relation));
        if !pattern.partition.is_empty() {
            let by: Vec<String> = pattern.partition.iter().map(|c| column(*c)).collect();
            lines.push(clause(format!("PARTITION BY {}", by.join(", "))));
        }
        let order = pattern.order.iter().map(|k| format!(", {}{}", column(k.column), way(k.direction)));
        lines.push(clause(format!("ORDER BY {}{}", column(pattern.time), order.collect::<String>())));
        let value = |v: &MatchExpr| over_rows(v, &columns, &pattern.variables);
        let measures = pattern.measures.iter().map(|m| format!("{} AS {}", value(&m.value), ident(&m.name)));
        lines.push(clause(format!("MEASURES {}", measures.collect::<Vec<_>>().join(", "))));
        lines.push(clause("ONE ROW PER MATCH".to_owned()));
        let name = |v: usize| pattern.variables.get(v).map_or_else(String::new, |v| ident(&v.name));
        lines.push(clause(match pattern.skip {
            SkipAfterMatch::PastLastRow => "AFTER MATCH SKIP PAST LAST ROW".to_owned(),
            SkipAfterMatch::ToNextRow => "AFTER MATCH SKIP TO NEXT ROW".to_owned(),
            SkipAfterMatch::ToFirst(v) => format!("AFTER MATCH SKIP TO FIRST {}", name(v)),
            SkipAfterMatch::ToLast(v) => format!("AFTER MATCH SKIP TO LAST {}", name(v)),
        }));
        let variables: Vec<String> = pattern.variables.iter().map(quantified).collect();
        let within = pattern.within.map(|ms| format!(" WITHIN {}", millis(ms, Place::Expression)));
        lines.push(clause(format!("PATTERN ({}){}", variables.join(" "), within.unwrap_or_default())));
        let defined = pattern
            .variables
            .iter()
            .filter_map(|v| v.condition.as_ref().map(|c| format!("{} AS {}", ident(&v.name), value(c))));
        let defined: Vec<String> = defined.collect();
        let first = pattern.variables.first().map_or_else(String::new, |v| ident(&v.name));
        // Flink's grammar wants a definition.
        let defined = if defined.is_empty() { format!("{first} AS TRUE") } else { defined.join(", ") };
        lines.push(clause(format!("DEFINE {defined}")));
        lines.push(Line::of(")", Some(relation)));
        let names = names_of(relation);
        let cells = names.iter().map(Cell::column).collect();
        let select = Select::of(From::Lines(lines), cells, names, relation);
        self.step(select, relation)
    }
}

/// `A+?`
fn quantified(variable: &PatternVariable) -> String {
    let count = match (variable.least, variable.most) {
        (1, Some(1)) => return ident(&variable.name),
        (0, Some(1)) => return format!("{}?", ident(&variable.name)),
        (0, None) => "*".to_owned(),
        (1, None) => "+".to_owned(),
        (least, None) => format!("{{{least},}}"),
        (least, Some(most)) if least == most => format!("{{{least}}}"),
        (least, Some(most)) => format!("{{{least},{most}}}"),
    };
    let reluctant = !variable.greedy && Some(variable.least) != variable.most;
    format!("{}{count}{}", ident(&variable.name), if reluctant { "?" } else { "" })
}

/// An expression over the rows of a match; `names` are the columns of the input.
fn over_rows(value: &MatchExpr, names: &[SmolStr], variables: &[PatternVariable]) -> String {
    let cells = |variable: &Option<usize>| -> Vec<Cell> {
        let variable = variable.and_then(|v| variables.get(v));
        let cell = |name: &SmolStr| match variable {
            Some(variable) => Cell::qualified(&variable.name, name),
            None => Cell::column(name),
        };
        names.iter().map(cell).collect()
    };
    let operands: Vec<Cell> = value
        .operands
        .iter()
        .map(|o| {
            let text = match o {
                MatchOperand::Row { variable, first, offset, value } => {
                    let word = if *first { "FIRST" } else { "LAST" };
                    format!("{word}({}, {offset})", operand(value, &cells(variable)).text)
                }
                MatchOperand::Aggregate { variable, call } => aggregate(call, &cells(variable)).operand.text,
                MatchOperand::Rowtime(_) => "MATCH_ROWTIME()".to_owned(),
                MatchOperand::Proctime(_) => "MATCH_PROCTIME()".to_owned(),
            };
            Cell { operand: Operand::atom(text), simple: false, deterministic: true, named: None }
        })
        .collect();
    operand(&value.expr, &operands).text
}

fn way(direction: Direction) -> String {
    format!("{}{}", if direction.descending { " DESC" } else { "" }, direction.nulls())
}
