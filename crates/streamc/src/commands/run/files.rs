//! File sinks that `run --write` writes.

use std::io;
use std::path::PathBuf;
use streamc_core::System;
use streamc_formats::{CsvEncoder, CsvOptions, JsonEncoder, JsonOptions, TimestampStandard};
use streamc_plan::Sink;
use streamc_types::{RowSchema, Value};

enum Encoder {
    Json(JsonEncoder),
    Csv(CsvEncoder),
}

/// The rows of one file sink. They are kept until the run is over, and then written as one file, whole or not at all.
pub(super) struct FileSink {
    path: PathBuf,
    encoder: Encoder,
    bytes: Vec<u8>,
    rows: u64,
}

impl FileSink {
    /// The file of a sink; `None` if it is no file sink.
    pub(super) fn of(sink: &Sink, schema: &RowSchema) -> Option<Result<Self, String>> {
        if sink.connector.connector != "file" {
            return None;
        }
        let folder = sink.connector.text("path")?;
        if folder.contains("://") {
            return Some(Err(format!("`{folder}`: the embedded engine writes local files only")));
        }
        if sink.connector.option("partition_by").is_some() {
            return Some(Err(format!(
                "`{folder}`: the embedded engine does not write folders by `partition_by`"
            )));
        }
        let iso = sink.connector.text("timestamp_format") == Some("iso_8601");
        let timestamp_standard = if iso { TimestampStandard::Iso8601 } else { TimestampStandard::Sql };
        let (encoder, extension) = match sink.connector.text("format") {
            Some("csv") => (CsvEncoder::new(schema, CsvOptions::default()).map(Encoder::Csv), "csv"),
            Some("json") => {
                let options = JsonOptions { timestamp_standard, ..JsonOptions::default() };
                (JsonEncoder::new(schema, options).map(Encoder::Json), "jsonl")
            }
            other => {
                return Some(Err(format!(
                    "the embedded engine does not write {}",
                    other.unwrap_or("this format")
                )));
            }
        };
        let path = PathBuf::from(folder).join(format!("part-0.{extension}"));
        Some(
            encoder
                .map(|encoder| Self { path, encoder, bytes: Vec::new(), rows: 0 })
                .map_err(|e| e.to_string()),
        )
    }

    /// Takes a row.
    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        let result = match &self.encoder {
            Encoder::Json(encoder) => encoder.encode(row, &mut self.bytes),
            Encoder::Csv(encoder) => encoder.encode(row, &mut self.bytes),
        };
        result.map_err(|e| io::Error::other(e.to_string()))?;
        self.bytes.push(b'\n');
        self.rows += 1;
        Ok(())
    }

    /// Writes the file; answers what to say about it.
    pub(super) fn finish(self, system: &dyn System) -> Result<String, String> {
        system.write(&self.path, &self.bytes).map_err(|e| e.to_string())?;
        Ok(format!("{} ({} rows)", self.path.display(), self.rows))
    }
}
