//! What the Flink backend writes, run on Flink as it is.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use serde_json::Value as Json;
use streamc_backend::{Backend as _, BuildOptions, Place, Places};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_flink::FlinkBackend;
use streamc_plan::Plan;
use xtask::engines::{FlinkError, FlinkOracle, QueryRows};

use super::answers::Answer;
use super::embedded::{Form, file, one_line, planned};
use super::flink::{self, MOST, folded};
use super::queries::{Program, Table};
use super::table::Table as Columns;

const LIMIT: Duration = Duration::from_mins(2);
/// How many requests the oracle works on at a time.
const THREADS: usize = 3;

/// No place is known: the files of the cases lie in memory.
pub(super) struct Nowhere;

impl Places for Nowhere {
    fn place(&self, _: Span) -> Option<Place> {
        None
    }
}

/// The options of every build here.
pub(super) const BUILD: BuildOptions<'static> = BuildOptions { places: &Nowhere, version: "0" };

/// A built job up to its inserts: tables, views, and the settings that queries depend on.
struct Job {
    declarations: Vec<String>,
    settings: BTreeMap<String, String>,
}

/// Builds the job of a plan; `Err` is what the backend refuses.
fn build(plan: &Plan) -> Result<Job, String> {
    let refused = |found: Vec<Diagnostic>| found.iter().map(one_line).collect::<Vec<_>>().join("; ");
    let files = FlinkBackend.emit(plan, &BUILD).map_err(refused)?;
    let job = files.iter().find(|file| file.path.ends_with("job.json")).ok_or("no job.json")?;
    let job: Json = serde_json::from_str(&job.contents).map_err(|error| error.to_string())?;
    let statements = job["statements"].as_array().ok_or("no statements")?;
    let declarations = statements
        .iter()
        .filter(|statement| statement["kind"].as_str().is_some_and(|kind| kind.starts_with("create")))
        .filter_map(|statement| statement["sql"].as_str().map(str::to_owned))
        .collect();
    let settings: BTreeMap<String, String> =
        serde_json::from_value(job["settings"].clone()).map_err(|error| error.to_string())?;
    let settings = settings.into_iter().filter(|(key, _)| key.starts_with("table.")).collect();
    Ok(Job { declarations, settings })
}

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

/// What Flink says to every stream of a file of cases.
pub(super) fn tables(flink: &FlinkOracle, program: &Program) -> Result<BTreeMap<String, Table>> {
    let job = build(&program.plan).map_err(|refused| anyhow!("{}: {refused}", program.name))?;
    let table = |stream: &String| -> Result<(String, Table)> {
        let rows = select(flink, &job, stream)?.with_context(|| stream.clone())?;
        let plan = flink.plan(&script(&job, stream))?.with_context(|| stream.clone())?;
        Ok((stream.clone(), Table::new(rows.columns.clone(), changelog(&plan)?, folded(&rows.rows))))
    };
    let streams = program.streams();
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
fn changelog(plan: &str) -> Result<String> {
    let (_, physical) = plan.split_once("== Optimized Physical Plan ==").context("no physical plan")?;
    let (_, rest) = physical.split_once("changelogMode=[").context("no changelog mode")?;
    let (kinds, _) = rest.split_once(']').context("no end of the changelog mode")?;
    Ok(kinds.split(',').filter(|kind| *kind != "UB").collect::<Vec<_>>().join(","))
}
