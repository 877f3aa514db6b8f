//! What the engine itself evaluates: connectives, CASE, IN, casts, laziness.

use crate::kit::*;
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TypeKind};

/// The value of an expression over one row `a = 1, n = NULL, zero = 0, s = 'x'`.
fn eval(make: impl Fn(&dyn Fn(&str) -> Expr) -> Expr) -> String {
    let s = source("s", "a BIGINT, n BIGINT, zero BIGINT, s STRING, t BOOLEAN, f BOOLEAN, u BOOLEAN", None);
    let input = scan(&s);
    let expression = make(&|name| col(&input, name));
    let (found, _) = execute(&[(&s, "1 - 0 x true false -")], project(input, vec![("value", expression)]));
    found.trim_start_matches("+I ").to_owned()
}

#[test]
fn and_and_or_know_three_truth_values() {
    let names = ["t", "f", "u"];
    let table = |op: &str| -> Vec<String> {
        names
            .iter()
            .flat_map(|a| names.map(|b| (*a, b)))
            .map(|(a, b)| eval(|c| call(op, vec![c(a), c(b)])))
            .collect()
    };
    assert_eq!(table("AND").join(" "), "true false - false false false - false -");
    assert_eq!(table("OR").join(" "), "true true true true false - true - -");
}

fn fails(c: &dyn Fn(&str) -> Expr) -> Expr {
    call("=", vec![call("/", vec![c("a"), c("zero")]), int(1)])
}

#[test]
fn what_is_decided_is_not_evaluated_further() {
    assert_eq!(eval(|c| call("AND", vec![c("f"), fails(c)])), "false");
    assert_eq!(eval(|c| call("OR", vec![c("t"), fails(c)])), "true");
    assert_eq!(eval(|c| call("COALESCE", vec![c("a"), call("/", vec![c("a"), c("zero")])])), "1");
    assert_eq!(eval(|c| call("IF", vec![c("t"), c("a"), call("/", vec![c("a"), c("zero")])])), "1");
    let case = |c: &dyn Fn(&str) -> Expr| {
        let branches = vec![(c("u"), call("/", vec![c("a"), c("zero")])), (c("t"), c("a"))];
        let otherwise = Box::new(call("/", vec![c("a"), c("zero")]));
        Expr::new(ExprKind::Case { branches, otherwise }, DataType::bigint())
    };
    assert_eq!(eval(case), "1");
}

#[test]
fn nullif_compares_and_gives_the_first() {
    assert_eq!(eval(|c| call("NULLIF", vec![c("a"), int(1)])), "-");
    assert_eq!(eval(|c| call("NULLIF", vec![c("a"), int(2)])), "1");
    assert_eq!(eval(|c| call("NULLIF", vec![c("a"), c("n")])), "1");
    assert_eq!(eval(|c| call("IFNULL", vec![c("n"), int(7)])), "7");
}

fn in_list(value: Expr, list: Vec<Expr>, negated: bool) -> Expr {
    Expr::new(ExprKind::InList { value: Box::new(value), list, negated }, DataType::boolean())
}

#[test]
fn in_is_unknown_where_a_null_might_have_matched() {
    let null = || null(DataType::bigint());
    assert_eq!(eval(|c| in_list(c("a"), vec![int(1), null()], false)), "true");
    assert_eq!(eval(|c| in_list(c("a"), vec![int(2), null()], false)), "-");
    assert_eq!(eval(|c| in_list(c("a"), vec![int(2), int(3)], true)), "true");
    assert_eq!(eval(|c| in_list(c("a"), vec![int(2), null()], true)), "-");
    assert_eq!(eval(|c| in_list(c("n"), vec![int(2)], false)), "-");
    assert_eq!(eval(|c| in_list(c("a"), vec![c("zero"), c("a")], false)), "true");
}

#[test]
fn casts_fail_or_give_null() {
    assert_eq!(eval(|c| cast(c("a"), "STRING", false)), "1");
    assert_eq!(eval(|c| cast(c("s"), "INT", true)), "-");
    assert_eq!(eval(|c| cast(null(DataType::new(TypeKind::Null)), "INT", false).at(c("a").span)), "-");
}
