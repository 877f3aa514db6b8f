//! Options that several connectors have.

use crate::option::{EngineSupport, OptionKind, OptionSpec, Required, Role, Support};

/// Every engine.
pub(super) const EVERYWHERE: EngineSupport =
    EngineSupport { flink: Support::Yes, spark: Support::Yes, local: Support::Yes };

/// Columns of the records.
pub(super) const SCHEMA: OptionSpec = OptionSpec::new(
    "schema",
    OptionKind::Schema,
    "Columns of the records: `{ id BIGINT NOT NULL, … }`, or `sample(\"file.jsonl\")` to infer them from sample records.",
)
.required(Required::AsSource)
.only(Role::Source);

/// Event time.
pub(super) const WATERMARK: OptionSpec = OptionSpec::new(
    "watermark",
    OptionKind::Expression,
    "Event time and how long to wait for late records: `swiped_at - 5s`.",
)
.only(Role::Source);

/// A file to read in place of the real thing.
pub(super) const SAMPLE: OptionSpec = OptionSpec::new(
    "sample",
    OptionKind::Path,
    "Records that `streamc run` reads in place of the topic or table, when the schema is declared.",
)
.only(Role::Source);

/// How timestamps are written in JSON.
pub(super) const TIMESTAMP_FORMAT: OptionSpec = OptionSpec::new(
    "timestamp_format",
    OptionKind::Word(&["sql", "iso_8601"]),
    "How JSON records write timestamps: `sql` is `2026-01-02 03:04:05`, `iso_8601` is `2026-01-02T03:04:05`. A source \
     with a `sample` schema takes it from the sample.",
);

/// What to do with a record that does not read.
pub(super) const ON_ERROR: OptionSpec = OptionSpec::new(
    "on_error",
    OptionKind::Word(&["fail", "skip"]),
    "What to do with a record or field that cannot be read: `fail` stops the job, `skip` gives `NULL` or drops the record.",
)
.only(Role::Source)
.default("fail");
