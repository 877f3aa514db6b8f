//! What the sinks write.

use crate::schema;
use streamc_formats::{JsonDecoder, JsonEncoder, JsonOptions, TimestampStandard, encode_json};
use streamc_types::{Decimal, Timestamp, Value};

fn json(ty: &str, value: Value, options: JsonOptions) -> String {
    let mut out = Vec::new();
    encode_json(&schema(&[("v", ty)]), &[value], &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn values_are_written_as_flinks_json_sink_writes_them() {
    let stamp = Timestamp::from_millis(1_767_323_045_120);
    let nanos = Timestamp { millis: 1_767_323_045_000, nanos: 1 };
    for (ty, value, text) in [
        ("INT", Value::Null, r#"{"v":null}"#),
        ("BOOLEAN", Value::Boolean(true), r#"{"v":true}"#),
        ("BIGINT", Value::Int(i64::MIN), r#"{"v":-9223372036854775808}"#),
        ("DOUBLE", Value::Double(1e10), r#"{"v":1.0E10}"#),
        ("DOUBLE", Value::Double(100.0), r#"{"v":100.0}"#),
        ("DOUBLE", Value::Double(f64::NAN), r#"{"v":"NaN"}"#),
        ("FLOAT", Value::Float(0.1), r#"{"v":0.1}"#),
        ("FLOAT", Value::Float(f32::NEG_INFINITY), r#"{"v":"-Infinity"}"#),
        ("DECIMAL(10, 2)", Value::Decimal(Decimal::new(1250, 2)), r#"{"v":12.5}"#),
        ("DECIMAL(10, 2)", Value::Decimal(Decimal::new(500, 2)), r#"{"v":5}"#),
        ("DECIMAL(10, 2)", Value::Decimal(Decimal::new(0, 2)), r#"{"v":0}"#),
        ("DECIMAL(10, 2)", Value::Decimal(Decimal::new(10_000_000, 2)), r#"{"v":1E+5}"#),
        ("DECIMAL(10, 2)", Value::Decimal(Decimal::new(-12_000_000, 2)), r#"{"v":-1.2E+5}"#),
        ("DECIMAL(10, 8)", Value::Decimal(Decimal::new(12, 8)), r#"{"v":1.2E-7}"#),
        ("DECIMAL(10, 8)", Value::Decimal(Decimal::new(120, 8)), r#"{"v":0.0000012}"#),
        ("STRING", Value::str("a\"b\\\n\u{1f}é\u{7f}/"), "{\"v\":\"a\\\"b\\\\\\n\\u001Fé\u{7f}/\"}"),
        ("BYTES", Value::Bytes([1u8, 2].into()), r#"{"v":"AQI="}"#),
        ("DATE", Value::Date(20_455), r#"{"v":"2026-01-02"}"#),
        ("TIME(3)", Value::Time(11_045_123), r#"{"v":"03:04:05"}"#),
        ("TIMESTAMP(3)", Value::Timestamp(stamp), r#"{"v":"2026-01-02 03:04:05.12"}"#),
        ("TIMESTAMP(9)", Value::Timestamp(nanos), r#"{"v":"2026-01-02 03:04:05.000000001"}"#),
        ("TIMESTAMP_LTZ(3)", Value::Timestamp(stamp), r#"{"v":"2026-01-02 03:04:05.12Z"}"#),
        ("ARRAY<INT>", Value::Array([Value::Int(1), Value::Null].into()), r#"{"v":[1,null]}"#),
        ("MAP<STRING, INT>", Value::Map([(Value::str("k"), Value::Int(1))].into()), r#"{"v":{"k":1}}"#),
        (
            "ROW<a INT, `b c` INT>",
            Value::Row([Value::Int(1), Value::Null].into()),
            r#"{"v":{"a":1,"b c":null}}"#,
        ),
    ] {
        assert_eq!(json(ty, value, JsonOptions::default()), text, "{ty}");
    }
}

#[test]
fn options_change_timestamps_decimals_and_nulls() {
    let stamp = Timestamp::from_millis(1_767_323_045_000);
    let iso = JsonOptions { timestamp_standard: TimestampStandard::Iso8601, ..JsonOptions::default() };
    assert_eq!(json("TIMESTAMP(3)", Value::Timestamp(stamp), iso), r#"{"v":"2026-01-02T03:04:05"}"#);
    assert_eq!(json("TIMESTAMP_LTZ(3)", Value::Timestamp(stamp), iso), r#"{"v":"2026-01-02T03:04:05Z"}"#);
    let plain = JsonOptions { decimal_as_plain_number: true, ..JsonOptions::default() };
    let large = Value::Decimal(Decimal::new(10_000_000, 2));
    assert_eq!(json("DECIMAL(10, 2)", large, plain), r#"{"v":100000}"#);
    let sparse = JsonOptions { ignore_null_fields: true, ..JsonOptions::default() };
    assert_eq!(json("INT", Value::Null, sparse), "{}");
}

#[test]
fn a_value_of_another_type_is_an_error_that_names_the_column() {
    let encoder = JsonEncoder::new(&schema(&[("a", "ROW<b INT>")]), JsonOptions::default()).unwrap();
    let row = [Value::Row([Value::str("x")].into())];
    let error = encoder.encode(&row, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "column `a.b`: the value is not of type INT");
    assert!(encoder.encode(&[], &mut Vec::new()).is_err());
    let map = JsonEncoder::new(&schema(&[("m", "MAP<STRING, INT>")]), JsonOptions::default()).unwrap();
    let row = [Value::Map([(Value::Null, Value::Int(1))].into())];
    assert!(map.encode(&row, &mut Vec::new()).unwrap_err().message.contains("key"));
}

#[test]
fn what_is_written_is_read_back() {
    let schema = schema(&[("v", "DOUBLE")]);
    let decoder = JsonDecoder::new(&schema, JsonOptions::default()).unwrap();
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, f64::MAX] {
        let mut out = Vec::new();
        encode_json(&schema, &[Value::Double(value)], &JsonOptions::default(), &mut out).unwrap();
        let mut row = Vec::new();
        decoder.decode(&out, &mut row).unwrap();
        assert_eq!(row, [Value::Double(value)]);
    }
}
