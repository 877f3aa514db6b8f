//! What the engine refuses, by name.

use crate::kit::*;
use streamc_backend::Backend;
use streamc_local::LocalBackend;
use streamc_plan::{ComponentKind, Expr, OptionValue, relations};
use streamc_types::{Column, DataType, TimeAttribute, TypeKind};

fn messages(components: Vec<streamc_plan::Component>) -> Vec<String> {
    let found = LocalBackend.capabilities(&plan(components));
    assert!(found.iter().all(|d| d.code.as_str() == "ST5003"), "{found:?}");
    found.into_iter().map(|d| d.message).collect()
}

#[test]
fn what_runs_is_not_refused() {
    let s = source("s", "k STRING, ts TIMESTAMP(3)", Some(("ts", 0)));
    let windows = window(scan(&s), tumble(10), "ts");
    let out = stream("out", group(windows, "window_start window_end k", vec![agg("COUNT", vec![])]));
    let sink = sink("sink", &out);
    assert_eq!(messages(vec![s, out, sink]), Vec::<String>::new());
}

#[test]
fn hive_and_parquet_are_refused() {
    let mut hive = source("h", "k STRING", None);
    let mut parquet = source("p", "k STRING", None);
    if let ComponentKind::Source(source) = &mut hive.kind {
        source.connector = connector("hive");
    }
    if let ComponentKind::Source(source) = &mut parquet.kind {
        source.connector = connector("file");
        source.connector.options.insert("format".into(), OptionValue::Str("parquet".into()));
    }
    assert_eq!(
        messages(vec![hive, parquet]),
        [
            "the embedded engine cannot use `hive` as a source",
            "the embedded engine reads and writes JSON and CSV files, not Parquet"
        ]
    );
}

#[test]
fn groups_of_variants_are_refused() {
    let s = source("s", "v VARIANT, n INT, r ROW<v VARIANT>", None);
    let groups = stream("g", group(scan(&s), "v", Vec::new()));
    let inside = stream("i", group(scan(&s), "r", Vec::new()));
    let others = stream("o", group(scan(&s), "n", Vec::new()));
    let said = "the embedded engine cannot tell values of `VARIANT` apart as Flink does";
    assert_eq!(messages(vec![s, groups, inside, others]), [said, said]);
}

#[test]
fn numbers_of_the_entries_of_a_map_are_refused() {
    let s = source("s", "m MAP<STRING, INT>, xs ARRAY<INT>", None);
    let numbered = |name: &str, columns: &[&str]| {
        let columns = columns.iter().map(|c| Column::new(*c, DataType::new(TypeKind::Int))).collect();
        let input = scan(&s);
        let collection = col(&input, name);
        relations::unnest(input, collection, columns, false, true, origin())
    };
    let (map, array) = (numbered("m", &["k", "v", "n"]), numbered("xs", &["x", "n"]));
    assert_eq!(
        messages(vec![s.clone(), stream("a", array), stream("m", map)]),
        ["the embedded engine does not number the elements of a map or multiset"]
    );
}

#[test]
fn windows_over_processing_time_and_broken_expressions_are_refused() {
    let mut s = source("s", "k STRING, ts TIMESTAMP(3)", None);
    s.props.schema.columns[1].time = Some(TimeAttribute::Proctime);
    let windows = stream("w", window(scan(&s), tumble(10), "ts"));
    let broken = stream("b", project(scan(&s), vec![("x", Expr::error(None))]));
    assert_eq!(
        messages(vec![s, windows, broken]),
        ["the embedded engine has no windows over processing time", "the expression has an error"]
    );
}
