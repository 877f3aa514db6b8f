//! Projection, filter, union, unnest.

use crate::kit::*;
use streamc_local::{RunErrorKind, RunOptions};
use streamc_plan::{Expr, relations};
use streamc_types::{Column, DataType, TypeKind};

#[test]
fn columns_are_computed_moved_copied_and_dropped() {
    let s = source("s", "a BIGINT, b STRING, c BIGINT", None);
    let input = scan(&s);
    let relation = project(
        input.clone(),
        vec![
            ("b", col(&input, "b")),
            ("sum", call("+", vec![col(&input, "a"), col(&input, "c")])),
            ("a", col(&input, "a")),
            ("again", col(&input, "a")),
        ],
    );
    expect(&[(&s, "1 x 10\n 2 y -")], relation, "+I x 11 1 1\n+I y - 2 2");
}

#[test]
fn a_filter_keeps_only_what_is_true() {
    let s = source("s", "a BIGINT, b STRING", None);
    let input = scan(&s);
    let predicate = call(">", vec![col(&input, "a"), int(1)]);
    expect(&[(&s, "1 x\n 2 y\n - z")], filter(input, predicate), "+I 2 y");
}

#[test]
fn a_union_gives_the_rows_of_all_inputs_with_their_kinds() {
    let s = source("s", "k STRING, n BIGINT", None);
    let counts = {
        let input = scan(&s);
        group(input, "k", vec![agg("COUNT", vec![])])
    };
    let relation = relations::union(vec![scan(&s), counts], origin());
    expect(&[(&s, "a 7\n a 8")], relation, "+I a 7\n+I a 1\n+I a 8\n-U a 1\n+U a 2");
}

#[test]
fn an_array_becomes_one_row_an_element() {
    let s = source("s", "k STRING, xs ARRAY<BIGINT>", None);
    for (outer, expected) in [(false, "+I a 1\n+I a 2"), (true, "+I a 1\n+I a 2\n+I b -\n+I c -")] {
        let input = scan(&s);
        let columns = vec![Column::new("x", DataType::new(TypeKind::BigInt))];
        let collection = col(&input, "xs");
        let relation = relations::unnest(input, collection, columns, outer, false, origin());
        let keep = ["k", "x"].map(|n| (n, col(&relation, n)));
        expect(&[(&s, "a [1,2]\n b []\n c -")], project(relation, keep.into()), expected);
    }
}

#[test]
fn an_element_that_is_a_null_row_is_passed_over() {
    let s = source("s", "k STRING, xs ARRAY<ROW<a BIGINT>>", None);
    for (outer, expected) in [(false, "+I a 1"), (true, "+I a 1\n+I b -")] {
        let input = scan(&s);
        let columns = vec![Column::new("x", DataType::new(TypeKind::BigInt))];
        let collection = col(&input, "xs");
        let relation = relations::unnest(input, collection, columns, outer, false, origin());
        let keep = ["k", "x"].map(|n| (n, col(&relation, n)));
        expect(&[(&s, "a [{1},-]\n b [-]")], project(relation, keep.into()), expected);
    }
}

#[test]
fn zero_and_negative_zero_are_two_keys() {
    let s = source("s", "d DOUBLE", None);
    let input = scan(&s);
    let relation = group(input, "d", vec![agg("COUNT", vec![])]);
    expect(
        &[(&s, "0\n -0\n 0\n NaN\n NaN")],
        relation,
        "+I 0 1\n+I -0 1\n-U 0 1\n+U 0 2\n+I NaN 1\n-U NaN 1\n+U NaN 2",
    );
}

#[test]
fn repartition_changes_nothing() {
    let s = source("s", "k STRING, n BIGINT", None);
    expect(&[(&s, "a 7\n b 8")], relations::repartition(scan(&s), 4, origin()), "+I a 7\n+I b 8");
}

#[test]
fn an_expression_without_a_value_stops_the_run_and_says_where() {
    let s = source("s", "a BIGINT, b BIGINT", None);
    let input = scan(&s);
    let span = streamc_diagnostics::Span::new(streamc_diagnostics::FileId(0), 10, 15);
    let quotient: Expr = call("/", vec![col(&input, "a"), col(&input, "b")]).at(span);
    let relation = project(input, vec![("q", quotient)]);
    let error = try_execute(&[(&s, "1 1\n 4 0\n 1 1")], relation, &RunOptions::default()).unwrap_err();
    assert_eq!(error.kind, RunErrorKind::Evaluation);
    assert_eq!(error.span, Some(span));
    assert_eq!(error.step.as_deref(), Some("out/project-1"));
    insta::assert_snapshot!(error.to_string(), @"out: division by zero (row: a = 4, b = 0) (record: s, record 2)");
    let found = error.diagnostic();
    assert_eq!(found.code.as_str(), "ST5004");
    insta::assert_snapshot!(found.help.unwrap(), @"the row was a = 4, b = 0; it came of the record at s, record 2");
}
