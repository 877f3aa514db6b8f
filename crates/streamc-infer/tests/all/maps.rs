//! When an object is a map.

use crate::{lines, schema};
use std::fmt::Write as _;

fn of(records: usize, keys: impl Fn(usize) -> Vec<String>, value: &str) -> String {
    let records: Vec<String> = (0..records)
        .map(|i| {
            let fields: Vec<String> = keys(i).iter().map(|key| format!("\"{key}\":{value}")).collect();
            format!("{{\"id\":{i},\"m\":{{{}}}}}", fields.join(","))
        })
        .collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    lines(&records).schema.columns[1].ty.to_string()
}

#[test]
fn many_rare_keys_make_a_map_and_few_do_not() {
    assert_eq!(of(20, |i| vec![format!("user_{i}")], "1"), "MAP<STRING, INT>");
    assert_eq!(of(3, |i| vec![format!("k{i}")], "1"), "ROW<k0 INT, k1 INT, k2 INT>");
    let common = of(30, |_| (0..30).map(|k| format!("k{k}")).collect(), "1");
    assert!(common.starts_with("ROW<k0 INT, k1 INT"), "{common}");
}

#[test]
fn very_many_keys_make_a_map_even_in_one_record() {
    assert_eq!(of(1, |_| (0..250).map(|k| format!("key{k}")).collect(), "true"), "MAP<STRING, BOOLEAN>");
    assert_eq!(of(1, |_| (0..9000).map(|k| format!("key{k}")).collect(), "1"), "MAP<STRING, INT>");
}

#[test]
fn keys_that_look_like_ids_make_a_map() {
    assert_eq!(of(1, |_| vec!["1001".into(), "1002".into(), "7".into()], "[1]"), "MAP<STRING, ARRAY<INT>>");
    assert_eq!(
        of(1, |_| vec!["2026-01-01".into(), "2026-01-02".into(), "2026-01-03".into()], "1"),
        "MAP<STRING, INT>"
    );
    assert_eq!(of(1, |_| vec!["1".into(), "2".into()], "1"), "ROW<`1` INT, `2` INT>");
    assert_eq!(
        of(2, |i| (0..2).map(|k| format!("{i}{k}")).collect(), r#"{"name":"x","n":1}"#),
        "MAP<STRING, ROW<name STRING, n INT>>"
    );
}

#[test]
fn values_of_different_types_make_no_map() {
    let inference = lines(&[r#"{"m":{"1":1,"2":"x","3":true}}"#]);
    assert_eq!(schema(&inference), "m ROW<`1` INT, `2` STRING, `3` BOOLEAN>");
    let mut record = String::from("{\"m\":{");
    for i in 0..25 {
        write!(record, "\"{i}\":{{\"field{i}\":1}},").unwrap();
    }
    record.push_str("\"25\":{}}}");
    let ty = lines(&[&record]).schema.columns[0].ty.to_string();
    assert!(ty.starts_with("ROW<`0` ROW<field0 INT>"), "{ty}");
}

#[test]
fn the_record_itself_never_is_a_map_and_has_a_limit() {
    let records: Vec<String> = (0..5000).map(|i| format!("{{\"k{i}\":1}}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let inference = lines(&records);
    assert_eq!(inference.schema.len(), 4096);
    assert!(inference.problems.iter().any(|p| p.kind.code().as_str() == "ST4056"));
}
