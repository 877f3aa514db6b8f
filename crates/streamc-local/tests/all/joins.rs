//! Regular joins.

use crate::kit::*;
use streamc_local::{Clock, RunOptions};
use streamc_plan::{Component, JoinKind, Relation, relations};

fn left() -> Component {
    source("l", "id BIGINT, a STRING", None)
}

fn right() -> Component {
    source("r", "key BIGINT, b STRING", None)
}

/// The condition `id = key`, and `more` over both rows.
fn joined(left: Relation, right: Relation, kind: JoinKind) -> Relation {
    let width = left.props.schema.len();
    let key = col(&right, "key").map_columns(&|i| i + width);
    let condition = call("=", vec![col(&left, "id"), key]);
    relations::join(left, right, kind, condition, origin())
}

#[test]
fn an_inner_join_gives_each_pair_once_and_null_meets_nothing() {
    let (l, r) = (left(), right());
    expect(
        &[(&l, "1 x\n - n\n 1 y"), (&r, "1 p\n - q\n 2 s")],
        joined(scan(&l), scan(&r), JoinKind::Inner),
        "+I 1 x 1 p
         +I 1 y 1 p",
    );
}

#[test]
fn a_left_join_takes_the_padded_row_back_when_a_match_comes() {
    let (l, r) = (left(), right());
    // Sources without event time take turns: l, r, l, r, …
    expect(
        &[(&l, "1 x\n 2 y\n - n"), (&r, "2 p\n 1 q\n 1 s")],
        joined(scan(&l), scan(&r), JoinKind::Left),
        "+I 1 x - -
         +I 2 y 2 p
         -D 1 x - -
         +I 1 x 1 q
         +I - n - -
         +I 1 x 1 s",
    );
}

#[test]
fn a_right_join_is_a_left_join_the_other_way_round() {
    let (l, r) = (left(), right());
    expect(
        &[(&l, "2 y\n 1 x"), (&r, "1 p")],
        joined(scan(&l), scan(&r), JoinKind::Right),
        "+I - - 1 p
         -D - - 1 p
         +I 1 x 1 p",
    );
}

#[test]
fn a_full_join_pads_both_sides() {
    let (l, r) = (left(), right());
    expect(
        &[(&l, "1 x\n 3 z"), (&r, "2 p\n 1 q")],
        joined(scan(&l), scan(&r), JoinKind::Full),
        "+I 1 x - -
         +I - - 2 p
         +I 3 z - -
         -D 1 x - -
         +I 1 x 1 q",
    );
}

#[test]
fn the_rest_of_the_condition_decides_among_equal_keys() {
    let (l, r) = (left(), right());
    let (left, right) = (scan(&l), scan(&r));
    let key = col(&right, "key").map_columns(&|i| i + 2);
    let b = col(&right, "b").map_columns(&|i| i + 2);
    let condition =
        call("AND", vec![call("=", vec![col(&left, "id"), key]), call("<", vec![col(&left, "a"), b])]);
    let relation = relations::join(left, right, JoinKind::Left, condition, origin());
    expect(&[(&l, "1 m"), (&r, "1 a\n 1 z")], relation, "+I 1 m - -\n-D 1 m - -\n+I 1 m 1 z");
}

#[test]
fn without_equal_keys_every_pair_is_tried() {
    let (l, r) = (left(), right());
    let (left, right) = (scan(&l), scan(&r));
    let key = col(&right, "key").map_columns(&|i| i + 2);
    let condition = call("<", vec![col(&left, "id"), key]);
    let relation = relations::join(left, right, JoinKind::Inner, condition, origin());
    expect(&[(&l, "1 x\n 3 y"), (&r, "2 p\n 4 q")], relation, "+I 1 x 2 p\n+I 1 x 4 q\n+I 3 y 4 q");
}

/// The condition `id + 1 = CAST(b AS BIGINT)`, after which the key decides further.
fn by_computed_keys(kind: JoinKind) -> (Component, Component, Relation) {
    let (l, r) = (left(), right());
    let (left, right) = (scan(&l), scan(&r));
    let b = col(&right, "b").map_columns(&|i| i + 2);
    let key = col(&right, "key").map_columns(&|i| i + 2);
    let computed = call("=", vec![cast(b, "BIGINT", false), call("+", vec![col(&left, "id"), int(1)])]);
    let rest = call("<", vec![col(&left, "id"), key]);
    let relation = relations::join(left, right, kind, call("AND", vec![computed, rest]), origin());
    (l, r, relation)
}

#[test]
fn rows_find_each_other_by_computed_keys_too() {
    for (kind, expected) in [
        (JoinKind::Inner, "+I 1 x 3 2"),
        (JoinKind::Left, "+I 1 x - -\n+I - y - -\n-D 1 x - -\n+I 1 x 3 2"),
        (JoinKind::Full, "+I 1 x - -\n+I - - 0 2\n+I - y - -\n-D 1 x - -\n+I 1 x 3 2"),
        (JoinKind::Semi, "+I 1 x"),
        (JoinKind::Anti, "+I 1 x\n+I - y\n-D 1 x"),
    ] {
        let (l, r, relation) = by_computed_keys(kind);
        expect(&[(&l, "1 x\n - y"), (&r, "0 2\n 3 2")], relation, expected);
    }
}

#[test]
fn a_key_that_cannot_be_computed_fails_with_its_row_also_without_a_partner() {
    let (l, r, relation) = by_computed_keys(JoinKind::Inner);
    let error = try_execute(&[(&l, ""), (&r, "3 two")], relation, &RunOptions::default()).unwrap_err();
    assert_eq!(error.row.as_deref(), Some("key = 3, b = two"), "{error:?}");
}

/// Counts per key of `l`, as `id`, `n`.
fn counts(l: &Component) -> Relation {
    let input = scan(l);
    group(input, "id", vec![agg("COUNT", vec![])])
}

#[test]
fn updates_of_one_side_are_updates_of_the_joined_rows() {
    let (l, r) = (left(), right());
    expect(
        &[(&l, "1 x\n 1 y"), (&r, "1 p")],
        joined(counts(&l), scan(&r), JoinKind::Inner),
        "+I 1 1 1 p
         -U 1 1 1 p
         +U 1 2 1 p",
    );
}

#[test]
fn updates_through_an_outer_join_delete_and_insert() {
    let (l, r) = (left(), right());
    expect(
        &[(&l, "1 x\n 1 y"), (&r, "1 p\n 2 q")],
        joined(counts(&l), scan(&r), JoinKind::Full),
        "+I 1 1 - -
         -D 1 1 - -
         +I 1 1 1 p
         -D 1 1 1 p
         +I - - 1 p
         -D - - 1 p
         +I 1 2 1 p
         +I - - 2 q",
    );
}

#[test]
fn an_aggregate_over_an_outer_join_follows_its_retractions() {
    let (l, r) = (left(), right());
    let both = joined(scan(&l), scan(&r), JoinKind::Left);
    let matched = agg("COUNT", vec![col(&both, "key")]);
    let relation = group(
        both,
        "id",
        vec![agg("COUNT", vec![]), matched]
            .into_iter()
            .enumerate()
            .map(|(i, mut c)| {
                c.name = format!("c{i}").into();
                c
            })
            .collect(),
    );
    // The padded row goes before the match comes: for a moment the group is empty.
    expect(
        &[(&l, "1 x"), (&r, "1 p\n 1 q")],
        relation,
        "+I 1 1 0
         -D 1 1 0
         +I 1 1 1
         -U 1 1 1
         +U 1 2 2",
    );
}

#[test]
fn a_stream_joins_itself() {
    let l = left();
    let left = scan(&l);
    let right = project(scan(&l), vec![("key", col(&left, "id")), ("b", col(&left, "a"))]);
    expect(
        &[(&l, "1 x\n 1 y")],
        joined(left, right, JoinKind::Inner),
        "+I 1 x 1 x
         +I 1 y 1 x
         +I 1 x 1 y
         +I 1 y 1 y",
    );
}

#[test]
fn rows_that_outlived_their_time_meet_nothing() {
    let l = source("l", "id BIGINT, ts TIMESTAMP(3)", Some(("ts", 0)));
    let r = source("r", "key BIGINT, at TIMESTAMP(3)", Some(("at", 0)));
    let options = RunOptions { clock: Clock::EventTime, state_ttl: Some(10), ..RunOptions::default() };
    let relation = joined(scan(&l), scan(&r), JoinKind::Inner);
    let rows = [(&l, "1 0\n 1 5\n 9 20"), (&r, "1 9\n 1 12")];
    let (found, _) = try_execute(&rows, relation, &options).unwrap();
    assert_lines(&found, "+I 1 0 1 9\n+I 1 5 1 9\n+I 1 5 1 12");
}

#[test]
fn a_hint_gives_each_side_its_own_time() {
    let l = source("l", "id BIGINT, ts TIMESTAMP(3)", Some(("ts", 0)));
    let r = source("r", "key BIGINT, at TIMESTAMP(3)", Some(("at", 0)));
    let options = RunOptions { clock: Clock::EventTime, ..RunOptions::default() };
    let mut relation = joined(scan(&l), scan(&r), JoinKind::Inner);
    let state = relation.props.state.as_mut().unwrap();
    state.life = streamc_plan::StateLife::Hinted { left: Some(10), right: None };
    let rows = [(&l, "1 0\n 1 30"), (&r, "1 5\n 1 20")];
    let (found, _) = try_execute(&rows, relation, &options).unwrap();
    assert_lines(&found, "+I 1 0 1 5\n+I 1 30 1 5\n+I 1 30 1 20");
}
