//! What the Spark backend writes, run on Spark as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value as Json;
use smol_str::SmolStr;
use streamc_backend::Backend as _;
use streamc_diagnostics::Diagnostic;
use streamc_formats::{JsonDecoder, JsonOptions};
use streamc_plan::{ComponentKind, Plan};
use streamc_spark::SparkBackend;
use streamc_types::RowSchema;
use xtask::engines::{SparkError, SparkWorker};

use crate::built::BUILD;
use crate::cells;

const LIMIT: Duration = Duration::from_mins(4);

/// Why Spark cannot run a plan, as one line; `None` if it can.
pub fn refusal(plan: &Plan) -> Option<String> {
    let line = |found: &Diagnostic| match &found.help {
        Some(help) => format!("{}: {} ({help})", found.code.as_str(), found.message),
        None => format!("{}: {}", found.code.as_str(), found.message),
    };
    let errors: Vec<String> =
        SparkBackend.capabilities(plan).iter().filter(|d| d.is_error()).map(line).collect();
    (!errors.is_empty()).then(|| errors.join("; "))
}

/// The part of a plan that these streams need, with a sink for each of them.
pub fn pruned(plan: &Plan, streams: &BTreeSet<String>) -> Plan {
    let mut needed: BTreeSet<SmolStr> = streams.iter().map(SmolStr::from).collect();
    for component in plan.components.iter().rev() {
        let ComponentKind::Sink(sink) = &component.kind else {
            if needed.contains(&component.name) {
                needed.extend(component.reads());
            }
            continue;
        };
        if streams.contains(sink.input.as_str()) {
            needed.insert(component.name.clone());
        }
    }
    let mut plan = plan.clone();
    plan.components.retain(|component| needed.contains(&component.name));
    plan
}

/// Builds a job whose sinks print, runs it until its input ends, and returns the rows that remain of each of the streams:
/// of rows with a key the last one.
pub fn run(
    spark: &SparkWorker,
    plan: &Plan,
    folder: &Path,
    streams: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<Json>>> {
    let (script, arguments) = written(plan, folder)?;
    let printed = spark.job(&script, &arguments, &BTreeMap::new(), LIMIT)??;
    let mut printed = Printed::read(plan, &printed);
    streams
        .iter()
        .map(|name| Ok((name.clone(), printed.take(name).map_err(|problem| anyhow!(problem))?)))
        .collect()
}

/// The same, where each query may fail or not start on its own. The sink of a stream `a` is `out_a`.
pub fn run_apart(
    spark: &SparkWorker,
    plan: &Plan,
    folder: &Path,
    streams: &BTreeSet<String>,
) -> Result<Result<BTreeMap<String, Apart>, SparkError>> {
    let (script, arguments) = written(plan, folder)?;
    let mut ended = match spark.job_apart(&script, &arguments, LIMIT)? {
        Ok(ended) => ended,
        Err(error) => return Ok(Err(error)),
    };
    let mut printed = Printed::read(plan, &ended.stdout);
    let answer = |name: &String| {
        let found = match ended.failures.remove(&format!("out_{name}")) {
            Some(error) => Apart::Failed(error),
            None => printed.take(name).map_or_else(Apart::Unreadable, Apart::Rows),
        };
        (name.clone(), found)
    };
    Ok(Ok(streams.iter().map(answer).collect()))
}

/// What became of a query that runs beside others.
#[derive(Clone, Debug)]
pub enum Apart {
    /// The rows that remain.
    Rows(Vec<Json>),
    /// A record that it printed cannot be read.
    Unreadable(String),
    /// It failed, or did not start.
    Failed(SparkError),
}

/// Writes the files of the build; returns the script and its arguments.
fn written(plan: &Plan, folder: &Path) -> Result<(PathBuf, [String; 3])> {
    let files = SparkBackend.emit(plan, &BUILD).map_err(|found| anyhow!("{found:?}"))?;
    for file in files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        std::fs::write(path, file.contents)?;
    }
    let checkpoints = folder.join("checkpoints").display().to_string();
    let arguments = ["--available-now".to_owned(), "--checkpoint-dir".to_owned(), checkpoints];
    Ok((folder.join("spark/job.py"), arguments))
}

/// The rows that remain of what a job printed, and the lines that cannot be read.
#[derive(Default)]
struct Printed {
    rows: BTreeMap<String, Vec<Json>>,
    keyed: BTreeMap<String, BTreeMap<String, Json>>,
    problems: BTreeMap<String, String>,
}

impl Printed {
    fn read(plan: &Plan, printed: &str) -> Self {
        let mut found = Self::default();
        for line in printed.lines() {
            let Some((name, record)) = line.split_once("> ") else { continue };
            let Some(component) = plan.component(name) else { continue };
            let row = match decode(record, &component.props.schema) {
                Ok(row) => row,
                Err(error) => {
                    found.problems.entry(name.to_owned()).or_insert_with(|| format!("{error:#}: {line}"));
                    continue;
                }
            };
            // Where Spark would replace rows that have no key, nothing is built.
            if component.props.changelog.is_insert_only() || component.props.primary_key().is_none() {
                found.rows.entry(name.to_owned()).or_default().push(Json::from(row));
                continue;
            }
            let key = component.props.primary_key().map(Vec::as_slice).unwrap_or_default();
            let key: Json = key.iter().filter_map(|column| row.get(*column)).cloned().collect();
            found.keyed.entry(name.to_owned()).or_default().insert(key.to_string(), Json::from(row));
        }
        found
    }

    /// The rows of a stream.
    fn take(&mut self, name: &str) -> Result<Vec<Json>, String> {
        if let Some(problem) = self.problems.remove(name) {
            return Err(problem);
        }
        let keyed = self.keyed.remove(name).unwrap_or_default();
        Ok(self.rows.remove(name).unwrap_or_default().into_iter().chain(keyed.into_values()).collect())
    }
}

/// The cells of a printed record.
fn decode(record: &str, schema: &RowSchema) -> Result<Vec<Json>> {
    let decoder = JsonDecoder::new(schema, JsonOptions::default()).map_err(|e| anyhow!("{e}"))?;
    let mut values = Vec::new();
    decoder.decode(record.as_bytes(), &mut values).map_err(|e| anyhow!("{e}"))?;
    ensure!(values.len() == schema.len(), "no row: {record}");
    Ok(values.iter().zip(&schema.columns).map(|(value, column)| cells::json(value, &column.ty)).collect())
}
