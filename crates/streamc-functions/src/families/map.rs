//! Maps out of arrays, of maps, and taken apart; the name of a type (Flink documentation, "Collection Functions").

use crate::arguments::{elements, entries, strict};
use crate::entry::scalar;
use crate::families::collection::map_of;
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::rules::{STRING, nullable, refuse};
use crate::spark::SparkForm;
use streamc_types::{DataType, Field, IntervalUnit, TypeKind, Value, common_type};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(
        Family::Collection,
        "MAP_ENTRIES",
        (1, 1),
        entries_rule,
        strict!(|_, _, a| {
            let pair = |(k, v): &(Value, Value)| Value::Row([k.clone(), v.clone()].into());
            Ok(Value::Array(entries(a, 0)?.iter().map(pair).collect()))
        }),
    )
    .spark(SparkForm::None("the entries of a map have another order on Spark"))
    .doc(
        "The entries of a map, each as a row of `key` and `value`.",
        "MAP_ENTRIES(MAP['a', 1])",
        "[(a, 1)]",
    ),
    scalar(
        Family::Collection,
        "MAP_FROM_ARRAYS",
        (2, 2),
        from_arrays_rule,
        strict!(|_, _, a| {
            let (keys, values) = (elements(a, 0)?, elements(a, 1)?);
            if keys.len() != values.len() {
                return Err(EvalError::new(format!(
                    "{} keys and {} values make no map",
                    keys.len(),
                    values.len()
                )));
            }
            let pairs: Vec<Value> =
                keys.iter().zip(values).flat_map(|(k, v)| [k.clone(), v.clone()]).collect();
            Ok(Value::Map(map_of(&pairs)))
        }),
    )
    .spark(SparkForm::None("Spark fails on a key that comes twice, Flink keeps the last"))
    .doc(
        "A map out of its keys and its values; fails if there are more of one than of the other.",
        "MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])",
        "{a=1, b=2}",
    ),
    scalar(
        Family::Collection,
        "MAP_UNION",
        (1, usize::MAX),
        union_rule,
        strict!(|_, _, a| {
            let mut pairs = Vec::new();
            for index in 0..a.len() {
                pairs.extend(entries(a, index)?.iter().flat_map(|(k, v)| [k.clone(), v.clone()]));
            }
            Ok(Value::Map(map_of(&pairs)))
        }),
    )
    .spark(SparkForm::None("Spark fails on a key that comes twice, Flink keeps the last"))
    .doc(
        "The entries of several maps; of a key that comes twice the last value counts.",
        "MAP_UNION(MAP['a', 1], MAP['a', 2])",
        "{a=2}",
    ),
    scalar(Family::Conditional, "TYPEOF", (1, 2), typeof_rule, |_, types, a| {
        let long = a.len() > 1 && crate::arguments::boolean(a, 1)? == Some(true);
        types
            .arguments
            .first()
            .map(|ty| Value::str(type_text(ty, long)))
            .ok_or_else(|| EvalError::new("an argument is missing"))
    })
    .spark(SparkForm::None("Spark has other types"))
    .doc(
        "The type of a value in Flink's spelling; in its long one if a second argument is `TRUE`.",
        "TYPEOF(1.5)",
        "DECIMAL(2, 1) NOT NULL",
    ),
];

fn entries_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments.first().map(|a| (&a.ty.kind, a.ty.nullable)) {
        Some((TypeKind::Map(key, value), nullable)) => {
            let field = |name: &str, ty: &DataType| Field { name: name.into(), ty: ty.clone(), doc: None };
            let row = DataType::new(TypeKind::Row(vec![field("key", key), field("value", value)]));
            Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Array(Box::new(row)), nullable }))
        }
        _ => Err(refuse(function, arguments, 0, "a map", None)),
    }
}

fn from_arrays_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let element = |index: usize| match arguments.get(index).map(|a| &a.ty.kind) {
        Some(TypeKind::Array(element)) => Ok(element.clone()),
        _ => Err(refuse(function, arguments, index, "an array", None)),
    };
    let kind = TypeKind::Map(element(0)?, element(1)?);
    Ok(Typed::as_is(arguments, DataType { kind, nullable: nullable(arguments) }))
}

/// Maps with a common type, to which each is cast.
fn union_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if let Some(at) = arguments.iter().position(|a| !matches!(a.ty.kind, TypeKind::Map(..))) {
        return Err(refuse(function, arguments, at, "a map", None));
    }
    let Some(result) = common_type(arguments.iter().map(|a| a.ty)) else {
        return Err(refuse(function, arguments, 1, "a map of the same types", None));
    };
    let casts = arguments.iter().map(|a| result.clone().with_nullable(a.ty.nullable)).collect();
    Ok(Typed { result, arguments: casts })
}

/// The binder refuses time attributes, whose kind Flink names too. An interval that is computed has a type of its own.
fn typeof_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if arguments.first().is_some_and(|a| a.ty.is_interval() && a.literal.is_none()) {
        return Err(refuse(function, arguments, 0, "a value that is no interval", None));
    }
    if arguments.get(1).is_some_and(|a| !matches!(a.literal, Some(Value::Boolean(_)))) {
        return Err(refuse(function, arguments, 1, "`TRUE` or `FALSE`", None));
    }
    Ok(Typed::as_is(arguments, DataType::new(STRING)))
}

/// As Flink's `asSummaryString`, or `asSerializableString` if `long`: names of fields in back quotes.
fn type_text(ty: &DataType, long: bool) -> String {
    let null = if ty.nullable || ty.kind == TypeKind::Null { "" } else { " NOT NULL" };
    let text = |ty: &DataType| type_text(ty, long);
    let listed = |fields: &[Field]| {
        let all: Vec<String> =
            fields.iter().map(|f| format!("`{}` {}", f.name.replace('`', "``"), text(&f.ty))).collect();
        all.join(", ")
    };
    let kind = match &ty.kind {
        TypeKind::Array(element) => format!("ARRAY<{}>", text(element)),
        TypeKind::Multiset(element) => format!("MULTISET<{}>", text(element)),
        TypeKind::Map(key, value) => format!("MAP<{}, {}>", text(key), text(value)),
        TypeKind::Row(fields) => format!("ROW<{}>", listed(fields)),
        TypeKind::Structured(class, fields) => format!("STRUCTURED<'{class}', {}>", listed(fields)),
        TypeKind::Interval(IntervalUnit::DaySecond) => "INTERVAL SECOND(3)".to_owned(),
        TypeKind::Interval(IntervalUnit::YearMonth) => "INTERVAL MONTH".to_owned(),
        TypeKind::Varchar(n) if long => format!("VARCHAR({n})"),
        TypeKind::Varbinary(n) if long => format!("VARBINARY({n})"),
        TypeKind::TimestampLtz(n) if long => format!("TIMESTAMP({n}) WITH LOCAL TIME ZONE"),
        kind => kind.to_string(),
    };
    kind + null
}
