//! Flink's planner and a small cluster in one JVM (`tests/oracle/FlinkOracle.java`): asks cost milliseconds, small jobs
//! a fraction of a second.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::evaluate::{self, Evaluated};
use super::{JAVA_OPENS, JAVA_SMALL, LineService, Run};
use crate::artefacts;
use crate::toolchain::java_program;

const START_LIMIT: Duration = Duration::from_mins(2);
const SLOTS: &str = "8";

/// How many requests it works on at a time.
pub const THREADS: usize = 3;

/// What Flink said against a statement.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct FlinkError {
    /// Simple name of the exception's class.
    pub class: String,
    /// Its message.
    pub message: String,
    /// `Class: message` of its causes, outermost first.
    pub causes: Vec<String>,
}

impl FlinkError {
    /// The innermost cause, which usually says what is wrong.
    pub fn root(&self) -> &str {
        self.causes.last().map_or(&self.message, |cause| cause)
    }
}

impl fmt::Display for FlinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, "\n  caused by {cause}"))
    }
}

impl std::error::Error for FlinkError {}

/// Columns of a query: names and types in Flink's summary spelling (`BIGINT NOT NULL`, `TIMESTAMP(3) *ROWTIME*`).
pub type QueryType = Vec<(String, String)>;

/// The kind of a changelog row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum RowKind {
    /// `+I`
    #[serde(rename = "+I")]
    Insert,
    /// `-U`
    #[serde(rename = "-U")]
    UpdateBefore,
    /// `+U`
    #[serde(rename = "+U")]
    UpdateAfter,
    /// `-D`
    #[serde(rename = "-D")]
    Delete,
}

/// The result of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryRows {
    /// Names and types.
    pub columns: QueryType,
    /// Rows in order of arrival; cells are spelled as `tests/oracle/Cells.java` says.
    pub rows: Vec<(RowKind, Vec<Value>)>,
    /// True when `timeout` ended before the rows did.
    pub timed_out: bool,
}

/// What Flink says to one query of a batch.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Names and types.
    pub columns: QueryType,
    /// Kinds of changes at the root of the plan: `I,UB,UA,D`.
    pub changelog: String,
    /// Whether the planner found a part of it to have no rows, or the one row of an aggregate of none, whatever the input.
    pub empty: bool,
    /// How many of the tables that the query names the plan does not read: nothing needs what a join has of them.
    pub unread: u64,
    /// Its rows in order of arrival, or how its job failed; `None` if it was not run.
    pub outcome: Option<Result<Changes, FlinkError>>,
}

/// The changes of a query, in order of arrival.
pub type Changes = Vec<(RowKind, Vec<Value>)>;

/// Queries over the same tables. See `op: batch` of `tests/oracle/FlinkOracle.java`.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Statements that declare the tables.
    pub setup: &'a [String],
    /// Settings.
    pub conf: &'a BTreeMap<String, String>,
    /// The queries.
    pub queries: &'a [String],
    /// Which of them to run, by index.
    pub run: &'a [usize],
    /// Which of those to run each in a job of its own: they are expected to fail.
    pub alone: &'a [usize],
}

/// A running oracle.
#[derive(Debug)]
pub struct FlinkOracle {
    service: LineService,
}

impl FlinkOracle {
    /// Starts the JVM and its cluster. Parallelism is 1 and the session time zone UTC unless a request says otherwise.
    pub fn start(run: &Run) -> Result<Self> {
        Self::launch(run, &[&["-Xmx1g"], &JAVA_SMALL[..]].concat(), None)
    }

    /// Starts it with the jars of a folder beside its own.
    pub fn start_with(run: &Run, jars: &Path) -> Result<Self> {
        Self::launch(run, &[&["-Xmx1g"], &JAVA_SMALL[..]].concat(), Some(jars))
    }

    /// Starts it with all of the JVM's optimisations and more memory: slower to begin, faster to run.
    pub fn start_optimising(run: &Run) -> Result<Self> {
        Self::launch(run, &["-Xmx4g", "-XX:+UseSerialGC"], None)
    }

    fn launch(run: &Run, jvm: &[&str], jars: Option<&Path>) -> Result<Self> {
        let cache = run.cache();
        let classes = artefacts::oracle_classes(cache)?;
        let folder = run.subfolder("flink-oracle")?;
        std::fs::write(
            folder.join("log4j2.properties"),
            super::flink_cluster::log_properties(&folder, "oracle"),
        )?;
        let mut java = Command::new(java_program("java"));
        java.arg("-XX:MaxMetaspaceSize=768m").args(jvm).args(JAVA_OPENS);
        java.arg(format!("-Dlog4j.configurationFile={}", folder.join("log4j2.properties").display()));
        java.arg(format!("-Djava.io.tmpdir={}", folder.display()));
        let jars = jars.map_or(String::new(), |folder| format!(":{}/*", folder.display()));
        java.arg("-cp").arg(format!("{}:{}{jars}", classes.display(), cache.flink_class_path()));
        java.args(["FlinkOracle", SLOTS, &THREADS.to_string()]);
        java.args(["parallelism.default=1", "table.local-time-zone=UTC"]);
        let service = LineService::start("Flink oracle", &mut java, &folder.join("err.log"), START_LIMIT)?;
        Ok(Self { service })
    }

    /// The version of Flink.
    pub fn version(&self) -> &str {
        self.service.hello()["flink"].as_str().unwrap_or("unknown")
    }

    /// The group of its processes.
    pub fn process_group(&self) -> u32 {
        self.service.process_group()
    }

    /// The REST address of its cluster.
    pub fn rest(&self) -> &str {
        self.service.hello()["rest"].as_str().unwrap_or_default()
    }

    /// The types of many queries over the tables that `setup` declares; one wrong query does not stop the others.
    /// Nothing is run.
    pub fn types(&self, setup: &[String], queries: &[String]) -> Result<Vec<Result<QueryType, FlinkError>>> {
        let limit = Duration::from_mins(2) + Duration::from_millis(200) * u32::try_from(queries.len())?;
        let mut answer = self.service.ask("types", json!({"setup": setup, "queries": queries}), limit)?;
        if let Some(error) = refusal(&mut answer)? {
            anyhow::bail!("the declarations were refused: {error}");
        }
        let results = answer["results"].as_array_mut().context("no results")?;
        results
            .iter_mut()
            .map(|result| match result.get_mut("error") {
                Some(error) => Ok(Err(serde_json::from_value(error.take())?)),
                None => Ok(Ok(columns(result)?)),
            })
            .collect()
    }

    /// Plans a script without running its queries and inserts, and returns the plan of the last query, or of all
    /// inserts together.
    pub fn plan(&self, statements: &[String]) -> Result<Result<String, FlinkError>> {
        let fields = json!({"statements": statements, "text": true});
        let mut answer = self.service.ask("plan", fields, Duration::from_mins(2))?;
        if let Some(error) = refusal(&mut answer)? {
            return Ok(Err(error));
        }
        let last = answer["results"].as_array().and_then(|results| results.last());
        let plan = answer.get("plan").or_else(|| last?.get("plan")).and_then(Value::as_str);
        Ok(Ok(plan.context("the script has neither a query nor an insert")?.to_owned()))
    }

    /// Plans many queries, each on its own, and runs those that it is told to in a few jobs.
    pub fn batch(&self, batch: &Batch<'_>) -> Result<Vec<Result<Planned, FlinkError>>> {
        let fields = json!({
            "setup": batch.setup, "conf": batch.conf, "queries": batch.queries,
            "run": batch.run, "alone": batch.alone,
        });
        let limit = Duration::from_mins(5) + Duration::from_secs(2) * u32::try_from(batch.queries.len())?;
        let mut answer = self.service.ask("batch", fields, limit)?;
        if let Some(error) = refusal(&mut answer)? {
            anyhow::bail!("the declarations were refused: {error}");
        }
        let results = answer["results"].as_array_mut().context("no results")?;
        results
            .iter_mut()
            .map(|result| {
                if let Some(error) = result.get_mut("error") {
                    return Ok(Err(serde_json::from_value(error.take())?));
                }
                let outcome = match (result.get("rows").is_some(), result.get("failed").is_some()) {
                    (true, _) => Some(Ok(changes(result)?)),
                    (false, true) => Some(Err(serde_json::from_value(result["failed"].take())?)),
                    (false, false) => None,
                };
                let changelog = result["changelog"].as_str().unwrap_or_default().to_owned();
                let empty = result["empty"].as_bool().unwrap_or(false);
                let unread = result["unread"].as_u64().unwrap_or(0);
                Ok(Ok(Planned { columns: columns(result)?, changelog, empty, unread, outcome }))
            })
            .collect()
    }

    /// Runs a script and returns the rows of its last statement, a query. A query that does not end by itself is cut
    /// off after `timeout`, with what has come by then.
    pub fn query(
        &self,
        statements: &[String],
        conf: &BTreeMap<String, String>,
        timeout: Duration,
    ) -> Result<Result<QueryRows, FlinkError>> {
        let mut answer = self.script(statements, conf, timeout)?;
        if let Some(error) = refusal(&mut answer)? {
            return Ok(Err(error));
        }
        let result = answer["results"].as_array_mut().and_then(|results| results.last_mut());
        let result = result.context("the script is empty")?;
        let columns = columns(result)?;
        let timed_out = result["timed_out"].as_bool().unwrap_or(false);
        let rows = changes(result)?;
        Ok(Ok(QueryRows { columns, rows, timed_out }))
    }

    /// Evaluates expressions over the rows of `from` (a table expression, such as `(VALUES …) AS t (a, b)` or a view that
    /// `setup` declares): the type of each, and its values in the rows as the integer column `order` orders
    /// them. One wrong expression does not stop the others.
    pub fn evaluate(
        &self,
        setup: &[String],
        from: &str,
        order: &str,
        expressions: &[String],
    ) -> Result<Vec<Result<Evaluated, FlinkError>>> {
        evaluate::evaluate(from, order, expressions, &|query| {
            let script: Vec<String> = setup.iter().cloned().chain([query.to_owned()]).collect();
            let found = self.query(&script, &BTreeMap::new(), Duration::from_mins(2))?;
            Ok(found.map(|found| {
                let types = found.columns.into_iter().map(|(_, kind)| kind).collect();
                (types, found.rows.into_iter().map(|(_, cells)| cells).collect())
            }))
        })
    }

    /// Runs a script, all its inserts as one job, and waits for that job's end.
    pub fn run(
        &self,
        statements: &[String],
        conf: &BTreeMap<String, String>,
        timeout: Duration,
    ) -> Result<Result<(), FlinkError>> {
        let mut answer = self.script(statements, conf, timeout)?;
        Ok(refusal(&mut answer)?.map_or(Ok(()), Err))
    }

    fn script(
        &self,
        statements: &[String],
        conf: &BTreeMap<String, String>,
        timeout: Duration,
    ) -> Result<Value> {
        let limit = u64::try_from(timeout.as_millis())?;
        let fields = json!({"statements": statements, "conf": conf, "timeout_ms": limit});
        // Requests queue for a thread: leave room for those before this one.
        self.service.ask("run", fields, timeout + Duration::from_mins(2))
    }
}

fn refusal(answer: &mut Value) -> Result<Option<FlinkError>> {
    match answer.get_mut("error") {
        Some(error) => Ok(Some(serde_json::from_value(error.take())?)),
        None => Ok(None),
    }
}

fn changes(result: &mut Value) -> Result<Changes> {
    let raw: Vec<Vec<Value>> = serde_json::from_value(result["rows"].take())?;
    raw.into_iter().map(|mut cells| Ok((serde_json::from_value(cells.remove(0))?, cells))).collect()
}

fn columns(result: &mut Value) -> Result<QueryType> {
    let schema = result.get_mut("schema").context("the last statement is no query")?;
    Ok(serde_json::from_value(schema.take())?)
}
