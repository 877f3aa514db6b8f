//! Input that is not what it should be: one clear error, the right exit code, nothing lost.

use crate::{Folder, GOOD, Ran, SWIPES, command};
use std::time::{Duration, Instant};

/// One error with that code, and exit code 1.
fn one_error(ran: &Ran, code: &str) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.out.matches("error[").count(), 1, "{ran:?}");
    assert!(ran.out.contains(&format!("error[{code}]")), "{ran:?}");
}

fn check(folder: &Folder, name: &str) -> Ran {
    folder.run(&["check", name, "--format", "concise"])
}

#[test]
fn an_empty_file_is_fine() {
    let folder = Folder::new();
    folder.file("empty.stream", "");
    let ran = check(&folder, "empty.stream");
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
}

#[test]
fn a_binary_file_is_one_error() {
    let folder = Folder::new();
    folder.file("a.stream", [0x7f, b'E', b'L', b'F', 0, 0xff, 0xfe, 0]);
    one_error(&check(&folder, "a.stream"), "ST1006");
}

#[test]
fn a_file_that_is_not_utf_8_is_one_error_with_its_place() {
    let folder = Folder::new();
    folder.file("a.stream", b"// gr\xfc\xdfe\n".as_slice());
    let ran = check(&folder, "a.stream");
    one_error(&ran, "ST1006");
    assert!(ran.out.contains('1'), "{ran:?}");
    for text in [b"\xa8".as_slice(), b"stream x = \xff\xfe\n"] {
        folder.file("a.stream", text);
        let ran = folder.run(&["check", "a.stream"]);
        assert!(ran.code == Some(1) && ran.err.contains("a.stream:1:1"), "{ran:?}");
    }
}

#[test]
fn a_file_of_100_mb_is_refused_at_once() {
    let folder = Folder::new();
    folder.file("a.stream", vec![b'x'; 100 << 20]);
    let started = Instant::now();
    one_error(&check(&folder, "a.stream"), "ST1005");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn nesting_a_million_deep_is_one_error() {
    let folder = Folder::new();
    let deep = format!("stream a = b | filter {}1{}\n", "(".repeat(1_000_000), ")".repeat(1_000_000));
    folder.file("a.stream", deep);
    let ran = check(&folder, "a.stream");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert_eq!(ran.out.matches("ST1004").count(), 1, "{}", ran.out);
}

#[test]
fn of_a_line_that_is_too_long_the_piece_with_the_mistake_is_shown() {
    let folder = Folder::new();
    let long = "é".repeat(1000);
    folder.file("a.stream", format!("stream a = b\n  | filter '{long}' <> nothing AND '{long}' <> ''\n"));
    let ran = folder.run(&["check", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.lines().all(|line| line.chars().count() < 200), "{ran:?}");
    folder.file(
        "a.stream",
        format!("source b = datagen {{ schema: {{ id INT }} }}\nstream a = b | filter '{long}' <> nothing\nsink s = print {{}} from a\n"),
    );
    let ran = folder.run(&["check", "a.stream"]);
    let lines: Vec<&str> = ran.err.lines().collect();
    let at = lines.iter().position(|line| line.contains("nothing") && line.contains('é')).unwrap();
    let column = |line: &str, sought: &str| line.split(sought).next().unwrap().chars().count();
    assert_eq!(column(lines[at], "nothing"), column(lines[at + 1], "^"), "{ran:?}");
}

#[test]
fn a_query_nested_deeply_is_an_error_and_no_crash() {
    let folder = Folder::new();
    let deep = format!("stream a = sql \"\"\"SELECT {}1{}\"\"\"\n", "(".repeat(100_000), ")".repeat(100_000));
    folder.file("a.stream", deep);
    let ran = check(&folder, "a.stream");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
}

#[test]
fn a_missing_file_a_folder_without_files_and_a_folder_in_place_of_a_file() {
    let folder = Folder::new();
    let ran = folder.run(&["check", "no_such.stream"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("does not exist"), "{ran:?}");
    folder.file("sub/readme.txt", "");
    let ran = folder.run(&["check", "sub"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("no `.stream` file"), "{ran:?}");
    let ran = folder.run(&["run", "sub"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("is a directory"), "{ran:?}");
    folder.file("dir.stream/readme.txt", "");
    let ran = folder.run(&["describe", "dir.stream"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_missing_sample_is_one_error() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    one_error(&check(&folder, "a.stream"), "ST4005");
}

#[test]
fn a_sample_with_a_bad_line_is_read_on_and_the_line_is_named() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD.replace("sample: \"swipes.jsonl\",\n", ""));
    folder.file(
        "swipes.jsonl",
        "{\"id\": 1, \"amount\": 50}\n{\"id\": 2, \"amo\n{\"id\": 3, \"amount\": 60}\n",
    );
    let ran = folder.run(&["run", "a.stream", "--input", "swipes=swipes.jsonl", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.out.lines().count(), 2, "{ran:?}");
    assert!(ran.err.contains("swipes.jsonl:2:"), "{ran:?}");
    let ran = folder.run(&["infer", "swipes.jsonl", "--schema"]);
    assert!(ran.err.contains("line 2"), "{ran:?}");
    assert!(ran.out.contains("id INT"), "{ran:?}");
}

#[test]
fn a_directory_in_place_of_a_sample_is_one_error() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl/readme.txt", "");
    let ran = check(&folder, "a.stream");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("is a directory"), "{ran:?}");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_fine() {
    let folder = Folder::new();
    folder.file("swipes.jsonl", SWIPES.replace('\n', "\r\n"));
    folder.file("a.stream", format!("\u{feff}{}", GOOD.replace('\n', "\r\n")));
    let ran = folder.run(&["run", "a.stream", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES.repeat(50_000));
    let binary = env!("CARGO_BIN_EXE_streamc");
    let script = format!("'{binary}' run a.stream --format json | head -n 1");
    let output = std::process::Command::new("bash")
        .args(["-o", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .output()
        .expect("bash is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn standard_output_on_a_full_disk_is_said() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full is there");
    let output = command(&["describe", "a.stream"])
        .current_dir(folder.path())
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .expect("the binary runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("cannot write to standard output"), "{err}");
}

#[test]
fn ctrl_c_ends_a_run_with_130() {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES.repeat(400_000));
    let mut child = command(&["run", "a.stream", "--format", "json"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(child.stdout.take().expect("the output is a pipe"));
    let mut first = String::new();
    lines.read_line(&mut first).expect("a row comes");
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill is there").success());
    std::io::copy(&mut lines, &mut std::io::sink()).expect("the rest is read");
    assert_eq!(child.wait().expect("the binary ends").code(), Some(130));
}

/// A pipeline with a warning (a group without a bound), a hint and no error.
fn with_warnings() -> Folder {
    let folder = Folder::new();
    let stream = "\nstream totals = swipes | group by id { n: COUNT(*) }\n\
                  stream by_sql = sql \"\"\"SELECT id, n FROM totals\"\"\"\nsink out2 = print {} from by_sql\n";
    folder.file("a.stream", format!("app a {{ engine: flink }}\n\n{GOOD}{stream}"));
    folder.file("swipes.jsonl", format!("{SWIPES}{{broken\n"));
    folder
}

#[test]
fn quiet_commands_say_errors_only() {
    let folder = with_warnings();
    for arguments in [vec!["check", "a.stream"], vec!["build", "a.stream"], vec!["run", "a.stream"]] {
        let loud = folder.run(&arguments);
        assert!(loud.code == Some(0) && loud.err.contains("ST"), "{arguments:?}: {loud:?}");
        let ran = folder.run(&[arguments.as_slice(), &["-q"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}: {ran:?}");
    }
    let ran = folder.run(&["check", "a.stream", "-q", "--format", "concise"]);
    assert_eq!(ran.out, "", "{ran:?}");
    let text = format!("{GOOD}\nstream unused = swipes\nstream bad = swipes | filter nothing > 1\n");
    folder.file("a.stream", text);
    let ran = folder.run(&["check", "a.stream", "-q", "--format", "concise"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.lines().all(|l| l.contains("error[")) && ran.out.lines().count() == 1, "{ran:?}");
}

#[test]
fn every_command_refuses_a_configuration_that_it_does_not_understand() {
    let folder = with_warnings();
    for (config, said) in [("[build]\nuot = \"jobs\"\n", "did you mean `out`?"), ("[build\n", "streamc.toml")]
    {
        folder.file("streamc.toml", config);
        for arguments in [
            &["check", "a.stream"][..],
            &["build", "a.stream", "--out", "jobs"],
            &["run", "a.stream"],
            &["test", "a.stream"],
            &["describe", "a.stream"],
            &["graph", "a.stream"],
            &["fmt", "--check", "a.stream"],
        ] {
            let ran = folder.run(arguments);
            assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
            assert!(ran.err.contains(said), "{arguments:?}: {ran:?}");
        }
    }
}

#[test]
fn what_is_not_checked_names_the_file() {
    let folder = Folder::new();
    folder.file(
        "t.stream",
        format!("app pay {{ engine: flink }}\n\n{}", GOOD.replace("amount > 10", "amont > 10")),
    );
    let ran = folder.run(&["check", "t.stream"]);
    let line =
        "not checked yet: t.stream: whether the engine can run it is checked once the errors are mended";
    assert!(ran.err.contains(line), "{ran:?}");
}

#[test]
fn a_file_with_errors_is_not_said_to_have_no_test() {
    let folder = Folder::new();
    let test =
        "\ntest \"t\" {\n  given swipes \"\"\"jsonl\n  \"\"\"\n  expect out \"\"\"jsonl\n  \"\"\"\n}\n";
    folder.file("a.stream", format!("{}{test}", GOOD.replace("amount > 10", "amont > 10")));
    let ran = folder.run(&["test", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ran.out.contains("there is no test") && ran.err.contains("amont"), "{ran:?}");
}

#[test]
fn a_source_without_one_readable_record_fails_the_run_and_says_that_a_header_does_not_fit() {
    let folder = Folder::new();
    folder.file(
        "a.stream",
        "source rides = file {\n  path: \"rides.csv\",\n  format: csv,\n  schema: { id BIGINT, fare DOUBLE },\n}\n\n\
         sink out = print {} from rides\n",
    );
    folder.file("rides.csv", "id,fare,city\n1,2.5,Berlin\n2,3.5,Paris\n");
    let ran = folder.run(&["run", "a.stream"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("error[ST4006]: none of the 3 records of `rides` can be read"), "{ran:?}");
    assert!(
        ran.err.contains(
            "has 3 cells for 2 columns; it looks like a header, but the schema has no column `city`"
        ),
        "{ran:?}"
    );
    let ran = folder.run(&["run", "-q", "a.stream"]);
    assert!(ran.code == Some(1) && ran.err.lines().count() == 1, "{ran:?}");
    folder.file("rides.csv", "1,2.5\n2,3.5,Paris\n");
    assert_eq!(folder.run(&["run", "a.stream"]).code, Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_written_is_an_error() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES);
    for arguments in [&["describe", "a.stream"][..], &["check", "a.stream", "--format", "json"], &["explain"]]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("the device is there");
        let output = command(arguments).current_dir(folder.path()).stdout(full).output().expect("it runs");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && err.contains("cannot write to standard output"), "{err}");
    }
}

#[test]
fn a_component_that_is_not_there_is_likely_misspelt() {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES);
    for arguments in [&["describe", "a.stream", "lagre"][..], &["run", "a.stream", "--stream", "lagre"]] {
        let ran = folder.run(arguments);
        assert!(ran.code == Some(2) && ran.err.contains("did you mean `large`?"), "{ran:?}");
    }
}

#[test]
fn a_place_without_words_has_no_arrow_to_nothing_and_no_line_ends_with_blanks() {
    let folder = Folder::new();
    folder.file(
        "a.stream",
        "source b = datagen { schema: { id INT } }\nstream a = b | filter nothing > 1\nsink s = print {} from a\n",
    );
    let ran = folder.run(&["check", "a.stream"]);
    assert!(ran.err.contains("───"), "{ran:?}");
    let arrow = |line: &str| line.contains('╰') && line.chars().all(|c| " │╰─".contains(c));
    assert!(!ran.err.lines().any(|line| arrow(line) || line.ends_with(' ')), "{}", ran.err);
    assert!(!ran.err.contains('┬'), "{}", ran.err);
}

#[test]
fn of_a_long_line_all_that_is_meant_is_marked() {
    let folder = Folder::new();
    let long = "é".repeat(600);
    folder.file(
        "a.stream",
        format!("source b = datagen {{ schema: {{ id INT }} }}\nstream a = b | filter '{long}' <> nothing\nsink s = print {{}} from a\n"),
    );
    let ran = folder.run(&["check", "a.stream"]);
    assert!(ran.err.lines().any(|line| line.trim() == "^^^^^^^"), "{}", ran.err);
}

#[test]
fn a_test_that_could_not_run_explains_no_signs() {
    let folder = Folder::new();
    folder.file(
        "a.stream",
        "source t = file { path: \"t.jsonl\", format: json, schema: { id INT } }\nstream a = t | select 10 / id AS q\n\
         sink o = print {} from a\ntest \"x\" {\n  given t \"\"\"jsonl\n    {\"id\": 0}\n  \"\"\"\n  expect o \"\"\"jsonl\n    {\"q\": 1}\n  \"\"\"\n}\n",
    );
    let ran = folder.run(&["test", "a.stream"]);
    assert!(ran.code == Some(1) && ran.err.contains("ST5004"), "{ran:?}");
    assert!(ran.out.contains("FAILED") && !ran.out.contains("expected, and did not come"), "{ran:?}");
    let ran = folder.run(&["test", "a.stream", "--format", "junit"]);
    assert!(ran.out.contains("division by zero") && !ran.out.contains("rows differ"), "{ran:?}");
}

#[test]
fn a_quote_that_is_never_closed_is_one_error() {
    let folder = Folder::new();
    for text in [
        "source t = file { path: \"d.jsonl, format: json, schema: { id INT } }\nsink o = print {} from t\n",
        "source t = file { path: \"d.jsonl\", format: json, schema: { id INT, s STRING } }\nstream a = t | filter s = 'x AND id > 1\n\
         sink o = print {} from a\n",
        "source t = file { path: \"d.jsonl\", format: json, schema: { id INT, s STRING } }\nstream a = sql \"\"\"\n  SELECT id FROM t WHERE \
         s = 'x\n\"\"\"\nsink o = print {} from a\n",
        "source t = file { path: \"d.jsonl\", format: json, schema: { id INT } }\nstream a = sql \"\"\"SELECT id FROM t\nsink o = print {} from a\n",
    ] {
        folder.file("a.stream", text);
        let ran = check(&folder, "a.stream");
        assert_eq!((ran.code, ran.out.matches("error[").count()), (Some(1), 1), "{text}\n{ran:?}");
        assert!(ran.out.contains("lacks its closing") || ran.out.contains("never closed"), "{ran:?}");
    }
}

#[test]
fn joins_in_the_words_of_sql_are_told_how_operators_say_it() {
    let folder = Folder::new();
    let tables = "source t = file { path: \"d.jsonl\", format: json, schema: { id INT } }\n\
                  source u = file { path: \"d.jsonl\", format: json, schema: { uid INT } }\n";
    for (join, code, says) in [
        ("left outer join u on id = uid", "ST1001", "`outer` is left out"),
        ("INNER JOIN u on id = uid", "ST2009", "no operator `INNER`"),
        ("Left Join u on id = uid", "ST2009", "no operator `Left`"),
        ("cross join u", "ST2009", "no operator `cross`"),
        ("order by id", "ST2009", "no operator `order`"),
    ] {
        folder.file("a.stream", format!("{tables}stream a = t | {join}\nsink o = print {{}} from a\n"));
        let ran = check(&folder, "a.stream");
        assert_eq!(ran.out.matches("error[").count(), 1, "{join}: {ran:?}");
        assert!(ran.out.contains(code) && ran.out.contains(says), "{join}: {ran:?}");
    }
}
