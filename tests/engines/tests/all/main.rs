//! Every suite that needs a real engine, in one binary, so that the engines are started once.
#![allow(clippy::print_stderr, reason = "says on the terminal why the suites are skipped")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test that makes it")]
#![allow(clippy::disallowed_methods, reason = "tests prepare files on the real disk")]

mod differential;
mod end_to_end;
mod files;
mod flink_sql;
mod no_broker;
mod random;
mod smoke;
mod sql_client;
mod zones;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use streamc_engine_tests::Engines;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Tests share two cores with the engines, and wait for them most of the time.
    arguments.test_threads = arguments.test_threads.or(Some(3));
    let engines = match Engines::prepared() {
        Ok(engines) => engines.map(|engines| &*Box::leak(Box::new(engines))),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::from(2);
        }
    };
    if engines.is_none() {
        eprintln!(
            "the suites below need Kafka, Flink and Spark: `cargo xtask test` installs them and runs these too"
        );
    }
    let mut trials = smoke::suite(engines);
    trials.extend(flink_sql::suite(engines));
    trials.extend(sql_client::suite(engines));
    trials.extend(files::suite(engines));
    trials.extend(no_broker::suite(engines));
    trials.extend(differential::suite(engines));
    trials.extend(zones::suite(engines));
    trials.extend(random::suite(engines));
    trials.extend(end_to_end::suite(engines));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(engines) = engines {
        engines.finish(conclusion.has_failed());
    }
    conclusion.exit_code()
}
