//! Interval joins.

use crate::kit::*;
use streamc_plan::{Component, Expr, ExprKind, JoinKind, JoinStrategy, Relation, RelationKind, relations};
use streamc_types::{DataType, IntervalUnit, TypeKind, Value};

fn impressions() -> Component {
    source("i", "id BIGINT, ts TIMESTAMP(3)", Some(("ts", 0)))
}

fn clicks() -> Component {
    source("c", "key BIGINT, at TIMESTAMP(3)", Some(("at", 0)))
}

fn millis(value: i64) -> Expr {
    Expr::literal(Value::Int(value), DataType::not_null(TypeKind::Interval(IntervalUnit::DaySecond)))
}

fn plus(time: Expr, distance: i64) -> Expr {
    let ty = time.ty.clone();
    let function = streamc_functions::operator("+").unwrap();
    Expr::new(ExprKind::Call { function, arguments: vec![time, millis(distance)] }, ty)
}

/// `id = key AND at BETWEEN ts + lower AND ts + upper`.
fn joined(left: &Component, right: &Component, kind: JoinKind, lower: i64, upper: i64) -> Relation {
    let (left, right) = (scan(left), scan(right));
    let of_right = |name| col(&right, name).map_columns(&|i| i + 2);
    let condition = call(
        "AND",
        vec![
            call("=", vec![col(&left, "id"), of_right("key")]),
            call(
                "AND",
                vec![
                    call(">=", vec![of_right("at"), plus(col(&left, "ts"), lower)]),
                    call("<=", vec![of_right("at"), plus(col(&left, "ts"), upper)]),
                ],
            ),
        ],
    );
    let relation = relations::join(left, right, kind, condition, origin());
    let RelationKind::Join { strategy: JoinStrategy::Interval { .. }, .. } = &relation.kind else {
        panic!("not an interval join");
    };
    relation
}

#[test]
fn bounds_are_inclusive_and_keys_must_be_equal() {
    let (i, c) = (impressions(), clicks());
    expect(
        &[(&i, "1 100\n 2 100"), (&c, "1 99\n 1 100\n 1 110\n 1 111\n 3 105")],
        joined(&i, &c, JoinKind::Inner, 0, 10),
        "+I 1 100 1 100
         +I 1 100 1 110",
    );
}

#[test]
fn a_row_of_an_outer_side_is_padded_once_no_match_can_come() {
    let (i, c) = (impressions(), clicks());
    // The row of 100 waits for clicks up to 110. Both inputs must have passed that: the pad comes with time 200.
    expect(
        &[(&i, "1 100\n 2 101\n 3 200"), (&c, "2 105\n 9 111\n 9 200\n 3 205")],
        joined(&i, &c, JoinKind::Left, 0, 10),
        "+I 2 101 2 105
         +I 1 100 - -
         +I 3 200 3 205",
    );
    expect(
        &[(&i, "1 100\n 2 101\n 3 200"), (&c, "2 105\n 9 111\n 3 205")],
        joined(&i, &c, JoinKind::Full, 0, 10),
        "+I 2 101 2 105
         +I 1 100 - -
         +I 3 200 3 205
         +I - - 9 111",
    );
    expect(
        &[(&i, "1 100"), (&c, "2 100\n - 100")],
        joined(&i, &c, JoinKind::Right, -10, 10),
        "+I - - - 100
         +I - - 2 100",
    );
}

#[test]
fn bounds_may_lie_on_one_side_of_the_left_row() {
    let (i, c) = (impressions(), clicks());
    expect(
        &[(&i, "1 100"), (&c, "1 80\n 1 90\n 1 95\n 1 96\n 1 100")],
        joined(&i, &c, JoinKind::Left, -20, -5),
        "+I 1 100 1 80
         +I 1 100 1 90
         +I 1 100 1 95",
    );
    expect(
        &[(&i, "1 100\n 2 300"), (&c, "1 104\n 1 105\n 1 120\n 1 121")],
        joined(&i, &c, JoinKind::Left, 5, 20),
        "+I 1 100 1 105
         +I 1 100 1 120
         +I 2 300 - -",
    );
}

#[test]
fn a_window_over_an_interval_join_waits_for_rows_that_were_kept() {
    // The joined rows have times up to 10 behind the watermark: none of them may be late in the window.
    let (i, c) = (impressions(), clicks());
    let both = joined(&i, &c, JoinKind::Inner, 0, 10);
    let windows = window(both, tumble(10), "ts");
    let relation = group(windows, "window_start window_end", vec![agg("COUNT", vec![])]);
    let report = expect(
        &[(&i, "1 101\n 1 109\n 1 150"), (&c, "1 111\n 1 112\n 1 119\n 1 150")],
        relation,
        "+I 100 110 4
         +I 150 160 1",
    );
    assert_eq!(report.late_rows(), 0);
}
