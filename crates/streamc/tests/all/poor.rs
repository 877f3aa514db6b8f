//! `tests/poor_messages.md`: messages that are known to be poor say what the file says they do.

use crate::Folder;
use std::path::Path;

const TABLE: &str = "source t = file { path: \"t.jsonl\", format: json, schema: { id INT, n INT, k STRING, ts TIMESTAMP(3) }, watermark: ts - 5s }";

/// What `check` says to a program, without the place of the file.
fn says(program: &str) -> String {
    let folder = Folder::new();
    folder.file("x.stream", format!("{TABLE}\n{program}sink o = print {{}} from x\n"));
    let ran = folder.run(&["check", "x.stream", "--format", "concise", "-q"]);
    ran.out.lines().map(|line| format!("{}\n", line.trim_start_matches("x.stream:"))).collect()
}

#[test]
fn every_message_that_is_known_to_be_poor_is_still_given() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/poor_messages.md");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(TABLE), "the table of the file is another");
    let mut found = String::new();
    let mut rest = text.as_str();
    let mut programs = 0;
    while let Some((before, after)) = rest.split_once("\n## ") {
        found.push_str(before);
        found.push_str("\n## ");
        let (entry, next) = after.find("\n## ").map_or((after, ""), |at| after.split_at(at));
        let (title, body) = entry.split_once("```stream\n").unwrap();
        let (program, body) = body.split_once("```\n").unwrap();
        let (between, body) = body.split_once("```text\n").unwrap();
        let (_, better) = body.split_once("```\n").unwrap();
        assert!(better.trim().starts_with("Better: "), "{title} does not say what would be better");
        found.push_str(&format!(
            "{title}```stream\n{program}```\n{between}```text\n{}```\n{better}",
            says(program)
        ));
        programs += 1;
        rest = next;
    }
    found.push_str(rest);
    assert!(programs > 5);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    assert_eq!(
        found,
        std::fs::read_to_string(&path).unwrap(),
        "run with UPDATE_DOCS=1, and take out what is no longer poor"
    );
}
