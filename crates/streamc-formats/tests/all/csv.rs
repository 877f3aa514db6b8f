//! The `csv` format.

use crate::schema;
use streamc_formats::{CsvDecoder, CsvEncoder, CsvOptions, DecodeErrorKind, Decoded};
use streamc_types::{Decimal, Timestamp, Value};

fn decode(ty: &str, cell: &str, options: &CsvOptions) -> Option<Value> {
    let decoder = CsvDecoder::new(&schema(&[("v", ty), ("z", "INT")]), options.clone()).unwrap();
    let mut row = Vec::new();
    decoder.decode(format!("{cell},9").as_bytes(), &mut row).ok()?;
    Some(row[0].clone())
}

#[test]
fn cells_are_text_that_must_fit_the_column() {
    let options = CsvOptions::default();
    for (ty, cell, value) in [
        ("STRING", "", Some(Value::str(""))),
        ("STRING", "\"a,\"\"b\"\"\"", Some(Value::str("a,\"b\""))),
        ("INT", " 42 ", Some(Value::Int(42))),
        ("INT", "1.75", None),
        ("INT", "", None),
        ("TINYINT", "128", None),
        ("BOOLEAN", "TRUE", Some(Value::Boolean(true))),
        ("BOOLEAN", "yes", Some(Value::Boolean(false))),
        ("DOUBLE", "1e3", Some(Value::Double(1000.0))),
        ("DECIMAL(4, 2)", "1.005", Some(Value::Decimal(Decimal::new(101, 2)))),
        ("DECIMAL(4, 2)", "1000", Some(Value::Null)),
        ("DATE", "2026-1-2", Some(Value::Date(20_455))),
        ("TIME(3)", "03:04:05.5", Some(Value::Time(11_045_500))),
        ("TIME(3)", "03:04", Some(Value::Time(11_040_000))),
        (
            "TIMESTAMP(3)",
            "2026-01-02 03:04:05",
            Some(Value::Timestamp(Timestamp::from_millis(1_767_323_045_000))),
        ),
        ("TIMESTAMP(3)", "2026-01-02T03:04:05", None),
        (
            "TIMESTAMP_LTZ(3)",
            "2026-01-02 03:04:05Z",
            Some(Value::Timestamp(Timestamp::from_millis(1_767_323_045_000))),
        ),
        ("ARRAY<INT>", "1;2", Some(Value::Array([Value::Int(1), Value::Int(2)].into()))),
        ("ROW<a INT, b STRING>", "1;x", Some(Value::Row([Value::Int(1), Value::str("x")].into()))),
        ("BYTES", "AQI=", Some(Value::Bytes([1u8, 2].into()))),
    ] {
        assert_eq!(decode(ty, cell, &options), value, "{ty} from {cell}");
    }
    let nulls = CsvOptions { null_literal: Some(String::new()), ..options.clone() };
    assert_eq!(decode("INT", "", &nulls), Some(Value::Null));
    let tolerant = CsvOptions { ignore_parse_errors: true, ..options };
    assert_eq!(decode("INT", "x", &tolerant), Some(Value::Null));
}

#[test]
fn cells_are_found_by_position_or_by_the_header() {
    let decoder =
        CsvDecoder::new(&schema(&[("b", "INT"), ("a", "STRING"), ("c", "INT")]), CsvOptions::default())
            .unwrap();
    let mut row = Vec::new();
    let error = decoder.decode(b"1,x", &mut row).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (DecodeErrorKind::CellCount, "the record has 2 cells for 3 columns")
    );
    let header = ["a".to_owned(), "b".to_owned()];
    let decoder = decoder.with_header(&header);
    assert_eq!(decoder.decode(b"x,1", &mut row), Ok(Decoded::Row));
    assert_eq!(row, [Value::Int(1), Value::str("x"), Value::Null]);
    assert!(CsvDecoder::new(&schema(&[("m", "MAP<STRING, INT>")]), CsvOptions::default()).is_err());
}

#[test]
fn strings_are_quoted_as_generously_as_jackson_does() {
    let schema = schema(&[
        ("id", "INT"),
        ("name", "STRING"),
        ("at", "TIMESTAMP(3)"),
        ("amount", "DECIMAL(10, 2)"),
        ("tags", "ARRAY<STRING>"),
        ("none", "STRING"),
    ]);
    let encoder = CsvEncoder::new(&schema, CsvOptions::default()).unwrap();
    let row = |name: &str| {
        [
            Value::Int(1),
            Value::str(name),
            Value::Timestamp(Timestamp::from_millis(0)),
            Value::Decimal(Decimal::new(10_000_000, 2)),
            Value::Array([Value::str("a"), Value::str("b")].into()),
            Value::Null,
        ]
    };
    let write = |name: &str| {
        let mut out = Vec::new();
        encoder.encode(&row(name), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(write("plain"), r#"1,plain,"1970-01-01 00:00:00",1E+5,a;b,"#);
    assert_eq!(write("two words"), r#"1,"two words","1970-01-01 00:00:00",1E+5,a;b,"#);
    assert_eq!(write("a\"b"), r#"1,"a""b","1970-01-01 00:00:00",1E+5,a;b,"#);
    assert!(write("abcdefghijklmnopqrstuvwxyz").contains("\"abcdefghijklmnopqrstuvwxyz\""));
    let mut out = Vec::new();
    encoder.header(&mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "id,name,at,amount,tags,none");
}
