//! What holds for every text.

use super::{FIXTURE, parse, tree};
use proptest::prelude::*;
use streamc_diagnostics::FileId;
use streamc_syntax::{TokenKind, decode, format, lex};

/// The texts of the fixture's tokens, and some that make trouble.
fn pieces() -> Vec<&'static str> {
    let mut all: Vec<&str> = lex(FIXTURE).iter().map(|token| token.text(FIXTURE)).collect();
    all.sort_unstable();
    all.dedup();
    all.extend([
        "\"\"\"",
        "\"",
        "'",
        "`",
        "/*",
        "*/",
        "//",
        "///",
        "//!",
        "\n",
        "\r\n",
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "§",
        "ü",
        "\u{feff}",
        "\0",
        "\\",
        "5x",
        ";",
        "\nstream x = y\n",
        "\nsource",
        "\n| ",
    ]);
    all
}

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(pieces()), 0..60).prop_map(|parts| parts.join(""))
}

fn spaced_soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(pieces()), 0..60).prop_map(|parts| parts.join(" "))
}

/// Every place lies inside the text and between characters, and tokens give the text back.
fn check_total(text: &str) {
    let tokens = lex(text);
    let joined: String = tokens.iter().map(|token| token.text(text)).collect();
    assert_eq!(joined, text);
    let mut at = 0;
    for token in &tokens {
        assert!(token.start == at && token.end > token.start, "{token:?}");
        at = token.end;
    }
    for diagnostic in parse(text).diagnostics {
        for span in diagnostic
            .span
            .into_iter()
            .chain(diagnostic.fixes.iter().flat_map(|f| f.edits.iter().map(|e| e.0)))
        {
            assert!(text.get(span.range()).is_some(), "{diagnostic:?}");
        }
        assert!(
            !diagnostic.message.contains('\n') && !diagnostic.message.ends_with('.'),
            "{}",
            diagnostic.message
        );
    }
    // Panics on a place outside of the text.
    tree(text);
}

/// A formatted file is formatted, means the same and has the same comments; a file that can't be is one with errors.
fn check_format(text: &str) {
    match format(text) {
        Ok(pretty) => {
            assert_eq!(format(&pretty).as_ref(), Ok(&pretty), "not idempotent for\n{text}");
            assert_eq!(tree(&pretty), tree(text));
            assert_eq!(comments(&pretty), comments(text));
            assert!(!pretty.contains("\n\n\n") || text.contains("\"\"\"") || text.contains("/*"), "{pretty}");
            assert!(pretty.is_empty() || pretty.ends_with('\n'));
        }
        Err(errors) => {
            assert!(
                errors.iter().any(|e| e.is_error() && e.code.as_str() != "ST9001"),
                "{errors:?} for\n{text}"
            );
            assert!(parse(text).diagnostics.iter().any(streamc_diagnostics::Diagnostic::is_error));
        }
    }
}

fn comments(text: &str) -> Vec<String> {
    let tokens = lex(text);
    let comments = tokens.iter().filter(|token| token.kind.is_comment());
    comments.map(|token| token.text(text).replace("\r\n", "\n").trim_end().to_owned()).collect()
}

/// What may be put between any two tokens.
const GAPS: &[&str] = &[
    "",
    " ",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "\n  ",
    "\n\n\n    ",
    " // aside\n  ",
    "\n  // own line\n  ",
    " /* inline */ ",
    "\n  /* own\n line */\n  ",
    "\r\n  ",
    "\t",
];

/// The fixture with comments and line ends put between its tokens. Docs and declarations keep their lines.
fn commented() -> impl Strategy<Value = String> {
    let tokens = lex(FIXTURE);
    proptest::collection::vec(proptest::sample::select(GAPS), tokens.len()).prop_map(move |gaps| {
        let mut text = String::new();
        for (token, gap) in tokens.iter().zip(gaps) {
            text.push_str(token.text(FIXTURE));
            // A gap right behind a comment would be part of it.
            let ends_line = token.kind == TokenKind::Whitespace && text.ends_with('\n');
            if !token.kind.is_comment() && !ends_line {
                text.push_str(gap);
            }
        }
        text
    })
}

/// Whole declarations in any order, with anything that is blank or comment between them.
fn declarations() -> impl Strategy<Value = String> {
    let units: Vec<String> = FIXTURE
        .split("\n\n")
        .map(str::to_owned)
        .chain(["source a = kafka {}", "stream b = a", "app x", "use \"y\" // z"].map(str::to_owned))
        .collect();
    let between = vec![
        "\n",
        "\n\n",
        "\n\n\n\n",
        " // behind\n",
        "\n// above\n",
        "\n\n/* a\n   b */\n",
        "\n/// doc\n",
        "\r\n",
    ];
    proptest::collection::vec((proptest::sample::select(units), proptest::sample::select(between)), 0..8)
        .prop_map(|parts| parts.into_iter().flat_map(|(unit, gap)| [unit, gap.to_owned()]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_lexed_losslessly_and_parsed(text in any::<String>()) {
        check_total(&text);
        check_format(&text);
    }

    #[test]
    fn any_bytes_are_refused_or_parsed(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        match decode(FileId(0), &bytes) {
            Ok(text) => check_total(&text),
            Err(error) => prop_assert!(error.span.is_some_and(|span| span.end as usize <= bytes.len())),
        }
    }

    #[test]
    fn any_sequence_of_tokens_is_parsed_and_formatted_or_refused(text in soup()) {
        check_total(&text);
        check_format(&text);
    }

    #[test]
    fn any_sequence_of_separate_tokens_is_parsed_and_formatted_or_refused(text in spaced_soup()) {
        check_total(&text);
        check_format(&text);
    }

    #[test]
    fn declarations_in_any_order_are_formatted(text in declarations()) {
        check_total(&text);
        check_format(&text);
    }

    #[test]
    fn the_fixture_with_one_token_changed_is_parsed_and_formatted_or_refused(at in any::<prop::sample::Index>(), with in proptest::sample::select(pieces())) {
        let tokens = lex(FIXTURE);
        let token = at.get(&tokens);
        let text = format!("{}{with}{}", &FIXTURE[..token.start as usize], &FIXTURE[token.end as usize..]);
        check_total(&text);
        check_format(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comments_and_line_ends_between_any_two_tokens_are_harmless(text in commented()) {
        let found = parse(&text).diagnostics;
        prop_assert!(found.iter().all(|d| !d.is_error()), "{}\n{}", super::findings(&text), text);
        prop_assert_eq!(tree(&text), tree(FIXTURE));
        check_format(&text);
    }
}

#[test]
fn every_prefix_and_suffix_of_the_fixture_is_parsed_and_formatted_or_refused() {
    for (at, _) in FIXTURE.char_indices().step_by(3) {
        check_total(&FIXTURE[..at]);
        check_total(&FIXTURE[at..]);
    }
    for token in lex(FIXTURE) {
        check_format(&FIXTURE[..token.start as usize]);
    }
}
