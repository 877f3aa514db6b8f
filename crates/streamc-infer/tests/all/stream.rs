//! A stream says what the same bytes say at once.

use std::io::Cursor;
use streamc_infer::{Inference, Options, infer, infer_reader};

fn both(name: &str, bytes: &[u8]) -> (Inference, Inference) {
    let options = Options::default();
    (infer(bytes, name, &options), infer_reader(Cursor::new(bytes), name, &options).unwrap())
}

fn assert_same(name: &str, bytes: &[u8]) {
    let (whole, stream) = both(name, bytes);
    assert_eq!(whole.to_json(), stream.to_json(), "{name}");
    assert_eq!(format!("{:?}", whole.problems), format!("{:?}", stream.problems), "{name}");
    assert_eq!((whole.schema, whole.records), (stream.schema, stream.records), "{name}");
}

/// About 1.2 MB: several blocks, whose ends fall inside records.
fn lines() -> String {
    let mut text = "\u{feff}".to_owned();
    for n in 0..20_000_u64 {
        text.push_str(&match n % 1000 {
            17 => "{\"id\": 1, \"id\": 2}\r\n".to_owned(),
            300 => "\n  \n".to_owned(),
            501 => "{\"broken\": \n".to_owned(),
            777 => format!("{{\"id\": {n}.5, \"late\": [{n}, null]}}\n"),
            _ => format!(
                "{{\"id\": {n}, \"name\": \"größe {n}\", \"at\": \"2026-01-01 00:00:{:02}\"}}\n",
                n % 60
            ),
        });
    }
    text
}

#[test]
fn lines_in_many_blocks_give_the_schema_report_and_places_of_all_bytes_at_once() {
    let text = lines();
    assert!(text.len() > 1 << 20);
    assert_same("a.jsonl", text.as_bytes());
    assert_same("a.jsonl", text.trim_end().as_bytes());
    let (_, stream) = both("a.jsonl", text.as_bytes());
    assert_eq!(stream.report.bad_records, 20);
}

#[test]
fn bytes_that_are_no_utf8_spoil_only_their_record_in_a_stream_too() {
    let mut bytes = lines().into_bytes();
    let at = bytes.len() - 300;
    bytes[at] = 0xff;
    assert_same("a.jsonl", &bytes);
}

#[test]
fn a_line_longer_than_a_block_is_one_record() {
    let long = format!("{{\"text\": \"{}\"}}\n{{\"text\": null}}\n", "x".repeat(3 << 20));
    assert_same("a.jsonl", long.as_bytes());
    assert_eq!(both("a.jsonl", long.as_bytes()).1.records, 2);
}

#[test]
fn what_is_not_lines_of_json_is_read_as_a_whole() {
    let array = format!("{}[{}]", " ".repeat(1 << 20), vec!["{\"a\": 1}"; 100_000].join(","));
    assert_same("a.json", array.as_bytes());
    let csv = format!("a,b\n{}", "1,x\n".repeat(200_000));
    assert_same("a.csv", csv.as_bytes());
    assert_same("empty.jsonl", b"");
}
