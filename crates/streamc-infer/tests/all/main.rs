//! Tests of the public interface of `streamc-infer`.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod bad_input;
mod csv;
mod lattice;
mod maps;
mod properties;
mod report;
mod stream;
mod timestamps;

use streamc_infer::{Inference, Options, infer};

/// Infers from records, each on its line.
fn lines(records: &[&str]) -> Inference {
    infer(records.join("\n").as_bytes(), "sample.jsonl", &Options::default())
}

/// The schema on one line.
fn schema(inference: &Inference) -> String {
    let columns: Vec<String> =
        inference.schema.columns.iter().map(|c| format!("{} {}", c.name, c.ty)).collect();
    columns.join(", ")
}

/// `ST4007 hint: message` for each problem.
fn problems(inference: &Inference) -> Vec<String> {
    inference
        .problems
        .iter()
        .map(|p| format!("{} {}: {}", p.kind.code(), p.severity.as_str(), p.message))
        .collect()
}
