//! Columns and kinds of rows of queries over the fixture's tables, against Flink 2.3's answers.
//!
//! `flink-2.3.0.tsv` holds what `TableEnvironment.sqlQuery(…).getResolvedSchema()` and `EXPLAIN CHANGELOG_MODE` said of
//! each query, without the marks of time attributes.

use crate::fixture::{Tables, show, span};

#[test]
fn queries_over_the_fixture_have_the_columns_and_kinds_of_rows_that_flink_gives_them() {
    let bank = Tables::bank();
    let mut wrong = Vec::new();
    let mut refused = Vec::new();
    let mut agree = 0;
    for line in include_str!("../data/flink-2.3.0.tsv").lines().skip(1) {
        let [sql, columns, kinds] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let mut diagnostics = Vec::new();
        let Some(relation) = streamc_sql::bind_query(sql, span(sql), &bank, &mut diagnostics) else {
            let codes: Vec<&str> = diagnostics.iter().map(|d| d.code.as_str()).collect();
            refused.push(format!("{} {sql}", codes.join(",")));
            assert!(!diagnostics.is_empty(), "{}", show(sql, &diagnostics));
            continue;
        };
        let schema = &relation.props.schema;
        let ours: Vec<String> = schema.columns.iter().map(|c| format!("{} {}", c.name, c.ty)).collect();
        let ours = (ours.join(", ").replace('`', ""), relation.props.changelog.kinds().join(","));
        if ours == (columns.to_owned(), kinds.to_owned()) {
            agree += 1;
        } else {
            wrong.push(format!("{sql}\n  ours  {} [{}]\n  flink {columns} [{kinds}]", ours.0, ours.1));
        }
    }
    assert!(agree >= 150, "{agree}");
    insta::assert_snapshot!("flink_accepts_and_we_refuse", refused.join("\n"));
    insta::assert_snapshot!("flink_answers_otherwise", wrong.join("\n"));
}
