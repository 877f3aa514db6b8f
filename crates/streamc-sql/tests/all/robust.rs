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
    for open in [
        "(",
        "UPPER(",
        "CASE WHEN ",
        "CAST(",
        "(SELECT ",
        "ARRAY[",
        "tags[",
        "EXISTS (SELECT 1 FROM swipes WHERE ",
    ] {
        let sql = format!("SELECT {} FROM swipes", open.repeat(10_000));
        assert!(bind(&sql, &bank).contains("ST"), "{open}");
    }
    for close in [")", "]", "END ", ", ", ".", "'", "`"] {
        let sql = format!("SELECT n {} FROM swipes", close.repeat(10_001));
        assert!(bind(&sql, &bank).contains("ST"), "{close}");
    }
}

/// A table of `columns` columns `c0`, `c1`, ….
fn wide(columns: usize) -> Tables {
    let mut tables = Tables::bank();
    let list: Vec<String> = (0..columns).map(|i| format!("c{i} INT")).collect();
    tables.add("wide", &list.join("; "), None);
    tables
}

fn repeated(count: usize, item: impl Fn(usize) -> String, between: &str) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(between)
}

#[test]
fn long_texts_are_bound_or_refused_in_one_finding() {
    let bank = Tables::bank();
    let fine = |sql: &str| assert!(bind(sql, &bank).starts_with("project"), "{}", &bind(sql, &bank)[..300]);
    let refused = |sql: &str, code: &str| {
        let mut diagnostics = Vec::new();
        assert!(streamc_sql::bind_query(sql, span(sql), &bank, &mut diagnostics).is_none());
        let codes: Vec<&str> = diagnostics.iter().map(|d| d.code.as_str()).collect();
        assert_eq!(codes, [code], "{}", &sql[..60]);
        for d in &diagnostics {
            let words = [Some(&d.message), d.help.as_ref(), d.label.as_ref()].into_iter().flatten();
            for text in words.chain(d.fixes.iter().map(|fix| &fix.title)) {
                assert!(text.chars().count() < 400, "{} characters in a message", text.chars().count());
            }
        }
    };
    fine(&format!(
        "SELECT CASE {} ELSE 0 END AS x FROM swipes",
        repeated(10_000, |i| format!("WHEN n = {i} THEN {i}"), " ")
    ));
    fine(&format!(
        "SELECT CASE n {} END AS x FROM swipes",
        repeated(10_000, |i| format!("WHEN {i} THEN 'v{i}'"), " ")
    ));
    fine(&format!("SELECT {} FROM swipes", repeated(2_000, |i| format!("n + {i} AS c{i}"), ", ")));
    fine(&format!("SELECT CONCAT({}) AS x FROM swipes", repeated(10_000, |i| format!("'{i}'"), ", ")));
    fine(&format!("SELECT ARRAY[{}] AS x FROM swipes", repeated(10_000, |i| i.to_string(), ", ")));
    fine(&format!("SELECT '{}' AS x FROM swipes", "ä".repeat(1_000_000)));
    for operator in ["+", "AND", "OR", "||", "="] {
        let operand = if matches!(operator, "AND" | "OR") { "ok" } else { "n" };
        let sql = format!(
            "SELECT {} AS x FROM swipes",
            repeated(10_000, |_| operand.to_owned(), &format!(" {operator} "))
        );
        refused(&sql, "ST1004");
    }
    refused(&format!("SELECT {} AS x FROM swipes", "9".repeat(1_000_000)), "ST1007");
    refused(&format!("SELECT 0.{} AS x FROM swipes", "9".repeat(1_000_000)), "ST1007");
    refused(&format!("SELECT X'{}' AS x FROM swipes", "0".repeat(100_001)), "ST1007");
    refused(&format!("SELECT {} FROM swipes", "x".repeat(1_000_000)), "ST2006");
    refused(&format!("SELECT n{} FROM swipes", ".n".repeat(10_000)), "ST3003");
    refused(
        &format!("SELECT CAST(n AS {}INT{}) FROM swipes", "ARRAY<".repeat(10_000), ">".repeat(10_000)),
        "ST3009",
    );
    refused(&format!("SELECT n FROM swipes WHERE {}n = 1", "n = 1 AND ".repeat(10_000)), "ST1004");
    refused(
        &format!(
            "SELECT n FROM swipes WHERE n IN ({})",
            repeated(300, |_| "(SELECT n FROM swipes WHERE n IN ".to_owned(), "")
        ),
        "ST1004",
    );
}

#[test]
fn wide_tables_are_bound() {
    let wide = wide(1_000);
    assert!(bind("SELECT * FROM wide", &wide).starts_with("scan"));
    assert!(bind("SELECT * FROM wide AS a JOIN wide AS b ON a.c1 = b.c999", &wide).starts_with("project"));
    let keys = repeated(1_000, |i| format!("c{i}"), ", ");
    assert!(
        bind(&format!("SELECT {keys}, COUNT(*) AS n FROM wide GROUP BY {keys}"), &wide)
            .contains("aggregate by")
    );
    assert!(bind("SELECT DISTINCT * FROM wide", &wide).starts_with("distinct"));
    assert!(bind("SELECT c1000 FROM wide", &wide).contains("ST2006"));
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
