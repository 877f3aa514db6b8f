//! Tables and JSON lines.

use crate::kit::schema;
use streamc_formats::JsonOptions;
use streamc_local::{TableRenderer, format_value, json_line};
use streamc_types::{DataType, Decimal, RowKind, Timestamp, TypeKind, Value, parse_type};

#[test]
fn a_table_aligns_numbers_right_and_counts_wide_characters() {
    let columns = schema("name STRING, n BIGINT, p DECIMAL(6, 2)");
    let mut table = TableRenderer::new(&columns, 10, false);
    let row =
        |name: &str, n: i64, p: i128| [Value::str(name), Value::Int(n), Value::Decimal(Decimal::new(p, 2))];
    table.push(RowKind::Insert, &row("Ada", 1, 1250));
    table.push(RowKind::Insert, &row("東京タワー", 10_000, -5));
    table.push(RowKind::Insert, &row("a name too long for a cell", 3, 0));
    table.push(RowKind::Insert, &[Value::str("two\nlines"), Value::Null, Value::Null]);
    insta::assert_snapshot!(table.render());
    table.push(RowKind::Delete, &row("Ada", 1, 1250));
    insta::assert_snapshot!(table.render());
}

#[test]
fn an_empty_table_shows_its_columns() {
    let table = TableRenderer::new(&schema("a BIGINT, b STRING"), 10, true);
    assert!(table.is_empty());
    insta::assert_snapshot!(table.render(), @r"
     op | a | b
    ----+---+---
    ");
}

#[test]
fn values_are_written_as_a_cast_to_string_writes_them() {
    let ty = |t: &str| parse_type(t).unwrap();
    let moment = Value::Timestamp(Timestamp { millis: 1_767_225_600_120, nanos: 0 });
    for (value, ty, expected) in [
        (Value::Null, DataType::int(), "NULL"),
        (Value::Boolean(true), DataType::boolean(), "TRUE"),
        (Value::Double(1e10), DataType::double(), "1.0E10"),
        (moment.clone(), ty("TIMESTAMP(3)"), "2026-01-01 00:00:00.120"),
        (moment.clone(), ty("TIMESTAMP(0)"), "2026-01-01 00:00:00"),
        (moment, ty("TIMESTAMP_LTZ(3)"), "2026-01-01 00:00:00.120Z"),
        (Value::Date(0), ty("DATE"), "1970-01-01"),
        (Value::Array([Value::Int(1), Value::Null].into()), ty("ARRAY<INT>"), "[1, NULL]"),
        (Value::Row([Value::Int(1), Value::Date(1)].into()), ty("ROW<a INT, d DATE>"), "(1, 1970-01-02)"),
        (Value::Map([(Value::str("k"), Value::Int(1))].into()), ty("MAP<STRING, INT>"), "{k=1}"),
        (Value::Bytes([10, 255].into()), DataType::new(TypeKind::Varbinary(2)), "x'0aff'"),
    ] {
        assert_eq!(format_value(&value, &ty), expected);
    }
}

#[test]
fn a_json_line_may_carry_the_kind() {
    let columns = schema("id BIGINT, name STRING");
    let row = [Value::Int(1), Value::str("é\"")];
    let options = JsonOptions::default();
    assert_eq!(json_line(&columns, &row, None, &options).unwrap(), "{\"id\":1,\"name\":\"é\\\"\"}");
    assert_eq!(
        json_line(&columns, &row, Some(RowKind::UpdateBefore), &options).unwrap(),
        "{\"op\":\"-U\",\"row\":{\"id\":1,\"name\":\"é\\\"\"}}"
    );
}
