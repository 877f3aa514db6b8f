//! The committed lists of what is refused and of what is known to differ: a new entry shows in a review.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use super::answers::updating;
use super::table::folder;

/// A list of cases with a reason each: `case TAB reason` a line.
pub(super) struct List {
    path: PathBuf,
    /// Reasons by case.
    pub entries: BTreeMap<String, String>,
}

impl List {
    /// Reads the list of that name.
    pub(super) fn read(name: &str) -> Result<Self> {
        let path = folder().join(format!("{name}.tsv"));
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && updating() => String::new(),
            other => other.with_context(|| format!("{}", path.display()))?,
        };
        let entries = text
            .lines()
            .map(|line| {
                let (case, reason) = line.split_once('\t').with_context(|| format!("no reason: {line}"))?;
                Ok((case.to_owned(), reason.to_owned()))
            })
            .collect::<Result<_>>()?;
        Ok(Self { path, entries })
    }

    /// Fails where the list is not what was found, or writes it down when answers are written anew.
    pub(super) fn settle(&self, found: &BTreeMap<String, String>) -> Result<()> {
        if updating() {
            let text: String = found.iter().map(|(case, reason)| format!("{case}\t{reason}\n")).collect();
            return Ok(std::fs::write(&self.path, text)?);
        }
        let mut lines = Vec::new();
        for (case, reason) in found {
            match self.entries.get(case) {
                None => lines.push(format!("not listed: {case}\t{reason}")),
                Some(listed) if listed != reason => {
                    lines.push(format!("listed otherwise: {case}\n  listed: {listed}\n  found:  {reason}"));
                }
                Some(_) => {}
            }
        }
        let gone = self.entries.keys().filter(|case| !found.contains_key(*case));
        lines.extend(gone.map(|case| format!("listed, and works: {case}")));
        ensure!(lines.is_empty(), "{}:\n{}", self.path.display(), lines.join("\n"));
        Ok(())
    }
}

/// The differences that are known, each with its reason. Whatever differs and is not listed fails the test, and so does
/// what is listed and no longer differs.
pub(super) struct Known {
    list: List,
    met: Vec<String>,
    unknown: Vec<String>,
}

impl Known {
    /// Reads the list of that name.
    pub(super) fn read(name: &str) -> Result<Self> {
        Ok(Self { list: List::read(name)?, met: Vec::new(), unknown: Vec::new() })
    }

    /// Takes down that a case differs.
    pub(super) fn differs(&mut self, case: &str, difference: String) {
        if self.list.entries.contains_key(case) {
            self.met.push(case.to_owned());
        } else {
            self.unknown.push(format!("{case}\n{difference}"));
        }
    }

    /// Fails on differences that are not listed and on listed ones that are gone.
    pub(super) fn settle(self) -> Result<()> {
        let gone: Vec<&str> =
            self.list.entries.keys().filter(|case| !self.met.contains(case)).map(String::as_str).collect();
        let path = self.list.path.display();
        ensure!(self.unknown.is_empty(), "{} differences\n{}", self.unknown.len(), self.unknown.join("\n"));
        ensure!(gone.is_empty(), "{path} lists what no longer differs: {}", gone.join("; "));
        Ok(())
    }
}
