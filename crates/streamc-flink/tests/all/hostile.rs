//! Names and texts that try to leave their place. The suite on engines shows these scripts to Flink's parser.

use crate::fixtures::*;
use streamc_plan::{OptionValue, relations};

const NAMES: [&str; 8] = [
    "a`b",
    "it's",
    "`; DROP TABLE x; --",
    "*/ x /*",
    "x`.`y",
    "ünï cödé 😀",
    "select",
    "tab\tand \"quotes\" \\ ${HOME}",
];
const TEXT: &str =
    "it's `x` \"y\" \\ */ /* -- ; ''' ``` ${HOME} $${A}\r\nnext line\u{2028}ü😀\u{0}'; DROP TABLE `x`; --";

pub(crate) fn everywhere() -> Fixture {
    let mut f = Fixture::new(TEXT)
        .doc(TEXT)
        .exactly_once()
        .setting("time_zone", word("UTC"))
        .setting("checkpoint_dir", word("file:///tmp/'x'/\u{e9}"));
    let columns: Vec<(&str, &str)> = NAMES.iter().map(|n| (*n, "STRING")).collect();
    let source = NAMES[2];
    let brokers = OptionValue::Env { name: "HOME".into(), default: Some("'; DROP TABLE x; --".into()) };
    let options = [
        ("brokers", brokers),
        ("topic", word("t")),
        ("group", word(TEXT)),
        ("!properties.client.id", word(TEXT)),
    ];
    f.source(source, "kafka", &options, &columns, None);
    f.documented(TEXT);
    if let streamc_plan::ComponentKind::Source(s) = &mut f.plan.components[0].kind {
        s.schema.columns[0].doc = Some(TEXT.into());
    }
    let scan = f.scan(source);
    let origin = f.step("filter");
    let predicate = call("<>", vec![col(&scan, NAMES[0]), text(TEXT)]);
    let kept = relations::filter(scan, predicate, origin);
    let origin = f.step("derive");
    let more = call("||", vec![col(&kept, NAMES[4]), text(TEXT)]);
    let kept = derive(kept, vec![("`y`", more)], origin);
    f.stream(NAMES[1], kept);
    f.documented(TEXT);
    let scan = f.scan(NAMES[1]);
    let other = f.scan(source);
    let condition = call("=", vec![col(&scan, NAMES[0]), right(&scan, &other, NAMES[5])]);
    let origin = f.step("join");
    let joined = relations::join(scan, other, streamc_plan::JoinKind::Inner, condition, origin);
    let origin = f.step("select");
    let columns = NAMES.iter().enumerate().map(|(i, n)| {
        ((*n).into(), streamc_plan::Expr::column(i + 9, joined.props.schema.columns[i + 9].ty.clone()))
    });
    let columns = columns.collect();
    let picked = relations::project(joined, columns, origin);
    f.stream(NAMES[7], picked);
    let brokers = ("brokers", word("b:1"));
    f.sink(NAMES[3], "kafka", &[brokers.clone(), ("topic", word(TEXT))], &[NAMES[0], NAMES[5]], NAMES[1]);
    f.documented(TEXT);
    f.sink(NAMES[6], "upsert_kafka", &[brokers, ("topic", word("t"))], &[NAMES[0]], NAMES[7]);
    f.sink("console", "print", &[("label", word(TEXT))], &[], NAMES[7]);
    f
}

#[test]
fn hostile_names_and_texts_stay_in_their_place() {
    let f = everywhere();
    assert_eq!(f.problems(), "");
    insta::assert_snapshot!(f.job_sql());
}

#[test]
fn the_job_file_gives_every_text_back() {
    let json: serde_json::Value =
        serde_json::from_str(&everywhere().file("flink/job.json").contents).unwrap();
    assert_eq!(json["name"], TEXT);
    // `${` of the user is not a variable, `${HOME}` of `env(…)` is.
    assert_eq!(json["settings"]["pipeline.name"], TEXT.replace("${", "$${"));
    assert_eq!(json["variables"][0]["default"], "'; DROP TABLE x; --");
    let table = json["statements"][0]["sql"].as_str().unwrap();
    assert!(table.contains("'properties.bootstrap.servers' = '${HOME}'"), "{table}");
    assert!(table.contains(&TEXT.replace('\'', "''").replace("${", "$${")), "{table}");
}

#[test]
fn the_configuration_is_yaml_that_says_the_same() {
    let text = everywhere().file("flink/config.yaml").contents;
    // Every value that is not plain is JSON, which is YAML.
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let (key, value) = line.split_once(": ").unwrap();
        assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c)), "{line}");
        if value.starts_with('"') {
            serde_json::from_str::<String>(value).unwrap();
        }
    }
    assert!(text.contains(&format!("pipeline.name: {}", serde_json::Value::from(TEXT))), "{text}");
}

#[test]
fn names_that_flink_cannot_write_are_refused() {
    for name in ["two\nlines", "  ", ""] {
        let mut f = Fixture::new("app");
        f.source("s", "datagen", &[], &[("ok", "INT"), (name, "INT")], None);
        f.print("s");
        assert!(f.problems().contains("ST5001 error: the column"), "{}", f.problems());
    }
}

#[test]
fn a_variable_with_a_name_that_no_shell_knows_is_refused() {
    let mut f = Fixture::new("app");
    let brokers = OptionValue::Env { name: "A}'; DROP".into(), default: None };
    f.source("s", "kafka", &[("brokers", brokers), ("topic", word("t"))], &[("a", "INT")], None);
    f.print("s");
    assert!(f.problems().contains("cannot be the name of an environment variable"), "{}", f.problems());
}

#[test]
fn a_comment_at_the_end_of_a_query_does_not_swallow_the_semicolon() {
    let mut f = Fixture::new("app");
    f.swipes();
    let scan = f.scan("swipes");
    f.sql("out", "\n  SELECT * FROM swipes -- all; of 'them\n", scan);
    f.print("out");
    assert!(f.job_sql().contains("SELECT * FROM swipes -- all; of 'them\n;\n"), "{}", f.job_sql());
}

#[test]
fn a_query_with_two_columns_of_one_name_gets_a_view_that_names_them() {
    for (columns, head) in [
        (&["a", "a0"][..], "CREATE TEMPORARY VIEW `out` (`a`, `a0`) AS\n"),
        (&["a", "b"][..], "CREATE TEMPORARY VIEW `out` AS\n"),
    ] {
        let mut f = Fixture::new("app");
        let schema: Vec<(&str, &str)> = columns.iter().map(|name| (*name, "INT")).collect();
        f.source("s", "datagen", &[], &schema, None);
        let scan = f.scan("s");
        f.sql("out", "SELECT 1, 2 FROM s", scan);
        f.print("out");
        assert!(f.job_sql().contains(head), "{}", f.job_sql());
    }
}
