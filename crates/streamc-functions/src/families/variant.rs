//! Values of any JSON type (Flink documentation, "Variant Functions"). A `VARIANT` is the text that Flink shows of it: keys
//! sorted, no blanks, a decimal without zeros at its end, a double as Java writes it.

use crate::arguments::{boolean, int, text, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::json::{read, write};
use crate::rules::{Takes, check, literal_text, refuse, untyped_null};
use crate::spark::SparkForm;
use streamc_types::{DataType, TypeKind, Value};

const SPARK: SparkForm = SparkForm::None("Spark writes a VARIANT otherwise than Flink");

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Json, "PARSE_JSON", (1, 2), |f, a| rule(f, a, false), |_, _, a| parse(a, false))
        .spark(SPARK)
        .doc(
            "The `VARIANT` that a JSON text holds; fails on other texts. A key that comes twice fails too, unless a second argument is `TRUE`: then the last one counts. `v['key']` and `v[1]` are parts of it.",
            "JSON_STRING(PARSE_JSON('{\"b\": [1, 2.50], \"a\": null}'))",
            "{\"a\":null,\"b\":[1,2.5]}",
        ),
    scalar(Family::Json, "TRY_PARSE_JSON", (1, 2), |f, a| rule(f, a, true), |_, _, a| parse(a, true))
        .spark(SPARK)
        .doc(
            "The `VARIANT` that a JSON text holds; `NULL` where `PARSE_JSON` fails.",
            "JSON_STRING(TRY_PARSE_JSON('{\"a\": 1}')['a'])",
            "1",
        ),
];

fn rule(function: &Function, arguments: &[Argument<'_>], lenient: bool) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Text, Takes::Boolean])?;
    // Flink's code fails on a NULL there.
    if arguments.get(1).is_some_and(|a| a.ty.nullable) {
        return Err(refuse(function, arguments, 1, "`TRUE` or `FALSE`, never `NULL`,", None));
    }
    let nullable = lenient || arguments.first().is_some_and(|a| a.ty.nullable);
    Ok(Typed { result: DataType { kind: TypeKind::Variant, nullable }, arguments: types })
}

fn parse(arguments: &[Value], lenient: bool) -> Result<Value, EvalError> {
    if value(arguments, 0)?.is_null() {
        return Ok(Value::Null);
    }
    let twice = arguments.len() > 1 && boolean(arguments, 1)? == Some(true);
    let given = text(arguments, 0)?;
    match read::variant(given, twice) {
        Some(found) => Ok(Value::str(write::text(&found))),
        None if lenient => Ok(Value::Null),
        None => Err(EvalError::new(format!("the text is no JSON: '{given}'"))),
    }
}

/// `v['key']` or `v[1]`: the key is a literal, the number at most an `INT`.
pub(crate) fn item_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some(index) = arguments.get(1) else {
        return Err(untyped_null(function, 1));
    };
    let taken = match &index.ty.kind {
        TypeKind::Null => return Err(untyped_null(function, 1)),
        TypeKind::BigInt => false,
        _ if index.ty.is_string() => literal_text(arguments, 1).is_some(),
        _ => index.ty.is_integer(),
    };
    if !taken {
        let wanted = "a string literal or an integer of at most `INT`";
        return Err(refuse(function, arguments, 1, wanted, None));
    }
    Ok(Typed::as_is(arguments, DataType::new(TypeKind::Variant)))
}

/// A part of a `VARIANT`; `NULL` where there is none.
pub(crate) fn item(arguments: &[Value]) -> Result<Value, EvalError> {
    let whole = text(arguments, 0)?;
    let found = match value(arguments, 1)? {
        Value::Str(key) => {
            if !whole.starts_with('{') {
                return Err(EvalError::new("a key of a `VARIANT` that is no object"));
            }
            let mut wanted = String::new();
            write::quoted(key, &mut wanted);
            parts(whole).find_map(|part| part.strip_prefix(wanted.as_str())?.strip_prefix(':'))
        }
        _ => {
            if !whole.starts_with('[') {
                return Err(EvalError::new("an index of a `VARIANT` that is no array"));
            }
            let at = usize::try_from(int(arguments, 1)?).ok().and_then(|n| n.checked_sub(1));
            at.and_then(|at| parts(whole).nth(at))
        }
    };
    Ok(found.map_or(Value::Null, Value::str))
}

/// What stands between the commas of an array or object.
fn parts(whole: &str) -> impl Iterator<Item = &str> {
    let mut rest = whole.get(1..whole.len().saturating_sub(1)).unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
        let end = rest.bytes().position(|byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'[' | b'{' if !quoted => depth += 1,
                b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
                b',' if !quoted && depth == 0 => return true,
                _ => {}
            }
            false
        });
        let part = rest.get(..end.unwrap_or(rest.len()))?;
        rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        Some(part)
    })
}
