//! JSON in texts: what stands at a path, and whether a text is JSON (Flink documentation, "JSON Functions").
//!
//! The clauses of a call (`RETURNING`, `ON EMPTY`, `ON ERROR`, `WRAPPER`) are arguments here: words of fixed lists, which the
//! binder writes for every call.

use crate::arguments::{strict, text, value};
use crate::entry::{postfix, scalar};
use crate::function::{
    Argument, CallError, CallTypes, EvalError, Evaluator, Family, FlinkForm, Function, Typed,
};
use crate::json::path::{Mode, Path};
use crate::json::read::read;
use crate::json::{Json, write};
use crate::rules::{STRING, Takes, check, literal_text};
use crate::spark::SparkForm;
use streamc_types::{DataType, TypeKind, Value};

const SPARK: SparkForm = SparkForm::None("Spark reads JSON paths and JSON texts otherwise than Flink");

const fn kind(name: &'static str, eval: Evaluator) -> Function {
    postfix(Family::Json, name, is_rule, eval).spark(SPARK)
}

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Json, "JSON_EXISTS", (3, 3), exists_rule, strict!(|_, _, a| exists(a)))
        .flink(FlinkForm::Written(|a| match a {
            [document, path, error] => format!("JSON_EXISTS({document}, {path}{})", clause("", error, "", "ON ERROR")),
            _ => String::new(),
        }))
        .spark(SPARK)
        .doc(
            "Whether a JSON text has something but `null` at a path. `TRUE`, `FALSE` (unless said), `UNKNOWN` or `ERROR ON ERROR` says what an error gives.",
            "JSON_EXISTS('{\"a\": 1}', '$.a')",
            "TRUE",
        ),
    scalar(Family::Json, "JSON_VALUE", (7, 7), value_rule, |_, types, a| json_value(types, a))
        .flink(FlinkForm::Written(flink_value))
        .spark(SPARK)
        .doc(
            "The scalar at a path of a JSON text. `RETURNING` STRING (unless said), INT, DOUBLE or BOOLEAN; `NULL` (unless said), `ERROR` or `DEFAULT x` `ON EMPTY` and `ON ERROR`. Without `lax` before the path, what is missing is an error.",
            "JSON_VALUE('{\"a\": {\"b\": 7}}', '$.a.b' RETURNING INT)",
            "7",
        ),
    scalar(Family::Json, "JSON_QUERY", (6, 6), query_rule, strict!(|_, types, a| query(types, a)))
        .flink(FlinkForm::Written(flink_query))
        .spark(SPARK)
        .doc(
            "The object or array at a path of a JSON text, as JSON with sorted keys, or `RETURNING ARRAY<STRING>`. `WITH [CONDITIONAL] WRAPPER` puts it into an array; `NULL`, `EMPTY ARRAY`, `EMPTY OBJECT` or `ERROR` `ON EMPTY` and `ON ERROR`.",
            "JSON_QUERY('{\"a\": [1, 2]}', '$.a')",
            "[1,2]",
        ),
    kind("IS JSON VALUE", |_, _, a| Ok(is(a, |_| true))).doc(
        "Whether a text starts with a JSON value (what follows it is not looked at); `IS JSON` is the same. False of `NULL`.",
        "'[1]' IS JSON",
        "TRUE",
    ),
    kind("IS NOT JSON VALUE", |_, _, a| Ok(is_not(a, |_| true))).doc(
        "Whether a text does not start with a JSON value; `IS NOT JSON` is the same. True of `NULL`.",
        "'[1' IS NOT JSON",
        "TRUE",
    ),
    kind("IS JSON OBJECT", |_, _, a| Ok(is(a, is_object))).doc("Whether a text is a JSON object.", "'{}' IS JSON OBJECT", "TRUE"),
    kind("IS NOT JSON OBJECT", |_, _, a| Ok(is_not(a, is_object))).doc(
        "Whether a text is no JSON object.",
        "'{}' IS NOT JSON OBJECT",
        "FALSE",
    ),
    kind("IS JSON ARRAY", |_, _, a| Ok(is(a, is_array))).doc("Whether a text is a JSON array.", "'{}' IS JSON ARRAY", "FALSE"),
    kind("IS NOT JSON ARRAY", |_, _, a| Ok(is_not(a, is_array))).doc(
        "Whether a text is no JSON array.",
        "'{}' IS NOT JSON ARRAY",
        "TRUE",
    ),
    kind("IS JSON SCALAR", |_, _, a| Ok(is(a, Json::is_scalar))).doc(
        "Whether a text is JSON but neither an object nor an array.",
        "'1' IS JSON SCALAR",
        "TRUE",
    ),
    kind("IS NOT JSON SCALAR", |_, _, a| Ok(is_not(a, Json::is_scalar))).doc(
        "Whether a text is no JSON scalar.",
        "'1' IS NOT JSON SCALAR",
        "FALSE",
    ),
];

/// Checks the text and the path, a literal.
fn document(function: &Function, arguments: &[Argument<'_>]) -> Result<(), CallError> {
    check(function, &arguments[..arguments.len().min(2)], &[Takes::Text])?;
    let wrong =
        |message: String, help: &str| CallError { argument: Some(1), message, help: Some(help.to_owned()) };
    let Some(path) = literal_text(arguments, 1) else {
        return Err(wrong("a JSON path is a constant string".to_owned(), "write the path itself: `'$.a'`"));
    };
    Path::parse(path).map_err(|message| {
        wrong(message, "steps are `.name`, `['name']`, `[n]`, `[n:m]`, `[*]`, `.*` and `..name` behind `$`")
    })?;
    Ok(())
}

fn exists_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    document(function, arguments)?;
    Ok(Typed::as_is(arguments, DataType::boolean()))
}

/// `RETURNING`, the third argument, as a type.
fn returning(arguments: &[Argument<'_>]) -> TypeKind {
    match literal_text(arguments, 2) {
        Some("INT") => TypeKind::Int,
        Some("DOUBLE") => TypeKind::Double,
        Some("BOOLEAN") => TypeKind::Boolean,
        Some("ARRAY<STRING>") => TypeKind::Array(Box::new(DataType::string())),
        _ => STRING,
    }
}

fn value_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    document(function, arguments)?;
    let result = DataType::new(returning(arguments));
    for (word, default) in [(3, 4), (5, 6)] {
        if literal_text(arguments, word) != Some("DEFAULT") {
            continue;
        }
        let refused = |message: String, help: &str| CallError {
            argument: Some(default),
            message,
            help: Some(help.to_owned()),
        };
        let Some(given) = arguments.get(default).filter(|a| a.literal.is_some_and(|v| !v.is_null())) else {
            return Err(refused(
                "Flink takes only a constant behind `DEFAULT`".to_owned(),
                "write `COALESCE(JSON_VALUE(…), x)`",
            ));
        };
        let fits = match result.kind {
            TypeKind::Int => given.ty.kind == TypeKind::Int,
            TypeKind::Boolean => given.ty.kind == TypeKind::Boolean,
            // Flink casts every default of a `DOUBLE` to a class that no literal has, and the job fails.
            TypeKind::Double => false,
            _ => given.ty.is_string(),
        };
        if !fits {
            let message = match result.kind {
                TypeKind::Double => {
                    "`DEFAULT` with `RETURNING DOUBLE` fails when Flink gets there".to_owned()
                }
                _ => format!("this default of type `{}` is no `{}`", given.ty.kind, result.kind),
            };
            return Err(refused(message, "write `COALESCE(JSON_VALUE(…), x)`"));
        }
    }
    Ok(Typed::as_is(arguments, result))
}

fn query_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    document(function, arguments)?;
    let result = DataType::new(returning(arguments));
    if let TypeKind::Array(_) = result.kind {
        for (index, place) in [(4, "EMPTY"), (5, "ERROR")] {
            if literal_text(arguments, index) == Some("EMPTY OBJECT") {
                return Err(CallError {
                    argument: Some(index),
                    message: format!("`EMPTY OBJECT ON {place}` gives no `ARRAY<STRING>`"),
                    help: Some(format!("write `EMPTY ARRAY ON {place}`")),
                });
            }
        }
    }
    Ok(Typed::as_is(arguments, result))
}

fn is_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    check(function, arguments, &[Takes::Text])?;
    Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::Boolean)))
}

fn parsed(arguments: &[Value]) -> Option<Json> {
    text(arguments, 0).ok().and_then(read)
}

fn is(arguments: &[Value], wanted: fn(&Json) -> bool) -> Value {
    Value::Boolean(parsed(arguments).is_some_and(|json| wanted(&json)))
}

fn is_not(arguments: &[Value], wanted: fn(&Json) -> bool) -> Value {
    Value::Boolean(!parsed(arguments).is_some_and(|json| wanted(&json)))
}

fn is_object(json: &Json) -> bool {
    matches!(json, Json::Object(_))
}

fn is_array(json: &Json) -> bool {
    matches!(json, Json::Array(_))
}

/// What is at the path, with the mode; the inner error is one that `ON ERROR` deals with.
fn follow(arguments: &[Value]) -> Result<(Mode, Result<Option<Json>, String>), EvalError> {
    let path = Path::parse(text(arguments, 1)?).map_err(EvalError::new)?;
    let found = match (parsed(arguments), path.mode) {
        (Some(json), _) => path.follow(&json),
        (None, Mode::Lax) => Ok(None),
        (None, Mode::Strict) => Err("the text is no JSON".to_owned()),
    };
    Ok((path.mode, found))
}

fn exists(arguments: &[Value]) -> Result<Value, EvalError> {
    Ok(match (follow(arguments)?.1, text(arguments, 2)?) {
        (Ok(found), _) => Value::Boolean(found.is_some()),
        (Err(_), "TRUE") => Value::Boolean(true),
        (Err(_), "UNKNOWN") => Value::Null,
        (Err(error), "ERROR") => return Err(EvalError::new(error)),
        (Err(_), _) => Value::Boolean(false),
    })
}

fn json_value(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    if value(arguments, 0)?.is_null() || value(arguments, 1)?.is_null() {
        return Ok(Value::Null);
    }
    let (mode, found) = follow(arguments)?;
    let otherwise = |at: usize, why: &str| match text(arguments, at)? {
        "DEFAULT" => Ok(value(arguments, at + 1)?.clone()),
        "ERROR" => Err(EvalError::new(why)),
        _ => Ok(Value::Null),
    };
    match found {
        Ok(Some(json)) if json.is_scalar() => returned(&json, &types.result.kind),
        Ok(Some(_)) if mode == Mode::Strict => otherwise(5, "the path leads to no scalar"),
        Ok(_) => otherwise(3, "the result of `JSON_VALUE` is empty"),
        Err(error) => otherwise(5, &error),
    }
}

/// Flink casts what Jackson read: an integer of at most 32 bits is an `INT`, a number with a point or an exponent a `DOUBLE`.
fn returned(json: &Json, kind: &TypeKind) -> Result<Value, EvalError> {
    let wrong = || EvalError::new(format!("`{}` is read from JSON as no `{kind}`", write::text(json)));
    match (kind, json) {
        (TypeKind::Int, Json::Integer(digits)) => {
            digits.parse::<i32>().map(|v| Value::Int(i64::from(v))).map_err(|_| wrong())
        }
        (TypeKind::Double, Json::Decimal(digits)) => digits.parse().map(Value::Double).map_err(|_| wrong()),
        (TypeKind::Boolean, Json::Boolean(value)) => Ok(Value::Boolean(*value)),
        (TypeKind::Int | TypeKind::Double | TypeKind::Boolean, _) => Err(wrong()),
        _ => Ok(Value::str(json.plain())),
    }
}

fn query(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let array = matches!(types.result.kind, TypeKind::Array(_));
    let (mode, found) = follow(arguments)?;
    let otherwise = |at: usize, why: &str| match text(arguments, at)? {
        "EMPTY ARRAY" if array => Ok(Value::Array([].into())),
        "EMPTY ARRAY" => Ok(Value::str("[]")),
        "EMPTY OBJECT" => Ok(Value::str("{}")),
        "ERROR" => Err(EvalError::new(why)),
        _ => Ok(Value::Null),
    };
    let wrapped = match (found, text(arguments, 3)?) {
        (Err(error), _) => return otherwise(5, &error),
        (Ok(None), _) => None,
        (Ok(Some(json)), "WITH UNCONDITIONAL WRAPPER") => Some(Json::Array(vec![json])),
        (Ok(Some(json)), "WITH CONDITIONAL WRAPPER") if !is_array(&json) => Some(Json::Array(vec![json])),
        (Ok(found), _) => found,
    };
    match wrapped {
        Some(Json::Array(items)) if array => Ok(Value::Array(
            items
                .iter()
                .map(|item| if *item == Json::Null { Value::Null } else { Value::str(item.plain()) })
                .collect(),
        )),
        Some(Json::Object(_)) if array => otherwise(5, "the path leads to no array"),
        Some(json) if !json.is_scalar() => Ok(Value::str(write::text(&json))),
        Some(_) if mode == Mode::Strict => otherwise(5, "the path leads to no array or object"),
        _ => otherwise(4, "the result of `JSON_QUERY` is empty"),
    }
}

/// A clause as it is written, with a blank before it; nothing where its word (a literal in quotes) is empty.
fn clause(before: &str, word: &str, value: &str, after: &str) -> String {
    let parts = [before, word.trim_matches('\''), value, after];
    if parts[1].is_empty() {
        return String::new();
    }
    parts.iter().filter(|part| !part.is_empty()).fold(String::new(), |text, part| text + " " + part)
}

fn flink_value(arguments: &[String]) -> String {
    let [document, path, returning, empty, on_empty, error, on_error] = arguments else {
        return String::new();
    };
    let default =
        |word: &str, value: &str| if word == "'DEFAULT'" { value.to_owned() } else { String::new() };
    format!(
        "JSON_VALUE({document}, {path}{}{}{})",
        clause("RETURNING", returning, "", ""),
        clause("", empty, &default(empty, on_empty), "ON EMPTY"),
        clause("", error, &default(error, on_error), "ON ERROR"),
    )
}

fn flink_query(arguments: &[String]) -> String {
    let [document, path, returning, wrapper, empty, error] = arguments else {
        return String::new();
    };
    format!(
        "JSON_QUERY({document}, {path}{}{}{}{})",
        clause("RETURNING", returning, "", ""),
        clause("", wrapper, "", ""),
        clause("", empty, "", "ON EMPTY"),
        clause("", error, "", "ON ERROR"),
    )
}
