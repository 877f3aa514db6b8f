//! What the type rules of several families share: which arguments a function takes, and the nullability of results.

use crate::function::{Argument, CallError, Function, Typed};
use streamc_types::{DataType, TypeKind, Value};

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `CHAR` or `VARCHAR`.
    Text,
    /// A string, or `BINARY` or `VARBINARY`.
    TextOrBytes,
    /// `BINARY` or `VARBINARY`.
    Bytes,
    /// `TINYINT` to `INT`; the argument is cast to `INT`. Flink's planner accepts `BIGINT` here and its generated code
    /// then fails, so `BIGINT` is refused.
    Int,
    /// `TINYINT` to `BIGINT`, cast to `BIGINT`.
    BigInt,
    /// Any number, cast to `DOUBLE`.
    Double,
    /// Any number, as it is.
    Number,
    /// `BOOLEAN`.
    Boolean,
    /// `DATE`, `TIME`, `TIMESTAMP` or `TIMESTAMP_LTZ`.
    DateTime,
    /// `TIMESTAMP` or `TIMESTAMP_LTZ`.
    Timestamp,
    /// Everything.
    Any,
}

impl Takes {
    fn accepts(self, ty: &DataType) -> bool {
        match self {
            Self::Text => ty.is_string(),
            Self::TextOrBytes => ty.is_string() || ty.is_binary(),
            Self::Bytes => ty.is_binary(),
            Self::Int => ty.is_integer() && ty.kind != TypeKind::BigInt,
            Self::BigInt => ty.is_integer(),
            Self::Double | Self::Number => ty.is_numeric(),
            Self::Boolean => ty.kind == TypeKind::Boolean,
            Self::DateTime => ty.is_datetime(),
            Self::Timestamp => ty.is_timestamp(),
            Self::Any => true,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::TextOrBytes => "a string or bytes",
            Self::Bytes => "bytes",
            Self::Int => "an integer of at most `INT`",
            Self::BigInt => "an integer",
            Self::Double | Self::Number => "a number",
            Self::Boolean => "a `BOOLEAN`",
            Self::DateTime => "a date or time",
            Self::Timestamp => "a timestamp",
            Self::Any => "a value",
        }
    }

    /// The type to cast to, by example.
    fn target(self) -> Option<&'static str> {
        Some(match self {
            Self::Text | Self::TextOrBytes => "STRING",
            Self::Bytes => "BYTES",
            Self::Int => "INT",
            Self::BigInt => "BIGINT",
            Self::Double | Self::Number => "DOUBLE",
            Self::Boolean => "BOOLEAN",
            Self::DateTime | Self::Timestamp => "TIMESTAMP(3)",
            Self::Any => return None,
        })
    }

    fn cast(self, ty: &DataType) -> DataType {
        let kind = match self {
            Self::Int => TypeKind::Int,
            Self::BigInt => TypeKind::BigInt,
            Self::Double => TypeKind::Double,
            _ => return ty.clone(),
        };
        DataType { kind, nullable: ty.nullable }
    }
}

/// Whether any argument may be `NULL`.
pub(crate) fn nullable(arguments: &[Argument<'_>]) -> bool {
    arguments.iter().any(|a| a.ty.nullable)
}

/// The type that an untyped `NULL` has at a place, where Flink finds it by what the function takes there. Most functions are
/// Calcite's, which refuse it ("Illegal use of 'NULL'").
fn typed_null(function: &Function, ty: &DataType, place: Takes) -> Option<DataType> {
    let types = matches!(
        function.name,
        "BITMAP_BUILD_AGG"
            | "BITMAP_BUILD_CARDINALITY_AGG"
            | "BITMAP_FROM_BYTES"
            | "BTRIM"
            | "ENDSWITH"
            | "INET_ATON"
            | "INET_NTOA"
            | "JSON_QUOTE"
            | "JSON_UNQUOTE"
            | "PARSE_JSON"
            | "REGEXP_COUNT"
            | "REGEXP_EXTRACT_ALL"
            | "REGEXP_INSTR"
            | "REGEXP_SUBSTR"
            | "SPLIT"
            | "STARTSWITH"
            | "UNHEX"
            | "URL_DECODE"
            | "URL_ENCODE"
    );
    let kind = match place {
        Takes::Text | Takes::TextOrBytes => STRING,
        Takes::Bytes => BYTES,
        Takes::Int => TypeKind::Int,
        Takes::BigInt => TypeKind::BigInt,
        _ => return None,
    };
    (types && ty.kind == TypeKind::Null).then(|| DataType::new(kind))
}

/// `function` takes no such argument.
pub(crate) fn refuse(
    function: &Function,
    arguments: &[Argument<'_>],
    index: usize,
    wanted: &str,
    target: Option<&str>,
) -> CallError {
    let found = arguments.get(index).map_or_else(|| "nothing".to_owned(), |a| a.ty.kind.to_string());
    if arguments.get(index).is_some_and(|a| a.ty.kind == TypeKind::Null) {
        return untyped_null(function, index);
    }
    CallError {
        argument: Some(index),
        message: format!("`{}` takes {wanted} here, not `{found}`", function.name),
        help: target
            .filter(|_| {
                !arguments.get(index).is_some_and(|a| {
                    matches!(
                        a.ty.kind,
                        TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_) | TypeKind::Multiset(_)
                    )
                })
            })
            .map(|t| match function.name {
                "||" => format!("`||` joins texts: write `OR` between conditions, or `CAST(… AS {t})`"),
                _ => format!("write `CAST(… AS {t})` if that is what you mean"),
            }),
    }
}

/// Flink takes an untyped `NULL` in a few places only.
pub(crate) fn untyped_null(function: &Function, index: usize) -> CallError {
    CallError {
        argument: Some(index),
        message: format!("`{}` cannot tell the type of this `NULL`", function.name),
        help: Some("write `CAST(NULL AS STRING)`, with the type you mean".to_owned()),
    }
}

/// The whole call is impossible.
pub(crate) fn impossible(message: impl Into<String>, help: Option<String>) -> CallError {
    CallError { argument: None, message: message.into(), help }
}

/// Checks every argument against its place (the last place repeats) and gives the types to cast to.
pub(crate) fn check(
    function: &Function,
    arguments: &[Argument<'_>],
    places: &[Takes],
) -> Result<Vec<DataType>, CallError> {
    let mut types = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        let place = places.get(index).or(places.last()).copied().unwrap_or(Takes::Any);
        if let Some(ty) = typed_null(function, argument.ty, place) {
            types.push(ty);
            continue;
        }
        if !place.accepts(argument.ty) {
            return Err(refuse(function, arguments, index, place.words(), place.target()));
        }
        types.push(place.cast(argument.ty));
    }
    Ok(types)
}

/// Checks the arguments; the result has that type, nullable if an argument is.
pub(crate) fn fixed(
    function: &Function,
    arguments: &[Argument<'_>],
    places: &[Takes],
    result: TypeKind,
) -> Result<Typed, CallError> {
    let types = check(function, arguments, places)?;
    Ok(Typed { result: DataType { kind: result, nullable: nullable(arguments) }, arguments: types })
}

/// As [`fixed`], but always nullable.
pub(crate) fn maybe(
    function: &Function,
    arguments: &[Argument<'_>],
    places: &[Takes],
    result: TypeKind,
) -> Result<Typed, CallError> {
    let types = check(function, arguments, places)?;
    Ok(Typed { result: DataType::new(result), arguments: types })
}

/// As [`fixed`], with the type of the first argument.
pub(crate) fn like_first(
    function: &Function,
    arguments: &[Argument<'_>],
    places: &[Takes],
) -> Result<Typed, CallError> {
    let kind = arguments.first().map_or(TypeKind::Null, |a| a.ty.kind.clone());
    fixed(function, arguments, places, kind)
}

/// `STRING`.
pub(crate) const STRING: TypeKind = TypeKind::Varchar(streamc_types::MAX_LENGTH);
/// `BYTES`.
pub(crate) const BYTES: TypeKind = TypeKind::Varbinary(streamc_types::MAX_LENGTH);

/// The kind `VARCHAR(n)` for a string type of length `n`.
pub(crate) fn varying(ty: &DataType) -> TypeKind {
    match ty.kind {
        TypeKind::Char(n) | TypeKind::Varchar(n) => TypeKind::Varchar(n),
        _ => STRING,
    }
}

/// The length of a string or binary type.
pub(crate) fn length(ty: &DataType) -> u32 {
    match ty.kind {
        TypeKind::Char(n) | TypeKind::Varchar(n) | TypeKind::Binary(n) | TypeKind::Varbinary(n) => n,
        _ => streamc_types::MAX_LENGTH,
    }
}

/// The text of a literal string argument.
pub(crate) fn literal_text<'a>(arguments: &[Argument<'a>], index: usize) -> Option<&'a str> {
    match arguments.get(index)?.literal? {
        Value::Str(text) => Some(text.as_str()),
        _ => None,
    }
}

/// The value of a literal integer argument.
pub(crate) fn literal_int(arguments: &[Argument<'_>], index: usize) -> Option<i64> {
    match arguments.get(index)?.literal? {
        Value::Int(value) => Some(*value),
        _ => None,
    }
}
