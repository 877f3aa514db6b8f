//! What the compiler and the embedded engine say to a query.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value as Json;
use streamc_backend::Backend as _;
use streamc_diagnostics::Diagnostic;
use streamc_flink::FlinkBackend;
use streamc_functions::EvalContext;
use streamc_local::{Collected, Input, Inputs, LocalBackend, RunErrorKind, RunOptions};
use streamc_plan::Plan;
use streamc_types::RowKind;

use crate::cells;
use crate::program::compiled;
use crate::random::world::World;

/// What the compiler says to a query.
#[derive(Clone, Debug)]
pub enum Ours {
    /// It does not understand it yet and says so (`ST3002`, `ST3007`).
    Unsupported(String),
    /// It refuses it: the code and the message of the first error.
    Refused(String, String),
    /// A fault of ours.
    Panicked(String),
    /// It takes it.
    Accepted(Accepted),
}

/// A query that compiles.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Names and types in Flink's summary spelling.
    pub columns: Vec<(String, String)>,
    /// Kinds of changes: `I,UA,D`; `-U` is left out.
    pub changelog: String,
    /// What the backend for Flink refuses, by name.
    pub refused_for_flink: Option<String>,
    /// Its rows; `None` if they were not asked for.
    pub outcome: Option<Outcome>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The changes, in order.
    Rows(Vec<(RowKind, Vec<Json>)>),
    /// An expression has no value for a row.
    Failed(String),
    /// The embedded engine does not run it and says so.
    NotHere(String),
}

/// What the compiler says to a query over the tables of a world, and with `run` what the embedded engine does.
pub fn ask(world: &World, folder: &Path, query: &str, run: bool) -> Ours {
    let asked = catch_unwind(AssertUnwindSafe(|| answer(world, folder, query, run)));
    asked.unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Ours::Panicked(text.unwrap_or_default())
    })
}

fn answer(world: &World, folder: &Path, query: &str, run: bool) -> Ours {
    let plan = match compiled(&world.program(folder, query)) {
        Ok(plan) => plan,
        Err(errors) => return refused(&errors),
    };
    let Some(component) = plan.component("q") else { return Ours::Panicked("no stream q".to_owned()) };
    let kinds = component.props.changelog.kinds().into_iter().map(|kind| match kind {
        "+I" => "I",
        "+U" => "UA",
        _ => "D",
    });
    let errors = |found: Vec<Diagnostic>| {
        found.iter().find(|d| d.is_error()).map(|d| format!("{}: {}", d.code.as_str(), d.message))
    };
    Ours::Accepted(Accepted {
        columns: component.props.flink_columns().into_iter().map(|(name, ty)| (name, plain(ty))).collect(),
        changelog: kinds.collect::<Vec<_>>().join(","),
        refused_for_flink: errors(FlinkBackend.capabilities(&plan)),
        outcome: run.then(|| match errors(LocalBackend.capabilities(&plan)) {
            Some(reason) => Outcome::NotHere(reason),
            None => executed(world, &plan),
        }),
    })
}

/// Flink writes the names of a row type's fields in back quotes always, `describe` only where they are needed.
pub fn plain(mut ty: String) -> String {
    ty.retain(|c| c != '`');
    ty
}

fn refused(errors: &[Diagnostic]) -> Ours {
    // One error that is more than a missing feature is enough to know that the query is wrong.
    let missing = |d: &&Diagnostic| matches!(d.code.as_str(), "ST3002" | "ST3007");
    match errors.iter().find(|d| !missing(d)).or_else(|| errors.first()) {
        Some(found) if missing(&found) => Ours::Unsupported(found.message.clone()),
        Some(found) => Ours::Refused(found.code.as_str().to_owned(), found.message.clone()),
        None => Ours::Panicked("neither a plan nor an error".to_owned()),
    }
}

fn executed(world: &World, plan: &Plan) -> Outcome {
    let mut inputs = Inputs::new();
    for table in &world.tables {
        inputs.set(table.name.as_str(), Input::bytes("records", table.records().into_bytes()));
    }
    let zone = TimeZone::get(world.zone).unwrap_or(TimeZone::UTC);
    let context = EvalContext { zone, ..EvalContext::default() };
    let options = RunOptions { targets: vec!["q".into()], context, ..RunOptions::default() };
    let mut collected = Collected::default();
    match streamc_local::run(plan, inputs, &options, &mut collected) {
        Ok(report) if report.unreadable() > 0 => {
            Outcome::Failed(format!("unreadable records: {:?}", report.sources))
        }
        Ok(_) => {
            let columns = plan.component("q").map(|c| c.props.schema.columns.as_slice()).unwrap_or_default();
            let cells = |row: &[streamc_types::Value]| {
                row.iter().zip(columns).map(|(v, c)| cells::json(v, &c.ty)).collect()
            };
            Outcome::Rows(collected.of("q").iter().map(|(kind, row)| (*kind, cells(row))).collect())
        }
        Err(error) if error.kind == RunErrorKind::Unsupported => Outcome::NotHere(error.message),
        Err(error) if error.kind == RunErrorKind::Internal => panic!("{}", error.message),
        Err(error) => Outcome::Failed(error.message),
    }
}
