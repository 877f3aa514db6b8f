//! One warm Spark (`tests/oracle/spark_worker.py`): batch SQL over inline rows, and built jobs run to their end.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::evaluate::{self, Evaluated};
use super::{LineService, Run};
use crate::toolchain::java_program;

const START_LIMIT: Duration = Duration::from_mins(3);
const LIMIT: Duration = Duration::from_mins(3);

/// What Spark said against a query.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct SparkError {
    /// Class of the Python exception.
    pub class: String,
    /// Spark's error condition, such as `DIVIDE_BY_ZERO`, if it has one.
    #[serde(default)]
    pub condition: Option<String>,
    /// The message.
    pub message: String,
    /// The Python trace, when it is no error of Spark's.
    #[serde(default)]
    pub trace: Option<String>,
}

impl fmt::Display for SparkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)?;
        self.trace.iter().try_for_each(|trace| write!(f, "\n{trace}"))
    }
}

impl std::error::Error for SparkError {}

/// The result of a batch query.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct SparkRows {
    /// Names and types in Spark's spelling, with ` not null` where it is known.
    #[serde(rename = "schema")]
    pub columns: Vec<(String, String)>,
    /// Rows; cells are spelled as `tests/oracle/Cells.java` says, timestamps always with six digits.
    #[serde(default)]
    pub rows: Vec<Vec<Value>>,
}

/// How a built job ended.
#[derive(Clone, Debug, Deserialize)]
pub struct SparkEnded {
    status: i32,
    /// What it printed.
    pub stdout: String,
    /// How the queries failed that did, by sink; see [`SparkWorker::job_apart`].
    pub failures: BTreeMap<String, SparkError>,
}

/// A running Spark.
#[derive(Debug)]
pub struct SparkWorker {
    service: LineService,
}

impl SparkWorker {
    /// Starts Spark with its Kafka source and sink.
    pub fn start(run: &Run) -> Result<Self> {
        let cache = run.cache();
        let folder = run.subfolder("spark")?;
        let jars: Vec<String> =
            cache.spark_kafka_jars()?.iter().map(|jar| jar.display().to_string()).collect();
        let mut python = Command::new(cache.spark_python());
        python.arg(crate::repository().join("tests/oracle/spark_worker.py"));
        python.arg(format!("spark.jars={}", jars.join(",")));
        python.arg(format!("spark.sql.warehouse.dir={}", folder.join("warehouse").display()));
        python.arg(format!("spark.local.dir={}", folder.join("tmp").display()));
        python.current_dir(&folder).env("PYTHONDONTWRITEBYTECODE", "1");
        // PySpark finds Java through JAVA_HOME or PATH; nothing else may choose another Spark.
        python.env_remove("SPARK_HOME").env_remove("PYSPARK_PYTHON").env_remove("PYSPARK_DRIVER_PYTHON");
        if !java_program("java").is_absolute() {
            python.env_remove("JAVA_HOME");
        }
        let service = LineService::start("Spark", &mut python, &folder.join("log"), START_LIMIT)?;
        Ok(Self { service })
    }

    /// The version of Spark.
    pub fn version(&self) -> &str {
        self.service.hello()["spark"].as_str().unwrap_or("unknown")
    }

    /// The group of its processes.
    pub fn process_group(&self) -> u32 {
        self.service.process_group()
    }

    /// Runs a batch query after the `setup` statements, in a session of its own.
    pub fn sql(&self, setup: &[String], query: &str) -> Result<Result<SparkRows, SparkError>> {
        decode(self.service.ask("sql", json!({"setup": setup, "query": query}), LIMIT)?)
    }

    /// The type of a query; nothing is run.
    pub fn analyze(&self, setup: &[String], query: &str) -> Result<Result<SparkRows, SparkError>> {
        decode(self.service.ask("analyze", json!({"setup": setup, "query": query}), LIMIT)?)
    }

    /// Runs many batch queries in one session; one wrong query does not stop the others.
    pub fn cases(&self, setup: &[String], queries: &[String]) -> Result<Vec<Result<SparkRows, SparkError>>> {
        let limit = LIMIT + Duration::from_secs(1) * u32::try_from(queries.len())?;
        let mut answer = self.service.ask("cases", json!({"setup": setup, "queries": queries}), limit)?;
        if answer["ok"] != Value::Bool(true) {
            let error: SparkError = serde_json::from_value(answer["error"].take())?;
            bail!("the declarations were refused: {error}");
        }
        let results = answer["result"]["results"].as_array_mut().context("no results")?;
        results
            .iter_mut()
            .map(|result| match result.get_mut("error") {
                Some(error) => Ok(Err(serde_json::from_value(error.take())?)),
                None => Ok(Ok(serde_json::from_value(result.take())?)),
            })
            .collect()
    }

    /// Evaluates expressions over the rows of `from`: the type of each, and its values in the rows as the integer
    /// column `order` orders them. One wrong expression
    /// does not stop the others.
    pub fn evaluate(
        &self,
        setup: &[String],
        from: &str,
        order: &str,
        expressions: &[String],
    ) -> Result<Vec<Result<Evaluated, SparkError>>> {
        evaluate::evaluate(from, order, expressions, &|query| {
            let found = self.sql(setup, query)?;
            Ok(found.map(|found| (found.columns.into_iter().map(|(_, kind)| kind).collect(), found.rows)))
        })
    }

    /// Runs a built job (`job.py`) in a session of its own until it and its streaming queries have ended; after
    /// `timeout` the queries are stopped and that is an error. Returns what the job printed.
    pub fn job(
        &self,
        script: &Path,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
        timeout: Duration,
    ) -> Result<Result<String, SparkError>> {
        let ended = self.run(script, arguments, environment, timeout, false)?;
        Ok(ended.map(|ended| ended.stdout))
    }

    /// Runs a built job whose queries are independent: one that does not start or fails does not stop the others.
    pub fn job_apart(
        &self,
        script: &Path,
        arguments: &[String],
        timeout: Duration,
    ) -> Result<Result<SparkEnded, SparkError>> {
        self.run(script, arguments, &BTreeMap::new(), timeout, true)
    }

    fn run(
        &self,
        script: &Path,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
        timeout: Duration,
        apart: bool,
    ) -> Result<Result<SparkEnded, SparkError>> {
        let fields = json!({
            "path": script,
            "args": arguments,
            "env": environment,
            "timeout_ms": u64::try_from(timeout.as_millis())?,
            "apart": apart,
        });
        let ended: SparkEnded = match decode(self.service.ask("job", fields, timeout + LIMIT)?)? {
            Ok(ended) => ended,
            Err(error) => return Ok(Err(error)),
        };
        if ended.status != 0 {
            let message = format!("the job ended with status {}\n{}", ended.status, ended.stdout);
            return Ok(Err(SparkError { class: "SystemExit".into(), condition: None, message, trace: None }));
        }
        Ok(Ok(ended))
    }
}

fn decode<T: serde::de::DeserializeOwned>(mut answer: Value) -> Result<Result<T, SparkError>> {
    if answer["ok"] == Value::Bool(true) {
        return Ok(Ok(serde_json::from_value(answer["result"].take())?));
    }
    Ok(Err(serde_json::from_value(answer["error"].take())?))
}
