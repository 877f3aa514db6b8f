//! A file from which one token was deleted is either reported or means something else.

use super::{FIXTURE, parse, tree};
use streamc_syntax::{TokenKind, lex};

/// The fixture without its token number `n`.
fn without(text: &str, n: usize) -> String {
    let tokens = lex(text);
    let token = tokens[n];
    format!("{} {}", &text[..token.start as usize], &text[token.end as usize..])
}

#[test]
fn no_token_can_be_lost_without_a_trace() {
    let whole = tree(FIXTURE);
    let mut silent = String::new();
    for (n, token) in lex(FIXTURE).iter().enumerate().filter(|(_, token)| !token.kind.is_trivia()) {
        let text = without(FIXTURE, n);
        let parsed = parse(&text);
        if !parsed.diagnostics.is_empty() {
            continue;
        }
        let shown = token.text(FIXTURE);
        let ends_list = token.kind == TokenKind::Comma
            && FIXTURE[token.end as usize..].trim_start().starts_with(['}', ']', '/']);
        assert!(ends_list || tree(&text) != whole, "deleting `{shown}` at {} changed nothing", token.start);
        let line = FIXTURE[..token.start as usize].matches('\n').count();
        silent.push_str(&format!("{shown:<14} {}\n", FIXTURE.lines().nth(line).unwrap_or_default().trim()));
    }
    // What stays valid, for another phase to judge: read it when it changes.
    insta::assert_snapshot!(silent);
}
