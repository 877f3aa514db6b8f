//! `kafka` and `upsert_kafka` (`flink-sql-connector-kafka` 5.0).

use super::{Options, sink_iso};
use crate::layout::Text;
use streamc_connectors::Role;
use streamc_plan::{Component, Delivery, OptionValue, Plan, Sink, Source};
use streamc_types::RowSchema;

/// The time that the table of connectors gives for `transaction_timeout`.
const DEFAULT_TRANSACTION_TIMEOUT: i64 = 10 * 60_000;

pub(super) fn source(plan: &Plan, source: &Source, out: &mut Options) {
    let config = &source.connector;
    out.set("connector", "kafka");
    out.mapped(config, Role::Source);
    if config.option("group").is_none() {
        out.set("properties.group.id", plan.app.name.as_str());
    }
    match config.text("start") {
        Some("latest") => out.set("scan.startup.mode", "latest-offset"),
        Some("group") => {
            out.set("scan.startup.mode", "group-offsets");
            // A group without offsets starts at the beginning; Kafka's own default would fail the job.
            out.set("properties.auto.offset.reset", "earliest");
        }
        _ => out.set("scan.startup.mode", "earliest-offset"),
    }
    if config.text("end") == Some("latest") {
        out.set("scan.bounded.mode", "latest-offset");
    }
    out.format("", config, &source.schema, source.iso_timestamps, Role::Source);
}

pub(super) fn sink(plan: &Plan, component: &Component, sink: &Sink, out: &mut Options) {
    let config = &sink.connector;
    let (schema, iso) = (&component.props.schema, sink_iso(config));
    let upsert = config.connector == "upsert_kafka";
    out.set("connector", if upsert { "upsert-kafka" } else { "kafka" });
    out.mapped(config, Role::Sink);
    let key: Vec<_> = sink.key.iter().filter_map(|c| schema.columns.get(*c)).cloned().collect();
    let key = RowSchema::new(key);
    if upsert {
        out.format("key.", config, &key, iso, Role::Sink);
        out.format("value.", config, schema, iso, Role::Sink);
    } else if sink.key.is_empty() {
        out.format("", config, schema, iso, Role::Sink);
    } else {
        out.format("key.", config, &key, iso, Role::Sink);
        out.set("key.fields", key.names().collect::<Vec<_>>().join(";"));
        out.format("value.", config, schema, iso, Role::Sink);
        out.set("value.fields-include", "ALL");
    }
    match plan.app.delivery {
        Some(Delivery::ExactlyOnce) => {
            out.set("sink.delivery-guarantee", "exactly-once");
            let prefix = Text::of(&transactional_id_prefix(plan, component, sink));
            out.set("sink.transactional-id-prefix", prefix);
            if let Some(millis) = transaction_timeout(sink) {
                out.set("properties.transaction.timeout.ms", millis.to_string());
            }
        }
        Some(Delivery::AtLeastOnce) => out.set("sink.delivery-guarantee", "at-least-once"),
        None => {}
    }
    if plan.app.delivery != Some(Delivery::ExactlyOnce) {
        out.0.shift_remove("sink.transactional-id-prefix");
    }
}

/// `<app>-<sink>` unless the sink says otherwise: unique in the job, and in a cluster where applications have names of
/// their own.
pub(crate) fn transactional_id_prefix(plan: &Plan, component: &Component, sink: &Sink) -> OptionValue {
    let config = &sink.connector;
    let given = config.passthrough.get("sink.transactional-id-prefix");
    let given = given.or_else(|| config.option("transactional_id_prefix"));
    given.cloned().unwrap_or_else(|| OptionValue::Str(format!("{}-{}", plan.app.name, component.name).into()))
}

/// Milliseconds; `None` if it is known only when the job starts.
pub(crate) fn transaction_timeout(sink: &Sink) -> Option<i64> {
    if let Some(value) = sink.connector.passthrough.get("properties.transaction.timeout.ms") {
        return match value {
            OptionValue::Int(millis) | OptionValue::Duration(millis) => Some(*millis),
            OptionValue::Str(text) => text.trim().parse().ok(),
            _ => None,
        };
    }
    match sink.connector.option("transaction_timeout") {
        None => Some(DEFAULT_TRANSACTION_TIMEOUT),
        Some(OptionValue::Duration(millis) | OptionValue::Int(millis)) => Some(*millis),
        Some(_) => None,
    }
}
