//! The committed list of differences that are understood.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use regex::Regex;

use super::compare::Difference;

/// A difference that is understood.
#[derive(Debug)]
pub struct Entry {
    /// The name of its class.
    pub class: String,
    /// What its gist, or its query behind a line break, looks like.
    pub pattern: Regex,
    /// Why the two differ.
    pub reason: String,
}

/// The list: a line is `class TAB regular expression TAB reason`.
#[derive(Debug)]
pub struct Known {
    /// The entries, in the order of the file.
    pub entries: Vec<Entry>,
    met: Mutex<BTreeMap<usize, usize>>,
}

impl Known {
    /// Where the list lies.
    pub fn path() -> PathBuf {
        xtask::repository().join("tests/differential/known.random.tsv")
    }

    /// Reads it.
    pub fn read() -> Result<Self> {
        let path = Self::path();
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let entries = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(|line| {
            let mut cells = line.splitn(3, '\t');
            let mut cell = || cells.next().map(str::to_owned).with_context(|| format!("three cells: {line}"));
            Ok(Entry { class: cell()?, pattern: Regex::new(&cell()?)?, reason: cell()? })
        });
        Ok(Self { entries: entries.collect::<Result<_>>()?, met: Mutex::default() })
    }

    /// The entry that tells of this difference.
    pub fn find(&self, difference: &Difference, query: &str) -> Option<&Entry> {
        let text = format!("{}\n{query}", difference.gist);
        let fits = |entry: &Entry| entry.class == difference.class.name() && entry.pattern.is_match(&text);
        let at = self.entries.iter().position(fits)?;
        *self.met.lock().unwrap_or_else(PoisonError::into_inner).entry(at).or_default() += 1;
        self.entries.get(at)
    }

    /// The entries with how often each was met.
    pub fn met(&self) -> Vec<(&Entry, usize)> {
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        self.entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (entry, met.get(&at).copied().unwrap_or(0)))
            .collect()
    }
}
