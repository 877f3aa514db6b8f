//! Incremental results are those of a computation over all rows at once.

use crate::kit::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use streamc_local::{Collected, Input, Inputs, RunOptions, fold_changelog, run};
use streamc_plan::{Component, JoinKind, Relation, SortKey, relations};
use streamc_types::{Row, Value};

/// Final rows of a relation; the changelog must never take away a row that is not there.
fn final_rows(sources: &[(&Component, Vec<Row>)], relation: Relation) -> Vec<Vec<Value>> {
    let out = stream("out", relation);
    let mut components: Vec<Component> = sources.iter().map(|(c, _)| (*c).clone()).collect();
    components.push(out);
    let mut inputs = Inputs::new();
    for (component, rows) in sources {
        inputs.set(component.name.clone(), Input::Rows(rows.clone()));
    }
    let mut output = Collected::default();
    let options = RunOptions { targets: vec!["out".into()], ..RunOptions::default() };
    run(&plan(components), inputs, &options, &mut output).unwrap();
    for end in 0..=output.of("out").len() {
        let (_, missing) = fold_changelog(&output.of("out")[..end]);
        assert!(missing.is_empty(), "taken away without having been there: {missing:?}");
    }
    let (rows, _) = fold_changelog(output.of("out"));
    rows.into_iter().map(|r| r.into_vec()).collect()
}

fn row(values: &[i64]) -> Row {
    values.iter().map(|v| Value::Int(*v)).collect()
}

fn pairs() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..4i64, -3..4i64), 0..25)
}

fn ints(rows: &[(i64, i64)]) -> Vec<Row> {
    rows.iter().map(|(a, b)| row(&[*a, *b])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn top_n_over_sums_is_the_sorted_head(data in pairs(), limit in 1..4u64, number in any::<bool>()) {
        let s = source("s", "k BIGINT, v BIGINT", None);
        let input = scan(&s);
        let sum = agg("SUM", vec![col(&input, "v")]);
        let sums = group(input, "k", vec![sum]);
        // The key breaks ties, so that the answer is one.
        let order = vec![
            SortKey::new(1, true),
            SortKey::new(0, false),
        ];
        let relation = relations::rank(sums, vec![], order, limit, number.then(|| "n".into()), origin());
        let found = final_rows(&[(&s, ints(&data))], relation);
        let mut expected: BTreeMap<i64, i64> = BTreeMap::new();
        for (k, v) in &data {
            *expected.entry(*k).or_default() += v;
        }
        let mut expected: Vec<(i64, i64)> = expected.into_iter().collect();
        expected.sort_by_key(|(k, v)| (-v, *k));
        expected.truncate(limit as usize);
        let mut expected: Vec<Vec<Value>> = expected
            .iter()
            .enumerate()
            .map(|(i, (k, v))| {
                let mut row = vec![Value::Int(*k), Value::Int(*v)];
                row.extend(number.then_some(Value::Int(i as i64 + 1)));
                row
            })
            .collect();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_full_join_of_counts_is_the_join_of_the_final_counts(a in pairs(), b in pairs(), kind in 0..4usize) {
        let kinds = [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full];
        let kind = kinds[kind];
        let (l, r) = (source("l", "k BIGINT, v BIGINT", None), source("r", "k BIGINT, v BIGINT", None));
        let counts = |s: &Component| {
            let input = scan(s);
            group(input, "v", vec![agg("COUNT", vec![])])
        };
        let (left, right) = (counts(&l), counts(&r));
        // Joined by the count: rows of both sides move from key to key.
        let condition = call("=", vec![col(&left, "count"), col(&right, "count").map_columns(&|i| i + 2)]);
        let relation = relations::join(left, right, kind, condition, origin());
        let found = final_rows(&[(&l, ints(&a)), (&r, ints(&b))], relation);
        let count = |data: &[(i64, i64)]| {
            let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
            for (_, v) in data {
                *counts.entry(*v).or_default() += 1;
            }
            counts
        };
        let (left, right) = (count(&a), count(&b));
        let mut expected: Vec<Vec<Value>> = Vec::new();
        let int = |v: &i64| Value::Int(*v);
        for (v, n) in &left {
            for (w, m) in &right {
                if n == m {
                    expected.push(vec![int(v), int(n), int(w), int(m)]);
                }
            }
            if matches!(kind, JoinKind::Left | JoinKind::Full) && !right.values().any(|m| m == n) {
                expected.push(vec![int(v), int(n), Value::Null, Value::Null]);
            }
        }
        for (w, m) in &right {
            if matches!(kind, JoinKind::Right | JoinKind::Full) && !left.values().any(|n| n == m) {
                expected.push(vec![Value::Null, Value::Null, int(w), int(m)]);
            }
        }
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}
