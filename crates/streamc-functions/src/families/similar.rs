//! `SIMILAR TO`: the regular expressions of the SQL standard (clause "similar predicate"), as Calcite turns them into Java's.

use crate::arguments::{strict, text};
use crate::entry::scalar;
use crate::families::regex::compiled;
use crate::function::{Argument, CallError, EvalError, Family, FlinkForm, Function, Typed};
use crate::rules::{Takes, fixed, literal_text};
use crate::spark::SparkForm;
use streamc_types::{TypeKind, Value};

const SPARK: SparkForm = SparkForm::None("Spark has no `SIMILAR TO`");

/// The operators.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::String, "SIMILAR TO", (2, 3), rule, strict!(|_, _, a| similar(a).map(Value::Boolean)))
        .flink(FlinkForm::Template("({0} SIMILAR TO {1})~({0} SIMILAR TO {1} ESCAPE {2})"))
        .spark(SPARK)
        .doc(
            "Whether the whole text matches a regular expression of SQL: `%` is any text, `_` one character; `| * + ? { } ( ) [ ]` mean what they mean elsewhere. A third operand, after `ESCAPE`, takes their meaning away.",
            "'stream' SIMILAR TO 's(t|x)%'",
            "TRUE",
        ),
    scalar(Family::String, "NOT SIMILAR TO", (2, 3), rule, strict!(|_, _, a| Ok(Value::Boolean(!similar(a)?))))
        .flink(FlinkForm::Template("({0} NOT SIMILAR TO {1})~({0} NOT SIMILAR TO {1} ESCAPE {2})"))
        .spark(SPARK)
        .doc("Whether the text does not match the pattern of `SIMILAR TO`.", "'stream' NOT SIMILAR TO 's'", "TRUE"),
];

/// Characters with a meaning.
const SPECIAL: &str = "[]()|^-+*_%?{}";
/// Those of a regular expression of Java.
const JAVA: &str = "[]()|^-+*?{}$\\.";

fn rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let typed = fixed(function, arguments, &[Takes::Text], TypeKind::Boolean)?;
    let escape = literal_text(arguments, 2);
    if arguments.len() > 2 && escape.is_none() {
        return Err(CallError {
            argument: Some(2),
            message: "the character behind `ESCAPE` is a constant".to_owned(),
            help: None,
        });
    }
    if let Some(pattern) = literal_text(arguments, 1) {
        pattern_of(pattern, escape).and_then(|java| compiled(&java)).map_err(|error| CallError {
            argument: Some(1),
            message: error.message,
            help: None,
        })?;
    }
    Ok(typed)
}

fn similar(arguments: &[Value]) -> Result<bool, EvalError> {
    let escape = if arguments.len() > 2 { Some(text(arguments, 2)?) } else { None };
    let pattern = pattern_of(text(arguments, 1)?, escape)?;
    let whole = text(arguments, 0)?;
    // Java tries every way to match the whole text, so the pattern is held at both ends.
    Ok(compiled(&pattern)?.is_match(whole))
}

/// The pattern as a regular expression of Java that matches whole texts.
fn pattern_of(pattern: &str, escape: Option<&str>) -> Result<String, EvalError> {
    let wrong = || EvalError::new(format!("the pattern `{pattern}` of `SIMILAR TO` is wrong"));
    let escape = match escape.map(|e| e.chars().collect::<Vec<char>>()) {
        None => None,
        Some(chars) => match chars.as_slice() {
            [one] if !SPECIAL.contains(*one) => Some(*one),
            _ => return Err(EvalError::new("`ESCAPE` takes one character that has no meaning in a pattern")),
        },
    };
    let mut out = String::from("\\A(?:");
    let mut chars = pattern.chars().peekable();
    let mut rest = pattern;
    let mut inside = false;
    while let Some(c) = chars.next() {
        rest = &rest[c.len_utf8()..];
        if Some(c) == escape {
            let next =
                chars.next().filter(|n| SPECIAL.contains(*n) || Some(*n) == escape).ok_or_else(wrong)?;
            rest = &rest[next.len_utf8()..];
            if JAVA.contains(next) {
                out.push('\\');
            }
            out.push(next);
            continue;
        }
        match c {
            '[' if !inside => {
                inside = true;
                out.push('[');
            }
            '[' => {
                // Only the classes of the standard stand within brackets.
                let classes = [
                    (":ALPHA:]", "a-zA-Z"),
                    (":alpha:]", "a-zA-Z"),
                    (":UPPER:]", "A-Z"),
                    (":upper:]", "A-Z"),
                    (":LOWER:]", "a-z"),
                    (":lower:]", "a-z"),
                    (":DIGIT:]", "0-9"),
                    (":digit:]", "0-9"),
                    (":SPACE:]", " "),
                    (":space:]", " "),
                    (":WHITESPACE:]", "\\s"),
                    (":whitespace:]", "\\s"),
                    (":ALNUM:]", "a-zA-Z0-9"),
                    (":alnum:]", "a-zA-Z0-9"),
                ];
                let (name, java) =
                    classes.iter().find(|(name, _)| rest.starts_with(name)).ok_or_else(wrong)?;
                out.push_str(java);
                for _ in name.chars() {
                    chars.next();
                }
                rest = &rest[name.len()..];
            }
            ']' if inside => {
                inside = false;
                out.push(']');
            }
            ']' => return Err(wrong()),
            c if inside && !matches!(c, '-' | '^') && SPECIAL.contains(c) => return Err(wrong()),
            c if inside && matches!(c, '\\' | '&') => {
                return Err(EvalError::new(format!(
                    "`{c}` within brackets of `SIMILAR TO` is not supported"
                )));
            }
            c if inside => out.push(c),
            '_' => out.push('.'),
            '%' => out.push_str("[\\s\\S]*"),
            '\\' => out.push_str("\\\\"),
            '$' => out.push_str("\\$"),
            c => out.push(c),
        }
    }
    if inside {
        return Err(wrong());
    }
    out.push_str(")\\z");
    Ok(out)
}
