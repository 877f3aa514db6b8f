//! Types and kinds of rows of queries, against Flink's answers.

use crate::fixture::{Tables, bind, show, span};

/// Flink's validator keeps the mark of event time through regular joins and rankings, where its planner drops it
/// afterwards; the plan drops it at once. So marks are compared apart from the types, and only one way round.
fn plain(columns: &str) -> String {
    columns.replace(" *ROWTIME*", "")
}

#[test]
fn queries_have_the_types_and_kinds_of_rows_that_flink_gives_them() {
    let tables = Tables::nexmark();
    let text = include_str!("../data/nexmark.sql");
    let mut seen = 0;
    for block in text.split("\n## ").skip(1) {
        let (head, sql) = block.split_once('\n').unwrap();
        let [name, kinds, columns] = head.split(" | ").collect::<Vec<_>>()[..] else { panic!("{head}") };
        let mut diagnostics = Vec::new();
        let relation = streamc_sql::bind_query(sql, span(sql), &tables, &mut diagnostics);
        let relation = relation.unwrap_or_else(|| panic!("{name}: {}", show(sql, &diagnostics)));
        let schema = &relation.props.schema;
        let ours: Vec<String> =
            schema.columns.iter().map(|c| format!("{} {}", c.name, c.type_text())).collect();
        let ours = ours.join(", ");
        assert_eq!(plain(&ours), plain(columns), "{name}");
        for column in schema.columns.iter().filter(|c| c.time.is_some()) {
            let marked = format!("{} {}", column.name, column.type_text());
            assert!(columns.contains(&marked), "{name}: {marked}");
        }
        assert_eq!(relation.props.changelog.kinds().join(","), kinds, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 20);
}

/// `rn <= 1` by a column that is no time attribute: Flink 2.3 takes the rows for final by mistake (FLINK-40368), and a
/// sink that cannot take updates would accept them.
#[test]
fn the_best_row_by_price_changes_whatever_flink_says() {
    let sql = "SELECT id, price FROM (SELECT A.*, B.price, ROW_NUMBER() OVER (PARTITION BY A.id ORDER BY B.price DESC, B.`dateTime`) AS rn \
               FROM auction A, bid B WHERE A.id = B.auction AND B.`dateTime` BETWEEN A.`dateTime` AND A.expires) WHERE rn <= 1";
    let plan = bind(sql, &Tables::nexmark());
    assert!(
        plan.starts_with("project id, price\n  · (id BIGINT, price BIGINT) [+I,+U,-D] key=(id)"),
        "{plan}"
    );
}

#[test]
fn nexmark_queries_beyond_the_subset_are_refused_by_name() {
    let tables = Tables::nexmark();
    for (sql, what) in [
        (
            "SELECT B.auction FROM bid B JOIN person FOR SYSTEM_TIME AS OF B.`dateTime` AS S ON B.bidder = S.id",
            "`S` has no versions: it has no key",
        ),
        ("SELECT A.dateTime FROM auction A", "`dateTime` is a reserved word"),
    ] {
        let answer = bind(sql, &tables);
        assert!(answer.contains(what), "{sql}\n{answer}");
    }
}
