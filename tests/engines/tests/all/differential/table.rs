//! The small table that every expression is evaluated over: `tests/differential/table.columns` and `table.jsonl`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// The folder of the case tables.
pub(super) fn folder() -> PathBuf {
    xtask::repository().join("tests/differential")
}

/// A column and its Flink type, with `NOT NULL` where it is so.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: String,
    pub ty: String,
}

/// The table: columns, and one JSON record a line.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub columns: Vec<Column>,
    pub records: String,
    pub path: PathBuf,
}

impl Table {
    /// Reads it.
    pub(super) fn read() -> Result<Self> {
        let text = std::fs::read_to_string(folder().join("table.columns"))?;
        let columns = text
            .lines()
            .map(|line| {
                let (name, ty) = line.split_once(' ').with_context(|| format!("no type in `{line}`"))?;
                Ok(Column { name: name.to_owned(), ty: ty.to_owned() })
            })
            .collect::<Result<_>>()?;
        let path = folder().join("table.jsonl");
        Ok(Self { columns, records: std::fs::read_to_string(&path)?, path })
    }

    /// The columns that these expressions name, and `id` and `team`, as the inside of a schema block or of a
    /// `CREATE TABLE`. An engine that cannot read a type is then asked for it only where an expression needs it.
    pub(super) fn columns_of(&self, expressions: &[&str]) -> String {
        let named = |column: &Column| {
            ["id", "team"].contains(&column.name.as_str())
                || expressions.iter().any(|e| words(e).any(|word| word == column.name))
        };
        let listed: Vec<String> =
            self.columns.iter().filter(|c| named(c)).map(|c| format!("{} {}", c.name, c.ty)).collect();
        listed.join(", ")
    }

    /// The statement that declares the table to Flink under the name `t`.
    pub(super) fn flink(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|c| format!("{} {}", c.name, c.ty)).collect();
        format!(
            "CREATE TABLE t ({}) WITH ('connector' = 'filesystem', 'path' = 'file://{}', 'format' = 'json')",
            columns.join(", "),
            self.path.display()
        )
    }
}

/// The words of an expression; those inside of string literals too, which does no harm.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
