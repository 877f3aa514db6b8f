//! What the Flink backend writes, as far as a query needs it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use streamc_backend::{Backend as _, BuildOptions, Place, Places};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_flink::FlinkBackend;
use streamc_plan::Plan;

use crate::program::one_line;

/// No place is known: the files of the cases lie in memory.
pub struct Nowhere;

impl Places for Nowhere {
    fn place(&self, _: Span) -> Option<Place> {
        None
    }
}

/// The options of every build here.
pub const BUILD: BuildOptions<'static> = BuildOptions { places: &Nowhere, version: "0" };

/// A built job up to its inserts: tables, views, and the settings that queries depend on.
pub struct Job {
    /// The statements that create tables and views.
    pub declarations: Vec<String>,
    /// Settings whose names begin with `table.`.
    pub settings: BTreeMap<String, String>,
}

/// Builds the job of a plan; `Err` is what the backend refuses.
pub fn build(plan: &Plan) -> Result<Job, String> {
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
