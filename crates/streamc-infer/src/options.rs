//! What a caller may choose.

use streamc_formats::{CsvOptions, TimestampStandard};

/// How the records of a sample lie in the file.
pub use streamc_formats::RecordFormat as SampleFormat;

/// Settings of [`crate::infer`]. The defaults read everything.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format; `None` detects it from the name and the first byte.
    pub format: Option<SampleFormat>,
    /// Stop behind the last whole record within so many unpacked bytes. JSON arrays are read as a whole.
    pub max_bytes: Option<u64>,
    /// Stop after so many good records.
    pub max_records: Option<u64>,
    /// The standard that timestamps of the table must have; `None` takes the one that most columns have.
    pub timestamp_standard: Option<TimestampStandard>,
    /// An object with at least so many different keys, each rare, is a map.
    pub map_min_keys: usize,
    /// How often a key occurs on average, as a share of the objects, for the keys to count as rare.
    pub map_max_occurrence: f64,
    /// An object with at least so many different keys is a map however often they occur.
    pub map_many_keys: usize,
    /// An object whose keys all look like ids needs only so many of them to be a map.
    pub map_min_id_keys: usize,
    /// How CSV is cut into cells.
    pub csv: CsvOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: None,
            max_bytes: None,
            max_records: None,
            timestamp_standard: None,
            map_min_keys: 20,
            map_max_occurrence: 0.1,
            map_many_keys: 200,
            map_min_id_keys: 3,
            csv: CsvOptions::default(),
        }
    }
}

/// The part of the content within the limit that ends with a whole line.
pub(crate) fn whole_records(content: &[u8], format: SampleFormat, limit: Option<u64>) -> &[u8] {
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    if content.len() <= limit || format == SampleFormat::JsonArray {
        return content;
    }
    let end = memchr::memrchr(b'\n', &content[..limit]).map_or(0, |at| at + 1);
    &content[..end]
}
