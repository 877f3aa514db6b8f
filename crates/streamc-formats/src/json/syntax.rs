//! Well-formedness of a record: nesting and the place of a syntax error.

use crate::{DecodeError, DecodeErrorKind};
use serde::de::IgnoredAny;

/// How deep objects and arrays may nest in a record: as deep as types may.
pub const MAX_DEPTH: usize = 64;

/// Refuses a record that nests deeper than [`MAX_DEPTH`], before anything reads it recursively; cheap for all others.
///
/// # Errors
/// The nesting is too deep.
pub fn check_depth(record: &str) -> Result<(), DecodeError> {
    // Every level takes a byte at least, and most of the rest has few brackets, in strings or outside.
    let brackets = || memchr::memchr2_iter(b'{', b'[', record.as_bytes());
    if record.len() <= MAX_DEPTH || brackets().take(MAX_DEPTH + 1).count() <= MAX_DEPTH {
        return Ok(());
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (offset, byte) in record.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(DecodeError {
                        kind: DecodeErrorKind::Syntax,
                        field: None,
                        message: format!("the record nests deeper than {MAX_DEPTH} levels"),
                        offset,
                    });
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// What is wrong with a record that is not JSON, and where.
pub fn syntax_error(record: &str) -> DecodeError {
    let (message, offset) = match serde_json::from_str::<IgnoredAny>(record) {
        Ok(_) => ("the record is not JSON".to_owned(), 0),
        Err(error) => {
            let text = error.to_string();
            let message = plain_words(text.split(" at line ").next().unwrap_or(&text)).to_owned();
            let line_start =
                record.match_indices('\n').nth(error.line().wrapping_sub(2)).map_or(0, |(at, _)| at + 1);
            (message, (line_start + error.column().saturating_sub(1)).min(record.len()))
        }
    };
    DecodeError { kind: DecodeErrorKind::Syntax, field: None, message, offset }
}

/// The parser's message where it speaks of its own insides.
fn plain_words(message: &str) -> &str {
    match message {
        "expected ident" | "expected value" => "expected a JSON value",
        "EOF while parsing an object" => "the object does not end",
        "EOF while parsing a list" => "the array does not end",
        "EOF while parsing a string" => "the string does not end",
        "EOF while parsing a value" => "a value is missing at the end",
        "key must be a string" => "a key must be a string in double quotes",
        "trailing characters" => "something follows the end of the record",
        other => other,
    }
}
