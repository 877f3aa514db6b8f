//! What is said about mistakes.

use crate::{SOURCES, findings};
use insta::assert_snapshot;

fn of(text: &str) -> String {
    let text = format!("{SOURCES}{text}");
    let found = findings(&[("app.stream", &text)]);
    // Lints about what these snippets leave out are not what the tests are about.
    found
}

#[test]
fn a_misspelt_component_is_found_with_the_nearest_name() {
    assert_snapshot!(of("stream a = swips | filter amount > 1\nsink out = print {} from a\n"));
}

#[test]
fn a_cycle_is_shown_with_its_edges() {
    assert_snapshot!(of(
        "stream a = b | limit 1\nstream b = c | limit 1\nstream c = a | union b\nsink out = print {} from c\n"
    ));
}

#[test]
fn an_error_is_not_repeated_by_those_who_read_the_stream() {
    assert_snapshot!(of(
        "stream a = swipes | filter amout > 1\nstream b = a | derive x = amount + 1\nsink out = print {} from b\n"
    ));
}

#[test]
fn several_errors_of_one_pipe_are_all_reported() {
    assert_snapshot!(of(
        "stream a = swipes\n  | filter amout > 1\n  | derive x = no_such(amount), y = amount + 'a'\n  | drop nothing\n  | limit 0.5\nsink out = print {} from a\n"
    ));
}

#[test]
fn operators_that_are_not_supported_are_named() {
    assert_snapshot!(of(
        "stream a = swipes | assert amount > 0\nstream b = swipes | split { big: amount > 9, small: otherwise }\n\
         stream c = swipes | lookup join blocks on swipes.card_id = blocks.card_id\n\
         stream d = swipes | right join blocks on swipes.card_id = blocks.card_id\n\
         stream e = swipes | key by card_id\nstream f = swipes | wher amount > 1\nstream g = swipes | where amount > 1\n\
         stream h = sql(flink) \"\"\"SELECT 1\"\"\"\n"
    ));
}

#[test]
fn joins_with_versions_and_tables_name_what_is_missing() {
    assert_snapshot!(of(
        "source cards = jdbc { url: \"jdbc:postgresql://h/d\", table: \"cards\", schema: { card_id BIGINT, limit_of INT } }\n\
         stream newest = swipes | dedupe on card_id keep last by swiped_at\n\
         stream a = swipes | join blocks AS b as of swiped_at on swipes.card_id = b.card_id\n\
         stream b = swipes | join newest AS n as of amount on swipes.card_id = n.card_id\n\
         stream c = swipes | join newest AS n as of swiped_at on swipes.amount = n.amount\n\
         stream d = swipes | join newest AS n as of swipd_at on swipes.card_id = n.card_id\n\
         stream e = swipes | join newest AS n as of swiped_at on swipes.card_id = n.card_id within -5s..5s\n\
         stream f = swipes | lookup join cards AS c on swipes.card_id > c.card_id\n\
         stream g = swipes | lookup join cards AS c on swipes.card_id = c.card_id within -5s..5s\n\
         stream h = swipes | lookup join cards AS c on swipes.card_id = c.crad_id\n\
         stream i = swipes | lookup join swipes AS c on swipes.card_id = c.card_id\n"
    ));
}

#[test]
fn a_sink_that_only_appends_refuses_updates() {
    assert_snapshot!(of("stream spent = swipes | group by card_id { spent: SUM(amount) }\n\
         sink out = kafka { brokers: \"b\", topic: \"t\" } from spent\n\
         sink by_country = upsert_kafka { brokers: \"b\", topic: \"u\", key: spent } from spent\n\
         sink no_key = kafka { brokers: \"b\", topic: \"v\", mode: upsert } from spent\n"));
}

#[test]
fn unbounded_state_unused_components_and_joins_without_bound_are_pointed_out() {
    assert_snapshot!(of(
        "stream pairs = swipes | join blocks on swipes.card_id = blocks.card_id | select swipe_id, reason\n\
         stream once = swipes | distinct\nstream last = swipes | dedupe on card_id keep last by swiped_at\n\
         sink out = print {} from pairs\nsink out2 = print {} from last\n"
    ));
}

#[test]
fn a_stated_type_is_a_contract() {
    assert_snapshot!(of(
        "stream a: { swipe_id BIGINT NOT NULL, amount DOUBLE, extra INT } = swipes | select swipe_id, amount, country\n\
         sink out = print {} from a\n"
    ));
}

#[test]
fn options_are_checked_against_the_table() {
    assert_snapshot!(of("app x { engin: flink, delivery: exactly, parallelism: 0 }\n\
         sink a = kafka { broker: \"b\", topic: 5, format: jsn } from swipes\n\
         sink b = kafak { brokers: \"b\", topic: \"t\" } from swipes\nsink c = datagen {} from swipes\n\
         sink d = kafka { brokers: \"b\", topic: \"t\", watermark: swiped_at, key: card } from swipes\n"));
}

#[test]
fn tests_name_components_that_fit() {
    assert_snapshot!(of("stream a = swipes | limit 1\nsink out = print {} from a\n\
         test \"one\" {\n  given a \"\"\"jsonl\n    {}\n  \"\"\"\n  expect swipes \"\"\"jsonl\n  \"\"\"\n  expect ot \"\"\"jsonl\n  \"\"\"\n}\n"));
}

#[test]
fn windows_need_event_time() {
    assert_snapshot!(of(
        "stream a = swipes | derive later = swiped_at + INTERVAL '1' DAY | window tumble(1min) on later | group by card_id { n: COUNT(*) }\n\
         stream b = swipes | window hop(5min, 2min) on swiped_at | group by card_id { n: COUNT(*) }\n\
         stream c = swipes | cast swiped_at AS STRING | watermark swiped_at - 5s\n\
         sink s1 = print {} from a\nsink s2 = print {} from b\nsink s3 = print {} from c\n"
    ));
}

#[test]
fn a_join_of_a_stream_with_itself_needs_another_name_for_one_side() {
    let found =
        of("stream a = swipes | join swipes on swipes.card_id = swipes.card_id | select swipes.card_id\n\
         sink out = print {} from a\n");
    assert!(found.contains("ST2002"), "{found}");
    let found = of("stream a = swipes | join swipes AS s on swipes.card_id = s.card_id | select s.card_id\n\
         sink out = print {} from a\n");
    assert!(!found.contains("ST2002"), "{found}");
}

#[test]
fn a_cast_does_not_promise_that_nothing_is_null() {
    let found = of("stream a = swipes | cast card_id AS STRING NOT NULL\nsink out = print {} from a\n");
    assert!(found.contains("ST3006"), "{found}");
}

#[test]
fn tests_expect_something_and_give_rows_once_in_a_known_format() {
    let found = of("stream a = swipes | limit 1\nsink out = print {} from a\n\
         test \"no expectation\" {\n  given swipes \"\"\"jsonl\n  \"\"\"\n}\n\
         test \"twice\" {\n  given swipes \"\"\"jsonl\n  \"\"\"\n  given swipes \"\"\"jsonl\n  \"\"\"\n  expect a \"\"\"yaml\n  \"\"\"\n}\n");
    assert!(found.contains("it cannot fail"), "{found}");
    assert!(found.contains("given twice"), "{found}");
    assert!(found.contains("not `yaml`"), "{found}");
}

#[test]
fn options_name_columns_once_and_pass_through_only_what_is_not_written_already() {
    let found = of("sink a = kafka { brokers: \"b\", topic: \"\", key: [card_id, card_id] } from swipes\n\
         sink b = kafka { brokers: \"b\", topic: \"t\", key: [], options { \"topic\": \"u\", \"connector\": \"x\" } } from swipes\n\
         sink c = kafka { brokers: \"b\", topic: \"t\", options { \"properties.linger.ms\": 5 } } from swipes\n");
    for part in ["not empty", "`card_id` twice", "names no column", "`topic` cannot", "`connector` cannot"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    assert!(!found.contains("linger"), "{found}");
}

#[test]
fn one_wrong_rename_is_one_error() {
    assert_snapshot!(of(
        "stream a = swipes | rename card_id AS amount\nstream b = swipes | rename card_id AS a, card_id AS b\n\
         stream c = swipes | rename card_id AS a, amount AS a\nstream d = swipes | rename card_id AS amount, amount AS card_id\n\
         stream e = swipes | limit 2147483648\n"
    ));
}

#[test]
fn operators_that_would_do_nothing_or_two_things_are_refused() {
    assert_snapshot!(of("stream a = swipes | group by { }\nstream b = swipes | reduce by { }\n\
         stream c = swipes | cast card_id AS STRING, card_id AS INT\n\
         stream d = swipes | join blocks on swipes.card_id = blocks.card_id within 5s..-5s | select swipe_id\n"));
}

#[test]
fn one_mistake_gives_one_error() {
    assert_snapshot!(of("stream a = swipes | join blocks on card_id = blocks.card_id | drop card_id\n\
         stream b = swipes | filter amount > 0x1F\nstream c = swipes | filter country = 'DE\n"));
}

#[test]
fn columns_of_one_name_are_told_apart_by_the_smallest_edit() {
    let found = of("stream a = swipes | join blocks on card_id = card_id\n\
         stream b = swipes | join blocks AS `b 2` on swipes.card_id = `b 2`.card_id\n\
         stream c = swipes | join blocks on swipes.card_id = blocks.card_id | derive x = 1 | cast card_id AS STRING\n");
    assert!(found.contains("help: write `swipes.card_id` or `blocks.card_id`"), "{found}");
    assert!(found.contains("help: end the pipe with `| drop `b 2`.card_id`, or name them apart"), "{found}");
    assert!(found.contains("fix: end the pipe with"), "{found}");
}

#[test]
fn a_qualified_column_can_be_dropped_renamed_and_cast_after_a_join() {
    let join = "swipes | join blocks on swipes.card_id = blocks.card_id";
    for end in [
        "drop blocks.card_id",
        "drop swipes.card_id",
        "rename blocks.card_id AS blocked_card",
        "cast blocks.card_id AS STRING | drop swipes.card_id",
    ] {
        let found = of(&format!(
            "stream a = {join} | {end} | filter card_id IS NOT NULL\nsink out = print {{}} from a\n"
        ));
        assert!(!found.contains("error"), "{end}: {found}");
    }
    let found = of(&format!("stream a = {join} | drop other.card_id\n"));
    assert!(found.contains("there is no column `other.card_id`"), "{found}");
}

#[test]
fn a_dropped_column_leaves_its_name_to_the_other_one() {
    let plan = crate::plan_text(&format!(
        "{}stream a = swipes | join blocks on swipes.card_id = blocks.card_id | drop swipes.card_id | select card_id, reason\n\
         sink out = print {{}} from a\n",
        SOURCES
    ));
    assert!(!plan.contains("error") && !plan.contains("out: card_id0"), "{plan}");
}

#[test]
fn spark_applications_are_not_told_to_set_a_time_to_live() {
    let text = "stream a = swipes | group by card_id { n: COUNT(*) }\nsink out = print {} from a\n";
    assert!(of(text).contains("help: group by a window, or set `state_ttl` in `app`"));
    let spark = of(&format!("app x {{ engine: spark }}\n{text}"));
    assert!(spark.contains("help: group by a window\n") && !spark.contains("state_ttl"), "{spark}");
}

#[test]
fn a_window_whose_size_is_no_duration_is_one_error() {
    for size in ["1m", "60", "1 min", "1 minute"] {
        let found = of(&format!(
            "stream a = swipes | window tumble({size}) on swiped_at | group by card_id {{ n: COUNT(*) }} | drop window_time\n\
             sink out = print {{}} from a\n"
        ));
        assert!(found.matches("error[").count() == 1 && found.contains("ST1007"), "{size}: {found}");
    }
    let found = of("stream a = swipes | window tumble(0s) on swiped_at | group by card_id { n: COUNT(*) }\n");
    assert!(found.contains("ST3014"), "{found}");
}

#[test]
fn operators_of_other_languages_are_one_error_with_the_word_of_sql() {
    let found = of("stream a = swipes | filter card_id > 1 && amount < 3\nsink out = print {} from a\n");
    assert!(found.matches("error[").count() == 1 && found.contains("fix: write `AND`"), "{found}");
    let found = of("stream a = swipes | filter card_id > 1 || amount < 3\nsink out = print {} from a\n");
    assert!(
        found.matches("error[").count() == 1 && found.contains("write `OR` between conditions"),
        "{found}"
    );
}

#[test]
fn a_comparison_with_null_is_pointed_out() {
    let found = of("stream a = swipes | filter country = NULL AND card_id IS NOT NULL\n\
         stream b = sql \"\"\"SELECT card_id FROM swipes WHERE NULL <> country\"\"\"\n");
    assert_eq!(found.matches("warning[ST7010]").count(), 2, "{found}");
    assert!(found.contains("fix: write `IS NULL`") && found.contains("fix: write `IS NOT NULL`"), "{found}");
    assert!(!of("stream a = swipes | filter country IS DISTINCT FROM NULL\n").contains("ST7010"));
}

#[test]
fn names_of_functions_and_types_in_other_systems_lead_to_those_here() {
    let found = of(
        "source x = kafka { brokers: \"b\", topic: \"t\", schema: { a TEXT, b DATETIME, c LONG } }\n\
         stream a = swipes | select LEN(country) AS n, DATE_TRUNC('day', swiped_at) AS d, CAST(amount AS INT64) AS i, NVL(country, '') AS c\n",
    );
    for said in [
        "`STRING`",
        "`TIMESTAMP(3)`",
        "`BIGINT`",
        "`LEN` to `CHAR_LENGTH`",
        "write `FLOOR(ts TO HOUR)`",
        "`NVL` to `IFNULL`",
    ] {
        assert!(found.contains(said), "{said}: {found}");
    }
}

#[test]
fn rows_of_tests_are_json_objects() {
    let found = of("stream a = swipes | limit 1\nsink out = print {} from a\n\
         test \"one\" {\n  given swipes \"\"\"jsonl\n    {\"swipe_id\": 1}\n    {\"swipe_id\": 1,\n    5\n  \"\"\"\n  \
         expect a \"\"\"jsonl\n    [{\"swipe_id\": 1},\n     {]\n  \"\"\"\n}\n\
         test \"csv\" {\n  given swipes \"\"\"csv\n    swipe_id\n    1\n  \"\"\"\n  expect a \"\"\"jsonl\n  \"\"\"\n}\n");
    assert_eq!(found.matches("error[ST4006]").count(), 3, "{found}");
    for place in ["28:5+15 ", "29:5+1 ", "33:6+2 "] {
        assert!(found.contains(place), "{place}: {found}");
    }
}
