//! `streamc describe`: the schema of every component, for people and for machines.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use streamc_plan::{ColumnRef, Component, ComponentKind, Lineage, Plan, Properties};
use streamc_types::TimeAttribute;

#[derive(Serialize)]
struct Description<'a> {
    version: u32,
    app: &'a str,
    components: Vec<ComponentDescription<'a>>,
}

#[derive(Serialize)]
struct ComponentDescription<'a> {
    name: &'a str,
    kind: &'a str,
    doc: Option<&'a str>,
    columns: Vec<ColumnDescription<'a>>,
    changelog: Vec<&'static str>,
    keys: Vec<Vec<&'a str>>,
    watermark: Option<WatermarkDescription<'a>>,
}

#[derive(Serialize)]
struct ColumnDescription<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    ty: String,
    time: Option<&'static str>,
    doc: Option<&'a str>,
    /// Columns of sources that the value is computed from.
    from: Vec<(String, String)>,
}

#[derive(Serialize)]
struct WatermarkDescription<'a> {
    column: &'a str,
    delay_ms: i64,
}

fn key_names(props: &Properties) -> Vec<Vec<&str>> {
    let name = |c: &usize| props.schema.columns.get(*c).map(|c| c.name.as_str());
    props.keys.iter().map(|key| key.iter().filter_map(name).collect()).collect()
}

/// The lineage of a component's columns: of a sink, that of its input.
fn lineage<'a>(component: &'a Component, plan: &'a Plan) -> &'a [Lineage] {
    match &component.kind {
        ComponentKind::Source(_) => &[],
        ComponentKind::Stream(stream) => &stream.relation.props.lineage,
        ComponentKind::Sink(sink) => match plan.component(&sink.input) {
            Some(input) => lineage(input, plan),
            None => &[],
        },
    }
}

/// The columns of sources that each column of each component is computed from.
fn origins(plan: &Plan) -> BTreeMap<ColumnRef, BTreeSet<ColumnRef>> {
    let mut out: BTreeMap<ColumnRef, BTreeSet<ColumnRef>> = BTreeMap::new();
    for component in &plan.components {
        let lineage = lineage(component, plan);
        for (i, column) in component.props.schema.columns.iter().enumerate() {
            let this = ColumnRef { component: component.name.clone(), column: column.name.clone() };
            let from = match &component.kind {
                ComponentKind::Source(_) => BTreeSet::from([this.clone()]),
                _ => {
                    let direct = lineage.get(i).map(|l| &l.value).into_iter().flatten();
                    direct
                        .flat_map(|c| out.get(c).cloned().unwrap_or_else(|| BTreeSet::from([c.clone()])))
                        .collect()
                }
            };
            out.insert(this, from);
        }
    }
    out
}

/// The description as JSON, version 1; `only` one component where given.
pub fn describe_json(plan: &Plan, only: Option<&str>) -> serde_json::Value {
    let origins = origins(plan);
    let wanted = plan.components.iter().filter(|c| only.is_none_or(|name| c.name == name));
    let components = wanted.map(|component| {
        let props = &component.props;
        let columns = props.schema.columns.iter().map(|column| {
            let this = ColumnRef { component: component.name.clone(), column: column.name.clone() };
            let from =
                if matches!(component.kind, ComponentKind::Source(_)) { None } else { origins.get(&this) };
            ColumnDescription {
                name: &column.name,
                ty: column.type_text(),
                time: column.time.map(|t| match t {
                    TimeAttribute::Rowtime => "rowtime",
                    TimeAttribute::Proctime => "proctime",
                }),
                doc: column.doc.as_deref(),
                from: from
                    .into_iter()
                    .flatten()
                    .map(|c| (c.component.to_string(), c.column.to_string()))
                    .collect(),
            }
        });
        ComponentDescription {
            name: &component.name,
            kind: component.kind_name(),
            doc: component.doc.as_deref(),
            columns: columns.collect(),
            changelog: props.changelog.kinds(),
            keys: key_names(props),
            watermark: props.watermark.as_ref().map(|w| WatermarkDescription {
                column: props.schema.columns.get(w.column).map_or("", |c| c.name.as_str()),
                delay_ms: w.delay_millis,
            }),
        }
    });
    let description = Description { version: 1, app: &plan.app.name, components: components.collect() };
    serde_json::to_value(description).unwrap_or_default()
}

/// The description for people.
pub fn describe_text(plan: &Plan, only: Option<&str>) -> String {
    let origins = origins(plan);
    let mut out = String::new();
    for component in plan.components.iter().filter(|c| only.is_none_or(|name| c.name == name)) {
        if !out.is_empty() {
            out.push('\n');
        }
        let props = &component.props;
        let from = match component.reads().as_slice() {
            [] => String::new(),
            reads => format!(" from {}", reads.join(", ")),
        };
        let _ = writeln!(out, "{} {}{from}", component.kind_name(), component.name);
        for line in component.doc.as_deref().unwrap_or_default().lines() {
            let _ = writeln!(out, "  {line}");
        }
        let width = props.schema.names().map(|n| n.chars().count()).max().unwrap_or(0);
        let types: Vec<String> = props.schema.columns.iter().map(streamc_types::Column::type_text).collect();
        let type_width = types.iter().map(|t| t.chars().count()).max().unwrap_or(0);
        for (column, ty) in props.schema.columns.iter().zip(&types) {
            let this = ColumnRef { component: component.name.clone(), column: column.name.clone() };
            let mut line = format!("  {:<width$}  {ty:<type_width$}", column.name);
            if !matches!(component.kind, ComponentKind::Source(_)) {
                let from: Vec<String> = origins
                    .get(&this)
                    .into_iter()
                    .flatten()
                    .map(|c| format!("{}.{}", c.component, c.column))
                    .collect();
                if !from.is_empty() {
                    let _ = write!(line, "  ← {}", from.join(", "));
                }
            }
            if let Some(doc) = &column.doc {
                let _ = write!(line, "  {}", doc.replace('\n', " "));
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let mut facts = vec![format!("changes {}", props.changelog.kinds().join(" "))];
        for key in key_names(props) {
            facts.push(format!("key ({})", key.join(", ")));
        }
        if let Some(w) = &props.watermark {
            let name = props.schema.columns.get(w.column).map_or("", |c| c.name.as_str());
            facts.push(format!("watermark {name} - {}", duration(w.delay_millis)));
        }
        let _ = writeln!(out, "  {}", facts.join(" · "));
    }
    out
}

/// `5s`, `1min`, `250ms`.
fn duration(millis: i64) -> String {
    for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")] {
        if millis != 0 && millis % unit == 0 {
            return format!("{}{name}", millis / unit);
        }
    }
    format!("{millis}ms")
}
