//! The example of every function of the catalogue, bound and computed.

use crate::fixture::{show, span};
use streamc_functions::{Accumulator, CallTypes, EvalContext, FunctionKind, all, cast};
use streamc_plan::{Expr, ExprKind};
use streamc_sql::Scope;
use streamc_types::{DataType, TypeKind, Value};

/// The value of an expression without columns.
fn constant(context: &EvalContext, e: &Expr) -> Value {
    match &e.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Cast { input, lenient, .. } => {
            match cast::cast(context, &constant(context, input), &input.ty, &e.ty) {
                Ok(value) => value,
                Err(_) if *lenient => Value::Null,
                Err(error) => panic!("{error}"),
            }
        }
        ExprKind::Field { base, index, .. } => match constant(context, base) {
            Value::Row(fields) => fields[*index].clone(),
            _ => Value::Null,
        },
        ExprKind::Case { branches, otherwise } => {
            let hit = branches.iter().find(|(c, _)| constant(context, c) == Value::Boolean(true));
            constant(context, hit.map_or(otherwise.as_ref(), |(_, result)| result))
        }
        ExprKind::InList { value, list, negated } => {
            let value = constant(context, value);
            Value::Boolean(list.iter().any(|item| constant(context, item) == value) != *negated)
        }
        ExprKind::Call { function, arguments } => {
            let FunctionKind::Scalar { eval, lazy } = function.kind else { panic!("{}", function.name) };
            if lazy {
                return lazily(context, function.name, arguments);
            }
            let values: Vec<Value> = arguments.iter().map(|a| constant(context, a)).collect();
            let types: Vec<DataType> = arguments.iter().map(|a| a.ty.clone()).collect();
            eval(context, CallTypes { arguments: &types, result: &e.ty }, &values).unwrap()
        }
        ExprKind::Column(_) | ExprKind::Error => panic!("{e:?}"),
    }
}

fn lazily(context: &EvalContext, name: &str, arguments: &[Expr]) -> Value {
    let value = |i: usize| constant(context, &arguments[i]);
    let truth = |i: usize| value(i) == Value::Boolean(true);
    match name {
        "AND" => Value::Boolean((0..arguments.len()).all(truth)),
        "OR" => Value::Boolean((0..arguments.len()).any(truth)),
        "IF" => value(if truth(0) { 1 } else { 2 }),
        "COALESCE" | "IFNULL" => {
            (0..arguments.len()).map(value).find(|v| !v.is_null()).unwrap_or(Value::Null)
        }
        "NULLIF" if value(0) == value(1) => Value::Null,
        "NULLIF" => value(0),
        other => panic!("`{other}` is lazy: say here how it is computed"),
    }
}

#[test]
fn every_example_of_the_catalogue_binds_and_gives_its_value() {
    let context = EvalContext::default();
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    let mut computed = 0;
    for function in all() {
        let (call, expected) = function.example;
        if call.is_empty() || function.is_aggregate() {
            continue;
        }
        let mut diagnostics = Vec::new();
        let scope = Scope::default();
        let bound = streamc_sql::bind_expression(call, span(call), &scope, &mut diagnostics);
        // Its argument is a column of event time, of which there is none here.
        if function.name == "CURRENT_WATERMARK" && !diagnostics.is_empty() {
            refused.push(function.name);
            continue;
        }
        if !diagnostics.is_empty() {
            wrong.push(format!("{}: {}", function.name, show(call, &diagnostics)));
            continue;
        }
        if expected.is_empty() {
            continue;
        }
        let value = constant(&context, &bound);
        let shown = streamc_functions::text::display(&value, &bound.ty);
        computed += 1;
        if shown != expected {
            wrong.push(format!("{}: `{call}` is {shown}, the example says {expected}", function.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(refused, ["CURRENT_WATERMARK"]);
    assert!(computed > 100, "{computed}");
}

#[test]
fn every_aggregate_of_the_catalogue_binds_over_a_row() {
    let schema =
        crate::fixture::properties("amount DECIMAL(10, 2); name STRING; card_id INT; cards BITMAP", None)
            .schema;
    let scope = Scope::single("t", &schema);
    for function in all().filter(|f| f.is_aggregate()) {
        let (call, _) = function.example;
        let mut diagnostics = Vec::new();
        let bound = streamc_sql::bind_aggregate(call, span(call), "x", &scope, true, &mut diagnostics);
        let bound = bound.unwrap_or_else(|| panic!("{}", show(call, &diagnostics)));
        let call = &bound.calls[0];
        let FunctionKind::Aggregate(make) = call.function.kind else { panic!("{call:?}") };
        let types: Vec<DataType> = call.arguments.iter().map(|a| a.ty.clone()).collect();
        let accumulator: Box<dyn Accumulator> =
            make(CallTypes { arguments: &types, result: &call.ty }, false);
        let empty = accumulator.value().unwrap();
        let count = call.ty.kind == TypeKind::BigInt && !call.ty.nullable;
        let nothing = match call.function.name {
            _ if count => Value::Int(0),
            "COLLECT" => Value::Map([].into()),
            name if name.starts_with("JSON_OBJECTAGG") => Value::str("{}"),
            name if name.starts_with("JSON_ARRAYAGG") => Value::str("[]"),
            _ => Value::Null,
        };
        assert_eq!(empty, nothing, "{}", call.function.name);
    }
}
