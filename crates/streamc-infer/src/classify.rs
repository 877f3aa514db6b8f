//! What a single JSON value shows.

use streamc_formats::TimestampStandard::{Iso8601, Sql};
use streamc_formats::temporal;

/// The kinds of values that the report tells apart. Several of them meet in one SQL type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    Boolean,
    /// Fits 64 bits.
    Integer,
    /// Digits only, beyond 64 bits.
    BigInteger,
    /// With a point, without exponent.
    Decimal,
    /// With an exponent.
    Exponent,
    Date,
    Time,
    TimestampSql,
    TimestampSqlZ,
    TimestampIso,
    TimestampIsoZ,
    /// With a zone such as `+02:00`.
    TimestampOffset,
    Uuid,
    /// A string of a number.
    NumberText,
    EmptyText,
    Text,
    Object,
    Array,
}

/// How many kinds there are.
pub(crate) const KINDS: usize = Kind::Array as usize + 1;

/// Kinds that are one JSON type (and CSV's numbers): only kinds of one group meet in a type other than `STRING`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Boolean,
    Number,
    String,
    Object,
    Array,
}

impl Group {
    /// `1 number`, `2 numbers`.
    pub(crate) fn counted(self, count: u64) -> String {
        let word = match self {
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Object => "object",
            Self::Array => "array",
        };
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {word}{plural}")
    }
}

impl Kind {
    pub(crate) fn group(self) -> Group {
        match self {
            Self::Boolean => Group::Boolean,
            Self::Integer | Self::BigInteger | Self::Decimal | Self::Exponent => Group::Number,
            Self::Object => Group::Object,
            Self::Array => Group::Array,
            _ => Group::String,
        }
    }

    /// The name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::BigInteger => "integer beyond 64 bits",
            Self::Decimal => "decimal",
            Self::Exponent => "number with exponent",
            Self::Date => "date",
            Self::Time => "time",
            Self::TimestampSql => "timestamp (SQL)",
            Self::TimestampSqlZ => "timestamp with Z (SQL)",
            Self::TimestampIso => "timestamp (ISO-8601)",
            Self::TimestampIsoZ => "timestamp with Z (ISO-8601)",
            Self::TimestampOffset => "timestamp with offset",
            Self::Uuid => "uuid",
            Self::NumberText => "number in a string",
            Self::EmptyText => "empty string",
            Self::Text => "string",
            Self::Object => "object",
            Self::Array => "array",
        }
    }
}

/// A value's kind and its size: the integer itself, digits before and behind the point ([`pack_digits`]), or digits of
/// the fraction of a second.
pub(crate) type Seen = (Kind, i64);

/// Digits before and behind the point in one number.
pub(crate) fn pack_digits(whole: usize, scale: usize) -> i64 {
    let clamp = |n: usize| n.min(10_000) as i64;
    clamp(whole) << 32 | clamp(scale)
}

/// The inverse of [`pack_digits`].
pub(crate) fn unpack_digits(packed: i64) -> (u32, u32) {
    ((packed >> 32) as u32, packed as u32)
}

/// Number of decimal digits.
pub(crate) fn digits_of(value: i64) -> u32 {
    value.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1)
}

/// A JSON number as written.
pub(crate) fn number(lexeme: &str) -> Seen {
    if let Ok(value) = lexeme.parse::<i64>() {
        return (Kind::Integer, value);
    }
    let digits = lexeme.strip_prefix('-').unwrap_or(lexeme);
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], true),
        None => (digits, false),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let size = pack_digits(whole.trim_start_matches('0').len(), fraction.len());
    let kind = match (exponent, fraction.is_empty()) {
        (true, _) => Kind::Exponent,
        (false, true) => Kind::BigInteger,
        (false, false) => Kind::Decimal,
    };
    (kind, size)
}

/// A string's contents.
pub(crate) fn string(text: &str) -> Seen {
    let bytes = text.as_bytes();
    match bytes {
        [] => return (Kind::EmptyText, 0),
        [b'0'..=b'9', ..] => {}
        [b'-', b'0'..=b'9', ..] if is_number_text(bytes) => return (Kind::NumberText, 0),
        _ if is_uuid(bytes) => return (Kind::Uuid, 0),
        _ => return (Kind::Text, 0),
    }
    if bytes.len() >= 10 && bytes[4] == b'-' {
        if bytes.len() == 10 && temporal::read_date(text).is_some() {
            return (Kind::Date, 0);
        }
        if let Some(seen) = timestamp(text) {
            return seen;
        }
    }
    if bytes.len() >= 8 && bytes[2] == b':' && !text.starts_with("24") {
        if let Some(digits) = temporal::time_digits(text) {
            return (Kind::Time, i64::from(digits));
        }
    }
    if is_number_text(bytes) {
        (Kind::NumberText, 0)
    } else if is_uuid(bytes) {
        (Kind::Uuid, 0)
    } else {
        (Kind::Text, 0)
    }
}

/// A date and a time, of a day and an hour that exist: some of the engine's patterns take 30 February and 24:00.
fn timestamp(text: &str) -> Option<Seen> {
    let bytes = text.as_bytes();
    if bytes.len() < 16 || bytes[11..13] == *b"24" {
        return None;
    }
    let at_end_of_month = matches!(bytes[8..10], [b'3', _] | [b'2', b'9']);
    if at_end_of_month && text.get(..10).and_then(temporal::read_date).is_none() {
        return None;
    }
    let digits = |written: Option<temporal::Written>| written.map(|w| i64::from(w.digits));
    if let Some(size) = digits(temporal::written_timestamp(text, Sql)) {
        return Some((Kind::TimestampSql, size));
    }
    if text.as_bytes()[10] == b'T'
        && let Some(size) = digits(temporal::written_timestamp(text, Iso8601))
    {
        return Some((Kind::TimestampIso, size));
    }
    if let Some(size) = digits(temporal::written_timestamp_ltz(text, Sql)) {
        return Some((Kind::TimestampSqlZ, size));
    }
    if let Some(size) = digits(temporal::written_timestamp_ltz(text, Iso8601)) {
        return Some((Kind::TimestampIsoZ, size));
    }
    has_offset(text).then_some((Kind::TimestampOffset, 0))
}

/// A timestamp with `+02:00`, `+0200` or `+02` behind it.
fn has_offset(text: &str) -> bool {
    let Some(at) = text.rfind(['+', '-']).filter(|at| *at > 10) else { return false };
    let zone = &text.as_bytes()[at + 1..];
    let digit = |i: usize| zone.get(i).is_some_and(u8::is_ascii_digit);
    let shaped = match zone.len() {
        2 => digit(0) && digit(1),
        4 => (0..4).all(digit),
        5 => digit(0) && digit(1) && zone[2] == b':' && digit(3) && digit(4),
        _ => false,
    };
    let body = &text[..at];
    shaped && [Sql, Iso8601].into_iter().any(|standard| temporal::written_timestamp(body, standard).is_some())
}

/// `-?[0-9]+(\.[0-9]+)?`, with leading zeros.
fn is_number_text(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let mut point = false;
    let shaped = bytes.iter().all(|b| match b {
        b'0'..=b'9' => true,
        b'.' if !point => {
            point = true;
            true
        }
        _ => false,
    });
    shaped && bytes.first().is_some_and(u8::is_ascii_digit) && bytes.last().is_some_and(u8::is_ascii_digit)
}

/// `8-4-4-4-12` hexadecimal digits.
pub(crate) fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// A CSV cell: text that looks like a boolean or a JSON number is one; leading zeros make it a string.
pub(crate) fn cell(text: &str) -> Seen {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return (Kind::Boolean, 0);
    }
    let bytes = text.as_bytes();
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let leading_zero = unsigned.len() > 1 && unsigned[0] == b'0' && unsigned[1].is_ascii_digit();
    if !leading_zero && unsigned.first().is_some_and(u8::is_ascii_digit) && is_json_number(unsigned) {
        return number(text);
    }
    string(text)
}

fn is_json_number(unsigned: &[u8]) -> bool {
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let (mantissa, exponent) = match unsigned.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let whole = match mantissa.iter().position(|b| *b == b'.') {
        Some(at) => digits(&mantissa[..at]) && digits(&mantissa[at + 1..]),
        None => digits(mantissa),
    };
    whole
        && exponent.is_none_or(|e| digits(e.strip_prefix(b"-").or_else(|| e.strip_prefix(b"+")).unwrap_or(e)))
}
