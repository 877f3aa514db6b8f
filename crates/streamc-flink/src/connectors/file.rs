//! `file`: Flink's `filesystem` connector.

use super::{Options, sink_iso};
use streamc_connectors::Role;
use streamc_plan::{Component, Sink, Source};

pub(super) fn source(source: &Source, out: &mut Options) {
    out.set("connector", "filesystem");
    out.mapped(&source.connector, Role::Source);
    out.format("", &source.connector, &source.schema, source.iso_timestamps, Role::Source);
}

pub(super) fn sink(sink: &Sink, component: &Component, out: &mut Options) {
    out.set("connector", "filesystem");
    out.mapped(&sink.connector, Role::Sink);
    out.format("", &sink.connector, &component.props.schema, sink_iso(&sink.connector), Role::Sink);
    // Files of lines are finished by age, at the next checkpoint after it; Parquet at every checkpoint. Flink's own
    // default is half an hour, in which a reader sees nothing.
    if sink.connector.text("format") != Some("parquet") {
        out.set("sink.rolling-policy.rollover-interval", "1 min");
        out.set("sink.rolling-policy.inactivity-interval", "1 min");
        out.set("sink.rolling-policy.check-interval", "10 s");
    }
}
