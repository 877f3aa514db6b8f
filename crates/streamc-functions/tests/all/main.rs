//! Tests of the catalogue as its users see it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accumulators;
mod printing;
mod probes;
mod reference;
mod values;
