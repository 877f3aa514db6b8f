//! Random literals, and those that functions ask for by name: units, patterns, names of character sets.

use streamc_types::{DataType, IntervalUnit, TypeKind, Value};

use super::dice::Dice;
use super::values::TEXTS;

/// A literal.
#[derive(Clone, Debug)]
pub struct Literal {
    /// As SQL writes it.
    pub text: String,
    /// Its type.
    pub ty: DataType,
    /// Its value, where type rules look at it.
    pub value: Option<Value>,
}

/// A text.
pub fn text(text: &str) -> Literal {
    Literal {
        text: format!("'{}'", text.replace('\'', "''")),
        ty: DataType::not_null(TypeKind::Char(text.chars().count().max(1) as u32)),
        value: Some(Value::str(text)),
    }
}

fn int(value: i64) -> Literal {
    let kind = if i32::try_from(value).is_ok() { TypeKind::Int } else { TypeKind::BigInt };
    // The sign is an operator: `5 - -3` would be a comment.
    let text = if value < 0 { format!("({value})") } else { value.to_string() };
    Literal { text, ty: DataType::not_null(kind), value: Some(Value::Int(value)) }
}

fn other(text: &str, kind: TypeKind) -> Literal {
    Literal { text: text.to_owned(), ty: DataType::not_null(kind), value: None }
}

/// Some literal.
pub fn any(dice: &mut Dice) -> Literal {
    match dice.below(16) {
        0..5 => int(*dice.pick(&[0, 1, 2, 3, 5, 10, -1, 100, 2147483647]).unwrap_or(&0)),
        5..8 => text(dice.word(&TEXTS)),
        8 => other("2.50", TypeKind::Decimal { precision: 3, scale: 2 }),
        9 => other("1.5e0", TypeKind::Double),
        10 => other(dice.word(&["TRUE", "FALSE"]), TypeKind::Boolean),
        11 => {
            other(dice.word(&["DATE '2024-02-29'", "DATE '1970-01-01'", "DATE '2026-03-29'"]), TypeKind::Date)
        }
        12 => other("TIMESTAMP '2026-03-29 02:30:00'", TypeKind::Timestamp(0)),
        13 => other("TIMESTAMP '2024-02-29 23:59:59.999'", TypeKind::Timestamp(3)),
        14 => interval(dice),
        _ => other("TIME '03:04:05'", TypeKind::Time(0)),
    }
}

fn interval(dice: &mut Dice) -> Literal {
    let (text, unit) = *dice
        .pick(&[
            ("INTERVAL '1' DAY", IntervalUnit::DaySecond),
            ("INTERVAL '10' SECOND", IntervalUnit::DaySecond),
            ("INTERVAL '1:30' MINUTE TO SECOND", IntervalUnit::DaySecond),
            ("INTERVAL '1' MONTH", IntervalUnit::YearMonth),
            ("INTERVAL '2-3' YEAR TO MONTH", IntervalUnit::YearMonth),
        ])
        .unwrap_or(&("INTERVAL '1' DAY", IntervalUnit::DaySecond));
    other(text, TypeKind::Interval(unit))
}

/// A literal that fits an argument of that function, for functions that take few of them; `None` for the others.
pub fn of_argument(dice: &mut Dice, function: &str, argument: usize) -> Option<Literal> {
    const UNITS: [&str; 10] =
        ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "DOY"];
    const PATTERNS: [&str; 8] = [
        "yyyy-MM-dd",
        "yyyy-MM-dd HH:mm:ss",
        "yyyy",
        "dd.MM.yy",
        "HH:mm",
        "yyyyMMdd",
        "EEE",
        "yyyy-MM-dd'T'HH:mm:ss.SSS",
    ];
    const EXPRESSIONS: [&str; 8] = ["a", "[a-z]+", "(\\d+)", "^h", "(a)(b)?", "\\s", ".", "o\\b"];
    let words: &[&str] = match (function, argument) {
        ("EXTRACT" | "FLOOR_TO" | "CEIL_TO" | "TIMESTAMPADD" | "TIMESTAMPDIFF", 0) => &UNITS,
        ("DATE_FORMAT" | "TO_DATE" | "TO_TIMESTAMP" | "FROM_UNIXTIME" | "UNIX_TIMESTAMP", 1) => &PATTERNS,
        ("CONVERT_TZ", 1 | 2) => &["UTC", "Europe/Berlin", "America/Los_Angeles"],
        ("ENCODE" | "DECODE", 1) => &["UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16BE"],
        ("PARSE_URL", 1) => &["HOST", "PATH", "QUERY", "PROTOCOL"],
        ("LIKE" | "NOT LIKE", 1) => &["%a%", "_b%", "h%", "%", "", "A_b%C"],
        ("JSON_VALUE" | "JSON_QUERY" | "JSON_EXISTS", 1) => &["$.a", "lax $.a[1]", "$.b", "strict $.a"],
        (name, 1) if name.starts_with("REGEXP") => &EXPRESSIONS,
        _ => &[],
    };
    if !words.is_empty() {
        return Some(text(dice.word(words)));
    }
    let numbers: &[i64] = match (function, argument) {
        ("LPAD" | "RPAD" | "REPEAT" | "LEFT" | "RIGHT" | "SPLIT_INDEX", 1) => &[0, 1, 2, 5, 12],
        ("SUBSTRING" | "OVERLAY", 1..) => &[1, 2, 3, 0, -2],
        ("ROUND" | "TRUNCATE", 1) => &[0, 1, 2, -1, 3],
        ("TO_TIMESTAMP_LTZ", 1) => &[0, 3],
        ("SHA2", 1) => &[224, 256, 384, 512],
        ("ITEM", 1) => &[1, 2, 3],
        _ => &[],
    };
    dice.pick(numbers).map(|value| int(*value))
}
