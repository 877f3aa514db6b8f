//! Tests of the SQL binder: inputs and what comes of them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

mod errors;
mod examples;
mod fixture;
mod flink;
mod lineage;
mod nexmark;
mod pipes;
mod positions;
mod queries;
mod robust;
