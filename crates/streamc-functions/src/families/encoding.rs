//! Base 64, character sets and the parts of a URL.

use crate::arguments::{bytes, strict, text};
use crate::entry::scalar;
use crate::function::{EvalError, Family, Function};
use crate::rules::{BYTES, STRING, Takes, fixed, maybe};
use crate::spark::SparkForm;
use streamc_types::Value;

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::String, "TO_BASE64", (1, 1), |f, a| fixed(f, a, &[Takes::TextOrBytes], STRING), strict!(|_, _, a| {
        Ok(Value::str(encode_base64(bytes(a, 0)?)))
    }))
    .spark(SparkForm::Template("base64(CAST({0} AS BINARY))"))
    .doc("The bytes of a text in base 64.", "TO_BASE64('hello')", "aGVsbG8="),
    scalar(Family::String, "FROM_BASE64", (1, 1), |f, a| fixed(f, a, &[Takes::TextOrBytes], STRING), strict!(|_, _, a| {
        let decoded = std::str::from_utf8(bytes(a, 0)?).ok().and_then(decode_base64)
            .ok_or_else(|| EvalError::new("the text is not in base 64"))?;
        Ok(Value::str(String::from_utf8_lossy(&decoded)))
    }))
    .spark(SparkForm::Template("CAST(to_binary(CAST({0} AS STRING), 'base64') AS STRING)"))
    .doc("The text that was encoded in base 64; fails if it was not.", "FROM_BASE64('aGVsbG8=')", "hello"),
    scalar(Family::String, "ENCODE", (2, 2), |f, a| fixed(f, a, &[Takes::Text], BYTES), strict!(|_, _, a| {
        Ok(Value::Bytes(encode(text(a, 0)?, text(a, 1)?)?.into()))
    }))
    .doc(
        "The bytes of a text in a character set: UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE.",
        "ENCODE('a', 'UTF-8')",
        "x'61'",
    ),
    scalar(Family::String, "DECODE", (2, 2), |f, a| fixed(f, a, &[Takes::Bytes, Takes::Text], STRING), strict!(|_, _, a| {
        Ok(Value::str(decode(bytes(a, 0)?, text(a, 1)?)?))
    }))
    .doc("The text of bytes in a character set.", "DECODE(ENCODE('a', 'UTF-8'), 'UTF-8')", "a"),
    scalar(Family::String, "PARSE_URL", (2, 3), |f, a| maybe(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        let url = text(a, 0)?;
        if let Some(protocol) = ["mailto:", "jmod:", "jrt:"].iter().find(|p| url.get(..p.len()).is_some_and(|s| s.eq_ignore_ascii_case(p))) {
            return Err(EvalError::new(format!("the parts of a URL that starts with `{protocol}` are not known here")));
        }
        Ok(url_part(url, text(a, 1)?, a.get(2).map(|_| text(a, 2)).transpose()?)
            .map_or(Value::Null, Value::str))
    }))
    .spark(SparkForm::None("Flink reads URLs leniently, Spark strictly (as URIs), and the two disagree on odd ones"))
    .doc(
        "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO; with a third argument that key of the QUERY.",
        "PARSE_URL('http://example.org/p?k=v', 'QUERY', 'k')",
        "v",
    ),
];

/// Hexadecimal digits in small letters.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base 64 with padding (RFC 4648, section 4).
pub fn encode_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            if index <= chunk.len() {
                text.push(char::from(DIGITS[(word >> (18 - 6 * index) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Reads base 64 as Java's basic decoder does: padding may be left out altogether, nothing else may stand in the text.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut word, mut bits) = (0u32, 0u32);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|d| *d == digit)? as u32;
        word = (word << 6 | value) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    Some(bytes)
}

fn encode(text: &str, charset: &str) -> Result<Vec<u8>, EvalError> {
    let narrow = |limit: u32| text.chars().map(|c| if (c as u32) < limit { c as u8 } else { b'?' }).collect();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    Ok(match charset.to_ascii_uppercase().as_str() {
        "UTF-8" => text.as_bytes().to_vec(),
        "US-ASCII" => narrow(0x80),
        "ISO-8859-1" => narrow(0x100),
        "UTF-16BE" => big(text),
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16" => [vec![0xfe, 0xff], big(text)].concat(),
        _ => return Err(unknown(charset)),
    })
}

fn decode(bytes: &[u8], charset: &str) -> Result<String, EvalError> {
    let wide = |read: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> =
            bytes.chunks(2).map(|c| if let [a, b] = c { read([*a, *b]) } else { 0xfffd }).collect();
        String::from_utf16_lossy(&units)
    };
    Ok(match charset.to_ascii_uppercase().as_str() {
        "UTF-8" => String::from_utf8_lossy(bytes).into_owned(),
        "US-ASCII" => bytes.iter().map(|b| if *b < 0x80 { char::from(*b) } else { '\u{fffd}' }).collect(),
        "ISO-8859-1" => bytes.iter().map(|b| char::from(*b)).collect(),
        "UTF-16BE" => wide(u16::from_be_bytes, bytes),
        "UTF-16LE" => wide(u16::from_le_bytes, bytes),
        "UTF-16" => match bytes {
            [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
            [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
            _ => wide(u16::from_be_bytes, bytes),
        },
        _ => return Err(unknown(charset)),
    })
}

fn unknown(charset: &str) -> EvalError {
    EvalError::new(format!("there is no character set `{charset}`"))
}

/// The part of a URL with a protocol that Java knows; `None` where there is none.
fn url_part<'a>(url: &'a str, part: &str, key: Option<&str>) -> Option<&'a str> {
    let (protocol, rest) = url.split_once(':')?;
    if !["http", "https", "ftp", "file", "jar"].contains(&protocol.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (rest, reference) = match rest.split_once('#') {
        Some((rest, reference)) => (rest, Some(reference)),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => match rest.find('/') {
            Some(at) => (Some(&rest[..at]), &rest[at..]),
            None => (Some(rest), ""),
        },
        None => (None, rest),
    };
    let (user, host) = match authority.and_then(|a| a.split_once('@')) {
        Some((user, host)) => (Some(user), Some(host)),
        None => (None, authority),
    };
    if key.is_some() && part != "QUERY" {
        return None;
    }
    match part {
        "PROTOCOL" => Some(protocol),
        "AUTHORITY" => authority.filter(|a| !a.is_empty()),
        "USERINFO" => user,
        "HOST" => {
            let host = host?;
            Some(match host.rsplit_once(':') {
                Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
                _ => host,
            })
        }
        "PATH" => Some(path),
        "FILE" => {
            // The path and the query: what lies between the authority and the fragment.
            let from = url.len() - rest_len(path, query, reference);
            Some(&url[from..from + path.len() + query.map_or(0, |q| q.len() + 1)])
        }
        "REF" => reference,
        "QUERY" => match key {
            None => query,
            Some(key) => query?.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')),
        },
        _ => None,
    }
}

fn rest_len(path: &str, query: Option<&str>, reference: Option<&str>) -> usize {
    path.len() + query.map_or(0, |q| q.len() + 1) + reference.map_or(0, |r| r.len() + 1)
}
