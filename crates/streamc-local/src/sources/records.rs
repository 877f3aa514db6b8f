//! Records as bytes, decoded to rows.

use super::Item;
use smol_str::SmolStr;
use std::io::Read;
use streamc_formats::{
    CsvDecoder, CsvOptions, Decoded, JsonDecoder, JsonOptions, Record, RecordFormat, RecordStream,
    StreamError, TimestampStandard, csv_header,
};
use streamc_plan::Source;
use streamc_types::{RowSchema, Value};

/// The records of a source.
pub(crate) struct Records {
    name: SmolStr,
    stream: RecordStream,
    decoder: Decoder,
    schema: RowSchema,
    csv: CsvOptions,
    /// Room for a row that came to nothing.
    row: Vec<Value>,
    at_start: bool,
    /// Bytes of the records so far.
    pub(super) bytes: u64,
}

enum Decoder {
    Json(Box<JsonDecoder>),
    Csv(Box<CsvDecoder>),
}

impl Records {
    pub(crate) fn open(
        source: &Source,
        name: SmolStr,
        reader: Box<dyn Read + Send>,
        format: Option<RecordFormat>,
    ) -> Result<Self, String> {
        let skip = source.connector.text("on_error") == Some("skip");
        let csv = CsvOptions { ignore_parse_errors: skip, ..CsvOptions::default() };
        let stream = RecordStream::open(reader, &name, format, &csv)
            .map_err(|error| format!("cannot read {name}: {error}"))?;
        let decoder = if stream.format() == RecordFormat::Csv {
            CsvDecoder::new(&source.schema, csv.clone()).map(|d| Decoder::Csv(Box::new(d)))
        } else {
            let timestamp_standard =
                if source.iso_timestamps { TimestampStandard::Iso8601 } else { TimestampStandard::Sql };
            let json =
                JsonOptions { timestamp_standard, ignore_parse_errors: skip, ..JsonOptions::default() };
            JsonDecoder::new(&source.schema, json).map(|d| Decoder::Json(Box::new(d)))
        };
        let decoder = decoder.map_err(|error| error.to_string())?;
        let schema = source.schema.clone();
        Ok(Self { name, stream, decoder, schema, csv, row: Vec::new(), at_start: true, bytes: 0 })
    }

    pub(crate) fn name(&self) -> &SmolStr {
        &self.name
    }

    /// The next record. `Err` if the bytes cannot be read.
    pub(crate) fn next(&mut self) -> Result<Option<Item>, String> {
        loop {
            let record = match self.stream.next() {
                None => return Ok(None),
                Some(Ok(record)) => record,
                Some(Err(StreamError::Syntax(error, place))) => {
                    return Ok(Some(Item::Unreadable(error.to_string(), Some(place))));
                }
                Some(Err(StreamError::Io(error))) => {
                    return Err(format!("cannot read {}: {error}", self.name));
                }
            };
            self.bytes += record.bytes.len() as u64 + 1;
            let first = std::mem::take(&mut self.at_start);
            if first
                && let Decoder::Csv(decoder) = &mut self.decoder
                && let Some(names) = header(&record, &self.csv, &self.schema)
            {
                **decoder = decoder.as_ref().clone().with_header(&names);
                continue;
            }
            let mut row = std::mem::take(&mut self.row);
            row.reserve_exact(self.schema.len());
            let decoded = match &self.decoder {
                Decoder::Json(decoder) => decoder.decode(record.bytes, &mut row),
                Decoder::Csv(decoder) => decoder.decode(record.bytes, &mut row),
            };
            match decoded {
                Ok(Decoded::Row) => return Ok(Some(Item::Row(row.into_boxed_slice(), Some(record.start)))),
                Ok(Decoded::Dropped) => self.row = row,
                Err(error) => {
                    self.row = row;
                    let place = record.position(error.offset);
                    let mut message = error.to_string();
                    if first && matches!(self.decoder, Decoder::Csv(_)) {
                        message
                            .push_str(&foreign_header(&record, &self.csv, &self.schema).unwrap_or_default());
                    }
                    return Ok(Some(Item::Unreadable(message, Some(place))));
                }
            }
        }
    }
}

/// The first record of a CSV file is its header if every cell names a column.
fn header(record: &Record<'_>, csv: &CsvOptions, schema: &RowSchema) -> Option<Vec<String>> {
    let names = csv_header(record, csv).ok()?;
    let is_header = !names.is_empty() && names.iter().all(|name| schema.index_of(name).is_some());
    is_header.then_some(names)
}

/// What to add where the first record looks like a header that does not fit: some of its cells name columns.
fn foreign_header(record: &Record<'_>, csv: &CsvOptions, schema: &RowSchema) -> Option<String> {
    let names = csv_header(record, csv).ok()?;
    let (known, others): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| schema.index_of(name).is_some());
    let close = |name: &String| schema.names().any(|column| column.eq_ignore_ascii_case(name));
    if known.is_empty() && !others.iter().any(|name| close(name)) {
        return None;
    }
    let others = others.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Some(format!("; it looks like a header, but the schema has no column {others}"))
}
