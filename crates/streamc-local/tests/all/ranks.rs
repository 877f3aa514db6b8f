//! Top-N and deduplication.

use crate::kit::*;
use streamc_plan::{Component, Relation, SortKey, relations};

fn scores() -> Component {
    source("scores", "k STRING, v BIGINT, ts TIMESTAMP(3)", Some(("ts", 2)))
}

fn rank(input: Relation, partition: &str, by: &str, descending: bool, limit: u64, number: bool) -> Relation {
    let partition = indices(&input, partition);
    let order = vec![SortKey::new(index(&input, by), descending)];
    relations::rank(input, partition, order, limit, number.then(|| "n".into()), origin())
}

#[test]
fn a_better_row_evicts_the_last_of_the_first_n() {
    let scores = scores();
    expect(
        &[(&scores, "a 5 1\n a 3 2\n a 4 3\n a 1 4\n b 9 5")],
        rank(scan(&scores), "k", "v", true, 2, false),
        "+I a 5 1
         +I a 3 2
         -D a 3 2
         +I a 4 3
         +I b 9 5",
    );
}

#[test]
fn with_row_numbers_every_row_that_moves_is_updated() {
    let scores = scores();
    expect(
        &[(&scores, "a 5 1\n a 3 2\n a 7 3\n a 4 4")],
        rank(scan(&scores), "k", "v", true, 3, true),
        "+I a 5 1 1
         +I a 3 2 2
         -U a 5 1 1
         +U a 7 3 1
         -U a 3 2 2
         +U a 5 1 2
         +I a 3 2 3
         -U a 3 2 3
         +U a 4 4 3",
    );
}

#[test]
fn of_equal_rows_the_earlier_ranks_first_and_nulls_are_least() {
    let scores = scores();
    expect(&[(&scores, "a 5 1\n a 5 2\n a - 3")], rank(scan(&scores), "k", "v", true, 1, false), "+I a 5 1");
    expect(
        &[(&scores, "a 5 1\n a - 2")],
        rank(scan(&scores), "k", "v", false, 1, false),
        "+I a 5 1\n-D a 5 1\n+I a - 2",
    );
}

#[test]
fn over_updated_rows_the_next_one_moves_up() {
    // The best two keys by sum; negative values bring a key down.
    let scores = scores();
    let per_key = {
        let input = scan(&scores);
        let sum = agg("SUM", vec![col(&input, "v")]);
        group(input, "k", vec![sum])
    };
    expect(
        &[(&scores, "a 5 1\n b 3 2\n c 2 3\n a -4 4")],
        rank(per_key.clone(), "", "sum", true, 2, false),
        "+I a 5
         +I b 3
         -D a 5
         +I c 2",
    );
    expect(
        &[(&scores, "a 5 1\n b 3 2\n c 2 3\n a -4 4")],
        rank(per_key, "", "sum", true, 2, true),
        "+I a 5 1
         +I b 3 2
         -U a 5 1
         +U b 3 1
         -U b 3 2
         +U c 2 2",
    );
}

#[test]
fn the_first_row_by_event_time_is_final_when_the_watermark_reaches_it() {
    let scores = scores();
    let relation = rank(scan(&scores), "k", "ts", false, 1, false);
    // 4 replaces 5 before the watermark (time - 2) gets there; 3 comes behind the watermark 4 and is dropped.
    let report = expect(
        &[(&scores, "a 1 5\n b 2 6\n a 3 4\n a 4 6\n a 9 3\n b 8 20")],
        relation,
        "+I a 3 4
         +I b 2 6",
    );
    assert_eq!(report.late_rows(), 1);
}

#[test]
fn the_last_row_by_event_time_is_replaced_by_later_or_equal_ones() {
    let scores = scores();
    expect(
        &[(&scores, "a 1 5\n a 2 4\n a 3 5\n b 4 1")],
        rank(scan(&scores), "k", "ts", true, 1, false),
        "+I a 1 5
         -U a 1 5
         +U a 3 5
         +I b 4 1",
    );
    expect(
        &[(&scores, "a 1 5\n a 3 6")],
        rank(scan(&scores), "k", "ts", true, 1, true),
        "+I a 1 5 1
         -U a 1 5 1
         +U a 3 6 1",
    );
}

#[test]
fn the_last_row_of_a_window_comes_when_it_closes() {
    let scores = scores();
    let windows = window(scan(&scores), tumble(10), "ts");
    let partition = indices(&windows, "window_start window_end k");
    let order = vec![SortKey::new(index(&windows, "window_time"), true)];
    let relation = relations::rank(windows, partition, order, 1, None, origin());
    expect(
        &[(&scores, "a 1 5\n a 2 6\n b 3 1\n a 4 15")],
        relation,
        "+I a 2 6 0 10 9
         +I b 3 1 0 10 9
         +I a 4 15 10 20 19",
    );
}

#[test]
fn a_limit_keeps_the_first_rows_and_fills_up_when_one_goes() {
    let scores = scores();
    expect(
        &[(&scores, "a 1 1\n b 2 2\n c 3 3")],
        relations::limit(scan(&scores), 2, origin()),
        "+I a 1 1\n+I b 2 2",
    );
    let counts = {
        let input = scan(&scores);
        group(input, "k", vec![agg("COUNT", vec![])])
    };
    expect(
        &[(&scores, "a 1 1\n b 2 2\n c 3 3\n a 1 4")],
        relations::limit(counts.clone(), 2, origin()),
        "+I a 1\n+I b 1\n-D a 1\n+I c 1",
    );
    expect(&[(&scores, "a 1 1")], relations::limit(counts, 0, origin()), "");
}
