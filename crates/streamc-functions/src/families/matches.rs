//! All matches of a regular expression, and where they are (Flink documentation, "String Functions"). A pattern means what
//! it means in `regex.rs`; matches follow one another as Java's `Matcher.find` finds them.

use super::regex::{checked, compiled};
use crate::arguments::{int, strict, text};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::rules::{STRING, Takes, maybe};
use crate::spark::SparkForm;
use regex::Captures;
use streamc_types::{DataType, TypeKind, Value};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(
        Family::String,
        "REGEXP_COUNT",
        (2, 2),
        |f, a| checked(maybe(f, a, &[Takes::Text], TypeKind::Int)?, a),
        strict!(|_, _, a| Ok(Value::Int(matches(a)?.len() as i64))),
    )
    .doc("How many matches of a regular expression a text has.", "REGEXP_COUNT('a1b22', '[0-9]')", "3"),
    scalar(
        Family::String,
        "REGEXP_INSTR",
        (2, 2),
        |f, a| checked(maybe(f, a, &[Takes::Text], TypeKind::Int)?, a),
        strict!(|_, _, a| {
            let subject = text(a, 0)?;
            let first = compiled(text(a, 1)?)?.find(subject);
            // Java counts UTF-16 units.
            Ok(Value::Int(first.map_or(0, |m| subject[..m.start()].encode_utf16().count() as i64 + 1)))
        }),
    )
    .spark(SparkForm::None("Spark counts characters, Flink UTF-16 units"))
    .doc(
        "The position of the first match of a regular expression, counted from 1; 0 if there is none.",
        "REGEXP_INSTR('order-42', '[0-9]')",
        "7",
    ),
    scalar(
        Family::String,
        "REGEXP_SUBSTR",
        (2, 2),
        |f, a| checked(maybe(f, a, &[Takes::Text], STRING)?, a),
        strict!(|_, _, a| {
            let found = compiled(text(a, 1)?)?;
            Ok(found.find(text(a, 0)?).map_or(Value::Null, |m| Value::str(m.as_str())))
        }),
    )
    .doc("The first match of a regular expression; `NULL` if there is none.", "REGEXP_SUBSTR('order-42', '[0-9]+')", "42"),
    scalar(Family::String, "REGEXP_EXTRACT_ALL", (2, 3), all_rule, strict!(|_, _, a| all(a)))
        .spark(SparkForm::None("Spark fails where Flink gives `NULL`, and gives an empty text for a group without part"))
        .doc(
            "Every match's group of that number (1 if none is said; 0 is the whole match); `NULL` if there is no such group.",
            "REGEXP_EXTRACT_ALL('a1b22', '[a-z]([0-9]+)')",
            "[1, 22]",
        ),
];

/// Every match: after an empty one the search goes on one character further.
fn matches(arguments: &[Value]) -> Result<Vec<Captures<'_>>, EvalError> {
    let (subject, pattern) = (text(arguments, 0)?, compiled(text(arguments, 1)?)?);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(captures) = pattern.captures_at(subject, from) {
        let Some(whole) = captures.get(0) else { break };
        from = whole.end();
        if whole.is_empty() {
            let next = subject[from..].chars().next();
            // Java also stops between the two halves of a character beyond U+FFFF.
            if next.is_some_and(|c| c.len_utf16() > 1) {
                found.extend(pattern.captures_at(subject, from));
            }
            from += next.map_or(1, char::len_utf8);
        }
        found.push(captures);
        if from > subject.len() {
            break;
        }
    }
    Ok(found)
}

fn all(arguments: &[Value]) -> Result<Value, EvalError> {
    let group = if arguments.len() > 2 { int(arguments, 2)? } else { 1 };
    let groups = compiled(text(arguments, 1)?)?.captures_len();
    let Some(group) = usize::try_from(group).ok().filter(|group| *group < groups) else {
        return Ok(Value::Null);
    };
    let part = |captures: Captures<'_>| captures.get(group).map_or(Value::Null, |m| Value::str(m.as_str()));
    Ok(Value::Array(matches(arguments)?.into_iter().map(part).collect()))
}

fn all_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let texts = TypeKind::Array(Box::new(DataType::new(STRING)));
    checked(maybe(function, arguments, &[Takes::Text, Takes::Text, Takes::BigInt], texts)?, arguments)
}
