//! Programs and values at the ends of what can be: a finding, or what Flink does at run time; never a crash.

use crate::{Folder, Ran};

const TABLE: &str = "source t = file { path: \"t.jsonl\", format: json, schema: { id INT, n INT, s STRING, big BIGINT, \
                     ts TIMESTAMP(3) } }\n";

/// A folder with the records of [`TABLE`] and a program whose stream `x` is written to the console.
fn program(stream: &str) -> Folder {
    let folder = Folder::new();
    folder.file(
        "t.jsonl",
        "{\"id\": 1, \"n\": 2, \"s\": \"5\", \"big\": 1, \"ts\": \"2026-01-01 00:00:00\"}\n\
         {\"id\": 2, \"n\": 0, \"s\": \"x\", \"big\": 9223372036854775807, \"ts\": \"2026-01-01 00:00:01\"}\n",
    );
    let test = "test \"x\" {\n  given t \"\"\"jsonl\n    {\"id\": 1, \"n\": 2}\n  \"\"\"\n  expect o \"\"\"jsonl\n    {}\n  \"\"\"\n}\n";
    folder.file("a.stream", format!("{TABLE}stream x = {stream}\nsink o = print {{}} from x\n{test}"));
    folder
}

fn repeated(count: usize, item: impl Fn(usize) -> String, between: &str) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(between)
}

/// Every command answers, with 0 or 1, and says nothing of a fault of its own.
fn every_command(folder: &Folder) -> Vec<Ran> {
    let commands: [&[&str]; 8] = [
        &["check", "a.stream", "--format", "concise"],
        &["check", "a.stream"],
        &["run", "a.stream"],
        &["test", "a.stream"],
        &["build", "a.stream", "--out", "out"],
        &["fmt", "a.stream", "--check"],
        &["describe", "a.stream"],
        &["graph", "a.stream"],
    ];
    let ran: Vec<Ran> = commands.iter().map(|command| folder.run(command)).collect();
    for (ran, command) in ran.iter().zip(commands) {
        assert!(matches!(ran.code, Some(0 | 1)), "{command:?}: {:?}", ran.code);
        assert!(!ran.err.contains("ST9001") && !ran.out.contains("ST9001"), "{command:?}: {}", ran.err);
    }
    ran
}

#[test]
fn long_programs_are_checked_run_tested_built_and_formatted() {
    let branches = repeated(10_000, |i| format!("WHEN n = {i} THEN {i}"), " ");
    for stream in [
        format!("t | select id, CASE {branches} ELSE 0 END AS c"),
        format!("sql \"\"\"SELECT id, CASE {branches} ELSE 0 END AS c FROM t\"\"\""),
        format!("t | select id, {}", repeated(1_000, |i| format!("n + {i} AS c{i}"), ", ")),
        format!("t | filter n IN ({})", repeated(10_000, |i| i.to_string(), ", ")),
        format!("t | derive c = '{}'", "ä".repeat(100_000)),
        format!("t{}", repeated(1_000, |i| format!(" | derive n = n + {i}"), "")),
    ] {
        let ran = every_command(&program(&stream));
        assert_eq!(ran[0].code, Some(0), "{}: {}", &stream[..60], &ran[0].out);
        assert_eq!(ran[2].code, Some(0), "{}", ran[2].err);
        assert_eq!(ran[4].code, Some(0), "{}", ran[4].err);
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_one_error_in_every_command() {
    for (stream, code) in [
        (format!("t | derive c = {}", repeated(10_000, |_| "n".to_owned(), " + ")), "ST1004"),
        (format!("t | filter {}", repeated(10_000, |_| "n = 1".to_owned(), " OR ")), "ST1004"),
        (format!("t | derive c = {}n{}", "ABS(".repeat(10_000), ")".repeat(10_000)), "ST1004"),
        (
            format!(
                "sql \"\"\"SELECT n FROM {}t{}\"\"\"",
                "(SELECT n FROM ".repeat(3_000),
                ")".repeat(3_000)
            ),
            "ST1004",
        ),
        (format!("t | derive c = {}", "9".repeat(100_000)), "ST1007"),
        (format!("t | derive c = {}", "x".repeat(100_000)), "ST2006"),
        (format!("t | derive c = CAST(n AS {}INT{})", "ARRAY<".repeat(5_000), ">".repeat(5_000)), "ST3009"),
    ] {
        let ran = every_command(&program(&stream));
        assert_eq!(ran[0].code, Some(1), "{}", &stream[..60]);
        assert_eq!(ran[0].out.matches("error[").count(), 1, "{}: {}", &stream[..60], ran[0].out);
        assert!(ran[0].out.contains(code), "{}: {}", &stream[..60], ran[0].out);
        assert!(ran[0].out.len() < 2_000 && ran[1].err.len() < 5_000, "{}", &stream[..60]);
    }
}

#[test]
fn a_program_cut_off_anywhere_gets_an_answer() {
    let text = format!(
        "{TABLE}stream x = t | filter s = 'ä' AND n > 1 // ß\n  | derive d = CASE WHEN n = 1 THEN `s` ELSE '' END\n\
         stream y = sql \"\"\"\n  SELECT id, COUNT(*) AS c FROM t GROUP BY id\n\"\"\"\nsink o = print {{ label: \"ö\" }} from x\n"
    );
    let folder = Folder::new();
    for (end, _) in text.char_indices().filter(|(at, _)| at % 7 == 0) {
        folder.file("a.stream", &text[..end]);
        for command in [&["check", "a.stream", "--format", "json"][..], &["fmt", "a.stream", "--check"]] {
            let ran = folder.run(command);
            assert!(matches!(ran.code, Some(0 | 1)), "{command:?} of {}: {ran:?}", &text[..end]);
            assert!(!ran.err.contains("ST9001") && !ran.out.contains("ST9001"), "{ran:?}");
        }
    }
}

#[test]
fn a_value_that_cannot_be_computed_stops_the_run_and_names_its_row() {
    for (expression, says) in [
        ("10 / n", "division by zero"),
        ("MOD(id, n)", "division by zero"),
        ("n / 0.0", "division by zero"),
        ("CAST(s AS INT)", "cannot read 'x' as `INT`"),
        ("CAST(s AS TIMESTAMP(3))", "cannot read '5'"),
    ] {
        let ran = program(&format!("t | select id, {expression} AS c")).run(&["run", "a.stream"]);
        assert_eq!(ran.code, Some(1), "{expression}: {ran:?}");
        assert!(ran.err.contains("ST5004") && ran.err.contains(says), "{expression}: {}", ran.err);
        assert!(
            ran.err.contains("the row was id = ") && ran.err.contains("t.jsonl:"),
            "{expression}: {}",
            ran.err
        );
    }
}

#[test]
fn what_flink_answers_with_null_or_wraps_around_does_not_stop() {
    for (expression, rows) in [
        ("TRY_CAST(s AS INT)", ["5", "NULL"]),
        ("big + 1", ["2", "-9223372036854775808"]),
        ("TO_TIMESTAMP(s, 'yyyy')", ["NULL", "NULL"]),
        ("REGEXP_EXTRACT(s, '([0-9])', 1)", ["5", "NULL"]),
    ] {
        let ran = program(&format!("t | select id, {expression} AS c")).run(&["run", "a.stream"]);
        assert_eq!(ran.code, Some(0), "{expression}: {ran:?}");
        for row in rows {
            assert!(ran.out.contains(row), "{expression}: {}", ran.out);
        }
    }
}

#[test]
fn constants_that_cannot_be_right_are_found_without_a_run() {
    for (expression, code) in [
        ("1 / 0", "ST3015"),
        ("REGEXP_EXTRACT(s, '(', 1)", "ST3003"),
        ("CONVERT_TZ(s, 'UTC', 'Nowhere/Land')", "ST3003"),
        ("DATE_FORMAT(ts, 'no such pattern')", "ST3003"),
        ("DATE '2026-02-30'", "ST1007"),
        ("CAST(ts AS ARRAY<INT>)", "ST3006"),
    ] {
        let ran = program(&format!("t | select id, {expression} AS c"))
            .run(&["check", "a.stream", "--format", "concise"]);
        assert_eq!(ran.code, Some(1), "{expression}: {ran:?}");
        assert!(ran.out.contains(&format!("error[{code}]")), "{expression}: {}", ran.out);
    }
}
