//! Tests of the public interface of `streamc-formats`.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod coercion;
mod csv;
mod encode;
mod reader;
mod round_trip;

use streamc_types::{Column, RowSchema, parse_type};

/// A schema from names and types in Flink's spelling.
fn schema(columns: &[(&str, &str)]) -> RowSchema {
    RowSchema::new(columns.iter().map(|(n, t)| Column::new(*n, parse_type(t).unwrap())).collect())
}
