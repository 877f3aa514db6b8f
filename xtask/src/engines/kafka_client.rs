//! Topics and records, through a Python process with Confluent's client (`tests/oracle/kafka_client.py`).

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{LineService, Run};

const LIMIT: Duration = Duration::from_mins(1);

/// One record to produce.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The partition; `None` leaves it to the partitioner.
    pub partition: Option<i32>,
    /// The key, if any.
    pub key: Option<String>,
    /// The value; `None` is a tombstone.
    pub value: Option<String>,
    /// Milliseconds since 1970; `None` is now.
    pub timestamp: Option<i64>,
}

impl Record {
    /// A record with a value only, for one partition.
    pub fn of(partition: i32, value: impl Into<String>) -> Self {
        Self { partition: Some(partition), value: Some(value.into()), ..Self::default() }
    }
}

/// One record as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumed {
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The key as text.
    pub key: Option<String>,
    /// The value as text; `None` is a tombstone.
    pub value: Option<String>,
}

/// When reading a topic ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At the ends the partitions had when reading began.
    End,
    /// When so many records have come.
    Count(usize),
}

/// A client of one broker.
#[derive(Debug)]
pub struct KafkaClient {
    service: LineService,
}

impl KafkaClient {
    /// Starts the client process and connects it.
    pub fn start(run: &Run, bootstrap: &str) -> Result<Self> {
        let folder = run.subfolder("kafka-client")?;
        let mut python = Command::new(run.cache().client_python());
        python.arg(crate::repository().join("tests/oracle/kafka_client.py")).arg(bootstrap);
        let service = LineService::start("Kafka client", &mut python, &folder.join("log"), LIMIT)?;
        Ok(Self { service })
    }

    /// Makes a topic and waits until it is there.
    pub fn create_topic(&self, topic: &str, partitions: u32) -> Result<()> {
        self.ask("create", json!({"topic": topic, "partitions": partitions}), LIMIT).map(drop)
    }

    /// Sends records in order, and returns when the broker has all of them.
    pub fn produce(&self, topic: &str, records: &[Record]) -> Result<()> {
        let rows: Vec<Value> =
            records.iter().map(|r| json!([r.partition, r.key, r.value, r.timestamp])).collect();
        self.ask("produce", json!({"topic": topic, "records": rows}), 2 * LIMIT).map(drop)
    }

    /// Reads the committed records of a topic from its beginning. Fails when they are not there after `timeout`; the
    /// message says how many were.
    pub fn consume(&self, topic: &str, until: Until, timeout: Duration) -> Result<Vec<Consumed>> {
        let (records, complete) = self.read(topic, until, timeout, "read_committed")?;
        if !complete {
            let wanted = match until {
                Until::End => "the end of the topic".to_owned(),
                Until::Count(count) => format!("{count} records"),
            };
            bail!(
                "topic {topic}: {} committed records after {timeout:?}, waited for {wanted}",
                records.len()
            );
        }
        Ok(records)
    }

    /// Reads what is there now, committed only or all, up to the current end.
    pub fn snapshot(&self, topic: &str, committed: bool) -> Result<Vec<Consumed>> {
        let isolation = if committed { "read_committed" } else { "read_uncommitted" };
        Ok(self.read(topic, Until::End, Duration::from_secs(20), isolation)?.0)
    }

    fn read(
        &self,
        topic: &str,
        until: Until,
        timeout: Duration,
        isolation: &str,
    ) -> Result<(Vec<Consumed>, bool)> {
        let count = match until {
            Until::End => None,
            Until::Count(count) => Some(count),
        };
        let limit = u64::try_from(timeout.as_millis())?;
        let fields = json!({"topic": topic, "count": count, "timeout_ms": limit, "isolation": isolation});
        let mut answer = self.ask("consume", fields, timeout + LIMIT)?;
        let complete = answer["complete"].as_bool().unwrap_or(false);
        Ok((serde_json::from_value(answer["records"].take())?, complete))
    }

    /// The end offset of each partition. In a topic with transactions it counts markers too.
    pub fn end_offsets(&self, topic: &str) -> Result<Vec<i64>> {
        let mut answer = self.ask("offsets", json!({"topic": topic}), LIMIT)?;
        Ok(serde_json::from_value(answer["high"].take())?)
    }

    fn ask(&self, op: &str, fields: Value, timeout: Duration) -> Result<Value> {
        let mut answer = self.service.ask(op, fields, timeout)?;
        if answer["ok"] != Value::Bool(true) {
            let message = answer["error"]["message"].as_str().unwrap_or("no message").to_owned();
            bail!("Kafka client, `{op}`: {message}");
        }
        answer.get_mut("result").map(Value::take).context("the client's answer has no result")
    }
}
