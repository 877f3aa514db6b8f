//! The manifest: complete, stable, and telling edits apart.

use crate::fixtures::*;
use crate::pipelines;
use serde_json::Value;
use streamc_backend::{BuildOptions, manifest};
use streamc_plan::{WindowSpec, relations};

fn text(f: &Fixture) -> String {
    manifest(&f.plan, &f.files(), &BuildOptions { places: &Lines, version: "0.1.0" }).contents
}

fn json(f: &Fixture) -> Value {
    serde_json::from_str(&text(f)).unwrap()
}

#[test]
fn the_manifest_of_an_application() {
    insta::assert_snapshot!(text(&pipelines::card_fraud()));
}

#[test]
fn every_file_is_there_with_its_digest() {
    let json = json(&pipelines::card_fraud());
    let paths: Vec<&str> =
        json["files"].as_array().unwrap().iter().filter_map(|f| f["path"].as_str()).collect();
    assert_eq!(paths, ["flink/job.sql", "flink/job.json", "flink/config.yaml"]);
    assert!(json["files"][0]["sha256"].as_str().is_some_and(|h| h.len() == 64));
}

struct Edit {
    factor: i64,
    filter: i64,
    size: i64,
    extra: bool,
    name: &'static str,
}

const BASE: Edit = Edit { factor: 2, filter: 10, size: 60_000, extra: false, name: "fees" };

/// A window aggregate over a stream that computes its key.
fn edited(edit: &Edit) -> Value {
    let mut f = Fixture::new("app");
    f.swipes();
    let scan = f.scan("swipes");
    let origin = f.step("filter");
    let predicate = call(">", vec![col(&scan, "amount"), int(edit.filter)]);
    let kept = relations::filter(scan, predicate, origin);
    let mut columns = vec![("fee", call("*", vec![col(&kept, "amount"), int(edit.factor)]))];
    if edit.extra {
        columns.insert(0, ("unused", int(1)));
    }
    let origin = f.step("derive");
    let fees = derive(kept, columns, origin);
    f.stream(edit.name, fees);
    let scan = f.scan(edit.name);
    let time = at(&scan, "swiped_at");
    let origin = f.step("window");
    let windows = relations::window(scan, WindowSpec::Tumble { size: edit.size, offset: 0 }, time, origin);
    let keys = ["window_start", "window_end", "fee"].map(|n| at(&windows, n)).to_vec();
    let sum = aggregate("SUM", vec![col(&windows, "fee")], "fees");
    let origin = f.step("group by");
    let groups = relations::aggregate(windows, keys, vec![sum], origin);
    f.stream("per_minute", groups);
    f.print("per_minute");
    let operators = json(&f)["operators"].clone();
    assert_eq!(operators.as_array().unwrap().len(), 1, "one thing is kept");
    let mut operator = operators[0].clone();
    operator["at"] = Value::Null;
    operator
}

#[test]
fn what_computes_the_same_has_the_same_hash() {
    let base = edited(&BASE);
    assert_eq!(base["id"], "per_minute/window-aggregate-1");
    assert_eq!(
        edited(&Edit { filter: 20, ..BASE }),
        base,
        "a filter decides about rows, not about what they hold"
    );
    assert_eq!(edited(&Edit { name: "costs", ..BASE }), base, "a stream may change its name");
    assert_eq!(edited(&Edit { extra: true, ..BASE }), base, "a column that nobody reads changes nothing");
}

#[test]
fn what_computes_something_else_has_another_hash() {
    let base = edited(&BASE);
    let factor = edited(&Edit { factor: 3, ..BASE });
    assert_ne!(factor["keys"][2]["hash"], base["keys"][2]["hash"]);
    assert_eq!(factor["keys"][2]["type"], base["keys"][2]["type"]);
    assert_ne!(factor["aggregates"][0]["hash"], base["aggregates"][0]["hash"]);
    let size = edited(&Edit { size: 120_000, ..BASE });
    assert_ne!(size["window"], base["window"]);
    assert_ne!(size["keys"][0]["hash"], base["keys"][0]["hash"]);
}
