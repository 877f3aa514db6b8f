//! Records: formats, positions, errors, order among sources, generators.

use crate::kit::*;
use streamc_local::{Collected, Input, Inputs, RunErrorKind, RunOptions, RunReport, Unreadable, run};
use streamc_plan::{Component, ComponentKind, OptionValue};

fn read(component: &Component, input: Input, unreadable: Unreadable) -> (String, RunReport) {
    let mut output = Collected::default();
    let plan = plan(vec![component.clone()]);
    let options = RunOptions { targets: vec![component.name.clone()], unreadable, ..RunOptions::default() };
    let report =
        run(&plan, Inputs::new().with(component.name.clone(), input), &options, &mut output).unwrap();
    let lines: Vec<String> = output.of(&component.name).iter().map(show).collect();
    (lines.join("\n"), report)
}

#[test]
fn json_lines_arrays_and_csv_give_the_same_rows() {
    let s = source("s", "id BIGINT, name STRING", None);
    let expected = "+I 1 x\n+I 2 y";
    let (id, name) = ("\"id\"", "\"name\"");
    let lines = format!("{{{id}: 1, {name}: \"x\"}}\n\n{{{id}: 2, {name}: \"y\"}}\n");
    let array = format!("[{{{id}: 1, {name}: \"x\"}},\n {{{id}: 2, {name}: \"y\"}}]");
    for (file, text) in [
        ("s.jsonl", lines.as_str()),
        ("s.json", &array),
        ("s.csv", "id,name\n1,x\n2,y\n"),
        ("s.csv", "name,id\nx,1\ny,2\n"),
        ("s.csv", "1,x\n2,y\n"),
    ] {
        let (found, report) = read(&s, Input::bytes(file, text), Unreadable::Skip);
        assert_lines(&found, expected);
        assert_eq!((report.sources[0].rows, report.unreadable()), (2, 0), "{text}");
    }
}

#[test]
fn an_unreadable_record_is_counted_with_its_place_and_the_rest_goes_on() {
    let s = source("s", "id BIGINT, name STRING", None);
    let text = "{\"id\": 1, \"name\": \"x\"}\n{\"id\": \"one\"}\n{oops\n{\"id\": 2, \"name\": \"y\"}\n";
    let (found, report) = read(&s, Input::bytes("samples/s.jsonl", text), Unreadable::Skip);
    assert_lines(&found, "+I 1 x\n+I 2 y");
    let errors = &report.sources[0].errors;
    assert_eq!(report.unreadable(), 2);
    let places: Vec<String> = errors.iter().map(|e| e.place.to_string()).collect();
    assert_eq!(places, ["samples/s.jsonl:2:8", "samples/s.jsonl:3:2"]);

    let mut output = Collected::default();
    let options =
        RunOptions { targets: vec!["s".into()], unreadable: Unreadable::Fail, ..RunOptions::default() };
    let inputs = Inputs::new().with("s", Input::bytes("s.jsonl", text));
    let error = run(&plan(vec![s]), inputs, &options, &mut output).unwrap_err();
    assert_eq!((error.kind, error.record.unwrap().number), (RunErrorKind::Input, 2));
}

#[test]
fn with_on_error_skip_a_bad_field_is_null_as_on_flink() {
    let mut s = source("s", "id BIGINT, name STRING", None);
    if let ComponentKind::Source(source) = &mut s.kind {
        source.connector.options.insert("on_error".into(), OptionValue::Str("skip".into()));
    }
    let text = "{\"id\": \"one\", \"name\": \"x\"}\n{oops\n{\"id\": 2, \"name\": \"y\"}\n";
    let (found, _) = read(&s, Input::bytes("s.jsonl", text), Unreadable::Fail);
    assert_lines(&found, "+I - x\n+I 2 y");
}

#[test]
fn a_null_event_time_stops_the_run_at_its_line() {
    let s = source("s", "id BIGINT, ts TIMESTAMP(3)", Some(("ts", 0)));
    let text = "{\"id\": 1, \"ts\": \"2026-01-01 00:00:00\"}\n\n{\"id\": 2}\n";
    let mut output = Collected::default();
    let options = RunOptions { targets: vec!["s".into()], ..RunOptions::default() };
    let inputs = Inputs::new().with("s", Input::bytes("s.jsonl", text));
    let error = run(&plan(vec![s]), inputs, &options, &mut output).unwrap_err();
    assert_eq!(error.kind, RunErrorKind::NullEventTime);
    assert_eq!(error.record.unwrap().to_string(), "s.jsonl:3:1");
}

#[test]
fn an_empty_input_and_no_input_give_no_rows() {
    let s = source("s", "id BIGINT", None);
    for text in ["", "\n\n", "[]"] {
        let (found, report) = read(&s, Input::bytes("s.json", text), Unreadable::Fail);
        assert_eq!((found.as_str(), report.sources[0].rows), ("", 0), "{text:?}");
    }
    let mut output = Collected::default();
    let options = RunOptions { targets: vec!["s".into()], ..RunOptions::default() };
    let report = run(&plan(vec![s]), Inputs::new(), &options, &mut output).unwrap();
    assert_eq!(report.sources[0].rows, 0);
}

#[test]
fn a_reader_that_fails_is_an_error_of_the_input() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("is a directory"))
        }
    }
    let s = source("s", "id BIGINT", None);
    let options = RunOptions { targets: vec!["s".into()], ..RunOptions::default() };
    let inputs = Inputs::new().with("s", Input::records("samples", Broken));
    let error = run(&plan(vec![s]), inputs, &options, &mut Collected::default()).unwrap_err();
    assert_eq!(error.kind, RunErrorKind::Input);
    assert_eq!(error.message, "cannot read samples: is a directory");
}

fn merged(sources: &[(&Component, &str)]) -> Vec<String> {
    let relation = streamc_plan::relations::union(sources.iter().map(|(c, _)| scan(c)).collect(), origin());
    let (found, _) = execute(sources, relation);
    found.lines().map(|l| l.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn sources_with_event_time_are_merged_by_it_and_keep_their_own_order() {
    let a = source("a", "id STRING, ts TIMESTAMP(3)", Some(("ts", 5)));
    let b = source("b", "id STRING, ts TIMESTAMP(3)", Some(("ts", 0)));
    // a2 is out of order: it stays behind a1, whose time it takes for its turn.
    let order = merged(&[(&a, "a1 10\n a2 3\n a3 20"), (&b, "b1 1\n b2 10\n b3 15")]);
    assert_eq!(order.join(" "), "b1 a1 a2 b2 b3 a3");
}

#[test]
fn sources_without_event_time_take_turns() {
    let a = source("a", "id STRING, n BIGINT", None);
    let b = source("b", "id STRING, n BIGINT", None);
    assert_eq!(merged(&[(&a, "a1 1\n a2 2\n a3 3"), (&b, "b1 1")]).join(" "), "a1 b1 a2 a3");
}

#[test]
fn generated_rows_are_the_same_every_time_and_their_event_time_grows() {
    let mut s =
        source("s", "id BIGINT NOT NULL, name STRING, p DECIMAL(5, 2), ts TIMESTAMP(3)", Some(("ts", 0)));
    if let ComponentKind::Source(source) = &mut s.kind {
        source.connector = connector("datagen");
        source.connector.options.insert("rows".into(), OptionValue::Int(3));
        source.connector.options.insert("seed".into(), OptionValue::Int(7));
    }
    let (found, _) = read(&s, Input::Generated, Unreadable::Fail);
    insta::assert_snapshot!(found);
    let options = RunOptions { targets: vec!["s".into()], ..RunOptions::default() };
    let mut output = Collected::default();
    run(&plan(vec![s]), Inputs::new(), &options, &mut output).unwrap();
    assert_eq!(output.of("s").iter().map(show).collect::<Vec<_>>().join("\n"), found);
}

#[test]
fn gzip_is_unpacked_on_the_way() {
    // `{"id":1}` and a line end, packed by gzip -n.
    let packed: Vec<u8> = vec![
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x32,
        0xac, 0xe5, 0x02, 0x00, 0x54, 0x6d, 0x9d, 0xd9, 0x09, 0x00, 0x00, 0x00,
    ];
    let s = source("s", "id BIGINT", None);
    let (found, report) = read(&s, Input::bytes("s.jsonl.gz", packed), Unreadable::Skip);
    assert_eq!((found.as_str(), report.unreadable()), ("+I 1", 0));
}
