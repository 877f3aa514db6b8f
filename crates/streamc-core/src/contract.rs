//! `stream x: { … } = …`: the stated type is a contract.

use crate::files::Parsed;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::Properties;
use streamc_syntax::ast;

/// Compares the stated columns with those the stream has: same names in the same order, same types; a stream may promise
/// less than its contract allows (`NOT NULL` where the contract is nullable).
pub(crate) fn check(tree: &Parsed, declaration: &ast::Stream, props: &Properties, out: &mut Vec<Diagnostic>) {
    let Some(block) = &declaration.ty else { return };
    let wanted = crate::source::declared(tree, block, out);
    for (n, column) in block.columns.iter().enumerate() {
        let Some(want) = wanted.columns.get(n) else { continue };
        let Some(have) = props.schema.index_of(&column.name.text).map(|i| &props.schema.columns[i]) else {
            let message = format!("the stream has no column `{}`", column.name.text);
            let help = format!("its columns are {}", props.schema.names().collect::<Vec<_>>().join(", "));
            out.push(Diagnostic::new(types::SCHEMA_CONTRACT, column.name.span, message).help(help));
            continue;
        };
        if have.ty.has_unknown() || want.ty.has_unknown() {
            continue;
        }
        if have.ty.kind != want.ty.kind || (have.ty.nullable && !want.ty.nullable) {
            let message = format!("`{}` is {}, and stated as {}", column.name.text, have.ty, want.ty);
            out.push(Diagnostic::new(types::SCHEMA_CONTRACT, column.ty.span, message).fix(
                format!("state {}", have.ty),
                column.ty.span,
                have.ty.to_string(),
            ));
        }
    }
    for column in &props.schema.columns {
        if wanted.index_of(&column.name).is_none() {
            let message = format!(
                "the stream has a column `{}` ({}) that its type does not state",
                column.name, column.ty
            );
            out.push(
                Diagnostic::new(types::SCHEMA_CONTRACT, block.span, message)
                    .help("state it, or `drop` it from the stream"),
            );
        }
    }
    let same_names = wanted.names().count() == props.schema.len()
        && wanted.names().all(|n| props.schema.index_of(n).is_some());
    if same_names && !wanted.names().eq(props.schema.names()) {
        let order = props.schema.names().collect::<Vec<_>>().join(", ");
        let message = format!("the columns come in another order: {order}");
        out.push(
            Diagnostic::new(types::SCHEMA_CONTRACT, block.span, message)
                .help("order them with `select`, or state them so"),
        );
    }
}
