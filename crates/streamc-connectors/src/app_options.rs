//! Options of the `app` block.

use crate::option::{OptionKind, OptionSpec};
use crate::resolve::{check_value, unknown_option};
use indexmap::IndexMap;
use smol_str::SmolStr;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::OptionValue;
use streamc_syntax::ast;

/// What may stand in an `app` block.
pub const APP_OPTIONS: &[OptionSpec] = &[
    OptionSpec::new(
        "engine",
        OptionKind::Word(&["flink", "spark", "local"]),
        "The engine that `streamc build` takes.",
    )
    .default("flink"),
    OptionSpec::new(
        "delivery",
        OptionKind::Word(&["exactly_once", "at_least_once"]),
        "Guarantee of the sinks: whether a record can be written twice after a failure.",
    )
    .default("at_least_once"),
    OptionSpec::new("parallelism", OptionKind::Integer(1), "Number of parallel tasks.").default("1"),
    OptionSpec::new("checkpoint_interval", OptionKind::Duration, "Flink: time between checkpoints.")
        .default("10s"),
    OptionSpec::new("batch_interval", OptionKind::Duration, "Spark: time between micro-batches.")
        .default("5s"),
    OptionSpec::new(
        "state_ttl",
        OptionKind::Duration,
        "After how long unused state may be forgotten. Without it: never.",
    ),
    OptionSpec::new(
        "checkpoint_dir",
        OptionKind::Text,
        "Root folder of checkpoints; each application gets its own folder below it.",
    ),
    OptionSpec::new("time_zone", OptionKind::Text, "Session time zone, for `TIMESTAMP_LTZ` and casts.")
        .default("UTC"),
];

/// Checks an `app` block: the values by name, and where each is written.
pub fn resolve_app(
    block: &ast::Block,
    diagnostics: &mut Vec<Diagnostic>,
) -> (IndexMap<SmolStr, OptionValue>, IndexMap<SmolStr, Span>) {
    let (mut values, mut spans) = (IndexMap::new(), IndexMap::new());
    for field in &block.fields {
        let name = &field.key.text;
        if field.key.is_missing() {
            continue;
        }
        let Some(spec) = APP_OPTIONS.iter().find(|o| o.name == name) else {
            diagnostics.push(unknown_option("`app`", &field.key, APP_OPTIONS.iter().map(|o| o.name)));
            continue;
        };
        if let Some(value) = check_value(spec, &field.value, diagnostics) {
            values.insert(name.clone(), value);
            spans.insert(name.clone(), field.value.span());
        }
    }
    (values, spans)
}
