//! Lowering of a sink.

use crate::component::{ComponentId, relation_type};
use crate::database::Db;
use crate::files::File;
use smol_str::SmolStr;
use streamc_connectors::{Role, resolve};
use streamc_diagnostics::codes::{lints, names, schemas};
use streamc_diagnostics::{Diagnostic, did_you_mean};
use streamc_plan::{ComponentKind, ConnectorConfig, Properties, Sink};
use streamc_syntax::ast;
use streamc_types::TypeKind;

pub(crate) fn lower(
    db: &dyn Db,
    root: File,
    declaration: &ast::Sink,
    out: &mut Vec<Diagnostic>,
) -> Option<(ComponentKind, Properties)> {
    let mut resolved = resolve(&declaration.connector, Role::Sink, out);
    let connector = resolved.connector?;
    let from = match declaration.from.as_slice() {
        [one] => one,
        [] => return None,
        [_, second, ..] => {
            let message = "a sink takes the rows of one component";
            let help = "put the streams together first: `stream all = a | union b`";
            out.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, second.span, message).help(help));
            return None;
        }
    };
    let id = ComponentId::new(db, from.text.clone());
    let props = relation_type(db, root, id)?;
    let mut key = Vec::new();
    for name in &resolved.key {
        match props.schema.index_of(&name.text) {
            Some(column) => key.push(column),
            None => out.push(unknown_key(name, &from.text, &props)),
        }
    }
    // `kafka { mode: upsert }` is `upsert_kafka`: one kind of sink from here on.
    let mut takes_updates = connector.takes_updates;
    if resolved.config.text("mode") == Some("upsert") {
        takes_updates = true;
        resolved.config.connector = SmolStr::new_static("upsert_kafka");
        resolved.config.options.shift_remove("mode");
        if resolved.key.is_empty() && resolved.config.option("key").is_none() {
            out.push(key_missing(&declaration.name.text, &resolved.config, &props));
        }
    }
    if !props.changelog.is_insert_only() && !takes_updates {
        out.push(cannot_update(declaration, from, &props));
    }
    if takes_updates && !key.is_empty() {
        key_mismatch(&resolved.config, &key, &props, out);
    }
    unwritable(&resolved.config, from, &props, out);
    let input = from.text.clone();
    Some((ComponentKind::Sink(Sink { connector: resolved.config, input, key }), (*props).clone()))
}

fn unknown_key(name: &ast::Name, from: &str, props: &Properties) -> Diagnostic {
    let message = format!("`{from}` has no column `{}`", name.text);
    let d = Diagnostic::new(names::UNKNOWN_COLUMN, name.span, message);
    match did_you_mean(&name.text, props.schema.names()) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), name.span, near)
        }
        None => d.help(format!("its columns are {}", props.schema.names().collect::<Vec<_>>().join(", "))),
    }
}

fn key_missing(sink: &str, config: &ConnectorConfig, props: &Properties) -> Diagnostic {
    let message = format!("the sink `{sink}` replaces rows by key, and has no `key`");
    let help = match props.primary_key() {
        Some(key) if !key.is_empty() => {
            let names: Vec<&str> = key.iter().map(|c| props.schema.columns[*c].name.as_str()).collect();
            format!("the rows are unique by {}: write `key: {}`", names.join(", "), key_text(&names))
        }
        _ => "name the columns that identify a row: `key: id`".to_owned(),
    };
    Diagnostic::new(lints::SINK_KEY_MISSING, config.span, message).help(help)
}

fn key_text(names: &[&str]) -> String {
    match names {
        [one] => (*one).to_owned(),
        many => format!("[{}]", many.join(", ")),
    }
}

/// An append-only sink fed by updates: Flink refuses it ("doesn't support consuming update changes").
fn cannot_update(declaration: &ast::Sink, from: &ast::Name, props: &Properties) -> Diagnostic {
    let connector = &declaration.connector.name;
    let kinds = props.changelog.kinds().join(", ");
    let message =
        format!("`{}` produces updates ({kinds}), and a `{}` sink only appends", from.text, connector.text);
    let mut help =
        String::from("group by a window to get final rows, or write to a sink that replaces rows by key");
    if connector.text == "kafka" {
        let key = props.primary_key().filter(|k| !k.is_empty()).map(|key| {
            let names: Vec<&str> = key.iter().map(|c| props.schema.columns[*c].name.as_str()).collect();
            key_text(&names)
        });
        help = format!(
            "group by a window to get final rows, or use `upsert_kafka` with `key: {}`",
            key.as_deref().unwrap_or("…")
        );
    }
    Diagnostic::new(lints::SINK_CANNOT_UPDATE, from.span, message)
        .also(connector.span, "takes rows that are only added")
        .help(help)
}

/// The key of the sink is not what identifies the rows: updates of different rows would overwrite one another.
fn key_mismatch(config: &ConnectorConfig, key: &[usize], props: &Properties, out: &mut Vec<Diagnostic>) {
    if props.changelog.is_insert_only() || props.keys.is_empty() {
        return;
    }
    if props.keys.iter().any(|unique| unique.iter().all(|c| key.contains(c))) {
        return;
    }
    let name = |c: &usize| props.schema.columns[*c].name.as_str();
    let unique: Vec<&str> = props.primary_key().into_iter().flatten().map(name).collect();
    let message = format!(
        "rows are unique by {}, and the sink replaces them by {}",
        if unique.is_empty() { "nothing: there is one row".to_owned() } else { unique.join(", ") },
        key.iter().map(name).collect::<Vec<_>>().join(", ")
    );
    let span = config.spans.get("key").copied().or(config.span);
    let mut d = Diagnostic::new(lints::SINK_KEY_MISMATCH, span, message)
        .help("rows of one sink key overwrite one another in an order that no engine promises");
    if let (Some(span), false) = (span, unique.is_empty()) {
        let text = key_text(&unique);
        d = d.fix(format!("use `key: {text}`"), span, text);
    }
    out.push(d);
}

/// Whether a text format can write values of the type and of all its parts.
fn has_text(kind: &TypeKind) -> bool {
    match kind {
        TypeKind::Null
        | TypeKind::Interval(_)
        | TypeKind::Symbol
        | TypeKind::Raw(_)
        | TypeKind::Structured(..)
        | TypeKind::Variant
        | TypeKind::Bitmap => false,
        TypeKind::Array(element) | TypeKind::Multiset(element) => has_text(&element.kind),
        TypeKind::Map(key, value) => has_text(&key.kind) && has_text(&value.kind),
        TypeKind::Row(fields) => fields.iter().all(|field| has_text(&field.ty.kind)),
        _ => true,
    }
}

/// Types that no text format can write.
fn unwritable(config: &ConnectorConfig, from: &ast::Name, props: &Properties, out: &mut Vec<Diagnostic>) {
    if config.connector == "print" {
        return;
    }
    for column in &props.schema.columns {
        if !has_text(&column.ty.kind) {
            let message = format!(
                "the column `{}` is {}, which `{}` cannot write",
                column.name, column.ty, config.connector
            );
            out.push(
                Diagnostic::new(schemas::UNWRITABLE_TYPE, from.span, message)
                    .help("cast it to a type that has a text"),
            );
        }
    }
}
