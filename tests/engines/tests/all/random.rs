//! Random queries of a fixed seed; `cargo xtask diff` is the tool for more of them, and for cutting one down.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use streamc_engine_tests::diff::known::Known;
use streamc_engine_tests::diff::run::{Options, run};
use streamc_engine_tests::{Engines, suite as suite_of, tests};

const QUERIES: usize = 500;

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(engines, "random", tests![random_queries_differ_from_flink_only_as_is_known])
}

fn random_queries_differ_from_flink_only_as_is_known(engines: &Engines) -> Result<()> {
    let options = Options {
        queries: QUERIES,
        seed: 500,
        area: None,
        plan_only: false,
        shrink: true,
        threads: 2,
        folder: engines.run().subfolder("random")?,
    };
    let known = Known::read()?;
    let tally = run(&options, engines.flink_oracle()?, &known, &|_, _| (), &|| false)?;
    ensure!(tally.cases() == QUERIES, "only {} cases", tally.cases());
    let report = tally.report(&known, "random queries");
    ensure!(
        tally.unexplained() == 0,
        "cargo xtask diff --seed {} --queries {QUERIES}\n{report}",
        options.seed
    );
    Ok(())
}
