//! The reference page of connectors, from the table.

use crate::option::{OptionKind, OptionSpec, Required, Role, Support};
use crate::{APP_OPTIONS, table};
use std::fmt::Write;

/// `docs/connectors.md`.
pub fn reference() -> String {
    let mut out = String::from(
        "# Connectors\n\n<!-- Made from the table in streamc-connectors; a test fails when it is stale. -->\n\n\
         A source or sink names a connector and its options. An option that does not exist is an error. Keys that only the \
         engine knows go into `options { \"key\": \"value\" }` and are handed over as they are. A text may be \
         `env(\"NAME\", \"default\")` or `secret(\"NAME\")`: both are looked up when the job starts, never by the compiler.\n",
    );
    for connector in table() {
        let _ = write!(
            out,
            "\n## `{}`\n\n{}\n\n| | Flink | Spark | embedded |\n|---|---|---|---|\n",
            connector.name, connector.doc
        );
        for role in [Role::Source, Role::Sink] {
            if let Some(support) = connector.support(role) {
                let cell = |s: Support| match s {
                    Support::Yes => "yes".to_owned(),
                    Support::No(why) => format!("no: {why}"),
                };
                let (flink, spark, local) = (cell(support.flink), cell(support.spark), cell(support.local));
                let _ = writeln!(out, "| as a {} | {flink} | {spark} | {local} |", role.as_str());
            }
        }
        if connector.sink.is_some() {
            let takes = if connector.takes_updates { "takes updates and deletions" } else { "only appends" };
            let _ = write!(out, "\nIts sink {takes}.\n");
        }
        options(&mut out, connector.options);
    }
    out.push_str("\n## `app`\n\nOptions of the application.\n");
    options(&mut out, APP_OPTIONS);
    out
}

fn options(out: &mut String, options: &[OptionSpec]) {
    if options.is_empty() {
        return;
    }
    out.push_str("\n| option | value | default | what it does |\n|---|---|---|---|\n");
    for option in options {
        let value = match option.kind {
            OptionKind::Text => "text".to_owned(),
            OptionKind::Path => "path".to_owned(),
            OptionKind::Integer(min) => format!("number, at least {min}"),
            OptionKind::Boolean => "`true`, `false`".to_owned(),
            OptionKind::Duration => "duration".to_owned(),
            OptionKind::Size => "size".to_owned(),
            OptionKind::Word(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
            OptionKind::Columns => "column or `[a, b]`".to_owned(),
            OptionKind::Schema => "schema".to_owned(),
            OptionKind::Expression => "expression".to_owned(),
        };
        let only = match option.only {
            Some(role) => format!(" ({}s)", role.as_str()),
            None => String::new(),
        };
        let default = match (option.required, option.default) {
            (Required::Never, Some(default)) => format!("`{default}`"),
            (Required::Never, None) => String::new(),
            _ => "required".to_owned(),
        };
        let _ = writeln!(out, "| `{}`{only} | {value} | {default} | {} |", option.name, option.doc);
    }
}
