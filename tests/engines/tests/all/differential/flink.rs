//! Asks Flink.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value as Json;
use streamc_engine_tests::cells::{folded, shortest};
use xtask::engines::{FlinkError, FlinkOracle, QueryRows};

use super::answers::{Answer, Family};
use super::table::Table;

const LIMIT: Duration = Duration::from_mins(5);
/// Expressions in one query at most: a query costs far more than an expression.
pub(super) const MOST: usize = 40;

/// What Flink says to each expression. `expected` are the stored answers, if there are any: they only save time, by telling
/// which expressions fail and must be asked for alone.
pub(super) fn answers(
    flink: &FlinkOracle,
    table: &Table,
    family: &Family,
    expected: Option<&[Answer]>,
) -> Result<Vec<Answer>> {
    let setup = [table.flink()];
    let grouped = family.is_grouped();
    let queries: Vec<String> =
        family.expressions.iter().map(|e| query(grouped, std::slice::from_ref(e))).collect();
    let types = flink.types(&setup, &queries)?;
    let mut answers: Vec<Option<Answer>> = types
        .into_iter()
        .map(|result| result.err().map(|error| Answer::Refused(error.root().to_owned())))
        .collect();
    let fails = |index: usize| {
        expected.and_then(|all| all.get(index)).is_some_and(|a| matches!(a, Answer::Failed(_)))
    };
    let open: Vec<usize> = (0..answers.len()).filter(|&i| answers[i].is_none()).collect();
    let (alone, together): (Vec<usize>, Vec<usize>) = open.into_iter().partition(|&i| fails(i));
    let ask = |indices: &[usize]| -> Result<Result<Vec<Answer>, FlinkError>> {
        let expressions: Vec<String> = indices.iter().map(|&i| family.expressions[i].clone()).collect();
        let script = [setup[0].clone(), query(grouped, &expressions)];
        Ok(flink.query(&script, &BTreeMap::new(), LIMIT)?.map(|found| columns(&found)))
    };
    let mut waiting: Vec<Vec<usize>> = together.chunks(MOST).map(<[usize]>::to_vec).collect();
    waiting.extend(alone.into_iter().map(|index| vec![index]));
    while let Some(indices) = waiting.pop() {
        match ask(&indices)? {
            Ok(found) => indices.into_iter().zip(found).for_each(|(i, a)| answers[i] = Some(a)),
            // Some expressions pass the validation, and then no code can be made for them. A date out of range fails only
            // when its year is read.
            Err(error)
                if indices.len() == 1 && error.causes.is_empty() && error.class != "DateTimeException" =>
            {
                answers[indices[0]] = Some(Answer::Refused(error.root().to_owned()));
            }
            Err(error) if indices.len() == 1 => {
                answers[indices[0]] = Some(Answer::Failed(error.root().to_owned()));
            }
            Err(_) => {
                let (left, right) = indices.split_at(indices.len() / 2);
                waiting.extend([left.to_vec(), right.to_vec()]);
            }
        }
    }
    Ok(answers.into_iter().flatten().collect())
}

/// The query for these expressions; its first column orders the rows.
fn query(grouped: bool, expressions: &[String]) -> String {
    let list: Vec<String> = expressions.iter().enumerate().map(|(i, e)| format!("{e} AS x{i}")).collect();
    let (order, group) = if grouped { ("team", " GROUP BY team") } else { ("id", "") };
    format!("SELECT {order}, {} FROM t{group}", list.join(", "))
}

/// Each column but the first, in the order of the first.
pub(super) fn columns(found: &QueryRows) -> Vec<Answer> {
    let mut rows = folded(&found.rows);
    rows.sort_by_cached_key(|row| order(&row[0]));
    (1..found.columns.len())
        .map(|i| Answer::Values {
            ty: found.columns[i].1.clone(),
            values: rows.iter().map(|row| shortest(row[i].clone(), &found.columns[i].1)).collect(),
        })
        .collect()
}

/// Numbers by value, texts by letter, `NULL` first.
pub(super) fn order(cell: &Json) -> (i64, String) {
    match cell {
        Json::Null => (i64::MIN, String::new()),
        Json::Number(number) => (number.as_i64().unwrap_or_default(), String::new()),
        other => (0, other.to_string()),
    }
}
