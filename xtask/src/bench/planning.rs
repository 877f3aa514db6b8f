//! What Flink's planner and `streamc check` need for the same thousand queries.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use std::collections::BTreeMap;

use super::measure::{Usage, measure};
use super::processor;
use crate::engines::{Batch, FlinkOracle};

/// How many queries.
const QUERIES: usize = 1000;
/// So much faster than Flink.
const LEAST_RATIO: f64 = 100.0;
/// How many queries Flink plans before the clock starts.
const WARM_UP: usize = 50;

/// Typical queries of ten lines; `@` is a number that differs from query to query.
const SHAPES: [&str; 5] = [
    include_str!("../../../crates/streamc-sql/benches/queries/expressions.sql"),
    include_str!("../../../crates/streamc-sql/benches/queries/window.sql"),
    include_str!("../../../crates/streamc-sql/benches/queries/join.sql"),
    include_str!("../../../crates/streamc-sql/benches/queries/ranking.sql"),
    include_str!("../../../crates/streamc-sql/benches/queries/grouping.sql"),
];

fn queries(count: usize) -> Vec<String> {
    (0..count).map(|n| SHAPES[n % SHAPES.len()].trim_end().replace('@', &(n + 1).to_string())).collect()
}

/// A project with the sources and so many queries.
fn write_project(sources: &Path, folder: &Path, count: usize) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::copy(sources, folder.join("sources.stream"))?;
    let mut text = String::from("use \"sources.stream\"\n\napp queries {}\n");
    for (n, query) in queries(count).iter().enumerate() {
        write!(text, "\nstream s{n} = sql \"\"\"\n{query}\n\"\"\"\n\nsink o{n} = print {{}} from s{n}\n")?;
    }
    Ok(std::fs::write(folder.join("queries.stream"), text)?)
}

/// Compares, prints, and says whether the targets are reached. `tables` declares the sources for Flink.
pub(super) fn run(
    streamc: &Path,
    flink: &FlinkOracle,
    tables: &[String],
    sources: &Path,
    folder: &Path,
    repeat: u32,
) -> Result<bool> {
    let check = |count: usize| -> Result<Usage> {
        let project = folder.join(format!("queries-{count}"));
        write_project(sources, &project, count)?;
        let mut best: Option<Usage> = None;
        for _ in 0..repeat {
            let mut command = Command::new(streamc);
            command.arg("check").arg(project.join("queries.stream")).args(["--format", "concise"]);
            let usage = measure(&mut command)?;
            best = Some(best.map_or(usage, |best| best.better(usage)));
        }
        best.ok_or_else(|| anyhow::anyhow!("nothing was run"))
    };
    let (one, all) = (check(1)?, check(QUERIES)?);
    let micros = (all.processor_seconds - one.processor_seconds) * 1e6 / (QUERIES - 1) as f64;
    let plan = |queries: &[String]| -> Result<()> {
        let conf = BTreeMap::new();
        let planned = flink.batch(&Batch { setup: tables, conf: &conf, queries, run: &[], alone: &[] })?;
        for (query, planned) in queries.iter().zip(planned) {
            ensure!(planned.is_ok(), "Flink refuses {query}: {planned:?}");
        }
        Ok(())
    };
    plan(&queries(WARM_UP))?;
    let before = processor::of_group(flink.process_group())?;
    plan(&queries(QUERIES))?;
    let theirs = processor::of_group(flink.process_group())? - before;
    let ratio = theirs / all.processor_seconds;
    let reached = ratio >= LEAST_RATIO;
    println!("\n{QUERIES} queries of ten lines, seconds of a processor");
    println!("  streamc check, from a cold start   {:.3}", all.processor_seconds);
    println!("  Flink's planner, warm              {theirs:.3}");
    println!("  ratio                              {ratio:.0} (target: at least {LEAST_RATIO})");
    println!("  one query, from its text to all that is found in it   {micros:.0} µs");
    if !reached {
        println!("  MISSED");
    }
    Ok(reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queries_have_about_ten_lines_and_differ() {
        let queries = queries(QUERIES);
        assert!(queries.iter().all(|query| (9..=11).contains(&query.lines().count())));
        assert_eq!(queries.iter().collect::<std::collections::BTreeSet<_>>().len(), QUERIES);
    }
}
