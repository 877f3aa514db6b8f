//! Names and types that Flink has no way to write.

use crate::connectors::words;
use crate::quote::is_expressible;
use crate::types::{field_names, undeclarable};
use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{ConnectorConfig, OptionValue, Plan, StreamText};
use streamc_types::{RowSchema, TypeKind};

/// Names of components and of the columns of pipes, and variables of the `app`.
pub(super) fn check(plan: &Plan, out: &mut Vec<Diagnostic>) {
    for value in plan.app.settings.values() {
        if let OptionValue::Env { name, .. } | OptionValue::Secret { name } = value {
            super::variable(name, plan.app.span, out);
        }
    }
    for component in &plan.components {
        name(&component.name, "component", component.span, out);
        for column in &component.props.schema.columns {
            name(&column.name, "column", component.span, out);
            let mut fields = Vec::new();
            field_names(&column.ty, &mut fields);
            for field in fields {
                name(field, "field", component.span, out);
            }
        }
    }
    for (component, stream) in plan.streams() {
        if matches!(stream.text, StreamText::Sql { .. }) {
            continue;
        }
        stream.relation.walk(&mut |relation| {
            let span = relation.origin.span.or(component.span);
            relation.props.schema.names().for_each(|n| name(n, "column", span, out));
        });
    }
    out.dedup_by(|a, b| a.message == b.message);
}

fn name(name: &str, what: &str, span: Option<Span>, out: &mut Vec<Diagnostic>) {
    if !is_expressible(name) {
        let message = format!("the {what} {name:?} has a name that Flink SQL cannot write");
        let help = "a name in Flink SQL has no line break, and is not blank: rename it";
        out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
    }
}

/// Columns of a table against its connector and format.
pub(super) fn columns(
    config: &ConnectorConfig,
    schema: &RowSchema,
    at: Option<Span>,
    out: &mut Vec<Diagnostic>,
) {
    let span = config.span.or(at);
    for column in &schema.columns {
        if let Some(ty) = undeclarable(&column.ty) {
            let message = format!("a table of Flink cannot have the type {ty} of `{}`", column.name);
            out.push(
                Diagnostic::new(NOT_ON_FLINK, span, message)
                    .help("cast it to a type that has a text, as `STRING`"),
            );
        }
    }
    match config.text("format") {
        Some("csv") => {
            for column in schema
                .columns
                .iter()
                .filter(|c| matches!(c.ty.kind, TypeKind::Map(..) | TypeKind::Multiset(_)))
            {
                let message =
                    format!("Flink's CSV has no form for `{}`, which is {}", column.name, column.ty);
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help("use `format: json`"));
            }
        }
        Some("raw") if schema.len() != 1 => {
            let message = format!("`format: raw` is one column, and here are {}", schema.len());
            let span = config.spans.get("format").copied().or(span);
            out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help("use `format: json`"));
        }
        _ => {}
    }
    if config.connector == "kafka" {
        for key in words(config.option("key")).iter().filter(|k| k.contains(';')) {
            let message = format!(
                "Flink separates the columns of a message key by `;`, and `{key}` has one in its name"
            );
            out.push(
                Diagnostic::new(NOT_ON_FLINK, config.spans.get("key").copied().or(span), message)
                    .help("rename it"),
            );
        }
    }
}
