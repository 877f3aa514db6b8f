//! `print`: the console.

use super::shared::EVERYWHERE;
use crate::option::{Connector, OptionKind, OptionSpec};

/// The connector.
pub static PRINT: Connector = Connector {
    name: "print",
    doc: "The console: every change as a line.",
    source: None,
    sink: Some(EVERYWHERE),
    takes_updates: true,
    looked_up: false,
    options: &[
        OptionSpec::new("label", OptionKind::Text, "Stands before each line.").flink("print-identifier")
    ],
};
