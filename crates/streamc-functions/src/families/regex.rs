//! Regular expressions: Java's syntax, translated to the `regex` crate where the two mean the same.
//!
//! Differences that are bridged: `\d \w \s \b` and their opposites are ASCII in Java; `.` stops at every line end of
//! Java. What the crate does not have (look-around, back-references, possessive quantifiers, `\Q…\E`, Java's own
//! property names) is refused: at compile time if the pattern is a literal, otherwise as an error of the row. One
//! difference stays: Java's `$` also matches before a line end at the end of the text.

use crate::arguments::{int, strict, text};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::rules::{STRING, Takes, fixed, literal_text, maybe};
use crate::spark::{SparkCall, SparkForm};
use regex::Regex;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use streamc_types::{TypeKind, Value};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(
        Family::String,
        "REGEXP",
        (2, 2),
        |f, a| checked(fixed(f, a, &[Takes::Text], TypeKind::Boolean)?, a),
        strict!(|_, _, a| {
            let pattern = text(a, 1)?;
            Ok(Value::Boolean(!pattern.is_empty() && compiled(pattern)?.is_match(text(a, 0)?)))
        }),
    )
    .spark(SparkForm::Rewrite(|call| match call.arguments {
        [subject, pattern] if super::string::spark_full_literal(pattern) => {
            Ok(format!("({subject} RLIKE {pattern})"))
        }
        [subject, pattern] => Ok(format!("({pattern} <> '' AND {subject} RLIKE {pattern})")),
        _ => Err("`REGEXP` needs two arguments".to_owned()),
    }))
    .doc(
        "Whether a regular expression (Java's) matches anywhere in the text.",
        "REGEXP('stream', 'r.a')",
        "TRUE",
    ),
    scalar(
        Family::String,
        "REGEXP_REPLACE",
        (3, 3),
        |f, a| checked(fixed(f, a, &[Takes::Text], STRING)?, a),
        strict!(|_, _, a| {
            let replaced = compiled(text(a, 1)?)?.replace_all(text(a, 0)?, regex::NoExpand(text(a, 2)?));
            Ok(Value::str(replaced.as_ref()))
        }),
    )
    .spark(SparkForm::Rewrite(|call| match call.arguments {
        [subject, pattern, by] => {
            Ok(format!("regexp_replace({subject}, {pattern}, {})", spark_replacement(by)))
        }
        _ => Err("`REGEXP_REPLACE` needs three arguments".to_owned()),
    }))
    .doc(
        "The text with every match of a regular expression replaced by the third text, taken literally.",
        "REGEXP_REPLACE('a1b22', '[0-9]+', '#')",
        "a#b#",
    ),
    scalar(
        Family::String,
        "REGEXP_EXTRACT",
        (2, 3),
        |f, a| checked(maybe(f, a, &[Takes::Text, Takes::Text, Takes::BigInt], STRING)?, a),
        strict!(|_, _, a| extract(a)),
    )
    .spark(SparkForm::Rewrite(spark_extract))
    .doc(
        "The first match of a regular expression, or a group of it; `NULL` if there is none.",
        "REGEXP_EXTRACT('order-42', '([a-z]+)-([0-9]+)', 2)",
        "42",
    ),
];

/// The call, if a literal pattern can be translated.
pub(super) fn checked(typed: Typed, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if let Some(pattern) = literal_text(arguments, 1) {
        compiled(pattern).map_err(|error| CallError {
            argument: Some(1),
            message: error.message,
            help: None,
        })?;
    }
    Ok(typed)
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Rc<Regex>>> = RefCell::new(HashMap::new());
}

/// The translated pattern; the last thousand are kept, and shared: a copy of a [`Regex`] begins without the memory that its
/// searches work in.
pub(super) fn compiled(pattern: &str) -> Result<Rc<Regex>, EvalError> {
    COMPILED.with_borrow_mut(|cache| {
        if let Some(regex) = cache.get(pattern) {
            return Ok(regex.clone());
        }
        let bad = |why: String| EvalError::new(format!("the regular expression `{pattern}` {why}"));
        let regex = Rc::new(Regex::new(&translate(pattern).map_err(&bad)?).map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or("").trim_start_matches("error: ");
            bad(format!("is not supported: {last}"))
        })?);
        if cache.len() >= 1000 {
            cache.clear();
        }
        cache.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    })
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut class_depth = 0usize;
    let mut quantified = false;
    while let Some(c) = chars.next() {
        let mut is_quantifier = false;
        match c {
            '\\' => {
                let Some(escaped) = chars.next() else {
                    return Err("ends in a backslash".to_owned());
                };
                match (escaped, class_depth > 0) {
                    ('d', true) => out.push_str("0-9"),
                    ('d', false) => out.push_str("[0-9]"),
                    ('D', false) => out.push_str("[^0-9]"),
                    ('w', true) => out.push_str("A-Za-z0-9_"),
                    ('w', false) => out.push_str("[A-Za-z0-9_]"),
                    ('W', false) => out.push_str("[^A-Za-z0-9_]"),
                    ('s', true) => out.push_str(" \\t\\n\\x0B\\f\\r"),
                    ('s', false) => out.push_str("[ \\t\\n\\x0B\\f\\r]"),
                    ('S', false) => out.push_str("[^ \\t\\n\\x0B\\f\\r]"),
                    ('D' | 'W' | 'S', true) => {
                        out.push_str(match escaped {
                            'D' => "[^0-9]",
                            'W' => "[^A-Za-z0-9_]",
                            _ => "[^ \\t\\n\\x0B\\f\\r]",
                        });
                    }
                    ('b', false) => out.push_str("(?-u:\\b)"),
                    ('B', false) => out.push_str("(?-u:\\B)"),
                    ('p' | 'P', _) => {
                        // Only one- and two-letter general categories have the same names in both.
                        let mut name = String::new();
                        if chars.peek() == Some(&'{') {
                            chars.next();
                            for c in chars.by_ref() {
                                if c == '}' {
                                    break;
                                }
                                name.push(c);
                            }
                        } else if let Some(c) = chars.next() {
                            name.push(c);
                        }
                        let name = name.strip_prefix("Is").unwrap_or(&name).to_owned();
                        if name.len() > 2 || !name.chars().all(|c| c.is_ascii_alphabetic()) {
                            return Err(format!("uses the property `{name}`, which is not supported"));
                        }
                        out.push_str(&format!("\\{escaped}{{{name}}}"));
                    }
                    ('0'..='9', _) => return Err("refers back to a group, which is not supported".to_owned()),
                    (
                        'Q' | 'E' | 'G' | 'Z' | 'R' | 'X' | 'h' | 'H' | 'v' | 'V' | 'k' | 'N' | 'c' | 'e',
                        _,
                    ) => return Err(format!("uses `\\{escaped}`, which is not supported")),
                    ('u', _) => {
                        let digits: String = chars.by_ref().take(4).collect();
                        out.push_str(&format!("\\u{{{digits}}}"));
                    }
                    _ => {
                        out.push('\\');
                        out.push(escaped);
                    }
                }
            }
            '[' => {
                class_depth += 1;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    chars.next();
                    out.push('^');
                }
                if chars.peek() == Some(&']') {
                    return Err("has an empty class `[]`".to_owned());
                }
            }
            ']' if class_depth > 0 => {
                class_depth -= 1;
                out.push(']');
            }
            _ if class_depth > 0 => match c {
                // These pairs are operators of classes in the crate, plain characters in Java.
                '-' if chars.peek() == Some(&'-') => out.push_str("\\-"),
                '~' => out.push_str("\\~"),
                c => out.push(c),
            },
            '.' => out.push_str("[^\\n\\r\\x{85}\\x{2028}\\x{2029}]"),
            '+' if quantified => return Err("has a possessive quantifier, which is not supported".to_owned()),
            '*' | '+' | '?' | '}' => {
                is_quantifier = true;
                out.push(c);
            }
            '(' if chars.peek() == Some(&'?') => {
                out.push('(');
                let ahead: String = chars.clone().take(3).collect();
                if ahead.starts_with("?=") || ahead.starts_with("?!") || ahead.starts_with("?>") {
                    return Err("looks ahead or holds on to a match, which is not supported".to_owned());
                }
                if ahead == "?<=" || ahead == "?<!" {
                    return Err("looks behind, which is not supported".to_owned());
                }
                chars.next();
                out.push('?');
            }
            c => out.push(c),
        }
        quantified = is_quantifier;
    }
    Ok(out)
}

fn extract(arguments: &[Value]) -> Result<Value, EvalError> {
    // Flink cuts a BIGINT to an INT.
    let group = if arguments.len() > 2 { int(arguments, 2)? as i32 } else { 0 };
    let regex = compiled(text(arguments, 1)?)?;
    let Ok(group) = usize::try_from(group) else {
        return Ok(Value::Null);
    };
    let found =
        regex.captures(text(arguments, 0)?).and_then(|c| c.get(group).map(|m| Value::str(m.as_str())));
    Ok(found.unwrap_or(Value::Null))
}

/// Spark reads `$1` and `\` in a replacement; Flink takes it literally.
pub(crate) fn spark_replacement(by: &str) -> String {
    let plain = by.starts_with('\'') && !by.contains(['$', '\\']);
    if plain { by.to_owned() } else { format!("replace(replace({by}, '\\\\', '\\\\\\\\'), '$', '\\\\$')") }
}

/// Spark gives an empty text where nothing matches, and where a group took no part in the match.
fn spark_extract(call: SparkCall<'_>) -> Result<String, String> {
    let [subject, pattern, rest @ ..] = call.arguments else {
        return Err("`REGEXP_EXTRACT` needs two arguments".to_owned());
    };
    let group = match rest.first() {
        Some(group) => super::string::spark_int(group).ok_or("Spark needs a constant group")?,
        None => 0,
    };
    if !super::string::spark_full_literal(pattern) {
        return Err("Spark needs a constant regular expression to tell an empty match from none".to_owned());
    }
    if group < 0 {
        return Err("there is no group of that number".to_owned());
    }
    let groups = compiled(super::string::spark_bare(pattern).trim_matches('\''))
        .map(|r| r.captures_len())
        .unwrap_or(0);
    if group >= groups as i64 {
        return Err(format!("there is no group {group} in {pattern}"));
    }
    if group > 0 && ["|", ")?", ")*", "){"].iter().any(|s| pattern.contains(s)) {
        return Err("Spark cannot tell a group that took no part from an empty one".to_owned());
    }
    Ok(format!(
        "(CASE WHEN {subject} RLIKE {pattern} THEN regexp_extract({subject}, {pattern}, {group}) END)"
    ))
}
