//! `datagen`: made-up rows.

use super::shared::{SCHEMA, WATERMARK};
use crate::option::{Connector, EngineSupport, OptionKind, OptionSpec, Support};

/// The connector.
pub static DATAGEN: Connector = Connector {
    name: "datagen",
    doc: "Made-up rows for demonstrations and load tests.",
    source: Some(EngineSupport {
        flink: Support::Yes,
        spark: Support::No(
            "Spark has no generator that makes rows of any schema; read a sample file instead",
        ),
        local: Support::Yes,
    }),
    sink: None,
    takes_updates: false,
    looked_up: false,
    options: &[
        SCHEMA,
        WATERMARK,
        OptionSpec::new(
            "rows",
            OptionKind::Integer(0),
            "How many rows; without it the source never ends (the embedded engine makes 1,000).",
        )
        .flink("number-of-rows"),
        OptionSpec::new("rows_per_second", OptionKind::Integer(1), "How fast.")
            .default("10")
            .flink("rows-per-second"),
        OptionSpec::new("seed", OptionKind::Integer(0), "Where the embedded engine's generator starts.")
            .default("0"),
    ],
};
