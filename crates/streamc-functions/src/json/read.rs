//! Reads JSON as Jackson's parser does in Flink: strictly, but only up to the end of the first value.
//!
//! Text behind the value is not looked at (`{"a": 1} x` is read), a number keeps all its digits, the last of equal keys
//! counts. The crates for JSON do none of the three, so the reader is ours.

use super::{Json, big_decimal};
use indexmap::IndexMap;
use streamc_types::java_double_to_string;

/// Arrays and objects inside one another, at most (Jackson's `StreamReadConstraints`).
const MAX_DEPTH: usize = 1000;
/// Characters of a number, at most (the same).
const MAX_NUMBER: usize = 1000;

/// The first value of a text; `None` where Jackson fails.
pub(crate) fn read(text: &str) -> Option<Json> {
    first(Reader { text, at: 0, variant: None })
}

/// The first value of a text as a `VARIANT`: keys sorted, numbers as Flink writes them. A key that comes twice is a failure
/// unless `twice` is set.
pub(crate) fn variant(text: &str, twice: bool) -> Option<Json> {
    first(Reader { text, at: 0, variant: Some(Keys { twice }) })
}

fn first(mut reader: Reader<'_>) -> Option<Json> {
    reader.blanks();
    let value = reader.value(0)?;
    // Behind a number at the top there must be a blank or the end.
    let number = matches!(value, Json::Integer(_) | Json::Decimal(_) | Json::Raw(_));
    if number && !matches!(reader.peek(), None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
        return None;
    }
    Some(value)
}

/// Whether a key of a `VARIANT` may come twice.
#[derive(Clone, Copy)]
struct Keys {
    twice: bool,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    variant: Option<Keys>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek() == Some(wanted)).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        match self.peek()? {
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Json::Text),
            b't' => self.word("true", Json::Boolean(true)),
            b'f' => self.word("false", Json::Boolean(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        let rest = self.text[self.at..].strip_prefix(word)?;
        if rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            return None;
        }
        self.at += word.len();
        Some(value)
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        let mut decimal = false;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
            decimal = true;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
            decimal = true;
        }
        let text = &self.text[start..self.at];
        if text.len() > MAX_NUMBER {
            return None;
        }
        if self.variant.is_some() {
            Some(Json::Raw(variant_number(text)))
        } else if decimal {
            big_decimal(text).map(Json::Decimal)
        } else {
            Some(Json::Integer(if text == "-0" { "0" } else { text }.to_owned()))
        }
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then(|| self.text[start..self.at].to_owned())
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut out = String::new();
        loop {
            let c = self.text[self.at..].chars().next()?;
            self.at += c.len_utf8();
            match c {
                '"' => return Some(out),
                '\\' => out.push(self.escape()?),
                c if (c as u32) < 0x20 => return None,
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex()?;
                if (0xd800..0xdc00).contains(&high) {
                    let rest = &self.text[self.at..];
                    if rest.starts_with("\\u") {
                        let back = self.at;
                        self.at += 2;
                        let low = self.hex()?;
                        if (0xdc00..0xe000).contains(&low) {
                            return char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                        }
                        self.at = back;
                    }
                }
                // Half of a pair has no bytes in UTF-8: Flink writes `?`.
                char::from_u32(high).unwrap_or('?')
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn array(&mut self, depth: usize) -> Option<Json> {
        self.take(b'[')?;
        if depth > MAX_DEPTH {
            return None;
        }
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']').is_some() {
            return Some(Json::Array(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth)?);
            self.blanks();
            if self.take(b']').is_some() {
                return Some(Json::Array(items));
            }
            self.take(b',')?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        self.take(b'{')?;
        if depth > MAX_DEPTH {
            return None;
        }
        let mut fields = IndexMap::new();
        self.blanks();
        if self.take(b'}').is_some() {
            return Some(Json::Object(fields));
        }
        loop {
            self.blanks();
            let key = self.string()?;
            self.blanks();
            self.take(b':')?;
            self.blanks();
            let value = self.value(depth)?;
            if fields.insert(key, value).is_some() && self.variant.is_some_and(|keys| !keys.twice) {
                return None;
            }
            self.blanks();
            if self.take(b'}').is_some() {
                if self.variant.is_some() {
                    fields.sort_by(|a, _, b, _| a.encode_utf16().cmp(b.encode_utf16()));
                }
                return Some(Json::Object(fields));
            }
            self.take(b',')?;
        }
    }
}

/// A number of a `VARIANT`: with an exponent it is a double, otherwise a decimal of at most 38 digits without zeros at its
/// end, and a double if it has more.
fn variant_number(text: &str) -> String {
    const MOST: usize = 38;
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let significant =
        if whole.is_empty() { fraction.trim_start_matches('0').len() } else { whole.len() + fraction.len() };
    if text.contains(['e', 'E']) || significant > MOST || fraction.len() > MOST {
        return java_double_to_string(text.parse().unwrap_or(f64::NAN));
    }
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match fraction {
        "" if whole == "0" => whole.to_owned(),
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}
