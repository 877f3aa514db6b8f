//! Places of findings where the text is not ASCII, and in the middle of a file.

use crate::fixture::{Tables, show};
use streamc_diagnostics::{FileId, Span};

#[test]
fn places_count_bytes_of_the_file_whatever_the_text_holds() {
    let source = "stream größe = sql \"\"\"\n  SELECT 'äöü' AS `größe`, straße, 'ß' + 1 -- größe €\r\n  FROM swipes /* 𝄞 */ WHERE cuntry = 'ü' AND ü > ÄÄ(1)\n\"\"\"";
    let start = source.find("\"\"\"").unwrap() + 3;
    let end = source.rfind("\"\"\"").unwrap();
    let mut diagnostics = Vec::new();
    let bank = Tables::bank();
    let relation = streamc_sql::bind_query(source, Span::new(FileId(0), start, end), &bank, &mut diagnostics);
    assert!(relation.is_none());
    insta::assert_snapshot!(show(source, &diagnostics));
}

#[test]
fn a_syntax_error_ends_where_its_token_ends() {
    let bank = Tables::bank();
    for (sql, expected) in [
        ("SELECT 'ä' ü ö FROM swipes", "ö"),
        ("SELECT id FROM swipes WHERE ä = = ü", "="),
        ("SELECT id FROM swipes WHERE n = 1 straße", "straße"),
    ] {
        let mut diagnostics = Vec::new();
        assert!(
            streamc_sql::bind_query(sql, Span::new(FileId(0), 0, sql.len()), &bank, &mut diagnostics)
                .is_none()
        );
        let at = diagnostics[0].span.unwrap();
        assert_eq!(&sql[at.range()], expected, "{sql}: {:?}", diagnostics[0].message);
    }
}

#[test]
fn the_tables_of_a_query_are_found_even_where_it_does_not_bind() {
    let names = |sql: &str| -> Vec<String> {
        streamc_sql::query_tables(sql, Span::new(FileId(0), 0, sql.len()))
            .into_iter()
            .map(|(name, at)| {
                assert_eq!(sql[at.range()].trim_matches('`'), name);
                name.to_string()
            })
            .collect()
    };
    assert_eq!(names("SELECT x FROM a JOIN b ON a.i = b.i, c"), ["a", "b", "c"]);
    assert_eq!(names("WITH t AS (SELECT * FROM a) SELECT * FROM t, `b c`"), ["a", "b c"]);
    assert_eq!(
        names(
            "SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' HOUR)) UNION ALL SELECT * FROM HOP(DATA => TABLE b, TIMECOL => DESCRIPTOR(c))"
        ),
        ["a", "b"]
    );
    assert_eq!(
        names("SELECT * FROM a WHERE i IN (SELECT j FROM b) AND EXISTS (SELECT 1 FROM c)"),
        ["a", "b", "c"]
    );
    assert_eq!(names("SELECT id FROM a WHERE WHERE x JOIN b"), ["a", "b"]);
    assert_eq!(names("SELECT x FROM a CROSS JOIN UNNEST(a.tags) AS t (u)"), ["a"]);
}
