//! What the commands do.

use crate::{Folder, GOOD, SWIPES, command, project};

fn good() -> Folder {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES);
    folder
}

#[test]
fn a_new_project_checks_formats_tests_runs_and_builds_at_once() {
    let folder = Folder::new();
    let ran = folder.run(&["new", "first-pipeline"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for arguments in [
        vec!["check", "first-pipeline", "--engine", "all"],
        vec!["fmt", "--check", "first-pipeline"],
        vec!["test", "first-pipeline"],
        vec!["run", "first-pipeline/first_pipeline.stream"],
        vec!["build", "first-pipeline", "--engine", "all"],
    ] {
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    }
    let again = folder.run(&["new", "first-pipeline"]);
    assert_eq!(again.code, Some(2), "{again:?}");
}

#[test]
fn the_examples_check_format_and_pass_their_tests() {
    let examples = project().join("examples");
    let examples = examples.to_str().expect("the path is text");
    let folder = Folder::new();
    for arguments in [vec!["check", examples], vec!["fmt", "--check", examples], vec!["test", examples]] {
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn the_card_fraud_example_finds_fraud() {
    let example = project().join("examples/card_fraud/card_fraud.stream");
    let folder = Folder::new();
    let ran = folder.run(&["run", example.to_str().expect("the path is text"), "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.lines().any(|l| l.starts_with("{\"name\":\"alerts\"")), "{}", ran.out);
}

#[test]
fn rows_are_shown_as_a_table_and_as_json() {
    let folder = good();
    let ran = folder.run(&["run", "a.stream", "--format", "json"]);
    assert_eq!(ran.out, "{\"name\":\"out\",\"op\":\"+I\",\"row\":{\"id\":2,\"amount\":50.5}}\n", "{ran:?}");
    let ran = folder.run(&["run", "a.stream", "--stream", "swipes", "--limit", "1"]);
    assert!(ran.out.contains("5.00") && !ran.out.contains("50.50"), "{ran:?}");
    let ran = folder.run(&["run", "a.stream", "--stream", "larg"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `large`?"), "{ran:?}");
}

#[test]
fn a_source_reads_the_file_that_is_named() {
    let folder = good();
    folder.file("other.csv", "id,amount\n7,70\n8,8\n");
    let ran = folder.run(&["run", "a.stream", "--input", "swipes=other.csv", "--format", "json"]);
    assert!(ran.out.contains("\"id\":7") && !ran.out.contains("\"id\":8"), "{ran:?}");
    let ran = folder.run(&["run", "a.stream", "--input", "swips=other.csv"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `swipes`?"), "{ran:?}");
}

#[test]
fn a_file_sink_is_written_when_asked_to() {
    let folder = good();
    folder.file("b.stream", GOOD.replace("print {}", "file { path: \"result\", format: json }"));
    let ran = folder.run(&["run", "b.stream", "--write"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let written =
        std::fs::read_to_string(folder.path().join("result/part-0.jsonl")).expect("the file is there");
    assert_eq!(written, "{\"id\":2,\"amount\":50.5}\n");
}

#[test]
fn a_failing_test_shows_missing_and_unexpected_rows_and_can_be_updated() {
    let folder = good();
    let test = "\ntest \"large ones\" {\n  given swipes \"\"\"jsonl\n    {\"id\": 1, \"amount\": 11}\n  \"\"\"\n  \
                expect out \"\"\"jsonl\n    {\"id\": 2, \"amount\": 11}\n  \"\"\"\n}\n";
    folder.file("a.stream", format!("{GOOD}{test}"));
    let ran = folder.run(&["test", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.out.contains("- {\"id\":2,\"amount\":11}") && ran.out.contains("+ {\"id\":1,\"amount\":11}"),
        "{ran:?}"
    );
    let ran = folder.run(&["test", "a.stream", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!((&json["version"], &json["failed"]), (&1.into(), &1.into()), "{json}");
    let ran = folder.run(&["test", "a.stream", "--format", "junit"]);
    assert!(ran.out.contains("<failure") && ran.out.contains("large ones"), "{ran:?}");
    folder.run(&["test", "a.stream", "--update"]);
    let ran = folder.run(&["test", "a.stream"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn an_expected_field_that_is_no_column_is_an_error_at_its_line() {
    let folder = good();
    let test = "\ntest \"typo\" {\n  given swipes \"\"\"jsonl\n  \"\"\"\n  expect out \"\"\"jsonl\n    {\"idd\": 2}\n  \"\"\"\n}\n";
    folder.file("a.stream", format!("{GOOD}{test}"));
    let ran = folder.run(&["test", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("has no column `idd`") && ran.err.contains("a.stream:17:5"), "{ran:?}");
}

#[test]
fn findings_as_json_follow_the_contract() {
    let folder = good();
    folder.file("b.stream", GOOD.replace("amount > 10", "amont > 10"));
    let ran = folder.run(&["check", "b.stream", "--format", "json"]);
    assert_eq!(ran.code, Some(1));
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(json["version"], 1);
    let found = &json["diagnostics"][0];
    assert_eq!(found["code"], "ST2006", "{json}");
    assert_eq!(found["path"], "b.stream", "{json}");
    assert_eq!(found["range"]["start"]["line"], 9, "{json}");
    assert_eq!(found["fixes"][0]["edits"][0]["text"], "amount", "{json}");
    assert!(json["unchecked"][0]["reason"].is_string(), "{json}");
}

#[test]
fn standard_input_is_checked_and_formatted() {
    let folder = good();
    let ran =
        folder.run_with(&["check", "-", "--format", "concise"], "stream a = b\nsink o = print {} from a\n");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.starts_with("-:1:12: error[ST2001]"), "{ran:?}");
    let ran = folder.run_with(&["fmt", "-"], "stream   a=b|filter x>1\n");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("| filter x > 1"), "{ran:?}");
}

#[test]
fn a_file_with_errors_is_left_as_it_is_by_the_formatter() {
    let folder = Folder::new();
    let text = "stream = = a\n";
    let path = folder.file("a.stream", text);
    let ran = folder.run(&["fmt", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("left as it is"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(path).expect("the file is there"), text);
}

#[test]
fn formatting_can_be_checked_and_shown_without_changing_anything() {
    let folder = Folder::new();
    folder.file("a.stream", "stream   a=b|filter x>1\n");
    let ran = folder.run(&["fmt", "--check", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let ran = folder.run(&["fmt", "--diff", "a.stream"]);
    assert!(ran.out.contains("-stream   a=b|filter x>1") && ran.out.contains("+stream a = b"), "{ran:?}");
    assert_eq!(folder.run(&["fmt", "a.stream"]).code, Some(0));
    assert_eq!(folder.run(&["fmt", "--check", "a.stream"]).code, Some(0));
}

#[test]
fn every_code_is_explained() {
    let folder = Folder::new();
    let ran = folder.run(&["explain"]);
    assert_eq!(ran.out.lines().count(), streamc_diagnostics::codes::all().count());
    let ran = folder.run(&["explain", "st2001"]);
    assert!(ran.out.starts_with("# ST2001: unknown component"), "{ran:?}");
    assert_eq!(folder.run(&["explain", "ST0000"]).code, Some(2));
}

#[test]
fn colours_follow_the_flags_and_the_environment() {
    let folder = Folder::new();
    folder.file("a.stream", "stream a = b\n");
    let coloured = |arguments: &[&str], variable: Option<&str>| {
        let mut command = command(arguments);
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        let output = command.current_dir(folder.path()).output().expect("the binary runs");
        String::from_utf8_lossy(&output.stderr).contains('\u{1b}')
    };
    assert!(!coloured(&["check", "a.stream"], None));
    assert!(coloured(&["check", "a.stream", "--color", "always"], None));
    assert!(coloured(&["check", "a.stream"], Some("CLICOLOR_FORCE")));
    assert!(!coloured(&["check", "a.stream", "--color", "never"], Some("CLICOLOR_FORCE")));
}

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["chek"]).code, Some(2));
    assert_eq!(folder.run(&["check", "--format", "xml"]).code, Some(2));
    assert_eq!(folder.run(&["--help"]).code, Some(0));
    assert_eq!(folder.run(&["--version"]).code, Some(0));
    assert!(folder.run(&["completions", "bash"]).out.contains("streamc"));
}

#[test]
fn the_log_goes_to_standard_error_in_one_format() {
    let folder = good();
    let ran = folder.run(&["describe", "a.stream", "--log", "trace", "--log-format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for line in ran.err.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    }
}

#[test]
fn the_time_zone_of_the_application_holds_in_runs_and_tests_and_must_exist() {
    let folder = Folder::new();
    let text = |zone: &str| {
        format!(
            "app a {{ time_zone: \"{zone}\" }}\n\
             source s = file {{ path: \"s.jsonl\", format: json, schema: {{ t TIMESTAMP_LTZ(3) }} }}\n\
             stream x = s | map local = CAST(t AS STRING), utc = TO_TIMESTAMP_LTZ('1970-01-01 00:00:00') = t\n\
             sink out = print from x\n\
             test \"a clock\" {{\n  given s \"\"\"jsonl\n    {{\"t\": \"1970-01-01 00:00:00Z\"}}\n  \"\"\"\n  \
             expect out \"\"\"jsonl\n    {{\"local\": \"1970-01-01 05:30:00.000\", \"utc\": true}}\n  \"\"\"\n}}\n"
        )
    };
    folder.file("s.jsonl", "{\"t\": \"1970-01-01 00:00:00Z\"}\n");
    for zone in ["Asia/Kolkata", "GMT+05:30"] {
        folder.file("a.stream", text(zone));
        let ran = folder.run(&["run", "a.stream", "--format", "json"]);
        assert!(ran.out.contains("1970-01-01 05:30:00.000"), "{ran:?}");
        let ran = folder.run(&["test", "a.stream"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    folder.file("a.stream", text("Asia/Kolkatta"));
    let ran = folder.run(&["check", "a.stream", "--format", "concise"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("a.stream:1:20: error[ST4004] there is no time zone"), "{ran:?}");
}

#[test]
fn indented_rows_in_csv_are_read_without_their_indentation() {
    let folder = Folder::new();
    folder.file(
        "a.stream",
        "source orders = file { path: \"o.jsonl\", format: json, schema: { id INT, name STRING } }\n\
         stream some = orders | filter id > 1\nsink out = print {} from some\n\
         test \"csv\" {\n  given orders \"\"\"csv\n    id,name\n    1,a\n    2, b\n  \"\"\"\n  \
         expect some \"\"\"csv\n    id,name\n    2, b\n  \"\"\"\n}\n",
    );
    let ran = folder.run(&["test", "a.stream"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("1 passed"), "{ran:?}");
}
