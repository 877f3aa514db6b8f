//! Well-formedness of a record: nesting and the place of a syntax error.

use crate::{DecodeError, DecodeErrorKind};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// How deep objects and arrays may nest in a record.
pub const MAX_DEPTH: usize = 250;

/// Refuses a record that nests deeper than [`MAX_DEPTH`]; cheap for all others.
///
/// # Errors
/// The nesting is too deep, or (only where many brackets made it look) the record is not JSON.
pub fn check_depth(record: &str) -> Result<(), DecodeError> {
    // Every level takes a byte at least, so most records are done here; the next test counts brackets, in strings too.
    if record.len() <= MAX_DEPTH {
        return Ok(());
    }
    if record.bytes().filter(|b| matches!(b, b'{' | b'[')).count() <= MAX_DEPTH {
        return Ok(());
    }
    let mut deserializer = sonic_rs::Deserializer::from_str(record);
    match Depth(MAX_DEPTH).deserialize(&mut deserializer) {
        Ok(()) => Ok(()),
        Err(error) if error.to_string().contains(TOO_DEEP) => Err(DecodeError {
            kind: DecodeErrorKind::Syntax,
            field: None,
            message: format!("the record nests deeper than {MAX_DEPTH} levels"),
            offset: 0,
        }),
        Err(_) => Err(syntax_error(record)),
    }
}

const TOO_DEEP: &str = "nested too deeply";

/// Visits a value and fails below that many levels.
#[derive(Clone, Copy)]
struct Depth(usize);

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inner = Self(self.0.checked_sub(1).ok_or_else(|| A::Error::custom(TOO_DEEP))?);
        while seq.next_element_seed(inner)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inner = Self(self.0.checked_sub(1).ok_or_else(|| A::Error::custom(TOO_DEEP))?);
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(inner)?;
        }
        Ok(())
    }
}

/// What is wrong with a record that is not JSON, and where.
pub fn syntax_error(record: &str) -> DecodeError {
    let (message, offset) = match serde_json::from_str::<IgnoredAny>(record) {
        Ok(_) => ("the record is not JSON".to_owned(), 0),
        Err(error) => {
            let text = error.to_string();
            let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
            let line_start =
                record.match_indices('\n').nth(error.line().wrapping_sub(2)).map_or(0, |(at, _)| at + 1);
            (message, (line_start + error.column().saturating_sub(1)).min(record.len()))
        }
    };
    DecodeError { kind: DecodeErrorKind::Syntax, field: None, message, offset }
}
