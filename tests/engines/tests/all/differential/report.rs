//! `docs/differential.md`, made from the committed cases.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};

use super::answers::{HOW, updating};
use super::table::folder;

const HEAD: &str = "\
# Cases that are compared with the engines

This page is made from the cases in `tests/differential`; a test fails when it is stale. Each case has a committed answer of Flink
2.3; a test compares the embedded engine with it without any JVM, and others ask Flink and Spark again. Beside them,
`cargo xtask diff` compares random queries with Flink and Spark.

| area | cases | Flink refuses | Flink's job fails |
|---|---|---|---|
";

/// Fails when the page is not what the cases say, or writes it when answers are written anew.
pub(super) fn the_page_of_the_cases_is_current() -> Result<()> {
    let path = xtask::repository().join("docs/differential.md");
    let page = page()?;
    if updating() {
        return Ok(std::fs::write(path, page)?);
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    ensure!(stored == page, "{} is stale; {HOW}", path.display());
    Ok(())
}

fn page() -> Result<String> {
    let mut page = HEAD.to_owned();
    let mut sums = [0; 3];
    for (area, ending) in [
        ("expressions", ".flink.tsv"),
        ("functions", ".flink.tsv"),
        ("queries", ".flink.jsonl"),
        ("refused", ".flink.tsv"),
    ] {
        for (name, text) in files(&folder().join(area), ending)? {
            let refused =
                if area == "refused" { text.lines().count() } else { text.matches("\t!refused\t").count() };
            let row = [text.lines().count(), refused, text.matches("\t!failed\t").count()];
            let _ = writeln!(page, "| {area}: {name} | {} | {} | {} |", row[0], row[1], row[2]);
            sums.iter_mut().zip(row).for_each(|(sum, n)| *sum += n);
        }
    }
    let _ = writeln!(page, "| all | {} | {} | {} |", sums[0], sums[1], sums[2]);
    page.push_str("\n## What differs, and why\n\nWhat is not in these lists agrees.\n");
    for (name, text) in files(&folder(), ".tsv")?.into_iter().filter(|(name, _)| name.starts_with("known.")) {
        let mut reasons = std::collections::BTreeMap::<&str, usize>::new();
        for line in text.lines().filter(|line| !line.starts_with("# ")) {
            *reasons.entry(line.rsplit('\t').next().unwrap_or_default()).or_default() += 1;
        }
        let name = name.trim_start_matches("known.");
        let _ = writeln!(page, "\n### `{name}`\n\n| cases | reason |\n|---|---|");
        for (reason, times) in reasons {
            let _ = writeln!(page, "| {times} | {} |", reason.replace('|', "\\|"));
        }
    }
    // Written by `cargo xtask diff --report`.
    for name in ["random.md", "random.spark.md"] {
        let run = std::fs::read_to_string(folder().join(name))?;
        let _ = write!(page, "\n#{}", run.split("\n## ").next().unwrap_or_default());
    }
    Ok(page)
}

/// The files of a folder with that ending, by name without it.
fn files(folder: &Path, ending: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(ending) {
            found.push((name.to_owned(), std::fs::read_to_string(&path)?));
        }
    }
    found.sort();
    Ok(found)
}
