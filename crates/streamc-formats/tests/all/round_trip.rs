//! Properties: what is written is read back, and no bytes make the decoders panic.

use crate::schema;
use proptest::prelude::*;
use streamc_formats::{
    CsvDecoder, CsvEncoder, CsvOptions, Decoded, JsonDecoder, JsonEncoder, JsonOptions, RecordFormat,
    RecordReader, TimestampStandard,
};
use streamc_types::{Decimal, RowSchema, Timestamp, Value};

fn wide_schema() -> RowSchema {
    schema(&[
        ("flag", "BOOLEAN"),
        ("small", "SMALLINT"),
        ("id", "BIGINT"),
        ("ratio", "FLOAT"),
        ("rate", "DOUBLE"),
        ("amount", "DECIMAL(20, 4)"),
        ("name", "STRING"),
        ("blob", "BYTES"),
        ("day", "DATE"),
        ("clock", "TIME(0)"),
        ("at", "TIMESTAMP(9)"),
        ("instant", "TIMESTAMP_LTZ(3)"),
        ("items", "ARRAY<ROW<k STRING, n INT>>"),
        ("labels", "MAP<STRING, INT>"),
    ])
}

fn timestamp(nanos: bool) -> impl Strategy<Value = Timestamp> {
    (-62_167_219_200_000i64..253_402_300_800_000, 0..1_000_000u32)
        .prop_map(move |(millis, n)| Timestamp { millis, nanos: if nanos { n } else { 0 } })
}

fn some(value: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Null), 6 => value]
}

prop_compose! {
    fn wide_row()(
        flag in some(any::<bool>().prop_map(Value::Boolean)),
        small in some(any::<i16>().prop_map(|n| Value::Int(n.into()))),
        id in some(any::<i64>().prop_map(Value::Int)),
        ratio in some(any::<f32>().prop_map(Value::Float)),
        rate in some(any::<f64>().prop_map(Value::Double)),
        amount in some((-99_999_999_999_999_999_999i128..=99_999_999_999_999_999_999)
            .prop_map(|n| Value::Decimal(Decimal::new(n, 4)))),
        name in some(any::<String>().prop_map(Value::str)),
        blob in some(any::<Vec<u8>>().prop_map(|b| Value::Bytes(b.into()))),
        day in some((-719_528i32..2_932_897).prop_map(Value::Date)),
        clock in some((0..86_400i32).prop_map(|s| Value::Time(s * 1000))),
        at in some(timestamp(true).prop_map(Value::Timestamp)),
        instant in some(timestamp(false).prop_map(Value::Timestamp)),
        items in some(prop::collection::vec(
            ("[a-z\"]{0,3}", any::<i32>()).prop_map(|(k, n)| Value::Row([Value::str(k), Value::Int(n.into())].into())),
            0..3,
        ).prop_map(|v| Value::Array(v.into()))),
        labels in some(prop::collection::btree_map("[a-zé]{0,3}", any::<i32>(), 0..3).prop_map(|m| {
            Value::Map(m.into_iter().map(|(k, v)| (Value::str(k), Value::Int(v.into()))).collect())
        })),
    ) -> Vec<Value> {
        vec![flag, small, id, ratio, rate, amount, name, blob, day, clock, at, instant, items, labels]
    }
}

proptest! {
    #[test]
    fn a_row_written_as_json_is_read_back(row in wide_row(), iso: bool, plain: bool, sparse: bool) {
        let schema = wide_schema();
        let options = JsonOptions {
            timestamp_standard: if iso { TimestampStandard::Iso8601 } else { TimestampStandard::Sql },
            decimal_as_plain_number: plain,
            ignore_null_fields: sparse,
            ..JsonOptions::default()
        };
        let mut out = Vec::new();
        JsonEncoder::new(&schema, options).unwrap().encode(&row, &mut out).unwrap();
        let mut back = Vec::new();
        let decoded = JsonDecoder::new(&schema, options).unwrap().decode(&out, &mut back);
        prop_assert_eq!(decoded, Ok(Decoded::Row), "{}", String::from_utf8_lossy(&out));
        prop_assert_eq!(back, row);
    }

    #[test]
    fn a_row_written_as_csv_is_read_back(row in wide_row()) {
        let schema = RowSchema::new(wide_schema().columns.into_iter().take(12).collect());
        let options = CsvOptions { null_literal: Some("\\N".to_owned()), ..CsvOptions::default() };
        let mut out = Vec::new();
        CsvEncoder::new(&schema, options.clone()).unwrap().encode(&row[..12], &mut out).unwrap();
        prop_assume!(row[6] != Value::str("\\N"));
        let mut back = Vec::new();
        let decoded = CsvDecoder::new(&schema, options).unwrap().decode(&out, &mut back);
        prop_assert_eq!(decoded, Ok(Decoded::Row), "{}", String::from_utf8_lossy(&out));
        prop_assert_eq!(&back, &row[..12]);
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes: Vec<u8>, ignore_parse_errors: bool) {
        let options = JsonOptions { ignore_parse_errors, ..JsonOptions::default() };
        let json = JsonDecoder::new(&wide_schema(), options).unwrap();
        let csv = CsvDecoder::new(&schema(&[("a", "INT")]), CsvOptions::default()).unwrap();
        let mut row = Vec::new();
        for format in [RecordFormat::JsonLines, RecordFormat::JsonArray, RecordFormat::Csv] {
            for record in RecordReader::new(&bytes, format, &CsvOptions::default()).flatten() {
                let _ = json.decode(record.bytes, &mut row);
                let _ = csv.decode(record.bytes, &mut row);
                let _ = record.position(record.bytes.len());
            }
        }
    }

    #[test]
    fn a_record_is_accepted_exactly_if_it_is_json(
        start in "[\\{\\[\"a:,1 ]{0,3}",
        text in r#"\{"id": ?(-?[0-9]{1,3}|"[a\\\\u0-9d"]{0,8}"|\[[0-9,]{0,4}\]|[tfn][a-z]{3}|[0-9.eE+-]{1,6})[ ,}]{1,2}"#,
        cut in 0..3usize,
    ) {
        let record = if cut == 0 { start } else { text };
        let decoder = JsonDecoder::new(&schema(&[("id", "STRING")]), JsonOptions::default()).unwrap();
        let accepted = decoder.decode(record.as_bytes(), &mut Vec::new()) == Ok(Decoded::Row);
        let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&record);
        // A number out of range of a double is JSON, but serde_json's tree cannot hold it.
        let out_of_range = object.as_ref().is_err_and(|e| e.to_string().contains("out of range"))
            && serde_json::from_str::<serde::de::IgnoredAny>(&record).is_ok();
        prop_assert_eq!(accepted, object.is_ok() || out_of_range, "{}", record);
    }
}
