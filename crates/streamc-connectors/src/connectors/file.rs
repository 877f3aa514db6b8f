//! `file`: files of records in a folder.

use super::shared::{EVERYWHERE, ON_ERROR, SCHEMA, TIMESTAMP_FORMAT, WATERMARK};
use crate::option::{Connector, OptionKind, OptionSpec, Required, Role};

/// The connector.
pub static FILE: Connector = Connector {
    name: "file",
    doc: "Files of records: local, or on HDFS or S3 by the scheme of the path.",
    source: Some(EVERYWHERE),
    sink: Some(EVERYWHERE),
    takes_updates: false,
    looked_up: false,
    options: &[
        OptionSpec::new("path", OptionKind::Path, "A file or a folder; the embedded engine reads a file only. A sink's path is a folder. \
             Relative: `streamc run` reads beside the `.stream` file, and writes below the folder where it is called; built jobs have \
             the path as it is written, and take it from the working folder of the engine's processes.")
            .required(Required::Always)
            .flink("path")
            .spark("path"),
        OptionSpec::new("format", OptionKind::Word(&["json", "csv", "parquet"]), "Format of the files.")
            .required(Required::Always),
        SCHEMA,
        WATERMARK,
        OptionSpec::new(
            "monitor",
            OptionKind::Duration,
            "How often to look for new files; without it the source ends with the files that are there.",
        )
        .only(Role::Source)
        .flink("source.monitor-interval"),
        TIMESTAMP_FORMAT,
        ON_ERROR,
        OptionSpec::new(
            "partition_by",
            OptionKind::Columns,
            "Columns that make folders; on Flink texts, whole numbers and booleans.",
        )
        .only(Role::Sink),
    ],
};
