//! Rows as the sink of Flink's `json` format writes them.

use super::scalar::base64_text;
use super::text::write_string;
use crate::java_number::{non_finite, write_decimal};
use crate::layout::{Coder, Fields, Format, Slot};
use crate::{EncodeError, FormatError, JsonOptions, temporal};
use streamc_types::{RowSchema, Value, java_double_to_string, java_float_to_string};

/// Writes rows of one schema.
#[derive(Clone, Debug)]
pub struct JsonEncoder {
    fields: Fields,
    options: JsonOptions,
}

impl JsonEncoder {
    /// An encoder for the schema.
    ///
    /// # Errors
    /// A column's type has no JSON form.
    pub fn new(schema: &RowSchema, options: JsonOptions) -> Result<Self, FormatError> {
        Ok(Self { fields: Fields::compile(schema, Format::Json)?, options })
    }

    /// Appends the row as one compact object, without a line end.
    ///
    /// # Errors
    /// A value is not of its column's type, or a map has `NULL` as a key (`map-null-key.mode` is `FAIL`).
    pub fn encode(&self, row: &[Value], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        write_row(&self.fields, row, &self.options, out)
    }
}

/// Appends one row as a compact JSON object. For many rows make a [`JsonEncoder`] once.
///
/// # Errors
/// As [`JsonEncoder::new`] and [`JsonEncoder::encode`].
pub fn encode_json(
    schema: &RowSchema,
    row: &[Value],
    options: &JsonOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let encoder = JsonEncoder::new(schema, *options)
        .map_err(|error| EncodeError { field: String::new(), message: error.to_string() })?;
    encoder.encode(row, out)
}

fn write_row(
    fields: &Fields,
    row: &[Value],
    options: &JsonOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    if row.len() != fields.len() {
        return Err(EncodeError {
            field: fields.names.first().map(ToString::to_string).unwrap_or_default(),
            message: format!("the row has {} values for {} columns", row.len(), fields.len()),
        });
    }
    out.push(b'{');
    let mut first = true;
    for ((name, slot), value) in fields.names.iter().zip(&fields.slots).zip(row) {
        if value.is_null() && options.ignore_null_fields {
            continue;
        }
        if !first {
            out.push(b',');
        }
        first = false;
        write_string(out, name);
        out.push(b':');
        write_value(slot, value, options, out).map_err(|error| under(name, error))?;
    }
    out.push(b'}');
    Ok(())
}

fn under(name: &str, mut error: EncodeError) -> EncodeError {
    error.field = match error.field.as_str() {
        "" => name.to_owned(),
        inner => format!("{name}.{inner}"),
    };
    error
}

fn write_value(
    slot: &Slot,
    value: &Value,
    options: &JsonOptions,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let fail = |message: String| Err(EncodeError { field: String::new(), message });
    match (&slot.coder, value) {
        (_, Value::Null) => out.extend_from_slice(b"null"),
        (Coder::Boolean, Value::Boolean(v)) => out.extend_from_slice(if *v { b"true" } else { b"false" }),
        (Coder::Integer(_), Value::Int(v)) => write_integer(out, *v),
        (Coder::Double, Value::Double(v)) if v.is_finite() => {
            out.extend_from_slice(java_double_to_string(*v).as_bytes());
        }
        (Coder::Float, Value::Float(v)) if v.is_finite() => {
            out.extend_from_slice(java_float_to_string(*v).as_bytes());
        }
        (Coder::Double, Value::Double(v)) => write_string(out, non_finite(*v)),
        (Coder::Float, Value::Float(v)) => write_string(out, non_finite(f64::from(*v))),
        (Coder::Decimal(..), Value::Decimal(v)) => write_decimal(out, *v, options.decimal_as_plain_number),
        (Coder::Str, Value::Str(v)) => write_string(out, v),
        (Coder::Bytes, Value::Bytes(v)) => write_string(out, &base64_text(v)),
        (Coder::Date, Value::Date(v)) => quoted(out, |out| temporal::write_date(out, *v)),
        (Coder::Time, Value::Time(v)) => quoted(out, |out| temporal::write_time(out, *v, false)),
        (Coder::Timestamp(_), Value::Timestamp(v)) => {
            quoted(out, |out| temporal::write_timestamp(out, *v, options.timestamp_standard, false));
        }
        (Coder::TimestampLtz(_), Value::Timestamp(v)) => {
            quoted(out, |out| temporal::write_timestamp(out, *v, options.timestamp_standard, true));
        }
        (Coder::Array(item), Value::Array(items)) => {
            out.push(b'[');
            for (i, v) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(item, v, options, out)?;
            }
            out.push(b']');
        }
        (Coder::Map(item), Value::Map(entries)) => {
            out.push(b'{');
            for (i, (key, v)) in entries.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                match key {
                    Value::Str(key) => write_string(out, key),
                    _ => return fail("the map has a key that is NULL or no string".to_owned()),
                }
                out.push(b':');
                write_value(item, v, options, out)?;
            }
            out.push(b'}');
        }
        (Coder::Row(fields), Value::Row(values)) => write_row(fields, values, options, out)?,
        _ => return fail(format!("the value is not of type {}", slot.ty)),
    }
    Ok(())
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

pub(crate) fn write_integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0u8; 20];
    let (mut at, mut rest) = (digits.len(), value.unsigned_abs());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}
