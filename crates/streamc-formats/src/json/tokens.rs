//! A record as a flat list of tokens, numbers with their digits as written.

use super::syntax::syntax_error;
use super::text::write_string;
use crate::DecodeError;
use crate::java_number::non_finite;
use std::borrow::Cow;
use streamc_types::java_double_to_string;

/// A token, named as in Jackson.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    StartObject,
    EndObject,
    StartArray,
    EndArray,
    Field(Cow<'a, str>),
    Str(Cow<'a, str>),
    Number(&'a str),
    True,
    False,
    Null,
}

impl Token<'_> {
    /// What `JsonParser.getText` answers.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::StartObject => "{",
            Self::EndObject => "}",
            Self::StartArray => "[",
            Self::EndArray => "]",
            Self::Field(text) | Self::Str(text) => text,
            Self::Number(text) => text,
            Self::True => "true",
            Self::False => "false",
            Self::Null => "null",
        }
    }
}

/// The tokens of a record and the byte at which each starts. The nesting must have been checked.
pub(super) fn tokenize(record: &str) -> Result<(Vec<Token<'_>>, Vec<usize>), DecodeError> {
    let mut list = List { record, tokens: Vec::new(), offsets: Vec::new() };
    if list.value(record).is_err() {
        return Err(syntax_error(record));
    }
    // The iterators stop at the closing bracket: what follows must be blank. Reading the record as a whole says so.
    if serde_json::from_str::<serde::de::IgnoredAny>(record).is_err() {
        return Err(syntax_error(record));
    }
    Ok((list.tokens, list.offsets))
}

struct List<'a> {
    record: &'a str,
    tokens: Vec<Token<'a>>,
    offsets: Vec<usize>,
}

/// Somewhere the text is no JSON.
struct NotJson;

impl<'a> List<'a> {
    fn push(&mut self, token: Token<'a>, at: &str) {
        self.tokens.push(token);
        let offset = (at.as_ptr() as usize).saturating_sub(self.record.as_ptr() as usize);
        self.offsets.push(offset.min(self.record.len()));
    }

    fn value(&mut self, raw: &'a str) -> Result<(), NotJson> {
        let raw = raw.trim_matches([' ', '\t', '\n', '\r']);
        let end = raw.get(raw.len().saturating_sub(1)..).unwrap_or("");
        match raw.as_bytes().first() {
            Some(b'{') => {
                self.push(Token::StartObject, raw);
                for entry in sonic_rs::to_object_iter(raw) {
                    let (key, value) = entry.map_err(|_| NotJson)?;
                    let value = borrowed(value.as_raw_cow())?;
                    self.push(Token::Field(key), value);
                    self.value(value)?;
                }
                self.push(Token::EndObject, end);
            }
            Some(b'[') => {
                self.push(Token::StartArray, raw);
                for item in sonic_rs::to_array_iter(raw) {
                    self.value(borrowed(item.map_err(|_| NotJson)?.as_raw_cow())?)?;
                }
                self.push(Token::EndArray, end);
            }
            Some(b'"') => {
                let text: Cow<'a, str> = if raw.contains('\\') {
                    Cow::Owned(serde_json::from_str(raw).map_err(|_| NotJson)?)
                } else {
                    Cow::Borrowed(raw.get(1..raw.len().saturating_sub(1)).ok_or(NotJson)?)
                };
                self.push(Token::Str(text), raw);
            }
            Some(b'-' | b'0'..=b'9') => self.push(Token::Number(raw), raw),
            _ => match raw {
                "true" => self.push(Token::True, raw),
                "false" => self.push(Token::False, raw),
                "null" => self.push(Token::Null, raw),
                _ => return Err(NotJson),
            },
        }
        Ok(())
    }
}

/// Raw text of an iterator over a `&str` is a part of that `&str`.
fn borrowed(raw: Cow<'_, str>) -> Result<&str, NotJson> {
    match raw {
        Cow::Borrowed(raw) => Ok(raw),
        Cow::Owned(_) => Err(NotJson),
    }
}

/// The value that starts at `at`, written compactly as Jackson's tree model writes it, and the index of its last token.
/// Numbers with a fraction or an exponent go through a double; of equal keys the last value wins.
pub(super) fn print_tree(tokens: &[Token<'_>], at: usize, out: &mut Vec<u8>) -> usize {
    match &tokens[at] {
        Token::StartObject => {
            let mut entries: Vec<(&str, Vec<u8>)> = Vec::new();
            let mut i = at + 1;
            while let Some(Token::Field(key)) = tokens.get(i) {
                let mut value = Vec::new();
                i = print_tree(tokens, i + 1, &mut value) + 1;
                match entries.iter_mut().find(|(k, _)| k == key) {
                    Some(entry) => entry.1 = value,
                    None => entries.push((key, value)),
                }
            }
            out.push(b'{');
            for (n, (key, value)) in entries.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_string(out, key);
                out.push(b':');
                out.extend_from_slice(value);
            }
            out.push(b'}');
            i
        }
        Token::StartArray => {
            out.push(b'[');
            let mut i = at + 1;
            while tokens.get(i).is_some_and(|t| *t != Token::EndArray) {
                if i > at + 1 {
                    out.push(b',');
                }
                i = print_tree(tokens, i, out) + 1;
            }
            out.push(b']');
            i
        }
        Token::Str(text) | Token::Field(text) => {
            write_string(out, text);
            at
        }
        Token::Number(lexeme) => {
            if lexeme.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) {
                let value = lexeme.parse().unwrap_or(f64::NAN);
                if f64::is_finite(value) {
                    out.extend_from_slice(java_double_to_string(value).as_bytes());
                } else {
                    write_string(out, non_finite(value));
                }
            } else if *lexeme == "-0" {
                out.push(b'0');
            } else {
                out.extend_from_slice(lexeme.as_bytes());
            }
            at
        }
        other => {
            out.extend_from_slice(other.text().as_bytes());
            at
        }
    }
}
