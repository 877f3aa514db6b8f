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
/// A query may take so many microseconds from its text to its plan.
const MOST_MICROS: f64 = 200.0;
/// So much faster than Flink.
const LEAST_RATIO: f64 = 100.0;
/// How many queries Flink plans before the clock starts.
const WARM_UP: usize = 50;

/// Typical queries of ten lines; `@` is a number that differs from query to query.
const SHAPES: [&str; 5] = [
    "SELECT
  auction,
  bidder,
  0.908 * price AS euro,
  CASE WHEN HOUR(`dateTime`) >= @ THEN 'late' ELSE 'early' END AS part,
  UPPER(channel) AS channel,
  SPLIT_INDEX(url, '/', 3) AS folder,
  `dateTime`
FROM bid
WHERE price > @ AND channel <> 'Google'
  AND (extra IS NULL OR CHAR_LENGTH(extra) > 3)",
    "SELECT
  window_start,
  window_end,
  channel,
  COUNT(*) AS bids,
  COUNT(DISTINCT bidder) AS bidders,
  MAX(price) AS highest,
  AVG(price) AS average
FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
WHERE price > @
GROUP BY window_start, window_end, channel",
    "SELECT
  P.name,
  P.city,
  P.state,
  A.id,
  A.itemName,
  A.reserve - A.initialBid AS margin
FROM auction AS A
INNER JOIN person AS P ON A.seller = P.id
WHERE A.category = @
  AND P.state IN ('OR', 'ID', 'CA')",
    "SELECT auction, bidder, price, `dateTime`
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY auction
      ORDER BY price DESC
    ) AS place
  FROM bid
  WHERE price > @) WHERE place <= 10",
    "SELECT
  channel,
  DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS `day`,
  COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low,
  COUNT(*) FILTER (WHERE price >= 10000) AS high,
  MIN(price) AS least,
  MAX(price) AS most
FROM bid
WHERE auction <> @
GROUP BY channel, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')",
];

fn queries(count: usize) -> Vec<String> {
    (0..count).map(|n| SHAPES[n % SHAPES.len()].replace('@', &(n + 1).to_string())).collect()
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
    let reached = micros <= MOST_MICROS && ratio >= LEAST_RATIO;
    println!("\n{QUERIES} queries of ten lines, seconds of a processor");
    println!("  streamc check, from a cold start   {:.3}", all.processor_seconds);
    println!("  Flink's planner, warm              {theirs:.3}");
    println!("  ratio                              {ratio:.0} (target: at least {LEAST_RATIO})");
    println!(
        "  one query, from its text to its plan and checks   {micros:.0} µs (target: at most {MOST_MICROS})"
    );
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
