//! What sources read.

use indexmap::IndexMap;
use smol_str::SmolStr;
use std::io::Read;
use streamc_formats::RecordFormat;
use streamc_types::Row;

/// What one source reads.
pub enum Input {
    /// Records as bytes: JSON lines, a JSON array or CSV, plain or gzip.
    Records {
        /// What messages call it, usually the file's path; `.csv` and `.csv.gz` say that it is CSV.
        name: SmolStr,
        /// The bytes.
        reader: Box<dyn Read + Send>,
        /// How records lie in it; found out from name and first byte where `None`.
        format: Option<RecordFormat>,
    },
    /// Rows of the source's schema.
    Rows(Vec<Row>),
    /// Made-up rows of the source's schema, as many as its `rows` option says (or 1,000).
    Generated,
}

impl Input {
    /// Records as bytes.
    pub fn records(name: impl Into<SmolStr>, reader: impl Read + Send + 'static) -> Self {
        Self::Records { name: name.into(), reader: Box::new(reader), format: None }
    }

    /// Records in memory.
    pub fn bytes(name: impl Into<SmolStr>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::records(name, std::io::Cursor::new(bytes.into()))
    }
}

/// What each source reads, by the source's name. A source that is not named has no records, unless its connector is
/// `datagen`.
#[derive(Default)]
pub struct Inputs {
    by_source: IndexMap<SmolStr, Input>,
}

impl Inputs {
    /// No input at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with that input for `source`.
    pub fn with(mut self, source: impl Into<SmolStr>, input: Input) -> Self {
        self.set(source, input);
        self
    }

    /// Sets the input of `source`.
    pub fn set(&mut self, source: impl Into<SmolStr>, input: Input) {
        self.by_source.insert(source.into(), input);
    }

    pub(crate) fn take(&mut self, source: &str) -> Option<Input> {
        self.by_source.shift_remove(source)
    }
}
