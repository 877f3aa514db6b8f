//! Which values meet in which type.

use crate::{lines, problems, schema};

/// The type of column `a` over records that hold these values.
fn ty(values: &[&str]) -> String {
    let records: Vec<String> = values.iter().map(|v| format!("{{\"a\":{v}}}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let inference = lines(&records);
    assert_eq!(inference.schema.len(), 1);
    assert!(inference.schema.columns[0].ty.nullable);
    inference.schema.columns[0].ty.to_string()
}

#[test]
fn numbers_meet_in_the_smallest_type_that_loses_nothing() {
    for (values, expected) in [
        (&["1", "2"][..], "INT"),
        (&["2147483647", "-2147483648"], "INT"),
        (&["1", "2147483648"], "BIGINT"),
        (&["-2147483649"], "BIGINT"),
        (&["9223372036854775807", "-9223372036854775808"], "BIGINT"),
        (&["9223372036854775808"], "DECIMAL(20, 0)"),
        (&["18446744073709551616"], "DECIMAL(20, 0)"),
        (&["-123456789012345678901"], "DECIMAL(30, 0)"),
        (&["12345678901234567890123456789012345678"], "DECIMAL(38, 0)"),
        (&["1", "2.5"], "DECIMAL(10, 2)"),
        (&["10.10"], "DECIMAL(10, 2)"),
        (&["0.001"], "DECIMAL(10, 4)"),
        (&["0.5", "1234567"], "DECIMAL(20, 2)"),
        (&["1.0", "2.0"], "DECIMAL(10, 2)"),
        (&["3000000000", "2.5"], "DECIMAL(20, 2)"),
        (&["12345678901234567890.123456789"], "DECIMAL(38, 10)"),
        (&["123456789012345678901234567890123456.78"], "DECIMAL(38, 2)"),
        (&["1e3"], "DOUBLE"),
        (&["1", "1E-2"], "DOUBLE"),
        (&["1e400"], "DOUBLE"),
        (&["1", "null", "2"], "INT"),
        (&["-0"], "INT"),
    ] {
        assert_eq!(ty(values), expected, "{values:?}");
    }
}

#[test]
fn digits_that_a_double_does_not_keep_are_reported() {
    assert_eq!(
        problems(&lines(&[r#"{"a":12345678901234567890}"#, r#"{"a":1e3}"#])),
        [
            "ST4051 warning: a holds numbers of up to 20 digits; numbers with an exponent make it DOUBLE, which keeps \
          about 15"
        ]
    );
    let digits = "1".repeat(39);
    let inference = lines(&[&format!("{{\"a\":{digits}}}")]);
    assert_eq!(schema(&inference), "a DOUBLE");
    assert_eq!(
        problems(&inference),
        ["ST4051 warning: a holds numbers of up to 39 digits; they make it DOUBLE, which keeps about 15"]
    );
    assert!(problems(&lines(&[r#"{"a":123456789.12}"#, r#"{"a":1e3}"#])).is_empty());
}

#[test]
fn strings_and_booleans_never_become_numbers() {
    for (values, expected) in [
        (&["true", "false"][..], "BOOLEAN"),
        (&["\"123\"", "\"00123\""], "STRING"),
        (&["\"true\""], "STRING"),
        (&["\"\""], "STRING"),
        (&["\"3f2504e0-4f89-11d3-9a0c-0305e82c3301\""], "STRING"),
        (&["1", "\"1\""], "STRING"),
        (&["true", "1"], "STRING"),
    ] {
        assert_eq!(ty(values), expected, "{values:?}");
    }
}

#[test]
fn objects_become_rows_and_arrays_arrays() {
    for (values, expected) in [
        (&[r#"{"x":1,"y":{"z":"s"}}"#, r#"{"y":{"w":true}}"#][..], "ROW<x INT, y ROW<z STRING, w BOOLEAN>>"),
        (&["[1,2]", "[3000000000]"], "ARRAY<BIGINT>"),
        (&["[[1],[]]", "[]"], "ARRAY<ARRAY<INT>>"),
        (&[r#"[{"x":1},{"y":2}]"#], "ARRAY<ROW<x INT, y INT>>"),
        (&["[]"], "ARRAY<STRING>"),
        (&["{}"], "MAP<STRING, STRING>"),
        (&["null"], "STRING"),
        (&["[null]"], "ARRAY<STRING>"),
        (&["[1,\"x\",true]"], "ARRAY<STRING>"),
        (&["1", "[1]"], "STRING"),
        (&["1", "{\"b\":1}"], "STRING"),
        (&["{}", "{\"b\":1}"], "ROW<b INT>"),
        (&[r#"{"a b":1,"名前":2,"a.b":3,"c`d":4}"#], "ROW<`a b` INT, `名前` INT, `a.b` INT, `c``d` INT>"),
    ] {
        assert_eq!(ty(values), expected, "{values:?}");
    }
}

#[test]
fn mixed_types_name_the_first_record_of_each_with_counts() {
    let inference =
        lines(&[r#"{"a":1}"#, r#"{"a":2.5}"#, "", r#"{"a":"n/a"}"#, r#"{"a":{"b":1}}"#, r#"{"a":null}"#]);
    assert_eq!(schema(&inference), "a STRING");
    assert_eq!(
        problems(&inference),
        [
            "ST4007 warning: a holds 2 numbers (first record 1, line 1: 1) and 1 string (first record 3, line 4: \
          \"n/a\") and 1 object (first record 4, line 5: {…}); it becomes STRING"
        ]
    );
    assert_eq!((inference.problems[0].record, inference.problems[0].line), (Some(3), Some(4)));
    let inference = lines(&[r#"{"items":[{"n":1},{"n":"x"}]}"#]);
    assert_eq!(inference.problems[0].path.as_deref(), Some("items[].n"));
}

#[test]
fn columns_keep_the_order_in_which_good_records_show_them() {
    let inference = lines(&[r#"{"x":1,"y":2,"broken"}"#, r#"{"y":1}"#, r#"{"z":1,"x":2,"y":3}"#]);
    assert_eq!(schema(&inference), "y INT, z INT, x INT");
}

#[test]
fn types_that_the_sample_does_not_show_are_hinted_at() {
    let inference = lines(&[r#"{"a":null,"b":[],"c":{},"d":[[]]}"#]);
    assert_eq!(
        schema(&inference),
        "a STRING, b ARRAY<STRING>, c MAP<STRING, STRING>, d ARRAY<ARRAY<STRING>>"
    );
    assert_eq!(
        problems(&inference),
        [
            "ST4053 hint: a is always null; it becomes STRING",
            "ST4053 hint: b holds only empty arrays; it becomes ARRAY<STRING>",
            "ST4053 hint: c holds only empty objects; it becomes MAP<STRING, STRING>",
            "ST4053 hint: d[] holds only empty arrays; it becomes ARRAY<STRING>",
        ]
    );
}

#[test]
fn keys_that_collide_are_reported() {
    let inference = lines(&[r#"{"a":1,"A":2,"r":{"Id":1,"ID":2}}"#, r#"{"a":1,"a":"x"}"#]);
    assert_eq!(
        problems(&inference),
        [
            "ST4054 warning: fields a and A differ only in upper and lower case",
            "ST4007 warning: a holds 2 numbers (first record 1, line 1: 1) and 1 string (first record 2, line 2: \
             \"x\"); it becomes STRING",
            "ST4055 warning: 1 record gives field a twice, first in record 2, line 2",
            "ST4054 warning: fields Id and ID in r differ only in upper and lower case",
        ]
    );
}
