//! From the text of a JSON value to a value of the column's type.

use crate::java_number::{
    ParsedDecimal, double_to_integer, parse_decimal, parse_double, parse_float, parse_integer,
};
use crate::layout::{Coder, IntegerKind};
use crate::{TimestampStandard, temporal};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use smol_str::SmolStr;
use streamc_types::Value;

/// What `String.trim` takes away: everything up to the space.
pub(crate) fn java_trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

/// The value that a JSON string of this text has in the column; `None` where it does not fit.
pub(crate) fn from_string(coder: &Coder, text: &str, standard: TimestampStandard) -> Option<Value> {
    Some(match coder {
        Coder::Null => Value::Null,
        Coder::Str => Value::Str(SmolStr::new(text)),
        Coder::Boolean => Value::Boolean(java_trim(text).eq_ignore_ascii_case("true")),
        Coder::Integer(kind) => {
            let (min, max) = kind.range();
            Value::Int(parse_integer(java_trim(text), min, max)?)
        }
        Coder::Double => Value::Double(parse_double(text)?),
        Coder::Float => Value::Float(parse_float(text)?),
        Coder::Decimal(precision, scale) => decimal(java_trim(text), *precision, *scale)?,
        Coder::Bytes => Value::Bytes(base64_bytes(text)?.into()),
        Coder::Date => Value::Date(temporal::read_date(text)?),
        Coder::Time => Value::Time(temporal::read_time(text)?),
        Coder::Timestamp(p) => Value::Timestamp(temporal::read_timestamp(text, standard)?.truncate(*p)),
        Coder::TimestampLtz(p) => {
            Value::Timestamp(temporal::read_timestamp_ltz(text, standard)?.truncate(*p))
        }
        Coder::Array(_) | Coder::Map(_) | Coder::Row(_) => return None,
    })
}

/// The value that a JSON number written like this has in the column.
pub(crate) fn from_number(coder: &Coder, lexeme: &str, standard: TimestampStandard) -> Option<Value> {
    let integral = !lexeme.bytes().any(|b| matches!(b, b'.' | b'e' | b'E'));
    Some(match coder {
        Coder::Integer(kind) => {
            let (min, max) = kind.range();
            let value = match kind {
                // An exponent or a fraction sends the two small types to their text parsers, which refuse it.
                IntegerKind::Byte | IntegerKind::Short => parse_integer(lexeme, min, max)?,
                IntegerKind::Int | IntegerKind::Long if integral => parse_integer(lexeme, min, max)?,
                IntegerKind::Int | IntegerKind::Long => double_to_integer(lexeme.parse().ok()?, min, max)?,
            };
            Value::Int(value)
        }
        Coder::Decimal(precision, scale) => decimal(lexeme, *precision, *scale)?,
        Coder::Bytes => return None,
        _ => return from_string(coder, lexeme, standard),
    })
}

/// The value that `true` or `false` has in the column.
pub(crate) fn from_boolean(coder: &Coder, value: bool, standard: TimestampStandard) -> Option<Value> {
    match coder {
        Coder::Boolean => Some(Value::Boolean(value)),
        Coder::Bytes | Coder::Decimal(..) => None,
        _ => from_string(coder, if value { "true" } else { "false" }, standard),
    }
}

fn decimal(text: &str, precision: u8, scale: u8) -> Option<Value> {
    match parse_decimal(text, precision, scale) {
        ParsedDecimal::Fits(decimal) => Some(Value::Decimal(decimal)),
        ParsedDecimal::Overflow => Some(Value::Null),
        ParsedDecimal::NoNumber => None,
    }
}

/// Base 64 with padding, as Jackson reads it: blanks are skipped, the last bits are not checked.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

pub(crate) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|b| b <= b' ') {
        let compact: String = text.chars().filter(|c| *c > ' ').collect();
        return BASE64.decode(compact).ok();
    }
    BASE64.decode(text).ok()
}

pub(crate) fn base64_text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}
