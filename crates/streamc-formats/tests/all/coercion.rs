//! What the `json` format makes of a value that does not have the JSON type of its column. The expectations are
//! observations of Flink 2.3.0 with `json.ignore-parse-errors = true`: one record `{"v": VALUE, "z": 9}` a cell.

use crate::schema;
use streamc_formats::{DecodeErrorKind, Decoded, JsonDecoder, JsonOptions, TimestampStandard};
use streamc_types::Value;

/// Names of the values below, in order.
const VALUES: &[(&str, &str)] = &[
    ("int", "5"),
    ("frac", "1.75"),
    ("big", "12345678901234567890"),
    ("exp", "1e3"),
    ("str_num", r#""42""#),
    ("str_frac", r#""1.5""#),
    ("str_txt", r#""abc""#),
    ("bool", "true"),
    ("str_bool", r#""true""#),
    ("obj", r#"{"a":1}"#),
    ("arr", "[1,2]"),
    ("ts_sql", r#""2026-01-02 03:04:05.123""#),
    ("ts_iso", r#""2026-01-02T03:04:05.123""#),
    ("ts_z", r#""2026-01-02T03:04:05.123Z""#),
    ("ts_sqlz", r#""2026-01-02 03:04:05.123Z""#),
    ("ts_off", r#""2026-01-02T03:04:05+02:00""#),
    ("date", r#""2026-01-02""#),
    ("time", r#""03:04:05""#),
    ("b64", r#""AQI=""#),
    ("epoch", "1767323045123"),
    ("empty", r#""""#),
];

/// The value as the observations wrote it, and whether the column behind it was lost. `DROPPED` where no row came out.
fn observe(ty: &str, value: &str, standard: TimestampStandard) -> String {
    let options =
        JsonOptions { timestamp_standard: standard, ignore_parse_errors: true, ..JsonOptions::default() };
    let decoder = JsonDecoder::new(&schema(&[("v", ty), ("z", "INT")]), options).unwrap();
    let mut row = Vec::new();
    match decoder.decode(format!(r#"{{"v": {value}, "z": 9}}"#).as_bytes(), &mut row).unwrap() {
        Decoded::Dropped => "DROPPED".to_owned(),
        Decoded::Row => {
            let lost = if row[1] == Value::Int(9) { "" } else { "(z lost)" };
            format!("{}{lost}", show(&row[0]))
        }
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(v) => v.to_string(),
        Value::Int(v) => v.to_string(),
        Value::Float(v) => streamc_types::java_float_to_string(*v),
        Value::Double(v) => streamc_types::java_double_to_string(*v),
        Value::Decimal(v) => v.to_string(),
        Value::Str(v) => v.to_string(),
        Value::Bytes(v) => v.iter().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
        Value::Date(v) => streamc_types::format_date(*v),
        Value::Time(v) => streamc_types::format_time(*v, 0),
        Value::Timestamp(v) => v.to_string(),
        Value::Array(v) => format!("[{}]", v.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Map(v) => {
            let entries: Vec<_> = v.iter().map(|(k, v)| format!("{}={}", show(k), show(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Row(v) => format!("+I[{}]", v.iter().map(show).collect::<Vec<_>>().join(", ")),
    }
}

/// Checks one type: the named values give the named texts, all others `otherwise`. An object where the type is no
/// object ends the record early, an array of two loses it.
fn check(ty: &str, standard: TimestampStandard, otherwise: &str, expected: &[(&str, &str)]) {
    for (name, value) in VALUES {
        let wanted = expected.iter().find(|(n, _)| n == name).map_or_else(
            || match *name {
                "obj" => format!("{otherwise}(z lost)"),
                "arr" => "DROPPED".to_owned(),
                _ => otherwise.to_owned(),
            },
            |(_, text)| (*text).to_owned(),
        );
        assert_eq!(observe(ty, value, standard), wanted, "{ty} from {name} ({standard})");
    }
    for (name, _) in expected {
        assert!(VALUES.iter().any(|(n, _)| n == name), "no value is called {name}");
    }
}

const TEXTS: &[(&str, &str)] = &[
    ("int", "5"),
    ("frac", "1.75"),
    ("big", "12345678901234567890"),
    ("exp", "1e3"),
    ("str_num", "42"),
    ("str_frac", "1.5"),
    ("str_txt", "abc"),
    ("bool", "true"),
    ("str_bool", "true"),
    ("obj", r#"{"a":1}"#),
    ("arr", "[1,2]"),
    ("ts_sql", "2026-01-02 03:04:05.123"),
    ("ts_iso", "2026-01-02T03:04:05.123"),
    ("ts_z", "2026-01-02T03:04:05.123Z"),
    ("ts_sqlz", "2026-01-02 03:04:05.123Z"),
    ("ts_off", "2026-01-02T03:04:05+02:00"),
    ("date", "2026-01-02"),
    ("time", "03:04:05"),
    ("b64", "AQI="),
    ("epoch", "1767323045123"),
    ("empty", ""),
];

#[test]
fn every_type_reads_every_value_as_flink_does() {
    for standard in [TimestampStandard::Sql, TimestampStandard::Iso8601] {
        check("BOOLEAN", standard, "false", &[("bool", "true"), ("str_bool", "true")]);
        check("TINYINT", standard, "null", &[("int", "5"), ("str_num", "42")]);
        check("SMALLINT", standard, "null", &[("int", "5"), ("str_num", "42")]);
        check("INT", standard, "null", &[("int", "5"), ("frac", "1"), ("exp", "1000"), ("str_num", "42")]);
        check(
            "BIGINT",
            standard,
            "null",
            &[("int", "5"), ("frac", "1"), ("exp", "1000"), ("str_num", "42"), ("epoch", "1767323045123")],
        );
        check(
            "FLOAT",
            standard,
            "null",
            &[
                ("int", "5.0"),
                ("frac", "1.75"),
                ("big", "1.2345679E19"),
                ("exp", "1000.0"),
                ("str_num", "42.0"),
                ("str_frac", "1.5"),
                // As Java 17 prints it; a shorter text would name the same number.
                ("epoch", "1.76732307E12"),
            ],
        );
        check(
            "DOUBLE",
            standard,
            "null",
            &[
                ("int", "5.0"),
                ("frac", "1.75"),
                ("big", "1.2345678901234567E19"),
                ("exp", "1000.0"),
                ("str_num", "42.0"),
                ("str_frac", "1.5"),
                ("epoch", "1.767323045123E12"),
            ],
        );
        check(
            "DECIMAL(10, 2)",
            standard,
            "null",
            &[
                ("int", "5.00"),
                ("frac", "1.75"),
                ("exp", "1000.00"),
                ("str_num", "42.00"),
                ("str_frac", "1.50"),
            ],
        );
        check("STRING", standard, "unused", TEXTS);
        check("CHAR(3)", standard, "unused", TEXTS);
        check("BYTES", standard, "null", &[("str_bool", "0xb6bb9e"), ("b64", "0x0102"), ("empty", "0x")]);
        check("DATE", standard, "null", &[("date", "2026-01-02")]);
        check("TIME", standard, "null", &[("time", "03:04:05")]);
        check("ARRAY<INT>", standard, "null", &[("arr", "[1, 2]")]);
        check("ROW<a INT>", standard, "null", &[("obj", "+I[1]")]);
        check("MAP<STRING, INT>", standard, "null", &[("obj", "{a=1}")]);
    }
}

#[test]
fn a_timestamp_is_read_in_one_standard_only() {
    use TimestampStandard::{Iso8601, Sql};
    check("TIMESTAMP(3)", Sql, "null", &[("ts_sql", "2026-01-02 03:04:05.123")]);
    check("TIMESTAMP(3)", Iso8601, "null", &[("ts_iso", "2026-01-02 03:04:05.123")]);
    check("TIMESTAMP_LTZ(3)", Sql, "null", &[("ts_sqlz", "2026-01-02 03:04:05.123")]);
    check("TIMESTAMP_LTZ(3)", Iso8601, "null", &[("ts_z", "2026-01-02 03:04:05.123")]);
}

#[test]
fn digits_beyond_the_precision_of_a_timestamp_are_cut() {
    let sql = TimestampStandard::Sql;
    assert_eq!(observe("TIMESTAMP(0)", r#""2026-01-02 03:04:05.999""#, sql), "2026-01-02 03:04:05");
    assert_eq!(
        observe("TIMESTAMP(9)", r#""2026-01-02 03:04:05.123456789""#, sql),
        "2026-01-02 03:04:05.123456789"
    );
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-01-02 03:04:05.1234567890""#, sql), "null");
}

#[test]
fn a_negative_zero_keeps_its_sign() {
    let sql = TimestampStandard::Sql;
    for text in ["-0", "-0.0", "-0e3", r#""-0""#] {
        assert_eq!(observe("DOUBLE", text, sql), "-0.0", "{text}");
        assert_eq!(observe("FLOAT", text, sql), "-0.0", "{text}");
    }
    assert_eq!(observe("DOUBLE", "0.0", sql), "0.0");
    assert_eq!(observe("ARRAY<DOUBLE>", "[0, -0]", sql), observe("ARRAY<DOUBLE>", "[0.0,-0.0]", sql));
}

#[test]
fn calendars_are_strict_for_dates_and_lenient_for_sql_timestamps() {
    let (sql, iso) = (TimestampStandard::Sql, TimestampStandard::Iso8601);
    assert_eq!(observe("DATE", r#""2026-02-30""#, sql), "null");
    assert_eq!(observe("DATE", r#""2026-1-2""#, sql), "null");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-02-30 01:00:00""#, sql), "2026-02-28 01:00:00");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-12-31 24:00:00""#, sql), "2027-01-01 00:00:00");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-02-30T01:00:00""#, iso), "null");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-02-28T01:00""#, iso), "2026-02-28 01:00:00");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-02-28 01:00""#, sql), "null");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-13-01 01:00:00""#, sql), "null");
    assert_eq!(observe("TIMESTAMP(3)", r#""2026-01-01 25:00:00""#, sql), "null");
}

#[test]
fn nested_values_become_compact_text_in_a_string_column() {
    let sql = TimestampStandard::Sql;
    assert_eq!(
        observe("STRING", r#"{ "b" : [1.10, 1e3, -0, true, null], "a": "é\n", "b2": {}, "a": 2 }"#, sql),
        r#"{"b":[1.1,1000.0,0,true,null],"a":2,"b2":{}}"#
    );
}

#[test]
fn a_field_given_twice_counts_twice_and_the_last_value_wins() {
    let decoder = JsonDecoder::new(&schema(&[("a", "INT"), ("b", "INT")]), JsonOptions::default()).unwrap();
    let mut row = Vec::new();
    decoder.decode(br#"{"a":1,"a":2,"b":3}"#, &mut row).unwrap();
    assert_eq!(row, [Value::Int(2), Value::Null], "two fields were read, the rest is skipped");
}

#[test]
fn an_error_names_the_field_and_the_place() {
    let ty = "ROW<street STRING, zip INT>";
    let decoder =
        JsonDecoder::new(&schema(&[("id", "INT"), ("address", ty)]), JsonOptions::default()).unwrap();
    let mut row = vec![Value::Null];
    let record = br#"{"id": 1, "address": {"street": "x", "zip": "none"}}"#;
    let error = decoder.decode(record, &mut row).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::Value);
    assert_eq!(error.to_string(), r#"field `address.zip`: the string "none" does not fit INT"#);
    assert_eq!(error.offset, record.iter().position(|b| *b == b'n').map_or(0, |_| 44));
    assert!(row.is_empty());

    let error = decoder.decode(br#"{"id": 1, "address" 2}"#, &mut row).unwrap_err();
    assert_eq!((error.kind, error.offset), (DecodeErrorKind::Syntax, 20));
    let error = decoder.decode(b"[1]", &mut row).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::NotAnObject);
    let error = decoder.decode(b"{\"id\": 1} x", &mut row).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::Syntax);
    let error = decoder.decode(b"{\"id\": \"\xff\"}", &mut row).unwrap_err();
    assert_eq!((error.kind, error.offset), (DecodeErrorKind::Syntax, 8));
}

#[test]
fn a_missing_field_is_null_unless_the_column_or_an_option_forbids_it() {
    let mut row = Vec::new();
    let nullable = schema(&[("a", "INT"), ("b", "INT")]);
    let decoder = JsonDecoder::new(&nullable, JsonOptions::default()).unwrap();
    assert_eq!(decoder.decode(b"{\"b\":1}", &mut row), Ok(Decoded::Row));
    assert_eq!(row, [Value::Null, Value::Int(1)]);

    let strict = JsonOptions { fail_on_missing_field: true, ..JsonOptions::default() };
    let decoder = JsonDecoder::new(&nullable, strict).unwrap();
    let error = decoder.decode(b"{\"b\":1}", &mut row).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (DecodeErrorKind::MissingField, "field `a` is missing"));
    assert_eq!(decoder.decode(b"{\"b\":1,\"a\":null}", &mut row), Ok(Decoded::Row));

    let not_null = schema(&[("a", "ROW<x INT NOT NULL>")]);
    let decoder = JsonDecoder::new(&not_null, JsonOptions::default()).unwrap();
    let error = decoder.decode(br#"{"a":{"x":null}}"#, &mut row).unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (DecodeErrorKind::NullInNotNull, Some("a.x")));
    assert_eq!(decoder.decode(b"{}", &mut row), Ok(Decoded::Row));

    let tolerant = JsonOptions { ignore_parse_errors: true, ..JsonOptions::default() };
    let decoder = JsonDecoder::new(&not_null, tolerant).unwrap();
    assert_eq!(decoder.decode(br#"{"a":{"x":null}}"#, &mut row), Ok(Decoded::Dropped));
    let both = JsonOptions { fail_on_missing_field: true, ..tolerant };
    assert!(JsonDecoder::new(&not_null, both).is_err());
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let decoder = JsonDecoder::new(&schema(&[("a", "STRING")]), JsonOptions::default()).unwrap();
    let mut row = Vec::new();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"a\":{}1{}}}", open.repeat(1_000_000), close.repeat(1_000_000));
        let error = decoder.decode(deep.as_bytes(), &mut row).unwrap_err();
        assert_eq!(error.message, "the record nests deeper than 64 levels");
        let fine = format!("{{\"a\":{}1{}}}", open.repeat(60), close.repeat(60));
        assert_eq!(decoder.decode(fine.as_bytes(), &mut row), Ok(Decoded::Row));
    }
    let open = "[".repeat(1_000_000);
    assert!(decoder.decode(format!("{{\"a\":{open}").as_bytes(), &mut row).is_err());
}

#[test]
fn types_without_a_json_form_are_refused_by_name() {
    for (ty, message) in [
        ("MAP<INT, STRING>", "the json format needs strings as keys of a map; column `v` has INT"),
        ("ARRAY<VARIANT>", "the json format cannot hold column `v[]` of type VARIANT"),
    ] {
        let error = JsonDecoder::new(&schema(&[("v", ty)]), JsonOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
