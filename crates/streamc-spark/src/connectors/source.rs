//! Sources.

use super::{passthrough, required, supported, value, with_option, with_table_options};
use crate::duration;
use crate::frame::{Frame, Past};
use crate::python::{Argument, Py, statement};
use crate::sql::{is_supported, path};
use streamc_connectors::Role;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{Component, Source};
use streamc_types::TypeKind;

/// Whether the source ends by itself.
fn is_bounded(source: &Source) -> bool {
    match source.connector.connector.as_str() {
        "kafka" => source.connector.text("end") == Some("latest"),
        "file" => source.connector.option("monitor").is_none(),
        _ => true,
    }
}

/// The body of a source's function, and the frame it returns. `schema` is the constant with its columns.
pub(crate) fn source(
    component: &Component,
    source: &Source,
    schema: &str,
    app: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<String>, Frame) {
    let names: Vec<String> = source.schema.names().map(str::to_owned).collect();
    let bounded = is_bounded(source);
    let past =
        Past { bounded, unbounded: !bounded, watermark: source.watermark.is_some(), ..Past::default() };
    let events = source.watermark.iter().map(|w| w.column).collect();
    let frame = Frame { names, window: None, events, session: None, past };
    if !supported(component, &source.connector, Role::Source, diagnostics) {
        return (Vec::new(), frame);
    }
    check_columns(component, source, diagnostics);
    let config = &source.connector;
    let on_error = config.text("on_error").unwrap_or("fail");
    let format = config.text("format").unwrap_or("json");
    let mut lines = Vec::new();
    let spark = || Argument::from(Py::atom("spark"));
    let records = match config.connector.as_str() {
        "kafka" => {
            let mut reader = Py::atom("spark.readStream").method("format", vec![Py::string("kafka").into()]);
            reader = with_option(reader, "kafka.bootstrap.servers", required(config, "brokers"));
            reader = with_option(reader, "subscribe", required(config, "topic"));
            let group = config.option("group").map_or_else(|| Py::string(app), value);
            reader = with_option(reader, "groupIdPrefix", group);
            let start = match config.text("start").unwrap_or("earliest") {
                "group" => {
                    let message = "a Spark job cannot start from a consumer group's offsets";
                    let help = "Spark keeps its offsets in the checkpoint; write `start: earliest` or `start: latest`";
                    let span = config.spans.get("start").copied().or(component.span);
                    let mut d = Diagnostic::new(engines::NOT_ON_SPARK, span, message).help(help);
                    if let Some(span) = span {
                        d = d.fix("start at the earliest record", span, "earliest");
                    }
                    diagnostics.push(d);
                    "earliest"
                }
                start => start,
            };
            reader = with_option(reader, "startingOffsets", Py::string(start));
            reader = with_option(reader, "failOnDataLoss", Py::string("true"));
            reader = with_option(reader, "kafka.isolation.level", Py::string("read_committed"));
            reader = with_table_options(reader, config, &["brokers", "topic"]).method("load", Vec::new());
            lines.extend(statement(4, "records = ", &reader));
            Py::atom("records")
        }
        _ => {
            let mut arguments = vec![spark(), required(config, "path").into()];
            arguments.extend(passthrough(config));
            match format {
                "json" => {
                    lines.extend(statement(4, "records = ", &Py::call("streamc.read_lines", arguments)));
                    Py::atom("records")
                }
                // Cells and columns are read by Spark itself.
                _ => {
                    arguments.insert(2, Py::atom(schema).into());
                    if format == "csv" {
                        arguments.insert(3, Py::string(on_error).named("on_error"));
                    }
                    lines.extend(statement(
                        4,
                        "records = ",
                        &Py::call(format!("streamc.read_{format}"), arguments),
                    ));
                    Py::atom("records")
                }
            }
        }
    };
    let mut arguments: Vec<Argument> = vec![records.into(), Py::atom(schema).into()];
    let decode = match (config.connector.as_str(), format) {
        (_, "json") => "streamc.decode_json",
        ("kafka", "csv") => "streamc.decode_csv",
        ("kafka", _) => "streamc.decode_raw",
        (_, "csv") => "streamc.decode_cells",
        _ => "streamc.decode_columns",
    };
    if matches!(format, "json" | "csv") {
        arguments.push(Py::string(on_error).named("on_error"));
    }
    if source.iso_timestamps && format == "json" {
        arguments.push(Py::atom("True").named("iso_timestamps"));
    }
    let event = source.watermark.as_ref().and_then(|w| Some((frame.names.get(w.column)?, w.delay_millis)));
    if let Some((column, _)) = event {
        arguments.push(Py::string(column).named("event_time"));
    }
    let rows = Py::call(decode, arguments);
    match event {
        None => lines.extend(statement(4, "return ", &rows)),
        Some((column, delay)) => {
            lines.extend(statement(4, "rows = ", &rows));
            let arguments = vec![Py::string(&path(column)).into(), Py::string(&duration(delay)).into()];
            lines.extend(statement(4, "return ", &Py::atom("rows").method("withWatermark", arguments)));
        }
    }
    (lines, frame)
}

/// Every column must have a type that Spark has, and that the format can hold.
fn check_columns(component: &Component, source: &Source, diagnostics: &mut Vec<Diagnostic>) {
    let config = &source.connector;
    let span = config.spans.get("schema").copied().or(component.span).or(config.span);
    for column in &source.schema.columns {
        let nested = matches!(column.ty.kind, TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_));
        let problem = match is_supported(&column.ty) {
            Err(reason) => Some(reason),
            Ok(()) if column.ty.is_interval() => Some("no format of records has intervals".to_owned()),
            Ok(()) if nested && config.text("format") == Some("csv") => {
                Some("Spark's CSV has no nested cells".to_owned())
            }
            Ok(()) => None,
        };
        if let Some(reason) = problem {
            let message = format!("the type {} of `{}` has no equal on Spark", column.ty.kind, column.name);
            diagnostics.push(Diagnostic::new(engines::TYPE_NOT_ON_SPARK, span, message).help(reason));
        }
    }
    let sample = source.sample.as_deref().unwrap_or_default().to_ascii_lowercase();
    let with_header = sample.trim_end_matches(".gz").rsplit('.').next() == Some("csv");
    if config.connector == "file" && config.text("format") == Some("csv") && with_header {
        let message = "Spark reads a header line of these files as a record";
        let help =
            "columns are found by position, as on Flink: write the files without a header, or as JSON lines";
        let span = config.spans.get("format").copied().or(span);
        diagnostics.push(Diagnostic::new(engines::CSV_HEADER, span, message).help(help));
    }
    let raw = config.text("format") == Some("raw");
    let text = |ty: &streamc_types::DataType| ty.is_string() || ty.is_binary();
    if raw && !matches!(source.schema.columns.as_slice(), [only] if text(&only.ty)) {
        let message = "a `raw` record is one column of type STRING or BYTES";
        let help = "declare one such column and take it apart in a stream";
        diagnostics.push(Diagnostic::new(engines::NOT_ON_SPARK, span, message).help(help));
    }
}
