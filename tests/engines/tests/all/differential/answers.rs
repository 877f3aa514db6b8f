//! What an engine says to an expression, and the committed answers of Flink.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;
use streamc_engine_tests::cells::shortest;

use super::table::{Table, folder};

/// What an engine says to an expression over the rows of the table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// Its type, in Flink's spelling, and its value in each row; of an aggregate: in each group. Spelled as
    /// `tests/oracle/Cells.java` says.
    Values { ty: String, values: Vec<Json> },
    /// It compiles, and computing it fails the job.
    Failed(String),
    /// It does not compile.
    Refused(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Values { ty, values } => write!(f, "{ty}\t{}", Json::from(values.clone())),
            Self::Failed(why) => write!(f, "!failed\t{}", Json::from(first_line(why))),
            Self::Refused(why) => write!(f, "!refused\t{}", Json::from(first_line(why))),
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(160).collect()
}

impl Answer {
    fn parse(text: &str) -> Result<Self> {
        let (ty, rest) = text.split_once('\t').context("no tab behind the type")?;
        Ok(match ty {
            "!failed" => Self::Failed(serde_json::from_str(rest)?),
            "!refused" => Self::Refused(serde_json::from_str(rest)?),
            ty => {
                let values: Vec<Json> = serde_json::from_str(rest)?;
                let values = values.into_iter().map(|cell| shortest(cell, ty)).collect();
                Self::Values { ty: ty.to_owned(), values }
            }
        })
    }

    /// The same without the values of these rows, by `id`.
    pub(super) fn without(&self, ids: &[usize]) -> Self {
        match self {
            Self::Values { ty, values } => {
                let kept = values.iter().enumerate().filter(|(i, _)| !ids.contains(&(i + 1)));
                Self::Values { ty: ty.clone(), values: kept.map(|(_, value)| value.clone()).collect() }
            }
            other => other.clone(),
        }
    }

    /// Whether both say the same. The words of a refusal or failure are each engine's own.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Failed(_), Self::Failed(_)) | (Self::Refused(_), Self::Refused(_)) => true,
            (Self::Values { ty, values }, Self::Values { ty: theirs, values: others }) => {
                // Flink quotes the names of fields always, we where they need it.
                let plain = |ty: &str| ty.replace('`', "");
                plain(ty) == plain(theirs) && values == others
            }
            _ => false,
        }
    }
}

/// A family of expressions: one file.
#[derive(Clone, Debug)]
pub(super) struct Family {
    pub name: String,
    pub expressions: Vec<String>,
}

impl Family {
    /// Every family, by name.
    pub(super) fn all() -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder().join("expressions"))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "txt") {
                continue;
            }
            let name = path.file_stem().context("a file without a name")?.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path)?;
            let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
            found.push(Self { name, expressions: lines.map(str::to_owned).collect() });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Whether its expressions are over the rows of a group (`GROUP BY team`).
    pub(super) fn is_grouped(&self) -> bool {
        self.name.ends_with("aggregates")
    }

    /// The calls of every function with every type of argument, of scalar functions or of aggregates: as they are stored,
    /// or made anew from the catalogue when answers are written anew.
    pub(super) fn of_catalogue(table: &Table, aggregates: bool) -> Result<Self> {
        let name = if aggregates { "../functions/aggregates" } else { "../functions/calls" };
        let mut family = Self { name: name.to_owned(), expressions: Vec::new() };
        if updating() {
            let columns: Vec<(String, String)> =
                table.columns.iter().map(|c| (c.name.clone(), c.ty.clone())).collect();
            family.expressions = streamc_engine_tests::random::calls::calls(&columns, aggregates);
            return Ok(family);
        }
        let path = family.truth_path();
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        family.expressions =
            text.lines().filter_map(|line| line.split_once('\t')).map(|(call, _)| call.to_owned()).collect();
        Ok(family)
    }

    fn truth_path(&self) -> PathBuf {
        folder().join(format!("expressions/{}.flink.tsv", self.name))
    }

    /// The stored answers of Flink, in the order of the expressions.
    pub(super) fn truth(&self) -> Result<Vec<Answer>> {
        let path = self.truth_path();
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let mut known = std::collections::BTreeMap::new();
        for line in text.lines() {
            let (expression, answer) = line.split_once('\t').context("no tab behind the expression")?;
            known.insert(expression, Answer::parse(answer).with_context(|| expression.to_owned())?);
        }
        let mut answers = Vec::new();
        for expression in &self.expressions {
            match known.remove(expression.as_str()) {
                Some(answer) => answers.push(answer),
                None => bail!("{} has no answer of Flink to `{expression}`; {HOW}", path.display()),
            }
        }
        if let Some(left) = known.keys().next() {
            bail!("{} answers `{left}`, which nobody asks; {HOW}", path.display());
        }
        Ok(answers)
    }

    /// Writes the answers of Flink down.
    pub(super) fn store(&self, answers: &[Answer]) -> Result<()> {
        let mut text = String::new();
        for (expression, answer) in self.expressions.iter().zip(answers) {
            text.push_str(&format!("{expression}\t{answer}\n"));
        }
        Ok(std::fs::write(self.truth_path(), text)?)
    }
}

/// How stored answers are made.
pub(super) const HOW: &str =
    "run `STREAMC_DIFFERENTIAL=update cargo xtask test --filter differential::` and read what changed";

/// Whether the stored answers are to be written anew.
pub(super) fn updating() -> bool {
    std::env::var("STREAMC_DIFFERENTIAL").is_ok_and(|value| value == "update")
}
