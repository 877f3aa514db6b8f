//! Calls as SQL text.

use streamc_functions::print::{Operand, flink, spark};
use streamc_functions::{find, operator};
use streamc_types::{DataType, parse_type};

fn infix(symbol: &str, left: &Operand, right: &Operand) -> Operand {
    flink(&operator(symbol).unwrap(), &[left.clone(), right.clone()])
}

#[test]
fn operators_get_the_parentheses_they_need() {
    let (a, b, c) = (Operand::atom("a"), Operand::atom("b"), Operand::atom("c"));
    let sum = infix("+", &a, &b);
    assert_eq!(infix("*", &sum, &c).text, "(a + b) * c");
    assert_eq!(infix("+", &sum, &c).text, "a + b + c");
    assert_eq!(infix("-", &c, &sum).text, "c - (a + b)");
    let less = infix("<", &a, &b);
    assert_eq!(infix("=", &less, &c).text, "(a < b) = c");
    assert_eq!(infix("AND", &infix("OR", &less, &c), &less).text, "(a < b OR c) AND a < b");
    let not = flink(&operator("NOT").unwrap(), std::slice::from_ref(&less));
    assert_eq!(not.text, "NOT a < b");
    assert_eq!(flink(&operator("IS NULL").unwrap(), &[sum]).text, "a + b IS NULL");
    let minus = flink(&operator("UNARY -").unwrap(), &[a]);
    assert_eq!(flink(&operator("UNARY -").unwrap(), &[minus]).text, "-(-a)");
}

#[test]
fn special_forms_are_spelled_as_sql_has_them() {
    let atoms = |texts: &[&str]| texts.iter().map(|t| Operand::atom(*t)).collect::<Vec<_>>();
    let text = |name: &str, arguments: &[&str]| {
        let function = find(name).or_else(|| operator(name)).unwrap();
        flink(&function, &atoms(arguments)).text
    };
    assert_eq!(text("COUNT", &[]), "COUNT(*)");
    assert_eq!(text("TRIM", &["a"]), "TRIM(a)");
    assert_eq!(text("TRIM", &["a", "'x'"]), "TRIM(BOTH 'x' FROM a)");
    assert_eq!(text("EXTRACT", &["'DAY'", "a"]), "EXTRACT(DAY FROM a)");
    assert_eq!(text("FLOOR_TO", &["'HOUR'", "a"]), "FLOOR(a TO HOUR)");
    assert_eq!(text("TIMESTAMPADD", &["'DAY'", "1", "a"]), "TIMESTAMPADD(DAY, 1, a)");
    assert_eq!(text("POSITION", &["'x'", "a"]), "POSITION('x' IN a)");
    assert_eq!(text("OVERLAY", &["a", "'x'", "1"]), "OVERLAY(a PLACING 'x' FROM 1)");
    assert_eq!(text("LIKE", &["a", "'x%'", "'!'"]), "a LIKE 'x%' ESCAPE '!'");
    assert_eq!(text("ITEM", &["a", "1"]), "a[1]");
    assert_eq!(text("ARRAY", &["1", "2"]), "ARRAY[1, 2]");
    assert_eq!(text("CURRENT_DATE", &[]), "CURRENT_DATE");
}

#[test]
fn spark_computes_what_flink_does() {
    let form = |name: &str, arguments: &[(&str, &str)], result: &str| {
        let function = find(name).or_else(|| operator(name)).unwrap();
        let texts: Vec<String> = arguments.iter().map(|(text, _)| (*text).to_owned()).collect();
        let types: Vec<DataType> = arguments.iter().map(|(_, ty)| parse_type(ty).unwrap()).collect();
        spark(&function, &texts, &types, &parse_type(result).unwrap())
    };
    let ok = |text: &str| Ok(text.to_owned());
    assert_eq!(form("/", &[("a", "INT"), ("b", "INT")], "INT"), ok("CAST((a div b) AS INT)"));
    assert_eq!(
        form("/", &[("a", "DECIMAL(10, 2)"), ("b", "DECIMAL(10, 0)")], "DECIMAL(21, 13)"),
        ok("CAST((a / b) AS DECIMAL(21, 13))")
    );
    assert_eq!(form("SUBSTRING", &[("a", "STRING"), ("2", "INT")], "STRING"), ok("substring(a, 2)"));
    assert_eq!(form("YEAR", &[("a", "DATE")], "BIGINT"), ok("CAST(year(a) AS BIGINT)"));
    assert_eq!(form("AVG", &[("a", "INT")], "INT"), ok("CAST((sum(a) div nullif(count(a), 0)) AS INT)"));
    assert_eq!(form("AND", &[("a", "BOOLEAN"), ("b", "BOOLEAN")], "BOOLEAN"), ok("(a AND b)"));
    assert!(form("FIRST_VALUE", &[("a", "INT")], "INT").is_err());
}
