//! One program on one engine: build, send, read, compare.

use super::records::{FUTURE, Parts};
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use streamc_engine_tests::{Engines, streamc_binary};
use xtask::engines::{Record, Until};

const LIMIT: Duration = Duration::from_mins(3);

/// What is killed while records are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kill {
    Nothing,
    TaskManager,
}

/// How a built job comes to the cluster.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Submit {
    /// `job.json` through the runner jar.
    Runner,
    /// `job.sql` through Flink's SQL client.
    SqlClient,
}

/// Rows of each output topic, sorted.
type Rows = BTreeMap<String, Vec<String>>;

pub(super) struct Scenario<'a> {
    engines: &'a Engines,
    /// The name of the program, which is that of its folder, its file and its app.
    name: &'static str,
    source: &'static str,
    /// Prefix of this scenario's topics.
    prefix: String,
    /// A folder of its own, with a copy of the program.
    folder: PathBuf,
    parts: Parts,
    /// What the embedded engine gives for the same records.
    expected: Rows,
}

impl<'a> Scenario<'a> {
    /// Copies the program in a folder of the project, with topics and brokers of its own, and runs it on the embedded
    /// engine. `run` tells its runs apart.
    pub(super) fn of(
        engines: &'a Engines,
        program: &'static str,
        run: &str,
        source: &'static str,
        parts: Parts,
    ) -> Result<Self> {
        let name = program.rsplit('/').next().unwrap_or(program);
        let prefix = format!("{name}-{run}");
        let folder = engines.run().subfolder(&prefix)?;
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(program);
        if from.join("samples").exists() {
            std::fs::create_dir_all(folder.join("samples"))?;
            for entry in std::fs::read_dir(from.join("samples"))? {
                let entry = entry?;
                std::fs::copy(entry.path(), folder.join("samples").join(entry.file_name()))?;
            }
        }
        let text = std::fs::read_to_string(from.join(format!("{name}.stream")))?;
        let brokers = "env(\"KAFKA_BROKERS\", \"localhost:9092\")";
        ensure!(text.contains(brokers), "the program takes its brokers from the environment");
        let text = text
            .replace(brokers, &format!("\"{}\"", engines.bootstrap()?))
            .replace("topic: \"", &format!("topic: \"{prefix}-"));
        std::fs::write(folder.join(format!("{name}.stream")), &text)?;
        let all: Vec<&String> = [&parts.in_time, &parts.late, &parts.closing].into_iter().flatten().collect();
        ensure!(all.len() >= 1000);
        let lines: String = all.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(folder.join("all.jsonl"), lines)?;
        let mut scenario = Self { engines, name, source, prefix, folder, parts, expected: Rows::new() };
        scenario.expected = scenario.embedded()?;
        let kafka = engines.kafka()?;
        kafka.create_topic(&scenario.topic(source), 1)?;
        for topic in scenario.expected.keys() {
            kafka.create_topic(topic, 1)?;
        }
        Ok(scenario)
    }

    fn topic(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    fn file(&self) -> String {
        format!("{}.stream", self.name)
    }

    fn streamc(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(streamc_binary()?).args(arguments).current_dir(&self.folder).output()?;
        let err = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "streamc {arguments:?} failed\n{err}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The topic that a sink writes.
    fn topic_of_sink(&self, sink: &str) -> Result<String> {
        let text = std::fs::read_to_string(self.folder.join(self.file()))?;
        let (_, declaration) = text.split_once(&format!("sink {sink} = ")).context("the sink is declared")?;
        let (_, topic) = declaration.split_once("topic: \"").context("the sink has a topic")?;
        Ok(topic.split('"').next().unwrap_or_default().to_owned())
    }

    fn embedded(&self) -> Result<Rows> {
        let input = format!("{}=all.jsonl", self.source);
        let out = self.streamc(&["run", &self.file(), "--format", "json", "--input", &input])?;
        let mut rows = Rows::new();
        for line in out.lines() {
            let row: Value = serde_json::from_str(line)?;
            ensure!(row["op"] == "+I", "{line}");
            let sink = row["name"].as_str().context("a row has a name")?;
            let topic = self.topic_of_sink(sink)?;
            if let Some(row) = comparable(&row["row"]) {
                rows.entry(topic).or_default().push(row);
            }
        }
        for (topic, rows) in &mut rows {
            ensure!(rows.len() >= 5, "{topic} has {} rows: too few to compare", rows.len());
            rows.sort();
        }
        ensure!(rows.len() >= 2, "{:?}", rows.keys());
        Ok(rows)
    }

    fn send(&self, lines: &[String]) -> Result<()> {
        let records: Vec<Record> = lines.iter().map(|line| Record::of(0, line.clone())).collect();
        self.engines.kafka()?.produce(&self.topic(self.source), &records)
    }

    /// Waits until every output topic has as many rows as are expected.
    fn await_rows(&self) -> Result<()> {
        for (topic, expected) in &self.expected {
            self.engines.kafka()?.consume(topic, Until::Count(expected.len()), LIMIT)?;
        }
        Ok(())
    }

    /// Compares what is committed in every output topic with what is expected.
    fn compare(&self) -> Result<()> {
        for (topic, expected) in &self.expected {
            let mut found = Vec::new();
            for record in self.engines.kafka()?.consume(topic, Until::End, LIMIT)? {
                let value: Value = serde_json::from_str(&record.value.context("a tombstone")?)?;
                found.extend(comparable(&value));
            }
            found.sort();
            if found != *expected {
                let missing: Vec<_> = difference(expected, &found);
                let more: Vec<_> = difference(&found, expected);
                bail!(
                    "{topic}: {} rows, expected {}; missing {}: {:#?}; in addition {}: {:#?}",
                    found.len(),
                    expected.len(),
                    missing.len(),
                    missing.iter().take(5).collect::<Vec<_>>(),
                    more.len(),
                    more.iter().take(5).collect::<Vec<_>>()
                );
            }
        }
        Ok(())
    }

    /// The job that `streamc build` wrote, on the session cluster.
    pub(super) fn on_flink(self, kill: Kill) -> Result<()> {
        self.on_flink_through(Submit::Runner, kill)
    }

    /// The same, submitted in that way.
    pub(super) fn on_flink_through(self, submit: Submit, kill: Kill) -> Result<()> {
        // The watermark moves with every record, as in the embedded engine; the default is five times a second.
        let path = self.folder.join(self.file());
        let text = std::fs::read_to_string(&path)?;
        let topic = format!("topic: \"{}\",", self.topic(self.source));
        let option = "options { \"scan.watermark.emit.strategy\": \"on-event\" },";
        ensure!(text.matches(&topic).count() == 1, "one source reads {topic}");
        std::fs::write(&path, text.replace(&topic, &format!("{topic}\n  {option}")))?;
        self.streamc(&["build", &self.file(), "--engine", "flink", "--out", "jobs"])?;
        let built = self.folder.join("jobs").join(self.name).join("flink");

        let mut cluster = self.engines.flink_cluster()?;
        let id = match submit {
            Submit::Runner => {
                let job = std::fs::read_to_string(built.join("job.json"))?;
                cluster.run_job(&job, &[("execution.checkpointing.interval", "1 s")])?
            }
            Submit::SqlClient => {
                let mut jobs = cluster.run_script(&built.join("job.sql"))?;
                ensure!(jobs.len() == 1, "the script started {} jobs", jobs.len());
                jobs.remove(0)
            }
        };
        cluster.rest().await_running(&id, LIMIT)?;
        let result = match kill {
            Kill::Nothing => self.send(&self.parts.in_time),
            Kill::TaskManager => self.send_around_a_kill(&mut cluster),
        };
        let result = result
            .and_then(|()| self.send(&self.parts.late))
            .and_then(|()| self.send(&self.parts.closing))
            .and_then(|()| self.await_rows())
            .and_then(|()| cluster.rest().stop(&id, LIMIT).map(drop));
        result.with_context(|| cluster.rest().failure(&id).unwrap_or_default())?;
        self.compare()
    }

    /// Sends the rows at a steady rate, kills the only task manager with SIGKILL in the middle, and starts another.
    fn send_around_a_kill(&self, cluster: &mut xtask::engines::FlinkCluster) -> Result<()> {
        let chunks: Vec<&[String]> = self.parts.in_time.chunks(100).collect();
        let middle = chunks.len() / 2;
        for (n, chunk) in chunks.into_iter().enumerate() {
            self.send(chunk)?;
            if n == middle {
                cluster.kill_taskmanager()?;
                cluster.start_taskmanager()?;
            }
            // The rate at which records come, not a wait for something.
            std::thread::sleep(Duration::from_millis(250));
        }
        Ok(())
    }

    /// The job that `streamc build` wrote, three times from the same checkpoint: each part of the records is read by
    /// micro-batches of its own.
    pub(super) fn on_spark(self) -> Result<()> {
        self.streamc(&[
            "build",
            &self.file(),
            "--engine",
            "spark",
            "--delivery",
            "at_least_once",
            "--out",
            "jobs",
        ])?;
        let script = self.folder.join("jobs").join(self.name).join("spark/job.py");
        let checkpoints = self.folder.join("checkpoints").display().to_string();
        let arguments = ["--available-now".to_owned(), "--checkpoint-dir".to_owned(), checkpoints];
        for part in [&self.parts.in_time, &self.parts.late, &self.parts.closing] {
            self.send(part)?;
            self.engines.spark()?.job(&script, &arguments, &BTreeMap::new(), LIMIT)??;
        }
        self.compare()
    }
}

/// The row as text with sorted keys and numbers by value; `None` for a window of the closing records, which closes only
/// where the input ends.
fn comparable(row: &Value) -> Option<String> {
    if row.get("window_end").and_then(Value::as_str).is_some_and(|end| end >= FUTURE) {
        return None;
    }
    let fields: BTreeMap<&String, String> = row
        .as_object()?
        .iter()
        .map(|(name, value)| {
            let text = match value {
                // Engines write 28.5, 28.50 and 2.85E1 for the same decimal.
                Value::Number(n) => n.as_f64().map_or_else(|| n.to_string(), |f| f.to_string()),
                other => other.to_string(),
            };
            (name, text)
        })
        .collect();
    Some(format!("{fields:?}"))
}

/// What `a` has more than `b`, both sorted.
fn difference<'x>(a: &'x [String], b: &[String]) -> Vec<&'x String> {
    let mut rest: Vec<&String> = b.iter().collect();
    a.iter()
        .filter(|row| match rest.iter().position(|other| other == row) {
            Some(at) => {
                rest.swap_remove(at);
                false
            }
            None => true,
        })
        .collect()
}
