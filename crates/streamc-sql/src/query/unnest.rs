//! `UNNEST`: a row for each element of a collection (Flink documentation, "Array, Multiset and Map Expansion").

use super::QueryBinder;
use super::from::{From, FromTable};
use super::tree::Tree;
use crate::bind::Env;
use crate::extent::parts;
use smol_str::SmolStr;
use sqlparser::ast::{FunctionArg, FunctionArgExpr, TableFactor};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, TYPE_MISMATCH};
use streamc_plan::Origin;
use streamc_types::{Column, DataType, RowSchema, TypeKind};

impl QueryBinder<'_> {
    /// `UNNEST(collection) AS t (a, b)`: the rows of `input` with the columns of an element.
    pub(super) fn unnest(&mut self, input: From, factor: &TableFactor, outer: bool) -> From {
        let at = self.factor_span(factor);
        let TableFactor::Table { alias, args: Some(args), with_ordinality, .. } = factor else {
            return input;
        };
        if let Some(ranked) = &input.ranked {
            self.unbounded_rank(ranked);
        }
        let [FunctionArg::Unnamed(FunctionArgExpr::Expr(sql))] = args.args.as_slice() else {
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, "`UNNEST` takes one collection"));
            return input.forgotten();
        };
        let scope = input.scope();
        let collection = self.binder.expr(sql, Env::new(&scope, "UNNEST"));
        let name: SmolStr = alias.as_ref().map_or_else(SmolStr::default, |a| a.name.value.as_str().into());
        let mut columns = match element_columns(&collection.ty, &name) {
            Some(columns) => columns,
            None => {
                if !collection.ty.is_unknown() {
                    let message =
                        format!("`UNNEST` takes an array, map or multiset, not `{}`", collection.ty.kind);
                    let span = collection.span.unwrap_or(at);
                    self.binder.report(Diagnostic::new(TYPE_MISMATCH, span, message));
                }
                Vec::new()
            }
        };
        let mut failed = columns.is_empty();
        if *with_ordinality && !failed {
            columns.push(Column::new("ORDINALITY", DataType::not_null(TypeKind::Int)));
        }
        let mut span = at;
        if let Some(alias) = alias {
            span = self.binder.alias(&alias.name);
            if !failed && !alias.columns.is_empty() {
                if alias.columns.len() == columns.len() {
                    for (column, name) in columns.iter_mut().zip(&alias.columns) {
                        self.binder.alias(&name.name);
                        column.name = name.name.value.as_str().into();
                    }
                } else {
                    let message = super::miscounted(alias.columns.len(), columns.len());
                    self.binder.report(Diagnostic::new(ARGUMENT_COUNT, span, message));
                    failed = true;
                    columns.clear();
                }
            }
        }
        let mut schema = RowSchema::new(columns.clone());
        for column in &mut schema.columns {
            column.ty.nullable |= outer;
        }
        let mut from = From { tables: input.tables, tree: None, ranked: None, shared: input.shared };
        from.tables.push(FromTable {
            name,
            schema,
            open: failed,
            hidden: 0,
            span,
            of: SmolStr::default(),
            padded: Vec::new(),
        });
        if let (Some(tree), false) = (input.tree, failed) {
            let origin = Origin::new("UNNEST", at);
            let (input, ordinality) = (Box::new(tree), *with_ordinality);
            from.tree = Some(Tree::Unnest { input, collection, columns, outer, ordinality, origin });
        }
        from
    }
}

pub(super) fn is_unnest(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::Table { name, args: Some(_), .. }
        if matches!(parts(name).as_slice(), [i] if i.quote_style.is_none() && i.value.eq_ignore_ascii_case("UNNEST")))
}

/// The columns of an element: a plain one has the name of the alias, a row its fields, a map `KEY` and `VALUE`.
fn element_columns(collection: &DataType, alias: &str) -> Option<Vec<Column>> {
    let element = match &collection.kind {
        TypeKind::Array(element) | TypeKind::Multiset(element) => element,
        TypeKind::Map(key, value) => {
            return Some(vec![
                Column::new("KEY", key.as_ref().clone()),
                Column::new("VALUE", value.as_ref().clone()),
            ]);
        }
        _ => return None,
    };
    Some(match &element.kind {
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone())).collect()
        }
        _ => {
            let name = if alias.is_empty() { "EXPR$0" } else { alias };
            vec![Column::new(name, element.as_ref().clone())]
        }
    })
}
