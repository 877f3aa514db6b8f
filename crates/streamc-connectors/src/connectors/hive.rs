//! `hive`: a table of a Hive metastore.

use super::shared::{SCHEMA, WATERMARK};
use crate::option::{Connector, EngineSupport, OptionKind, OptionSpec, Required, Support};

const NOT_YET: EngineSupport = EngineSupport {
    flink: Support::No(
        "there is no Hive connector for Flink 2.x, and a Flink 1.20 target is not supported yet",
    ),
    spark: Support::No("Hive tables on Spark are not supported yet"),
    local: Support::No("it does not connect to a metastore"),
};

/// The connector.
pub static HIVE: Connector = Connector {
    name: "hive",
    doc: "A table of a Hive metastore. Declared and checked; no engine runs it yet.",
    source: Some(NOT_YET),
    sink: Some(NOT_YET),
    takes_updates: false,
    looked_up: false,
    options: &[
        OptionSpec::new("table", OptionKind::Text, "`database.table`.").required(Required::Always),
        SCHEMA,
        WATERMARK,
    ],
};
