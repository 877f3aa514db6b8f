//! JSON out of values: objects, arrays, scalars, and quoted texts (Flink documentation, "JSON Functions").
//!
//! The first argument of `JSON_OBJECT` and `JSON_ARRAY` is a literal that the binder writes: `NULL` or `ABSENT`, for `ON NULL`,
//! a blank, and for each value `r` if it is JSON already (a call of `JSON_OBJECT`, `JSON_ARRAY` or `JSON` stands there) or `-`.

use crate::arguments::{strict, text, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, CallTypes, EvalError, Family, FlinkForm, Function, Typed};
use crate::json::read::read;
use crate::json::value::{json, refusal};
use crate::json::{Json, write};
use crate::rules::{STRING, Takes, fixed, literal_text, nullable};
use crate::spark::SparkForm;
use indexmap::IndexMap;
use std::fmt::Write as _;
use streamc_types::{DataType, TypeKind, Value};

const SPARK: SparkForm =
    SparkForm::None("Spark writes JSON otherwise than Flink: keys are not sorted, decimals not kept");

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Json, "JSON_OBJECT", (1, usize::MAX), object_rule, |_, types, a| object(types, a))
        .flink(FlinkForm::Written(flink_object))
        .spark(SPARK)
        .doc(
            "A JSON object, its keys sorted. Keys are constants, of equal ones the last counts. `NULL ON NULL` (unless said) writes `null`, `ABSENT ON NULL` leaves the key out. Values that are calls of `JSON_OBJECT`, `JSON_ARRAY` or `JSON` stand in it as JSON.",
            "JSON_OBJECT('b' VALUE 1, 'a' VALUE 'x')",
            "{\"a\":\"x\",\"b\":1}",
        ),
    scalar(Family::Json, "JSON_ARRAY", (1, usize::MAX), array_rule, |_, types, a| array(types, a))
        .flink(FlinkForm::Written(flink_array))
        .spark(SPARK)
        .doc(
            "A JSON array. `ABSENT ON NULL` (unless said) leaves `NULL`s out, `NULL ON NULL` writes `null`.",
            "JSON_ARRAY(1, 'a')",
            "[1,\"a\"]",
        ),
    scalar(Family::Json, "JSON_STRING", (1, 1), string_rule, strict!(|_, types, a| {
        Ok(Value::str(write::text(&json(value(a, 0)?, first(types)?)?)))
    }))
    .spark(SPARK)
    .doc("A value as JSON.", "JSON_STRING(ARRAY[1, 2])", "[1,2]"),
    scalar(Family::Json, "JSON", (1, 1), |f, a| fixed(f, a, &[Takes::Text], STRING), strict!(|_, _, a| document(text(a, 0)?)))
        .spark(SPARK)
        .doc(
            "A text that is JSON, as a value of `JSON_OBJECT` or `JSON_ARRAY` and nowhere else. Fails if it is no JSON; a blank text is `NULL`.",
            "JSON_ARRAY(JSON('{\"a\": 1}'))",
            "[{\"a\":1}]",
        ),
    scalar(Family::Json, "JSON_QUOTE", (1, 1), |f, a| fixed(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        Ok(Value::str(quote(text(a, 0)?)))
    }))
    .spark(SparkForm::None("Spark has no function that escapes a text as this one does"))
    .doc(
        "A text in quotes, escaped: what is not ASCII too. Flink garbles characters beyond the Basic Multilingual Plane.",
        "JSON_QUOTE('a\"b')",
        "\"a\\\"b\"",
    ),
    scalar(Family::Json, "JSON_UNQUOTE", (1, 1), |f, a| fixed(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        let quoted = text(a, 0)?;
        Ok(Value::str(unquoted(quoted).unwrap_or_else(|| quoted.to_owned())))
    }))
    .spark(SparkForm::None("Spark has no function that reads a quoted text as this one does"))
    .doc(
        "A text without its quotes, its escapes resolved; as it is if it has no quotes or an escape is wrong.",
        "JSON_UNQUOTE('\"a\"')",
        "a",
    ),
];

fn first<'t>(types: CallTypes<'t>) -> Result<&'t DataType, EvalError> {
    types.arguments.first().ok_or_else(|| EvalError::new("an argument is missing"))
}

/// Checks that the argument has a JSON form.
pub(super) fn has_form(arguments: &[Argument<'_>], index: usize) -> Result<(), CallError> {
    let Some(argument) = arguments.get(index) else { return Ok(()) };
    let message = match argument.ty.kind {
        TypeKind::Null => "the type of this `NULL` is not known".to_owned(),
        _ => match refusal(argument.ty) {
            Some(message) => message,
            None => return Ok(()),
        },
    };
    Err(CallError { argument: Some(index), message, help: Some("write `CAST(… AS STRING)`".to_owned()) })
}

fn object_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    for index in (1..arguments.len()).step_by(2) {
        if literal_text(arguments, index).is_none() {
            return Err(CallError {
                argument: Some(index),
                message: "a key of `JSON_OBJECT` is a constant string".to_owned(),
                help: None,
            });
        }
        has_form(arguments, index + 1)?;
    }
    Ok(Typed::as_is(arguments, DataType::not_null(STRING)))
}

fn array_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    (1..arguments.len()).try_for_each(|index| has_form(arguments, index))?;
    Ok(Typed::as_is(arguments, DataType::not_null(STRING)))
}

fn string_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if arguments.first().is_some_and(|a| a.ty.kind == TypeKind::Null) {
        return Ok(Typed { result: DataType::new(STRING), arguments: vec![DataType::new(STRING)] });
    }
    has_form(arguments, 0)?;
    Ok(Typed::as_is(arguments, DataType { kind: STRING, nullable: nullable(arguments) }))
}

/// The first argument: whether `NULL`s are written, and which values are JSON already.
fn layout(arguments: &[Value]) -> Result<(bool, &[u8]), EvalError> {
    let (word, raw) = text(arguments, 0)?.split_once(' ').unwrap_or(("NULL", ""));
    Ok((word == "NULL", raw.as_bytes()))
}

/// The value of argument `at` as JSON; `None` if it is `NULL` and `NULL`s are left out.
fn part(
    types: CallTypes<'_>,
    arguments: &[Value],
    at: usize,
    raw: bool,
    keep: bool,
) -> Result<Option<Json>, EvalError> {
    let given = value(arguments, at)?;
    if given.is_null() {
        return Ok(keep.then_some(Json::Null));
    }
    if raw {
        return Ok(Some(Json::Raw(text(arguments, at)?.to_owned())));
    }
    let ty = types.arguments.get(at).ok_or_else(|| EvalError::new("an argument has no type"))?;
    json(given, ty).map(Some)
}

fn object(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let (keep, raw) = layout(arguments)?;
    let mut fields = IndexMap::new();
    for (index, at) in (1..arguments.len().saturating_sub(1)).step_by(2).enumerate() {
        if let Some(part) = part(types, arguments, at + 1, raw.get(index) == Some(&b'r'), keep)? {
            fields.insert(text(arguments, at)?.to_owned(), part);
        }
    }
    Ok(Value::str(write::text(&Json::Object(fields))))
}

fn array(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let (keep, raw) = layout(arguments)?;
    let mut items = Vec::new();
    for (index, at) in (1..arguments.len()).enumerate() {
        items.extend(part(types, arguments, at, raw.get(index) == Some(&b'r'), keep)?);
    }
    Ok(Value::str(write::text(&Json::Array(items))))
}

fn document(text: &str) -> Result<Value, EvalError> {
    let trimmed = text.trim_matches(|c: char| c <= ' ');
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    match read(trimmed) {
        Some(json) => Ok(Value::str(write::text(&json))),
        None => Err(EvalError::new("the text is no JSON")),
    }
}

/// As Flink escapes: `/` too, and everything beyond ASCII as `\u` and the digits of its code point. Half a pair then follows
/// a character beyond the Basic Multilingual Plane.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c => {
                let _ = write!(out, "\\u{:04x}", c as u32);
                if (c as u32) > 0xffff {
                    let mut units = [0; 2];
                    let low = c.encode_utf16(&mut units).last().copied().unwrap_or_default();
                    let _ = write!(out, "\\u{low:04x}");
                }
            }
        }
    }
    out.push('"');
    out
}

/// The text within the quotes; `None` if there are none, or an escape is wrong.
fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"').filter(|_| text.len() >= 2)?;
    let mut units: Vec<u16> = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let mut buffer = [0; 2];
        if c != '\\' {
            units.extend_from_slice(c.encode_utf16(&mut buffer));
            continue;
        }
        units.push(match chars.next()? {
            c @ ('"' | '\\' | '/') => c as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return None;
                }
                u16::from_str_radix(&digits, 16).ok()?
            }
            _ => return None,
        });
    }
    // Half of a pair has no bytes in UTF-8: Flink writes `?`.
    Some(char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect())
}

/// `ON NULL`, where it is not what holds unless said.
fn on_null(layout: &str, unless_said: &str) -> String {
    match layout.trim_matches('\'').split(' ').next() {
        Some(word) if word != unless_said => format!(" {word} ON NULL"),
        _ => String::new(),
    }
}

fn flink_object(arguments: &[String]) -> String {
    let Some((layout, rest)) = arguments.split_first() else { return String::new() };
    let pairs: Vec<String> = rest
        .chunks(2)
        .map(|pair| format!("KEY {} VALUE {}", pair[0], pair.get(1).map_or("", |v| v)))
        .collect();
    format!("JSON_OBJECT({}{})", pairs.join(", "), on_null(layout, "NULL"))
}

fn flink_array(arguments: &[String]) -> String {
    let Some((layout, rest)) = arguments.split_first() else { return String::new() };
    format!("JSON_ARRAY({}{})", rest.join(", "), on_null(layout, "ABSENT"))
}
