//! `file`: Flink's `filesystem` connector.

use super::{Options, sink_iso};
use crate::types::has_timestamp;
use streamc_connectors::Role;
use streamc_plan::{Component, ConnectorConfig, Sink, Source};
use streamc_types::RowSchema;

pub(super) fn source(source: &Source, out: &mut Options) {
    out.set("connector", "filesystem");
    out.mapped(&source.connector, Role::Source);
    out.format("", &source.connector, &source.schema, source.iso_timestamps, Role::Source);
    times(&source.connector, &source.schema, out);
}

pub(super) fn sink(sink: &Sink, component: &Component, out: &mut Options) {
    out.set("connector", "filesystem");
    out.mapped(&sink.connector, Role::Sink);
    out.format("", &sink.connector, &component.props.schema, sink_iso(&sink.connector), Role::Sink);
    times(&sink.connector, &component.props.schema, out);
    if sink.connector.option("partition_by").is_some() {
        // The name that Hive and Spark give the folder of NULL; Flink's own is another.
        out.set("partition.default-name", "__HIVE_DEFAULT_PARTITION__");
    }
    // Files of lines are finished by age, at the next checkpoint after it; Parquet at every checkpoint. Flink's own
    // default is half an hour, in which a reader sees nothing.
    if sink.connector.text("format") != Some("parquet") {
        out.set("sink.rolling-policy.rollover-interval", "1 min");
        out.set("sink.rolling-policy.inactivity-interval", "1 min");
        out.set("sink.rolling-policy.check-interval", "10 s");
    }
}

/// Timestamps in Parquet are those of UTC. Without this Flink takes them for the local time of the machine, writes times
/// before 1970 that are wrong by a second or by days, and fails to read some.
fn times(config: &ConnectorConfig, schema: &RowSchema, out: &mut Options) {
    if config.text("format") == Some("parquet") && schema.columns.iter().any(|c| has_timestamp(&c.ty)) {
        out.set("parquet.utc-timezone", "true");
    }
}
