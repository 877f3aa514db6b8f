//! Samples that are broken, empty, packed or strange.

use crate::{lines, problems, schema};
use std::io::Write as _;
use streamc_diagnostics::Severity;
use streamc_infer::{Options, SampleFormat, infer};

#[test]
fn a_bad_record_is_named_with_line_and_column_and_the_rest_counts() {
    let inference =
        lines(&[r#"{"a":1}"#, "", r#"  {"é":1 "b":2}"#, r#"{"a":2}"#, "[1]", "7", r#"{"a":3} x"#, r#"{"a""#]);
    assert_eq!(schema(&inference), "a INT");
    assert_eq!((inference.records, inference.report.bad_records), (2, 5));
    assert_eq!(
        problems(&inference),
        [
            "ST4006 warning: sample `sample.jsonl`, line 3, column 10: expected `,` or `}`",
            "ST4006 warning: sample `sample.jsonl`, line 5, column 1: a record is a JSON object, this is an array",
            "ST4006 warning: sample `sample.jsonl`, line 6, column 1: a record is a JSON object, this is a number",
            "ST4006 warning: sample `sample.jsonl`, line 7, column 9: something follows the end of the record",
            "ST4006 warning: sample `sample.jsonl`, line 8, column 4: the object does not end",
        ]
    );
    let first = &inference.problems[0];
    assert_eq!((first.record, first.line, first.column), (Some(2), Some(3), Some(10)));
    let diagnostic = first.diagnostic(None);
    assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("ST4006", Severity::Warning));
}

#[test]
fn bytes_that_are_not_utf8_spoil_one_record_only() {
    let inference = infer(b"{\"a\":1}\n{\"a\":\"\xc3\xa9\xff\"}\n{\"a\":2}", "s", &Options::default());
    assert_eq!(schema(&inference), "a INT");
    assert_eq!(
        problems(&inference),
        ["ST4006 warning: sample `s`, line 2, column 8: the record is not UTF-8"]
    );
}

#[test]
fn nothing_to_read_is_one_clear_error() {
    for (bytes, message) in [
        (&b""[..], "sample `s` has no records"),
        (b"\n \n", "sample `s` has no records"),
        (b"[]", "sample `s` has no records"),
        (b"\xef\xbb\xbf", "sample `s` has no records"),
        (b"{}\n{}", "the 2 records of sample `s` have no fields"),
        (b"\x00\x01\x02\n\xff\xfe", "none of the 2 records of sample `s` can be read"),
        (b"[1, 2]", "none of the 2 records of sample `s` can be read"),
    ] {
        let inference = infer(bytes, "s", &Options::default());
        assert!(!inference.has_schema());
        assert_eq!(inference.problems[0].message, message);
        assert_eq!(inference.problems[0].severity, Severity::Error);
    }
}

#[test]
fn many_bad_records_are_counted_but_not_all_listed() {
    let text = "oops\n".repeat(1000);
    let inference = infer(text.as_bytes(), "s", &Options::default());
    assert_eq!(inference.report.bad_records, 1000);
    assert_eq!(inference.problems.len(), 21);
    assert_eq!(inference.problems[20].help.as_deref(), Some("980 more records cannot be read"));
}

#[test]
fn arrays_gzip_and_byte_order_marks_are_read() {
    let text = "\u{feff}[\r\n {\"a\": 1},\r\n {\"a\": 2.5}\r\n]";
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    for bytes in [text.as_bytes(), &packed] {
        let inference = infer(bytes, "s.json.gz", &Options::default());
        assert_eq!(
            (schema(&inference).as_str(), inference.format),
            ("a DECIMAL(10, 2)", SampleFormat::JsonArray)
        );
        assert_eq!(inference.report.paths[0].types[0].first_line, 2);
    }
    let inference = infer(&packed[..packed.len() - 6], "s.gz", &Options::default());
    assert!(inference.problems[1].message.contains("cannot be unpacked"), "{:?}", inference.problems);
}

#[test]
fn a_broken_array_gives_what_came_before() {
    let inference = infer(b"[{\"a\":1},\n {\"a\":2}\n {\"a\":3}]", "s", &Options::default());
    assert_eq!((schema(&inference).as_str(), inference.records), ("a INT", 2));
    assert_eq!(problems(&inference), ["ST4006 warning: sample `s`, line 3, column 2: expected `,` or `]`"]);
}

#[test]
fn limits_stop_the_reading_at_a_whole_record() {
    let text = "{\"a\":1}\n{\"a\":\"x\"}\n{\"b\":1}\n";
    let by_bytes = Options { max_bytes: Some(12), ..Options::default() };
    let by_records = Options { max_records: Some(1), ..Options::default() };
    for options in [by_bytes, by_records] {
        let inference = infer(text.as_bytes(), "s", &options);
        assert_eq!((schema(&inference).as_str(), inference.records), ("a INT", 1));
        assert!(inference.report.truncated);
    }
    let whole = Options { max_bytes: Some(text.len() as u64), ..Options::default() };
    assert!(!infer(text.as_bytes(), "s", &whole).report.truncated);
}

#[test]
fn deep_nesting_is_a_bad_record() {
    let deep = format!("{{\"a\":{}", "[".repeat(1_000_000));
    let inference = lines(&[&deep, r#"{"a":1}"#]);
    assert_eq!((schema(&inference).as_str(), inference.report.bad_records), ("a INT", 1));
    assert!(problems(&inference)[0].contains("nests deeper than 64 levels"));
}

#[test]
fn a_huge_line_is_a_record_like_others() {
    let huge = format!("{{\"a\":\"{}\"}}", "x".repeat(20_000_000));
    let inference = lines(&[&huge, r#"{"a":"y"}"#]);
    assert_eq!((schema(&inference).as_str(), inference.records), ("a STRING", 2));
    assert!(inference.report.paths[0].types[0].example.len() < 50);
}
