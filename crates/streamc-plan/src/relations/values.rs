//! Rows that are written in the program.

use super::relation;
use crate::changelog::Changelog;
use crate::expr::{Expr, ExprKind};
use crate::lineage::Lineage;
use crate::properties::Properties;
use crate::relation::{Origin, Relation, RelationKind};
use streamc_types::{Column, RowSchema, Value};

/// The `rows`, each with one expression for every one of `columns`; no expression reads a column. They are there from the
/// start, and event time does not wait for them. Flink infers no key of them, though it sees where they are distinct
/// ([`are_distinct`]).
pub fn values(columns: Vec<Column>, rows: Vec<Vec<Expr>>, origin: Origin) -> Relation {
    let props = Properties {
        lineage: columns.iter().map(|_| Lineage::default()).collect(),
        schema: RowSchema::new(columns),
        watermark: None,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: None,
        time_types: Default::default(),
    };
    relation(RelationKind::Values { rows }, props, origin)
}

/// Whether the `columns` of written rows tell them apart (`RelMdColumnUniqueness` of `Values`): those rows themselves, or a
/// projection of their columns. Only rows of literals, and a single row, are looked at.
pub fn are_distinct(relation: &Relation, columns: &[usize]) -> bool {
    match &relation.kind {
        RelationKind::Values { rows } => {
            let cells = rows
                .iter()
                .map(|row| columns.iter().map(|c| row.get(*c).and_then(literal)).collect::<Option<Vec<_>>>());
            match cells.collect::<Option<Vec<_>>>() {
                Some(cells) => cells.iter().enumerate().all(|(n, row)| {
                    let equal = |other: &Vec<&Value>| row.iter().zip(other).all(|(a, b)| same(a, b));
                    !cells.iter().take(n).any(equal)
                }),
                None => rows.len() < 2,
            }
        }
        RelationKind::Project { input, expressions } => {
            let constant = matches!(&input.kind, RelationKind::Values { rows } if rows.len() < 2);
            let picked = columns.iter().map(|c| expressions.get(*c).and_then(Expr::as_column));
            constant
                || picked.collect::<Option<Vec<_>>>().is_some_and(|columns| are_distinct(input, &columns))
        }
        RelationKind::Filter { input, .. } => are_distinct(input, columns),
        _ => false,
    }
}

fn literal(expr: &Expr) -> Option<&Value> {
    match &expr.kind {
        ExprKind::Literal(value) => Some(value),
        ExprKind::Cast { input, implicit: true, .. } => literal(input),
        _ => None,
    }
}

/// Whether two literals of one column are equal, whatever they were before they got their common type.
fn same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Int(_) | Value::Decimal(_) | Value::Double(_) => value_text(value).parse::<f64>().ok(),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Int(n) => n.to_string(),
        Value::Decimal(d) => d.to_string(),
        Value::Double(d) => d.to_string(),
        _ => String::new(),
    }
}
