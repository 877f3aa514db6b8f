//! Several files, and files that are not what they should be.

use crate::findings;
use insta::assert_snapshot;

const SHARED: &str =
    "source swipes = kafka {\n  brokers: \"b:1\",\n  topic: \"t\",\n  schema: { id BIGINT },\n}\n";

#[test]
fn a_used_file_brings_in_its_declarations() {
    assert_eq!(
        findings(&[
            ("a/app.stream", "use \"../shared.stream\"\nsink out = print {} from swipes\n"),
            ("shared.stream", SHARED)
        ]),
        ""
    );
}

#[test]
fn a_missing_used_file_is_named_with_the_path_that_was_tried() {
    assert_snapshot!(findings(&[(
        "a/app.stream",
        "use \"shard.stream\"\nsink out = print {} from swipes\n"
    )]));
}

#[test]
fn files_that_use_one_another_in_a_cycle_are_shown_with_the_way_around() {
    assert_snapshot!(findings(&[
        ("a.stream", "use \"b.stream\"\nsink out = print {} from swipes\n"),
        ("b.stream", &format!("use \"c.stream\"\n{SHARED}")),
        ("c.stream", "use \"a.stream\"\n"),
    ]));
}

#[test]
fn a_name_declared_in_two_files_is_shown_in_both() {
    assert_snapshot!(findings(&[
        ("app.stream", &format!("use \"shared.stream\"\n{SHARED}sink out = print {{}} from swipes\n")),
        ("shared.stream", SHARED),
    ]));
}

#[test]
fn an_empty_file_is_an_empty_application() {
    assert_eq!(findings(&[("app.stream", "")]), "");
    assert_eq!(findings(&[("app.stream", "// nothing yet\n")]), "");
}

#[test]
fn a_sample_gives_the_columns_and_a_missing_sample_is_one_error() {
    let app = "source swipes = kafka {\n  brokers: \"b:1\",\n  topic: \"t\",\n  schema: sample(\"s.jsonl\"),\n}\nstream x = swipes | filter amont > 1\nsink out = print {} from x\n";
    assert_snapshot!(
        "misspelt_column_of_a_sample",
        findings(&[("app.stream", app), ("s.jsonl", "{\"id\":1,\"amount\":2.5}\n")])
    );
    assert_snapshot!("missing_sample", findings(&[("app.stream", app)]));
}

#[test]
fn a_bad_line_of_a_sample_is_reported_and_the_rest_is_read() {
    let app = "source swipes = kafka {\n  brokers: \"b:1\",\n  topic: \"t\",\n  schema: sample(\"s.jsonl\"),\n}\nsink out = print {} from swipes\n";
    let found = findings(&[("app.stream", app), ("s.jsonl", "{\"id\":1}\n{\"id\":\n{\"id\":3}\n")]);
    assert!(found.contains("ST4006") && found.contains("line 2"), "{found}");
}
