//! Every connector, format and option.

use crate::fixtures::*;
use streamc_plan::OptionValue;

const COLUMNS: &[(&str, &str)] = &[
    ("id", "BIGINT NOT NULL"),
    ("name", "STRING"),
    ("at", "TIMESTAMP_LTZ(3)"),
    ("row", "ROW<`of` INT NOT NULL>"),
];

fn kafka<'a>(more: &[(&'a str, OptionValue)]) -> Vec<(&'a str, OptionValue)> {
    let mut all = vec![("brokers", word("a:9092,b:9092")), ("topic", word("records"))];
    all.extend_from_slice(more);
    all
}

/// A source of every kind, each printed.
#[test]
fn sources() {
    let mut f = Fixture::new("sources");
    f.source("plain", "kafka", &kafka(&[]), COLUMNS, None);
    let all = [
        ("format", word("json")),
        ("group", word("readers")),
        ("start", word("group")),
        ("end", word("latest")),
        ("idle_timeout", OptionValue::Duration(90_000)),
        ("partitions", OptionValue::Int(4)),
        ("on_error", word("skip")),
        ("!scan.watermark.emit.strategy", word("on-event")),
        ("!scan.bounded.mode", word("group-offsets")),
    ];
    f.source("full", "kafka", &kafka(&all), COLUMNS, Some(("at", 0)));
    f.documented("With `everything`;\n'quoted' -- and */ more.");
    let csv = [("format", word("csv")), ("start", word("latest")), ("on_error", word("skip"))];
    f.source("cells", "kafka", &kafka(&csv), &[("a", "INT"), ("b", "STRING")], None);
    f.source("lines", "kafka", &kafka(&[("format", word("raw"))]), &[("line", "STRING")], None);
    let path = ("path", word("s3://bank/in"));
    f.source("files", "file", &[path.clone(), ("format", word("json"))], COLUMNS, None);
    let monitored = [path, ("format", word("csv")), ("monitor", OptionValue::Duration(10_000))];
    f.source("more_files", "file", &monitored, &[("a", "INT")], None);
    f.source(
        "made_up",
        "datagen",
        &[("rows", OptionValue::Int(100))],
        &[("a", "INT"), ("at", "TIMESTAMP(3)")],
        Some(("at", 1)),
    );
    for name in ["plain", "full", "cells", "lines", "files", "more_files", "made_up"] {
        f.print(name);
    }
    let problems = f.problems();
    assert!(problems.starts_with("ST5016 warning: Flink does not drop a record whose `id`"), "{problems}");
    assert_eq!(problems.lines().count(), 2, "{problems}");
    insta::assert_snapshot!(f.job_sql());
}

fn sinks(mut f: Fixture) -> Fixture {
    f.source("records", "datagen", &[], COLUMNS, None);
    let scan = f.scan("records");
    f.stream("rows", scan);
    f.sink("plain", "kafka", &kafka(&[]), &[], "rows");
    f.sink("keyed", "kafka", &kafka(&[("timestamp_format", word("iso_8601"))]), &["id", "name"], "rows");
    f.sink("upserts", "upsert_kafka", &kafka(&[("transactional_id_prefix", word("mine"))]), &["id"], "rows");
    let path = ("path", word("out/rows"));
    let parts = ("partition_by", OptionValue::List(vec!["name".into()]));
    f.sink(
        "files",
        "file",
        &[path, ("format", word("json")), parts, ("!sink.parallelism", OptionValue::Int(1))],
        &[],
        "rows",
    );
    f.sink("console", "print", &[("label", word("rows'"))], &[], "records");
    f
}

#[test]
fn sinks_at_least_once() {
    insta::assert_snapshot!(sinks(Fixture::new("sinks")).job_sql());
}

#[test]
fn sinks_exactly_once() {
    let f = sinks(Fixture::new("sinks").exactly_once());
    assert_eq!(f.problems(), "");
    insta::assert_snapshot!(f.job_sql());
}

#[test]
fn parquet_says_which_jar_it_needs_rolls_at_checkpoints_and_has_times_in_utc() {
    let mut f = Fixture::new("parquet");
    let options = |path| [("path", word(path)), ("format", word("parquet"))];
    f.source("rows", "file", &options("/data/in"), &[("id", "INT"), ("at", "TIMESTAMP(3)")], None);
    f.sink("out", "file", &options("/data/out"), &[], "rows");
    let text = f.job_sql();
    assert!(text.contains("-- `out` needs the jar flink-sql-parquet"), "{text}");
    assert!(!text.contains("rolling-policy"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_console_alone_needs_no_checkpoints() {
    let mut f = Fixture::new("app");
    f.swipes();
    f.print("swipes");
    assert!(!f.job_sql().contains("checkpointing"));
    let f = f.setting("checkpoint_interval", OptionValue::Duration(1_500));
    assert!(f.job_sql().contains("SET 'execution.checkpointing.interval' = '1500 ms';"));
}

#[test]
fn a_secret_is_named_and_never_resolved() {
    let mut f = Fixture::new("app");
    let secret = OptionValue::Secret { name: "LOGIN".into() };
    let brokers = OptionValue::Env { name: "BROKERS".into(), default: None };
    let options = [("brokers", brokers), ("topic", word("t")), ("!properties.sasl.jaas.config", secret)];
    f.source("s", "kafka", &options, &[("a", "INT")], None);
    f.print("s");
    let text = f.job_sql();
    assert!(text.contains("'properties.sasl.jaas.config' = '${LOGIN}'"), "{text}");
    assert!(text.contains("--   LOGIN: REPLACE ${LOGIN} below before running this file"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&f.file("flink/job.json").contents).unwrap();
    assert_eq!(json["variables"], serde_json::json!([{"name": "BROKERS"}, {"name": "LOGIN"}]));
}

#[test]
fn the_job_file_names_the_brokers_of_what_a_sink_uses() {
    let mut f = Fixture::new("brokers");
    let brokers = |servers: OptionValue| [("brokers", servers), ("topic", word("t"))];
    let columns = [("a", "INT")];
    f.source("open", "kafka", &brokers(word("a:9092, ${b}:9092")), &columns, None);
    f.source("hidden", "kafka", &brokers(OptionValue::Secret { name: "BROKERS".into() }), &columns, None);
    f.source("unused", "kafka", &brokers(word("nowhere:9092")), &columns, None);
    f.print("open");
    f.print("hidden");
    let json: serde_json::Value = serde_json::from_str(&f.file("flink/job.json").contents).unwrap();
    let statements = json["statements"].as_array().unwrap();
    let named: Vec<_> = statements.iter().filter(|s| s.get("brokers").is_some()).collect();
    assert_eq!(named.iter().map(|s| &s["id"]).collect::<Vec<_>>(), ["source/open", "source/hidden"]);
    assert_eq!(named[0]["brokers"], serde_json::json!({"servers": "a:9092, $${b}:9092"}));
    assert_eq!(named[1]["brokers"], serde_json::json!({"servers": "${BROKERS}", "secret": true}));
}
