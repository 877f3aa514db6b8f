//! The evaluators against values measured on Flink 2.3.0: `values.tsv` has, a line, the function, its arguments as SQL
//! literals between ` ; `, the type of the result and the value (`ERROR` where the job fails).
//!
//! Where the compiler refuses a call that Flink takes, or deliberately differs, `values-allowed.tsv` says why.

use std::collections::BTreeSet;
use std::path::Path;
use streamc_functions::{
    Argument, CallTypes, EvalContext, FunctionKind, FunctionRef, cast, find, operator, text,
};
use streamc_types::{
    DataType, Decimal, TypeKind, Value, parse_date, parse_time, parse_timestamp, parse_type,
};

/// A literal of the table.
fn literal(source: &str) -> (DataType, Value) {
    let source = source.trim();
    let quoted = |prefix: &str| -> Option<String> {
        let rest = source.strip_prefix(prefix)?.trim_start();
        Some(rest.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
    };
    let not_null = DataType::not_null;
    if let Some(text) = quoted("") {
        return (not_null(TypeKind::Char(text.encode_utf16().count() as u32)), Value::str(text));
    }
    if let Some(text) = quoted("DATE") {
        return (not_null(TypeKind::Date), Value::Date(parse_date(&text).unwrap()));
    }
    if let Some(text) = quoted("TIME") {
        return (not_null(TypeKind::Time(0)), Value::Time(parse_time(&text).unwrap().0));
    }
    if let Some(text) = quoted("TIMESTAMP") {
        let digits = text.split_once('.').map_or(0, |(_, f)| f.len()) as u8;
        return (not_null(TypeKind::Timestamp(digits)), Value::Timestamp(parse_timestamp(&text).unwrap()));
    }
    if let Some(text) = quoted("LTZ") {
        return (not_null(TypeKind::TimestampLtz(3)), Value::Timestamp(parse_timestamp(&text).unwrap()));
    }
    if let Some(ty) = source.strip_prefix("NULL ") {
        return (parse_type(ty).unwrap(), Value::Null);
    }
    if let Some(inner) = source.strip_prefix("CAST(").and_then(|s| s.strip_suffix(')')) {
        let (inner, ty) = inner.rsplit_once(" AS ").unwrap();
        let (from, value) = literal(inner);
        let to = parse_type(ty).unwrap().with_nullable(false);
        let value = cast::cast(&EvalContext::default(), &value, &from, &to).unwrap();
        return (to, value);
    }
    match source {
        "TRUE" => return (not_null(TypeKind::Boolean), Value::Boolean(true)),
        "FALSE" => return (not_null(TypeKind::Boolean), Value::Boolean(false)),
        _ => {}
    }
    if source.contains('e') {
        return (not_null(TypeKind::Double), Value::Double(source.parse().unwrap()));
    }
    if source.contains('.') {
        let value = Decimal::parse(source).unwrap();
        let kind = TypeKind::Decimal { precision: value.precision(), scale: value.scale() };
        return (not_null(kind), Value::Decimal(value));
    }
    let value: i64 = source.parse().unwrap_or_else(|_| panic!("no literal: {source}"));
    let kind = if i32::try_from(value).is_ok() { TypeKind::Int } else { TypeKind::BigInt };
    (not_null(kind), Value::Int(value))
}

/// Type and value of a call; `Err` is why it does not type.
fn call(function: FunctionRef, given: &[(DataType, Value)]) -> Result<(DataType, String), String> {
    let context = EvalContext::default();
    let arguments: Vec<Argument<'_>> =
        given.iter().map(|(ty, value)| Argument { ty, literal: Some(value) }).collect();
    let typed = function.type_call(&arguments).map_err(|error| error.message)?;
    let types = CallTypes { arguments: &typed.arguments, result: &typed.result };
    let values: Result<Vec<Value>, _> = given
        .iter()
        .zip(&typed.arguments)
        .map(|((ty, value), to)| cast::cast(&context, value, ty, to))
        .collect();
    let result = values.and_then(|values| match function.kind {
        FunctionKind::Scalar { eval, lazy } => match (lazy, function.name) {
            (false, _) => eval(&context, types, &values),
            // The engine computes these; their truth table is small.
            (true, "AND") => Ok(and(&values[0], &values[1])),
            (true, "OR") => Ok(not(&and(&not(&values[0]), &not(&values[1])))),
            (true, name) => panic!("{name} has no evaluator"),
        },
        FunctionKind::Aggregate(make) => {
            // One row in, another in and out again.
            let mut accumulator = make(types, true);
            accumulator.add(&values)?;
            accumulator.add(&values)?;
            accumulator.retract(&values)?;
            accumulator.value()
        }
    });
    Ok(match result {
        Ok(value) => (typed.result.clone(), text::display(&value, &typed.result)),
        Err(_) => (typed.result, "ERROR".to_owned()),
    })
}

fn and(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Boolean(false), _) | (_, Value::Boolean(false)) => Value::Boolean(false),
        (Value::Boolean(true), Value::Boolean(true)) => Value::Boolean(true),
        _ => Value::Null,
    }
}

fn not(a: &Value) -> Value {
    match a {
        Value::Boolean(a) => Value::Boolean(!a),
        _ => Value::Null,
    }
}

/// The answer of the compiler to a line, and the type it gives.
fn answer(name: &str, given: &[(DataType, Value)]) -> Option<Result<(DataType, String), String>> {
    let conversion = name.strip_prefix("TRY_CAST ").map(|ty| (true, ty));
    if let Some((lenient, ty)) = conversion.or_else(|| name.strip_prefix("CAST ").map(|ty| (false, ty))) {
        let (from, value) = &given[0];
        let to = parse_type(ty).unwrap();
        if !cast::is_explicit(from, &to) {
            return Some(Err("no such cast".to_owned()));
        }
        let shown = match cast::cast(&EvalContext::default(), value, from, &to) {
            Ok(value) => text::display(&value, &to),
            Err(_) if lenient => "NULL".to_owned(),
            Err(_) => "ERROR".to_owned(),
        };
        return Some(Ok((to, shown)));
    }
    let function = find(name).or_else(|| operator(name))?;
    Some(call(function, given))
}

#[test]
fn values_agree_with_flink() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all");
    let table = std::fs::read_to_string(folder.join("values.tsv")).unwrap();
    let allowed = std::fs::read_to_string(folder.join("values-allowed.tsv")).unwrap();
    let allowed: Vec<[&str; 3]> = allowed
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| {
            let mut parts = l.splitn(3, '\t');
            std::array::from_fn(|_| parts.next().unwrap_or_else(|| panic!("three columns: {l}")))
        })
        .collect();
    let (mut checked, mut wrong, mut used) = (0, Vec::new(), BTreeSet::new());
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, arguments, ty, value] = columns.as_slice() else {
            panic!("four columns: {line}");
        };
        let given: Vec<(DataType, Value)> =
            if arguments.is_empty() { Vec::new() } else { arguments.split(" ; ").map(literal).collect() };
        let Some(answer) = answer(name, &given) else {
            wrong.push(format!("{name}: no such function"));
            continue;
        };
        checked += 1;
        // Columns were nullable where the table has literals: the kind is compared, the probes compare nullability.
        let (kind, found) = match answer {
            Ok((ty, found)) => (ty.kind.to_string(), found),
            Err(refusal) => (String::new(), format!("REFUSED {refusal}")),
        };
        let expected = parse_type(ty).unwrap().kind.to_string();
        let agrees = found == value.replace("\\t", "\t") && (kind == expected || kind.starts_with("ARRAY"));
        if agrees {
            continue;
        }
        match allowed.iter().position(|[n, a, _]| n == name && (*a == "*" || a == arguments)) {
            Some(index) => {
                used.insert(index);
            }
            None => {
                wrong.push(format!("{name}\t{arguments}\tFlink: {expected} {value}\tours: {kind} {found}"))
            }
        }
    }
    let stale: Vec<_> = (0..allowed.len()).filter(|i| !used.contains(i)).map(|i| allowed[i]).collect();
    assert!(wrong.is_empty(), "{} of {checked} disagree:\n{}", wrong.len(), wrong.join("\n"));
    assert!(stale.is_empty(), "no longer needed: {stale:#?}");
    assert!(checked > 800, "only {checked} values are checked");
}

/// What `TRY_CAST('…' AS DECIMAL(10, 2))` of Flink 2.3 gives, and `TRY_CAST('…' AS DECIMAL(20, 2))`.
#[test]
fn one_character_behind_a_short_decimal_is_left_out() {
    let to = |text: &str, precision: u8| {
        let context = EvalContext::default();
        let target = DataType::new(TypeKind::Decimal { precision, scale: 2 });
        match cast::cast(&context, &Value::str(text), &DataType::string(), &target) {
            Ok(Value::Decimal(decimal)) => decimal.to_string(),
            _ => "none".to_owned(),
        }
    };
    for (text, short, long) in [
        ("a", "0.00", "none"),
        ("12a", "12.00", "none"),
        ("12ab", "none", "none"),
        ("a ", "0.00", "none"),
        ("  7x", "7.00", "none"),
        ("-a", "0.00", "none"),
        ("-", "none", "none"),
        (".", "0.00", "none"),
        ("1.5.", "none", "none"),
        ("1e", "1.00", "none"),
        ("1e+", "none", "none"),
        ("1e2x", "100.00", "none"),
        ("1e5", "100000.00", "100000.00"),
        ("12é", "none", "none"),
        ("5\n", "5.00", "5.00"),
        ("5\r", "5.00", "none"),
        ("1234567890123456a", "none", "none"),
        ("000000000000001234a", "none", "none"),
    ] {
        assert_eq!((to(text, 10).as_str(), to(text, 20).as_str()), (short, long), "{text:?}");
    }
}
