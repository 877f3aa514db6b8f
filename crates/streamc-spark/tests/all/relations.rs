//! A snapshot of each relation's steps.

use crate::kit::{SOURCES, function, job};

/// The function of the stream `out` of a program.
fn stream(body: &str) -> String {
    let text =
        format!("app test {{ engine: spark }}\n{SOURCES}\n{body}\nsink console = print {{}} from out\n");
    function(&job(&text), "def stream_out")
}

#[test]
fn projections_and_filters() {
    insta::assert_snapshot!(stream(
        "/// Large swipes.\nstream out = swipes | filter amount > 1000 AND country <> 'DE' | derive fee = amount * 2, hour_of_day = HOUR(ts) | rename card AS card_id | drop items, labels"
    ));
    insta::assert_snapshot!(stream(
        "stream out = swipes | select id, place.city AS city, CASE WHEN amount > 10 THEN 'big' ELSE country END AS size, country IN ('DE', 'FR') AS near, ts"
    ));
}

#[test]
fn windows() {
    insta::assert_snapshot!(stream(
        "stream out = swipes | window tumble(1min) on ts | select id, window_start, window_end, window_time"
    ));
    insta::assert_snapshot!(stream(
        "stream out = swipes | window tumble(1min) on ts | group by card { n: COUNT(*), spent: SUM(amount), mean: AVG(amount), cards: AVG(card) }"
    ));
    insta::assert_snapshot!(stream(
        "stream out = swipes | window hop(1h, 15min) on ts | group by card { n: COUNT(*) }"
    ));
    insta::assert_snapshot!(stream(
        "stream out = swipes | window cumulate(1h, 15min) on ts | group by card { n: COUNT(*) }"
    ));
    insta::assert_snapshot!(stream(
        "stream out = swipes | window session(10min) on ts by card | group by card { n: COUNT(*) }"
    ));
}

#[test]
fn a_window_over_the_time_of_closed_windows() {
    insta::assert_snapshot!(stream(
        "stream minutes = swipes | window tumble(1min) on ts | group by card { spent: SUM(amount) }
         stream renamed = minutes | select window_time AS closed, card, spent
         stream out = sql \"\"\"
           SELECT window_start, window_end, card, MAX(spent) AS most
           FROM TABLE(TUMBLE(TABLE renamed, DESCRIPTOR(closed), INTERVAL '1' HOUR))
           GROUP BY window_start, window_end, card
         \"\"\""
    ));
}

#[test]
fn groups_without_window() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT card, COUNT(*) AS n, COUNT(DISTINCT country) AS countries, SUM(amount) FILTER (WHERE country = 'DE') AS home,
             COUNT(*) FILTER (WHERE amount > 10) AS larger, MIN(ts) AS first_at
           FROM swipes GROUP BY card
         \"\"\""
    ));
}

#[test]
fn a_total_of_all_rows() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT COUNT(*) AS n, MAX(amount) AS most FROM swipes \"\"\""
    ));
}

#[test]
fn having_over_windows() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT window_start, window_end, card, COUNT(*) AS n
           FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
           GROUP BY window_start, window_end, card HAVING COUNT(*) > 3
         \"\"\""
    ));
}

#[test]
fn tops_and_duplicates() {
    insta::assert_snapshot!(stream(
        "stream counts = swipes | window tumble(1min) on ts | group by card { n: COUNT(*) }
         stream out = counts | top 3 by n desc per window_start, window_end"
    ));
    insta::assert_snapshot!(stream("stream out = swipes | top 1 by amount desc per card"));
    insta::assert_snapshot!(stream(
        "stream out = swipes | select id, card, amount, ts | dedupe on card keep last by ts"
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT id, card, amount, n FROM (
             SELECT id, card, amount, ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC, id) AS n FROM swipes
           ) WHERE n <= 3
         \"\"\""
    ));
    insta::assert_snapshot!(stream("stream out = swipes | select card, country | distinct"));
}

#[test]
fn joins() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT s.id, l.id AS login_id, s.ts FROM swipes AS s JOIN logins AS l
           ON s.card = l.card AND s.amount > 50 AND l.login_at BETWEEN s.ts - INTERVAL '5' MINUTE AND s.ts
         \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT s.id, l.id AS login_id, s.ts FROM swipes AS s LEFT JOIN logins AS l
           ON s.card = l.card AND s.amount > 50 AND l.country <> 'DE' AND l.login_at >= s.ts - INTERVAL '5' MINUTE AND l.login_at < s.ts + INTERVAL '1' SECOND
         \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT s.id, l.id AS login_id FROM swipes AS s JOIN logins AS l ON s.card = l.card AND s.amount > 50
         \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\"
           SELECT a.id, b.id AS other FROM swipes AS a JOIN swipes AS b
           ON a.card = b.card AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '10' SECOND
         \"\"\""
    ));
}

#[test]
fn a_window_over_a_join() {
    insta::assert_snapshot!(stream(
        "stream both = sql \"\"\"
           SELECT s.id, s.card, s.ts, l.login_at FROM swipes AS s JOIN logins AS l
           ON s.card = l.card AND l.login_at BETWEEN s.ts - INTERVAL '5' MINUTE AND s.ts
         \"\"\"
         stream out = both | window tumble(1min) on ts | group by card { n: COUNT(*) }"
    ));
}

#[test]
fn unions_limits_and_collections() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT id, card FROM swipes UNION ALL SELECT id, card FROM logins \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT id, ts FROM swipes UNION ALL SELECT id, login_at FROM logins UNION ALL SELECT id, ts FROM swipes \"\"\""
    ));
    insta::assert_snapshot!(stream("stream out = swipes | limit 10"));
    insta::assert_snapshot!(stream("stream out = swipes | explode tags AS tag | select id, tag"));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT s.id, i.sku, i.n FROM swipes AS s CROSS JOIN UNNEST(s.items) AS i (sku, n) \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT s.id, i.k, i.v FROM swipes AS s LEFT JOIN UNNEST(s.labels) AS i (k, v) ON TRUE \"\"\""
    ));
    insta::assert_snapshot!(stream("stream out = swipes | repartition 4"));
}

#[test]
fn numbered_elements() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT s.id, t.* FROM swipes AS s CROSS JOIN UNNEST(s.tags) WITH ORDINALITY AS t (tag, n) \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT s.id, t.* FROM swipes AS s LEFT JOIN UNNEST(s.items) WITH ORDINALITY AS t (sku, n, o) ON TRUE \"\"\""
    ));
}

#[test]
fn grouping_sets() {
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT card, country, GROUPING_ID(card, country) AS level, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end, ROLLUP (card, country) \"\"\""
    ));
    insta::assert_snapshot!(stream(
        "stream out = sql \"\"\" SELECT window_start, card, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end, GROUPING SETS ((card), ()) \"\"\""
    ));
}

#[test]
fn a_watermark_in_a_stream() {
    let text = "app test { engine: spark }
source raw = kafka { brokers: \"b:1\", topic: \"t\", schema: { id BIGINT, text STRING } }
stream out = raw | derive ts = CAST(text AS TIMESTAMP(3)) | watermark ts - 250ms
sink console = print {} from out\n";
    insta::assert_snapshot!(function(&job(text), "def stream_out"));
}
