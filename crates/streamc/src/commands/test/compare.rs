//! Rows that came out against rows that were expected.

use super::span_of_line;
use streamc_core::TestTable;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::schemas;
use streamc_formats::{
    CsvOptions, Decoded, JsonDecoder, JsonEncoder, JsonOptions, RecordFormat, RecordReader,
};
use streamc_local::fold_changelog;
use streamc_plan::{Component, ComponentKind};
use streamc_types::{Row, RowKind};

/// What one `expect` came to.
pub(super) struct Comparison {
    /// The component.
    pub target: String,
    /// Expected rows that did not come, as JSON.
    pub missing: Vec<String>,
    /// Rows that came and were not expected.
    pub unexpected: Vec<String>,
    /// All rows that came.
    actual: Vec<String>,
}

impl Comparison {
    /// Whether exactly the expected rows came.
    pub fn is_equal(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty()
    }

    /// The rows that came, as the text of an `expect` block with the indentation that it has.
    pub fn block(&self, table: &TestTable) -> String {
        let line = table.text.lines().find(|l| !l.trim().is_empty()).unwrap_or("    ");
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = table.text.rsplit('\n').next().filter(|l| l.trim().is_empty()).unwrap_or("  ");
        let lead = if table.text.starts_with('\n') { "\n" } else { "" };
        let rows: String = self.actual.iter().map(|row| format!("{indent}{row}\n")).collect();
        format!("{lead}{rows}{end}")
    }
}

/// Compares as multisets of final rows: for a stream with updates, the table that its changelog describes. A row states
/// every column; one that is not written is `NULL`.
pub(super) fn compare(
    component: &Component,
    table: &TestTable,
    actual: &[(RowKind, Row)],
) -> Result<Comparison, Vec<Diagnostic>> {
    let schema = &component.props.schema;
    let iso = matches!(&component.kind, ComponentKind::Sink(s) if s.connector.text("timestamp_format") == Some("iso_8601"));
    let timestamp_standard = if iso {
        streamc_formats::TimestampStandard::Iso8601
    } else {
        streamc_formats::TimestampStandard::Sql
    };
    let options = JsonOptions { timestamp_standard, decimal_as_plain_number: true, ..JsonOptions::default() };
    let fault = |message: String| {
        vec![Diagnostic::new(
            schemas::UNWRITABLE_TYPE,
            table.target_span,
            format!("`{}`: {message}", table.target),
        )]
    };
    let encoder = JsonEncoder::new(schema, options).map_err(|e| fault(e.to_string()))?;
    let text = |row: &Row| -> Result<String, Vec<Diagnostic>> {
        let mut bytes = Vec::new();
        encoder.encode(row, &mut bytes).map_err(|e| fault(e.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut expected = read(component, table, options)?;
    let (came, impossible) = fold_changelog(actual);
    if !impossible.is_empty() {
        let message = format!("`{}` takes back rows that it never gave", table.target);
        return Err(vec![Diagnostic::new(
            streamc_diagnostics::codes::internal::INTERNAL,
            table.target_span,
            message,
        )]);
    }
    let mut unexpected = Vec::new();
    for row in &came {
        match expected.iter().position(|e| e == row) {
            Some(at) => drop(expected.remove(at)),
            None => unexpected.push(text(row)?),
        }
    }
    Ok(Comparison {
        target: table.target.to_string(),
        missing: expected.iter().map(text).collect::<Result<_, _>>()?,
        unexpected,
        actual: came.iter().map(text).collect::<Result<_, _>>()?,
    })
}

/// The expected rows. A field that is no column is an error: it would be compared with nothing.
fn read(component: &Component, table: &TestTable, options: JsonOptions) -> Result<Vec<Row>, Vec<Diagnostic>> {
    let schema = &component.props.schema;
    let mut problems = Vec::new();
    let mut problem = |line: u64, message: String| {
        problems.push(Diagnostic::new(
            schemas::SAMPLE_UNREADABLE,
            span_of_line(table, line as usize),
            message,
        ));
    };
    let mut rows: Vec<Row> = Vec::new();
    if table.format == "csv" {
        // One way through for both formats: the records become JSON-like rows by the CSV decoder.
        let csv = CsvOptions::default();
        let text = table.records();
        let (header, records) = RecordReader::new(text.as_bytes(), RecordFormat::Csv, &csv).after_header();
        let names = header.and_then(|h| streamc_formats::csv_header(&h, &csv).ok()).unwrap_or_default();
        for name in names.iter().filter(|n| schema.index_of(n).is_none()) {
            problem(1, format!("`{}` has no column `{name}`", table.target));
        }
        match streamc_formats::CsvDecoder::new(schema, csv.clone()).map(|d| d.with_header(&names)) {
            Ok(decoder) => {
                for record in records {
                    let mut values = Vec::new();
                    match record {
                        Ok(record) => match decoder.decode(record.bytes, &mut values) {
                            Ok(Decoded::Row) => rows.push(values.into()),
                            Ok(Decoded::Dropped) => {}
                            Err(error) => problem(record.start.line, error.to_string()),
                        },
                        Err(error) => problem(1, error.to_string()),
                    }
                }
            }
            Err(error) => problem(1, error.to_string()),
        }
        return if problems.is_empty() { Ok(rows) } else { Err(problems) };
    }
    let decoder = match JsonDecoder::new(schema, options) {
        Ok(decoder) => decoder,
        Err(error) => {
            return Err(vec![Diagnostic::new(
                schemas::UNWRITABLE_TYPE,
                table.target_span,
                error.to_string(),
            )]);
        }
    };
    let format = RecordFormat::detect("rows.jsonl", table.text.as_bytes());
    for record in RecordReader::new(table.text.as_bytes(), format, &CsvOptions::default()) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problem(1, error.to_string());
                continue;
            }
        };
        if let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(record.bytes) {
            for name in fields.keys().filter(|n| schema.index_of(n).is_none()) {
                problem(record.start.line, format!("`{}` has no column `{name}`", table.target));
            }
        }
        let mut values = Vec::new();
        match decoder.decode(record.bytes, &mut values) {
            Ok(Decoded::Row) => rows.push(values.into()),
            Ok(Decoded::Dropped) => {}
            Err(error) => problem(record.start.line, error.to_string()),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}
