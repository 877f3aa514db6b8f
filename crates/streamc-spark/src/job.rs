//! `job.py`: a function for each component, and `main`.

use crate::capability::SESSION_KEYS;
use crate::connectors;
use crate::frame::Past;
use crate::python::{Argument, Names, Py, docstring, statement};
use crate::schema::struct_type;
use crate::steps::{Line, Rows, Steps};
use crate::{checks, duration};
use indexmap::{IndexMap, IndexSet};
use smol_str::SmolStr;
use streamc_backend::{BuildOptions, OutputFile, SourceMapEntry};
use streamc_diagnostics::Diagnostic;
use streamc_plan::{Component, ComponentKind, OptionValue, Plan};
use streamc_types::{Column, DataType, Field, RowSchema, TypeKind};

/// The job and what was found on the way.
pub(crate) struct Job {
    /// `job.py`.
    pub file: OutputFile,
    /// What Spark cannot do, or does in a way worth knowing.
    pub diagnostics: Vec<Diagnostic>,
}

const IMPORTS: &str = "\
from __future__ import annotations

import sys

import streamc_support as streamc
";

/// Builds the job. Without options there are no places in its comments.
pub(crate) fn job(plan: &Plan, options: Option<&BuildOptions<'_>>) -> Job {
    let mut diagnostics = Vec::new();
    let mut names = Names::default();
    let mut schemas: Vec<Line> = Vec::new();
    let mut functions: Vec<Line> = Vec::new();
    let mut main: Vec<String> = Vec::new();
    let mut components: IndexMap<SmolStr, Rows> = IndexMap::new();
    // Component names first, so that constants and functions give way to them.
    let mut needs_functions = false;
    let used = plan.used();
    for component in plan.components.iter().filter(|c| used.contains(&c.name)) {
        let doc = component.doc.as_deref();
        match &component.kind {
            ComponentKind::Source(source) => {
                let variable = names.of("", &component.name);
                let function = names.of("source_", &component.name);
                let constant = names.constant(&component.name, "");
                schemas.extend(schema(&constant, component, "records of the source"));
                let (body, frame) =
                    connectors::source(component, source, &constant, &plan.app.name, &mut diagnostics);
                let head = format!("def {function}(spark: SparkSession) -> DataFrame:");
                let doc = doc.map_or_else(|| format!("The source `{}`.", component.name), str::to_owned);
                functions.extend(function_lines(
                    &head,
                    &doc,
                    format!("source/{}", component.name),
                    component,
                    body,
                ));
                main.push(format!("    {variable} = {function}(job.spark)"));
                components.insert(component.name.clone(), Rows { variable, frame });
            }
            ComponentKind::Stream(stream) => {
                let variable = names.of("", &component.name);
                let function = names.of("stream_", &component.name);
                let mut inputs: Vec<String> = Vec::new();
                for name in stream.relation.scans() {
                    inputs.extend(components.get(&name).map(|rows| rows.variable.clone()));
                }
                let mut steps = Steps {
                    statements: Vec::new(),
                    diagnostics: &mut diagnostics,
                    components: &components,
                    places: options.map(|o| o.places),
                    branches: IndexMap::new(),
                    struct_only: false,
                };
                let rows = steps.relation(&stream.relation, "rows");
                let body = steps.body(&rows);
                needs_functions |= body.iter().any(|l| l.text.contains("F."));
                let parameters = inputs.iter().map(|i| format!("{i}: DataFrame")).collect::<Vec<_>>();
                let flat = format!("def {function}({}) -> DataFrame:", parameters.join(", "));
                let head = if flat.chars().count() <= 88 {
                    flat
                } else {
                    let one = format!("    {}", parameters.join(", "));
                    let inner = if one.chars().count() <= 88 {
                        one
                    } else {
                        parameters.iter().map(|p| format!("    {p},")).collect::<Vec<_>>().join("\n")
                    };
                    format!("def {function}(\n{inner}\n) -> DataFrame:")
                };
                let doc = doc.map_or_else(|| format!("The stream `{}`.", component.name), str::to_owned);
                let mut lines =
                    function_lines(&head, &doc, format!("stream/{}", component.name), component, Vec::new());
                lines.extend(body);
                functions.extend(lines);
                let arguments = inputs.iter().map(|i| Py::atom(i).into()).collect();
                main.extend(statement(4, &format!("{variable} = "), &Py::call(function, arguments)));
                components.insert(component.name.clone(), Rows { variable, frame: rows.frame });
            }
            ComponentKind::Sink(sink) => {
                let function = names.of("sink_", &component.name);
                let constant = names.constant(&component.name, "");
                let input = components.get(&sink.input).cloned();
                let Some(input) = input else { continue };
                schemas.extend(schema(&constant, component, "rows of the sink"));
                let body = connectors::sink(component, sink, &input.frame, &constant, &mut diagnostics);
                let head = format!("def {function}(rows: DataFrame) -> DataStreamWriter:");
                let doc = doc.map_or_else(|| format!("The sink `{}`.", component.name), str::to_owned);
                functions.extend(function_lines(
                    &head,
                    &doc,
                    format!("sink/{}", component.name),
                    component,
                    body,
                ));
                if input.frame.session.is_some() {
                    diagnostics.push(SESSION_KEYS.refuse(sink.connector.span.or(component.span)));
                }
                checks::sink(plan, component, sink, input.frame.past, &mut diagnostics);
                let writer = Py::call(function, vec![Py::atom(&input.variable).into()]);
                let mut arguments: Vec<Argument> = vec![Py::string(&component.name).into(), writer.into()];
                let Past { bounded, unbounded, .. } = input.frame.past;
                if bounded && !unbounded {
                    arguments.push(Py::atom("True").named("bounded"));
                }
                if sink.connector.connector == "file" {
                    arguments.push(connectors::required(&sink.connector, "path").named("files"));
                }
                main.extend(statement(4, "", &Py::atom("job").method("query", arguments)));
            }
        }
    }
    checks::application(plan, &mut diagnostics);

    let mut lines: Vec<Line> = Vec::new();
    let version = options.map_or("", |o| o.version);
    let mut doc =
        format!("{}: made by streamc {version}; change the `.stream` file instead.\n", plan.app.name);
    if let Some(text) = &plan.app.doc {
        doc.push('\n');
        doc.push_str(text);
    }
    lines.extend(docstring(&doc, 0).into_iter().map(Line::plain));
    lines.push(Line::plain(""));
    let mut imports = IMPORTS.to_owned();
    imports.push_str("from pyspark.sql import DataFrame, SparkSession\n");
    let text = |lines: &[Line]| lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n");
    if needs_functions || text(&functions).contains("F.") {
        imports.push_str("from pyspark.sql import functions as F\n");
    }
    if !schemas.is_empty() {
        imports.push_str("from pyspark.sql import types as T\n");
    }
    imports.push_str("from pyspark.sql.streaming import DataStreamWriter\n");
    lines.extend(imports.lines().map(Line::plain));
    if !schemas.is_empty() {
        lines.push(Line::plain(""));
        lines.extend(schemas);
    }
    lines.extend(functions);
    lines.extend([Line::plain(""), Line::plain(""), Line::plain("def main() -> int:")]);
    lines
        .push(Line::plain("    \"\"\"Starts a query for each sink and waits for them; the exit code.\"\"\""));
    lines.extend(statement(4, "job = ", &start(plan, &used)).into_iter().map(Line::plain));
    lines.extend(main.into_iter().map(Line::plain));
    lines.extend(
        ["    return job.wait()", "", "", "if __name__ == \"__main__\":", "    sys.exit(main())"]
            .map(Line::plain),
    );
    Job { file: file(lines), diagnostics }
}

/// `streamc.start("app", …)`.
fn start(plan: &Plan, used: &IndexSet<SmolStr>) -> Py {
    let mut arguments: Vec<Argument> = vec![Py::string(&plan.app.name).into()];
    let interval = match plan.app.settings.get("batch_interval") {
        Some(OptionValue::Duration(millis)) => *millis,
        _ => 5000,
    };
    arguments.push(Py::string(&duration(interval)).named("batch_interval"));
    if let Some(root) = plan.app.settings.get("checkpoint_dir") {
        arguments.push(connectors::setting(root).named("checkpoint_dir"));
    }
    let brokers = plan.components.iter().filter(|c| used.contains(&c.name)).filter_map(|component| {
        let servers = component.connector()?.option("brokers")?;
        Some((format!("{}/{}", component.kind_name(), component.name), connectors::setting(servers)))
    });
    let brokers: Vec<(String, Py)> = brokers.collect();
    if !brokers.is_empty() {
        arguments.push(Py::Dict(brokers).named("brokers"));
    }
    let config = settings(plan).into_iter().map(|(k, v)| (k.to_owned(), Py::string(&v))).collect();
    arguments.push(Py::Dict(config).named("config"));
    Py::call("streamc.start", arguments)
}

/// Settings of this application; those that every job needs are in the support module.
pub(crate) fn settings(plan: &Plan) -> Vec<(&'static str, String)> {
    let parallelism = match plan.app.settings.get("parallelism") {
        Some(OptionValue::Int(n)) => *n,
        _ => 1,
    };
    vec![("spark.sql.shuffle.partitions", parallelism.to_string())]
}

fn schema(constant: &str, component: &Component, what: &str) -> Vec<Line> {
    let mut lines = vec![Line::plain(format!(
        "# {}",
        crate::python::comment(&format!("The {what} `{}`.", component.name))
    ))];
    let value = match &component.kind {
        ComponentKind::Source(source) => struct_type(&source.schema),
        _ => struct_type(&plain(&component.props.schema)),
    };
    lines.extend(statement(0, &format!("{constant} = "), &value).into_iter().map(Line::plain));
    lines
}

/// The columns without what matters for reading only: digits and nullability.
fn plain(schema: &RowSchema) -> RowSchema {
    fn of(ty: &DataType) -> DataType {
        let kind = match &ty.kind {
            TypeKind::Timestamp(_) => TypeKind::Timestamp(6),
            TypeKind::TimestampLtz(_) => TypeKind::TimestampLtz(6),
            TypeKind::Array(e) => TypeKind::Array(Box::new(of(e))),
            TypeKind::Map(k, v) => TypeKind::Map(Box::new(of(k)), Box::new(of(v))),
            TypeKind::Row(fields) => {
                TypeKind::Row(fields.iter().map(|f| Field { ty: of(&f.ty), ..f.clone() }).collect())
            }
            kind => kind.clone(),
        };
        DataType::new(kind)
    }
    RowSchema::new(schema.columns.iter().map(|c| Column::new(c.name.clone(), of(&c.ty))).collect())
}

fn function_lines(head: &str, doc: &str, id: String, component: &Component, body: Vec<String>) -> Vec<Line> {
    let mut lines = vec![Line::plain(""), Line::plain("")];
    for (i, text) in head.lines().enumerate() {
        lines.push(Line { text: text.to_owned(), origin: (i == 0).then(|| (id.clone(), component.span)) });
    }
    lines.extend(docstring(doc, 4).into_iter().map(Line::plain));
    lines.extend(body.into_iter().map(Line::plain));
    lines
}

fn file(lines: Vec<Line>) -> OutputFile {
    let mut file = OutputFile::new("spark/job.py", "");
    for (i, line) in lines.into_iter().enumerate() {
        if let Some((id, span)) = line.origin {
            file.source_map.push(SourceMapEntry { line: i as u32 + 1, id, span });
        }
        file.contents.push_str(&line.text);
        file.contents.push('\n');
    }
    file
}
