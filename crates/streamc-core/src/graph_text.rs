//! `streamc graph`: the components and their edges, as text and for other tools.

use serde_json::json;
use std::fmt::Write;
use streamc_plan::{ComponentKind, Plan};

/// How to write the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum GraphFormat {
    Text,
    Mermaid,
    Dot,
    Json,
}

/// The graph of a plan.
pub fn render_graph(plan: &Plan, format: GraphFormat) -> String {
    match format {
        GraphFormat::Text => text(plan),
        GraphFormat::Mermaid => mermaid(plan),
        GraphFormat::Dot => dot(plan),
        GraphFormat::Json => graph_json(plan),
    }
}

fn connector(kind: &ComponentKind) -> Option<&str> {
    match kind {
        ComponentKind::Source(source) => Some(&source.connector.connector),
        ComponentKind::Sink(sink) => Some(&sink.connector.connector),
        ComponentKind::Stream(_) => None,
    }
}

/// One line a component, with what it reads; long chains stay flat.
fn text(plan: &Plan) -> String {
    let width = plan.components.iter().map(|c| c.name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for component in &plan.components {
        let mut line = format!("{:<6}  {:<width$}", component.kind_name(), component.name);
        let reads = component.reads();
        if !reads.is_empty() {
            let _ = write!(line, "  ← {}", reads.join(", "));
        }
        if let Some(connector) = connector(&component.kind) {
            let _ = write!(line, "  [{connector}]");
        }
        if !component.props.changelog.is_insert_only() {
            let _ = write!(line, "  {}", component.props.changelog.kinds().join(" "));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn mermaid(plan: &Plan) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
    };
    let id = |name: &str| plan.components.iter().position(|c| c.name == name).map(|n| format!("n{n}"));
    let mut out = String::from("flowchart LR\n");
    for (n, component) in plan.components.iter().enumerate() {
        let name = escape(&component.name);
        let shape = match &component.kind {
            ComponentKind::Source(s) => format!("[(\"{name}<br/>{}\")]", escape(&s.connector.connector)),
            ComponentKind::Sink(s) => format!("[/\"{name}<br/>{}\"/]", escape(&s.connector.connector)),
            ComponentKind::Stream(_) => format!("[\"{name}\"]"),
        };
        let _ = writeln!(out, "  n{n}{shape}");
    }
    for (n, component) in plan.components.iter().enumerate() {
        for read in component.reads() {
            if let Some(from) = id(&read) {
                let _ = writeln!(out, "  {from} --> n{n}");
            }
        }
    }
    out
}

fn dot(plan: &Plan) -> String {
    let quote =
        |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    let mut out = format!("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n", quote(&plan.app.name));
    for component in &plan.components {
        let shape = match &component.kind {
            ComponentKind::Source(_) => "cylinder",
            ComponentKind::Sink(_) => "note",
            ComponentKind::Stream(_) => "box",
        };
        let _ = writeln!(out, "  {} [shape={shape}];", quote(&component.name));
    }
    for component in &plan.components {
        for read in component.reads() {
            let _ = writeln!(out, "  {} -> {};", quote(&read), quote(&component.name));
        }
    }
    out.push_str("}\n");
    out
}

fn graph_json(plan: &Plan) -> String {
    let nodes: Vec<_> = plan
        .components
        .iter()
        .map(|c| {
            json!({
                "name": c.name, "kind": c.kind_name(), "connector": connector(&c.kind), "doc": c.doc,
                "changelog": c.props.changelog.kinds(),
                "columns": c.props.schema.columns.iter().map(|c| json!({ "name": c.name, "type": c.type_text() })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let edges: Vec<_> = plan
        .components
        .iter()
        .flat_map(|c| c.reads().into_iter().map(|read| json!({ "from": read, "to": c.name })))
        .collect();
    let value = json!({ "version": 1, "app": plan.app.name, "nodes": nodes, "edges": edges });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}
