//! `LIKE`: `%` is any text, `_` any one character; there is no escape character unless
//! one is given (Calcite's `Like`).

use crate::arguments::{strict, text};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, FlinkForm, Function, Typed};
use crate::rules::{Takes, fixed, literal_text};
use crate::spark::{SparkCall, SparkForm};
use streamc_types::{TypeKind, Value};

/// The operators.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::String, "LIKE", (2, 3), rule, strict!(|_, _, a| Ok(Value::Boolean(holds(a)?))))
        .flink(FlinkForm::Template("{0} LIKE {1}~{0} LIKE {1} ESCAPE {2}"))
        .spark(SparkForm::Rewrite(|call| spark(call, "LIKE")))
        .doc(
            "Whether the whole text matches a pattern: `%` is any text, `_` one character. A third operand, after `ESCAPE`, names the character that takes their meaning away.",
            "'stream' LIKE 's%m'",
            "TRUE",
        ),
    scalar(Family::String, "NOT LIKE", (2, 3), rule, strict!(|_, _, a| Ok(Value::Boolean(!holds(a)?))))
        .flink(FlinkForm::Template("{0} NOT LIKE {1}~{0} NOT LIKE {1} ESCAPE {2}"))
        .spark(SparkForm::Rewrite(|call| spark(call, "NOT LIKE")))
        .doc("Whether the text does not match the pattern of `LIKE`.", "'stream' NOT LIKE 'x%'", "TRUE"),
];

fn rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let typed = fixed(function, arguments, &[Takes::Text], TypeKind::Boolean)?;
    let escape = match arguments.len() {
        3 => match literal_text(arguments, 2) {
            Some(escape) if escape.chars().count() <= 1 => escape.chars().next(),
            _ => {
                return Err(CallError {
                    argument: Some(2),
                    message: "`ESCAPE` takes one character in quotes".to_owned(),
                    help: None,
                });
            }
        },
        _ => None,
    };
    if let Some(pattern) = literal_text(arguments, 1) {
        parse(pattern, escape).map_err(|message| CallError { argument: Some(1), message, help: None })?;
    }
    Ok(typed)
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Char(char),
    One,
    Many,
}

fn parse(pattern: &str, escape: Option<char>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if Some(c) == escape {
            match chars.next() {
                Some(next) if next == '%' || next == '_' || Some(next) == escape => {
                    parts.push(Part::Char(next));
                }
                _ => {
                    return Err(format!(
                        "the escape character in `{pattern}` stands before none of `%`, `_` and itself"
                    ));
                }
            }
        } else {
            match c {
                '%' if parts.last() == Some(&Part::Many) => {}
                '%' => parts.push(Part::Many),
                '_' => parts.push(Part::One),
                c => parts.push(Part::Char(c)),
            }
        }
    }
    Ok(parts)
}

fn holds(arguments: &[Value]) -> Result<bool, EvalError> {
    let (subject, pattern) = (text(arguments, 0)?, text(arguments, 1)?);
    let escape = if arguments.len() > 2 { text(arguments, 2)?.chars().next() } else { None };
    if escape.is_none() && !pattern.contains('_') {
        return Ok(simple(subject, pattern));
    }
    let parts = parse(pattern, escape).map_err(EvalError::new)?;
    let subject: Vec<char> = subject.chars().collect();
    Ok(matches(&subject, &parts))
}

/// A pattern of `%` and plain text only.
fn simple(subject: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('%');
    let first = pieces.next().unwrap_or("");
    let Some(mut rest) = subject.strip_prefix(first) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

/// Greedy matching with one point of return: linear in practice, quadratic at worst.
fn matches(subject: &[char], parts: &[Part]) -> bool {
    let (mut s, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while s < subject.len() {
        match parts.get(p) {
            Some(Part::Many) => {
                back = Some((s, p));
                p += 1;
            }
            Some(Part::One) => {
                s += 1;
                p += 1;
            }
            Some(Part::Char(c)) if subject.get(s) == Some(c) => {
                s += 1;
                p += 1;
            }
            _ => match back {
                Some((from, many)) => {
                    back = Some((from + 1, many));
                    s = from + 1;
                    p = many + 1;
                }
                None => return false,
            },
        }
    }
    parts.iter().skip(p).all(|part| *part == Part::Many)
}

/// Spark's `LIKE` has the backslash as its escape character unless another is given: in a pattern without `ESCAPE` it is
/// doubled.
fn spark(call: SparkCall<'_>, operator: &str) -> Result<String, String> {
    match call.arguments {
        [subject, pattern, escape] if escape != "''" => {
            Ok(format!("({subject} {operator} {pattern} ESCAPE {escape})"))
        }
        [subject, pattern, ..] if is_literal(pattern) && !pattern.contains('\\') => {
            Ok(format!("({subject} {operator} {pattern})"))
        }
        [subject, pattern, ..] => {
            Ok(format!("({subject} {operator} replace({pattern}, '\\\\', '\\\\\\\\'))"))
        }
        _ => Err("`LIKE` needs two operands".to_owned()),
    }
}

/// Whether the SQL text is one string literal.
fn is_literal(text: &str) -> bool {
    text.len() >= 2
        && text.starts_with('\'')
        && text.ends_with('\'')
        && !text[1..text.len() - 1].replace("''", "").contains('\'')
}
