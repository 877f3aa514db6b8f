//! Sinks.

use super::{required, supported, with_option, with_table_options};
use crate::frame::Frame;
use crate::python::{Argument, Py, statement};
use crate::sql::{is_supported, path};
use crate::steps::renamed;
use streamc_connectors::Role;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{Component, Sink};
use streamc_types::TypeKind;

/// The body of a sink's function: it returns a `DataStreamWriter`. `schema` is the constant with its columns.
pub(crate) fn sink(
    component: &Component,
    sink: &Sink,
    frame: &Frame,
    schema: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let config = &sink.connector;
    if !supported(component, config, Role::Sink, diagnostics) {
        return Vec::new();
    }
    check_columns(component, sink, diagnostics);
    let columns = &component.props.schema.columns;
    let mut lines = Vec::new();
    let named = frame.names.iter().zip(columns).all(|(name, c)| *name == c.name);
    if !named {
        let select = frame.names.iter().zip(columns).map(|(old, c)| renamed(old, &c.name).into()).collect();
        lines.extend(statement(4, "rows = ", &Py::atom("rows").method("select", select)));
    }
    let mode = if frame.past.updating { "update" } else { "append" };
    let iso = config.text("timestamp_format") == Some("iso_8601");
    let with_iso = |mut arguments: Vec<Argument>| {
        if iso {
            arguments.push(Py::atom("True").named("iso_timestamps"));
        }
        arguments
    };
    let format = config.text("format").unwrap_or("json");
    let rows = || Argument::from(Py::atom("rows"));
    match config.connector.as_str() {
        "print" => {
            let mut arguments = vec![rows(), Py::atom(schema).into(), Py::string(mode).named("mode")];
            if config.option("label").is_some() {
                arguments.push(required(config, "label").named("label"));
            }
            lines.extend(statement(4, "return ", &Py::call("streamc.printer", arguments)));
        }
        "file" => {
            let prepare = if format == "parquet" { "streamc.typed" } else { "streamc.printable" };
            let arguments = vec![rows(), Py::atom(schema).into()];
            let arguments = if format == "json" { with_iso(arguments) } else { arguments };
            lines.extend(statement(4, "files = ", &Py::call(prepare, arguments)));
            let mut writer = Py::atom("files.writeStream")
                .method("format", vec![Py::string(format).into()])
                .method("outputMode", vec![Py::string(mode).into()]);
            if let Some(streamc_plan::OptionValue::List(folders)) = config.option("partition_by") {
                let folders = folders.iter().map(|c| Py::string(&path(c)).into()).collect();
                writer = writer.method("partitionBy", folders);
            }
            match format {
                "json" => writer = with_option(writer, "ignoreNullFields", Py::string("false")),
                "csv" => {
                    writer = with_option(writer, "escape", Py::string("\""));
                    writer = with_option(writer, "emptyValue", Py::string(""));
                    // Spark would cut blanks at both ends of a text.
                    writer = with_option(writer, "ignoreLeadingWhiteSpace", Py::string("false"));
                    writer = with_option(writer, "ignoreTrailingWhiteSpace", Py::string("false"));
                }
                _ => {}
            }
            writer = with_option(writer, "path", required(config, "path"));
            writer = with_table_options(writer, config, &["path"]);
            lines.extend(statement(4, "return ", &writer));
        }
        _ => {
            let mut fields: Vec<Argument> = Vec::new();
            let encode = |only: Option<&[usize]>| match format {
                "raw" => {
                    let name = only.and_then(|o| o.first()).copied().or(Some(0)).and_then(|i| columns.get(i));
                    Py::call(
                        "streamc.encode_raw",
                        vec![rows(), Py::string(name.map_or("", |c| &c.name)).into()],
                    )
                }
                _ => {
                    let mut arguments = vec![rows(), Py::atom(schema).into()];
                    if let Some(only) = only {
                        let key = only
                            .iter()
                            .filter_map(|i| columns.get(*i))
                            .map(|c| Py::string(&c.name))
                            .collect();
                        arguments.push(Py::List(key).named("only"));
                    }
                    let arguments = if format == "json" { with_iso(arguments) } else { arguments };
                    Py::call(format!("streamc.encode_{format}"), arguments)
                }
            };
            if !sink.key.is_empty() {
                fields.push(encode(Some(&sink.key)).method("alias", vec![Py::string("key").into()]).into());
            }
            fields.push(encode(None).method("alias", vec![Py::string("value").into()]).into());
            lines.extend(statement(4, "records = ", &Py::atom("rows").method("select", fields)));
            let mut writer = Py::atom("records.writeStream")
                .method("format", vec![Py::string("kafka").into()])
                .method("outputMode", vec![Py::string(mode).into()]);
            writer = with_option(writer, "kafka.bootstrap.servers", required(config, "brokers"));
            writer = with_option(writer, "topic", required(config, "topic"));
            writer = with_table_options(writer, config, &["brokers", "topic"]);
            lines.extend(statement(4, "return ", &writer));
        }
    }
    lines
}

fn check_columns(component: &Component, sink: &Sink, diagnostics: &mut Vec<Diagnostic>) {
    let config = &sink.connector;
    let span = config.span.or(component.span);
    let format = config.text("format").unwrap_or("json");
    for column in &component.props.schema.columns {
        let nested = matches!(column.ty.kind, TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_));
        let problem = match is_supported(&column.ty) {
            Err(reason) => Some(reason),
            Ok(()) if column.ty.is_interval() => Some("no format of records has intervals".to_owned()),
            Ok(()) if nested && format == "csv" => Some("Spark's CSV has no nested cells".to_owned()),
            Ok(()) => None,
        };
        if let Some(reason) = problem {
            let message = format!("the type {} of `{}` has no equal on Spark", column.ty.kind, column.name);
            // A column that comes from a source as it is was refused there.
            if !diagnostics.iter().any(|d| d.message == message) {
                diagnostics.push(Diagnostic::new(engines::TYPE_NOT_ON_SPARK, span, message).help(reason));
            }
        }
    }
    let text = |ty: &streamc_types::DataType| ty.is_string() || ty.is_binary();
    if format == "raw" && !matches!(component.props.schema.columns.as_slice(), [only] if text(&only.ty)) {
        let message = "a `raw` record is one column of type STRING or BYTES";
        let help = "select the one column that is the record, cast to STRING";
        diagnostics.push(Diagnostic::new(engines::NOT_ON_SPARK, span, message).help(help));
    }
}
