//! Evaluates expressions on the embedded engine, through a whole `.stream` file each.

use anyhow::{Context as _, Result};
use serde_json::Value as Json;
use streamc_engine_tests::cells::json;
use streamc_engine_tests::program::planned;
use streamc_local::{Collected, Input, Inputs, RunOptions, fold_changelog};

use super::answers::Answer;
use super::flink::order;
use super::table::Table;

/// How an expression stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Pipe,
    Sql,
}

/// A file with one stream `x` whose columns behind the first are these expressions.
pub(super) fn file(table: &Table, source: &str, grouped: bool, form: Form, expressions: &[&str]) -> String {
    let stream = match (form, grouped) {
        (Form::Pipe, false) => format!("t | select id, {}", list(expressions, |i, e| format!("{e} AS x{i}"))),
        (Form::Pipe, true) => {
            format!("t | group by team {{ {} }}", list(expressions, |i, e| format!("x{i}: {e}")))
        }
        (Form::Sql, false) => {
            format!("sql \"\"\"SELECT id, {} FROM t\"\"\"", list(expressions, |i, e| format!("{e} AS x{i}")))
        }
        (Form::Sql, true) => format!(
            "sql \"\"\"SELECT team, {} FROM t GROUP BY team\"\"\"",
            list(expressions, |i, e| format!("{e} AS x{i}"))
        ),
    };
    format!(
        "source t = file {{ path: \"{source}\", format: json, schema: {{ {} }} }}\nstream x = {stream}\n\
         sink out = print {{ label: \"x\" }} from x\n",
        table.columns_of(expressions)
    )
}

fn list(expressions: &[&str], item: impl Fn(usize, &str) -> String) -> String {
    expressions.iter().enumerate().map(|(i, e)| item(i, e)).collect::<Vec<_>>().join(", ")
}

/// What the embedded engine says to an expression.
pub(super) fn answer(table: &Table, grouped: bool, form: Form, expression: &str) -> Result<Answer> {
    let text = file(table, "table.jsonl", grouped, form, &[expression]);
    let plan = match planned(&text) {
        Ok(plan) => plan,
        Err(errors) => return Ok(Answer::Refused(errors)),
    };
    let stream = plan.component("x").context("no stream x")?;
    let column = stream.props.schema.columns.get(1).context("no column for the expression")?;
    let inputs = Inputs::new().with("t", Input::bytes("table.jsonl", table.records.as_bytes()));
    let options = RunOptions { targets: vec!["x".into()], ..RunOptions::default() };
    let mut collected = Collected::default();
    match streamc_local::run(&plan, inputs, &options, &mut collected) {
        Ok(report) if report.unreadable() == 0 => {}
        Ok(report) => anyhow::bail!("records of the table cannot be read: {:?}", report.sources),
        Err(error) => return Ok(Answer::Failed(error.message)),
    }
    let (rows, missing) = fold_changelog(collected.of("x"));
    anyhow::ensure!(missing.is_empty(), "{expression}: rows taken away that were not there: {missing:?}");
    let mut cells: Vec<(Json, Json)> = rows
        .iter()
        .map(|row| (json(&row[0], &stream.props.schema.columns[0].ty), json(&row[1], &column.ty)))
        .collect();
    cells.sort_by_cached_key(|(first, _)| order(first));
    Ok(Answer::Values { ty: column.type_text(), values: cells.into_iter().map(|(_, cell)| cell).collect() })
}
