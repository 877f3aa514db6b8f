//! What Spark cannot do, with reasons and places.

use crate::kit::{SOURCES, problems};
use streamc_spark::capability_table;

/// A program whose stream `out` goes to the console.
fn of(body: &str) -> String {
    problems(&format!(
        "app test {{ engine: spark }}\n{SOURCES}\n{body}\nsink console = print {{}} from out\n"
    ))
}

const TOTALS: &str = "stream totals = swipes | group by card { spent: SUM(amount) }\n";
const COUNTS: &str = "stream counts = swipes | window tumble(1min) on ts | group by card { n: COUNT(*) }\n";

/// Every program of this file that is refused because of a construct.
fn refused() -> Vec<(&'static str, String)> {
    let totals = |rest: &str| of(&format!("{TOTALS}{rest}"));
    let counts = |rest: &str| of(&format!("{COUNTS}{rest}"));
    vec![
        (
            "written rows",
            of(
                "stream out = sql \"\"\" SELECT id, v.name FROM swipes AS s JOIN (VALUES (1, 'a')) AS v (n, name) ON s.id = v.n \"\"\"",
            ),
        ),
        (
            "state that is forgotten by a hint",
            of(
                "stream out = sql \"\"\" SELECT /*+ STATE_TTL('swipes' = '1d') */ card, COUNT(*) AS n FROM swipes GROUP BY card \"\"\"",
            ),
        ),
        (
            "rows common to all",
            of("stream out = sql \"\"\" SELECT id FROM swipes INTERSECT ALL SELECT id FROM logins \"\"\""),
        ),
        ("filter over updates", totals("stream out = totals | filter spent > 10")),
        (
            "explode over updates",
            of(
                "stream lasts = swipes | select card, tags, ts | dedupe on card keep last by ts\nstream out = lasts | explode tags AS tag",
            ),
        ),
        (
            "union of updates",
            of(
                "stream totals = swipes | group by card { n: COUNT(*) }\nstream out = sql \"\"\" SELECT card, n FROM totals UNION ALL SELECT card, id FROM swipes \"\"\"",
            ),
        ),
        (
            "union of groups",
            of(
                "stream counts = swipes | window tumble(1min) on ts | group by card { n: COUNT(*) }\nstream out = sql \"\"\" SELECT card, n FROM counts UNION ALL SELECT card, n FROM counts \"\"\"",
            ),
        ),
        ("limit over updates", totals("stream out = totals | limit 3")),
        (
            "numbered entries",
            of(
                "stream out = sql \"\"\" SELECT s.id, t.* FROM swipes AS s CROSS JOIN UNNEST(s.labels) WITH ORDINALITY AS t (k, v, n) \"\"\"",
            ),
        ),
        ("sorted by time", of("stream out = sql \"\"\" SELECT id, ts FROM swipes ORDER BY ts \"\"\"")),
        ("rows behind others", of("stream out = sql \"\"\" SELECT id FROM swipes LIMIT 3 OFFSET 2 \"\"\"")),
        (
            "rows of one window",
            of(
                "stream w = swipes | window tumble(1min) on ts\nstream out = sql \"\"\" SELECT a.id FROM w AS a WHERE a.card IN (SELECT b.card FROM w AS b WHERE a.window_start = b.window_start AND a.window_end = b.window_end) \"\"\"",
            ),
        ),
        (
            "changes as rows",
            of("stream out = sql \"\"\" SELECT op, id FROM TO_CHANGELOG(input => TABLE swipes) \"\"\""),
        ),
        (
            "versions",
            of(
                "stream lasts = swipes | select card, amount, ts | dedupe on card keep last by ts\nstream out = sql \"\"\" SELECT s.id, l.amount FROM swipes AS s JOIN lasts FOR SYSTEM_TIME AS OF s.ts AS l ON s.card = l.card \"\"\"",
            ),
        ),
        (
            "table that is looked up",
            of(
                "source cards = jdbc { url: \"jdbc:postgresql://h/d\", table: \"cards\", schema: { card INT NOT NULL, owner STRING } }\nstream out = swipes | lookup join cards AS c on swipes.card = c.card | select id, owner",
            ),
        ),
        (
            "second watermark",
            of(
                "stream moved = swipes | derive later = ts + INTERVAL '1' SECOND\nstream out = moved | watermark later - 1s",
            ),
        ),
        (
            "window of rows that change",
            of(
                "stream out = swipes | dedupe on card keep last by ts | window tumble(1min) on ts | group by country { n: COUNT(*) }",
            ),
        ),
        (
            "session by other keys",
            of(
                "stream out = swipes | window session(10min) on ts by card | group by card, country { n: COUNT(*) }",
            ),
        ),
        (
            "session without keys",
            of("stream out = swipes | window session(10min) on ts | group by { n: COUNT(*) }"),
        ),
        (
            "session that is not grouped",
            of(
                "stream out = swipes | window session(10min) on ts by card | select id, window_start, window_end",
            ),
        ),
        (
            "processing time",
            of(
                "stream timed = sql \"\"\" SELECT id, card, PROCTIME() AS p FROM swipes \"\"\"\nstream out = timed | window tumble(1min) on p | group by card { n: COUNT(*) }",
            ),
        ),
        (
            "interval join of closed windows",
            counts(
                "stream out = sql \"\"\" SELECT c.card, c.n, l.id FROM counts AS c JOIN logins AS l ON c.card = l.card AND l.login_at BETWEEN c.window_time - INTERVAL '1' MINUTE AND c.window_time \"\"\"",
            ),
        ),
        (
            "watermark behind an aggregation",
            of(
                "stream lasts = swipes | group by card { last_at: MAX(ts) }\nstream out = lasts | watermark last_at - 1s",
            ),
        ),
        ("aggregation of updates", totals("stream out = totals | group by spent { n: COUNT(*) }")),
        (
            "running total of windows",
            counts("stream out = sql \"\"\" SELECT card, SUM(n) AS total FROM counts GROUP BY card \"\"\""),
        ),
        (
            "window over the right time of a join",
            of(
                "stream both = sql \"\"\" SELECT s.card, l.login_at FROM swipes AS s JOIN logins AS l ON s.card = l.card AND l.login_at BETWEEN s.ts - INTERVAL '1' MINUTE AND s.ts \"\"\"\nstream out = both | window tumble(1min) on login_at | group by card { n: COUNT(*) }",
            ),
        ),
        ("distinct of updates", totals("stream out = totals | select spent | distinct")),
        ("top without number", of("stream out = swipes | top 3 by amount desc per card")),
        ("top of updates", totals("stream out = totals | top 1 by spent desc per card")),
        ("first by event time", of("stream out = swipes | dedupe on card keep first by ts")),
        (
            "last by processing time",
            of(
                "stream timed = sql \"\"\" SELECT id, card, PROCTIME() AS p FROM swipes \"\"\"\nstream out = timed | dedupe on card keep last by p",
            ),
        ),
        (
            "outer join",
            of(
                "stream out = sql \"\"\" SELECT s.id, l.id AS login FROM swipes AS s LEFT JOIN logins AS l ON s.card = l.card \"\"\"",
            ),
        ),
        (
            "semi join",
            of(
                "stream out = sql \"\"\" SELECT id FROM swipes WHERE card IN (SELECT card FROM logins) \"\"\"",
            ),
        ),
        (
            "anti join",
            of(
                "stream out = sql \"\"\" SELECT id FROM swipes AS s WHERE NOT EXISTS (SELECT 1 FROM logins AS l WHERE l.card = s.card) \"\"\"",
            ),
        ),
        (
            "over",
            of(
                "stream out = sql \"\"\" SELECT id, COUNT(*) OVER (PARTITION BY card ORDER BY ts) AS n FROM swipes \"\"\"",
            ),
        ),
        (
            "match recognize",
            of(
                "stream out = sql \"\"\" SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY card ORDER BY ts MEASURES A.id AS i PATTERN (A B) DEFINE B AS B.amount > A.amount) \"\"\"",
            ),
        ),
        (
            "updates without a key",
            of("stream out = sql \"\"\" SELECT COUNT(*) AS n FROM swipes GROUP BY card \"\"\""),
        ),
        (
            "join of updates",
            totals(
                "stream out = sql \"\"\" SELECT s.id, t.spent FROM swipes AS s JOIN totals AS t ON s.card = t.card \"\"\"",
            ),
        ),
        (
            "join of groups",
            counts(
                "stream out = sql \"\"\" SELECT s.id, c.n FROM swipes AS s JOIN counts AS c ON s.card = c.card \"\"\"",
            ),
        ),
        (
            "join of an outer join",
            of(
                "stream padded = sql \"\"\" SELECT s.id, s.card, l.id AS login FROM swipes AS s LEFT JOIN logins AS l ON s.card = l.card AND l.login_at BETWEEN s.ts - INTERVAL '1' MINUTE AND s.ts \"\"\"\nstream out = sql \"\"\" SELECT p.id, l.country FROM padded AS p JOIN logins AS l ON p.card = l.card \"\"\"",
            ),
        ),
        (
            "join without equality",
            of(
                "stream out = sql \"\"\" SELECT s.id, l.id AS login FROM swipes AS s JOIN logins AS l ON s.id < l.id \"\"\"",
            ),
        ),
        (
            "join within months",
            of(
                "stream out = sql \"\"\" SELECT s.id, l.id AS login FROM swipes AS s JOIN logins AS l ON s.card = l.card \
                 AND l.login_at BETWEEN s.ts AND s.ts + INTERVAL '1' MONTH \"\"\"",
            ),
        ),
    ]
}

#[test]
fn constructs_are_refused_with_the_reason() {
    let text: String = refused().iter().map(|(name, said)| format!("== {name}\n{said}")).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn every_refusal_of_the_table_is_met_by_a_program() {
    let said: String = refused().into_iter().map(|(_, said)| said).collect();
    let reasons = |line: &str| -> Option<String> {
        let mut cells = line.trim_matches('|').split(" | ");
        let (name, how, why) = (cells.next()?, cells.next()?, cells.next()?);
        (how == "**refused**" && !name.trim().starts_with("source") && !name.trim().starts_with("sink"))
            .then(|| why.trim().to_owned())
    };
    for reason in capability_table().lines().filter_map(reasons) {
        assert!(said.contains(&reason), "no program is refused because of: {reason}");
    }
}

#[test]
fn what_is_refused_is_an_error_at_its_step() {
    for (name, said) in refused() {
        assert!(said.contains("ST5002 error"), "{name}: {said}");
        assert!(!said.contains("  at: \n"), "{name}: {said}");
    }
}

#[test]
fn connectors_settings_and_delivery() {
    let app = |app: &str, body: &str| problems(&format!("app test {{ {app} }}\n{SOURCES}\n{body}\n"));
    let kafka = "sink out = kafka { brokers: \"b:1\", topic: \"t\" } from swipes";
    insta::assert_snapshot!(
        [
            app("engine: spark, delivery: exactly_once", kafka),
            app("engine: spark, delivery: at_least_once", kafka),
            app("engine: spark, delivery: exactly_once", "sink out = file { path: \"o\", format: json } from swipes"),
            app("engine: spark, time_zone: \"Europe/Berlin\"", kafka),
            app("engine: spark, state_ttl: 1h", kafka),
            problems("source a = datagen { schema: { id BIGINT } }\nsink out = print {} from a\n"),
            problems("source a = hive { table: \"d.t\", schema: { id BIGINT } }\nsink out = print {} from a\n"),
            problems("source a = kafka { brokers: \"b:1\", topic: \"t\", start: group, schema: { id BIGINT } }\nsink out = print {} from a\n"),
            problems("source a = kafka { brokers: \"b:1\", topic: \"t\", format: raw, schema: { id STRING, b STRING } }\nsink out = print {} from a\n"),
        ]
        .join("--\n")
    );
}

#[test]
fn types_and_functions_without_equal() {
    let one = |ty: &str| {
        problems(&format!(
            "source a = kafka {{ brokers: \"b:1\", topic: \"t\", schema: {{ x {ty} }} }}\nsink out = print {{}} from a\n"
        ))
    };
    insta::assert_snapshot!(
        [
            one("TIME"),
            one("TIMESTAMP(9)"),
            one("ROW<a MULTISET<INT>>"),
            of("stream out = swipes | window tumble(1min) on ts | group by card { all_countries: LISTAGG(country) }"),
            of("stream out = swipes | select labels | distinct"),
            of("stream out = sql \"\"\" SELECT window_start, window_end, AVG(DISTINCT amount) AS a FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end \"\"\""),
        ]
        .join("--\n")
    );
}

#[test]
fn what_runs_but_not_as_one_might_think_is_a_warning() {
    let file = "source a = file { path: \"/a\", format: json, schema: { id BIGINT, ts TIMESTAMP(3) }, watermark: ts - 1s }\n";
    insta::assert_snapshot!(
        [
            problems(&format!("{file}stream out = a | window tumble(1min) on ts | group by id {{ n: COUNT(*) }}\nsink console = print {{}} from out\n")),
            problems(&format!("{file}{SOURCES}stream out = sql \"\"\" SELECT id FROM a UNION ALL SELECT id FROM swipes \"\"\"\nsink console = print {{}} from out\n")),
            of("stream out = sql \"\"\" SELECT s.id, l.id AS login FROM swipes AS s JOIN logins AS l ON s.card = l.card \"\"\""),
            of("stream out = sql \"\"\" SELECT card, amount, n FROM (SELECT card, amount, ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC) AS n FROM swipes) WHERE n <= 2 \"\"\""),
        ]
        .join("--\n")
    );
}

#[test]
fn a_header_in_csv_files_is_warned_of() {
    let of = |path: &str| {
        problems(&format!(
            "app test {{ engine: spark }}\nsource rows = file {{ path: \"{path}\", format: csv, schema: {{ id INT }} }}\n\
             sink console = print {{}} from rows\n"
        ))
    };
    assert_eq!(of("/data/in"), "");
    assert!(of("data/in.csv").contains("Spark reads a header line of these files as a record"));
}
