//! Arrays, maps and rows: construction and access (Flink documentation, "Collection Functions").

use crate::arguments::{elements, entries, int, strict, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, FlinkForm, Function, Typed};
use crate::rules::{impossible, literal_int, nullable, refuse};
use crate::spark::SparkForm;
use smol_str::format_smolstr;
use std::sync::Arc;
use streamc_types::{DataType, Field, TypeKind, Value, common_type};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Collection, "ITEM", (2, 2), item_rule, strict!(|_, _, a| item(a)))
        .flink(FlinkForm::Template("{0}[{1}]"))
        .spark(SparkForm::Rewrite(|call| match (call.arguments, call.types) {
            ([base, key], [ty, _]) => Ok(match ty.kind {
                // Spark's `get` counts from 0 and gives `NULL` outside.
                TypeKind::Array(_) => format!("get({base}, {key} - 1)"),
                _ => format!("try_element_at({base}, {key})"),
            }),
            _ => Err("an access needs a collection and a key".to_owned()),
        }))
        .doc(
            "`a[i]`: the element of an array, counted from 1, or the value of a key of a map; `NULL` if there is none.",
            "ARRAY['a', 'b'][2]",
            "b",
        ),
    scalar(Family::Collection, "CARDINALITY", (1, 1), cardinality_rule, strict!(|_, _, a| {
        Ok(Value::Int(match value(a, 0)? {
            Value::Map(entries) => entries.len(),
            _ => elements(a, 0)?.len(),
        } as i64))
    }))
    .doc("How many elements an array or entries a map has.", "CARDINALITY(ARRAY[1, 2, 3])", "3"),
    scalar(Family::Collection, "ELEMENT", (1, 1), element_rule, strict!(|_, _, a| match elements(a, 0)? {
        [] => Ok(Value::Null),
        [only] => Ok(only.clone()),
        _ => Err(EvalError::new("the array has more than one element")),
    }))
    .spark(SparkForm::Template(
        "(CASE WHEN size({0}) > 1 THEN raise_error('the array has more than one element') ELSE get({0}, 0) END)",
    ))
    .doc("The only element of an array; `NULL` of an empty one; fails if there are more.", "ELEMENT(ARRAY[7])", "7"),
    scalar(Family::Collection, "ARRAY_CONTAINS", (2, 2), contains_rule, |_, _, a| {
        if value(a, 0)?.is_null() {
            return Ok(Value::Null);
        }
        Ok(Value::Boolean(elements(a, 0)?.contains(value(a, 1)?)))
    })
    .spark(SparkForm::Template("(CASE WHEN {0} IS NOT NULL THEN exists({0}, e -> e <=> {1}) END)"))
    .doc("Whether an array has such an element; `NULL` is an element as any other.", "ARRAY_CONTAINS(ARRAY[1, 2], 2)", "TRUE"),
    scalar(Family::Collection, "ARRAY", (1, usize::MAX), array_rule, |_, _, a| Ok(Value::Array(a.into())))
        .flink(FlinkForm::Template("ARRAY[{*}]"))
        .spark(SparkForm::Named("array"))
        .doc("An array of these elements.", "ARRAY[1, 2]", "[1, 2]"),
    scalar(Family::Collection, "MAP", (2, usize::MAX), map_rule, |_, _, a| Ok(Value::Map(map_of(a))))
        .flink(FlinkForm::Template("MAP[{*}]"))
        .spark(SparkForm::None("Spark fails on a key that comes twice, Flink keeps the last"))
        .doc("A map of these keys and values, by turns.", "MAP['a', 1]", "{a=1}"),
    scalar(Family::Collection, "ROW", (1, usize::MAX), row_rule, |_, _, a| Ok(Value::Row(a.into())))
        .spark(SparkForm::Rewrite(|call| {
            let TypeKind::Row(fields) = &call.result.kind else {
                return Err("a row has fields".to_owned());
            };
            let parts: Vec<String> =
                fields.iter().zip(call.arguments).map(|(f, a)| format!("'{}', {a}", f.name.replace('\'', "\\'"))).collect();
            Ok(format!("named_struct({})", parts.join(", ")))
        }))
        .doc("A row of these values.", "ROW(1, 'a')", "(1, a)"),
    scalar(Family::Collection, "MAP_KEYS", (1, 1), |f, a| map_part_rule(f, a, true), strict!(|_, _, a| {
        Ok(Value::Array(entries(a, 0)?.iter().map(|(k, _)| k.clone()).collect()))
    }))
    .doc("The keys of a map.", "MAP_KEYS(MAP['a', 1])", "[a]"),
    scalar(Family::Collection, "MAP_VALUES", (1, 1), |f, a| map_part_rule(f, a, false), strict!(|_, _, a| {
        Ok(Value::Array(entries(a, 0)?.iter().map(|(_, v)| v.clone()).collect()))
    }))
    .doc("The values of a map.", "MAP_VALUES(MAP['a', 1])", "[1]"),
];

/// The index of an array is an `INT` from 1; the key of a map is of its type.
fn item_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [base, key] = arguments else {
        return Err(impossible("an access takes a collection and a key", None));
    };
    match &base.ty.kind {
        TypeKind::Array(element) => {
            // Flink's code for it: "Integer expression type expected".
            if key.ty.kind != TypeKind::Int {
                return Err(refuse(function, arguments, 1, "an index of type `INT`", Some("INT")));
            }
            if literal_int(arguments, 1).is_some_and(|index| index < 1) {
                return Err(CallError {
                    argument: Some(1),
                    message: "the elements of an array count from 1".to_owned(),
                    help: None,
                });
            }
            let key = DataType { kind: TypeKind::Int, nullable: key.ty.nullable };
            Ok(Typed {
                result: element.as_ref().clone().with_nullable(true),
                arguments: vec![base.ty.clone(), key],
            })
        }
        TypeKind::Map(wanted, found) => {
            let same = key.ty.kind == wanted.kind || (key.ty.is_string() && wanted.is_string());
            let widens =
                key.ty.is_numeric() && wanted.is_numeric() && crate::cast::is_implicit(key.ty, wanted);
            if !same && !widens {
                let kind = wanted.kind.to_string();
                return Err(refuse(function, arguments, 1, &format!("a key of type `{kind}`"), Some(&kind)));
            }
            let key = if key.ty.is_string() {
                key.ty.clone()
            } else {
                DataType { kind: wanted.kind.clone(), nullable: key.ty.nullable }
            };
            Ok(Typed {
                result: found.as_ref().clone().with_nullable(true),
                arguments: vec![base.ty.clone(), key],
            })
        }
        TypeKind::Variant => super::variant::item_rule(function, arguments),
        _ => Err(refuse(function, arguments, 0, "an array, a map or a `VARIANT`", None)),
    }
}

fn item(arguments: &[Value]) -> Result<Value, EvalError> {
    if let Value::Map(entries) = value(arguments, 0)? {
        let key = value(arguments, 1)?;
        return Ok(entries.iter().find(|(k, _)| k == key).map_or(Value::Null, |(_, v)| v.clone()));
    }
    if let Value::Str(_) = value(arguments, 0)? {
        return super::variant::item(arguments);
    }
    let (all, index) = (elements(arguments, 0)?, int(arguments, 1)?);
    Ok(usize::try_from(index - 1).ok().and_then(|at| all.get(at)).cloned().unwrap_or(Value::Null))
}

fn cardinality_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments.first().map(|a| &a.ty.kind) {
        Some(TypeKind::Array(_) | TypeKind::Map(..)) => {
            Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Int, nullable: nullable(arguments) }))
        }
        _ => Err(refuse(function, arguments, 0, "an array or a map", None)),
    }
}

fn element_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments.first().map(|a| (&a.ty.kind, a.ty.nullable)) {
        Some((TypeKind::Array(element), nullable)) => Ok(Typed::as_is(
            arguments,
            DataType { kind: element.kind.clone(), nullable: nullable || element.nullable },
        )),
        _ => Err(refuse(function, arguments, 0, "an array", None)),
    }
}

fn contains_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let [array, needle] = arguments else {
        return Err(impossible("`ARRAY_CONTAINS` takes 2 arguments", None));
    };
    let TypeKind::Array(element) = &array.ty.kind else {
        return Err(refuse(function, arguments, 0, "an array", None));
    };
    if !crate::cast::is_implicit(needle.ty, element) {
        let wanted = format!("a `{}`", element.kind);
        return Err(refuse(function, arguments, 1, &wanted, Some(&element.kind.to_string())));
    }
    let needle = DataType { kind: element.kind.clone(), nullable: needle.ty.nullable };
    Ok(Typed {
        // The needle may be `NULL`: it is looked for as any other.
        result: DataType { kind: TypeKind::Boolean, nullable: array.ty.nullable },
        arguments: vec![array.ty.clone(), needle],
    })
}

/// The common type of elements, keys or values; nullable if one of them is.
fn common(function: &Function, types: &[&DataType]) -> Result<DataType, CallError> {
    let found = common_type(types.iter().copied()).ok_or_else(|| {
        impossible(format!("the elements of `{}` have no common type", function.name), None)
    })?;
    if found.kind == TypeKind::Null {
        return Err(crate::rules::untyped_null(function, 0));
    }
    Ok(found)
}

fn cast_to(argument: &Argument<'_>, to: &DataType) -> DataType {
    match argument.ty.kind {
        TypeKind::Null => DataType::new(to.kind.clone()),
        _ => DataType { kind: to.kind.clone(), nullable: argument.ty.nullable },
    }
}

fn array_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types: Vec<&DataType> = arguments.iter().map(|a| a.ty).collect();
    let element = common(function, &types)?;
    let casts = arguments.iter().map(|a| cast_to(a, &element)).collect();
    Ok(Typed { result: DataType::not_null(TypeKind::Array(Box::new(element))), arguments: casts })
}

fn map_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if !arguments.len().is_multiple_of(2) {
        return Err(impossible("`MAP` takes keys and values by turns", None));
    }
    let of = |parity: usize| -> Vec<&DataType> {
        arguments.iter().enumerate().filter(|(i, _)| i % 2 == parity).map(|(_, a)| a.ty).collect()
    };
    let (key, value) = (common(function, &of(0))?, common(function, &of(1))?);
    let casts = arguments
        .iter()
        .enumerate()
        .map(|(i, a)| cast_to(a, if i % 2 == 0 { &key } else { &value }))
        .collect();
    Ok(Typed { result: DataType::not_null(TypeKind::Map(Box::new(key), Box::new(value))), arguments: casts })
}

/// The last value of a key that comes twice stays, at the place of the first.
pub(super) fn map_of(arguments: &[Value]) -> Arc<[(Value, Value)]> {
    let mut entries: Vec<(Value, Value)> = Vec::with_capacity(arguments.len() / 2);
    for pair in arguments.chunks_exact(2) {
        let [key, value] = pair else {
            continue;
        };
        match entries.iter_mut().find(|(k, _)| k == key) {
            Some(entry) => entry.1 = value.clone(),
            None => entries.push((key.clone(), value.clone())),
        }
    }
    entries.into()
}

fn row_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if let Some(index) = arguments.iter().position(|a| a.ty.kind == TypeKind::Null) {
        return Err(crate::rules::untyped_null(function, index));
    }
    let fields = arguments
        .iter()
        .enumerate()
        .map(|(i, a)| Field { name: format_smolstr!("EXPR${i}"), ty: a.ty.clone(), doc: None })
        .collect();
    Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::Row(fields))))
}

fn map_part_rule(function: &Function, arguments: &[Argument<'_>], keys: bool) -> Result<Typed, CallError> {
    match arguments.first().map(|a| (&a.ty.kind, a.ty.nullable)) {
        Some((TypeKind::Map(key, value), nullable)) => {
            let element = if keys { key } else { value };
            Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Array(element.clone()), nullable }))
        }
        _ => Err(refuse(function, arguments, 0, "a map", None)),
    }
}
