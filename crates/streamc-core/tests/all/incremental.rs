//! What an edit executes again, at 1,000 files.

use std::collections::BTreeMap;
use std::sync::Arc;
use streamc_core::{Database, File, MemorySystem, check};

const FILES: usize = 1000;

fn text(i: usize) -> String {
    let other = (i * 7 + 1) % FILES;
    format!(
        "use \"shared.stream\"\n\
         stream large_{i} = swipes | filter amount > {i}\n\
         stream larger_{i} = large_{i} | derive twice = amount * 2, n = {other}\n\
         sink out_{i} = print {{}} from larger_{i}\n"
    )
}

const SHARED: &str = "source swipes = kafka {\n  brokers: \"b:1\",\n  topic: \"t\",\n  \
                      schema: { id BIGINT, amount DECIMAL(10, 2) },\n}\nstream small = swipes | filter amount < 5\n";

/// 1,000 applications that share one file of declarations.
fn project() -> (Database, Vec<File>, File) {
    let texts: Vec<(String, String)> = (0..FILES).map(|i| (format!("app_{i}.stream"), text(i))).collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    files.push(("shared.stream", SHARED));
    let db = Database::counting(Arc::new(MemorySystem::new(files)));
    let roots: Vec<File> = (0..FILES).map(|i| db.open(format!("app_{i}.stream"))).collect();
    let shared = db.open("shared.stream");
    (db, roots, shared)
}

/// Checks everything; answers how often each query was executed.
fn run(db: &Database, roots: &[File]) -> BTreeMap<String, usize> {
    db.take_counts();
    for root in roots {
        let errors = check(db, *root).iter().filter(|d| d.is_error()).count();
        assert_eq!(errors, 0, "{:?}", check(db, *root));
    }
    db.take_counts()
}

fn count(counts: &BTreeMap<String, usize>, query: &str) -> usize {
    counts.get(query).copied().unwrap_or(0)
}

#[test]
fn nothing_is_executed_again_without_an_edit() {
    let (db, roots, _) = project();
    assert_eq!(count(&run(&db, &roots), "check"), FILES);
    assert_eq!(run(&db, &roots), BTreeMap::new());
}

#[test]
fn a_comment_edit_re_checks_one_file() {
    let (mut db, roots, _) = project();
    run(&db, &roots);
    db.set_text(roots[500], &format!("// a comment\n{}", text(500)));
    let counts = run(&db, &roots);
    assert_eq!(count(&counts, "parsed"), 1, "{counts:?}");
    assert_eq!(count(&counts, "check"), 1, "{counts:?}");
    assert_eq!(count(&counts, "symbols"), 0, "{counts:?}");
    assert_eq!(count(&counts, "lowered"), 3, "the declarations of that file: {counts:?}");
}

#[test]
fn a_body_edit_that_keeps_the_type_re_checks_one_file() {
    let (mut db, roots, _) = project();
    run(&db, &roots);
    db.set_text(roots[500], &text(500).replace("amount > 500", "amount > 7"));
    let counts = run(&db, &roots);
    assert_eq!(count(&counts, "check"), 1, "{counts:?}");
    assert_eq!(count(&counts, "symbols"), 0, "{counts:?}");
    assert!(count(&counts, "lowered") <= 3, "{counts:?}");
}

#[test]
fn a_comment_in_a_shared_file_leaves_the_types_of_its_readers_alone() {
    let (mut db, roots, shared) = project();
    run(&db, &roots);
    db.set_text(shared, &format!("// a comment\n{SHARED}"));
    let counts = run(&db, &roots);
    assert_eq!(count(&counts, "parsed"), 1, "{counts:?}");
    assert_eq!(count(&counts, "symbols"), 0, "{counts:?}");
    // Each application looks at the two declarations of the shared file again, and at none of its own.
    assert_eq!(count(&counts, "lowered"), 2 * FILES, "{counts:?}");
}

#[test]
fn a_signature_edit_asks_every_reader_and_re_types_none_that_does_not_read_the_new_name() {
    let (mut db, roots, shared) = project();
    run(&db, &roots);
    db.set_text(shared, &format!("{SHARED}stream brand_new = swipes | limit 1\n"));
    let counts = run(&db, &roots);
    assert_eq!(count(&counts, "parsed"), 1, "{counts:?}");
    assert_eq!(count(&counts, "symbols"), FILES, "{counts:?}");
    assert_eq!(count(&counts, "check"), FILES, "{counts:?}");
}

#[test]
fn a_type_edit_re_types_the_readers() {
    let (mut db, roots, shared) = project();
    run(&db, &roots);
    db.set_text(shared, &SHARED.replace("DECIMAL(10, 2)", "DECIMAL(12, 2)"));
    let counts = run(&db, &roots);
    assert_eq!(count(&counts, "check"), FILES, "{counts:?}");
    assert_eq!(count(&counts, "symbols"), 0, "{counts:?}");
    assert_eq!(count(&counts, "lowered"), 5 * FILES, "{counts:?}");
}
