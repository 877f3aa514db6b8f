//! Built jobs on real engines with a real broker, against the embedded engine on the same records.
//!
//! Every scenario sends its records in three parts: rows in and out of order, but never further behind than the
//! watermark waits; then rows that are late on every engine, because the windows they belong to closed minutes ago; then
//! one row of every kind from the far future, which closes the windows. Flink reads one partition and moves the
//! watermark with every record; Spark reads each part as micro-batches of its own. So "late" means the same everywhere,
//! and rows must be equal to the last one.

mod records;
mod scenario;

use anyhow::Result;
use libtest_mimic::Trial;
use records::{clicks, swipes, with_wrong_clocks};
use scenario::{Kill, Scenario, Submit};
use streamc_engine_tests::{Engines, suite as suite_of, tests};

/// A program with a watermark behind a filter.
const GUARDED: &str = "tests/engines/programs/guarded";

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(
        engines,
        "end_to_end",
        tests![
            card_fraud_on_flink_gives_the_rows_of_the_embedded_engine,
            card_fraud_in_flinks_sql_client_gives_the_rows_of_the_embedded_engine,
            card_fraud_on_flink_loses_and_doubles_nothing_when_the_task_manager_is_killed,
            card_fraud_on_spark_gives_the_rows_of_the_embedded_engine,
            dashboard_on_flink_gives_the_rows_of_the_embedded_engine,
            dashboard_on_spark_gives_the_rows_of_the_embedded_engine,
            wrong_clocks_behind_a_filter_make_no_row_late_on_flink,
            wrong_clocks_behind_a_filter_make_no_row_late_on_spark,
        ],
    )
}

fn card_fraud_on_flink_gives_the_rows_of_the_embedded_engine(engines: &Engines) -> Result<()> {
    Scenario::of(engines, "examples/card_fraud", "flink-plain", "swipes", swipes(1200))?
        .on_flink(Kill::Nothing)
}

fn card_fraud_in_flinks_sql_client_gives_the_rows_of_the_embedded_engine(engines: &Engines) -> Result<()> {
    Scenario::of(engines, "examples/card_fraud", "flink-client", "swipes", swipes(1200))?
        .on_flink_through(Submit::SqlClient, Kill::Nothing)
}

fn card_fraud_on_flink_loses_and_doubles_nothing_when_the_task_manager_is_killed(
    engines: &Engines,
) -> Result<()> {
    Scenario::of(engines, "examples/card_fraud", "flink-kill", "swipes", swipes(2400))?
        .on_flink(Kill::TaskManager)
}

fn card_fraud_on_spark_gives_the_rows_of_the_embedded_engine(engines: &Engines) -> Result<()> {
    Scenario::of(engines, "examples/card_fraud", "spark", "swipes", swipes(1200))?.on_spark()
}

fn dashboard_on_flink_gives_the_rows_of_the_embedded_engine(engines: &Engines) -> Result<()> {
    Scenario::of(engines, "examples/dashboard", "flink", "clicks", clicks(1200))?.on_flink(Kill::Nothing)
}

fn dashboard_on_spark_gives_the_rows_of_the_embedded_engine(engines: &Engines) -> Result<()> {
    Scenario::of(engines, "examples/dashboard", "spark", "clicks", clicks(1200))?.on_spark()
}

fn wrong_clocks_behind_a_filter_make_no_row_late_on_flink(engines: &Engines) -> Result<()> {
    let records = with_wrong_clocks(clicks(1200));
    Scenario::of(engines, GUARDED, "flink", "clicks", records)?.on_flink(Kill::Nothing)
}

fn wrong_clocks_behind_a_filter_make_no_row_late_on_spark(engines: &Engines) -> Result<()> {
    let records = with_wrong_clocks(clicks(1200));
    Scenario::of(engines, GUARDED, "spark", "clicks", records)?.on_spark()
}
