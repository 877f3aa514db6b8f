//! Where the columns of a query come from: what their values are computed from, and what decides which rows there are.

use crate::fixture::{Tables, span};
use std::collections::BTreeSet;
use std::fmt::Write;
use streamc_plan::ColumnRef;

/// One column a line: its sources, and behind a bar what decides about its rows.
fn lineage(sql: &str) -> String {
    let bank = Tables::bank();
    let mut diagnostics = Vec::new();
    let relation = streamc_sql::bind_query(sql, span(sql), &bank, &mut diagnostics)
        .unwrap_or_else(|| panic!("{sql}: {diagnostics:?}"));
    let names = |columns: &BTreeSet<ColumnRef>| {
        let names: Vec<String> = columns.iter().map(|c| format!("{}.{}", c.component, c.column)).collect();
        if names.is_empty() { "-".to_owned() } else { names.join(", ") }
    };
    let mut out = String::new();
    for (column, lineage) in relation.props.schema.columns.iter().zip(&relation.props.lineage) {
        let _ = writeln!(out, "  {}: {} | {}", column.name, names(&lineage.value), names(&lineage.condition));
    }
    assert_eq!(relation.props.schema.len(), relation.props.lineage.len(), "{sql}");
    out
}

#[test]
fn every_kind_of_relation_says_where_its_columns_come_from() {
    let queries = [
        "SELECT id, n + amount AS s, 1 AS single FROM swipes",
        "SELECT id, 1 AS single FROM swipes WHERE ok",
        "SELECT country, SUM(n) AS s, COUNT(*) AS c, COUNT(*) FILTER (WHERE ok) AS f FROM swipes WHERE amount > 1 GROUP BY country",
        "SELECT COUNT(*) AS c FROM (SELECT 1 AS single FROM swipes WHERE ok)",
        "SELECT country, COUNT(*) AS c FROM swipes GROUP BY country HAVING SUM(n) > 1",
        "SELECT s.id, a.owner FROM swipes s JOIN accounts a ON s.card_id = a.card_id AND s.n > 1",
        "SELECT s.id, a.owner FROM swipes s CROSS JOIN (SELECT owner FROM accounts WHERE id > 1) a",
        "SELECT s.id, a.owner FROM swipes s LEFT JOIN accounts a ON s.id = a.id AND a.opened_at BETWEEN s.swiped_at AND s.swiped_at + INTERVAL '1' DAY",
        "SELECT id FROM swipes WHERE card_id IN (SELECT card_id FROM accounts WHERE owner = 'x')",
        "SELECT id FROM swipes s WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.card_id = s.card_id)",
        "SELECT country, window_start, MAX(n) AS m FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE)) GROUP BY country, window_start, window_end",
        "SELECT window_start, n FROM TABLE(SESSION(TABLE swipes PARTITION BY country, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE))",
        "SELECT id, rn FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY country ORDER BY amount DESC) AS rn FROM swipes) WHERE rn <= 3",
        "SELECT id FROM swipes ORDER BY amount LIMIT 3",
        "SELECT id FROM swipes WHERE ok LIMIT 3",
        "SELECT DISTINCT country FROM swipes WHERE ok",
        "SELECT id FROM swipes WHERE ok UNION ALL SELECT id FROM accounts",
        "SELECT id FROM swipes INTERSECT SELECT id FROM accounts",
        "SELECT id, tag FROM swipes CROSS JOIN UNNEST(tags) AS t (tag)",
        "SELECT id, SUM(n) OVER (PARTITION BY country ORDER BY swiped_at) AS s, COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) AS c FROM swipes WHERE ok",
        "SELECT country, n, COUNT(*) AS c FROM swipes WHERE ok GROUP BY CUBE (country, n)",
        "SELECT place.city, place.geo.lat AS lat FROM swipes WHERE attrs['a'] > 1",
        "SELECT CASE WHEN ok THEN n ELSE id END AS x FROM swipes",
    ];
    let shown: String = queries.iter().map(|sql| format!("{sql}\n{}\n", lineage(sql))).collect();
    insta::assert_snapshot!(shown);
}
