//! Plans made by hand, and the Flink SQL that comes out of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod capabilities;
mod determinism;
mod expressions;
mod fixtures;
mod hostile;
mod manifest;
mod pipelines;
mod relations;
mod tables;
