//! The engines of one test run: each is started when the first suite asks for it, shared by all, and stopped at the end.
//!
//! A suite is a module of `tests/all` with a function that returns its tests; see [`suite`].
#![allow(clippy::print_stderr, reason = "says on the terminal where the logs are")]
#![allow(clippy::disallowed_methods, reason = "a harness of tests works on the real disk")]

pub mod built;
pub mod cells;
pub mod database;
pub mod diff;
pub mod program;
pub mod random;
pub mod spark_job;

use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use database::Database;
use libtest_mimic::{Failed, Trial};
use xtask::cache::Cache;
use xtask::engines::{FlinkCluster, FlinkOracle, Kafka, KafkaClient, Run, SparkWorker};

/// A value that is made once; a failure to make it is remembered, so that an engine that does not start fails each of
/// its tests at once instead of being tried again by each.
struct Shared<T>(OnceLock<Result<T, String>>);

impl<T> Shared<T> {
    const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn get(&self, make: impl FnOnce() -> Result<T>) -> Result<&T> {
        let made = self.0.get_or_init(|| make().map_err(|error| format!("{error:#}")));
        made.as_ref().map_err(|error| anyhow!("{error}"))
    }
}

/// The engines of this process.
pub struct Engines {
    run: Mutex<Run>,
    kafka: Shared<(Kafka, KafkaClient)>,
    flink_oracle: Shared<FlinkOracle>,
    flink_cluster: Shared<Mutex<FlinkCluster>>,
    spark: Shared<SparkWorker>,
    database: Shared<Database>,
}

impl Engines {
    /// Engines from the cache that `STREAMC_ENGINES` names. `None` when it is not set: then engine suites are skipped.
    pub fn prepared() -> Result<Option<Self>> {
        let Some(cache) = Cache::prepared() else { return Ok(None) };
        xtask::supervise::install_handler();
        Ok(Some(Self {
            run: Mutex::new(Run::new(cache)?),
            kafka: Shared::new(),
            flink_oracle: Shared::new(),
            flink_cluster: Shared::new(),
            spark: Shared::new(),
            database: Shared::new(),
        }))
    }

    /// The run: its folder and the cache.
    pub fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of the broker.
    pub fn bootstrap(&self) -> Result<&str> {
        Ok(self.started_kafka()?.0.bootstrap())
    }

    /// The client of the broker. Topics are shared by all tests: give them names of your own.
    pub fn kafka(&self) -> Result<&KafkaClient> {
        Ok(&self.started_kafka()?.1)
    }

    fn started_kafka(&self) -> Result<&(Kafka, KafkaClient)> {
        self.kafka.get(|| {
            let run = self.run();
            let kafka = Kafka::start(&run).context("Kafka")?;
            let client = KafkaClient::start(&run, kafka.bootstrap())?;
            Ok((kafka, client))
        })
    }

    /// Flink for many small questions.
    pub fn flink_oracle(&self) -> Result<&FlinkOracle> {
        self.flink_oracle.get(|| FlinkOracle::start(&self.run()).context("Flink oracle"))
    }

    /// The session cluster for built jobs, for one test at a time: a test may kill its TaskManager.
    pub fn flink_cluster(&self) -> Result<MutexGuard<'_, FlinkCluster>> {
        let cluster = self
            .flink_cluster
            .get(|| Ok(Mutex::new(FlinkCluster::start(&self.run()).context("Flink cluster")?)))?;
        Ok(cluster.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The warm Spark. It works on one request at a time.
    pub fn spark(&self) -> Result<&SparkWorker> {
        self.spark.get(|| SparkWorker::start(&self.run()).context("Spark"))
    }

    /// PostgreSQL with the tables that queries look up, and a Flink that asks it.
    pub fn database(&self) -> Result<&Database> {
        self.database.get(|| Database::start(&self.run()).context("PostgreSQL"))
    }

    /// Stops all engines and removes their folder, or keeps it for its logs when a test failed. No test may run any
    /// more. (The value lives as long as the process, because tests borrow it for so long: nothing is dropped.)
    pub fn finish(&self, failed: bool) {
        xtask::supervise::leave_to_handler();
        xtask::supervise::stop_all(Duration::from_secs(3));
        let mut run = self.run();
        if failed {
            eprintln!("the logs of the engines are kept in {}", run.keep().display());
        } else {
            run.remove();
        }
    }
}

/// What a test gets: the engines of the process.
pub type Test = fn(&Engines) -> Result<()>;

/// Characters of a failure in the summary of a run at most.
const SHORT: usize = 600;

/// A failed test. What it says goes, cut short, to the file of failures, too, if there is one.
pub fn failure(name: &str, error: &anyhow::Error) -> Failed {
    let message = format!("{error:#}");
    if let Some(path) = std::env::var_os(xtask::test::FAILURES_VARIABLE)
        && let Ok(mut file) = std::fs::OpenOptions::new().append(true).create(true).open(path)
    {
        let short: String = message.chars().take(SHORT).collect();
        // In one piece, so that tests that fail together do not mix. The test fails whether this can be written or not.
        let _ = file.write_all(format!("{name}: {short}\n").as_bytes());
    }
    Failed::from(message)
}

/// The tests of one suite, named `suite::test`. Without engines they are listed as ignored, never as passed.
pub fn suite(
    engines: Option<&'static Engines>,
    name: &'static str,
    tests: &[(&'static str, Test)],
) -> Vec<Trial> {
    tests
        .iter()
        .map(|&(test, body)| {
            let trial = Trial::test(format!("{name}::{test}"), move || match engines {
                Some(engines) => body(engines).map_err(|error| failure(&format!("{name}::{test}"), &error)),
                None => Err(Failed::from("needs the engines: run `cargo xtask test`")),
            });
            trial.with_ignored_flag(engines.is_none())
        })
        .collect()
}

/// The tests of a suite by the names of their functions: `tests![a_filter_works, a_join_works]`.
#[macro_export]
macro_rules! tests {
    ($($test:ident),* $(,)?) => { &[$((stringify!($test), $test as $crate::Test)),*] };
}

/// The built `streamc` that `cargo xtask test` names.
pub fn streamc_binary() -> Result<std::path::PathBuf> {
    let set = std::env::var_os(xtask::test::BINARY_VARIABLE)
        .context("STREAMC_BIN is not set: run `cargo xtask test`")?;
    Ok(set.into())
}
