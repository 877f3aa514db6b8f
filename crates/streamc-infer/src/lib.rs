//! Schema inference from sample records: bytes in, a row schema, a report and problems out.
//!
//! Every record counts, not only the first: types meet in a lattice that `docs/inference.md` writes down. The reader
//! streams (no tree of a record is ever built) and opens no files.
//!
//! ```
//! use streamc_infer::{Options, infer, schema_block};
//!
//! let sample = b"{\"id\": 1, \"paid\": true}\n{\"id\": 3000000000, \"paid\": null}\n";
//! let inference = infer(sample, "orders.jsonl", &Options::default());
//! assert_eq!(schema_block(&inference), "{ id BIGINT, paid BOOLEAN }");
//! ```

mod classify;
mod csv;
mod lattice;
mod maps;
mod options;
mod problem;
mod report;
mod schema_block;
mod stream;
mod tree;
mod walk;

pub use options::{Options, SampleFormat};
pub use problem::{Problem, ProblemKind};
pub use report::{BadRecord, PathReport, Report, TypeCount};
pub use schema_block::schema_block;
pub use stream::infer_reader;
pub use streamc_formats::TimestampStandard;

use options::whole_records;
use std::borrow::Cow;
use streamc_formats::{DecodeError, DecodeErrorKind, Position, Record, RecordReader, decompress};
use streamc_types::RowSchema;
use tree::{Place, Tree};
use walk::Walker;

/// What a sample shows.
#[derive(Clone, Debug)]
pub struct Inference {
    /// The columns in the order in which records first show them; all nullable.
    pub schema: RowSchema,
    /// What was counted, path by path.
    pub report: Report,
    /// What is worth knowing, errors first, then in the order of columns.
    pub problems: Vec<Problem>,
    /// The `timestamp-format.standard` that the timestamp columns need; `None` if there are none.
    pub json_timestamp_standard: Option<TimestampStandard>,
    /// How the records lie in the file.
    pub format: SampleFormat,
    /// Records that were read.
    pub records: u64,
}

impl Inference {
    /// Whether the sample gives a schema at all.
    pub fn has_schema(&self) -> bool {
        !self.schema.is_empty()
    }
}

/// Reads a sample. `name` is for messages and, by its ending, for the format; `.gz` content is unpacked whatever its name.
pub fn infer(bytes: &[u8], name: &str, options: &Options) -> Inference {
    let mut sample = Sample::default();
    let unpacked = match decompress(bytes, options.max_bytes.map(|limit| limit.saturating_add(1))) {
        Ok(unpacked) => unpacked,
        Err(error) => {
            let start = Position { line: 1, column: 1 };
            sample.reject(0, start, format!("the file cannot be unpacked: {error}"));
            Cow::Borrowed(&b""[..])
        }
    };
    let format = options.format.unwrap_or_else(|| SampleFormat::detect(name, &unpacked));
    let content = whole_records(&unpacked, format, options.max_bytes);
    sample.truncated = content.len() < unpacked.len();
    sample.bytes = content.len() as u64;
    let mut reader = RecordReader::new(content, format, &options.csv);
    let tree = match format {
        SampleFormat::Csv => csv::read(reader, options, &mut sample),
        SampleFormat::JsonLines | SampleFormat::JsonArray => {
            read_json(content, &mut reader, Tree::new(), options, &mut sample)
        }
    };
    conclude(name, format, &sample, tree, options)
}

/// What the tree and the counts of a sample show.
fn conclude(
    name: &str,
    format: SampleFormat,
    sample: &Sample,
    mut tree: Tree,
    options: &Options,
) -> Inference {
    tree.tidy();
    maps::fold(&mut tree, options);
    let resolved = lattice::resolve(&tree, format, options);
    let mut problems = problem::of_records(name, sample, resolved.columns.is_empty());
    problems.extend(sample.header.clone());
    problems.extend(resolved.problems);
    problems.sort_by_key(|problem| problem.severity);
    Inference {
        schema: RowSchema::new(resolved.columns),
        report: Report::new(name, format, sample, resolved.standard, resolved.paths),
        problems,
        json_timestamp_standard: resolved.standard,
        format,
        records: sample.records,
    }
}

/// The record as text; `text` is the whole content, if all of it is UTF-8.
fn utf8_record<'a>(
    record: &Record<'a>,
    content: &'a [u8],
    text: Option<&'a str>,
) -> Result<&'a str, DecodeError> {
    let start = (record.bytes.as_ptr() as usize).wrapping_sub(content.as_ptr() as usize);
    if let Some(text) = text.and_then(|text| text.get(start..start.checked_add(record.bytes.len())?)) {
        return Ok(text);
    }
    std::str::from_utf8(record.bytes).map_err(|error| DecodeError {
        kind: DecodeErrorKind::Syntax,
        field: None,
        message: "the record is not UTF-8".to_owned(),
        offset: error.valid_up_to(),
    })
}

/// Adds the records of `reader`, which cuts `content`, to a tree.
fn read_json<'a>(
    content: &'a [u8],
    reader: &mut RecordReader<'a>,
    tree: Tree,
    options: &Options,
    sample: &mut Sample,
) -> Tree {
    let mut walker = Walker::over(tree);
    // Checking all bytes at once is much cheaper than record by record.
    let text = std::str::from_utf8(content).ok();
    while let Some(record) = reader.next() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let position = RecordReader::position(reader, error.offset);
                sample.reject(0, position, error.message);
                continue;
            }
        };
        if sample.is_full(options) {
            sample.truncated = true;
            break;
        }
        let result = utf8_record(&record, content, text).and_then(|text| walker.record(text));
        match result {
            Ok(()) => {
                sample.records += 1;
                walker.commit(Place { record: record.number, line: record.start.line });
            }
            Err(DecodeError { message, offset, .. }) => {
                sample.reject(record.number, record.position(offset), message);
            }
        }
    }
    walker.into_tree()
}

/// What is known of the records as such.
#[derive(Default)]
pub(crate) struct Sample {
    /// The first bad records.
    pub(crate) bad: Vec<BadRecord>,
    pub(crate) bad_count: u64,
    /// Records that were read.
    pub(crate) records: u64,
    /// Whether a limit stopped the reading.
    pub(crate) truncated: bool,
    /// Unpacked bytes.
    pub(crate) bytes: u64,
    /// What is odd about the header of a CSV file.
    pub(crate) header: Option<Problem>,
}

impl Sample {
    /// How many bad records are kept with their place.
    const KEPT: usize = 20;

    fn reject(&mut self, record: u64, position: Position, message: String) {
        self.bad_count += 1;
        if self.bad.len() < Self::KEPT {
            self.bad.push(BadRecord { record, line: position.line, column: position.column, message });
        }
    }

    fn is_full(&self, options: &Options) -> bool {
        options.max_records.is_some_and(|limit| self.records >= limit)
    }
}
