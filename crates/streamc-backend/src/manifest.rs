//! `manifest.json`: the public face of a plan.
//!
//! Two manifests must be enough to say whether the state of a running job survives an edit. So it holds, besides schemas
//! and lineage, what each stateful operator keeps and by what: an expression is there as text, for people, and as a hash
//! of what it computes down to the columns of sources, for comparison. Keys stand in a fixed order; version 1.

mod connector;
mod definition;
mod operators;

use crate::{BuildOptions, OutputFile};
use definition::Definitions;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use streamc_plan::{Component, ComponentKind, Lineage, Plan, StreamText};
use streamc_types::Column;

/// Version of the format.
const VERSION: u32 = 1;

/// The manifest of a build: of the plan, and of the files that the backends made of it.
pub fn manifest(plan: &Plan, files: &[OutputFile], options: &BuildOptions<'_>) -> OutputFile {
    let app = &plan.app;
    let settings = app.settings.iter().map(|(k, v)| (k.to_string(), connector::value(v)));
    let mut definitions = Definitions::new(plan);
    let components: Vec<Value> = plan.components.iter().map(|c| component(plan, c, options)).collect();
    let operators = operators::all(plan, &mut definitions, options);
    let contents = json!({
        "version": VERSION,
        "compiler": options.version,
        "app": {
            "name": app.name,
            "doc": app.doc,
            "engine": app.engine.as_str(),
            "delivery": app.delivery.map(|d| d.as_str()),
        },
        "settings": settings.collect::<Map<String, Value>>(),
        "components": components,
        "operators": operators,
        "files": files.iter().map(file).collect::<Vec<_>>(),
        "source_map": files.iter().filter(|f| !f.source_map.is_empty()).map(|f| source_map(f, options)).collect::<Map<_, _>>(),
    });
    let text = serde_json::to_string_pretty(&contents).unwrap_or_default();
    OutputFile::new("manifest.json", format!("{text}\n"))
}

fn component(plan: &Plan, component: &Component, options: &BuildOptions<'_>) -> Value {
    let props = &component.props;
    let names = |columns: &[usize]| -> Vec<&str> {
        columns.iter().filter_map(|c| props.schema.columns.get(*c)).map(|c| c.name.as_str()).collect()
    };
    let lineage = |i: usize| props.lineage.get(i);
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    put("name", json!(component.name));
    put("kind", json!(component.kind_name()));
    put("doc", json!(component.doc));
    put("at", place(component.span, options));
    put("reads", json!(component.reads()));
    let columns = props.schema.columns.iter().enumerate();
    put("columns", columns.map(|(i, c)| column(c, lineage(i))).collect());
    put("changelog", json!(props.changelog.kinds()));
    put("keys", props.keys.iter().map(|k| json!(names(k))).collect());
    let watermark = props.watermark.as_ref().and_then(|w| {
        let column = props.schema.columns.get(w.column)?;
        Some(json!({"column": column.name, "delay_millis": w.delay_millis}))
    });
    put("watermark", json!(watermark));
    match &component.kind {
        ComponentKind::Source(source) => put("connector", connector::source(plan, source)),
        ComponentKind::Sink(sink) => {
            put("input", json!(sink.input));
            put("key", json!(names(&sink.key)));
            put("connector", connector::sink(plan, component, sink));
        }
        ComponentKind::Stream(stream) => {
            put("written_as", json!(if matches!(stream.text, StreamText::Pipe) { "pipe" } else { "sql" }));
        }
    }
    Value::Object(out)
}

fn column(column: &Column, lineage: Option<&Lineage>) -> Value {
    let time = column.time.map(|t| match t {
        streamc_types::TimeAttribute::Rowtime => "event",
        streamc_types::TimeAttribute::Proctime => "processing",
    });
    let refs = |of: fn(&Lineage) -> &std::collections::BTreeSet<streamc_plan::ColumnRef>| -> Vec<Value> {
        lineage.into_iter().flat_map(of).map(|r| json!([r.component, r.column])).collect()
    };
    json!({
        "name": column.name,
        "type": column.ty.to_string(),
        "time": time,
        "doc": column.doc,
        "from": refs(|l| &l.value),
        "depends_on": refs(|l| &l.condition),
    })
}

fn file(file: &OutputFile) -> Value {
    json!({"path": file.path, "bytes": file.contents.len(), "sha256": hex(file.contents.as_bytes())})
}

fn source_map(file: &OutputFile, options: &BuildOptions<'_>) -> (String, Value) {
    let entries =
        file.source_map.iter().map(|e| json!({"line": e.line, "id": e.id, "at": place(e.span, options)}));
    (file.path.clone(), entries.collect())
}

/// `"file.stream:12:3"`, or `null`.
fn place(span: Option<streamc_diagnostics::Span>, options: &BuildOptions<'_>) -> Value {
    let place = span.and_then(|s| options.places.place(s));
    json!(place.map(|p| format!("{}:{}:{}", p.path, p.line, p.column)))
}

/// SHA-256 in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
