//! Whole applications.

use crate::fixtures::*;
use streamc_plan::{OptionValue, WindowSpec, relations};
use streamc_types::{DataType, Decimal, TypeKind, Value};

pub(crate) fn card_fraud() -> Fixture {
    let mut f = Fixture::new("card_fraud")
        .doc("Card-fraud alerts: flags risky swipes within seconds\nand keeps a per-minute dashboard fresh.")
        .exactly_once()
        .setting("parallelism", OptionValue::Int(2))
        .setting("state_ttl", OptionValue::Duration(3_600_000))
        .setting("checkpoint_dir", word("s3://flink/state/"));
    let env = |name: &str, default: Option<&str>| OptionValue::Env {
        name: name.into(),
        default: default.map(Into::into),
    };
    f.source(
        "swipes",
        "kafka",
        &[
            ("brokers", env("KAFKA_BROKERS", Some("localhost:9092"))),
            ("topic", word("swipes")),
            ("format", word("json")),
            ("idle_timeout", OptionValue::Duration(60_000)),
            ("!properties.sasl.jaas.config", OptionValue::Secret { name: "KAFKA_LOGIN".into() }),
        ],
        &[
            ("swipe_id", "BIGINT NOT NULL"),
            ("card_id", "BIGINT"),
            ("amount", "DECIMAL(10, 2)"),
            ("country", "STRING"),
            ("home_country", "STRING"),
            ("swiped_at", "TIMESTAMP(3)"),
        ],
        Some(("swiped_at", 5_000)),
    );
    f.documented("Every authorised card swipe.");
    let scan = f.scan("swipes");
    let predicate = call(
        "AND",
        vec![
            call(">", vec![col(&scan, "amount"), int(1000)]),
            call("<>", vec![col(&scan, "country"), col(&scan, "home_country")]),
        ],
    );
    let origin = f.step("filter");
    let risky = relations::filter(scan, predicate, origin);
    let rate = Value::Decimal(Decimal::new(15, 3));
    let rate =
        streamc_plan::Expr::literal(rate, DataType::not_null(TypeKind::Decimal { precision: 4, scale: 3 }));
    let fee = call("*", vec![col(&risky, "amount"), rate]);
    let origin = f.step("derive");
    let risky = derive(risky, vec![("fee", fee)], origin);
    f.stream("risky", risky);
    f.documented("Swipes that are large and abroad.");
    let scan = f.scan("swipes");
    let origin = f.step("window");
    let time = at(&scan, "swiped_at");
    let windowed = relations::window(scan, WindowSpec::Tumble { size: 60_000, offset: 0 }, time, origin);
    let keys = ["window_start", "window_end", "card_id"].map(|n| at(&windowed, n)).to_vec();
    let spent = aggregate("SUM", vec![col(&windowed, "amount")], "spent");
    let origin = f.step("group by");
    let grouped =
        relations::aggregate(windowed, keys, vec![aggregate("COUNT", vec![], "swipes"), spent], origin);
    f.stream("per_minute", grouped.clone());
    f.sql(
        "per_minute_sql",
        r"
    SELECT window_start, window_end, card_id, COUNT(*) AS swipes, SUM(amount) AS spent
    FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE))
    GROUP BY window_start, window_end, card_id -- the window first
  ",
        grouped,
    );
    let brokers = ("brokers", env("KAFKA_BROKERS", Some("localhost:9092")));
    f.sink("alerts", "kafka", &[brokers.clone(), ("topic", word("alerts"))], &["card_id"], "risky");
    f.documented("Goes to the people who call the customer.");
    f.sink(
        "board",
        "upsert_kafka",
        &[brokers, ("topic", word("board"))],
        &["card_id", "window_start"],
        "per_minute",
    );
    f.sink(
        "archive",
        "file",
        &[("path", word("s3://bank/archive")), ("format", word("json"))],
        &[],
        "per_minute_sql",
    );
    f
}

#[test]
fn the_script_of_an_application_reads_well() {
    insta::assert_snapshot!(card_fraud().job_sql());
}

#[test]
fn the_job_file_holds_the_same_statements_as_data() {
    insta::assert_snapshot!(card_fraud().file("flink/job.json").contents);
}

#[test]
fn the_configuration_has_flat_keys() {
    insta::assert_snapshot!(card_fraud().file("flink/config.yaml").contents);
}

#[test]
fn nothing_is_wrong_with_it() {
    assert_eq!(card_fraud().problems(), "");
}

#[test]
fn the_source_map_leads_from_lines_to_steps() {
    let file = card_fraud().file("flink/job.sql");
    let lines: Vec<&str> = file.contents.lines().collect();
    let entry = |e: &streamc_backend::SourceMapEntry| {
        let from = e.span.map_or_else(String::new, |s| format!("{}..{}", s.start, s.end));
        format!("{:>3} {:<24} {:<9} {}\n", e.line, e.id, from, lines[e.line as usize - 1])
    };
    insta::assert_snapshot!(file.source_map.iter().map(entry).collect::<String>());
}
