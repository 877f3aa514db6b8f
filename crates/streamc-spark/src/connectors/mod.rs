//! Sources and sinks as functions of the job.

mod sink;
mod source;

pub(crate) use sink::sink;
pub(crate) use source::source;

use crate::python::{Argument, Py};
use streamc_connectors::Role;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{Component, ConnectorConfig, OptionValue};

/// An option's value: a literal, or a look-up when the job starts.
fn value(value: &OptionValue) -> Py {
    match value {
        OptionValue::Str(text) => Py::string(text),
        OptionValue::Int(n) | OptionValue::Duration(n) => Py::string(&n.to_string()),
        OptionValue::Bool(b) => Py::string(if *b { "true" } else { "false" }),
        OptionValue::Size(bytes) => Py::string(&bytes.to_string()),
        OptionValue::List(items) => Py::string(&items.join(",")),
        OptionValue::Env { name, default } => {
            let mut arguments: Vec<Argument> = vec![Py::string(name).into()];
            arguments.extend(default.as_ref().map(|d| Argument::from(Py::string(d))));
            Py::call("streamc.env", arguments)
        }
        OptionValue::Secret { name } => Py::call("streamc.secret", vec![Py::string(name).into()]),
    }
}

/// The same for an option that must be there; the empty text otherwise (its absence was reported).
pub(crate) fn required(config: &ConnectorConfig, name: &str) -> Py {
    config.option(name).map_or_else(|| Py::string(""), value)
}

/// An option as a value of the job, for settings of the `app` block.
pub(crate) fn setting(option: &OptionValue) -> Py {
    value(option)
}

/// `.option("key", value)`.
fn with_option(reader: Py, key: &str, value: Py) -> Py {
    reader.method("option", vec![Py::string(key).into(), value.into()])
}

/// The options that go over under Spark's own key, then those that the user passes through.
fn with_table_options(mut reader: Py, config: &ConnectorConfig, skip: &[&str]) -> Py {
    if let Some(connector) = streamc_connectors::find(&config.connector) {
        for spec in connector.options {
            if let (Some(key), Some(given)) = (spec.spark, config.option(spec.name))
                && !skip.contains(&spec.name)
            {
                reader = with_option(reader, key, value(given));
            }
        }
    }
    for (key, given) in &config.passthrough {
        reader = with_option(reader, key, value(given));
    }
    reader
}

/// The pass-through options as a dictionary, as a keyword argument; nothing where there are none.
fn passthrough(config: &ConnectorConfig) -> Option<Argument> {
    if config.passthrough.is_empty() {
        return None;
    }
    let entries = config.passthrough.iter().map(|(k, v)| (k.to_string(), value(v))).collect();
    Some(Py::Dict(entries).named("options"))
}

/// Whether Spark has the connector in that role; reported where not.
fn supported(
    component: &Component,
    config: &ConnectorConfig,
    role: Role,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let support = streamc_connectors::find(&config.connector).and_then(|c| c.support(role)).map(|s| s.spark);
    if let Some(streamc_connectors::Support::No(reason)) = support {
        let message = format!("the {} `{}` cannot run on Spark", role.as_str(), config.connector);
        diagnostics.push(
            Diagnostic::new(engines::NOT_ON_SPARK, config.span.or(component.span), message).help(reason),
        );
        return false;
    }
    true
}
