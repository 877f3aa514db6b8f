//! Properties: nothing panics, the order of records does not change types, and what is inferred can be read.

use proptest::prelude::*;
use streamc_formats::{Decoded, JsonDecoder, JsonOptions};
use streamc_infer::{Inference, Options, SampleFormat, infer};

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<i8>().prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,22})\\.[0-9]{1,6}",
        "[1-9]e[1-9]",
        Just("\"2026-01-02 03:04:05\"".to_owned()),
        Just("\"2026-01-02T03:04:05.123456Z\"".to_owned()),
        Just("\"2026-01-02\"".to_owned()),
        Just("\"text\\n\"".to_owned()),
    ]
}

fn json(depth: u32) -> impl Strategy<Value = String> {
    scalar().prop_recursive(depth, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|v| format!("[{}]", v.join(","))),
            prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(|fields| {
                let fields: Vec<String> = fields.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

prop_compose! {
    fn record()(fields in prop::collection::btree_map("[a-d]", json(3), 0..4)) -> String {
        let fields: Vec<String> = fields.iter().map(|(k, v)| format!("\"{k}\": {v}")).collect();
        format!("{{{}}}", fields.join(", "))
    }
}

fn of(records: &[String]) -> Inference {
    infer(records.join("\n").as_bytes(), "s", &Options::default())
}

/// Names and types without order.
fn columns(inference: &Inference) -> Vec<String> {
    fn canonical(ty: &streamc_types::DataType) -> String {
        use streamc_types::TypeKind::*;
        match &ty.kind {
            Row(fields) => {
                let mut fields: Vec<String> =
                    fields.iter().map(|f| format!("{} {}", f.name, canonical(&f.ty))).collect();
                fields.sort();
                format!("ROW<{}>", fields.join(", "))
            }
            Array(e) => format!("ARRAY<{}>", canonical(e)),
            Map(k, v) => format!("MAP<{k}, {}>", canonical(v)),
            _ => ty.to_string(),
        }
    }
    let mut columns: Vec<String> =
        inference.schema.columns.iter().map(|c| format!("{} {}", c.name, canonical(&c.ty))).collect();
    columns.sort();
    columns
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, limit in prop::option::of(0..40u64)) {
        for format in [None, Some(SampleFormat::JsonLines), Some(SampleFormat::JsonArray), Some(SampleFormat::Csv)] {
            let inference = infer(&bytes, "s", &Options { format, max_bytes: limit, ..Options::default() });
            let _ = (inference.report.to_text(), inference.report.to_json());
        }
    }

    #[test]
    fn no_damaged_record_makes_it_panic(record in record(), at: prop::sample::Index, byte: u8) {
        let mut bytes = record.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let accepted = infer(&bytes, "s", &Options::default()).records;
        prop_assert!(accepted <= 2);
    }

    #[test]
    fn the_order_of_records_does_not_change_types(
        records in prop::collection::vec(record(), 1..6),
        seed: u64,
    ) {
        let mut shuffled = records.clone();
        let count = shuffled.len();
        for i in 0..count {
            shuffled.swap(i, (seed.rotate_left(i as u32 * 7) % count as u64) as usize);
        }
        let (left, right) = (of(&records), of(&shuffled));
        prop_assert_eq!(columns(&left), columns(&right));
        prop_assert_eq!(left.json_timestamp_standard, right.json_timestamp_standard);
    }

    #[test]
    fn lines_and_an_array_give_the_same_schema(records in prop::collection::vec(record(), 1..5)) {
        let array = format!("[{}]", records.join(","));
        let from_array = infer(array.as_bytes(), "s.json", &Options::default());
        prop_assert_eq!(&of(&records).schema, &from_array.schema);
        prop_assert_eq!(from_array.records, records.len() as u64);
    }

    #[test]
    fn every_sampled_record_can_be_read_with_the_inferred_schema(records in prop::collection::vec(record(), 1..5)) {
        let inference = of(&records);
        let options = JsonOptions {
            timestamp_standard: inference.json_timestamp_standard.unwrap_or_default(),
            ..JsonOptions::default()
        };
        let decoder = JsonDecoder::new(&inference.schema, options).unwrap();
        let mut row = Vec::new();
        for record in &records {
            let decoded = decoder.decode(record.as_bytes(), &mut row);
            prop_assert_eq!(decoded, Ok(Decoded::Row), "{} as {:?}", record, columns(&inference));
        }
    }
}
