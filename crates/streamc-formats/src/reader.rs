//! Cuts bytes into records and knows where each one stands.

use crate::json::syntax;
use crate::{CsvOptions, DecodeError, DecodeErrorKind};
use memchr::memchr;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// How records lie in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordFormat {
    /// One JSON object a line.
    JsonLines,
    /// One JSON array of objects.
    JsonArray,
    /// Comma-separated values.
    Csv,
}

impl RecordFormat {
    /// By the file's name (`.csv`, also `.csv.gz`), otherwise by the first byte that is not blank: `[` opens an array,
    /// anything else is JSON lines.
    pub fn detect(name: &str, bytes: &[u8]) -> Self {
        let extension = |name: &str, wanted: &str| {
            Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
        };
        let packed = extension(name, "gz").then(|| &name[..name.len() - ".gz".len()]);
        if extension(packed.unwrap_or(name), "csv") {
            return Self::Csv;
        }
        match without_bom(bytes).iter().find(|b| !b.is_ascii_whitespace()) {
            Some(b'[') => Self::JsonArray,
            _ => Self::JsonLines,
        }
    }

    /// `JSON lines`, `JSON array` or `CSV`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JsonLines => "JSON lines",
            Self::JsonArray => "JSON array",
            Self::Csv => "CSV",
        }
    }
}

impl fmt::Display for RecordFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a file of records, for people: both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The character in the line.
    pub column: u64,
}

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its bytes, without line end. Of CSV they may hold line ends inside quotes.
    pub bytes: &'a [u8],
    /// Counts the records of the file from 1; empty lines and a CSV header do not count.
    pub number: u64,
    /// Where it starts.
    pub start: Position,
}

impl Record<'_> {
    /// The place of the byte `offset` of the record.
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.bytes[..offset.min(self.bytes.len())];
        let line_start = memchr::memrchr(b'\n', before).map(|at| at + 1);
        match line_start {
            None => Position { line: self.start.line, column: self.start.column + characters(before) },
            Some(start) => Position {
                line: self.start.line + memchr::memchr_iter(b'\n', before).count() as u64,
                column: 1 + characters(&before[start..]),
            },
        }
    }
}

/// How many characters start in `bytes`: those that do not continue one are counted, so that broken UTF-8 has columns as
/// well.
fn characters(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b & 0xc0 != 0x80).count() as u64
}

/// An iterator over the records of a file. An `Err` is a place from which reading cannot go on; it comes last.
pub struct RecordReader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    /// Of the byte at `at`; arrays and CSV only.
    column: u64,
    number: u64,
    source: Source<'a>,
}

enum Source<'a> {
    Lines,
    /// The elements, or what is wrong with the text before any of them is read.
    Array {
        text: &'a str,
        elements: sonic_rs::ArrayJsonIter<'a>,
        failure: Option<DecodeError>,
    },
    Csv {
        reader: Box<csv::Reader<&'a [u8]>>,
        scratch: csv::ByteRecord,
    },
    Ended,
    Broken(DecodeError),
}

impl<'a> RecordReader<'a> {
    /// Reads unpacked bytes (see [`crate::decompress`]); a byte order mark is skipped. The header of a CSV file is a
    /// record like others: callers that expect one read it first, or use [`RecordReader::after_header`].
    pub fn new(bytes: &'a [u8], format: RecordFormat, csv: &CsvOptions) -> Self {
        let bytes = without_bom(bytes);
        let source = match format {
            RecordFormat::JsonLines => Source::Lines,
            RecordFormat::JsonArray => array(bytes),
            RecordFormat::Csv => Source::Csv {
                reader: Box::new(csv_reader(csv).from_reader(bytes)),
                scratch: csv::ByteRecord::new(),
            },
        };
        Self { bytes, at: 0, line: 1, column: 1, number: 0, source }
    }

    /// Goes on behind the first `lines` lines of JSON lines, which held `records` records: with no byte order mark, and
    /// with counters that go on.
    pub fn behind(lines: u64, records: u64, bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: lines + 1, column: 1, number: records, source: Source::Lines }
    }

    /// How many lines have been passed; of JSON lines only.
    pub fn lines(&self) -> u64 {
        self.line - 1
    }

    /// How many records have been given, without a header.
    pub fn records(&self) -> u64 {
        self.number
    }

    /// The same, with the first record taken off: the header of a CSV file. It does not count as a record.
    pub fn after_header(mut self) -> (Option<Record<'a>>, Self) {
        let header = self.next().and_then(Result::ok);
        self.number = 0;
        (header, self)
    }

    /// How many bytes have been read.
    pub fn consumed(&self) -> usize {
        self.at
    }

    fn next_line(&mut self) -> Option<Record<'a>> {
        loop {
            let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
            let end = memchr(b'\n', rest).unwrap_or(rest.len());
            let line = self.line;
            self.at += end + 1;
            self.line += 1;
            let raw = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            let lead = raw.len() - raw.trim_ascii_start().len();
            let record = raw.trim_ascii();
            if record.is_empty() {
                continue;
            }
            self.number += 1;
            let start = Position { line, column: lead as u64 + 1 };
            return Some(Record { bytes: record, number: self.number, start });
        }
    }

    /// Moves line and column on to a byte: only what is new is looked at, because a file may be one long line.
    fn advance_to(&mut self, offset: usize) -> Position {
        let offset = offset.clamp(self.at, self.bytes.len());
        let passed = &self.bytes[self.at..offset];
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
            self.column = 1 + characters(&passed[last + 1..]);
        } else {
            self.column += characters(passed);
        }
        self.at = offset;
        Position { line: self.line, column: self.column }
    }

    fn next_element(&mut self) -> Option<Result<Record<'a>, DecodeError>> {
        let Source::Array { text, elements, failure } = &mut self.source else { return None };
        let base = text.as_ptr() as usize;
        let item = elements.next();
        let failed = failure.take();
        match item {
            Some(Ok(element)) => {
                *failure = failed;
                let std::borrow::Cow::Borrowed(raw) = element.as_raw_cow() else { return None };
                let offset = raw.as_ptr() as usize - base;
                let start = self.advance_to(offset);
                self.number += 1;
                Some(Ok(Record { bytes: raw.as_bytes(), number: self.number, start }))
            }
            Some(Err(_)) | None => {
                self.source = Source::Ended;
                failed.map(Err)
            }
        }
    }

    fn next_csv(&mut self) -> Option<Result<Record<'a>, DecodeError>> {
        let Source::Csv { reader, scratch } = &mut self.source else { return None };
        match reader.read_byte_record(scratch) {
            Ok(true) => {
                let start = scratch.position().map_or(0, csv::Position::byte) as usize;
                let end = reader.position().byte() as usize;
                let raw = self.bytes.get(start..end).unwrap_or_default();
                // The reader's positions count the line ends before a record to it.
                let lead = raw.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
                let start = start + lead;
                let raw = &raw[lead..];
                let trimmed = raw.strip_suffix(b"\n").unwrap_or(raw);
                let trimmed = trimmed.strip_suffix(b"\r").unwrap_or(trimmed);
                self.number += 1;
                let start = self.advance_to(start);
                Some(Ok(Record { bytes: trimmed, number: self.number, start }))
            }
            Ok(false) => None,
            Err(error) => {
                let offset = error.position().map_or(0, csv::Position::byte) as usize;
                self.source = Source::Ended;
                Some(Err(DecodeError {
                    kind: DecodeErrorKind::Syntax,
                    field: None,
                    message: error.to_string(),
                    offset,
                }))
            }
        }
    }

    /// The place of a byte of the file, for the `offset` of an error that this iterator gave.
    pub fn position(&self, offset: usize) -> Position {
        let whole = Record { bytes: self.bytes, number: 0, start: Position { line: 1, column: 1 } };
        whole.position(offset)
    }
}

impl<'a> Iterator for RecordReader<'a> {
    type Item = Result<Record<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &self.source {
            Source::Lines => self.next_line().map(Ok),
            Source::Array { .. } => self.next_element(),
            Source::Csv { .. } => self.next_csv(),
            Source::Ended => None,
            Source::Broken(_) => match std::mem::replace(&mut self.source, Source::Ended) {
                Source::Broken(error) => Some(Err(error)),
                _ => None,
            },
        }
    }
}

/// An array's elements. The text is checked as a whole first (nesting, syntax); up to a syntax error the elements are
/// still given, then the error.
fn array(bytes: &[u8]) -> Source<'_> {
    let (text, mut failure) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let failure = DecodeError {
                kind: DecodeErrorKind::Syntax,
                field: None,
                message: "the file is not UTF-8".to_owned(),
                offset: error.valid_up_to(),
            };
            (valid, Some(failure))
        }
    };
    if let Err(error) = syntax::check_depth(text) {
        return Source::Broken(error);
    }
    if failure.is_none() && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        failure = Some(syntax::syntax_error(text));
    }
    Source::Array { text, elements: sonic_rs::to_array_iter(text), failure }
}

fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn csv_reader(options: &CsvOptions) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(options.field_delimiter)
        .escape(options.escape_character)
        .comment(options.allow_comments.then_some(b'#'));
    match options.quote_character {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    builder
}

/// The cells of one CSV record.
///
/// # Errors
/// The record is not UTF-8.
pub fn csv_cells(record: &[u8], options: &CsvOptions) -> Result<csv::StringRecord, DecodeError> {
    let mut reader = csv_reader(options).from_reader(record);
    let mut cells = csv::ByteRecord::new();
    let syntax = |message: String, offset: usize| DecodeError {
        kind: DecodeErrorKind::Syntax,
        field: None,
        message,
        offset,
    };
    reader.read_byte_record(&mut cells).map_err(|error| syntax(error.to_string(), 0))?;
    csv::StringRecord::from_byte_record(cells).map_err(|_| {
        let offset = std::str::from_utf8(record).err().map_or(0, |e| e.valid_up_to());
        syntax("the record is not UTF-8".to_owned(), offset)
    })
}

/// The names in a CSV header.
///
/// # Errors
/// The header is not UTF-8.
pub fn csv_header(record: &Record<'_>, options: &CsvOptions) -> Result<Vec<String>, DecodeError> {
    Ok(csv_cells(record.bytes, options)?.iter().map(|cell| cell.trim().to_owned()).collect())
}
