//! `explode a AS x`: `CROSS JOIN UNNEST(a)`.

use super::Context;
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::{names, types};
use streamc_plan::{Origin, Relation, relations};
use streamc_syntax::ast::{ExprText, Name};
use streamc_types::{Column, DataType, TypeKind};

pub(super) fn lower(
    cx: &mut Context<'_>,
    value: ExprText,
    alias: &Name,
    input: Relation,
    origin: Origin,
) -> Relation {
    let collection = cx.expression(value);
    if alias.is_missing() {
        return input;
    }
    let fields = |row: &DataType| match &row.kind {
        TypeKind::Row(fields) => Some(
            fields
                .iter()
                .map(|f| {
                    let mut ty = f.ty.clone();
                    ty.nullable |= row.nullable;
                    Column { doc: f.doc.clone(), ..Column::new(f.name.clone(), ty) }
                })
                .collect::<Vec<_>>(),
        ),
        _ => None,
    };
    let columns = match &collection.ty.kind {
        TypeKind::Array(element) | TypeKind::Multiset(element) => {
            fields(element).unwrap_or_else(|| vec![Column::new(alias.text.clone(), (**element).clone())])
        }
        TypeKind::Map(key, value) => {
            let name = |part: &str| smol_str::format_smolstr!("{}_{part}", alias.text);
            vec![Column::new(name("key"), (**key).clone()), Column::new(name("value"), (**value).clone())]
        }
        TypeKind::Unknown => vec![Column::new(alias.text.clone(), DataType::unknown())],
        _ => {
            let message =
                format!("`explode` takes an array, a map or a multiset, and this is {}", collection.ty);
            cx.out.push(Diagnostic::new(types::TYPE_MISMATCH, value.span, message));
            return input;
        }
    };
    for column in &columns {
        if input.props.schema.index_of(&column.name).is_some() {
            let message = format!("there is a column `{}` already", column.name);
            cx.out.push(
                Diagnostic::new(names::DUPLICATE_COLUMN, alias.span, message)
                    .help("`rename` the column that is there before `explode`"),
            );
            return input;
        }
    }
    let name = if matches!(&collection.ty.kind, TypeKind::Array(_) | TypeKind::Multiset(_)) {
        alias.text.clone()
    } else {
        SmolStr::default()
    };
    cx.columns.push(name, columns.clone());
    relations::unnest(input, collection, columns, false, false, origin)
}
