//! Expressions and queries: the embedded engine against Flink and Spark.

use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, suite as suite_of, tests};

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(engines, "differential", tests![])
}
