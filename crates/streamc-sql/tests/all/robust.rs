//! Any text gets an answer.

use crate::fixture::{Tables, bind, show, span};
use proptest::prelude::*;
use streamc_sql::Scope;

const QUERY: &str = "WITH t (a, b) AS (SELECT id, `straße` FROM `größe`) SELECT country, COUNT(DISTINCT n) FILTER (WHERE ok) AS c, \
    CASE WHEN n > 1.5 THEN 'ä' ELSE TRIM(BOTH 'x' FROM country) END FROM TABLE(HOP(TABLE swipes, DESCRIPTOR(swiped_at), \
    INTERVAL '5' SECOND, INTERVAL '1' MINUTE)) AS w JOIN accounts a ON w.id = a.id AND w.tags[1] = a.owner \
    WHERE n IN (1, 2) AND CAST(n AS STRING) LIKE '%ü' GROUP BY window_start, window_end, country, n HAVING SUM(n) > 0 \
    UNION ALL SELECT x, 1, 'y' FROM (SELECT owner AS x, ROW_NUMBER() OVER (PARTITION BY id ORDER BY opened_at DESC) AS rn FROM accounts) WHERE rn = 1";

fn answers(sql: &str) {
    let bank = Tables::bank();
    let mut diagnostics = Vec::new();
    let relation = streamc_sql::bind_query(sql, span(sql), &bank, &mut diagnostics);
    assert_ne!(
        relation.is_some(),
        diagnostics.iter().any(streamc_diagnostics::Diagnostic::is_error),
        "{sql}"
    );
    show(sql, &diagnostics);
    for (name, at) in streamc_sql::query_tables(sql, span(sql)) {
        assert!(!name.is_empty() && sql.get(at.range()).is_some());
    }
    let schema = &bank.0[0].1.schema;
    let mut diagnostics = Vec::new();
    streamc_sql::bind_expression(sql, span(sql), &Scope::single("swipes", schema), &mut diagnostics);
    show(sql, &diagnostics);
}

#[test]
fn every_prefix_and_every_deleted_word_gets_an_answer() {
    for (end, _) in QUERY.char_indices() {
        answers(&QUERY[..end]);
    }
    let words: Vec<&str> = QUERY.split_inclusive(' ').collect();
    for skip in 0..words.len() {
        let mut less = words.clone();
        less.remove(skip);
        answers(&less.concat());
    }
}

#[test]
fn deep_and_long_texts_are_refused_without_a_crash() {
    let bank = Tables::bank();
    for (open, close) in [
        ("(", ")"),
        ("UPPER(", ")"),
        ("CASE WHEN ok THEN ", " END"),
        ("- ", ""),
        ("NOT ", ""),
        ("CAST(", " AS INT)"),
    ] {
        let n = 50_000;
        let sql = format!("SELECT {}n{} FROM swipes", open.repeat(n), close.repeat(n));
        assert!(bind(&sql, &bank).contains("ST"), "{open}");
    }
    let sql = format!("SELECT n {} FROM swipes", "+ n ".repeat(100_000));
    assert!(bind(&sql, &bank).contains("ST1004"));
    let sql = format!("SELECT n {} FROM swipes", "+ n ".repeat(400));
    assert!(bind(&sql, &bank).starts_with("project"));
    let sql = format!("SELECT n FROM swipes WHERE n IN (1 {})", ", 2".repeat(20_000));
    assert!(bind(&sql, &bank).starts_with("project"));
    let sql = vec!["SELECT n FROM swipes"; 5_000].join(" UNION ALL ");
    assert!(bind(&sql, &bank).contains("ST1004"));
    let sql = format!("SELECT n FROM {}swipes{}", "(SELECT n FROM ".repeat(5_000), ")".repeat(5_000));
    assert!(bind(&sql, &bank).contains("ST1004"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}") {
        answers(&text);
        answers(&format!("SELECT {text} FROM swipes"));
    }

    #[test]
    fn any_soup_of_words_gets_an_answer(words in prop::collection::vec(prop::sample::select(vec![
        "SELECT", "FROM", "swipes", "WHERE", "n", "(", ")", ",", "*", "'ä'", "AS", "t", "JOIN", "ON", "=", "GROUP BY", "COUNT(*)",
        "UNION ALL", "CASE", "WHEN", "END", "TABLE", "TUMBLE(", "INTERVAL '1' DAY", "[1]", ".", "1.5", "CAST(", "AS INT)", "OVER (", "LIMIT 3", "ORDER BY",
    ]), 0..24)) {
        answers(&format!("SELECT {}", words.join(" ")));
    }
}
