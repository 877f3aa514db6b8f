//! Flink's default decoder, step by step over the tokens of a record.
//!
//! The decoder moves through a stream of tokens and never looks back. That is what makes it odd where a value does not
//! have the shape its column expects: an object or array in place of a scalar is an error at its *first* token, and where
//! errors are ignored (or for `BOOLEAN`, which takes any text for `false`) reading goes on *inside* of it. An object then
//! ends the record early, so that later columns are `NULL`; an array usually loses the record. Both were measured on
//! Flink 2.3 and are kept, because the embedded engine must give the rows that Flink gives.

use super::fast::put;
use super::scalar;
use super::tokens::{Token, print_tree, tokenize};
use crate::layout::{Coder, Fields, Slot};
use crate::{DecodeError, DecodeErrorKind, JsonOptions};
use smol_str::SmolStr;
use streamc_types::Value;

/// Reads a record into `out`, which is empty.
pub(super) fn decode(
    fields: &Fields,
    record: &str,
    options: &JsonOptions,
    out: &mut Vec<Value>,
) -> Result<(), DecodeError> {
    let (tokens, offsets) = tokenize(record)?;
    let mut reader = Reader { tokens: &tokens, at: 0, options, path: Vec::new() };
    if tokens.first() != Some(&Token::StartObject) {
        return Err(DecodeError {
            kind: DecodeErrorKind::NotAnObject,
            field: None,
            message: format!("a record is a JSON object, this is {}", describe(tokens.first())),
            offset: offsets.first().copied().unwrap_or(0),
        });
    }
    match reader.row(fields) {
        Ok(values) => {
            *out = values;
            Ok(())
        }
        Err(fault) => Err(DecodeError {
            kind: fault.kind,
            field: fault.path,
            message: fault.message,
            offset: offsets.get(fault.at).copied().unwrap_or(record.len()),
        }),
    }
}

/// Why reading stopped.
struct Fault {
    kind: DecodeErrorKind,
    path: Option<SmolStr>,
    message: String,
    /// Index of the token.
    at: usize,
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    options: &'a JsonOptions,
    path: Vec<SmolStr>,
}

impl<'a> Reader<'a> {
    fn current(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token<'a>> {
        self.at += 1;
        self.current()
    }

    fn fault(&self, kind: DecodeErrorKind, message: String) -> Fault {
        let path = (!self.path.is_empty()).then(|| self.path.concat().into());
        Fault { kind, path, message, at: self.at }
    }

    fn mismatch(&self, slot: &Slot) -> Fault {
        let found = describe(self.current());
        self.fault(DecodeErrorKind::Value, format!("{found} does not fit {}", slot.ty))
    }

    /// The fields of the object whose start is the current token; ends on its end.
    fn row(&mut self, fields: &Fields) -> Result<Vec<Value>, Fault> {
        let mut values = vec![Value::Null; fields.len()];
        let mut seen = 0;
        self.next();
        while self.current() != Some(&Token::EndObject) {
            if seen >= fields.len() {
                self.skip_to_next_field()?;
                continue;
            }
            let name = self.current().map(Token::text);
            self.next();
            match name.and_then(|name| fields.find(name, seen)) {
                Some(i) => {
                    let dot = if self.path.is_empty() { "" } else { "." };
                    self.path.push(format!("{dot}{}", fields.names[i]).into());
                    values[i] = self.nullable(&fields.slots[i])?;
                    self.path.pop();
                    self.next();
                    seen += 1;
                }
                None => self.skip_to_next_field()?,
            }
        }
        if seen < fields.len() && self.options.fail_on_missing_field {
            let missing = fields.names.iter().zip(&values).find(|(_, v)| v.is_null()).map(|(n, _)| n);
            let name = missing.map_or("a field", SmolStr::as_str);
            return Err(self.fault(DecodeErrorKind::MissingField, format!("field `{name}` is missing")));
        }
        Ok(values)
    }

    /// From a value to the next field's name, over whatever it holds.
    fn skip_to_next_field(&mut self) -> Result<(), Fault> {
        match self.current() {
            Some(Token::StartObject | Token::StartArray) => {
                let mut open = 1;
                while open > 0 {
                    match self.next() {
                        Some(Token::StartObject | Token::StartArray) => open += 1,
                        Some(Token::EndObject | Token::EndArray) => open -= 1,
                        Some(_) => {}
                        None => return Err(self.ran_out()),
                    }
                }
            }
            Some(_) => {}
            None => return Err(self.ran_out()),
        }
        self.next();
        Ok(())
    }

    fn ran_out(&self) -> Fault {
        self.fault(
            DecodeErrorKind::Value,
            "a nested value stands where a column expects a single one, and reading lost its way".to_owned(),
        )
    }

    /// `NULL` for `null`; where errors are ignored also for a value that does not fit, leaving the reader inside of it.
    fn nullable(&mut self, slot: &Slot) -> Result<Value, Fault> {
        let depth = self.path.len();
        match self.current() {
            None | Some(Token::Null) => Ok(Value::Null),
            Some(_) => match self.value(slot) {
                Err(_) if self.options.ignore_parse_errors => {
                    self.path.truncate(depth);
                    Ok(Value::Null)
                }
                result => result,
            },
        }
    }

    fn value(&mut self, slot: &Slot) -> Result<Value, Fault> {
        let Some(token) = self.current() else { return Ok(Value::Null) };
        let standard = self.options.timestamp_standard;
        let value = match (&slot.coder, token) {
            (Coder::Array(item), Token::StartArray) => {
                let mut items = Vec::new();
                self.path.push("[]".into());
                while let Some(token) = self.next() {
                    if *token == Token::EndArray {
                        break;
                    }
                    items.push(self.nullable(item)?);
                }
                self.path.pop();
                Some(Value::Array(items.into()))
            }
            (Coder::Map(item), Token::StartObject) => {
                let mut entries = Vec::new();
                self.path.push("{}".into());
                while let Some(token) = self.next() {
                    if *token == Token::EndObject {
                        break;
                    }
                    let key = self.nullable(&string_slot())?;
                    self.next();
                    let value = self.nullable(item)?;
                    put(&mut entries, key, value);
                }
                self.path.pop();
                Some(Value::Map(entries.into()))
            }
            (Coder::Row(fields), Token::StartObject) => Some(Value::Row(self.row(fields)?.into())),
            (Coder::Str, Token::StartObject | Token::StartArray) => {
                let mut out = Vec::new();
                self.at = print_tree(self.tokens, self.at, &mut out);
                Some(Value::Str(SmolStr::new(String::from_utf8_lossy(&out))))
            }
            (Coder::Boolean, Token::StartObject | Token::StartArray) => Some(Value::Boolean(false)),
            (coder, Token::Number(lexeme)) => scalar::from_number(coder, lexeme, standard),
            (coder, Token::True) => scalar::from_boolean(coder, true, standard),
            (coder, Token::False) => scalar::from_boolean(coder, false, standard),
            (coder, Token::Str(text)) => scalar::from_string(coder, text, standard),
            // Only where the reader lost its way: names and closing brackets as values, by their text.
            (Coder::Bytes | Coder::Decimal(..), _) => None,
            (coder, token) => scalar::from_string(coder, token.text(), standard),
        };
        value.ok_or_else(|| self.mismatch(slot))
    }
}

fn string_slot() -> Slot {
    Slot { coder: Coder::Str, nullable: true, ty: SmolStr::new_static("STRING") }
}

/// The token for a message: `the number 1.75`, `an object`.
fn describe(token: Option<&Token<'_>>) -> String {
    let short = |text: &str| -> String {
        let mut short: String = text.chars().take(40).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    };
    match token {
        None => "nothing".to_owned(),
        Some(Token::StartObject | Token::EndObject) => "an object".to_owned(),
        Some(Token::StartArray | Token::EndArray) => "an array".to_owned(),
        Some(Token::Number(lexeme)) => format!("the number {}", short(lexeme)),
        Some(Token::Str(text) | Token::Field(text)) => format!("the string \"{}\"", short(text)),
        Some(other) => other.text().to_owned(),
    }
}
