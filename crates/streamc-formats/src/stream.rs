//! Records from a stream of bytes: a file too large for memory, standard input.

use crate::{CsvOptions, DecodeError, Position, Record, RecordFormat, RecordReader};
use flate2::bufread::MultiGzDecoder;
use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::ops::Range;

/// Why a stream of records ended early.
#[derive(Debug)]
pub enum StreamError {
    /// The bytes cannot be read, or packed bytes are damaged.
    Io(io::Error),
    /// The text is no JSON array, or no CSV, from this place on.
    Syntax(DecodeError, Position),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Syntax(error, at) => write!(f, "line {}, column {}: {error}", at.line, at.column),
        }
    }
}
impl std::error::Error for StreamError {}

/// The records of a stream, gzip unpacked on the way. JSON lines take the memory of one line; a JSON array and CSV are
/// read as a whole.
pub struct RecordStream {
    format: RecordFormat,
    source: Source,
}

enum Source {
    Lines { reader: Box<dyn BufRead>, buffer: Vec<u8>, line: u64, number: u64 },
    Whole { bytes: Vec<u8>, records: std::vec::IntoIter<Place>, end: Option<StreamError> },
    Ended,
}

/// How much of a stream is looked at to find its format.
const PEEK: usize = 64 * 1024;

impl RecordStream {
    /// Opens a stream. Without a format it is found by the name and the first bytes ([`RecordFormat::detect`]). The
    /// header of a CSV file comes as its first record.
    ///
    /// # Errors
    /// The bytes cannot be read.
    pub fn open(
        reader: Box<dyn Read>,
        name: &str,
        format: Option<RecordFormat>,
        csv: &CsvOptions,
    ) -> io::Result<Self> {
        let mut reader: Box<dyn BufRead> = Box::new(BufReader::with_capacity(PEEK, reader));
        let (head, rest) = peek(reader, 2)?;
        reader = if crate::is_gzip(&head) {
            let packed = Cursor::new(head).chain(rest);
            Box::new(BufReader::with_capacity(PEEK, MultiGzDecoder::new(packed)))
        } else {
            Box::new(Cursor::new(head).chain(rest))
        };
        let (head, rest) = peek(reader, PEEK)?;
        let format = format.unwrap_or_else(|| RecordFormat::detect(name, &head));
        let head = head.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(head);
        let mut reader = Cursor::new(head).chain(rest);
        let source = match format {
            RecordFormat::JsonLines => {
                Source::Lines { reader: Box::new(reader), buffer: Vec::new(), line: 0, number: 0 }
            }
            RecordFormat::JsonArray | RecordFormat::Csv => {
                let mut bytes = Vec::new();
                reader.read_to_end(&mut bytes)?;
                let (records, end) = whole(&bytes, format, csv);
                Source::Whole { bytes, records: records.into_iter(), end }
            }
        };
        Ok(Self { format, source })
    }

    /// The format of the records.
    pub fn format(&self) -> RecordFormat {
        self.format
    }

    /// The next record; it borrows the stream's buffer. After an error there is no further record.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record borrows from the stream, which `Iterator` cannot say"
    )]
    pub fn next(&mut self) -> Option<Result<Record<'_>, StreamError>> {
        match self.advance() {
            Ok(Some((range, number, start))) => {
                let buffer = match &self.source {
                    Source::Lines { buffer, .. } => buffer,
                    Source::Whole { bytes, .. } => bytes,
                    Source::Ended => return None,
                };
                Some(Ok(Record { bytes: &buffer[range], number, start }))
            }
            Ok(None) => None,
            Err(error) => {
                self.source = Source::Ended;
                Some(Err(error))
            }
        }
    }

    /// Moves on to the next record and says where in the buffer it lies.
    fn advance(&mut self) -> Result<Option<Place>, StreamError> {
        match &mut self.source {
            Source::Ended => Ok(None),
            Source::Whole { records, end, .. } => match records.next() {
                Some(place) => Ok(Some(place)),
                None => end.take().map_or(Ok(None), Err),
            },
            Source::Lines { reader, buffer, line, number } => loop {
                buffer.clear();
                if reader.read_until(b'\n', buffer).map_err(StreamError::Io)? == 0 {
                    return Ok(None);
                }
                *line += 1;
                let lead = buffer.len() - buffer.trim_ascii_start().len();
                let length = buffer.trim_ascii().len();
                if length > 0 {
                    *number += 1;
                    let start = Position { line: *line, column: lead as u64 + 1 };
                    return Ok(Some((lead..lead + length, *number, start)));
                }
            },
        }
    }
}

/// Where a record lies in the buffer, its number and where it starts.
type Place = (Range<usize>, u64, Position);

/// Up to `length` bytes from the start, and what follows them.
fn peek(mut reader: Box<dyn BufRead>, length: usize) -> io::Result<(Vec<u8>, Box<dyn BufRead>)> {
    let mut head = Vec::new();
    reader.by_ref().take(length as u64).read_to_end(&mut head)?;
    Ok((head, reader))
}

/// Where the records lie in bytes that are there as a whole, and what ends them early.
fn whole(bytes: &[u8], format: RecordFormat, csv: &CsvOptions) -> (Vec<Place>, Option<StreamError>) {
    let mut reader = RecordReader::new(bytes, format, csv);
    let (mut records, mut end) = (Vec::new(), None);
    while let Some(record) = reader.next() {
        match record {
            Ok(record) => {
                let start = record.bytes.as_ptr() as usize - bytes.as_ptr() as usize;
                records.push((start..start + record.bytes.len(), record.number, record.start));
            }
            Err(error) => {
                let position = reader.position(error.offset);
                end = Some(StreamError::Syntax(error, position));
            }
        }
    }
    (records, end)
}
