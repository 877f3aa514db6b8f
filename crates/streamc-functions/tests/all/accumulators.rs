//! Accumulators: what is taken back leaves no trace.

use proptest::prelude::*;
use streamc_functions::{CallTypes, FunctionKind, find, text};
use streamc_types::{DataType, Decimal, Value, parse_type};

/// The value of an aggregate after these steps: `true` adds, `false` takes back.
fn after(name: &str, ty: &DataType, steps: &[(bool, Value)], retracts: bool) -> String {
    let function = find(name).unwrap();
    let argument = streamc_functions::Argument { ty, literal: None };
    let typed = function.type_call(&[argument]).unwrap();
    let FunctionKind::Aggregate(make) = function.kind else { panic!("{name} is no aggregate") };
    let types = CallTypes { arguments: &typed.arguments, result: &typed.result };
    let mut accumulator = make(types, retracts);
    for (add, value) in steps {
        let row = std::slice::from_ref(value);
        if *add { accumulator.add(row).unwrap() } else { accumulator.retract(row).unwrap() }
    }
    text::display(&accumulator.value().unwrap(), &typed.result)
}

fn rows(texts: &[Option<&str>]) -> Vec<(bool, Value)> {
    texts
        .iter()
        .map(|t| (true, t.map_or(Value::Null, |t| Value::Decimal(Decimal::parse(t).unwrap()))))
        .collect()
}

#[test]
fn decimals_aggregate_with_flinks_scale() {
    let ty = parse_type("DECIMAL(10, 2)").unwrap();
    let some = rows(&[Some("1.00"), None, Some("2.50"), Some("2.50")]);
    let none = rows(&[None]);
    for (name, of_some, of_none) in [
        ("COUNT", "3", "0"),
        ("SUM", "6.00", "NULL"),
        ("AVG", "2.000000", "NULL"),
        ("MIN", "1.00", "NULL"),
        ("MAX", "2.50", "NULL"),
        ("FIRST_VALUE", "1.00", "NULL"),
        ("LAST_VALUE", "2.50", "NULL"),
    ] {
        assert_eq!(after(name, &ty, &some, false), of_some, "{name}");
        assert_eq!(after(name, &ty, &none, false), of_none, "{name}");
    }
}

#[test]
fn integers_wrap_in_sums_and_cut_in_means() {
    let tiny = parse_type("TINYINT").unwrap();
    let steps: Vec<(bool, Value)> = [100, 100, -1].map(|v| (true, Value::Int(v))).into();
    assert_eq!(after("SUM", &tiny, &steps, false), "-57");
    assert_eq!(after("AVG", &tiny, &steps, false), "66");
    let seven: Vec<(bool, Value)> = [-7, 0].map(|v| (true, Value::Int(v))).into();
    assert_eq!(after("AVG", &DataType::int(), &seven, false), "-3");
}

proptest! {
    #[test]
    fn what_is_taken_back_leaves_no_trace(
        kept in prop::collection::vec(prop::option::of(-50i64..50), 0..20),
        gone in prop::collection::vec(prop::option::of(-50i64..50), 0..20),
    ) {
        let value = |v: &Option<i64>| v.map_or(Value::Null, Value::Int);
        let only: Vec<(bool, Value)> = kept.iter().map(|v| (true, value(v))).collect();
        // The rows that go come before, between and after the ones that stay.
        let mut steps: Vec<(bool, Value)> = gone.iter().map(|v| (true, value(v))).collect();
        steps.extend(only.iter().cloned());
        steps.extend(gone.iter().rev().map(|v| (false, value(v))));
        for name in ["COUNT", "SUM", "AVG", "MIN", "MAX"] {
            let ty = DataType::bigint();
            prop_assert_eq!(after(name, &ty, &steps, true), after(name, &ty, &only, true), "{}", name);
        }
    }
}
