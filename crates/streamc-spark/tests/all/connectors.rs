//! Sources, sinks and what is around them.

use crate::kit::{SOURCES, emit, function, job};

#[test]
fn a_whole_job() {
    let text = format!(
        "//! Raises an alert for every large swipe.\n//! Second line with \"\"\"quotes\"\"\" and a \\ backslash.\n
app card_fraud {{ engine: spark, parallelism: 4, batch_interval: 10s, checkpoint_dir: env(\"CHECKPOINTS\", \"s3://state\") }}
{SOURCES}
stream large = swipes | filter amount > 1000 | select id, card, ts
/// To the team.
sink alerts = kafka {{ brokers: \"localhost:9092\", topic: \"alerts\", key: card }} from large
"
    );
    insta::assert_snapshot!(job(&text));
    let files = emit(&text);
    insta::assert_snapshot!(files.iter().find(|f| f.path == "spark/spark-defaults.conf").unwrap().contents);
    let map = files.iter().find(|f| f.path == "spark/job.py").unwrap();
    let lines: Vec<&str> = map.contents.lines().collect();
    let map: String = map
        .source_map
        .iter()
        .map(|e| format!("{} {} | {}\n", e.line, e.id, lines[e.line as usize - 1].trim()))
        .collect();
    insta::assert_snapshot!(map);
}

#[test]
fn a_job_looks_for_the_brokers_of_what_a_sink_uses() {
    let job = job("app test { engine: spark }
source hidden = kafka { brokers: secret(\"BROKERS\"), topic: \"t\", schema: { id BIGINT } }
source unused = kafka { brokers: \"nowhere:9092\", topic: \"t\", schema: { id BIGINT } }
sink `it's \"out\"` = upsert_kafka { brokers: \"b:1\", topic: \"t\", key: id } from hidden\n");
    let brokers = r#"brokers={"source/hidden": streamc.secret("BROKERS"), 'sink/it\'s "out"': "b:1"},"#;
    assert!(job.contains(brokers), "{job}");
    assert!(!job.contains("nowhere"), "{job}");
}

fn source(declaration: &str) -> String {
    let job =
        job(&format!("app test {{ engine: spark }}\n{declaration}\nsink console = print {{}} from input\n"));
    let schema: String = job
        .lines()
        .skip_while(|l| !l.starts_with("# The records"))
        .take_while(|l| !l.is_empty())
        .map(|l| format!("{l}\n"))
        .collect();
    format!("{}\n{}", schema, function(&job, "def source_input"))
}

#[test]
fn kafka_sources() {
    insta::assert_snapshot!(source(
        "source input = kafka { brokers: env(\"BROKERS\"), topic: \"t\", schema: { id BIGINT NOT NULL, ts TIMESTAMP(3) }, start: latest, end: latest, group: \"readers\",
           max_records_per_batch: 1000, on_error: skip, timestamp_format: iso_8601, watermark: ts - 90s,
           options { \"kafka.sasl.jaas.config\": secret(\"LOGIN\"), \"kafka.security.protocol\": \"SASL_SSL\" } }"
    ));
    insta::assert_snapshot!(source(
        "source input = kafka { brokers: \"b:1\", topic: \"t\", format: csv, schema: { id BIGINT, name STRING } }"
    ));
    insta::assert_snapshot!(source(
        "source input = kafka { brokers: \"b:1\", topic: \"t\", format: raw, schema: { line STRING } }"
    ));
}

#[test]
fn file_sources() {
    insta::assert_snapshot!(source(
        "source input = file { path: \"/data/in\", format: json, monitor: 10s, schema: { id BIGINT, a ARRAY<INT NOT NULL>, m MAP<STRING, DOUBLE>, r ROW<x INT NOT NULL, y BYTES>, d DATE, t TIMESTAMP(6), l TIMESTAMP_LTZ(0) } }"
    ));
    insta::assert_snapshot!(source(
        "source input = file { path: \"/data/in\", format: csv, schema: { id BIGINT, ts TIMESTAMP(3) }, on_error: skip, watermark: ts - 0s }"
    ));
    insta::assert_snapshot!(source(
        "source input = file { path: \"hdfs://h/in\", format: parquet, schema: { id BIGINT }, options { \"maxFilesPerTrigger\": \"1\" } }"
    ));
}

fn sink(declaration: &str) -> String {
    let job = job(&format!(
        "app test {{ engine: spark }}\n{SOURCES}\nstream input = swipes | select id, card, country, ts, seen\n{declaration} from input\n"
    ));
    let last: String = job.lines().filter(|l| l.contains("job.query")).map(|l| format!("{l}\n")).collect();
    format!("{}\n{last}", function(&job, "def sink_out"))
}

#[test]
fn sinks() {
    insta::assert_snapshot!(sink(
        "sink out = kafka { brokers: \"b:1\", topic: \"t\", key: [card, country], timestamp_format: iso_8601, options { \"kafka.linger.ms\": \"50\" } }"
    ));
    insta::assert_snapshot!(sink("sink out = kafka { brokers: \"b:1\", topic: \"t\", format: csv }"));
    insta::assert_snapshot!(sink("sink out = upsert_kafka { brokers: \"b:1\", topic: \"t\", key: card }"));
    insta::assert_snapshot!(sink(
        "sink out = file { path: \"/data/out\", format: json, partition_by: [card] }"
    ));
    insta::assert_snapshot!(sink("sink out = file { path: \"/data/out\", format: csv }"));
    insta::assert_snapshot!(sink("sink out = file { path: \"/data/out\", format: parquet }"));
    insta::assert_snapshot!(sink("sink out = print { label: \"it's\" }"));
}

#[test]
fn an_updating_stream_is_written_in_update_mode_and_one_that_adds_in_append_mode() {
    let text = format!(
        "app test {{ engine: spark }}\n{SOURCES}
stream totals = swipes | group by card {{ spent: SUM(amount) }}
sink keyed = upsert_kafka {{ brokers: \"b:1\", topic: \"t\", key: card }} from totals
sink plain = kafka {{ brokers: \"b:1\", topic: \"s\" }} from swipes\n"
    );
    let job = job(&text);
    assert!(function(&job, "def sink_keyed").contains(".outputMode(\"update\")"));
    assert!(function(&job, "def sink_plain").contains(".outputMode(\"append\")"));
}

#[test]
fn a_query_whose_sources_all_end_is_bounded() {
    let text = "app test { engine: spark }
source once = file { path: \"/a\", format: json, schema: { id BIGINT } }
source always = file { path: \"/b\", format: json, schema: { id BIGINT }, monitor: 1s }
sink first = print {} from once
sink second = print {} from always\n";
    let job = job(text);
    assert!(job.contains("job.query(\"first\", sink_first(once), bounded=True)"), "{job}");
    assert!(job.contains("job.query(\"second\", sink_second(always))"), "{job}");
}
