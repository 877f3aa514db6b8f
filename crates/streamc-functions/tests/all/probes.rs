//! The type rules against what Flink 2.3 answers: a table of probes, one call a line, made by `cargo xtask probe`.
//!
//! A line is the operation, its argument types and the result type, or `!` where Flink's validator refuses the call.
//! Where the compiler refuses what the validator lets through, `probes-allowed.tsv` says why; an entry that is no longer
//! needed fails the test. There is no way to allow another type.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use streamc_functions::{Argument, Function, cast, find, operator};
use streamc_types::{DataType, IntervalUnit, TypeKind, Value, case_type, parse_type};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// An argument of a probe: the probed type, or a literal.
enum Given {
    Probed(DataType),
    Literal(DataType, Value),
}

fn number(value: i64) -> Given {
    Given::Literal(DataType::not_null(TypeKind::Int), Value::Int(value))
}

fn text(value: &str) -> Given {
    Given::Literal(DataType::not_null(TypeKind::Char(value.len() as u32)), Value::str(value))
}

/// As a type rule sees it.
fn argument(given: &Given) -> Argument<'_> {
    match given {
        Given::Probed(ty) => Argument { ty, literal: None },
        Given::Literal(ty, value) => Argument { ty, literal: Some(value) },
    }
}

/// The answer as text: the result type, or `ERR`.
fn call(function: &Function, given: &[Given]) -> String {
    let arguments: Vec<Argument<'_>> = given.iter().map(argument).collect();
    match function.type_call(&arguments) {
        Ok(typed) => typed.result.to_string(),
        Err(_) => "ERR".to_owned(),
    }
}

/// What the compiler says of a line; `None` if the catalogue has no such function.
fn ours(name: &str, a: &DataType, b: Option<&DataType>) -> Option<String> {
    let x = || Given::Probed(a.clone());
    let or_error = |ty: Option<DataType>| ty.map_or_else(|| "ERR".to_owned(), |ty| ty.to_string());
    if let Some(b) = b {
        let y = || Given::Probed(b.clone());
        return Some(match name {
            "CAST" if cast::is_explicit(a, b) => b.clone().with_nullable(a.nullable).to_string(),
            "TRY_CAST" if cast::is_explicit(a, b) => b.to_string(),
            "CAST" | "TRY_CAST" => "ERR".to_owned(),
            "CASE" => or_error(case_type([a, b])),
            // As the binder lowers them.
            "IN" => call(&*operator("=")?, &[x(), y()]),
            "BETWEEN" => match call(&*operator(">=")?, &[x(), y()]) {
                error if error == "ERR" => error,
                _ => call(&*operator("<=")?, &[x(), y()]),
            },
            "IF" => {
                let condition = Given::Literal(DataType::not_null(TypeKind::Boolean), Value::Boolean(true));
                call(&*find("IF")?, &[condition, x(), y()])
            }
            symbol => call(&*operator(symbol)?, &[x(), y()]),
        });
    }
    let second = || {
        Given::Literal(
            DataType::not_null(TypeKind::Interval(IntervalUnit::DaySecond)),
            Value::Int(86_400_000),
        )
    };
    let month =
        || Given::Literal(DataType::not_null(TypeKind::Interval(IntervalUnit::YearMonth)), Value::Int(1));
    if let Some(aggregate) = name.strip_suffix(" grouped") {
        return aggregated(aggregate, x(), true);
    }
    if let Some(aggregate) = name.strip_suffix(" global") {
        return aggregated(aggregate, x(), false);
    }
    let function = |name: &str| find(name);
    Some(match name {
        "unary +" => return None,
        "unary -" => call(&*operator("UNARY -")?, &[x()]),
        "NOT" | "IS NULL" | "IS NOT NULL" | "IS TRUE" | "IS NOT FALSE" => call(&*operator(name)?, &[x()]),
        "CASE else null" => or_error(case_type([a, &DataType::new(TypeKind::Null)])),
        "COALESCE with literal" => call(&*function("COALESCE")?, &[x(), number(1)]),
        "ROUND to 1" => call(&*function("ROUND")?, &[x(), number(1)]),
        "ROUND to -1" => call(&*function("ROUND")?, &[x(), number(-1)]),
        "TRUNCATE to 1" => call(&*function("TRUNCATE")?, &[x(), number(1)]),
        "LOG base" => call(&*function("LOG")?, &[number(2), x()]),
        "ATAN2" => call(&*function("ATAN2")?, &[x(), x()]),
        "TRIM LEADING" => call(&*function("LTRIM")?, &[x(), text("x")]),
        "REPEAT" | "LEFT" | "RIGHT" | "SUBSTRING" => call(&*function(name)?, &[x(), number(2)]),
        "SUBSTRING for" => call(&*function("SUBSTRING")?, &[x(), number(2), number(2)]),
        "SUBSTR" => call(&*function("SUBSTR")?, &[x(), number(2), number(2)]),
        "REPLACE" | "REGEXP_REPLACE" | "TRANSLATE" => call(&*function(name)?, &[x(), text("a"), text("b")]),
        "LPAD" | "RPAD" => call(&*function(name)?, &[x(), number(5), text("x")]),
        "POSITION" | "LOCATE" => call(&*function(name)?, &[text("a"), x()]),
        "INSTR" | "STARTSWITH" | "ENDSWITH" | "REGEXP" | "REGEXP_COUNT" | "REGEXP_INSTR"
        | "REGEXP_SUBSTR" => call(&*function(name)?, &[x(), text("a")]),
        "REGEXP_EXTRACT_ALL" => call(&*function(name)?, &[x(), text("a"), number(0)]),
        "SIMILAR TO" => call(&*operator(name)?, &[x(), text("a")]),
        "SPLIT" => call(&*function(name)?, &[x(), text(",")]),
        "ELT" => call(&*function(name)?, &[number(1), x(), x()]),
        "SHA2" => call(&*function(name)?, &[x(), number(256)]),
        "MAP_UNION" | "MAP_FROM_ARRAYS" | "ARRAY_UNION" | "ARRAY_EXCEPT" | "ARRAY_INTERSECT"
        | "ARRAY_CONCAT" => call(&*function(name)?, &[x(), x()]),
        "ARRAY_SORT descending" => {
            let down = Given::Literal(DataType::not_null(TypeKind::Boolean), Value::Boolean(false));
            call(&*function("ARRAY_SORT")?, &[x(), down])
        }
        // The clauses of the JSON functions are arguments, as the binder writes them.
        "JSON_EXISTS" => call(&*function(name)?, &[x(), text("$.a"), text("")]),
        "JSON_VALUE" | "JSON_VALUE INT" => {
            let returning = text(if name == "JSON_VALUE" { "" } else { "INT" });
            let [a, b, c, d] = [(); 4].map(|()| text(""));
            call(&*function("JSON_VALUE")?, &[x(), text("$.a"), returning, a, b, c, d])
        }
        "JSON_QUERY" | "JSON_QUERY ARRAY" => {
            let returning = text(if name == "JSON_QUERY" { "" } else { "ARRAY<STRING>" });
            let [a, b, c] = [(); 3].map(|()| text(""));
            call(&*function("JSON_QUERY")?, &[x(), text("$.a"), returning, a, b, c])
        }
        "IS JSON" => call(&*operator("IS JSON VALUE")?, &[x()]),
        "IS NOT JSON OBJECT" => call(&*operator(name)?, &[x()]),
        "JSON_OBJECT" => call(&*function(name)?, &[text("NULL -"), text("a"), x()]),
        "JSON_ARRAY" => call(&*function(name)?, &[text("ABSENT -"), x()]),
        "OVERLAY" => call(&*function(name)?, &[x(), text("x"), number(1)]),
        "CONCAT_WS" => call(&*function(name)?, &[text("-"), x(), text("a")]),
        "SPLIT_INDEX" => call(&*function(name)?, &[x(), text(","), number(0)]),
        "REGEXP_EXTRACT" => call(&*function(name)?, &[x(), text("(a)"), number(1)]),
        "EXTRACT YEAR" => call(&*function("EXTRACT")?, &[text("YEAR"), x()]),
        "EXTRACT HOUR" => call(&*function("EXTRACT")?, &[text("HOUR"), x()]),
        "EXTRACT SECOND" => call(&*function("EXTRACT")?, &[text("SECOND"), x()]),
        "FLOOR TO DAY" => call(&*function("FLOOR_TO")?, &[text("DAY"), x()]),
        "CEIL TO HOUR" => call(&*function("CEIL_TO")?, &[text("HOUR"), x()]),
        "DATE_FORMAT" => call(&*function(name)?, &[x(), text("yyyy")]),
        "TO_TIMESTAMP_LTZ" => call(&*function(name)?, &[x(), number(3)]),
        "TIMESTAMPADD" => call(&*function(name)?, &[text("HOUR"), number(1), x()]),
        "TIMESTAMPDIFF" => call(&*function(name)?, &[text("HOUR"), x(), x()]),
        "+ INTERVAL DAY" => call(&*operator("+")?, &[x(), second()]),
        "- INTERVAL MONTH" => call(&*operator("-")?, &[x(), month()]),
        "PRINT" => call(&*function(name)?, &[text("a"), x()]),
        "OBJECT_OF" => call(&*function(name)?, &[text("shop.Item"), text("a"), x()]),
        "ARRAY constructor" => call(&*function("ARRAY")?, &[x()]),
        name => call(&*function(name)?, &[x()]),
    })
}

/// An aggregate with or without `GROUP BY`.
fn aggregated(name: &str, given: Given, grouped: bool) -> Option<String> {
    let full = name;
    let (name, filtered) = match name.split_once(' ') {
        Some((name, "FILTER")) => (name, true),
        Some((name, _)) => (name, false),
        None => (name, false),
    };
    let (function, given) = match full {
        "PERCENTILE" => {
            let half = Given::Literal(DataType::decimal(2, 1).with_nullable(false), Value::Null);
            (find(name)?, vec![given, half])
        }
        "JSON_ARRAYAGG" => (find("JSON_ARRAYAGG_ABSENT_ON_NULL")?, vec![text("-"), given]),
        "JSON_OBJECTAGG" => {
            let value = Given::Probed(DataType::bigint());
            (find("JSON_OBJECTAGG_NULL_ON_NULL")?, vec![text("-"), given, value])
        }
        "JSON_OBJECTAGG value" => (find("JSON_OBJECTAGG_NULL_ON_NULL")?, vec![text("-"), text("a"), given]),
        _ => (find(name)?, vec![given]),
    };
    let arguments: Vec<Argument<'_>> = given.iter().map(argument).collect();
    Some(match function.type_call(&arguments) {
        Ok(typed) => function.aggregate_result(typed.result, grouped, filtered).to_string(),
        Err(_) => "ERR".to_owned(),
    })
}

/// The type of an argument; the probed interval is a literal.
fn column(text: &str) -> DataType {
    let ty = parse_type(text).unwrap();
    if ty.is_interval() { ty.with_nullable(false) } else { ty }
}

/// Types in one spelling; a refusal (`!`) is `ERR`.
fn normal(answer: &str) -> String {
    match parse_type(answer) {
        Ok(ty) => ty.to_string(),
        Err(_) => "ERR".to_owned(),
    }
}

/// The reason why a line may disagree: `name`, `left`, `right`, `reason`, where `*` stands for anything.
struct Allowed {
    pattern: [String; 3],
    reason: String,
}

impl Allowed {
    fn covers(&self, [name, left, right]: [&str; 3]) -> bool {
        let [of, a, b] = &self.pattern;
        let any = |pattern: &str, text: &str| pattern == "*" || pattern.split('|').any(|one| one == text);
        of == name && any(a, left) && any(b, right)
    }
}

fn allowed() -> Vec<Allowed> {
    let text = std::fs::read_to_string(path("tests/all/probes-allowed.tsv")).unwrap();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.splitn(4, '\t').map(str::to_owned);
            let mut next = || parts.next().unwrap_or_else(|| panic!("four columns: {line}"));
            Allowed { pattern: [next(), next(), next()], reason: next() }
        })
        .collect()
}

#[test]
fn types_agree_with_flink() {
    let table = std::fs::read_to_string(path("probes/flink-2.3.0.tsv")).unwrap();
    let allowed = allowed();
    let mut used = BTreeSet::new();
    let mut covered = 0usize;
    let mut functions = BTreeMap::<&str, usize>::new();
    let mut wrong = Vec::new();
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let (name, left, right, answer) = match columns.as_slice() {
            [name, left, answer] => (*name, *left, "", *answer),
            [name, left, right, answer] => (*name, *left, *right, *answer),
            _ => panic!("three or four columns: {line}"),
        };
        let a = column(left);
        let b = (!right.is_empty()).then(|| column(right));
        let Some(ours) = ours(name, &a, b.as_ref()) else {
            continue;
        };
        covered += 1;
        *functions.entry(name).or_default() += 1;
        let (ours, flink) = (normal(&ours), normal(answer));
        if ours == flink {
            continue;
        }
        // The compiler may refuse more than Flink's validator; it never gives another type.
        match allowed.iter().position(|entry| entry.covers([name, left, right])) {
            Some(index) if ours == "ERR" => {
                used.insert(index);
            }
            _ => wrong.push(format!("{name}\t{left}\t{right}\tFlink: {flink}\tours: {ours}")),
        }
    }
    let stale: Vec<&str> = allowed
        .iter()
        .enumerate()
        .filter(|(index, _)| !used.contains(index))
        .map(|(_, entry)| entry.reason.as_str())
        .collect();
    println!("{covered} probes of {} functions and operators, {} disagree", functions.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {covered} disagree:\n{}", wrong.len(), wrong.join("\n"));
    assert!(stale.is_empty(), "no longer needed: {stale:#?}");
    assert!(covered > 4000, "only {covered} probes are covered");
}
