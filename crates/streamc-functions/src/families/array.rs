//! Functions of whole arrays (Flink documentation, "Collection Functions"). Elements are compared as Java's `equals` does;
//! `NULL` is an element as any other.

use crate::arguments::{boolean, elements, int, strict, text, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::rules::{STRING, impossible, nullable, refuse};
use crate::spark::SparkForm;
use streamc_types::{DataType, TypeKind, Value};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Collection, "ARRAY_DISTINCT", (1, 1), same_rule, strict!(|_, _, a| {
        Ok(array(distinct(elements(a, 0)?.iter())))
    }))
    .doc("The elements of an array, each once, in their order.", "ARRAY_DISTINCT(ARRAY[1, 2, 1])", "[1, 2]"),
    scalar(Family::Collection, "ARRAY_REVERSE", (1, 1), same_rule, strict!(|_, _, a| {
        Ok(array(elements(a, 0)?.iter().rev().cloned().collect()))
    }))
    .spark(SparkForm::Named("reverse"))
    .doc("The elements of an array from the last to the first.", "ARRAY_REVERSE(ARRAY[1, 2])", "[2, 1]"),
    scalar(Family::Collection, "ARRAY_SLICE", (2, 3), slice_rule, strict!(|_, _, a| slice(a)))
        .spark(SparkForm::None("Spark's `slice` counts otherwise"))
        .doc(
            "The elements from a position to another, both included, counted from 1, or from the end if negative.",
            "ARRAY_SLICE(ARRAY['a', 'b', 'c'], 2, 3)",
            "[b, c]",
        ),
    scalar(Family::Collection, "ARRAY_SORT", (1, 3), sort_rule, strict!(|_, _, a| {
        let up = a.len() < 2 || boolean(a, 1)? == Some(true);
        let first = if a.len() < 3 { up } else { boolean(a, 2)? == Some(true) };
        let (mut nulls, mut sorted): (Vec<Value>, Vec<Value>) = elements(a, 0)?.iter().cloned().partition(Value::is_null);
        sorted.sort_by(|x, y| if up { x.cmp(y) } else { y.cmp(x) });
        Ok(array(if first {
            nulls.append(&mut sorted);
            nulls
        } else {
            sorted.append(&mut nulls);
            sorted
        }))
    }))
    .spark(SparkForm::Rewrite(|call| match call.arguments {
        [all] => Ok(format!("sort_array({all})")),
        _ => Err("Spark wants to know the direction beforehand".to_owned()),
    }))
    .doc(
        "The elements of an array from the least to the greatest, `NULL` first. `FALSE` as a second argument turns the order; a third says whether `NULL` stands first.",
        "ARRAY_SORT(ARRAY[3, 1])",
        "[1, 3]",
    ),
    scalar(Family::Collection, "ARRAY_MAX", (1, 1), extreme_rule, strict!(|_, _, a| {
        Ok(elements(a, 0)?.iter().filter(|e| !e.is_null()).max().cloned().unwrap_or(Value::Null))
    }))
    .doc("The greatest element of an array; `NULL` if it has none.", "ARRAY_MAX(ARRAY[1, 3, 2])", "3"),
    scalar(Family::Collection, "ARRAY_MIN", (1, 1), extreme_rule, strict!(|_, _, a| {
        Ok(elements(a, 0)?.iter().filter(|e| !e.is_null()).min().cloned().unwrap_or(Value::Null))
    }))
    .doc("The least element of an array; `NULL` if it has none.", "ARRAY_MIN(ARRAY[3, 1, 2])", "1"),
    scalar(Family::Collection, "ARRAY_POSITION", (2, 2), position_rule, strict!(|_, _, a| {
        let (all, sought) = (elements(a, 0)?, value(a, 1)?);
        Ok(Value::Int(all.iter().position(|e| e == sought).map_or(0, |at| at as i64 + 1)))
    }))
    .spark(SparkForm::Template("CAST(array_position({0}, {1}) AS INT)"))
    .doc(
        "The position of the first such element, counted from 1; 0 if there is none.",
        "ARRAY_POSITION(ARRAY['a', 'b'], 'b')",
        "2",
    ),
    scalar(Family::Collection, "ARRAY_REMOVE", (2, 2), remove_rule, |_, _, a| {
        if value(a, 0)?.is_null() {
            return Ok(Value::Null);
        }
        let gone = value(a, 1)?;
        Ok(array(elements(a, 0)?.iter().filter(|e| *e != gone).cloned().collect()))
    })
    .spark(SparkForm::Template("filter({0}, e -> NOT (e <=> {1}))"))
    .doc("An array without the elements that are equal to a value.", "ARRAY_REMOVE(ARRAY[1, 2, 1], 1)", "[2]"),
    scalar(Family::Collection, "ARRAY_APPEND", (2, 2), grown_rule, |_, _, a| grown(a, false))
        .spark(SparkForm::Named("array_append"))
        .doc("An array with an element more at its end.", "ARRAY_APPEND(ARRAY[1], 2)", "[1, 2]"),
    scalar(Family::Collection, "ARRAY_PREPEND", (2, 2), grown_rule, |_, _, a| grown(a, true))
        .spark(SparkForm::Named("array_prepend"))
        .doc("An array with an element more at its start.", "ARRAY_PREPEND(ARRAY[2], 1)", "[1, 2]"),
    scalar(Family::Collection, "ARRAY_CONCAT", (1, usize::MAX), alike_rule, strict!(|_, _, a| {
        let mut all = Vec::new();
        for n in 0..a.len() {
            all.extend(elements(a, n)?.iter().cloned());
        }
        Ok(array(all))
    }))
    .spark(SparkForm::Named("concat"))
    .doc("The elements of several arrays, one array after the other.", "ARRAY_CONCAT(ARRAY[1], ARRAY[2])", "[1, 2]"),
    scalar(Family::Collection, "ARRAY_UNION", (2, 2), alike_rule, strict!(|_, _, a| {
        Ok(array(distinct(elements(a, 0)?.iter().chain(elements(a, 1)?))))
    }))
    .doc("The elements of two arrays, each once.", "ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])", "[1, 2, 3]"),
    scalar(Family::Collection, "ARRAY_EXCEPT", (2, 2), alike_rule, strict!(|_, _, a| {
        let others = elements(a, 1)?;
        Ok(array(distinct(elements(a, 0)?.iter().filter(|e| !others.contains(e)))))
    }))
    .doc("The elements of the first array that the second does not have, each once.", "ARRAY_EXCEPT(ARRAY[1, 2], ARRAY[2])", "[1]"),
    scalar(Family::Collection, "ARRAY_INTERSECT", (2, 2), alike_rule, strict!(|_, _, a| {
        let others = elements(a, 1)?;
        Ok(array(distinct(elements(a, 0)?.iter().filter(|e| others.contains(e)))))
    }))
    .doc("The elements that both arrays have, each once.", "ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3])", "[2]"),
    scalar(Family::Collection, "ARRAY_JOIN", (2, 3), join_rule, strict!(|_, _, a| joined(a)))
        .doc(
            "The texts of an array with a text between them; `NULL` is left out, or stands as a third text.",
            "ARRAY_JOIN(ARRAY['a', 'b'], '-')",
            "a-b",
        ),
];

fn array(elements: Vec<Value>) -> Value {
    Value::Array(elements.into())
}

fn distinct<'v>(elements: impl Iterator<Item = &'v Value>) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    for element in elements {
        if !seen.contains(element) {
            seen.push(element.clone());
        }
    }
    seen
}

/// Positions from 1; a negative one counts from the end, 0 is the start.
fn slice(arguments: &[Value]) -> Result<Value, EvalError> {
    let all = elements(arguments, 0)?;
    let size = all.len() as i64;
    let place = |position: i64| if position < 0 { position + size + 1 } else { position };
    let start = place(int(arguments, 1)?).max(1);
    let end = match arguments.get(2) {
        None => size,
        Some(_) => match place(int(arguments, 2)?) {
            0 => 1,
            end => end.min(size),
        },
    };
    if end < start || start > size || end < 1 {
        return Ok(array(Vec::new()));
    }
    let (start, end) = (usize::try_from(start - 1).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    Ok(array(all.get(start..end).unwrap_or_default().to_vec()))
}

fn grown(arguments: &[Value], at_start: bool) -> Result<Value, EvalError> {
    if value(arguments, 0)?.is_null() {
        return Ok(Value::Null);
    }
    let mut all = elements(arguments, 0)?.to_vec();
    let element = value(arguments, 1)?.clone();
    all.insert(if at_start { 0 } else { all.len() }, element);
    Ok(array(all))
}

fn joined(arguments: &[Value]) -> Result<Value, EvalError> {
    let (all, between) = (elements(arguments, 0)?, text(arguments, 1)?);
    let missing = if arguments.len() > 2 { Some(text(arguments, 2)?) } else { None };
    let mut parts: Vec<&str> = Vec::with_capacity(all.len());
    for (n, element) in all.iter().enumerate() {
        match (element.is_null(), missing) {
            (true, None) => {}
            (true, Some(missing)) => parts.push(missing),
            (false, _) => parts.push(text(all, n)?),
        }
    }
    Ok(Value::str(parts.join(between)))
}

/// The element type of the array at `index`.
fn element<'a>(
    function: &Function,
    arguments: &[Argument<'a>],
    index: usize,
) -> Result<&'a DataType, CallError> {
    match arguments.get(index).map(|a| &a.ty.kind) {
        Some(TypeKind::Array(element)) => Ok(element.as_ref()),
        _ => Err(refuse(function, arguments, index, "an array", None)),
    }
}

/// The type of the array, `NULL` if an argument may be.
fn same_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let element = element(function, arguments, 0)?.clone();
    let result = DataType { kind: TypeKind::Array(Box::new(element)), nullable: nullable(arguments) };
    Ok(Typed::as_is(arguments, result))
}

fn is_ordered(element: &DataType) -> bool {
    element.is_numeric()
        || element.is_string()
        || matches!(
            element.kind,
            TypeKind::Date | TypeKind::Time(_) | TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_)
        )
}

fn sort_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if !is_ordered(element(function, arguments, 0)?) {
        return Err(refuse(function, arguments, 0, "an array of values that have an order", None));
    }
    let boolean = |a: &Argument<'_>| matches!(a.ty.kind, TypeKind::Boolean | TypeKind::Null);
    if let Some(at) = arguments.iter().skip(1).position(|a| !boolean(a)) {
        return Err(refuse(function, arguments, at + 1, "a `BOOLEAN`", None));
    }
    let mut typed = same_rule(function, arguments)?;
    for ty in typed.arguments.iter_mut().skip(1) {
        ty.kind = TypeKind::Boolean;
    }
    Ok(typed)
}

fn extreme_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let element = element(function, arguments, 0)?;
    if !is_ordered(element) {
        return Err(refuse(function, arguments, 0, "an array of values that have an order", None));
    }
    Ok(Typed::as_is(arguments, element.clone().with_nullable(true)))
}

fn slice_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let mut typed = same_rule(function, arguments)?;
    for (n, argument) in arguments.iter().enumerate().skip(1) {
        let known = argument.ty.is_integer() && argument.ty.kind != TypeKind::BigInt;
        if !known && argument.ty.kind != TypeKind::Null {
            return Err(refuse(function, arguments, n, "a position of at most `INT`", Some("INT")));
        }
        typed.arguments[n] = DataType { kind: TypeKind::Int, nullable: argument.ty.nullable };
    }
    Ok(typed)
}

/// Types of an array and of a value that is compared with its elements, cast to their type.
fn sought(function: &Function, arguments: &[Argument<'_>]) -> Result<Vec<DataType>, CallError> {
    let element = element(function, arguments, 0)?;
    let [array, needle] = arguments else {
        return Err(impossible(format!("`{}` takes 2 arguments", function.name), None));
    };
    if !crate::cast::is_implicit(needle.ty, element) {
        let wanted = format!("a `{}`", element.kind);
        return Err(refuse(function, arguments, 1, &wanted, Some(&element.kind.to_string())));
    }
    Ok(vec![array.ty.clone(), DataType { kind: element.kind.clone(), nullable: needle.ty.nullable }])
}

fn position_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let result = DataType { kind: TypeKind::Int, nullable: nullable(arguments) };
    Ok(Typed { arguments: sought(function, arguments)?, result })
}

fn remove_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = sought(function, arguments)?;
    let result = types[0].clone();
    Ok(Typed { arguments: types, result })
}

/// An element that may be `NULL` makes the elements so.
fn grown_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = sought(function, arguments)?;
    let mut element = element(function, arguments, 0)?.clone();
    element.nullable |= types[1].nullable;
    let result = DataType { kind: TypeKind::Array(Box::new(element)), nullable: nullable(arguments) };
    Ok(Typed { arguments: types, result })
}

/// Arrays of one kind of elements, which may be `NULL` if those of one of them may be.
fn alike_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let mut common = element(function, arguments, 0)?.clone();
    for n in 1..arguments.len() {
        let other = element(function, arguments, n)?;
        if other.kind != common.kind {
            let wanted = format!("an array of `{}`", common.kind);
            return Err(refuse(function, arguments, n, &wanted, None));
        }
        common.nullable |= other.nullable;
    }
    let result = DataType { kind: TypeKind::Array(Box::new(common)), nullable: nullable(arguments) };
    Ok(Typed::as_is(arguments, result))
}

fn join_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if !element(function, arguments, 0)?.is_string() {
        return Err(refuse(function, arguments, 0, "an array of strings", None));
    }
    if let Some(n) = (1..arguments.len()).find(|n| !arguments[*n].ty.is_string()) {
        return Err(refuse(function, arguments, n, "a string", Some("STRING")));
    }
    Ok(Typed::as_is(arguments, DataType { kind: STRING, nullable: nullable(arguments) }))
}
