//! The two paths of the decoder against one another.

use super::JsonDecoder;
use crate::{Decoded, JsonOptions};
use streamc_types::{Column, RowSchema, parse_type};

fn schema(columns: &[(&str, &str)]) -> RowSchema {
    RowSchema::new(columns.iter().map(|(n, t)| Column::new(*n, parse_type(t).unwrap())).collect())
}

#[test]
fn the_two_paths_agree_on_ordinary_and_odd_records() {
    let types = [
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INT",
        "BIGINT",
        "FLOAT",
        "DOUBLE",
        "DECIMAL(10, 2)",
        "STRING",
        "BYTES",
        "DATE",
        "TIME",
        "TIMESTAMP(3)",
        "TIMESTAMP_LTZ(3)",
        "ARRAY<INT>",
        "ROW<a INT>",
        "MAP<STRING, INT>",
    ];
    let values = [
        "5",
        "-0",
        "1.75",
        "12345678901234567890",
        "9223372036854775808",
        "9223372036854775807.0",
        "1e3",
        "1e400",
        "1.50",
        r#""42""#,
        r#"" 42 ""#,
        r#""abc""#,
        "true",
        "false",
        "null",
        r#""TRUE""#,
        r#"{"a":1}"#,
        "{}",
        "[1,2]",
        "[]",
        "[1]",
        r#""2026-01-02 03:04:05.123""#,
        r#""2026-01-02""#,
        r#""03:04:05""#,
        r#""AQI=""#,
        r#""""#,
        r#""\u00e9\n""#,
        r#"{"z":7,"y":[1,{"k":2}]}"#,
        r#"[{"z":3}]"#,
    ];
    for ty in types {
        for ignore_parse_errors in [true, false] {
            let options = JsonOptions { ignore_parse_errors, ..JsonOptions::default() };
            let decoder = JsonDecoder::new(&schema(&[("v", ty), ("z", "INT")]), options).unwrap();
            for value in values {
                for record in [
                    format!(r#"{{"v":{value},"z":9}}"#),
                    format!(r#"{{"z":9, "other": {value}, "v" : {value}}}"#),
                    format!(r#"{{"v":1,"v":{value},"z":9}}"#),
                ] {
                    let (mut quick, mut exact) = (Vec::new(), Vec::new());
                    let left = decoder.decode(record.as_bytes(), &mut quick);
                    let right = decoder.decode_exactly(&record, &mut exact);
                    match (&left, &right) {
                        (Ok(Decoded::Row), Ok(())) => assert_eq!(quick, exact, "{ty} from {record}"),
                        (Ok(Decoded::Dropped), Err(_)) if ignore_parse_errors => {}
                        (Err(a), Err(b)) if !ignore_parse_errors => assert_eq!(a, b, "{ty} from {record}"),
                        _ => panic!("{ty} from {record}: {left:?} and {right:?}"),
                    }
                }
            }
        }
    }
}
