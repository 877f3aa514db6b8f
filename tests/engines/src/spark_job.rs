//! What the Spark backend writes, run on Spark as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
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
use xtask::engines::SparkWorker;

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
    let files = SparkBackend.emit(plan, &BUILD).map_err(|found| anyhow!("{found:?}"))?;
    for file in files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        std::fs::write(path, file.contents)?;
    }
    let checkpoints = folder.join("checkpoints").display().to_string();
    let arguments = ["--available-now".to_owned(), "--checkpoint-dir".to_owned(), checkpoints];
    let printed = spark.job(&folder.join("spark/job.py"), &arguments, &BTreeMap::new(), LIMIT)??;
    let mut rows: BTreeMap<String, Vec<Json>> =
        streams.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut keyed: BTreeMap<(String, String), Json> = BTreeMap::new();
    for line in printed.lines() {
        let Some((name, record)) = line.split_once("> ") else { continue };
        let Some(component) = plan.component(name) else { continue };
        let row = decode(record, &component.props.schema).with_context(|| line.to_owned())?;
        if component.props.changelog.is_insert_only() {
            rows.entry(name.to_owned()).or_default().push(Json::from(row));
            continue;
        }
        let key =
            component.props.primary_key().with_context(|| format!("{name} is updated without a key"))?;
        let key: Vec<&Json> = key.iter().filter_map(|column| row.get(*column)).collect();
        keyed.insert((name.to_owned(), serde_json::to_string(&key)?), Json::from(row));
    }
    for ((name, _), row) in keyed {
        rows.entry(name).or_default().push(row);
    }
    Ok(rows)
}

/// The cells of a printed record.
fn decode(record: &str, schema: &RowSchema) -> Result<Vec<Json>> {
    let decoder = JsonDecoder::new(schema, JsonOptions::default()).map_err(|e| anyhow!("{e}"))?;
    let mut values = Vec::new();
    decoder.decode(record.as_bytes(), &mut values).map_err(|e| anyhow!("{e}"))?;
    ensure!(values.len() == schema.len(), "no row: {record}");
    Ok(values.iter().zip(&schema.columns).map(|(value, column)| cells::json(value, &column.ty)).collect())
}
