//! JSON and CSV record formats: decoding to typed rows and encoding, with Flink's coercions.
//!
//! The rules are those of Flink 2.3's `json` and `csv` formats with their default settings; `docs/formats.md` writes
//! them down. Nothing here opens a file: callers pass bytes.
//!
//! * [`RecordReader`] cuts bytes into records (JSON lines, a JSON array, CSV) and knows where each one stands.
//! * [`RecordStream`] does the same for a stream of bytes of any length.
//! * [`JsonDecoder`] and [`CsvDecoder`] turn a record into the values of a row.
//! * [`JsonEncoder`] and [`CsvEncoder`] write a row as the sink would.
//! * [`temporal`] reads and writes dates, times and timestamps as the formats do.

mod compress;
mod csv;
mod error;
mod java_number;
pub mod json;
mod layout;
mod options;
mod reader;
mod stream;
pub mod temporal;

pub use compress::{decompress, is_gzip};
pub use csv::{CsvDecoder, CsvEncoder};
pub use error::{DecodeError, DecodeErrorKind, Decoded, EncodeError, FormatError};
pub use json::{JsonDecoder, JsonEncoder, encode_json};
pub use options::{CsvOptions, JsonOptions, TimestampStandard};
pub use reader::{Position, Record, RecordFormat, RecordReader, csv_cells, csv_header};
pub use stream::{RecordStream, StreamError};
