//! Pipes as plans.

use crate::{SOURCES, plan_text};
use insta::assert_snapshot;

/// The plan of the stream `x`, without the sources.
fn of(pipe: &str) -> String {
    let text = plan_text(&format!("{SOURCES}stream x = {pipe}\nsink out = print {{}} from x\n"));
    let start = text.find("stream x").unwrap_or(0);
    let end = text.find("\nsink out").unwrap_or(text.len());
    text[start..end].to_owned()
}

#[test]
fn one_row_in_at_most_one_out() {
    assert_snapshot!(of(
        "swipes\n  | filter amount > 10 AND country <> 'DE'\n  | derive fee = amount * 0.015, amount = amount + 1\n  \
         | drop tags, items\n  | rename country AS land\n  | cast card_id AS STRING\n  | limit 5"
    ));
}

#[test]
fn map_and_select_keep_only_what_they_name() {
    assert_snapshot!(of(
        "swipes | map id = swipe_id, hour_of_day = HOUR(swiped_at), at = swiped_at | select id, at, hour_of_day + 1 AS next"
    ));
}

#[test]
fn group_by_after_a_window_is_a_window_aggregate() {
    assert_snapshot!(of(
        "swipes | window tumble(1min) on swiped_at | group by card_id { n: COUNT(*), mean: SUM(amount) / COUNT(*), big: COUNT(*) FILTER (WHERE amount > 9) }"
    ));
}

#[test]
fn windows_of_every_kind() {
    assert_snapshot!(
        "hop",
        of("swipes | window hop(5min, 1min) on swiped_at | group by card_id { n: COUNT(*) }")
    );
    assert_snapshot!(
        "cumulate",
        of("swipes | window cumulate(1h, 10min) on swiped_at | group by { n: COUNT(*) }")
    );
    assert_snapshot!(
        "session",
        of("swipes | window session(30s) on swiped_at by card_id | group by card_id { n: COUNT(*) }")
    );
}

#[test]
fn group_by_without_a_window_updates() {
    assert_snapshot!(of(
        "swipes | group by HOUR(swiped_at) AS h, country { cards: COUNT(DISTINCT card_id), most: MAX(amount) }"
    ));
}

#[test]
fn reduce_distinct_dedupe_and_top() {
    assert_snapshot!("reduce", of("swipes | reduce by card_id { total: SUM(amount), last: MAX(swiped_at) }"));
    assert_snapshot!("distinct", of("swipes | select card_id, country | distinct"));
    assert_snapshot!("dedupe_first", of("swipes | dedupe on swipe_id"));
    assert_snapshot!("dedupe_last", of("swipes | dedupe on card_id keep last by swiped_at"));
    assert_snapshot!("top", of("swipes | top 3 by amount desc per card_id"));
    assert_snapshot!("top_computed", of("swipes | top 2 by amount * 2 asc per country"));
}

#[test]
fn top_of_a_window_is_final() {
    assert_snapshot!(of(
        "swipes | window tumble(1min) on swiped_at | group by card_id { n: COUNT(*) } | top 3 by n desc per window_start"
    ));
}

#[test]
fn joins() {
    assert_snapshot!(
        "regular",
        of(
            "swipes | left join blocks on swipes.card_id = blocks.card_id | select swipe_id, blocks.card_id AS blocked, reason"
        )
    );
    assert_snapshot!(
        "interval",
        of(
            "swipes | join blocks AS b on swipes.card_id = b.card_id within -5min..1min | select swipe_id, b.reason, swiped_at"
        )
    );
}

#[test]
fn union_explode_watermark_and_repartition() {
    assert_snapshot!(
        "union",
        of("swipes | select card_id, country AS reason, swiped_at AS blocked_at | union blocks")
    );
    assert_snapshot!("explode", of("swipes | select swipe_id, tags | explode tags AS tag"));
    assert_snapshot!(
        "explode_rows",
        of("swipes | select swipe_id, items | explode items AS item | filter item.qty > 1")
    );
    assert_snapshot!("watermark", of("swipes | watermark swiped_at - 1min | repartition 4"));
}

#[test]
fn a_query_and_a_pipe_make_the_same_relations() {
    let pipe = of("swipes | filter amount > 10 | group by card_id { n: COUNT(*) }");
    let sql =
        of("sql \"\"\"SELECT card_id, COUNT(*) AS n FROM swipes WHERE amount > 10 GROUP BY card_id\"\"\"");
    let shape =
        |text: &str| text.lines().map(|l| l.split("  #").next().unwrap_or(l).to_owned()).collect::<Vec<_>>();
    assert_eq!(shape(&pipe), shape(&sql));
}
