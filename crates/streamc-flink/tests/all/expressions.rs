//! Expressions: parentheses only where they are needed, literals of exactly their type.

use crate::fixtures::*;
use streamc_plan::{Expr, ExprKind, Relation, relations};
use streamc_types::{DataType, Decimal, Field, IntervalUnit, Timestamp, TypeKind, Value};

/// A script whose one view computes all of these.
fn script(expressions: impl FnOnce(&Relation) -> Vec<Expr>) -> Fixture {
    let mut f = Fixture::new("expressions");
    f.source(
        "t",
        "datagen",
        &[],
        &[
            ("b", "BOOLEAN"),
            ("c", "BOOLEAN"),
            ("i", "INT"),
            ("l", "BIGINT"),
            ("d", "DECIMAL(10, 2)"),
            ("s", "STRING"),
            ("ts", "TIMESTAMP(3)"),
            ("r", "ROW<`of` INT, `it``s` ROW<`end` STRING>>"),
        ],
        None,
    );
    let scan = f.scan("t");
    let columns =
        expressions(&scan).into_iter().enumerate().map(|(n, e)| (format!("c{n}").into(), e)).collect();
    let origin = f.step("map");
    f.stream("result", relations::project(scan, columns, origin));
    f.print("result");
    f
}

fn constant(value: Value, ty: DataType) -> Expr {
    Expr::literal(value, ty.with_nullable(false))
}

#[test]
fn parentheses_stand_only_where_precedence_needs_them() {
    let f = script(|t| {
        let [b, c, i, l] = ["b", "c", "i", "l"].map(|n| col(t, n));
        let both = |s: &str, x: &Expr, y: &Expr| call(s, vec![x.clone(), y.clone()]);
        let not = |x: &Expr| call("NOT", vec![x.clone()]);
        let minus = |x: &Expr| call("UNARY -", vec![x.clone()]);
        vec![
            both("AND", &both("OR", &b, &c), &not(&b)),
            both("OR", &both("AND", &b, &c), &b),
            not(&both("AND", &b, &c)),
            not(&both("=", &i, &l)),
            both("*", &both("+", &i, &l), &i),
            both("+", &both("*", &i, &l), &i),
            both("-", &i, &both("-", &l, &i)),
            both("-", &both("-", &i, &l), &i),
            both("/", &i, &both("*", &l, &i)),
            minus(&minus(&i)),
            minus(&both("+", &i, &l)),
            both("-", &i, &minus(&l)),
            call("IS NULL", vec![both("=", &i, &l)]),
            call("IS NULL", vec![both("+", &i, &l)]),
            both("=", &call("IS NULL", vec![b.clone()]), &c),
            both("=", &both("=", &b, &c), &c),
            call("IS NOT TRUE", vec![both("OR", &b, &c)]),
        ]
    });
    insta::assert_snapshot!(f.job_sql());
}

#[test]
fn literals_have_their_types() {
    let f = script(|_| {
        let decimal = |unscaled, scale, precision| {
            constant(Value::Decimal(Decimal::new(unscaled, scale)), DataType::decimal(precision, scale))
        };
        let kind = |value, kind| constant(value, DataType::new(kind));
        let at = Timestamp { millis: 1_767_225_600_123, nanos: 456_000 };
        vec![
            int(-5),
            kind(Value::Int(i64::from(i32::MIN)), TypeKind::Int),
            kind(Value::Int(i64::MIN), TypeKind::BigInt),
            kind(Value::Int(1), TypeKind::TinyInt),
            kind(Value::Int(1), TypeKind::BigInt),
            kind(Value::Double(1e-7), TypeKind::Double),
            kind(Value::Double(-0.0), TypeKind::Double),
            kind(Value::Double(f64::INFINITY), TypeKind::Double),
            kind(Value::Float(1.5), TypeKind::Float),
            decimal(15, 3, 4),
            decimal(15, 3, 3),
            decimal(-150, 2, 3),
            decimal(12, 0, 2),
            decimal(123_456_789_012_345_678_901_234_567_890_i128, 0, 30),
            text("it's \\ \n ü 😀"),
            text(""),
            kind(Value::str("x"), DataType::string().kind),
            kind(Value::Bytes([0, 255].into()), TypeKind::Binary(2)),
            kind(Value::Bytes([].into()), DataType::bytes().kind),
            kind(Value::Date(20_454), TypeKind::Date),
            kind(Value::Time(3_723_500), TypeKind::Time(3)),
            kind(Value::Time(3_723_000), TypeKind::Time(0)),
            kind(Value::Timestamp(at), TypeKind::Timestamp(6)),
            kind(Value::Timestamp(at.truncate(3)), TypeKind::TimestampLtz(3)),
            kind(Value::Timestamp(at), TypeKind::TimestampLtz(6)),
            kind(
                Value::Array([Value::Int(1), Value::Null].into()),
                TypeKind::Array(Box::new(DataType::int())),
            ),
            kind(
                Value::Map([(Value::str("a"), Value::Int(1))].into()),
                TypeKind::Map(Box::new(DataType::string()), Box::new(DataType::int())),
            ),
            kind(
                Value::Row([Value::Int(1), Value::str("x")].into()),
                TypeKind::Row(vec![
                    Field { name: "of".into(), ty: DataType::int(), doc: None },
                    Field { name: "a`b".into(), ty: DataType::string(), doc: None },
                ]),
            ),
            Expr::literal(Value::Null, DataType::int()),
            kind(Value::Boolean(true), TypeKind::Boolean),
        ]
    });
    insta::assert_snapshot!(f.job_sql());
}

#[test]
fn intervals_fit_the_precision_that_flink_takes() {
    const DAY: i64 = 86_400_000;
    let f = script(|t| {
        let months = |n| constant(Value::Int(n), DataType::new(TypeKind::Interval(IntervalUnit::YearMonth)));
        let plus = |e: Expr| call("+", vec![col(t, "ts"), e]);
        let millis = [
            0,
            1,
            -1,
            999,
            61_000,
            100 * 3_600_000,
            999 * DAY,
            1_000 * DAY,
            -1_500 * DAY - 1,
            123_456_789,
            999_999,
        ];
        let mut all: Vec<Expr> = millis.into_iter().map(|m| plus(interval(m))).collect();
        all.extend([1, 14, -24, 12_000_000].into_iter().map(|m| plus(months(m))));
        all.push(call("-", vec![col(t, "ts"), interval(-DAY)]));
        all
    });
    insta::assert_snapshot!(f.job_sql());
}

#[test]
fn casts_cases_lists_and_fields() {
    let f = script(|t| {
        let case = |branches: Vec<(Expr, Expr)>, otherwise: Expr, ty: &str| {
            Expr::new(
                ExprKind::Case { branches, otherwise: Box::new(otherwise) },
                DataType::new(crate::fixtures::ty(ty).kind),
            )
        };
        let null = |ty: &str| Expr::literal(Value::Null, crate::fixtures::ty(ty));
        let lenient = |input: Expr, to: &str| {
            Expr::new(ExprKind::Cast { input: Box::new(input), lenient: true, implicit: false }, ty(to))
        };
        let widened = Expr::new(
            ExprKind::Cast { input: Box::new(col(t, "i")), lenient: false, implicit: true },
            DataType::bigint(),
        );
        let field = |base: Expr, index: usize| {
            let TypeKind::Row(fields) = &base.ty.kind else { panic!("a row") };
            let (name, ty) = (fields[index].name.clone(), fields[index].ty.clone());
            Expr::new(ExprKind::Field { base: Box::new(base), index, name }, ty)
        };
        let list = |negated| {
            let value = Box::new(call("+", vec![col(t, "i"), int(1)]));
            Expr::new(ExprKind::InList { value, list: vec![int(1), int(2)], negated }, DataType::boolean())
        };
        let either = case(vec![(col(t, "b"), col(t, "r"))], null("INT"), "INT");
        let either = Expr { ty: col(t, "r").ty, ..either };
        vec![
            cast(col(t, "s"), "DECIMAL(10, 2)"),
            cast(col(t, "r"), "ROW<`of` BIGINT, `it``s` ROW<`end` STRING>>"),
            lenient(col(t, "s"), "DATE"),
            widened.clone(),
            call("+", vec![widened, col(t, "l")]),
            case(vec![(col(t, "b"), int(1)), (col(t, "c"), null("INT"))], null("INT"), "INT"),
            case(vec![(call("=", vec![col(t, "i"), int(1)]), text("one"))], text("some"), "VARCHAR(4)"),
            list(false),
            call("NOT", vec![list(true)]),
            call("AND", vec![list(false), col(t, "b")]),
            field(col(t, "r"), 0),
            field(field(col(t, "r"), 1), 0),
            field(either, 0),
            call("LIKE", vec![col(t, "s"), text("a%")]),
            call("COALESCE", vec![col(t, "s"), text("none")]),
            call("||", vec![col(t, "s"), text("!")]),
        ]
    });
    insta::assert_snapshot!(f.job_sql());
}
