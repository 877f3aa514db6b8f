//! Built jobs on real engines with a real broker, against the embedded engine.

use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, suite as suite_of, tests};

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(engines, "end_to_end", tests![])
}
