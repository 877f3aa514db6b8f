//! Deleting a token of an example is noticed.

use crate::project;
use std::sync::Arc;
use streamc_core::{Database, MemorySystem, check};
use streamc_syntax::{TokenKind, lex};

/// Codes and messages of the findings, without places.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let db = Database::new(Arc::new(MemorySystem::new(files.iter().copied())));
    let root = db.open(files[0].0);
    let mut out: Vec<String> = check(&db, root).iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    out.sort();
    out
}

/// The tokens whose deletion leaves the findings as they are: each with its line.
fn unnoticed(example: &str, sample: &str) -> Vec<String> {
    let folder = project().join("examples").join(example);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the example is there");
    let (text, sample_text) = (read(&format!("{example}.stream")), read(sample));
    let before = findings(&[("a.stream", &text), (sample, &sample_text)]);
    let mut out = Vec::new();
    for token in lex(&text) {
        let (start, end) = (token.start as usize, token.end as usize);
        let trivia = [
            TokenKind::Whitespace,
            TokenKind::LineComment,
            TokenKind::BlockComment,
            TokenKind::DocComment,
            TokenKind::FileDocComment,
        ];
        if trivia.contains(&token.kind) {
            continue;
        }
        let without = format!("{}{}", &text[..start], &text[end..]);
        if findings(&[("a.stream", &without), (sample, &sample_text)]) == before {
            let line = text[..start].matches('\n').count() + 1;
            out.push(format!("{line}: {}", &text[start..end]));
        }
    }
    out
}

#[test]
fn every_token_of_the_examples_matters() {
    // What may go without notice: a comma behind the last field, and a word that only makes a meaning explicit.
    for (example, sample) in [("card_fraud", "samples/swipes.jsonl"), ("dashboard", "samples/clicks.jsonl")] {
        insta::assert_snapshot!(format!("unnoticed_in_{example}"), unnoticed(example, sample).join("\n"));
    }
}
