//! What the Spark backend writes, run on Spark: expressions in a batch over the table, queries as whole jobs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use serde_json::Value as Json;
use streamc_engine_tests::program::planned;
use streamc_engine_tests::spark_job::refusal;
use streamc_plan::{ComponentKind, Expr, Plan, RelationKind};
use streamc_spark::{spark_expression, spark_type};
use streamc_types::{DataType, Decimal, TypeKind, parse_type};
use xtask::engines::{SparkError, SparkWorker};

use super::answers::Answer;
use super::embedded::{Form, file};
use super::table::Table;

/// What the support module sets before a job runs.
const SETTINGS: [&str; 3] = [
    "SET spark.sql.session.timeZone = UTC",
    "SET spark.sql.ansi.enabled = true",
    "SET spark.sql.caseSensitive = true",
];

/// An expression that the Spark backend takes.
pub(super) struct Case<'a> {
    pub expression: &'a str,
    pub expected: Answer,
    ty: DataType,
    text: String,
}

impl<'a> Case<'a> {
    /// The expression as the backend writes it; `Err` is why it refuses it.
    pub(super) fn new(table: &Table, expression: &'a str, expected: Answer) -> Result<Result<Self, String>> {
        let text = file(table, "table.jsonl", false, Form::Pipe, &[expression]);
        let plan = planned(&text).map_err(|errors| anyhow!("{expression}: {errors}"))?;
        if let Some(reason) = refusal(&plan) {
            return Ok(Err(reason));
        }
        let (names, expr) = projected(&plan).with_context(|| expression.to_owned())?;
        let text = spark_expression(expr, &names).map_err(|reason| anyhow!("{expression}: {reason}"))?;
        Ok(Ok(Self { expression, expected, ty: expr.ty.clone(), text }))
    }
}

/// The second column of the stream `x`, and the columns that it is over.
fn projected(plan: &Plan) -> Option<(Vec<String>, &Expr)> {
    let ComponentKind::Stream(stream) = &plan.component("x")?.kind else { return None };
    let RelationKind::Project { input, expressions } = &stream.relation.kind else { return None };
    let RelationKind::Scan { .. } = input.kind else { return None };
    Some((input.props.schema.names().map(str::to_owned).collect(), expressions.get(1)?))
}

/// The rows whose values lie at the ends of their types, by `id`: Spark stops at an overflow, Flink wraps around.
pub(super) const EXTREMES: [usize; 2] = [3, 6];

/// What Spark says to each expression; with `EXTREMES` or without them. `stops` tells which expressions will fail, and are
/// asked for alone: that only saves time.
pub(super) fn answers(
    spark: &SparkWorker,
    table: &Table,
    cases: &[&Case<'_>],
    extremes: bool,
    stops: &dyn Fn(&str) -> bool,
) -> Result<Vec<Answer>> {
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter_map(|column| {
            let ty = parse_type(&column.ty).ok()?;
            Some(format!("{} {}", column.name, spark_type(&ty).ok()?))
        })
        .collect();
    let mut setup: Vec<String> = SETTINGS.map(str::to_owned).to_vec();
    setup.push(format!(
        "CREATE TEMPORARY VIEW everything ({}) USING json OPTIONS (path '{}', mode 'FAILFAST')",
        columns.join(", "),
        table.path.display()
    ));
    let [first, second] = EXTREMES;
    let rows = if extremes { String::new() } else { format!(" WHERE id NOT IN ({first}, {second})") };
    setup.push(format!("CREATE TEMPORARY VIEW t AS SELECT * FROM everything{rows}"));
    let ask = |cases: &[&Case<'_>]| {
        let texts: Vec<String> = cases.iter().map(|case| case.text.clone()).collect();
        spark.evaluate(&setup, "t", "id", &texts)
    };
    let fails = |case: &&&Case<'_>| matches!(case.expected, Answer::Failed(_)) || stops(case.expression);
    let (alone, together): (Vec<&Case<'_>>, Vec<&Case<'_>>) = cases.iter().copied().partition(|c| fails(&c));
    let mut found = BTreeMap::new();
    for (case, answer) in together.iter().zip(ask(&together)?) {
        found.insert(case.expression, answer_of(answer, case)?);
    }
    for case in alone {
        for answer in ask(&[case])? {
            found.insert(case.expression, answer_of(answer, case)?);
        }
    }
    cases.iter().map(|case| found.remove(case.expression).context("an expression got no answer")).collect()
}

fn answer_of(answer: Result<(String, Vec<Json>), SparkError>, case: &Case<'_>) -> Result<Answer> {
    let (spark, values) = match answer {
        Ok(answer) => answer,
        Err(error) => return Ok(Answer::Failed(error.to_string())),
    };
    let plain = |ty: &str| ty.to_lowercase().replace([' ', '`'], "").replace("notnull", "");
    let expected = spark_type(&case.ty).map_err(|reason| anyhow!("{}: {reason}", case.expression))?;
    // Spark's type has no nullability that means anything here; where it is the equal of ours, ours is the answer's.
    let ty =
        if plain(&spark) == plain(&expected) { case.ty.to_string() } else { format!("{spark} of Spark") };
    Ok(Answer::Values { ty, values: values.into_iter().map(|cell| cell_of(cell, &case.ty)).collect() })
}

/// Spark's cell in the spelling of the type: Spark has one kind of timestamps, and always shows six digits of them.
fn cell_of(cell: Json, ty: &DataType) -> Json {
    match (cell, &ty.kind) {
        (Json::String(text), TypeKind::Timestamp(digits)) => {
            Json::from(cut(text.trim_end_matches('Z'), *digits))
        }
        (Json::String(text), TypeKind::TimestampLtz(digits)) => {
            Json::from(cut(text.trim_end_matches('Z'), *digits) + "Z")
        }
        (Json::Array(items), TypeKind::Array(item)) => {
            items.into_iter().map(|cell| cell_of(cell, item)).collect()
        }
        (Json::Array(pairs), TypeKind::Map(key, value)) => pairs
            .into_iter()
            .map(|pair| match pair {
                Json::Array(mut pair) if pair.len() == 2 => {
                    let last = pair.pop().map(|cell| cell_of(cell, value)).unwrap_or_default();
                    let first = pair.pop().map(|cell| cell_of(cell, key)).unwrap_or_default();
                    Json::from(vec![first, last])
                }
                other => other,
            })
            .collect(),
        (Json::Array(items), TypeKind::Row(fields)) => {
            items.into_iter().zip(fields).map(|(cell, field)| cell_of(cell, &field.ty)).collect()
        }
        (Json::String(text), TypeKind::Decimal { precision, scale }) => {
            let same = Decimal::parse(&text).and_then(|d| d.rescale(*precision, *scale).filter(|r| *r == d));
            Json::from(same.map_or(text, |decimal| decimal.to_string()))
        }
        (cell, _) => cell,
    }
}

/// A timestamp with so many digits behind the second, if those that fall away are zeros.
fn cut(text: &str, digits: u8) -> String {
    let Some((head, fraction)) = text.split_once('.') else { return text.to_owned() };
    let (kept, rest) = fraction.split_at(usize::from(digits).min(fraction.len()));
    match (kept, rest.bytes().all(|b| b == b'0')) {
        ("", true) => head.to_owned(),
        (kept, true) => format!("{head}.{kept}"),
        _ => text.to_owned(),
    }
}

/// A copy of the records of the queries, each file with one more record months later, which moves the watermark past
/// every window: Spark never closes the last ones. Returns the folder.
pub(super) fn closed_data(data: &Path, folder: &Path) -> Result<PathBuf> {
    let copy = folder.join("data");
    std::fs::create_dir_all(&copy)?;
    let closing = [
        (
            "orders",
            r#"{"id": 1000, "customer": "zoe", "product": "zeal", "amount": 1.00, "qty": 1, "ordered_at": "2026-06-01 12:00:00.000", "tags": ["z"], "place": {"city": "Zug", "zip": 1}}"#,
        ),
        (
            "payments",
            r#"{"payment": 1000, "order_id": 2000, "paid": 1.00, "via": "zip", "paid_at": "2026-06-01 12:00:00.000"}"#,
        ),
        ("readings", r#"{"sensor": 1000, "level": 1.0, "read_at": "2026-06-01 12:00:00.000Z", "ok": true}"#),
        ("ticks", r#"{"seq": 1000, "symbol": "ash", "venue": "x", "price": 1, "at": "2026-06-01 12:00:00"}"#),
    ];
    for (name, record) in closing {
        let name = format!("{name}.jsonl");
        let text = std::fs::read_to_string(data.join(&name))?;
        std::fs::write(copy.join(&name), format!("{text}{record}\n"))?;
    }
    Ok(copy)
}
