//! Programs as PySpark jobs: what is generated, what is refused, and that Python reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "tests start Python and read the documentation")]

mod brokers;
mod connectors;
mod hostile;
mod kit;
mod output;
mod pages;
mod refusals;
mod relations;
