//! Joins of windows and versions, and sorting: what comes late, and what no version is of.

use crate::kit::*;
use streamc_plan::{Component, JoinKind, JoinStrategy, Relation, RelationKind, SortKey, relations};

fn orders() -> Component {
    source("o", "id BIGINT, ts TIMESTAMP(3)", Some(("ts", 0)))
}

fn rates() -> Component {
    source("r", "key BIGINT, rate BIGINT, at TIMESTAMP(3)", Some(("at", 0)))
}

fn versions(kind: JoinKind, left: &Component, right: &Component) -> Relation {
    let rates = scan(right);
    let order = vec![SortKey::new(index(&rates, "at"), true)];
    let last = relations::rank(rates.clone(), vec![0], order, 1, None, origin());
    let left = scan(left);
    let condition = call("=", vec![col(&left, "id"), col(&rates, "key").map_columns(&|i| i + 2)]);
    assert_eq!(relations::check_temporal(&left.props, &last.props, &condition), Ok(()));
    let relation = relations::temporal_join(left, last, kind, (1, 2), condition, origin());
    assert!(relation.props.changelog.is_insert_only());
    relation
}

#[test]
fn a_row_meets_the_version_of_its_own_time() {
    let (o, r) = (orders(), rates());
    expect(
        &[(&o, "1 5\n 1 10\n 1 15\n 2 15\n 1 30"), (&r, "1 100 10\n 1 200 12\n 1 300 20\n 9 0 40")],
        versions(JoinKind::Inner, &o, &r),
        "+I 1 10 1 100 10
         +I 1 15 1 200 12
         +I 1 30 1 300 20",
    );
}

#[test]
fn a_row_without_a_version_is_padded_on_the_left_only() {
    let (o, r) = (orders(), rates());
    expect(
        &[(&o, "1 5\n - 6\n 2 7"), (&r, "1 100 6\n 2 200 7")],
        versions(JoinKind::Left, &o, &r),
        "+I 1 5 - - -
         +I - 6 - - -
         +I 2 7 2 200 7",
    );
}

#[test]
fn a_key_that_is_not_compared_is_no_version() {
    let (o, r) = (orders(), rates());
    let (left, rates) = (scan(&o), scan(&r));
    let condition = call("=", vec![col(&left, "id"), col(&rates, "rate").map_columns(&|i| i + 2)]);
    let refused = relations::check_temporal(&left.props, &rates.props, &condition);
    assert_eq!(refused, Err(relations::TemporalError::NoKey));
    let last = relations::rank(rates, vec![0], vec![SortKey::new(2, true)], 1, None, origin());
    let refused = relations::check_temporal(&left.props, &last.props, &condition);
    assert_eq!(refused, Err(relations::TemporalError::KeyNotCompared(vec![0])));
}

fn in_windows(kind: JoinKind, left: &Component, right: &Component) -> Relation {
    let left = window(scan(left), tumble(10), "ts");
    let right = window(scan(right), tumble(10), "at");
    let of_right = |name| col(&right, name).map_columns(&|i| i + 5);
    let equal = |a, b| call("=", vec![col(&left, a), of_right(b)]);
    let bounds = call("AND", vec![equal("window_start", "window_start"), equal("window_end", "window_end")]);
    let condition = call("AND", vec![equal("id", "key"), bounds]);
    let relation = relations::join(left, right, kind, condition, origin());
    let RelationKind::Join { strategy: JoinStrategy::Window { .. }, .. } = &relation.kind else {
        panic!("not a window join");
    };
    assert!(relation.props.changelog.is_insert_only());
    relation
}

#[test]
fn rows_of_one_window_meet_when_it_closes_and_late_ones_never() {
    let (o, r) = (orders(), rates());
    let report = expect(
        &[(&o, "1 1\n 2 2\n - 3\n 1 25\n 1 4"), (&r, "1 7 2\n 2 7 12\n - 7 3\n 1 7 26")],
        in_windows(JoinKind::Semi, &o, &r),
        "+I 1 1 0 10 9
         +I 1 25 20 30 29",
    );
    assert_eq!(report.late_rows(), 1);
    expect(
        &[(&o, "1 1\n 2 2\n - 3\n 1 25\n 1 4"), (&r, "1 7 2\n 2 7 12\n - 7 3\n 1 7 26")],
        in_windows(JoinKind::Anti, &o, &r),
        "+I 2 2 0 10 9
         +I - 3 0 10 9",
    );
}

#[test]
fn rows_come_out_sorted_as_time_passes_and_those_behind_are_late() {
    let o = source("o", "id BIGINT, ts TIMESTAMP(3)", Some(("ts", 10)));
    let keys = vec![SortKey::new(1, false), SortKey::new(0, true)];
    let report = expect(
        &[(&o, "1 5\n 2 5\n 3 20\n 4 4\n 5 20")],
        relations::sort(scan(&o), keys, origin()),
        "+I 2 5
         +I 1 5
         +I 5 20
         +I 3 20",
    );
    assert_eq!(report.late_rows(), 1);
}
