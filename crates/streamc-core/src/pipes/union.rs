//! `union s, t`: `UNION ALL`, columns matched by name.

use super::{Context, column_of, scope::Segments};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::{Expr, ExprKind, Origin, Relation, relations};
use streamc_sql::{Catalog, Lookup};
use streamc_syntax::ast::Name;
use streamc_types::{DataType, case_type};

pub(super) fn lower(cx: &mut Context<'_>, others: &[Name], input: Relation, origin: Origin) -> Relation {
    let mut inputs = vec![input];
    for other in others {
        let Lookup::Found(props) = cx.catalog.relation(&other.text) else { continue };
        let relation = relations::scan(other.text.clone(), &props, Origin::new("from", other.span));
        let first = &inputs[0].props.schema;
        let missing: Vec<&str> =
            first.names().filter(|n| relation.props.schema.index_of(n).is_none()).collect();
        let extra: Vec<&str> =
            relation.props.schema.names().filter(|n| first.index_of(n).is_none()).collect();
        if missing.is_empty() && extra.is_empty() {
            inputs.push(relation);
            continue;
        }
        let mut parts = Vec::new();
        if !missing.is_empty() {
            parts.push(format!("it lacks {}", missing.join(", ")));
        }
        if !extra.is_empty() {
            parts.push(format!("it has {} in addition", extra.join(", ")));
        }
        let message = format!("`{}` does not have the same columns: {}", other.text, parts.join("; "));
        cx.out.push(
            Diagnostic::new(types::OPERATOR_ARGUMENT, other.span, message)
                .help("`union` matches columns by name: bring both sides to the same ones with `select`"),
        );
    }
    if inputs.len() < 2 {
        return inputs.swap_remove(0);
    }
    // The type of each column is the least that holds the values of every input.
    let names: Vec<SmolStr> = inputs[0].props.schema.columns.iter().map(|c| c.name.clone()).collect();
    let mut wanted: Vec<DataType> = Vec::new();
    for name in &names {
        let all: Vec<&DataType> = inputs
            .iter()
            .filter_map(|r| r.props.schema.index_of(name).map(|i| &r.props.schema.columns[i].ty))
            .collect();
        let Some(common) = case_type(all.iter().copied()) else {
            let list = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let message = format!("the column `{name}` is {list}");
            cx.out.push(
                Diagnostic::new(types::TYPE_MISMATCH, origin.span, message)
                    .help("`cast` it to the same type on every side"),
            );
            return inputs.swap_remove(0);
        };
        wanted.push(common);
    }
    let aligned: Vec<Relation> = inputs.into_iter().map(|r| align(r, &names, &wanted, &origin)).collect();
    let aligned = ordinary_times(aligned, &origin);
    let relation = relations::union(aligned, origin);
    cx.columns = Segments::of(&cx.head, &relation.props.schema);
    relation
}

/// The relation with its columns in that order and of those types.
fn align(relation: Relation, names: &[SmolStr], wanted: &[DataType], origin: &Origin) -> Relation {
    let columns: Vec<(SmolStr, Expr)> = names
        .iter()
        .zip(wanted)
        .filter_map(|(name, ty)| {
            let place = relation.props.schema.index_of(name)?;
            let column = column_of(&relation, place);
            if column.ty.kind == ty.kind {
                return Some((name.clone(), column));
            }
            let nullable = column.ty.nullable;
            let kind = ExprKind::Cast { input: Box::new(column), lenient: false, implicit: false };
            Some((name.clone(), Expr::new(kind, ty.clone().with_nullable(nullable))))
        })
        .collect();
    let same = columns.iter().enumerate().all(|(i, (_, e))| e.as_column() == Some(i));
    if same { relation } else { relations::project(relation, columns, origin.clone()) }
}

/// The relations with ordinary timestamps in place of time attributes, where Flink does not put them together and none is
/// left behind the union anyway.
fn ordinary_times(inputs: Vec<Relation>, origin: &Origin) -> Vec<Relation> {
    let width = inputs.first().map_or(0, |r| r.props.schema.len());
    let odd: Vec<usize> = (0..width).filter(|i| relations::odd_time(&inputs, *i).is_some()).collect();
    if odd.is_empty() {
        return inputs;
    }
    let ordinary = |relation: Relation| {
        let column = |place: usize| {
            let column = column_of(&relation, place);
            if !odd.contains(&place) || relation.props.time_type(place).is_none() {
                return column;
            }
            let ty = column.ty.clone();
            Expr::new(ExprKind::Cast { input: Box::new(column), lenient: false, implicit: false }, ty)
        };
        let names = relation.props.schema.columns.iter().map(|c| c.name.clone());
        let columns = names.enumerate().map(|(place, name)| (name, column(place))).collect();
        relations::project(relation, columns, origin.clone())
    };
    inputs.into_iter().map(ordinary).collect()
}
