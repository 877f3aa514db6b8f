//! Kafka: transactions and partitions.

use crate::connectors::{has, transaction_timeout, transactional_id_prefix};
use crate::hoist::Hoists;
use crate::interval::duration;
use crate::settings;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines::{FEWER_PARTITIONS, SHARED_PREFIX, TRANSACTION_TIMEOUT};
use streamc_plan::{Component, Delivery, OptionValue, Plan, Sink};

/// `transaction.max.timeout.ms` of a broker as it comes.
const BROKER_LIMIT: i64 = 15 * 60_000;

pub(super) fn check(plan: &Plan, hoists: &Hoists, out: &mut Vec<Diagnostic>) {
    partitions(plan, hoists, out);
    if plan.app.delivery == Some(Delivery::ExactlyOnce) {
        timeouts(plan, out);
        prefixes(plan, out);
    }
}

fn kafka_sinks(plan: &Plan) -> impl Iterator<Item = (&Component, &Sink)> {
    plan.sinks().filter(|(_, s)| matches!(s.connector.connector.as_str(), "kafka" | "upsert_kafka"))
}

fn timeouts(plan: &Plan, out: &mut Vec<Diagnostic>) {
    for (component, sink) in kafka_sinks(plan) {
        let Some(timeout) = transaction_timeout(sink) else { continue };
        let config = &sink.connector;
        let span = config.spans.get("transaction_timeout").copied().or(config.span).or(component.span);
        if timeout > BROKER_LIMIT {
            let message = format!(
                "a transaction timeout of {} is above what a broker allows unless it is configured",
                duration(timeout)
            );
            let help = "a broker takes up to its `transaction.max.timeout.ms`, 15 minutes by default, and the job fails \
                        when it starts to write: raise the broker's limit, or shorten `transaction_timeout`";
            out.push(Diagnostic::new(TRANSACTION_TIMEOUT, span, message).help(help));
        }
        if let Some(interval) = settings::checkpoint_interval(plan)
            && timeout <= interval
        {
            let message = format!(
                "a transaction times out after {}, before the checkpoint (every {}) that commits it",
                duration(timeout),
                duration(interval)
            );
            let help = "what was written in between is lost: make `transaction_timeout` several times as long as \
                        `checkpoint_interval`, plus the longest time a restart takes";
            out.push(Diagnostic::new(TRANSACTION_TIMEOUT, span, message).help(help));
        }
    }
}

fn prefixes(plan: &Plan, out: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(OptionValue, &Component)> = Vec::new();
    for (component, sink) in kafka_sinks(plan) {
        let prefix = transactional_id_prefix(plan, component, sink);
        let spans = &sink.connector.spans;
        let span = spans.get("transactional_id_prefix").copied().or(sink.connector.span).or(component.span);
        match seen.iter().find(|(p, _)| *p == prefix) {
            Some((_, other)) => {
                let message = format!(
                    "the sinks `{}` and `{}` have the same prefix of transaction ids",
                    other.name, component.name
                );
                let help = "they would abort each other's transactions; leave `transactional_id_prefix` out: its default \
                            is `<app>-<sink>`";
                let mut d = Diagnostic::new(SHARED_PREFIX, span, message).help(help);
                if let Some(span) = other.span {
                    d = d.also(span, "has it too");
                }
                out.push(d);
            }
            None => seen.push((prefix, component)),
        }
    }
}

fn partitions(plan: &Plan, hoists: &Hoists, out: &mut Vec<Diagnostic>) {
    let parallelism = settings::parallelism(plan);
    for (component, source) in plan.sources() {
        let config = &source.connector;
        let event_time = source.watermark.is_some() || hoists.list.iter().any(|h| h.source == component.name);
        let Some(OptionValue::Int(partitions)) = config.option("partitions") else { continue };
        if event_time
            && *partitions < parallelism
            && !has(config, "idle_timeout", "scan.watermark.idle-timeout")
        {
            let span = config.spans.get("partitions").copied().or(config.span).or(component.span);
            let message = format!(
                "{parallelism} parallel tasks read {partitions} {}: the idle ones hold back the watermark",
                if *partitions == 1 { "partition" } else { "partitions" }
            );
            let help = "without progress of event time windows never close: set `idle_timeout: 1min` on the source, or \
                        `parallelism` to at most the number of partitions";
            out.push(Diagnostic::new(FEWER_PARTITIONS, span, message).help(help));
        }
    }
}
