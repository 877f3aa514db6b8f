//! Aggregation without windows: updates and retractions.

use crate::kit::*;
use streamc_functions::EvalContext;
use streamc_local::{Clock, RunOptions};
use streamc_plan::{AggregateCall, Component, OverFrame, Relation, SortKey, relations};

fn orders() -> Component {
    source("orders", "k STRING, v BIGINT, ts TIMESTAMP(3)", Some(("ts", 0)))
}

fn summed(input: &Component) -> Relation {
    let input = scan(input);
    let sum = agg("SUM", vec![col(&input, "v")]);
    group(input, "k", vec![agg("COUNT", vec![]), sum])
}

#[test]
fn the_first_row_inserts_and_later_ones_update() {
    let orders = orders();
    expect(
        &[(&orders, "a 1 1\n b 5 2\n a 2 3\n a -2 4")],
        summed(&orders),
        "+I a 1 1
         +I b 1 5
         -U a 1 1
         +U a 2 3
         -U a 2 3
         +U a 3 1",
    );
}

#[test]
fn nothing_is_said_when_nothing_changed() {
    let orders = orders();
    let input = scan(&orders);
    let max = agg("MAX", vec![col(&input, "v")]);
    let relation = group(input, "k", vec![max]);
    expect(&[(&orders, "a 5 1\n a 3 2\n a 5 3\n a 6 4")], relation, "+I a 5\n-U a 5\n+U a 6");
}

#[test]
fn nulls_are_a_group_and_are_not_counted() {
    let orders = orders();
    let input = scan(&orders);
    let count = agg("COUNT", vec![col(&input, "v")]);
    let sum = agg("SUM", vec![col(&input, "v")]);
    let relation = group(input, "k", vec![count, sum]);
    expect(&[(&orders, "- - 1\n a - 2\n - 3 3")], relation, "+I - 0 -\n+I a 0 -\n-U - 0 -\n+U - 1 3");
}

#[test]
fn an_aggregate_of_an_aggregate_takes_back_what_was_updated() {
    // How many keys have how many rows.
    let orders = orders();
    let per_key = summed(&orders);
    let relation = group(per_key, "count", vec![agg("COUNT", vec![])]);
    expect(
        &[(&orders, "a 1 1\n b 1 2\n a 1 3\n b 1 4")],
        relation,
        "+I 1 1
         -U 1 1
         +U 1 2
         -U 1 2
         +U 1 1
         +I 2 1
         -D 1 1
         -U 2 1
         +U 2 2",
    );
}

#[test]
fn a_retracted_maximum_falls_back_to_the_next() {
    let orders = orders();
    let per_key = summed(&orders);
    let max = agg("MAX", vec![col(&per_key, "sum")]);
    let relation = group(per_key, "", vec![max]);
    expect(
        &[(&orders, "a 5 1\n b 3 2\n a -9 3")],
        relation,
        "+I 5
         -U 5
         +U 3",
    );
}

#[test]
fn distinct_and_filter_decide_which_rows_an_aggregate_sees() {
    let orders = orders();
    let input = scan(&orders);
    let mut distinct = agg("COUNT", vec![col(&input, "v")]);
    distinct.distinct = true;
    let mut filtered = agg("SUM", vec![col(&input, "v")]);
    filtered.filter = Some(call(">", vec![col(&input, "v"), int(1)]));
    let relation = group(input, "k", vec![distinct, filtered]);
    expect(
        &[(&orders, "a 1 1\n a 1 2\n a 2 3\n a - 4")],
        relation,
        "+I a 1 -
         -U a 1 -
         +U a 2 2",
    );
}

#[test]
fn distinct_counts_go_down_when_the_last_copy_goes() {
    let orders = orders();
    let per_key = summed(&orders);
    let mut distinct = agg("COUNT", vec![col(&per_key, "count")]);
    distinct.distinct = true;
    let relation = group(per_key, "", vec![distinct]);
    // Counts per key: {1}, {1,1}, {2,1}, {2,2}.
    expect(
        &[(&orders, "a 1 1\n b 1 2\n a 1 3\n b 1 4")],
        relation,
        "+I 1
         -U 1
         +U 2
         -U 2
         +U 1",
    );
}

#[test]
fn distinct_gives_each_row_once_and_takes_it_back_with_its_last_copy() {
    let orders = orders();
    let counts = {
        let per_key = summed(&orders);
        let count = col(&per_key, "count");
        project(per_key, vec![("count", count)])
    };
    let relation = relations::distinct(counts, origin());
    expect(&[(&orders, "a 1 1\n b 1 2\n a 1 3\n b 1 4")], relation, "+I 1\n+I 2\n-D 1");
}

#[test]
fn nothing_comes_of_no_rows() {
    let orders = orders();
    expect(&[(&orders, "")], summed(&orders), "");
    let input = scan(&orders);
    expect(&[(&orders, "")], group(input, "", vec![agg("COUNT", vec![])]), "");
}

#[test]
fn state_that_outlived_its_time_begins_anew() {
    let orders = orders();
    // The moment of the run is long after the records.
    let context = EvalContext { now_millis: 1_000_000, ..EvalContext::default() };
    let options =
        |clock| RunOptions { clock, state_ttl: Some(10), context: context.clone(), ..RunOptions::default() };
    let rows = "a 1 0\n a 1 9\n a 1 19\n a 1 20";
    let (found, _) = try_execute(&[(&orders, rows)], summed(&orders), &options(Clock::EventTime)).unwrap();
    assert_lines(&found, "+I a 1 1\n-U a 1 1\n+U a 2 2\n+I a 1 1\n-U a 1 1\n+U a 2 2");
    let (found, _) = try_execute(&[(&orders, rows)], summed(&orders), &options(Clock::Still)).unwrap();
    assert_eq!(found.lines().last(), Some("+U a 4 4"));
}

#[test]
fn the_mean_over_rows_before_wraps_as_flinks_quotient_does() {
    let s = source("s", "v INT, ts TIMESTAMP(3)", Some(("ts", 0)));
    let input = scan(&s);
    let calls = vec![AggregateCall { name: "mean".into(), ..agg("AVG", vec![col(&input, "v")]) }];
    let time = index(&input, "ts");
    let relation = relations::over(
        input,
        Vec::new(),
        SortKey::new(time, false),
        OverFrame::Range(None),
        calls,
        origin(),
    );
    let keep = ["mean"].map(|n| (n, col(&relation, n)));
    expect(
        &[(&s, "2147483647 1\n 1 2\n 3 3")],
        project(relation, keep.into()),
        "+I 2147483647\n+I -1073741824\n+I -715827881",
    );
}
