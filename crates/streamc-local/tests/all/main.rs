//! Tests of the embedded engine: plans made by the constructors, rows in, changelogs out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod aggregates;
mod capabilities;
mod expressions;
mod interval_joins;
mod joins;
mod joins_in_time;
mod kit;
mod properties;
mod ranks;
mod rendering;
mod rows;
mod run_control;
mod sources;
mod windows;
