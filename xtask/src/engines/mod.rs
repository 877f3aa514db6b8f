//! The engines as values: starting one gives a value, dropping it stops the engine.
//!
//! - [`Kafka`]: one broker on free loopback ports; [`KafkaClient`]: topics, records.
//! - [`FlinkOracle`]: Flink's planner and a small cluster in one JVM, for many small questions.
//! - [`FlinkCluster`]: a session cluster of separate JVMs with a REST client, for built jobs and for kills.
//! - [`Postgres`]: a database with tables to look up.
//! - [`SparkWorker`]: one warm Spark for batch SQL and for built jobs.
//!
//! Every wait has a deadline, and every failure says where the log is and shows its end.

mod evaluate;
mod flink_cluster;
mod flink_oracle;
mod flink_rest;
mod flink_sql_client;
mod kafka;
mod kafka_client;
mod line_service;
mod ports;
mod postgres;
mod spark;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub use evaluate::Evaluated;
pub use flink_cluster::FlinkCluster;
pub use flink_oracle::{Batch, Changes, FlinkError, FlinkOracle, Planned, QueryRows, QueryType, RowKind};
pub use flink_rest::{FlinkRest, JobStatus};
pub use kafka::Kafka;
pub use kafka_client::{Consumed, KafkaClient, Record, Until};
pub use line_service::LineService;
pub use postgres::Postgres;
pub use spark::{SparkEnded, SparkError, SparkRows, SparkWorker};

use crate::cache::Cache;
use crate::supervise;

/// The options without which Flink does not run on Java 17.
pub(crate) const JAVA_OPENS: [&str; 14] = [
    "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
    "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.net=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.text=ALL-UNNAMED",
    "--add-opens=java.base/java.time=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED",
];

/// What every JVM of the tests is started with: quick to start, small. With one compiler only 48 MiB are kept for its code,
/// which the classes of some thousand queries fill; the JVM then interprets everything, or ends.
pub(crate) const JAVA_SMALL: [&str; 3] =
    ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=512m"];

/// The place of one test run: where the engines come from, and a temporary folder for their data and logs.
#[derive(Debug)]
pub struct Run {
    cache: Cache,
    folder: tempfile::TempDir,
}

impl Run {
    /// A new run with a folder of its own in the system's temporary folder.
    pub fn new(cache: Cache) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("streamc-engines-").tempdir()?;
        supervise::remove_on_interrupt(folder.path().to_owned());
        Ok(Self { cache, folder })
    }

    /// The cache of engines.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The folder of the run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Keeps the folder after the end of the run, for its logs, and returns where it is.
    pub fn keep(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        supervise::keep_folders();
        self.folder.path().to_owned()
    }

    /// Removes the folder now; for a run that is never dropped.
    pub fn remove(&mut self) {
        let _ = std::fs::remove_dir_all(self.folder.path());
    }

    /// Makes a new folder inside the run's whose name begins with `name`.
    pub fn subfolder(&self, name: &str) -> Result<PathBuf> {
        for number in 1..10_000 {
            let path = self.folder.path().join(format!("{name}-{number}"));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| format!("cannot make {}", path.display())),
            }
        }
        anyhow::bail!("too many folders named {name}")
    }
}
