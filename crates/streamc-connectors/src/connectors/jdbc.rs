//! `jdbc`: a table of a database, to be looked up.

use super::shared::{SAMPLE, SCHEMA};
use crate::option::{Connector, EngineSupport, OptionKind, OptionSpec, Required, Role, Support};

/// The connector.
pub static JDBC: Connector = Connector {
    name: "jdbc",
    doc: "A table of a PostgreSQL database. `lookup join` asks it for each row; read by itself it gives the rows that are \
          there and ends. The embedded engine takes the rows of a test, of `--input` or of `sample` in its place.",
    source: Some(EngineSupport {
        flink: Support::Yes,
        spark: Support::No("Spark reads a table of a database as a batch, not as a stream"),
        local: Support::Yes,
    }),
    sink: None,
    takes_updates: false,
    looked_up: true,
    options: &[
        OptionSpec::new("url", OptionKind::Text, "The database: `jdbc:postgresql://host:5432/database`.")
            .required(Required::Always)
            .flink("url"),
        OptionSpec::new(
            "table",
            OptionKind::Text,
            "The table, with its schema where it has one: `public.customers`.",
        )
        .required(Required::Always)
        .flink("table-name"),
        OptionSpec::new("username", OptionKind::Text, "Who connects; needs `password` beside it.")
            .flink("username"),
        OptionSpec::new("password", OptionKind::Text, "The password: `secret(\"DB_PASSWORD\")`.")
            .flink("password"),
        SCHEMA,
        SAMPLE,
        OptionSpec::new(
            "cache_rows",
            OptionKind::Integer(1),
            "Flink: how many rows that were looked up each task keeps. Rows from there may be out of date.",
        )
        .only(Role::Source)
        .flink("lookup.partial-cache.max-rows"),
        OptionSpec::new(
            "cache_ttl",
            OptionKind::Duration,
            "Flink: for how long such a row is kept after it was read.",
        )
        .only(Role::Source)
        .flink("lookup.partial-cache.expire-after-write"),
        OptionSpec::new(
            "retries",
            OptionKind::Integer(0),
            "Flink: how often a look-up that failed is tried again.",
        )
        .only(Role::Source)
        .default("3")
        .flink("lookup.max-retries"),
    ],
};
