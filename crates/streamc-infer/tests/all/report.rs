//! The two forms of the report.

use crate::{lines, problems};
use streamc_infer::Inference;

fn orders() -> Inference {
    lines(&[
        r#"{"id":1,"customer":{"name":"Ann","vip":true},"amount":12.5,"tags":["a","b"],"at":"2026-01-02 03:04:05","seen_at":1767323045123}"#,
        r#"{"id":2,"customer":{"name":null},"amount":7,"tags":[],"at":"2026-01-02 03:04:06.25","note":"first \"gift\""}"#,
        r#"{"id":"3-b","customer":null,"amount":1e2,"at":"2026-01-02 03:04:07","prices":{"1":1.5,"2":2,"3":3}}"#,
        "not json",
        r#"{"id":4,"amount":5,"a b":{"x.y":"3f2504e0-4f89-11d3-9a0c-0305e82c3301"}}"#,
    ])
}

#[test]
fn the_report_as_text() {
    insta::assert_snapshot!(orders().to_text());
}

#[test]
fn the_report_as_json() {
    insta::assert_snapshot!(orders().to_json());
    let report: serde_json::Value = serde_json::from_str(&orders().report.to_json()).unwrap();
    assert_eq!(report["records"], 4);
}

#[test]
fn the_problems() {
    let inference = orders();
    insta::assert_snapshot!(problems(&inference).join("\n"));
}

#[test]
fn an_empty_report_is_one_line() {
    assert_eq!(lines(&[]).report.to_text(), "sample.jsonl: JSON lines, 0 records read\n");
}

#[test]
fn the_schema_block_parses_back_to_the_same_types() {
    for column in orders().schema.columns {
        assert_eq!(streamc_types::parse_type(&column.ty.to_string()), Ok(column.ty));
    }
}
