//! `upsert_kafka`: a topic whose last record of a key is the row of that key.

use super::kafka::{BROKERS, TOPIC, TRANSACTION_TIMEOUT, TRANSACTIONAL_ID_PREFIX};
use super::shared::{EVERYWHERE, TIMESTAMP_FORMAT};
use crate::option::{Connector, OptionKind, OptionSpec, Required, Role};

/// The connector.
pub static UPSERT_KAFKA: Connector = Connector {
    name: "upsert_kafka",
    doc: "A Kafka topic whose last record of a key is the row of that key; a tombstone deletes it.",
    source: None,
    sink: Some(EVERYWHERE),
    takes_updates: true,
    looked_up: false,
    options: &[
        BROKERS,
        TOPIC,
        OptionSpec::new("format", OptionKind::Word(&["json", "csv"]), "Format of keys and values.")
            .default("json"),
        OptionSpec::new("key", OptionKind::Columns, "Columns that make the key.")
            .required(Required::AsSink)
            .only(Role::Sink),
        TIMESTAMP_FORMAT,
        TRANSACTION_TIMEOUT,
        TRANSACTIONAL_ID_PREFIX,
    ],
};
