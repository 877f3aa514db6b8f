//! What the Flink backend writes, run on Flink as it is.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use streamc_engine_tests::built::{Job, build};
use streamc_engine_tests::cells::folded;
use streamc_engine_tests::program::planned;
use xtask::engines::{FlinkError, FlinkOracle, QueryRows};

use super::answers::Answer;
use super::embedded::{Form, file};
use super::flink::{self, MOST};
use super::queries::{Program, Table};
use super::table::Table as Columns;

const LIMIT: Duration = Duration::from_mins(5);
/// How many requests the oracle works on at a time.
pub(super) const THREADS: usize = 3;

/// The rows of a stream of a job.
fn select(flink: &FlinkOracle, job: &Job, stream: &str) -> Result<Result<QueryRows, FlinkError>> {
    flink.query(&script(job, stream), &job.settings, LIMIT)
}

fn script(job: &Job, stream: &str) -> Vec<String> {
    job.declarations.iter().cloned().chain([format!("SELECT * FROM `{stream}`")]).collect()
}

/// What Flink says to the built form of each expression: the expression, the answer that is expected, the one that came.
pub(super) fn expressions<'a>(
    flink: &FlinkOracle,
    table: &Columns,
    grouped: bool,
    cases: &[(&'a str, Answer)],
) -> Result<Vec<(&'a str, Answer, Answer)>> {
    let ask = |cases: &[(&str, Answer)]| -> Result<Result<Vec<Answer>, Answer>> {
        let expressions: Vec<&str> = cases.iter().map(|(expression, _)| *expression).collect();
        let text = file(table, &table.path.display().to_string(), grouped, Form::Pipe, &expressions);
        let plan = planned(&text).map_err(|errors| anyhow!("{expressions:?}: {errors}"))?;
        let job = match build(&plan) {
            Ok(job) => job,
            Err(refused) => return Ok(Err(Answer::Refused(refused))),
        };
        Ok(match select(flink, &job, "x")? {
            Ok(found) => Ok(flink::columns(&found)),
            Err(error) if error.causes.is_empty() => Err(Answer::Refused(error.to_string())),
            Err(error) => Err(Answer::Failed(error.to_string())),
        })
    };
    let (together, alone): (Vec<_>, Vec<_>) =
        cases.iter().cloned().partition(|(_, expected)| matches!(expected, Answer::Values { .. }));
    let mut waiting: Vec<Vec<(&str, Answer)>> = together.chunks(MOST).map(<[_]>::to_vec).collect();
    waiting.extend(alone.into_iter().map(|case| vec![case]));
    let mut answers = Vec::new();
    while let Some(cases) = waiting.pop() {
        match ask(&cases)? {
            Ok(found) => {
                answers
                    .extend(cases.into_iter().zip(found).map(|((e, expected), found)| (e, expected, found)));
            }
            Err(error) if cases.len() == 1 => {
                answers.extend(cases.into_iter().map(|(e, expected)| (e, expected, error.clone())));
            }
            Err(_) => {
                let (left, right) = cases.split_at(cases.len() / 2);
                waiting.extend([left.to_vec(), right.to_vec()]);
            }
        }
    }
    Ok(answers)
}

/// The job of a file of cases.
pub(super) fn job(program: &Program) -> Result<Job> {
    build(&program.plan).map_err(|refused| anyhow!("{}: {refused}", program.name))
}

/// What Flink says to every stream of a job.
pub(super) fn tables(flink: &FlinkOracle, streams: &[String], job: &Job) -> Result<BTreeMap<String, Table>> {
    let table = |stream: &String| -> Result<(String, Table)> {
        let rows = select(flink, job, stream)?.with_context(|| stream.clone())?;
        let plan = flink.plan(&script(job, stream))?.with_context(|| stream.clone())?;
        Ok((stream.clone(), Table::new(rows.columns.clone(), changelog(&plan)?, folded(&rows.rows))))
    };
    let waiting = Mutex::new(streams.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        let work = || std::iter::from_fn(&next).map(table).collect::<Result<Vec<_>>>();
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let mut tables = BTreeMap::new();
        for worker in workers {
            tables.extend(worker.join().map_err(|_| anyhow!("a worker panicked"))??);
        }
        Ok(tables)
    })
}

/// Kinds of rows at the root of a physical plan, without `UB`.
pub(super) fn changelog(plan: &str) -> Result<String> {
    let (_, physical) = plan.split_once("== Optimized Physical Plan ==").context("no physical plan")?;
    let (_, rest) = physical.split_once("changelogMode=[").context("no changelog mode")?;
    let (kinds, _) = rest.split_once(']').context("no end of the changelog mode")?;
    Ok(kinds.split(',').filter(|kind| *kind != "UB").collect::<Vec<_>>().join(","))
}
