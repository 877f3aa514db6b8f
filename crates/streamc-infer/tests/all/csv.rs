//! CSV samples.

use crate::{problems, schema};
use streamc_formats::CsvOptions;
use streamc_infer::{Inference, Options, SampleFormat, infer};

fn csv(text: &str) -> Inference {
    infer(text.as_bytes(), "sample.csv", &Options::default())
}

#[test]
fn cells_that_look_like_numbers_are_numbers_unless_they_start_with_zero() {
    let inference = csv("id,zip,amount,big,rate,ok,at,day,note\n\
                         1,01234,10.5,3000000000,1e-3,true,2026-01-02 03:04:05,2026-01-02,x\n\
                         2,98765,7,1,2,FALSE,2026-01-02 03:04:06.5,2026-01-03,\"a, \"\"b\"\"\"\n");
    assert_eq!(
        schema(&inference),
        "id INT, zip STRING, amount DECIMAL(10, 2), big BIGINT, rate DOUBLE, ok BOOLEAN, at TIMESTAMP(3), day DATE, \
         note STRING"
    );
    assert_eq!(inference.format, SampleFormat::Csv);
    // A number and a text with leading zeros are strings of one column, and that is said.
    assert_eq!(problems(&inference).len(), 1);
    assert!(problems(&inference)[0].starts_with("ST4007 warning: zip holds"));
}

#[test]
fn an_empty_cell_is_missing_and_a_hint_where_the_column_is_no_string() {
    let inference = csv("a,b,c\n1,,\n,x,\n");
    assert_eq!(schema(&inference), "a INT, b STRING, c STRING");
    assert_eq!(
        problems(&inference),
        [
            "ST4057 hint: column a has empty cells (1), and an empty cell is no INT",
            "ST4053 hint: c is always empty; it becomes STRING",
        ]
    );
    let c = &inference.report.paths[2];
    assert_eq!((c.seen, c.missing, c.null), (0, 2, 0));
}

#[test]
fn records_with_too_few_or_too_many_cells_are_left_out() {
    let inference = csv("a,b\r\n1,2\r\n3\r\n\"x\ny\",5\r\n6,7,8\r\n");
    assert_eq!(
        problems(&inference)[..2],
        [
            "ST4006 warning: sample `sample.csv`, line 3, column 1: the record has 1 cells for 2 columns",
            "ST4006 warning: sample `sample.csv`, line 6, column 1: the record has 3 cells for 2 columns",
        ]
    );
    assert_eq!((inference.records, inference.report.bad_records), (2, 2));
}

#[test]
fn headers_may_repeat_or_lack_names() {
    let inference = csv("a,,a\n1,2,3\n");
    assert_eq!(schema(&inference), "a INT, column_2 INT");
    assert_eq!(problems(&inference), ["ST4055 warning: the header gives column a twice"]);
}

#[test]
fn iso_timestamps_stay_strings_because_the_format_reads_the_sql_standard() {
    let inference = csv("t\n2026-01-02T03:04:05\n");
    assert_eq!(schema(&inference), "t STRING");
    assert!(problems(&inference)[0].contains("the CSV format reads timestamps with a blank"));
}

#[test]
fn another_delimiter_may_be_set() {
    let csv = CsvOptions { field_delimiter: b';', ..CsvOptions::default() };
    let options = Options { csv, format: Some(SampleFormat::Csv), ..Options::default() };
    assert_eq!(schema(&infer(b"a;b\n1;x\n", "data.txt", &options)), "a INT, b STRING");
}

#[test]
fn a_first_line_of_values_is_said_not_to_look_like_a_header() {
    let inference = csv("1,alice,10.5,2026-01-02\n2,bob,7,2026-01-03\n");
    assert!(
        problems(&inference)
            .iter()
            .any(|p| p
                .starts_with("ST4058 warning: the first line is taken for the header, and `1` and `10.5`")),
        "{:?}",
        problems(&inference)
    );
    let inference = csv("id,2026,name\n1,2,x\n");
    assert!(problems(&inference).iter().any(|p| p.contains("`2026` in it looks like a value")));
    let inference = csv("id,,true_name,e1,no.\n1,2,x,3,4\n");
    assert!(!problems(&inference).iter().any(|p| p.contains("ST4058")));
}
