//! What Flink cannot read from records and files, or write to files.

use crate::connectors::words;
use crate::types::has_timestamp;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines::{CSV_HEADER, NOT_ON_FLINK, SKIPPED_NOT_NULL};
use streamc_plan::{Component, Sink, Source};
use streamc_types::TypeKind;

/// Of a source.
pub(super) fn source(component: &Component, source: &Source, out: &mut Vec<Diagnostic>) {
    let config = &source.connector;
    out.extend(skipped(source));
    if config.connector != "file" {
        return;
    }
    match config.text("format") {
        Some("csv") => out.extend(header(source)),
        Some("parquet") => {
            let span = config.spans.get("schema").copied().or(config.span).or(component.span);
            for column in &source.schema.columns {
                let plain = matches!(column.ty.kind, TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_));
                if plain || !has_timestamp(&column.ty) {
                    continue;
                }
                let message = format!(
                    "Flink cannot read the timestamps inside of `{}` from Parquet files",
                    column.name
                );
                let help = "in an array, map or row its reader stops at a timestamp of 64 bits, which most programs \
                            write; leave the column out, or read JSON";
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
        }
        _ => {}
    }
}

/// A field that is skipped is `NULL` on Flink, whatever its column is declared as.
fn skipped(source: &Source) -> Option<Diagnostic> {
    let config = &source.connector;
    let skips = config.text("on_error") == Some("skip")
        && matches!(config.text("format"), None | Some("json" | "csv"));
    let column = source.schema.columns.iter().find(|c| !c.ty.nullable).filter(|_| skips)?;
    let span = config.spans.get("on_error").copied().or(config.span);
    let message = format!("Flink does not drop a record whose `{}` cannot be read", column.name);
    let help = "it goes on with `NULL` in a column that is NOT NULL, and fails the job at a sink: declare the column \
                without NOT NULL, and filter";
    Some(Diagnostic::new(SKIPPED_NOT_NULL, span, message).help(help))
}

/// A sample in CSV has a header (inference needs it), and Flink's files must not.
fn header(source: &Source) -> Option<Diagnostic> {
    let config = &source.connector;
    let sample = source.sample.as_deref().unwrap_or_default().to_ascii_lowercase();
    let with_header = sample.trim_end_matches(".gz").rsplit('.').next() == Some("csv");
    let span = config.spans.get("format").copied().or(config.span);
    let message = "Flink reads a header line of these files as a record";
    let help =
        "its CSV finds columns by position and has no header: write the files without one, or as JSON lines";
    with_header.then(|| Diagnostic::new(CSV_HEADER, span, message).help(help))
}

/// Of a sink: the value of a column as the name of a folder.
pub(super) fn sink(component: &Component, sink: &Sink, out: &mut Vec<Diagnostic>) {
    let config = &sink.connector;
    let span = config.spans.get("partition_by").copied().or(config.span).or(component.span);
    for name in words(config.option("partition_by")) {
        let Some(column) = component.props.schema.columns.iter().find(|c| c.name == name) else { continue };
        let named_as_written = column.ty.is_string()
            || matches!(
                column.ty.kind,
                TypeKind::Boolean | TypeKind::TinyInt | TypeKind::SmallInt | TypeKind::Int | TypeKind::BigInt
            );
        if !named_as_written {
            let message = format!("Flink names no folders by `{name}`, which is {}", column.ty.kind);
            let help = "it would take the number that stands for the value inside of Flink: cast the column to STRING";
            out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
        }
    }
}
