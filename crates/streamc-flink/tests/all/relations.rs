//! Every kind of relation. Each snapshot is a whole script: the suite on engines shows it to Flink.

use crate::fixtures::*;
use streamc_plan::{
    Expr, JoinKind, MatchExpr, MatchOperand, Measure, PatternVariable, RankKind, Relation, RelationKind,
    RowPattern, SkipAfterMatch, SortKey, WindowSpec, relations,
};
use streamc_types::{Column, DataType, RowKind};

/// One stream `result` over the swipes, printed.
fn one(build: impl FnOnce(&mut Fixture) -> Relation) -> Fixture {
    let mut f = Fixture::new("app");
    f.swipes();
    let relation = build(&mut f);
    f.stream("result", relation);
    f.print("result");
    f
}

fn sql(build: impl FnOnce(&mut Fixture) -> Relation) -> String {
    let f = one(build);
    assert_eq!(f.problems(), "", "Flink can do all of these");
    f.job_sql()
}

fn windowed(f: &mut Fixture, spec: WindowSpec) -> Relation {
    let scan = f.scan("swipes");
    let time = at(&scan, "swiped_at");
    let origin = f.step("window");
    relations::window(scan, spec, time, origin)
}

fn counted(f: &mut Fixture, input: Relation, by: &[&str]) -> Relation {
    let keys = by.iter().map(|k| at(&input, k)).collect();
    let sum = aggregate("SUM", vec![col(&input, "amount")], "spent");
    let origin = f.step("group by");
    relations::aggregate(input, keys, vec![aggregate("COUNT", vec![], "n"), sum], origin)
}

fn large(f: &mut Fixture, input: Relation) -> Relation {
    let origin = f.step("filter");
    let predicate = call(">", vec![col(&input, "amount"), int(100)]);
    relations::filter(input, predicate, origin)
}

fn with_fee(f: &mut Fixture, input: Relation) -> Relation {
    let origin = f.step("derive");
    let fee = call("*", vec![col(&input, "amount"), int(2)]);
    derive(input, vec![("fee", fee)], origin)
}

fn top(
    f: &mut Fixture,
    input: Relation,
    by: &[&str],
    order: &[(&str, bool)],
    limit: u64,
    number: Option<&str>,
) -> Relation {
    let partition = by.iter().map(|c| at(&input, c)).collect();
    let order = order.iter().map(|(c, descending)| SortKey::new(at(&input, c), *descending)).collect();
    let origin = f.step("top");
    relations::rank(input, partition, order, limit, number.map(Into::into), origin)
}

fn joined(f: &mut Fixture, kind: JoinKind, within: Option<(i64, i64)>) -> Relation {
    let (left, other) = (f.scan("swipes"), f.scan("payments"));
    let mut condition = call("=", vec![col(&left, "card_id"), right(&left, &other, "card_id")]);
    if let Some((lower, upper)) = within {
        let bound = |symbol: &str, distance: i64| {
            let moment = call("+", vec![col(&left, "swiped_at"), interval(distance)]);
            call(symbol, vec![right(&left, &other, "paid_at"), moment])
        };
        for part in [bound(">=", lower), bound("<=", upper)] {
            condition = call("AND", vec![condition, part]);
        }
    }
    let origin = f.step("join");
    relations::join(left, other, kind, condition, origin)
}

fn payments(f: &mut Fixture) {
    f.source(
        "payments",
        "kafka",
        &[("brokers", word("localhost:9092")), ("topic", word("payments"))],
        &[("payment_id", "BIGINT"), ("card_id", "BIGINT"), ("paid_at", "TIMESTAMP(3)")],
        Some(("paid_at", 0)),
    );
}

macro_rules! snapshots {
    ($($name:ident: $build:expr;)*) => { $(#[test] fn $name() { insta::assert_snapshot!(sql($build)); })* };
}

snapshots! {
    a_scan_is_a_star: |f| f.scan("swipes");
    a_filter_after_a_computed_column_becomes_a_step: |f| {
        let scan = f.scan("swipes");
        let fee = with_fee(f, scan);
        let origin = f.step("filter");
        let predicate = call(">", vec![col(&fee, "fee"), int(10)]);
        relations::filter(fee, predicate, origin)
    };
    projections_fold_into_one_list: |f| {
        let scan = f.scan("swipes");
        let risky = large(f, scan);
        let fee = with_fee(f, risky);
        let origin = f.step("map");
        let columns = vec![
            ("id".into(), col(&fee, "swipe_id")),
            ("fee".into(), call("+", vec![col(&fee, "fee"), int(1)])),
        ];
        relations::project(fee, columns, origin)
    };
    a_computed_column_read_twice_becomes_a_step: |f| {
        let scan = f.scan("swipes");
        let fee = with_fee(f, scan);
        let origin = f.step("map");
        let square = call("*", vec![col(&fee, "fee"), col(&fee, "fee")]);
        relations::project(fee, vec![("square".into(), square)], origin)
    };
    a_tumbling_window: |f| {
        let windows = windowed(f, WindowSpec::Tumble { size: 60_000, offset: 0 });
        counted(f, windows, &["window_start", "window_end", "card_id"])
    };
    a_hopping_window_with_an_offset: |f| {
        let windows = windowed(f, WindowSpec::Hop { size: 3_600_000, slide: 600_000, offset: -90_000 });
        counted(f, windows, &["window_start", "window_end", "card_id"])
    };
    a_cumulating_window_of_hundreds_of_hours: |f| {
        let windows = windowed(f, WindowSpec::Cumulate { max: 100 * 3_600_000, step: 3_600_000, offset: 0 });
        counted(f, windows, &["window_start", "window_end", "window_time", "card_id"])
    };
    a_session_by_a_key: |f| {
        let scan = f.scan("swipes");
        let key = at(&scan, "card_id");
        let windows = windowed(f, WindowSpec::Session { gap: 1_500, partition: vec![key] });
        counted(f, windows, &["window_start", "window_end", "card_id"])
    };
    a_session_of_all: |f| {
        let windows = windowed(f, WindowSpec::Session { gap: 250, partition: vec![] });
        counted(f, windows, &["window_start", "window_end"])
    };
    a_window_over_filtered_rows: |f| {
        let scan = f.scan("swipes");
        let risky = large(f, scan);
        let fee = with_fee(f, risky);
        let time = at(&fee, "swiped_at");
        let origin = f.step("window");
        let windows = relations::window(fee, WindowSpec::Tumble { size: 86_400_000, offset: 0 }, time, origin);
        let windows = large(f, windows);
        counted(f, windows, &["window_start", "window_end", "country"])
    };
    a_window_of_windows: |f| {
        let windows = windowed(f, WindowSpec::Tumble { size: 60_000, offset: 0 });
        let keys = ["window_start", "window_end", "window_time", "card_id"].map(|n| at(&windows, n)).to_vec();
        let origin = f.step("group by");
        let sum = aggregate("SUM", vec![col(&windows, "amount")], "amount");
        let minutes = relations::aggregate(windows, keys, vec![sum], origin);
        let time = at(&minutes, "window_time");
        let origin = f.step("window");
        let hours = relations::window(minutes, WindowSpec::Tumble { size: 3_600_000, offset: 0 }, time, origin);
        let starts: Vec<usize> = (0..hours.props.schema.len()).filter(|i| {
            hours.props.schema.columns[*i].name.starts_with("window_")
        }).collect();
        let by = |n: usize| starts[starts.len() - 3 + n];
        let origin = f.step("group by");
        let sum = aggregate("SUM", vec![col(&hours, "amount")], "amount");
        relations::aggregate(hours, vec![by(0), by(1)], vec![sum], origin)
    };
    rows_of_a_window: |f| windowed(f, WindowSpec::Tumble { size: 60_000, offset: 0 });
    a_group_with_distinct_and_filter: |f| {
        let scan = f.scan("swipes");
        let keys = vec![at(&scan, "country")];
        let mut cards = aggregate("COUNT", vec![col(&scan, "card_id")], "cards");
        cards.distinct = true;
        let mut most = aggregate("MAX", vec![col(&scan, "amount")], "most");
        most.filter = Some(call("IS NOT NULL", vec![col(&scan, "tags")]));
        let origin = f.step("group by");
        let groups = relations::aggregate(scan, keys, vec![cards, most], origin);
        let origin = f.step("filter");
        let predicate = call(">", vec![col(&groups, "cards"), int(1)]);
        relations::filter(groups, predicate, origin)
    };
    a_group_of_all_with_arithmetic: |f| {
        let scan = f.scan("swipes");
        let groups = counted(f, scan, &[]);
        let origin = f.step("map");
        let mean = call("/", vec![col(&groups, "spent"), col(&groups, "n")]);
        relations::project(groups, vec![("mean".into(), mean)], origin)
    };
    a_group_by_a_computed_key: |f| {
        let scan = f.scan("swipes");
        let origin = f.step("derive");
        let upper = call("UPPER", vec![col(&scan, "country")]);
        let scan = derive(scan, vec![("upper", upper)], origin);
        counted(f, scan, &["upper"])
    };
    a_group_of_groups: |f| {
        let scan = f.scan("swipes");
        let groups = counted(f, scan, &["card_id"]);
        let keys = vec![at(&groups, "n")];
        let origin = f.step("group by");
        relations::aggregate(groups, keys, vec![aggregate("COUNT", vec![], "cards")], origin)
    };
    a_regular_join: |f| { payments(f); joined(f, JoinKind::Inner, None) };
    an_interval_left_join: |f| { payments(f); joined(f, JoinKind::Left, Some((-300_000, 60_000))) };
    a_full_join: |f| { payments(f); joined(f, JoinKind::Full, None) };
    a_right_interval_join: |f| { payments(f); joined(f, JoinKind::Right, Some((0, 5_500))) };
    a_chain_of_joins: |f| {
        payments(f);
        let first = joined(f, JoinKind::Left, None);
        let names = ["swipe_id", "card_id", "amount", "country", "tags", "swiped_at", "payment_id", "card_id_2", "paid_at"];
        let columns = names.iter().enumerate().map(|(i, n)| {
            ((*n).into(), Expr::column(i, first.props.schema.columns[i].ty.clone()))
        }).collect();
        let origin = f.step("join");
        let first = relations::project(first, columns, origin);
        let again = f.scan("swipes");
        let condition = call("=", vec![col(&first, "payment_id"), right(&first, &again, "swipe_id")]);
        let origin = f.step("join");
        let second = relations::join(first, again, JoinKind::Inner, condition, origin);
        let origin = f.step("filter");
        let predicate = call("<>", vec![Expr::column(3, DataType::string()), Expr::column(12, DataType::string())]);
        let kept = relations::filter(second, predicate, origin);
        let origin = f.step("select");
        let column = |i: usize| Expr::column(i, kept.props.schema.columns[i].ty.clone());
        relations::project(kept.clone(), vec![("id".into(), column(0)), ("other".into(), column(9))], origin)
    };
    a_join_of_filtered_sides: |f| {
        payments(f);
        let scan = f.scan("swipes");
        let left = large(f, scan);
        let scan = f.scan("swipes");
        let other = large(f, scan);
        let condition = call("=", vec![col(&left, "card_id"), right(&left, &other, "card_id")]);
        let origin = f.step("join");
        relations::join(left, other, JoinKind::Inner, condition, origin)
    };
    a_top_three: |f| {
        let scan = f.scan("swipes");
        let risky = large(f, scan);
        top(f, risky, &["card_id"], &[("amount", true), ("swipe_id", false)], 3, None)
    };
    a_numbered_top_of_all: |f| {
        let scan = f.scan("swipes");
        top(f, scan, &[], &[("amount", true)], 10, Some("place"))
    };
    the_first_row_by_event_time: |f| {
        let scan = f.scan("swipes");
        top(f, scan, &["swipe_id"], &[("swiped_at", false)], 1, None)
    };
    the_last_row_by_event_time_filtered: |f| {
        let scan = f.scan("swipes");
        let last = top(f, scan, &["swipe_id"], &[("swiped_at", true)], 1, None);
        large(f, last)
    };
    a_top_of_each_window: |f| {
        let windows = windowed(f, WindowSpec::Tumble { size: 60_000, offset: 0 });
        let groups = counted(f, windows, &["window_start", "window_end", "card_id"]);
        top(f, groups, &["window_start", "window_end"], &[("spent", true)], 3, Some("place"))
    };
    a_top_of_the_rows_of_a_window: |f| {
        let windows = windowed(f, WindowSpec::Tumble { size: 60_000, offset: 0 });
        top(f, windows, &["window_start", "window_end", "card_id"], &[("amount", false)], 1, None)
    };
    a_count_of_a_top: |f| {
        let scan = f.scan("swipes");
        let best = top(f, scan, &["card_id"], &[("amount", true)], 3, None);
        counted(f, best, &["country"])
    };
    distinct_rows: |f| {
        let scan = f.scan("swipes");
        let origin = f.step("select");
        let pairs = select(scan, &["card_id", "country"], origin);
        let origin = f.step("distinct");
        relations::distinct(pairs, origin)
    };
    distinct_rows_of_a_window: |f| {
        let windows = windowed(f, WindowSpec::Tumble { size: 60_000, offset: 0 });
        let origin = f.step("select");
        let pairs = select(windows, &["window_start", "window_end", "card_id"], origin);
        let origin = f.step("distinct");
        relations::distinct(pairs, origin)
    };
    distinct_groups: |f| {
        let scan = f.scan("swipes");
        let groups = counted(f, scan, &["card_id"]);
        let origin = f.step("distinct");
        relations::distinct(groups, origin)
    };
    a_union_of_three: |f| {
        let scan = f.scan("swipes");
        let first = large(f, scan);
        let scan = f.scan("swipes");
        let origin = f.step("limit");
        let second = relations::limit(scan, 5, origin);
        let third = f.scan("swipes");
        let origin = f.step("union");
        relations::union(vec![first, second, third], origin)
    };
    a_filter_over_a_union: |f| {
        let (first, second) = (f.scan("swipes"), f.scan("swipes"));
        let origin = f.step("union");
        let both = relations::union(vec![first, second], origin);
        large(f, both)
    };
    a_limit_of_a_limit: |f| {
        let scan = f.scan("swipes");
        let risky = large(f, scan);
        let origin = f.step("limit");
        let ten = relations::limit(risky, 10, origin);
        let origin = f.step("limit");
        let five = relations::limit(ten, 5, origin);
        large(f, five)
    };
    an_array_exploded: |f| {
        let scan = f.scan("swipes");
        let risky = large(f, scan);
        let collection = col(&risky, "tags");
        let origin = f.step("explode");
        let tags = relations::unnest(risky, collection, vec![Column::new("tag", DataType::string())], false, false, origin);
        let origin = f.step("select");
        select(tags, &["swipe_id", "tag"], origin)
    };
    an_array_exploded_with_empty_ones: |f| {
        let scan = f.scan("swipes");
        let collection = col(&scan, "tags");
        let origin = f.step("explode");
        relations::unnest(scan, collection, vec![Column::new("part", DataType::string())], true, false, origin)
    };
    a_map_exploded: |f| {
        f.source(
            "bags", "kafka", &[("brokers", word("b:1")), ("topic", word("bags"))],
            &[("id", "INT"), ("m", "MAP<STRING, INT>"), ("rows", "ARRAY<ROW<`end` INT, `b``c` STRING>>")], None,
        );
        let scan = f.scan("bags");
        let collection = col(&scan, "m");
        let origin = f.step("explode");
        let columns = vec![Column::new("k", DataType::string()), Column::new("v", DataType::int())];
        let pairs = relations::unnest(scan, collection, columns, false, false, origin);
        let collection = col(&pairs, "rows");
        let columns = vec![Column::new("end", DataType::int()), Column::new("b`c", DataType::string())];
        let origin = f.step("explode");
        relations::unnest(pairs, collection, columns, false, false, origin)
    };
    streams_of_streams: |f| {
        let scan = f.scan("swipes");
        let risky = large(f, scan);
        f.stream("risky", risky);
        let scan = f.scan("risky");
        let groups = counted(f, scan, &["card_id"]);
        f.stream("counts", groups);
        f.scan("counts")
    };
}

#[test]
fn what_is_first_by_event_time_is_a_deduplication() {
    let f = one(|f| {
        let scan = f.scan("swipes");
        top(f, scan, &["swipe_id"], &[("swiped_at", false)], 1, None)
    });
    let RelationKind::Rank { kind, .. } = &f.plan.streams().next().unwrap().1.relation.kind else {
        panic!("a rank")
    };
    assert_eq!(*kind, RankKind::FirstRow);
}

/// A source without event time, and a pipe that declares it.
fn late_watermark(f: &mut Fixture, compute: bool) -> Relation {
    f.source(
        "raw",
        "kafka",
        &[("brokers", word("localhost:9092")), ("topic", word("raw"))],
        &[("id", "BIGINT"), ("at", "STRING"), ("ts", "TIMESTAMP(3)")],
        None,
    );
    let scan = f.scan("raw");
    let origin = f.step("filter");
    let predicate = call("IS NOT NULL", vec![col(&scan, "at")]);
    let kept = relations::filter(scan, predicate, origin);
    let origin = f.step("map");
    let moment = if compute { call("TO_TIMESTAMP", vec![col(&kept, "at")]) } else { col(&kept, "ts") };
    let columns = vec![("id".into(), col(&kept, "id")), ("moment".into(), moment)];
    let mapped = relations::project(kept, columns, origin);
    let origin = f.step("watermark");
    let column = at(&mapped, "moment");
    let timed = relations::watermark(mapped, column, 90_000, origin).unwrap();
    let origin = f.step("window");
    let windows = relations::window(timed, WindowSpec::Tumble { size: 60_000, offset: 0 }, column, origin);
    let keys = ["window_start", "window_end"].map(|n| at(&windows, n)).to_vec();
    let origin = f.step("group by");
    relations::aggregate(windows, keys, vec![aggregate("COUNT", vec![], "n")], origin)
}

snapshots! {
    a_watermark_moves_down_to_a_column: |f| late_watermark(f, false);
    a_watermark_moves_down_to_a_computed_column: |f| late_watermark(f, true);
    a_watermark_of_a_source_that_others_read_gets_its_own_table: |f| {
        let relation = late_watermark(f, true);
        let others = f.scan("raw");
        f.stream("others", others);
        f.print("others");
        relation
    };
}

#[test]
fn a_pattern_of_rows() {
    insta::assert_snapshot!(sql(|f| {
        let scan = f.scan("swipes");
        let (amount, country) = (col(&scan, "amount"), col(&scan, "country"));
        let last = |variable: usize, first: bool, offset: u32, value: &Expr| MatchOperand::Row {
            variable: Some(variable),
            first,
            offset,
            value: value.clone(),
        };
        let of = |n: usize, value: &Expr| Expr::column(n, value.ty.clone());
        let grows = MatchExpr {
            operands: vec![last(1, false, 0, &amount), last(0, true, 1, &amount)],
            expr: call(">", vec![of(0, &amount), of(1, &amount)]),
        };
        let variable = |name: &str, least, most, greedy, condition| PatternVariable {
            name: name.into(),
            least,
            most,
            greedy,
            condition,
        };
        let sum = aggregate("SUM", vec![amount.clone()], "");
        let sum_type = sum.ty.clone();
        let time = at(&scan, "swiped_at");
        let rowtime = scan.props.schema.columns[time].ty.clone().with_nullable(false);
        let single = |operand: MatchOperand| {
            let expr = Expr::column(0, operand.ty().clone());
            MatchExpr { operands: vec![operand], expr }
        };
        let measure = |name: &str, value| Measure { name: name.into(), value };
        let pattern = RowPattern {
            partition: vec![at(&scan, "card_id")],
            time,
            order: vec![SortKey::new(at(&scan, "amount"), true)],
            variables: vec![
                variable("a", 2, None, true, None),
                variable("order", 0, Some(3), false, Some(grows)),
                variable("c", 1, Some(1), false, None),
            ],
            skip: SkipAfterMatch::ToLast(1),
            within: Some(60_000),
            measures: vec![
                measure("where", single(last(2, false, 0, &country))),
                measure("total", single(MatchOperand::Aggregate { variable: None, call: sum })),
                measure("at", single(MatchOperand::Rowtime(rowtime))),
            ],
        };
        assert_eq!(pattern.measures[1].value.expr.ty, sum_type);
        let origin = f.step("MATCH_RECOGNIZE");
        relations::recognize(scan, pattern, origin)
    }));
}

#[test]
fn changes_as_rows_and_back() {
    insta::assert_snapshot!(sql(|f| {
        let scan = f.scan("swipes");
        let counts = counted(f, scan, &["country"]);
        let codes = vec![(RowKind::Insert, "it's new".into()), (RowKind::UpdateAfter, "u".into())];
        let origin = f.step("TO_CHANGELOG");
        let changes = relations::to_changelog(counts, "order".into(), codes, origin);
        let codes = vec![("it's new".into(), RowKind::Insert), ("u".into(), RowKind::Insert)];
        let origin = f.step("FROM_CHANGELOG");
        relations::from_changelog(changes, 0, codes, origin)
    }));
}
