//! Functions of strings (Flink documentation, "String Functions"). Positions and lengths count characters (code points)
//! from 1, except `LPAD`, `RPAD` and `OVERLAY`, which count UTF-16 units as Flink does.

use crate::arguments::{bytes, int, strict, text, value};
use crate::entry::{infix, scalar};
use crate::function::{Argument, CallError, EvalError, Family, FlinkForm, Function, Typed};
use crate::rules::{
    STRING, Takes, check, fixed, impossible, length, like_first, maybe, nullable, refuse, varying,
};
use crate::spark::{SparkCall, SparkForm};
use streamc_types::{DataType, MAX_LENGTH, TypeKind, Value};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    infix(Family::String, "||", 5, concat_operator_rule, strict!(|_, _, a| concat_operator(a)))
        .doc("Two strings one after the other; `NULL` if one is `NULL`.", "'ab' || 'c'", "abc"),
    text_function("UPPER", (1, 1), |f, a| like_first(f, a, &[Takes::Text]), strict!(|_, _, a| {
        Ok(Value::str(text(a, 0)?.to_uppercase()))
    }))
    .doc("The text in capitals.", "UPPER('ab')", "AB"),
    text_function("LOWER", (1, 1), |f, a| like_first(f, a, &[Takes::Text]), strict!(|_, _, a| {
        Ok(Value::str(text(a, 0)?.to_lowercase()))
    }))
    .doc("The text in small letters.", "LOWER('AB')", "ab"),
    text_function("INITCAP", (1, 1), |f, a| like_first(f, a, &[Takes::Text]), strict!(|_, _, a| {
        Ok(Value::str(initcap(text(a, 0)?)))
    }))
    .spark(SparkForm::None("Spark's initcap starts words at blanks only, Flink's at every character but A-Z, a-z and 0-9"))
    .doc("Every word with a capital and then small letters; words are runs of A-Z, a-z, 0-9.", "INITCAP('hello-world')", "Hello-World"),
    text_function("TRIM", (1, 2), trim_rule, strict!(|_, _, a| trimmed(a, true, true)))
        .flink(FlinkForm::Template("TRIM({0})~TRIM(BOTH {1} FROM {0})"))
        .spark(SparkForm::Template("trim({0})~trim(BOTH {1} FROM {0})"))
        .doc("The text without blanks, or characters of the second argument, at both ends.", "TRIM('  a ')", "a"),
    text_function("LTRIM", (1, 2), trim_rule, strict!(|_, _, a| trimmed(a, true, false)))
        .spark(SparkForm::Template("ltrim({0})~trim(LEADING {1} FROM {0})"))
        .doc("The text without blanks, or characters of the second argument, at its start.", "LTRIM('xya', 'yx')", "a"),
    text_function("RTRIM", (1, 2), trim_rule, strict!(|_, _, a| trimmed(a, false, true)))
        .spark(SparkForm::Template("rtrim({0})~trim(TRAILING {1} FROM {0})"))
        .doc("The text without blanks, or characters of the second argument, at its end.", "RTRIM('axy', 'yx')", "a"),
    text_function("BTRIM", (1, 2), |f, a| fixed(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        trimmed(a, true, true)
    }))
    .doc("The text without blanks, or characters of the second argument, at both ends.", "BTRIM('xax', 'x')", "a"),
    text_function("CHAR_LENGTH", (1, 1), |f, a| fixed(f, a, &[Takes::Text], TypeKind::Int), strict!(|_, _, a| {
        Ok(Value::Int(text(a, 0)?.chars().count() as i64))
    }))
    .aliases(&["CHARACTER_LENGTH"])
    .doc("How many characters the text has.", "CHAR_LENGTH('abc')", "3"),
    text_function("SUBSTRING", (2, 3), substring_rule, strict!(|_, _, a| substring(a)))
        .aliases(&["SUBSTR"])
        .spark(SparkForm::Rewrite(spark_substring))
        .doc(
            "The part of a text from a position on, of at most the given length. Position 0 is the start, a negative position counts from the end.",
            "SUBSTRING('stream', 2, 3)",
            "tre",
        ),
    text_function("LEFT", (2, 2), ends_rule, strict!(|_, _, a| {
        let keep = int(a, 1)?.max(0) as usize;
        Ok(Value::str(text(a, 0)?.chars().take(keep).collect::<String>()))
    }))
    .doc("The first characters of a text.", "LEFT('stream', 2)", "st"),
    text_function("RIGHT", (2, 2), ends_rule, strict!(|_, _, a| {
        let (subject, keep) = (text(a, 0)?, int(a, 1)?.max(0) as usize);
        let skip = subject.chars().count().saturating_sub(keep);
        Ok(Value::str(subject.chars().skip(skip).collect::<String>()))
    }))
    .doc("The last characters of a text.", "RIGHT('stream', 2)", "am"),
    text_function("CONCAT", (1, usize::MAX), |f, a| fixed(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        let mut all = String::new();
        for index in 0..a.len() {
            all.push_str(text(a, index)?);
        }
        Ok(Value::str(all))
    }))
    .doc("All texts one after the other; `NULL` if one is `NULL`.", "CONCAT('a', 'b', 'c')", "abc"),
    text_function("CONCAT_WS", (1, usize::MAX), |f, a| fixed(f, a, &[Takes::Text], STRING), |_, _, a| concat_ws(a))
        .doc(
            "The texts behind the first one, with the first one between them. `NULL`s are left out; a `NULL` separator gives `NULL`.",
            "CONCAT_WS('-', 'a', 'b')",
            "a-b",
        ),
    text_function("REPLACE", (3, 3), |f, a| fixed(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        Ok(Value::str(replaced(text(a, 0)?, text(a, 1)?, text(a, 2)?)))
    }))
    .spark(SparkForm::Rewrite(spark_replace))
    .doc("The text with every occurrence of the second text replaced by the third.", "REPLACE('abcb', 'b', 'x')", "axcx"),
    text_function("REVERSE", (1, 1), |f, a| maybe(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        Ok(Value::str(text(a, 0)?.chars().rev().collect::<String>()))
    }))
    .doc("The characters in opposite order.", "REVERSE('abc')", "cba"),
    text_function("LPAD", (3, 3), pad_rule, strict!(|_, _, a| pad(a, true)))
        .spark(SparkForm::Rewrite(|call| spark_pad(call, "lpad")))
        .doc(
            "The text filled up at its start, or cut, to a length. `NULL` if the length is negative or the filling empty.",
            "LPAD('7', 3, '0')",
            "007",
        ),
    text_function("RPAD", (3, 3), pad_rule, strict!(|_, _, a| pad(a, false)))
        .spark(SparkForm::Rewrite(|call| spark_pad(call, "rpad")))
        .doc(
            "The text filled up at its end, or cut, to a length. `NULL` if the length is negative or the filling empty.",
            "RPAD('a', 3, '.')",
            "a..",
        ),
    text_function("REPEAT", (2, 2), |f, a| fixed(f, a, &[Takes::Text, Takes::Int], STRING), strict!(|_, _, a| {
        let (subject, times) = (text(a, 0)?, int(a, 1)?.max(0) as usize);
        if subject.len().saturating_mul(times) > MAX_TEXT {
            return Err(EvalError::new("the repeated text is too long"));
        }
        Ok(Value::str(subject.repeat(times)))
    }))
    .doc("The text so many times.", "REPEAT('ab', 2)", "abab"),
    text_function("POSITION", (2, 2), |f, a| fixed(f, a, &[Takes::Text], TypeKind::Int), strict!(|_, _, a| {
        Ok(Value::Int(position(text(a, 0)?, text(a, 1)?, 1)))
    }))
    .flink(FlinkForm::Template("POSITION({0} IN {1})"))
    .spark(SparkForm::Template("position({0}, {1})"))
    .doc("Where the first text occurs in the second, from 1; 0 if it does not.", "POSITION('r' IN 'stream')", "3"),
    text_function("LOCATE", (2, 3), locate_rule, strict!(|_, _, a| {
        let from = if a.len() > 2 { int(a, 2)? } else { 1 };
        Ok(Value::Int(position(text(a, 0)?, text(a, 1)?, from)))
    }))
    .spark(SparkForm::Rewrite(spark_locate))
    .doc("Where the first text occurs in the second, searched from a position on; 0 if it does not.", "LOCATE('a', 'banana', 3)", "4"),
    text_function("INSTR", (2, 4), |f, a| {
        fixed(f, a, &[Takes::Text, Takes::Text, Takes::Int, Takes::Int], TypeKind::Int)
    }, strict!(|_, _, a| instr(a)))
    .spark(SparkForm::Rewrite(|call| match call.arguments {
        [subject, needle] => Ok(format!("instr({subject}, {needle})")),
        _ => Err("Spark's INSTR takes two arguments".to_owned()),
    }))
    .doc(
        "Where the second text occurs in the first, from 1; 0 if it does not. A third argument says from where to search (from the end if negative), a fourth which occurrence is meant.",
        "INSTR('stream', 'r')",
        "3",
    ),
    text_function("ASCII", (1, 1), |f, a| fixed(f, a, &[Takes::Text], TypeKind::Int), strict!(|_, _, a| {
        Ok(Value::Int(text(a, 0)?.bytes().next().map_or(0, |b| i64::from(b as i8))))
    }))
    .spark(SparkForm::Template(
        "(CASE WHEN ascii({0}) < 128 THEN ascii({0}) ELSE CAST(conv(substring(hex({0}), 1, 2), 16, 10) AS INT) - 256 END)",
    ))
    .doc("The first byte of the text as a signed number; 0 of an empty text.", "ASCII('A')", "65"),
    text_function("CHR", (1, 1), |f, a| maybe(f, a, &[Takes::BigInt], STRING), strict!(|_, _, a| {
        let code = int(a, 0)?;
        Ok(Value::str(if code < 0 { String::new() } else { char::from((code & 0xff) as u8).to_string() }))
    }))
    .doc("The character of that number, modulo 256.", "CHR(65)", "A"),
    text_function("SPLIT_INDEX", (3, 3), split_rule, strict!(|_, _, a| split_index(a)))
        .spark(SparkForm::Rewrite(spark_split))
        .doc(
            "The part at an index, from 0, of a text split at a separator; `NULL` if there is none.",
            "SPLIT_INDEX('a,b,c', ',', 1)",
            "b",
        ),
    text_function("STARTSWITH", (2, 2), prefix_rule, strict!(|_, _, a| {
        Ok(Value::Boolean(bytes(a, 0)?.starts_with(bytes(a, 1)?)))
    }))
    .doc("Whether the first text starts with the second.", "STARTSWITH('stream', 'st')", "TRUE"),
    text_function("ENDSWITH", (2, 2), prefix_rule, strict!(|_, _, a| {
        Ok(Value::Boolean(bytes(a, 0)?.ends_with(bytes(a, 1)?)))
    }))
    .doc("Whether the first text ends with the second.", "ENDSWITH('stream', 'am')", "TRUE"),
    text_function("OVERLAY", (3, 4), overlay_rule, strict!(|_, _, a| overlay(a)))
        .flink(FlinkForm::Template("OVERLAY({0} PLACING {1} FROM {2})~OVERLAY({0} PLACING {1} FROM {2} FOR {3})"))
        .spark(SparkForm::Rewrite(spark_overlay))
        .doc(
            "The text with a part of it, from a position on and of the given length, replaced by the second text.",
            "OVERLAY('abcdef' PLACING 'XYZ' FROM 3 FOR 1)",
            "abXYZdef",
        ),
];

/// The longest text that an evaluator makes: 256 MiB.
const MAX_TEXT: usize = 256 << 20;

const fn text_function(
    name: &'static str,
    arity: (usize, usize),
    rule: crate::function::TypeRule,
    eval: crate::function::Evaluator,
) -> Function {
    scalar(Family::String, name, arity, rule, eval)
}

fn concat_operator_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [a, b] = arguments else {
        return Err(impossible("`||` takes 2 operands", None));
    };
    let total = length(a.ty).saturating_add(length(b.ty)).min(MAX_LENGTH);
    let kind = match (&a.ty.kind, &b.ty.kind) {
        (TypeKind::Char(_), TypeKind::Char(_)) => TypeKind::Char(total),
        _ if a.ty.is_string() && b.ty.is_string() => TypeKind::Varchar(total),
        // Flink types bytes, and then generates no code for them ("String expression type expected").
        _ if a.ty.is_binary() && b.ty.is_binary() => {
            return Err(impossible(
                "Flink joins no bytes with `||`",
                Some("join texts: `DECODE(x, 'UTF-8') || …`, and `ENCODE` the result".to_owned()),
            ));
        }
        _ => {
            let wrong = usize::from(a.ty.is_string() || a.ty.is_binary());
            return Err(refuse(function, arguments, wrong, "a string", Some("STRING")));
        }
    };
    Ok(Typed::as_is(arguments, DataType { kind, nullable: nullable(arguments) }))
}

fn concat_operator(arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(match (value(arguments, 0)?, value(arguments, 1)?) {
        (Value::Str(a), Value::Str(b)) => Value::str(format!("{a}{b}")),
        (a, b) => return Err(EvalError::new(format!("cannot join {a:?} and {b:?}"))),
    })
}

fn trim_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let kind = arguments.first().map_or(STRING, |a| varying(a.ty));
    fixed(function, arguments, &[Takes::Text], kind)
}

fn substring_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let kind = arguments.first().map_or(STRING, |a| varying(a.ty));
    maybe(function, arguments, &[Takes::Text, Takes::Int, Takes::Int], kind)
}

fn ends_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    substring_rule(function, arguments)
}

fn pad_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    fixed(function, arguments, &[Takes::Text, Takes::Int, Takes::Text], STRING)
}

fn locate_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    fixed(function, arguments, &[Takes::Text, Takes::Text, Takes::Int], TypeKind::Int)
}

fn split_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let by_code = arguments.get(1).is_some_and(|a| a.ty.is_integer());
    let separator = if by_code { Takes::Int } else { Takes::Text };
    maybe(function, arguments, &[Takes::Text, separator, Takes::Int], STRING)
}

fn prefix_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let place = if arguments.first().is_some_and(|a| a.ty.is_binary()) { Takes::Bytes } else { Takes::Text };
    fixed(function, arguments, &[place], TypeKind::Boolean)
}

fn overlay_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Text, Takes::Text, Takes::Int, Takes::Int])?;
    let total: u32 = types.iter().take(2).map(length).fold(0, u32::saturating_add);
    Ok(Typed {
        result: DataType { kind: TypeKind::Varchar(total.min(MAX_LENGTH)), nullable: nullable(arguments) },
        arguments: types,
    })
}

/// Calcite's `initcap`: only ASCII letters and digits are part of words.
fn initcap(subject: &str) -> String {
    let mut start = true;
    subject
        .chars()
        .map(|c| {
            let cased = if start { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            start = !c.is_ascii_alphanumeric();
            cased
        })
        .collect()
}

fn trimmed(arguments: &[Value], start: bool, end: bool) -> Result<Value, EvalError> {
    let subject = text(arguments, 0)?;
    let set = if arguments.len() > 1 { text(arguments, 1)? } else { " " };
    let inside = |c: char| set.contains(c);
    let subject = if start { subject.trim_start_matches(inside) } else { subject };
    Ok(Value::str(if end { subject.trim_end_matches(inside) } else { subject }))
}

/// Flink's `BinaryStringDataUtil.substringSQL`.
fn substring(arguments: &[Value]) -> Result<Value, EvalError> {
    let (subject, from) = (text(arguments, 0)?, int(arguments, 1)?);
    let wanted = if arguments.len() > 2 { int(arguments, 2)? } else { i64::from(i32::MAX) };
    if wanted < 0 {
        return Ok(Value::Null);
    }
    let start = match from {
        1.. => from - 1,
        0 => 0,
        _ => subject.chars().count() as i64 + from,
    };
    if start < 0 {
        return Ok(Value::str(""));
    }
    let (start, wanted) = (start as usize, wanted as usize);
    if subject.is_ascii() {
        let start = start.min(subject.len());
        let end = start.saturating_add(wanted).min(subject.len());
        return Ok(Value::str(&subject[start..end]));
    }
    Ok(Value::str(subject.chars().skip(start).take(wanted).collect::<String>()))
}

fn concat_ws(arguments: &[Value]) -> Result<Value, EvalError> {
    if value(arguments, 0)?.is_null() {
        return Ok(Value::Null);
    }
    let separator = text(arguments, 0)?;
    let mut all = String::new();
    let mut first = true;
    for (index, argument) in arguments.iter().enumerate().skip(1) {
        if argument.is_null() {
            continue;
        }
        if !first {
            all.push_str(separator);
        }
        first = false;
        all.push_str(text(arguments, index)?);
    }
    Ok(Value::str(all))
}

/// `SqlFunctionUtils.lpad` and `rpad`: lengths in UTF-16 units.
fn pad(arguments: &[Value], left: bool) -> Result<Value, EvalError> {
    let (subject, wanted, filling) = (text(arguments, 0)?, int(arguments, 1)?, text(arguments, 2)?);
    if wanted < 0 || filling.is_empty() {
        return Ok(Value::Null);
    }
    let wanted = wanted as usize;
    if wanted > MAX_TEXT {
        return Err(EvalError::new("the padded text is too long"));
    }
    let subject: Vec<u16> = subject.encode_utf16().collect();
    if subject.len() >= wanted {
        return Ok(Value::str(from_units(&subject[..wanted])));
    }
    let missing = wanted - subject.len();
    let filling: Vec<u16> = filling.encode_utf16().cycle().take(missing).collect();
    let (first, second) = if left { (&filling, &subject) } else { (&subject, &filling) };
    Ok(Value::str(from_units(&[first.as_slice(), second.as_slice()].concat())))
}

/// Java finds the empty text between any two UTF-16 units, also inside of a pair.
fn replaced(subject: &str, searched: &str, by: &str) -> String {
    if !searched.is_empty() {
        return subject.replace(searched, by);
    }
    let parts: Vec<String> = subject.encode_utf16().map(|unit| from_units(&[unit])).collect();
    format!("{by}{}", parts.iter().map(|part| format!("{part}{by}")).collect::<String>())
}

/// The text of UTF-16 units; half of a pair becomes `?`, as Java writes it.
fn from_units(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied()).map(|unit| unit.unwrap_or('?')).collect()
}

/// 1-based position of `needle` from character `from` on; an empty needle is at 1.
fn position(needle: &str, subject: &str, from: i64) -> i64 {
    if needle.is_empty() {
        return 1;
    }
    let skip = (from - 1).max(0) as usize;
    let Some((offset, _)) = subject.char_indices().nth(skip) else {
        return 0;
    };
    match subject[offset..].find(needle) {
        Some(at) => (skip + subject[offset..offset + at].chars().count() + 1) as i64,
        None => 0,
    }
}

/// The n-th occurrence from a start on; a negative start counts from the end and searches backwards.
fn instr(arguments: &[Value]) -> Result<Value, EvalError> {
    let (subject, needle) = (text(arguments, 0)?, text(arguments, 1)?);
    let start = if arguments.len() > 2 { int(arguments, 2)? } else { 1 };
    let nth = if arguments.len() > 3 { int(arguments, 3)? } else { 1 };
    if nth < 1 {
        return Err(EvalError::new("the occurrence counts from 1"));
    }
    if start == 0 {
        return Ok(Value::Int(0));
    }
    if needle.is_empty() {
        return Ok(Value::Int(1));
    }
    let length = subject.chars().count() as i64;
    let mut found = subject
        .char_indices()
        .zip(1i64..)
        .filter(|((at, _), _)| subject[*at..].starts_with(needle))
        .map(|(_, position)| position);
    let nth = nth as usize - 1;
    let position = if start > 0 {
        found.filter(|p| *p >= start).nth(nth)
    } else {
        let all: Vec<i64> = found.by_ref().take_while(|p| *p <= length + start + 1).collect();
        all.iter().rev().nth(nth).copied()
    };
    Ok(Value::Int(position.unwrap_or(0)))
}

/// Commons Lang's `splitByWholeSeparatorPreserveAllTokens`: an empty text has no parts, an empty separator means blanks.
fn split_index(arguments: &[Value]) -> Result<Value, EvalError> {
    let (subject, index) = (text(arguments, 0)?, int(arguments, 2)?);
    if index < 0 || subject.is_empty() {
        return Ok(Value::Null);
    }
    let index = index as usize;
    let part = match value(arguments, 1)? {
        Value::Int(code) => {
            match u32::try_from(*code).ok().filter(|c| (1..=0xff).contains(c)).and_then(char::from_u32) {
                Some(c) => subject.split(c).nth(index),
                None => return Ok(Value::Null),
            }
        }
        _ => match text(arguments, 1)? {
            "" => subject.split(char::is_whitespace).nth(index),
            separator => subject.split(separator).nth(index),
        },
    };
    Ok(part.map_or(Value::Null, Value::str))
}

/// `SqlFunctionUtils.overlay`: nothing follows the new part when the length is 0 or less.
fn overlay(arguments: &[Value]) -> Result<Value, EvalError> {
    let (subject, part, from) = (text(arguments, 0)?, text(arguments, 1)?, int(arguments, 2)?);
    let units: Vec<u16> = subject.encode_utf16().collect();
    let wanted = if arguments.len() > 3 { int(arguments, 3)? } else { part.encode_utf16().count() as i64 };
    if from <= 0 || from > units.len() as i64 {
        return Ok(Value::str(subject));
    }
    let mut all = String::from_utf16_lossy(&units[..from as usize - 1]);
    all.push_str(part);
    if wanted > 0 && from + wanted <= units.len() as i64 {
        all.push_str(&String::from_utf16_lossy(&units[(from - 1 + wanted) as usize..]));
    }
    Ok(Value::str(all))
}

/// The SQL text of a literal without the cast that the binder may have put around it.
pub(crate) fn spark_bare(argument: &str) -> &str {
    let mut text = argument.trim();
    loop {
        let inner =
            text.strip_prefix("CAST(").and_then(|t| t.strip_suffix(')')).and_then(|t| t.rsplit_once(" AS "));
        let peeled = match inner {
            Some((inner, _)) => inner,
            None => match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
                Some(inner) => inner,
                None => return text,
            },
        };
        text = peeled.trim();
    }
}

/// The number that the SQL text of a literal is.
pub(crate) fn spark_int(argument: &str) -> Option<i64> {
    spark_bare(argument).replace("- ", "-").trim_end_matches('L').parse().ok()
}

/// Whether the SQL text is a string literal that is not empty.
pub(crate) fn spark_full_literal(argument: &str) -> bool {
    argument.len() > 2
        && argument.starts_with('\'')
        && argument.ends_with('\'')
        && !argument[1..argument.len() - 1].contains('\'')
}

fn spark_substring(call: SparkCall<'_>) -> Result<String, String> {
    let list = call.arguments.join(", ");
    let plain = format!("substring({list})");
    let [subject, from, rest @ ..] = call.arguments else {
        return Err("`SUBSTRING` needs a position".to_owned());
    };
    let mut cases = String::new();
    if let Some(wanted) = rest.first() {
        if spark_int(wanted).is_none_or(|n| n < 0) {
            cases.push_str(&format!(" WHEN {wanted} < 0 THEN NULL"));
        }
        // Without a length the part before the start is simply cut, as Flink does only for what begins inside.
    }
    if spark_int(from).is_none_or(|n| n < 0) {
        cases.push_str(&format!(" WHEN {from} < - char_length({subject}) THEN ''"));
    }
    Ok(if cases.is_empty() { plain } else { format!("(CASE{cases} ELSE {plain} END)") })
}

fn spark_replace(call: SparkCall<'_>) -> Result<String, String> {
    let [subject, search, by] = call.arguments else {
        return Err("`REPLACE` needs three arguments".to_owned());
    };
    let plain = format!("replace({subject}, {search}, {by})");
    Ok(if spark_full_literal(search) {
        plain
    } else {
        let quoted = super::regex::spark_replacement(by);
        format!("(CASE WHEN {search} = '' THEN regexp_replace({subject}, '', {quoted}) ELSE {plain} END)")
    })
}

fn spark_pad(call: SparkCall<'_>, name: &str) -> Result<String, String> {
    let [subject, wanted, filling] = call.arguments else {
        return Err(format!("`{name}` needs three arguments"));
    };
    let plain = format!("{name}({subject}, {wanted}, {filling})");
    let mut conditions = Vec::new();
    if spark_int(wanted).is_none_or(|n| n < 0) {
        conditions.push(format!("{wanted} >= 0"));
    }
    if !spark_full_literal(filling) {
        conditions.push(format!("{filling} <> ''"));
    }
    Ok(if conditions.is_empty() {
        plain
    } else {
        format!("(CASE WHEN {} THEN {plain} END)", conditions.join(" AND "))
    })
}

fn spark_locate(call: SparkCall<'_>) -> Result<String, String> {
    match call.arguments {
        [needle, subject] => Ok(format!("locate({needle}, {subject})")),
        [needle, subject, from] if spark_int(from).is_some_and(|n| n >= 1) => {
            let plain = format!("locate({needle}, {subject}, {from})");
            Ok(if spark_full_literal(needle) {
                plain
            } else {
                format!("(CASE WHEN {needle} = '' AND {subject} IS NOT NULL THEN 1 ELSE {plain} END)")
            })
        }
        _ => Err("Spark's LOCATE differs for positions below 1; give a constant position".to_owned()),
    }
}

fn spark_split(call: SparkCall<'_>) -> Result<String, String> {
    let ([subject, separator, index], [_, kind, _]) = (call.arguments, call.types) else {
        return Err("`SPLIT_INDEX` needs three arguments".to_owned());
    };
    let separator = if kind.is_integer() {
        format!("(CASE WHEN {separator} BETWEEN 1 AND 255 THEN chr({separator}) END)")
    } else if spark_full_literal(separator) && !separator.contains('\\') {
        separator.clone()
    } else {
        return Err("Spark needs a constant separator without a backslash".to_owned());
    };
    Ok(format!(
        "(CASE WHEN {subject} <> '' THEN get(split({subject}, concat('\\\\Q', {separator}, '\\\\E')), {index}) END)"
    ))
}

fn spark_overlay(call: SparkCall<'_>) -> Result<String, String> {
    let [subject, part, from, rest @ ..] = call.arguments else {
        return Err("`OVERLAY` needs three arguments".to_owned());
    };
    let known = match rest.first() {
        Some(wanted) => spark_int(wanted).is_some_and(|n| n >= 1),
        None => spark_full_literal(part),
    };
    if !known || spark_int(from).is_none_or(|n| n < 1) {
        return Err("Spark's OVERLAY differs for positions and lengths below 1; give constants".to_owned());
    }
    let tail = rest.first().map_or_else(String::new, |wanted| format!(" FOR {wanted}"));
    Ok(format!(
        "(CASE WHEN {from} > char_length({subject}) THEN {subject} ELSE overlay({subject} PLACING {part} FROM {from}{tail}) END)"
    ))
}
