//! The `json` format.
//!
//! Decoding has two parts. `fast` reads a record in one pass and knows only the ordinary cases: each field has the JSON
//! type that its column expects. Whenever it meets anything else it says so, and `exact` reads the record again, token by
//! token, as Flink's default decoder (`json.decode.json-parser.enabled = true`) does, oddities included. Both agree where
//! both have an answer; a property test holds them to it.

mod encode;
mod exact;
mod fast;
mod scalar;
pub mod syntax;
mod text;
mod tokens;

pub use encode::{JsonEncoder, encode_json};

use crate::layout::{Fields, Format};
use crate::{DecodeError, DecodeErrorKind, Decoded, FormatError, JsonOptions};
use streamc_types::{RowSchema, Value};

/// Reads JSON records into rows of one schema.
#[derive(Clone, Debug)]
pub struct JsonDecoder {
    fields: Fields,
    options: JsonOptions,
}

impl JsonDecoder {
    /// A decoder for the schema.
    ///
    /// # Errors
    /// A column's type has no JSON form (`RAW`, `VARIANT`, a map whose keys are no strings), or the options contradict
    /// one another.
    pub fn new(schema: &RowSchema, options: JsonOptions) -> Result<Self, FormatError> {
        if options.fail_on_missing_field && options.ignore_parse_errors {
            return Err(FormatError::ConflictingOptions);
        }
        Ok(Self { fields: Fields::compile(schema, Format::Json)?, options })
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
        let result = std::str::from_utf8(record)
            .map_err(|error| DecodeError {
                kind: DecodeErrorKind::Syntax,
                field: None,
                message: "the record is not UTF-8".to_owned(),
                offset: error.valid_up_to(),
            })
            .and_then(|text| self.decode_text(text, out));
        match result {
            Ok(()) => Ok(Decoded::Row),
            Err(error) => {
                out.clear();
                if self.options.ignore_parse_errors { Ok(Decoded::Dropped) } else { Err(error) }
            }
        }
    }

    fn decode_text(&self, record: &str, out: &mut Vec<Value>) -> Result<(), DecodeError> {
        syntax::check_depth(record)?;
        out.resize(self.fields.len(), Value::Null);
        if fast::decode(&self.fields, record, &self.options, out) && self.fields.null_violation(out).is_none()
        {
            return Ok(());
        }
        self.decode_exactly(record, out)
    }

    /// The slow path alone.
    fn decode_exactly(&self, record: &str, out: &mut Vec<Value>) -> Result<(), DecodeError> {
        out.clear();
        exact::decode(&self.fields, record, &self.options, out)?;
        if let Some(path) = self.fields.null_violation(out) {
            return Err(DecodeError {
                kind: DecodeErrorKind::NullInNotNull,
                field: Some(path.into()),
                message: "the column is NOT NULL and the record has no value for it".to_owned(),
                offset: 0,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
