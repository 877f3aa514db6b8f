//! Connectors: what they are, and what identifies their state outside of the job.

use serde_json::{Map, Value, json};
use streamc_plan::{Component, ConnectorConfig, Delivery, OptionValue, Plan, Sink, Source};

/// Of a source.
pub(super) fn source(plan: &Plan, source: &Source) -> Value {
    let config = &source.connector;
    let mut identity = place_of_rows(config);
    if config.connector == "kafka" {
        let group = config.option("group").map_or_else(|| json!(plan.app.name), value);
        identity.insert("group".to_owned(), group);
    }
    described(config, identity)
}

/// Of a sink.
pub(super) fn sink(plan: &Plan, component: &Component, sink: &Sink) -> Value {
    let config = &sink.connector;
    let mut identity = place_of_rows(config);
    let kafka = matches!(config.connector.as_str(), "kafka" | "upsert_kafka");
    if kafka && plan.app.delivery == Some(Delivery::ExactlyOnce) {
        let default = || json!(format!("{}-{}", plan.app.name, component.name));
        let prefix = config.option("transactional_id_prefix").map_or_else(default, value);
        identity.insert("transactional_id_prefix".to_owned(), prefix);
    }
    described(config, identity)
}

fn place_of_rows(config: &ConnectorConfig) -> Map<String, Value> {
    let names = ["topic", "path", "table"];
    names.iter().filter_map(|n| Some(((*n).to_owned(), value(config.option(n)?)))).collect()
}

fn described(config: &ConnectorConfig, identity: Map<String, Value>) -> Value {
    let all = |options: &indexmap::IndexMap<_, OptionValue>| -> Map<String, Value> {
        options.iter().map(|(k, v): (&smol_str::SmolStr, _)| (k.to_string(), value(v))).collect()
    };
    json!({
        "name": config.connector,
        "identity": identity,
        "options": all(&config.options),
        "passthrough": all(&config.passthrough),
    })
}

/// An option's value. What depends on the environment stays unresolved; a secret is only named.
pub(super) fn value(value: &OptionValue) -> Value {
    match value {
        OptionValue::Str(text) => json!(text),
        OptionValue::Int(n) => json!(n),
        OptionValue::Bool(b) => json!(b),
        OptionValue::Duration(millis) => json!({"millis": millis}),
        OptionValue::Size(bytes) => json!({"bytes": bytes}),
        OptionValue::List(items) => json!(items),
        OptionValue::Env { name, default } => json!({"env": name, "default": default}),
        OptionValue::Secret { name } => json!({"secret": name}),
    }
}
