//! How long a query of ten lines takes from its text to its typed plan (target: at most 200 µs).

#[allow(dead_code, clippy::unwrap_used, clippy::expect_used, reason = "the tests' fixture")]
#[path = "../tests/all/fixture.rs"]
mod fixture;

use std::sync::LazyLock;

use fixture::{Tables, show, span};

/// Typical queries; `@` stands for a number. `cargo xtask bench --engines` has Flink plan the same.
const QUERIES: [(&str, &str); 5] = [
    ("expressions", include_str!("queries/expressions.sql")),
    ("grouping", include_str!("queries/grouping.sql")),
    ("join", include_str!("queries/join.sql")),
    ("ranking", include_str!("queries/ranking.sql")),
    ("window", include_str!("queries/window.sql")),
];

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::nexmark);

fn main() {
    divan::main();
}

#[divan::bench(args = QUERIES.map(|(name, _)| name))]
fn bind(bencher: divan::Bencher<'_, '_>, name: &str) {
    let found = QUERIES.iter().find(|(n, _)| *n == name);
    let sql = found.map(|(_, text)| text.trim_end().replace('@', "7")).unwrap_or_default();
    let place = span(&sql);
    bencher.bench(|| {
        let mut diagnostics = Vec::new();
        let relation = streamc_sql::bind_query(&sql, place, &*TABLES, &mut diagnostics);
        assert!(relation.is_some(), "{}", show(&sql, &diagnostics));
        relation
    });
}
