//! `kafka`: a topic of records that are only added.

use super::shared::{EVERYWHERE, ON_ERROR, SAMPLE, SCHEMA, TIMESTAMP_FORMAT, WATERMARK};
use crate::option::{Connector, OptionKind, OptionSpec, Required, Role};

/// Where the brokers are.
pub(super) const BROKERS: OptionSpec =
    OptionSpec::new("brokers", OptionKind::Text, "Bootstrap servers: `host:9092,host:9092`.")
        .required(Required::Always)
        .flink("properties.bootstrap.servers")
        .spark("kafka.bootstrap.servers");
/// Which topic.
pub(super) const TOPIC: OptionSpec =
    OptionSpec::new("topic", OptionKind::Text, "The topic.").required(Required::Always).flink("topic");
/// Transactions.
pub(super) const TRANSACTION_TIMEOUT: OptionSpec = OptionSpec::new(
    "transaction_timeout",
    OptionKind::Duration,
    "With `delivery: exactly_once`, after how long the broker aborts an open transaction. Must not be above the broker's \
     `transaction.max.timeout.ms` (15 minutes unless configured), and well above the time between checkpoints.",
)
.only(Role::Sink)
.default("10min");
/// Prefix of transactions.
pub(super) const TRANSACTIONAL_ID_PREFIX: OptionSpec = OptionSpec::new(
    "transactional_id_prefix",
    OptionKind::Text,
    "With `delivery: exactly_once`, the prefix of transaction ids; unique per sink and job. Default: `<app>-<sink>`.",
)
.only(Role::Sink)
.flink("sink.transactional-id-prefix");

/// The connector.
pub static KAFKA: Connector = Connector {
    name: "kafka",
    doc: "A Kafka topic of records that are only added.",
    source: Some(EVERYWHERE),
    sink: Some(EVERYWHERE),
    takes_updates: false,
    looked_up: false,
    options: &[
        BROKERS,
        TOPIC,
        OptionSpec::new("format", OptionKind::Word(&["json", "csv", "raw"]), "Format of the values.").default("json"),
        SCHEMA,
        WATERMARK,
        SAMPLE,
        OptionSpec::new("group", OptionKind::Text, "Consumer group id. Default: the application's name.")
            .only(Role::Source)
            .flink("properties.group.id"),
        OptionSpec::new("start", OptionKind::Word(&["earliest", "latest", "group"]), "Where a new job starts to read.")
            .only(Role::Source)
            .default("earliest"),
        OptionSpec::new("end", OptionKind::Word(&["never", "latest"]), "Where to stop: `latest` reads what is there and ends.")
            .only(Role::Source)
            .default("never"),
        OptionSpec::new(
            "idle_timeout",
            OptionKind::Duration,
            "After how long a partition without records no longer holds back the watermark. Needed where partitions are \
             fewer than parallel tasks, or windows never close.",
        )
        .only(Role::Source)
        .flink("scan.watermark.idle-timeout"),
        OptionSpec::new("partitions", OptionKind::Integer(1), "Number of partitions of the topic, for checks.").only(Role::Source),
        OptionSpec::new("max_records_per_batch", OptionKind::Integer(1), "Spark: at most so many records a batch.")
            .only(Role::Source)
            .spark("maxOffsetsPerTrigger"),
        OptionSpec::new("key", OptionKind::Columns, "Columns that make the message key.").only(Role::Sink),
        OptionSpec::new(
            "mode",
            OptionKind::Word(&["append", "upsert"]),
            "`upsert`: one record a change under its key, a tombstone for a deletion; same as `upsert_kafka`.",
        )
        .only(Role::Sink)
        .default("append"),
        TIMESTAMP_FORMAT,
        ON_ERROR,
        TRANSACTION_TIMEOUT,
        TRANSACTIONAL_ID_PREFIX,
    ],
};
