//! Dates, times and timestamps: typed only where the engines can read every value.

use crate::{lines, problems, schema};
use streamc_infer::{Options, TimestampStandard, infer};

fn one(values: &[&str]) -> (String, Vec<String>, Option<TimestampStandard>) {
    let records: Vec<String> = values.iter().map(|v| format!("{{\"t\":\"{v}\"}}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let inference = lines(&records);
    (inference.schema.columns[0].ty.to_string(), problems(&inference), inference.json_timestamp_standard)
}

#[test]
fn a_form_that_every_record_has_gives_the_type() {
    use TimestampStandard::{Iso8601, Sql};
    for (values, ty, standard) in [
        (&["2026-01-02 03:04:05"][..], "TIMESTAMP(3)", Some(Sql)),
        (&["2026-01-02 03:04:05", "2026-01-02 03:04:05.123456"], "TIMESTAMP(6)", Some(Sql)),
        (&["2026-01-02 03:04:05Z"], "TIMESTAMP_LTZ(3)", Some(Sql)),
        (&["2026-01-02T03:04:05.123"], "TIMESTAMP(3)", Some(Iso8601)),
        (&["2026-01-02T03:04"], "TIMESTAMP(3)", Some(Iso8601)),
        (&["2026-01-02T03:04:05.123456789Z"], "TIMESTAMP_LTZ(9)", Some(Iso8601)),
        (&["2026-01-02"], "DATE", None),
        (&["03:04:05"], "TIME(0)", None),
        (&["03:04:05.5"], "TIME(3)", None),
    ] {
        assert_eq!(one(values), (ty.to_owned(), Vec::new(), standard), "{values:?}");
    }
}

#[test]
fn what_only_looks_like_a_timestamp_stays_a_string() {
    for values in [
        &["2026-02-30 01:00:00"][..],
        &["2026-01-02 24:00:00"],
        &["2026-01-02T03:04:05.1234567890Z"],
        &["01/31/2026"],
        &["01-02-2026"],
        &["2026-1-2"],
        &["20260102"],
        &["24:00:00"],
        &["2026-01-02 03:04"],
        &["2026-01-02t03:04:05"],
        &["2026-01-0é"],
    ] {
        assert_eq!(one(values), ("STRING".to_owned(), Vec::new(), None), "{values:?}");
    }
}

#[test]
fn an_offset_and_mixed_forms_stay_strings_with_a_hint() {
    let (ty, hints, _) = one(&["2026-01-02T03:04:05+02:00"]);
    assert_eq!(ty, "STRING");
    assert_eq!(
        hints,
        [
            "ST4052 hint: t stays STRING: the engines' JSON format reads a timestamp without a zone or with `Z`, no \
          offsets (first record 1, line 1: \"2026-01-02T03:04:05+02:00\")"
        ]
    );
    let (ty, hints, _) = one(&["2026-01-02 03:04:05", "2026-01-02", "2026-01-03"]);
    assert_eq!(ty, "STRING");
    assert_eq!(
        hints,
        ["ST4052 hint: t stays STRING: 1 of the form timestamp (SQL) (first record 1, line 1: \"2026-01-02 \
          03:04:05\"), 2 of the form date (first record 2, line 2: \"2026-01-02\")"]
    );
    let (ty, hints, _) = one(&["2026-01-02 03:04:05", "2026-01-02 03:04:05", "n/a"]);
    assert_eq!((ty.as_str(), hints.len()), ("STRING", 1));
    assert!(hints[0].contains("1 of the form string (first record 3, line 3: \"n/a\")"), "{}", hints[0]);
    let (ty, hints, _) = one(&["03:04:05.123456"]);
    assert_eq!((ty.as_str(), hints.len()), ("STRING", 1));
}

#[test]
fn a_table_has_one_standard_and_the_minority_stays_strings() {
    let record = r#"{"a":"2026-01-02T03:04:05","b":"2026-01-02 03:04:05","c":{"d":"2026-01-02T03:04:05Z"},"e":"2026-01-02"}"#;
    let inference = lines(&[record]);
    assert_eq!(schema(&inference), "a TIMESTAMP(3), b STRING, c ROW<d TIMESTAMP_LTZ(3)>, e DATE");
    assert_eq!(inference.json_timestamp_standard, Some(TimestampStandard::Iso8601));
    assert_eq!(
        problems(&inference),
        [
            "ST4052 hint: b stays STRING: a table has one timestamp standard, here ISO-8601, and these are SQL (first \
          record 1, line 1: \"2026-01-02 03:04:05\")"
        ]
    );
    let options = Options { timestamp_standard: Some(TimestampStandard::Sql), ..Options::default() };
    let inference = infer(record.as_bytes(), "x", &options);
    assert_eq!(schema(&inference), "a STRING, b TIMESTAMP(3), c ROW<d STRING>, e DATE");
}
