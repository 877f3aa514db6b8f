//! What Spark cannot do for a sink or an application as a whole.

use crate::capability::UPDATES_WITHOUT_KEY;
use crate::frame::Past;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{Component, Delivery, OptionValue, Plan, Sink};

/// Keys, delivery, and the end of the input.
pub(crate) fn sink(
    plan: &Plan,
    component: &Component,
    sink: &Sink,
    past: Past,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let span = sink.connector.span.or(component.span);
    let exactly_once = plan.app.delivery == Some(Delivery::ExactlyOnce);
    match sink.connector.connector.as_str() {
        "kafka" | "upsert_kafka" if exactly_once => {
            let mut d = Diagnostic::new(
                engines::SPARK_KAFKA_AT_LEAST_ONCE,
                plan.app.delivery_span.or(span),
                "Spark cannot write to Kafka exactly once",
            )
            .help(
                "Spark's Kafka sink has no transactions: after a failure a batch is written again. Write \
                 `delivery: at_least_once` and let readers drop duplicates by key, or build for Flink",
            );
            if let (Some(at), Some(sink)) = (plan.app.delivery_span, span) {
                d = d.also(sink, "this sink writes to Kafka").fix("deliver at least once", at, "at_least_once");
            }
            // One finding is enough for all sinks.
            if !diagnostics.iter().any(|other| other.code == d.code) {
                diagnostics.push(d);
            }
        }
        "file" if exactly_once => diagnostics.push(
            Diagnostic::new(
                engines::SPARK_FILE_MANIFEST,
                span,
                "files are exactly once only for readers that honour `_spark_metadata`",
            )
            .help(
                "after a failure the folder can hold files of an unfinished batch; Spark's own readers skip them, \
                 others that list the folder do not",
            ),
        ),
        _ => {}
    }
    let replaces = past.updating && sink.connector.connector != "upsert_kafka";
    // Rows that Spark cannot make need no key.
    let made = !diagnostics.iter().any(Diagnostic::is_error);
    if replaces && made && component.props.primary_key().is_none() {
        diagnostics.push(UPDATES_WITHOUT_KEY.refuse(component.span));
    }
    if past.bounded && past.unbounded {
        diagnostics.push(
            Diagnostic::new(
                engines::SPARK_MIXED_BOUNDS,
                span,
                "a source that ends and one that does not feed the same sink",
            )
            .help("on Spark the query then runs for ever, and new files of the source that should end are read too"),
        );
    } else if past.bounded && past.waits() {
        diagnostics.push(
            Diagnostic::new(
                engines::SPARK_LAST_WINDOWS,
                span,
                "windows that are open when the input ends are not emitted",
            )
            .help("Spark closes a window when a later record moves the watermark past its end, Flink also at the end of the input"),
        );
    }
}

/// Settings that Spark does not have.
pub(crate) fn application(plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let at = |setting: &str| plan.app.setting_spans.get(setting).copied().or(plan.app.span);
    if let Some(OptionValue::Str(zone)) = plan.app.settings.get("time_zone")
        && !matches!(zone.to_ascii_uppercase().as_str(), "UTC" | "Z" | "GMT" | "ETC/UTC")
    {
        let message = format!("a Spark job runs in UTC, not in `{zone}`");
        let help = "Spark keeps event time as an instant and shows it in the session time zone; only in UTC are both the same. Remove `time_zone`, or build for Flink";
        let span = at("time_zone");
        diagnostics.push(Diagnostic::new(engines::SPARK_SETTING, span, message).help(help));
    }
    if plan.app.settings.contains_key("state_ttl") {
        let message = "Spark's aggregations and joins have no `state_ttl`";
        let help = "their state lives until the watermark passes it, or for ever; bound it with windows, or build for Flink";
        let span = at("state_ttl");
        diagnostics.push(Diagnostic::new(engines::SPARK_SETTING, span, message).help(help));
    }
}
