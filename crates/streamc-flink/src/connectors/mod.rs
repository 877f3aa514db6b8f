//! `WITH` options of the connectors, one a file.

mod datagen;
mod file;
mod jdbc;
mod kafka;
mod print;

use crate::layout::Text;
use indexmap::IndexMap;
use smol_str::SmolStr;
use streamc_connectors::{OptionKind, Role, find};
use streamc_plan::{Component, ConnectorConfig, OptionValue, Plan, Sink, Source};
use streamc_types::RowSchema;

/// Options by key, in the order they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options(pub(crate) IndexMap<String, Text>);

impl Options {
    fn set(&mut self, key: impl Into<String>, value: impl Into<Text>) {
        self.0.insert(key.into(), value.into());
    }

    /// Options that go over as they are, by the table of connectors; with their default where Flink's is another.
    fn mapped(&mut self, config: &ConnectorConfig, role: Role) {
        let Some(connector) = find(&config.connector) else { return };
        for spec in connector.options_for(role) {
            let Some(key) = spec.flink else { continue };
            match config.option(spec.name) {
                Some(value) => self.set(key, Text::of(value)),
                None => {
                    if let (OptionKind::Integer(_), Some(default)) = (spec.kind, spec.default) {
                        self.set(key, default);
                    }
                }
            }
        }
    }

    /// The format under `prefix` (`key.`, `value.`, or none).
    fn format(&mut self, prefix: &str, config: &ConnectorConfig, schema: &RowSchema, iso: bool, role: Role) {
        let format = config.text("format").unwrap_or("json");
        self.set(format!("{prefix}format"), format);
        let options = format!("{prefix}{format}.");
        if format == "json" && schema.columns.iter().any(|c| crate::types::has_timestamp(&c.ty)) {
            let standard = if iso { "ISO-8601" } else { "SQL" };
            self.set(format!("{options}timestamp-format.standard"), standard);
        }
        if role == Role::Source && matches!(format, "json" | "csv") && config.text("on_error") == Some("skip")
        {
            self.set(format!("{options}ignore-parse-errors"), "true");
        }
    }

    /// What the user hands over as it is; it wins.
    fn passthrough(&mut self, config: &ConnectorConfig) {
        for (key, value) in &config.passthrough {
            self.set(key.as_str(), Text::of(value));
        }
    }
}

/// Of a source.
pub(crate) fn source(plan: &Plan, source: &Source) -> Options {
    let mut out = Options::default();
    match source.connector.connector.as_str() {
        "kafka" => kafka::source(plan, source, &mut out),
        "file" => file::source(source, &mut out),
        "datagen" => datagen::source(source, &mut out),
        "jdbc" => jdbc::source(source, &mut out),
        // Refused by the capability check.
        other => out.set("connector", other),
    }
    out.passthrough(&source.connector);
    out
}

/// Of a sink.
pub(crate) fn sink(plan: &Plan, component: &Component, sink: &Sink) -> Options {
    let mut out = Options::default();
    match sink.connector.connector.as_str() {
        "kafka" | "upsert_kafka" => kafka::sink(plan, component, sink, &mut out),
        "file" => file::sink(sink, component, &mut out),
        "print" => print::sink(sink, &mut out),
        other => out.set("connector", other),
    }
    out.passthrough(&sink.connector);
    out
}

pub(crate) use kafka::{transaction_timeout, transactional_id_prefix};

/// Whether a sink's JSON writes timestamps with a `T`.
fn sink_iso(config: &ConnectorConfig) -> bool {
    config.text("timestamp_format") == Some("iso_8601")
}

/// Whether a table's own option is set, by name or by engine's key.
pub(crate) fn has(config: &ConnectorConfig, name: &str, key: &str) -> bool {
    config.option(name).is_some() || config.passthrough.contains_key(key)
}

/// The words of a list option.
pub(crate) fn words(value: Option<&OptionValue>) -> Vec<SmolStr> {
    match value {
        Some(OptionValue::List(words)) => words.clone(),
        _ => Vec::new(),
    }
}
