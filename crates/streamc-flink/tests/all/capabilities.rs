//! What is refused, and what is warned of.

use crate::fixtures::*;
use streamc_plan::{Expr, JoinKind, OptionValue, Relation, SortKey, WindowSpec, relations};
use streamc_types::Column;

fn kafka(topic: &str) -> Vec<(&'static str, OptionValue)> {
    vec![("brokers", word("b:1")), ("topic", word(topic))]
}

fn swipes(build: impl FnOnce(&mut Fixture) -> Relation) -> Fixture {
    let mut f = Fixture::new("app");
    f.swipes();
    let relation = build(&mut f);
    f.stream("result", relation);
    f.print("result");
    f
}

fn top_one(f: &mut Fixture, order: &[(&str, bool)], limit: u64) -> Relation {
    let scan = f.scan("swipes");
    let partition = vec![at(&scan, "card_id")];
    let order = order.iter().map(|(c, descending)| SortKey::new(at(&scan, c), *descending)).collect();
    let origin = f.step("top");
    relations::rank(scan, partition, order, limit, None, origin)
}

fn counted(f: &mut Fixture, input: Relation, by: &[&str]) -> Relation {
    let keys = by.iter().map(|k| at(&input, k)).collect();
    let origin = f.step("group by");
    relations::aggregate(input, keys, vec![aggregate("COUNT", vec![], "n")], origin)
}

fn session(f: &mut Fixture, by: &[&str], group: &[&str]) -> Relation {
    let scan = f.scan("swipes");
    let partition = by.iter().map(|c| at(&scan, c)).collect();
    let time = at(&scan, "swiped_at");
    let origin = f.step("window");
    let windows = relations::window(scan, WindowSpec::Session { gap: 60_000, partition }, time, origin);
    let mut keys = vec!["window_start", "window_end"];
    keys.extend(group);
    counted(f, windows, &keys)
}

#[test]
fn hive_is_refused_with_the_reason() {
    let mut f = Fixture::new("app");
    f.source("accounts", "hive", &[("table", word("bank.accounts"))], &[("id", "INT")], None);
    f.print("accounts");
    insta::assert_snapshot!(f.problems());
}

#[test]
fn an_application_without_a_sink_has_nothing_to_run() {
    let mut f = Fixture::new("app");
    f.swipes();
    insta::assert_snapshot!(f.problems());
}

#[test]
fn a_watermark_above_a_join_or_a_group_is_refused() {
    let f = swipes(|f| {
        let scan = f.scan("swipes");
        let sum = aggregate("MAX", vec![col(&scan, "swiped_at")], "last");
        let keys = vec![at(&scan, "card_id")];
        let origin = f.step("group by");
        let groups = relations::aggregate(scan, keys, vec![sum], origin);
        let column = at(&groups, "last");
        let origin = f.step("watermark");
        relations::watermark(groups, column, 0, origin).unwrap()
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn groups_of_sessions_need_the_keys_of_the_sessions() {
    let problems = |by: &[&str], group: &[&str]| swipes(|f| session(f, by, group)).problems();
    assert_eq!(problems(&[], &[]), "");
    assert_eq!(problems(&["card_id"], &["card_id"]), "");
    let two = problems(&["card_id", "country"], &["country", "card_id"]);
    assert!(two.contains("Flink keeps sessions apart by one column at most"), "{two}");
    insta::assert_snapshot!(problems(&[], &["card_id"]));
    insta::assert_snapshot!(problems(&["card_id"], &[]));
    insta::assert_snapshot!(problems(&["card_id"], &["card_id", "country"]));
}

#[test]
fn aggregates_that_flink_lacks_for_a_window_are_refused() {
    let problems = |function: &str, distinct: bool, spec: WindowSpec| {
        swipes(|f| {
            let scan = f.scan("swipes");
            let time = at(&scan, "swiped_at");
            let origin = f.step("window");
            let windows = relations::window(scan, spec, time, origin);
            let mut call = aggregate(function, vec![col(&windows, "amount")], "x");
            call.distinct = distinct;
            let keys = ["window_start", "window_end"].map(|c| at(&windows, c)).to_vec();
            let origin = f.step("group by");
            relations::aggregate(windows, keys, vec![call], origin)
        })
        .problems()
    };
    let tumble = || WindowSpec::Tumble { size: 60_000, offset: 0 };
    let hop = || WindowSpec::Hop { size: 60_000, slide: 20_000, offset: 0 };
    let session = || WindowSpec::Session { gap: 60_000, partition: Vec::new() };
    assert_eq!(problems("FIRST_VALUE", false, tumble()), "");
    assert_eq!(problems("SUM", true, tumble()), "");
    assert_eq!(problems("SUM", true, session()), "");
    assert_eq!(problems("COUNT", true, hop()), "");
    assert_eq!(problems("SUM", false, hop()), "");
    insta::assert_snapshot!(problems("SUM", true, hop()));
    insta::assert_snapshot!(problems("FIRST_VALUE", false, session()));
}

#[test]
fn averages_of_integers_are_refused_where_their_sums_overflow() {
    let problems = |average: &str, beside: &str| {
        swipes(|f| {
            let scan = f.scan("swipes");
            let calls = vec![
                aggregate("AVG", vec![cast(col(&scan, "card_id"), average)], "mean"),
                aggregate(beside, vec![col(&scan, "amount")], "other"),
            ];
            let origin = f.step("group by");
            let country = at(&scan, "country");
            relations::aggregate(scan, vec![country], calls, origin)
        })
        .problems()
    };
    assert_eq!(problems("BIGINT", "STDDEV_POP"), "");
    assert_eq!(problems("INT", "MAX"), "");
    insta::assert_snapshot!(problems("INT", "VAR_SAMP"));
}

#[test]
fn rows_that_change_are_not_joined_by_the_distance_of_event_times() {
    let problems = |limit: Option<u64>, both_bounds: bool| {
        swipes(|f| {
            let left = match limit {
                Some(limit) => top_one(f, &[("amount", true)], limit),
                None => f.scan("swipes"),
            };
            let other = f.scan("swipes");
            let time = || call("+", vec![col(&left, "swiped_at"), interval(5_000)]);
            let mut condition = call("<=", vec![right(&left, &other, "swiped_at"), time()]);
            if both_bounds {
                let lower = call(">=", vec![right(&left, &other, "swiped_at"), col(&left, "swiped_at")]);
                condition = call("AND", vec![condition, lower]);
            }
            let origin = f.step("join");
            let joined = relations::join(left, other, JoinKind::Inner, condition, origin);
            let origin = f.step("select");
            relations::project(joined, vec![("id".into(), Expr::column(0, ty("BIGINT")))], origin)
        })
        .problems()
    };
    assert_eq!(problems(None, true), "");
    assert_eq!(problems(Some(2), false), "");
    insta::assert_snapshot!(problems(Some(2), true));
}

#[test]
fn a_top_one_is_refused_where_something_reads_it() {
    let behind = |order: &[(&str, bool)], limit: u64| {
        swipes(|f| {
            let top = top_one(f, order, limit);
            counted(f, top, &["country"])
        })
        .problems()
    };
    insta::assert_snapshot!(behind(&[("amount", false)], 1));
    assert!(behind(&[("amount", true), ("swipe_id", true)], 1).contains("ST5013"));
    assert_eq!(behind(&[("amount", true)], 1), "");
    assert_eq!(behind(&[("amount", false)], 2), "");
    assert_eq!(behind(&[("swiped_at", false)], 1), "");
    let mut f = Fixture::new("app");
    f.swipes();
    let top = top_one(&mut f, &[("amount", false)], 1);
    f.stream("result", top);
    f.sink("by_key", "upsert_kafka", &kafka("t"), &["card_id"], "result");
    assert_eq!(f.problems(), "", "a sink that replaces by key is right");
    f.print("result");
    assert!(f.problems().contains("ST5013"), "{}", f.problems());
}

#[test]
fn a_top_one_is_refused_where_another_stream_reads_it() {
    let f = swipes(|f| {
        let top = top_one(f, &[("amount", false)], 1);
        f.stream("cheapest", top);
        let scan = f.scan("cheapest");
        f.stream("same", scan);
        let scan = f.scan("same");
        counted(f, scan, &["country"])
    });
    assert!(f.problems().contains("ST5013"), "{}", f.problems());
}

#[test]
fn repartition_has_no_effect() {
    let f = swipes(|f| {
        let scan = f.scan("swipes");
        let origin = f.step("repartition");
        relations::repartition(scan, 8, origin)
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn an_interval_join_needs_one_type_of_event_time() {
    let f = swipes(|f| {
        f.source(
            "instants",
            "kafka",
            &kafka("i"),
            &[("id", "BIGINT"), ("at", "TIMESTAMP_LTZ(3)")],
            Some(("at", 0)),
        );
        let (left, other) = (f.scan("swipes"), f.scan("instants"));
        let bound = |symbol: &str| {
            let (a, b) = (right(&left, &other, "at"), col(&left, "swiped_at"));
            let function = streamc_functions::operator(symbol).unwrap();
            let kind = streamc_plan::ExprKind::Call { function, arguments: vec![a, b] };
            Expr::new(kind, ty("BOOLEAN"))
        };
        let condition = call("AND", vec![bound(">="), bound("<=")]);
        let origin = f.step("join");
        relations::join(left, other, JoinKind::Inner, condition, origin)
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn a_timestamp_behind_event_time_in_an_equality_is_refused() {
    let f = swipes(|f| {
        f.source("days", "kafka", &kafka("d"), &[("id", "BIGINT"), ("day", "TIMESTAMP(3)")], None);
        let (left, other) = (f.scan("swipes"), f.scan("days"));
        let (time, day) = (col(&left, "swiped_at"), right(&left, &other, "day"));
        let origin = f.step("join");
        let behind = call("=", vec![time.clone(), day.clone()]);
        let before = call("=", vec![day, time]);
        let joined = relations::join(left, other.clone(), JoinKind::Inner, before, origin);
        f.stream("other_way", joined);
        let left = f.scan("swipes");
        let origin = f.step("join");
        relations::join(left, other, JoinKind::Inner, behind, origin)
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn distinct_keys_of_grouping_sets_are_refused_where_a_key_may_be_null() {
    let sets = |f: &mut Fixture, key: &str| {
        let scan = f.scan("swipes");
        let key = at(&scan, key);
        let origin = f.step("group by");
        let padded = relations::expand(scan, vec![key], vec![vec![0], vec![]], "set".into(), origin.clone());
        let number = padded.props.schema.len() - 1;
        let grouped = relations::aggregate(padded, vec![key, number], Vec::new(), origin.clone());
        let only = Expr::column(0, grouped.props.schema.columns[0].ty.clone());
        let projected = relations::project(grouped, vec![("key".into(), only)], origin);
        let origin = f.step("distinct");
        relations::distinct(projected, origin)
    };
    let f = swipes(|f| {
        let known = sets(f, "swipe_id");
        f.stream("known", known);
        sets(f, "card_id")
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn a_key_of_json_objectagg_that_is_its_value_is_refused() {
    let f = swipes(|f| {
        let scan = f.scan("swipes");
        let (card, other) = (col(&scan, "country"), call("UPPER", vec![col(&scan, "country")]));
        let origin = f.step("group by");
        let same =
            aggregate("JSON_OBJECTAGG_NULL_ON_NULL", vec![text("v"), card.clone(), card.clone()], "same");
        let fine = aggregate("JSON_OBJECTAGG_NULL_ON_NULL", vec![text("v"), card, other], "fine");
        relations::aggregate(scan, Vec::new(), vec![same, fine], origin)
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn a_constant_behind_one_of_type_variant_is_refused() {
    let f = swipes(|f| {
        let scan = f.scan("swipes");
        let variant = call("PARSE_JSON", vec![text("1")]);
        let upper = call("UPPER", vec![text("a")]);
        let origin = f.step("select");
        let columns = vec![
            ("before".into(), upper.clone()),
            ("variant".into(), variant),
            ("card".into(), col(&scan, "card_id")),
            ("behind".into(), upper),
        ];
        relations::project(scan, columns, origin)
    });
    insta::assert_snapshot!(f.problems());
}

#[test]
fn types_and_formats_that_a_table_cannot_have_are_refused() {
    let mut f = swipes(|f| {
        let scan = f.scan("swipes");
        let origin = f.step("derive");
        derive(scan, vec![("wait", interval(5))], origin)
    });
    let columns = [("a", "INT"), ("m", "MAP<STRING, INT>")];
    let mut csv = kafka("c");
    csv.push(("format", word("csv")));
    f.source("cells", "kafka", &csv, &columns, None);
    let mut raw = kafka("r");
    raw.push(("format", word("raw")));
    f.source("lines", "kafka", &raw, &columns, None);
    f.source("semi", "datagen", &[], &[("a;b", "INT")], None);
    f.sink("keyed", "kafka", &kafka("k"), &["a;b"], "semi");
    insta::assert_snapshot!(f.problems());
}

#[test]
fn transaction_timeouts_are_held_against_the_broker_and_the_checkpoints() {
    let problems = |timeout: OptionValue, every: i64| {
        let mut f =
            Fixture::new("app").exactly_once().setting("checkpoint_interval", OptionValue::Duration(every));
        f.swipes();
        let mut options = kafka("out");
        options.push(("transaction_timeout", timeout));
        f.sink("out", "kafka", &options, &[], "swipes");
        f.problems()
    };
    assert_eq!(problems(OptionValue::Duration(15 * 60_000), 10_000), "");
    insta::assert_snapshot!(problems(OptionValue::Duration(3_600_000), 10_000));
    insta::assert_snapshot!(problems(OptionValue::Duration(600_000), 900_000));
}

#[test]
fn two_sinks_with_one_prefix_are_refused() {
    let mut f = Fixture::new("app").exactly_once();
    f.swipes();
    f.sink("first", "kafka", &kafka("a"), &[], "swipes");
    let mut options = kafka("b");
    options.push(("transactional_id_prefix", word("app-first")));
    f.sink("second", "kafka", &options, &[], "swipes");
    insta::assert_snapshot!(f.problems());
    f.plan.app.delivery = None;
    assert_eq!(f.problems(), "", "without transactions nothing is shared");
}

#[test]
fn fewer_partitions_than_tasks_are_warned_of() {
    let problems = |more: &[(&'static str, OptionValue)]| {
        let mut f = Fixture::new("app").setting("parallelism", OptionValue::Int(4));
        let mut options = kafka("in");
        options.extend_from_slice(more);
        f.source("s", "kafka", &options, &[("at", "TIMESTAMP(3)")], Some(("at", 0)));
        f.print("s");
        f.problems()
    };
    insta::assert_snapshot!(problems(&[("partitions", OptionValue::Int(2))]));
    assert_eq!(problems(&[]), "");
    assert_eq!(problems(&[("partitions", OptionValue::Int(4))]), "");
    let idle = ("idle_timeout", OptionValue::Duration(1));
    assert_eq!(problems(&[("partitions", OptionValue::Int(2)), idle]), "");
}

#[test]
fn a_refused_plan_is_not_emitted() {
    use streamc_backend::Backend;
    let mut f = Fixture::new("app");
    f.swipes();
    let options = streamc_backend::BuildOptions { places: &Lines, version: "0" };
    let refused = streamc_flink::FlinkBackend.emit(&f.plan, &options).unwrap_err();
    assert_eq!(refused.len(), 1);
    let scan = f.scan("swipes");
    let origin = f.step("explode");
    let collection = col(&scan, "tags");
    let tags =
        relations::unnest(scan, collection, vec![Column::new("tag", ty("STRING"))], false, false, origin);
    f.stream("tags", tags);
    f.print("tags");
    assert!(streamc_flink::FlinkBackend.emit(&f.plan, &options).is_ok());
}

#[test]
fn a_header_in_csv_files_is_warned_of() {
    let mut f = Fixture::new("app");
    f.source("s", "file", &[("path", word("/in")), ("format", word("csv"))], &[("a", "INT")], None);
    f.print("s");
    assert_eq!(f.problems(), "");
    if let streamc_plan::ComponentKind::Source(source) = &mut f.plan.components[0].kind {
        source.sample = Some("samples/a.csv".into());
    }
    assert!(f.problems().starts_with("ST5015 warning"), "{}", f.problems());
}

#[test]
fn what_parquet_and_folders_cannot_do_is_refused() {
    let mut f = Fixture::new("app");
    let parquet = [("path", word("/in")), ("format", word("parquet"))];
    let columns = [("day", "DATE"), ("id", "INT"), ("stays", "ARRAY<ROW<at TIMESTAMP_LTZ(3)>>")];
    f.source("rows", "file", &parquet, &columns, None);
    let by = |names: &[&str]| {
        let names = names.iter().map(|n| (*n).into()).collect();
        [("path", word("/out")), ("format", word("json")), ("partition_by", OptionValue::List(names))]
    };
    f.sink("out", "file", &by(&["id", "day"]), &[], "rows");
    let problems = f.problems();
    assert!(problems.contains("cannot read the timestamps inside of `stays` from Parquet"), "{problems}");
    assert!(problems.contains("names no folders by `day`, which is DATE"), "{problems}");
    assert_eq!(problems.matches("ST5001 error").count(), 2, "{problems}");
}
