//! The pages that show the language: what they say is true of the code.

use super::{findings, parse};
use streamc_diagnostics::codes::syntax;
use streamc_syntax::format;

/// The ```` ```stream ```` fences of a page, or of the part of it behind `heading`.
fn fences<'t>(page: &'t str, heading: &str) -> Vec<&'t str> {
    let part = page.split_once(heading).map_or("", |(_, behind)| behind);
    let part =
        if heading.is_empty() { page } else { part.split_once("\n## ").map_or(part, |(part, _)| part) };
    part.split("```stream\n").skip(1).filter_map(|behind| Some(behind.split_once("```")?.0)).collect()
}

#[test]
fn the_page_of_each_code_shows_it_and_its_mending() {
    for code in syntax::ALL {
        let page = code.info().page;
        assert!(page.contains("\n## Wrong\n") && page.contains("\n## Right\n"), "{code}");
        let wrong = fences(page, "\n## Wrong\n");
        if wrong.is_empty() {
            assert!(page.contains("```text"), "{code} has no example");
            continue;
        }
        for example in wrong {
            let codes: Vec<_> = parse(example).diagnostics.iter().map(|d| d.code).collect();
            assert_eq!(codes, [*code], "{}", findings(example));
        }
        for example in fences(page, "\n## Right\n") {
            assert_eq!(findings(example), "", "{code}");
            assert_eq!(format(example).as_deref(), Ok(example), "{code}");
        }
    }
}

#[test]
fn every_example_of_the_language_reference_is_valid_and_formatted() {
    let page = include_str!("../../../../docs/language.md");
    let examples = fences(page, "");
    assert!(examples.len() > 30, "{}", examples.len());
    for example in examples {
        assert_eq!(findings(example), "", "{example}");
        assert_eq!(format(example).as_deref(), Ok(example));
    }
}

#[test]
fn the_language_reference_has_a_section_for_each_operator_and_the_grammar_a_rule() {
    let page = include_str!("../../../../docs/language.md");
    let grammar = include_str!("../../../../grammar/stream.ebnf");
    for operator in [
        "filter",
        "derive",
        "map",
        "select",
        "drop",
        "rename",
        "cast",
        "limit",
        "window",
        "group by",
        "reduce by",
        "distinct",
        "dedupe",
        "top",
        "join",
        "union",
        "explode",
        "assert",
        "split",
        "watermark",
        "repartition",
        "key by",
    ] {
        assert!(page.contains(&format!("\n### `{operator}`")), "docs/language.md lacks {operator}");
        let first = operator.split(' ').next().unwrap_or_default();
        assert!(grammar.contains(&format!("\"{first}\"")), "grammar/stream.ebnf lacks {operator}");
    }
}

#[test]
fn every_rule_of_the_grammar_is_defined_once_and_used() {
    let grammar = include_str!("../../../../grammar/stream.ebnf");
    let text: String =
        grammar.lines().filter(|line| !line.trim_start().starts_with("(*")).collect::<Vec<_>>().join("\n");
    let rules: Vec<&str> = text
        .lines()
        .filter_map(|line| Some(line.split_once(" = ")?.0.trim()))
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    assert!(rules.len() > 50, "{}", rules.len());
    // Outside of quotes and of `? … ?` every word is a rule's name.
    let mut bare = String::new();
    let mut until = None;
    for c in text.chars() {
        match (until, c) {
            (None, '"' | '\'' | '?') => until = Some(c),
            (Some(end), c) if c == end => until = None,
            (None, c) => bare.push(c),
            _ => {}
        }
    }
    let used: Vec<&str> =
        bare.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).filter(|word| !word.is_empty()).collect();
    for word in &used {
        assert!(rules.contains(word), "`{word}` is used and not defined");
    }
    for rule in &rules {
        let count = used.iter().filter(|word| word == &rule).count();
        let wanted = if *rule == "file" { 1 } else { 2 };
        assert!(count >= wanted, "`{rule}` is defined and not used");
        assert_eq!(rules.iter().filter(|name| name == &rule).count(), 1, "`{rule}` is defined twice");
    }
}
