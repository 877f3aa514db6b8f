//! The `csv` format.
//!
//! A record has one cell a column, by position, or by name where a header was given. Cells are text: `"1.75"` does not
//! fit `INT`, an empty cell is the empty string for `STRING` and an error for a number, unless `null_literal` says that
//! it means `NULL`.

use crate::java_number::{
    ParsedDecimal, non_finite, parse_decimal, parse_double, parse_float, parse_integer, write_decimal,
};
use crate::layout::{Coder, Fields, Format, Slot};
use crate::reader::csv_cells;
use crate::{
    CsvOptions, DecodeError, DecodeErrorKind, Decoded, EncodeError, FormatError, TimestampStandard, temporal,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use smol_str::SmolStr;
use streamc_types::{RowSchema, Value, java_double_to_string, java_float_to_string, parse_date};

/// Reads CSV records into rows of one schema.
#[derive(Clone, Debug)]
pub struct CsvDecoder {
    fields: Fields,
    options: CsvOptions,
    /// The cell of each column, and how many cells a record has.
    cells: Vec<Option<usize>>,
    width: usize,
}

impl CsvDecoder {
    /// A decoder for records whose cells stand in the order of the columns, as Flink's.
    ///
    /// # Errors
    /// A column's type has no CSV form (`MAP`, `MULTISET`, `RAW`, …).
    pub fn new(schema: &RowSchema, options: CsvOptions) -> Result<Self, FormatError> {
        let fields = Fields::compile(schema, Format::Csv)?;
        let cells = (0..fields.len()).map(Some).collect();
        let width = fields.len();
        Ok(Self { fields, options, cells, width })
    }

    /// The same for a file with that header: columns are found by name, and one that is missing is `NULL`.
    pub fn with_header(mut self, header: &[String]) -> Self {
        self.cells = self.fields.names.iter().map(|name| header.iter().position(|h| h == name)).collect();
        self.width = header.len();
        self
    }

    /// Reads one record. `out` is cleared first and then holds one value a column, unless the record is dropped.
    ///
    /// # Errors
    /// The record cannot be read and `ignore_parse_errors` is off; `out` is then empty.
    pub fn decode(&self, record: &[u8], out: &mut Vec<Value>) -> Result<Decoded, DecodeError> {
        out.clear();
        if record.is_empty() {
            return Ok(Decoded::Dropped);
        }
        match self.read(record, out) {
            Ok(()) => Ok(Decoded::Row),
            Err(error) => {
                out.clear();
                if self.options.ignore_parse_errors { Ok(Decoded::Dropped) } else { Err(error) }
            }
        }
    }

    fn read(&self, record: &[u8], out: &mut Vec<Value>) -> Result<(), DecodeError> {
        let cells = csv_cells(record, &self.options)?;
        if cells.len() != self.width && !self.options.ignore_parse_errors {
            return Err(DecodeError {
                kind: DecodeErrorKind::CellCount,
                field: None,
                message: format!("the record has {} cells for {} columns", cells.len(), self.width),
                offset: 0,
            });
        }
        for (i, slot) in self.fields.slots.iter().enumerate() {
            let cell = self.cells[i].and_then(|at| cells.get(at));
            let value = match cell {
                None => Value::Null,
                Some(text) if self.options.null_literal.as_deref() == Some(text) => Value::Null,
                Some(text) => match self.value(slot, text) {
                    Some(value) => value,
                    None if self.options.ignore_parse_errors => Value::Null,
                    None => {
                        return Err(DecodeError {
                            kind: DecodeErrorKind::Value,
                            field: Some(self.fields.names[i].clone()),
                            message: format!("the cell \"{text}\" does not fit {}", slot.ty),
                            offset: 0,
                        });
                    }
                },
            };
            out.push(value);
        }
        match self.fields.null_violation(out) {
            None => Ok(()),
            Some(path) => Err(DecodeError {
                kind: DecodeErrorKind::NullInNotNull,
                field: Some(path.into()),
                message: "the column is NOT NULL and the record has no value for it".to_owned(),
                offset: 0,
            }),
        }
    }

    fn value(&self, slot: &Slot, text: &str) -> Option<Value> {
        let trimmed = text.trim_matches(|c: char| c <= ' ');
        let sql = TimestampStandard::Sql;
        Some(match &slot.coder {
            Coder::Null => Value::Null,
            Coder::Str => Value::Str(SmolStr::new(text)),
            Coder::Boolean => Value::Boolean(trimmed.eq_ignore_ascii_case("true")),
            Coder::Integer(kind) => {
                let (min, max) = kind.range();
                Value::Int(parse_integer(trimmed, min, max)?)
            }
            Coder::Double => Value::Double(parse_double(text)?),
            Coder::Float => Value::Float(parse_float(text)?),
            Coder::Decimal(precision, scale) => match parse_decimal(text, *precision, *scale) {
                ParsedDecimal::Fits(decimal) => Value::Decimal(decimal),
                ParsedDecimal::Overflow => Value::Null,
                ParsedDecimal::NoNumber => return None,
            },
            Coder::Bytes => Value::Bytes(STANDARD.decode(text).ok()?.into()),
            Coder::Date => Value::Date(parse_date(text)?),
            Coder::Time => Value::Time(csv_time(text)?),
            Coder::Timestamp(p) => Value::Timestamp(temporal::read_timestamp(trimmed, sql)?.truncate(*p)),
            Coder::TimestampLtz(p) => {
                Value::Timestamp(temporal::read_timestamp_ltz(trimmed, sql)?.truncate(*p))
            }
            Coder::Array(item) => {
                let items = self.split(text).map(|part| self.value(item, part));
                Value::Array(items.collect::<Option<Vec<_>>>()?.into())
            }
            Coder::Row(fields) => {
                let mut parts = self.split(text);
                let values = fields.slots.iter().map(|slot| match parts.next() {
                    None => Some(Value::Null),
                    Some(part) => self.value(slot, part),
                });
                Value::Row(values.collect::<Option<Vec<_>>>()?.into())
            }
            Coder::Map(_) => return None,
        })
    }

    fn split<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let empty = text.is_empty();
        text.split(self.options.array_element_delimiter.as_str()).filter(move |_| !empty)
    }
}

/// `LocalTime.parse`: the ISO clock, seconds optional.
fn csv_time(text: &str) -> Option<i32> {
    match text.len() {
        5 => temporal::read_time(&format!("{text}:00")),
        _ => temporal::read_time(text),
    }
    .filter(|_| !text.starts_with("24"))
}

/// Writes rows of one schema as CSV records.
#[derive(Clone, Debug)]
pub struct CsvEncoder {
    fields: Fields,
    options: CsvOptions,
}

impl CsvEncoder {
    /// An encoder for the schema.
    ///
    /// # Errors
    /// A column's type has no CSV form.
    pub fn new(schema: &RowSchema, options: CsvOptions) -> Result<Self, FormatError> {
        Ok(Self { fields: Fields::compile(schema, Format::Csv)?, options })
    }

    /// Appends the names of the columns as a record, without a line end. Flink writes no header; this is for files that
    /// people read.
    pub fn header(&self, out: &mut Vec<u8>) {
        for (i, name) in self.fields.names.iter().enumerate() {
            if i > 0 {
                out.push(self.options.field_delimiter);
            }
            self.text(name, out);
        }
    }

    /// Appends the row as one record, without a line end.
    ///
    /// # Errors
    /// A value is not of its column's type.
    pub fn encode(&self, row: &[Value], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        for (i, ((slot, name), value)) in
            self.fields.slots.iter().zip(&self.fields.names).zip(row).enumerate()
        {
            if i > 0 {
                out.push(self.options.field_delimiter);
            }
            let mut cell = Vec::new();
            let quotable = self.cell(slot, value, &mut cell).map_err(|()| EncodeError {
                field: name.to_string(),
                message: format!("the value is not of type {}", slot.ty),
            })?;
            if quotable {
                self.text(&String::from_utf8_lossy(&cell), out);
            } else {
                out.extend_from_slice(&cell);
            }
        }
        Ok(())
    }

    /// The text of a cell, and whether it is a string that may need quotes.
    fn cell(&self, slot: &Slot, value: &Value, out: &mut Vec<u8>) -> Result<bool, ()> {
        let scientific = self.options.write_bigdecimal_in_scientific_notation;
        match (&slot.coder, value) {
            (_, Value::Null) => {
                out.extend_from_slice(self.options.null_literal.as_deref().unwrap_or("").as_bytes());
                return Ok(false);
            }
            (Coder::Boolean, Value::Boolean(v)) => {
                out.extend_from_slice(if *v { b"true" } else { b"false" });
                return Ok(false);
            }
            (Coder::Integer(_), Value::Int(v)) => {
                out.extend_from_slice(v.to_string().as_bytes());
                return Ok(false);
            }
            (Coder::Double, Value::Double(v)) => {
                out.extend_from_slice(
                    if v.is_finite() { java_double_to_string(*v) } else { non_finite(*v).to_owned() }
                        .as_bytes(),
                );
                return Ok(false);
            }
            (Coder::Float, Value::Float(v)) => {
                out.extend_from_slice(java_float_to_string(*v).as_bytes());
                return Ok(false);
            }
            (Coder::Decimal(..), Value::Decimal(v)) => {
                write_decimal(out, *v, !scientific);
                return Ok(false);
            }
            (Coder::Str, Value::Str(v)) => out.extend_from_slice(v.as_bytes()),
            (Coder::Bytes, Value::Bytes(v)) => out.extend_from_slice(STANDARD.encode(v).as_bytes()),
            (Coder::Date, Value::Date(v)) => temporal::write_date(out, *v),
            (Coder::Time, Value::Time(v)) => temporal::write_time(out, *v, true),
            (Coder::Timestamp(_), Value::Timestamp(v)) => {
                temporal::write_timestamp(out, *v, TimestampStandard::Sql, false);
            }
            (Coder::TimestampLtz(_), Value::Timestamp(v)) => {
                temporal::write_timestamp(out, *v, TimestampStandard::Sql, true);
            }
            (Coder::Array(item), Value::Array(items)) => {
                for (i, v) in items.iter().enumerate() {
                    self.separate(i, out);
                    self.cell(item, v, out)?;
                }
            }
            (Coder::Row(fields), Value::Row(values)) => {
                for (i, (slot, v)) in fields.slots.iter().zip(values.iter()).enumerate() {
                    self.separate(i, out);
                    self.cell(slot, v, out)?;
                }
            }
            _ => return Err(()),
        }
        Ok(true)
    }

    fn separate(&self, index: usize, out: &mut Vec<u8>) {
        if index > 0 {
            out.extend_from_slice(self.options.array_element_delimiter.as_bytes());
        }
    }

    /// Writes a string. Jackson quotes generously: whatever is longer than 24 characters or has a character up to the
    /// greatest of the delimiter, the quote and the line ends, which takes in the blank.
    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let Some(quote) = self.options.quote_character else {
            out.extend_from_slice(text.as_bytes());
            return;
        };
        let greatest = self.options.field_delimiter.max(quote).max(b'\r');
        let escape = self.options.escape_character;
        let quoted =
            text.encode_utf16().count() > 24 || text.bytes().any(|b| b <= greatest || Some(b) == escape);
        if !quoted {
            out.extend_from_slice(text.as_bytes());
            return;
        }
        out.push(quote);
        for byte in text.bytes() {
            match escape {
                Some(escape) if byte == quote || byte == escape => out.push(escape),
                None if byte == quote => out.push(quote),
                _ => {}
            }
            out.push(byte);
        }
        out.push(quote);
    }
}
