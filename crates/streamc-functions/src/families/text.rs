//! Texts as codes, lists and addresses: URL encoding, hexadecimal digits, parts, kinds of characters (Flink documentation,
//! "String Functions").

use crate::arguments::{bytes, int, strict, text, value};
use crate::entry::scalar;
use crate::families::regex::compiled;
use crate::function::{Argument, CallError, CallTypes, EvalError, Family, Function, Typed};
use crate::rules::{BYTES, STRING, Takes, check, fixed, literal_int, literal_text, maybe, nullable, refuse};
use crate::spark::SparkForm;
use regex::Regex;
use streamc_types::{DataType, TypeKind, Value, common_type};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::String, "URL_ENCODE", (1, 1), |f, a| maybe(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        Ok(Value::str(url_encode(text(a, 0)?)))
    }))
    .spark(SparkForm::Named("url_encode"))
    .doc("The text as a part of a URL (`application/x-www-form-urlencoded`): a blank is `+`, other bytes are `%` and two digits.", "URL_ENCODE('a b&c')", "a+b%26c"),
    scalar(Family::String, "URL_DECODE", (1, 1), |f, a| maybe(f, a, &[Takes::Text], STRING), strict!(|_, _, a| {
        Ok(url_decode(text(a, 0)?).map_or(Value::Null, Value::str))
    }))
    .spark(SparkForm::Named("try_url_decode"))
    .doc("The text that was encoded for a URL; `NULL` if `%` does not stand before two digits.", "URL_DECODE('a+b%26c')", "a b&c"),
    scalar(Family::String, "ELT", (2, usize::MAX), elt_rule, |_, _, a| {
        let index = value(a, 0)?;
        if index.is_null() {
            return Ok(Value::Null);
        }
        let index = int(a, 0)?;
        Ok(usize::try_from(index).ok().filter(|i| *i > 0).and_then(|i| a.get(i)).cloned().unwrap_or(Value::Null))
    })
    .spark(SparkForm::None("Spark fails on a number beyond the list, where Flink gives `NULL`"))
    .doc("The text (or bytes) of that number out of a list, counted from 1; `NULL` if there is none.", "ELT(2, 'a', 'b')", "b"),
    scalar(Family::String, "UNHEX", (1, 1), |f, a| maybe(f, a, &[Takes::Text], BYTES), strict!(|_, _, a| {
        Ok(unhex(bytes(a, 0)?).map_or(Value::Null, |found| Value::Bytes(found.into())))
    }))
    .spark(SparkForm::None("Spark reads an odd number of digits otherwise"))
    .doc("The bytes of hexadecimal digits; `NULL` if another character is among them. Of an odd number of digits Flink takes the first for 0.", "UNHEX('6869')", "x'6869'"),
    scalar(Family::String, "TRANSLATE", (3, 3), |f, a| {
        let types = check(f, a, &[Takes::Text])?;
        let nullable = nullable(a.get(..1).unwrap_or_default());
        Ok(Typed { result: DataType { kind: STRING, nullable }, arguments: types })
    }, |_, _, a| {
        if value(a, 0)?.is_null() {
            return Ok(Value::Null);
        }
        // `NULL` is no characters.
        let or_empty = |index| if value(a, index)?.is_null() { Ok("") } else { text(a, index) };
        Ok(Value::str(translate(text(a, 0)?, or_empty(1)?, or_empty(2)?)))
    })
    .aliases(&["TRANSLATE3"])
    .spark(SparkForm::Template("translate({0}, coalesce({1}, ''), coalesce({2}, ''))"))
    .doc("The text with each character of the second text replaced by the one at the same place of the third, or left out if there is none.", "TRANSLATE('stream', 'tm', 'T')", "sTrea"),
    scalar(Family::String, "SPLIT", (2, 2), |f, a| {
        fixed(f, a, &[Takes::Text], TypeKind::Array(Box::new(DataType::string())))
    }, strict!(|_, _, a| Ok(split(text(a, 0)?, text(a, 1)?))))
    .spark(SparkForm::None("Spark's split takes a regular expression and gives one empty part of an empty text"))
    .doc("The parts of a text between separators; of an empty text none, with an empty separator each UTF-16 unit.", "SPLIT('a,b', ',')", "[a, b]"),
    scalar(Family::String, "STR_TO_MAP", (1, 3), map_rule, strict!(|_, _, a| str_to_map(a)))
        .spark(SparkForm::None("Spark keeps empty parts at the end and fails on a key that comes twice"))
        .doc("A map out of pairs in a text. The separators (`,` and `=` unless given) are regular expressions; without the second one a value is `NULL`, and the last of equal keys counts.", "STR_TO_MAP('a=1,b=2')", "{a=1, b=2}"),
    scalar(Family::String, "INET_ATON", (1, 1), |f, a| maybe(f, a, &[Takes::Text], TypeKind::BigInt), strict!(|_, _, a| {
        Ok(inet_aton(text(a, 0)?).map_or(Value::Null, Value::Int))
    }))
    .spark(SparkForm::None("Spark has no such function"))
    .doc("The number of an IPv4 address of one to four parts; `NULL` if it is none.", "INET_ATON('127.0.0.1')", "2130706433"),
    scalar(Family::String, "INET_NTOA", (1, 1), |f, a| maybe(f, a, &[Takes::BigInt], STRING), strict!(|_, _, a| {
        Ok(u32::try_from(int(a, 0)?).map_or(Value::Null, |n| Value::str(std::net::Ipv4Addr::from(n).to_string())))
    }))
    .spark(SparkForm::None("Spark has no such function"))
    .doc("The IPv4 address of a number; `NULL` if there is none.", "INET_NTOA(2130706433)", "127.0.0.1"),
    kind("IS_DECIMAL", |_, types, a| kind_of(types, a, |ty| !matches!(ty.kind, TypeKind::Decimal { .. }), is_decimal))
        .doc("Whether a text is a number as Java reads it; never `NULL`. True of integers and floating-point numbers, false of decimals.", "IS_DECIMAL('1e3')", "TRUE"),
    kind("IS_DIGIT", |_, types, a| kind_of(types, a, DataType::is_integer, |t| !t.is_empty() && t.chars().all(|c| c.is_numeric() && c.is_alphanumeric() && is_digit(c))))
        .doc("Whether a text has digits only; never `NULL`. True of integers, false of other numbers.", "IS_DIGIT('007')", "TRUE"),
    kind("IS_ALPHA", |_, types, a| kind_of(types, a, |_| false, |t| !t.is_empty() && t.chars().all(char::is_alphabetic)))
        .doc("Whether a text has letters only; never `NULL`. False of numbers.", "IS_ALPHA('abc')", "TRUE"),
    scalar(Family::Hash, "HASH_CODE", (1, 1), hash_rule, strict!(|_, types, a| hash_code(types, a)))
        .spark(SparkForm::None("Spark's hashes are others than Java's"))
        .doc("Java's hash of a value, of a text without its sign.", "HASH_CODE('abc')", "96354"),
];

const fn kind(name: &'static str, eval: crate::function::Evaluator) -> Function {
    scalar(Family::String, name, (1, 1), kind_rule, eval).spark(SparkForm::None("Spark has no such function"))
}

fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// As Java's `URLDecoder`, which reads two digits with a sign too (`%+1`).
fn url_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                let digits = std::str::from_utf8(digits).ok()?;
                out.push(u8::from_str_radix(digits, 16).ok()?);
                rest = behind;
            }
            byte => out.push(*byte),
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// All are strings or all are bytes; the result is their common type.
fn elt_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some((index, list)) = arguments.split_first() else {
        return Err(refuse(function, arguments, 0, "an `INT`", Some("INT")));
    };
    // Flink's code casts the number to Java's `Integer`, whatever its type.
    if index.ty.kind != TypeKind::Int {
        return Err(refuse(function, arguments, 0, "an `INT`", Some("INT")));
    }
    if literal_int(arguments, 0).is_some_and(|n| n < 0) {
        return Err(CallError { argument: Some(0), message: "`ELT` counts from 1".to_owned(), help: None });
    }
    let bytes = list.first().is_some_and(|a| a.ty.is_binary());
    let (takes, wanted) = if bytes {
        (DataType::is_binary as fn(&DataType) -> bool, "bytes")
    } else {
        (DataType::is_string as _, "a string")
    };
    if let Some(at) = list.iter().position(|a| !takes(a.ty)) {
        return Err(refuse(
            function,
            arguments,
            at + 1,
            wanted,
            Some(if bytes { "BYTES" } else { "STRING" }),
        ));
    }
    let result = common_type(list.iter().map(|a| a.ty)).unwrap_or_else(DataType::unknown).with_nullable(true);
    Ok(Typed::as_is(arguments, result))
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut out = Vec::with_capacity(digits.len().div_ceil(2));
    let (head, pairs) = digits.split_at(digits.len() % 2);
    if let [only] = head {
        digit(*only)?;
        out.push(0);
    }
    for pair in pairs.chunks_exact(2) {
        let [high, low] = pair else { return None };
        out.push((digit(*high)? << 4 | digit(*low)?) as u8);
    }
    Some(out)
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    text.chars()
        .filter_map(|c| match from.iter().position(|f| *f == c) {
            Some(at) => to.get(at).copied(),
            None => Some(c),
        })
        .collect()
}

fn split(text: &str, separator: &str) -> Value {
    if separator.is_empty() {
        // Half of a pair has no bytes in UTF-8: Flink writes `?`.
        let units = text.encode_utf16().map(|unit| {
            char::from_u32(u32::from(unit)).map_or_else(|| Value::str("?"), |c| Value::str(c.to_string()))
        });
        return Value::Array(units.collect());
    }
    if text.is_empty() {
        return Value::Array([].into());
    }
    Value::Array(text.split(separator).map(Value::str).collect())
}

fn map_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if arguments.len() == 2 {
        return Err(CallError {
            argument: None,
            message: "`STR_TO_MAP` takes both separators or none".to_owned(),
            help: Some("write `STR_TO_MAP(text, ',', '=')`".to_owned()),
        });
    }
    let string = || Box::new(DataType::string());
    let typed = maybe(function, arguments, &[Takes::Text], TypeKind::Map(string(), string()))?;
    for index in 1..arguments.len() {
        if let Some(pattern) = literal_text(arguments, index) {
            compiled(pattern).map_err(|e| CallError {
                argument: Some(index),
                message: e.message,
                help: None,
            })?;
        }
    }
    Ok(typed)
}

fn str_to_map(arguments: &[Value]) -> Result<Value, EvalError> {
    let whole = text(arguments, 0)?;
    let (pairs, sides) = match arguments.len() {
        3 => (compiled(text(arguments, 1)?)?, compiled(text(arguments, 2)?)?),
        _ => (compiled(",")?, compiled("=")?),
    };
    let mut entries: Vec<(Value, Value)> = Vec::new();
    if whole.is_empty() {
        return Ok(Value::Map(entries.into()));
    }
    for pair in java_split(whole, &pairs) {
        let cut = sides.find_iter(pair).find(|m| m.end() > 0);
        let (key, found) = match cut {
            Some(cut) => (&pair[..cut.start()], Value::str(&pair[cut.end()..])),
            None => (pair, Value::Null),
        };
        let key = Value::str(key);
        match entries.iter_mut().find(|(k, _)| *k == key) {
            Some(entry) => entry.1 = found,
            None => entries.push((key, found)),
        }
    }
    Ok(Value::Map(entries.into()))
}

/// Java's `String.split`: no empty part where an empty match stands at the start, none at the end.
fn java_split<'t>(text: &'t str, separator: &Regex) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for found in separator.find_iter(text).filter(|m| m.end() > 0) {
        parts.push(&text[from..found.start()]);
        from = found.end();
    }
    if parts.is_empty() {
        return vec![text];
    }
    parts.push(&text[from..]);
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

fn inet_aton(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    let numbers: Vec<i64> = parts
        .iter()
        .map(|part| {
            let plain = !part.is_empty() && part.len() < 10 && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<i64>().ok().filter(|n| plain && *n <= 255)
        })
        .collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    Some(first.iter().zip([24, 16, 8]).map(|(n, shift)| n << shift).sum::<i64>() + last)
}

fn kind_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments.first() {
        Some(a) if a.ty.is_string() || a.ty.is_numeric() => {
            Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::Boolean)))
        }
        _ => Err(refuse(function, arguments, 0, "a string or a number", Some("STRING"))),
    }
}

/// Of a number its type decides, even where it is `NULL`.
fn kind_of(
    types: CallTypes<'_>,
    arguments: &[Value],
    number: fn(&DataType) -> bool,
    wanted: fn(&str) -> bool,
) -> Result<Value, EvalError> {
    let ty = types.arguments.first().ok_or_else(|| EvalError::new("an argument is missing"))?;
    if ty.is_numeric() {
        return Ok(Value::Boolean(number(ty)));
    }
    Ok(Value::Boolean(!value(arguments, 0)?.is_null() && wanted(text(arguments, 0)?)))
}

/// Whether Java's `Character.isDigit` says so: the general category Nd.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || compiled(r"\p{Nd}").is_ok_and(|digits| digits.is_match(c.encode_utf8(&mut [0; 4])))
}

/// What Java's `Double.parseDouble` reads, blanks at its ends included (hexadecimal numbers are not read here).
fn is_decimal(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c <= ' ');
    let number = text.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(text);
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    if matches!(text.strip_prefix(['-', '+']).unwrap_or(text), "NaN" | "Infinity") {
        return true;
    }
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && number.parse::<f64>().is_ok()
}

fn hash_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let hashed = |ty: &DataType| {
        ty.is_string()
            || ty.is_integer()
            || ty.is_approximate()
            || matches!(ty.kind, TypeKind::Boolean | TypeKind::Date)
    };
    match arguments.first() {
        Some(a) if hashed(a.ty) => {
            Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Int, nullable: a.ty.nullable }))
        }
        _ => Err(refuse(
            function,
            arguments,
            0,
            "a string, a number but no decimal, a boolean or a date",
            Some("STRING"),
        )),
    }
}

fn hash_code(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let wide = |bits: u64| i64::from((bits ^ (bits >> 32)) as u32 as i32);
    let big = types.arguments.first().is_some_and(|ty| ty.kind == TypeKind::BigInt);
    Ok(Value::Int(match value(arguments, 0)? {
        Value::Str(text) => {
            let hash =
                text.encode_utf16().fold(0i32, |h, unit| h.wrapping_mul(31).wrapping_add(i32::from(unit)));
            i64::from(hash.wrapping_abs())
        }
        Value::Boolean(value) => {
            if *value {
                1231
            } else {
                1237
            }
        }
        Value::Int(value) if big => wide(*value as u64),
        Value::Int(value) => *value,
        Value::Date(days) => i64::from(*days),
        Value::Double(value) if value.is_nan() => 2_146_959_360,
        Value::Double(value) => wide(value.to_bits()),
        Value::Float(value) if value.is_nan() => 2_143_289_344,
        Value::Float(value) => i64::from(value.to_bits() as i32),
        _ => return Err(EvalError::new("the value has no hash")),
    }))
}
