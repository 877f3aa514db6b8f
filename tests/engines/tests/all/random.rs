//! Random queries of a fixed seed; `cargo xtask diff` is the tool for more of them, and for cutting one down.

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use streamc_engine_tests::diff::known::Known;
use streamc_engine_tests::diff::run::{Against, Options, run};
use streamc_engine_tests::{Engines, suite as suite_of, tests};

const QUERIES: usize = 500;

/// A third of them is built for Spark and runs there, which takes more time each.
const FOR_SPARK: usize = 200;

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(
        engines,
        "random",
        tests![
            random_queries_differ_from_flink_only_as_is_known,
            random_queries_on_spark_differ_from_the_embedded_engine_only_as_is_known,
        ],
    )
}

fn random_queries_differ_from_flink_only_as_is_known(engines: &Engines) -> Result<()> {
    let against = Against { flink: Some(engines.flink_oracle()?), spark: None };
    differ_only_as_is_known(engines, against, "flink", 500, QUERIES)
}

fn random_queries_on_spark_differ_from_the_embedded_engine_only_as_is_known(engines: &Engines) -> Result<()> {
    let against = Against { flink: None, spark: Some(engines.spark()?) };
    differ_only_as_is_known(engines, against, "spark", 501, FOR_SPARK)
}

fn differ_only_as_is_known(
    engines: &Engines,
    against: Against<'_>,
    engine: &str,
    seed: u64,
    queries: usize,
) -> Result<()> {
    let options = Options {
        queries,
        seed,
        area: None,
        plan_only: false,
        shrink: true,
        threads: 2,
        folder: engines.run().subfolder("random")?,
    };
    let known = Known::read()?;
    let tally = run(&options, against, &known, &|_, _| (), &|| false)?;
    ensure!(tally.cases == queries, "only {} cases", tally.cases);
    let report = tally.report(&known, "random queries");
    ensure!(
        tally.unexplained() == 0,
        "cargo xtask diff --engine {engine} --seed {seed} --queries {queries}\n{report}"
    );
    Ok(())
}
