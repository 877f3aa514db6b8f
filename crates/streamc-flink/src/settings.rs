//! Settings of the job, and of the cluster it runs on.

use crate::interval::duration;
use crate::layout::Text;
use indexmap::IndexMap;
use streamc_plan::{App, Delivery, OptionValue, Plan};

/// Time between checkpoints unless the `app` says otherwise.
const CHECKPOINT_INTERVAL: i64 = 10_000;

/// Settings that the job takes with it, by Flink's key.
pub(crate) fn job(plan: &Plan) -> IndexMap<&'static str, Text> {
    let app = &plan.app;
    let mut out: IndexMap<&'static str, Text> = IndexMap::new();
    out.insert("pipeline.name", app.name.as_str().into());
    out.insert("execution.runtime-mode", "streaming".into());
    // Without it a client takes the number of its cores, and more tasks than partitions hold back the watermark.
    out.insert("parallelism.default", setting(app, "parallelism").unwrap_or_else(|| "1".into()));
    out.insert("table.local-time-zone", setting(app, "time_zone").unwrap_or_else(|| "UTC".into()));
    if let Some(millis) = checkpoint_interval(plan) {
        out.insert("execution.checkpointing.interval", duration(millis).into());
    }
    if let Some(root) = setting(app, "checkpoint_dir") {
        let folder = |what: &str| {
            let root = trimmed(root.clone());
            root.then(format!("/{}/{what}", folder_name(&app.name)))
        };
        out.insert("execution.checkpointing.dir", folder("checkpoints"));
        out.insert("execution.checkpointing.savepoint-dir", folder("savepoints"));
    }
    if let Some(ttl) = setting(app, "state_ttl") {
        out.insert("table.exec.state.ttl", ttl);
    }
    // Tries for ever, more slowly each time: one lost machine uses up several attempts of a fixed number.
    for (key, value) in RESTART {
        out.insert(key, value.into());
    }
    out
}

const RESTART: [(&str, &str); 5] = [
    ("restart-strategy.type", "exponential-delay"),
    ("restart-strategy.exponential-delay.initial-backoff", "1 s"),
    ("restart-strategy.exponential-delay.max-backoff", "1 min"),
    ("restart-strategy.exponential-delay.backoff-multiplier", "2.0"),
    ("restart-strategy.exponential-delay.reset-backoff-threshold", "10 min"),
];

/// Further settings that only a cluster's configuration can or should make.
pub(crate) const CLUSTER: [(&str, &str); 5] = [
    ("execution.checkpointing.mode", "EXACTLY_ONCE"),
    ("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"),
    ("execution.checkpointing.tolerable-failed-checkpoints", "3"),
    ("execution.checkpointing.incremental", "true"),
    ("state.backend.type", "rocksdb"),
];

fn setting(app: &App, name: &str) -> Option<Text> {
    app.settings.get(name).map(Text::of)
}

/// Without a slash at its end.
fn trimmed(root: Text) -> Text {
    use crate::layout::Piece;
    let trim = |piece| match piece {
        Piece::Text(text) => Piece::Text(text.trim_end_matches('/').to_owned()),
        Piece::Variable { name, default } => {
            Piece::Variable { name, default: default.map(|d| d.trim_end_matches('/').into()) }
        }
    };
    Text(root.0.into_iter().map(trim).collect())
}

/// The application's name as a folder; whatever could be read as a part of a path becomes `_`.
fn folder_name(name: &str) -> String {
    let keep = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(keep).collect();
    if name.chars().all(|c| c == '.') { "_".to_owned() } else { name }
}

/// Milliseconds between checkpoints; `None` if the job takes none: nothing asks for them and no sink waits for one.
pub(crate) fn checkpoint_interval(plan: &Plan) -> Option<i64> {
    if let Some(OptionValue::Duration(millis) | OptionValue::Int(millis)) =
        plan.app.settings.get("checkpoint_interval")
    {
        return Some(*millis);
    }
    let waits = plan
        .sinks()
        .any(|(_, s)| matches!(s.connector.connector.as_str(), "kafka" | "upsert_kafka" | "file"));
    (waits || plan.app.delivery == Some(Delivery::ExactlyOnce)).then_some(CHECKPOINT_INTERVAL)
}

/// Number of parallel tasks.
pub(crate) fn parallelism(plan: &Plan) -> i64 {
    match plan.app.settings.get("parallelism") {
        Some(OptionValue::Int(n)) => *n,
        _ => 1,
    }
}
