//! Evaluates expressions on the embedded engine, through a whole `.stream` file each.

use anyhow::{Context as _, Result};
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
    let mut answers = together(table, grouped, form, &[expression])?;
    answers.pop().context("no answer")
}

/// What the embedded engine says to many expressions in SQL. Those that are taken are computed together: `refused` tells
/// which are probably not, which only saves time.
pub(super) fn answers(
    table: &Table,
    grouped: bool,
    expressions: &[&str],
    refused: &dyn Fn(usize) -> bool,
) -> Result<Vec<Answer>> {
    let (alone, others): (Vec<usize>, Vec<usize>) = (0..expressions.len()).partition(|i| refused(*i));
    let mut waiting: Vec<Vec<usize>> = others.chunks(super::flink::MOST).map(<[usize]>::to_vec).collect();
    waiting.extend(alone.into_iter().map(|i| vec![i]));
    let mut answers: Vec<Option<Answer>> = vec![None; expressions.len()];
    while let Some(indices) = waiting.pop() {
        let asked: Vec<&str> = indices.iter().map(|&i| expressions[i]).collect();
        let found = together(table, grouped, Form::Sql, &asked)?;
        match found.as_slice() {
            [Answer::Refused(_) | Answer::Failed(_)] if indices.len() > 1 => {
                let (left, right) = indices.split_at(indices.len() / 2);
                waiting.extend([left.to_vec(), right.to_vec()]);
            }
            _ => indices.into_iter().zip(found).for_each(|(i, answer)| answers[i] = Some(answer)),
        }
    }
    answers.into_iter().map(|answer| answer.context("an expression got no answer")).collect()
}

/// An answer to each of them; a single one where they are refused or fail.
fn together(table: &Table, grouped: bool, form: Form, expressions: &[&str]) -> Result<Vec<Answer>> {
    let text = file(table, "table.jsonl", grouped, form, expressions);
    let plan = match planned(&text) {
        Ok(plan) => plan,
        Err(errors) => return Ok(vec![Answer::Refused(errors)]),
    };
    let stream = plan.component("x").context("no stream x")?;
    let columns = &stream.props.schema.columns;
    let inputs = Inputs::new().with("t", Input::bytes("table.jsonl", table.records.as_bytes()));
    let options = RunOptions { targets: vec!["x".into()], ..RunOptions::default() };
    let mut collected = Collected::default();
    match streamc_local::run(&plan, inputs, &options, &mut collected) {
        Ok(report) if report.unreadable() == 0 => {}
        Ok(report) => anyhow::bail!("records of the table cannot be read: {:?}", report.sources),
        Err(error) => return Ok(vec![Answer::Failed(error.message)]),
    }
    let (mut rows, missing) = fold_changelog(collected.of("x"));
    anyhow::ensure!(missing.is_empty(), "{expressions:?}: rows taken away that were not there: {missing:?}");
    rows.sort_by_cached_key(|row| order(&json(&row[0], &columns[0].ty)));
    let answer = |index: usize, column: &streamc_types::Column| Answer::Values {
        ty: column.type_text(),
        values: rows.iter().map(|row| json(&row[index], &column.ty)).collect(),
    };
    Ok(columns.iter().enumerate().skip(1).map(|(index, column)| answer(index, column)).collect())
}
