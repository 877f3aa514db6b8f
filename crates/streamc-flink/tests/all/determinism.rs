//! The output is a function of the plan.

use crate::{fixtures::Fixture, hostile, pipelines};

fn all(f: &Fixture) -> String {
    f.files().iter().map(|f| format!("{}\n{}\n{:?}\n", f.path, f.contents, f.source_map)).collect()
}

#[test]
fn equal_plans_give_equal_files_in_any_thread() {
    let first = (all(&pipelines::card_fraud()), all(&hostile::everywhere()));
    let again: Vec<_> = (0..8)
        .map(|_| std::thread::spawn(|| (all(&pipelines::card_fraud()), all(&hostile::everywhere()))))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|t| t.join().unwrap())
        .collect();
    assert!(again.iter().all(|other| *other == first));
}

#[test]
fn line_ends_are_plain_and_the_last_line_ends() {
    for file in pipelines::card_fraud().files() {
        assert!(!file.contents.contains('\r'), "{}", file.path);
        assert!(file.contents.ends_with('\n') && !file.contents.ends_with("\n\n"), "{}", file.path);
        assert!(file.contents.lines().all(|l| l == l.trim_end()), "{}", file.path);
    }
}
