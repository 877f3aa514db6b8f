//! `cargo xtask bench --engines`: beside Flink and Spark, on the same data in the same run.
//!
//! Times are those of a processor, as the engines are several processes with many threads on a machine that does other
//! things too: for the embedded engine of one process from its start to its end, for the others of all their processes
//! while they run the job, warm.

use anyhow::{Result, ensure};

use super::nexmark::{Bed, Line, QUERIES, Records, example, write_table};
use super::{built_streamc, planning};
use crate::cache::Cache;
use crate::engines::{FlinkOracle, Run, SparkWorker};
use crate::{nexmark, setup};

/// What to compare.
#[derive(Clone, Debug, clap::Args)]
pub struct Beside {
    /// Nexmark events for the embedded engine and Flink.
    #[arg(long, default_value_t = 500_000)]
    events: u64,
    /// Nexmark events for Spark; 0 leaves it out.
    #[arg(long, default_value_t = 50_000)]
    spark_events: u64,
    /// Write the table into the example's README.
    #[arg(long)]
    write: bool,
}

impl Default for Beside {
    fn default() -> Self {
        Self { events: 500_000, spark_events: 50_000, write: false }
    }
}

/// Events a second of event time.
const RATE: u64 = 10_000;

/// Runs the comparison; false when a target is missed.
pub(super) fn run(options: &Beside, filter: &str, repeat: u32) -> Result<bool> {
    ensure!(filter.is_empty() || !options.write, "the table is written whole, without --filter");
    let streamc = built_streamc()?;
    let cache = Cache::locate()?;
    setup::run(&cache, Some(setup::Engine::Flink), false)?;
    let run = Run::new(cache)?;
    let records = |name: &str, events: u64| -> Result<Records> {
        let folder = run.folder().join(name);
        let counts = nexmark::write(nexmark::Stream { events, rate: RATE, ..nexmark::SAMPLE }, &folder)?;
        Ok(Records { folder, counts })
    };
    let (many, few) = (records("records", options.events)?, records("fewer", options.spark_events)?);
    let flink = FlinkOracle::start_optimising(&run)?;
    let jobs = run.subfolder("jobs")?;
    let bed = Bed { streamc: &streamc, records: &many, folder: &jobs };
    let few_bed = Bed { records: &few, ..bed };
    let wanted: Vec<_> = QUERIES.iter().filter(|query| query.name.contains(filter)).collect();
    let spark = match options.spark_events {
        0 => None,
        _ => {
            setup::run(run.cache(), Some(setup::Engine::Spark), false)?;
            Some(SparkWorker::start(&run)?)
        }
    };
    println!(
        "\nrecords a second of processor time, {} events (Spark: {})",
        options.events, options.spark_events
    );
    println!(
        "{:<6} {:>12} {:>12} {:>12} {:>10} {:>12} {:>12}",
        "query", "embedded", "target", "peak", "wall", "Flink", "Spark"
    );
    let mut lines = Vec::new();
    for query in wanted {
        let (embedded, usage) = bed.embedded(query, repeat)?;
        let cells = [embedded, bed.flink(query, &flink)?, few_bed.spark(query, spark.as_ref())?];
        let line = Line { query, cells, usage };
        println!("{}", line.shown());
        lines.push(line);
    }
    if options.write {
        write_table(&lines, &many, &few)?;
    }
    let mut reached = lines.iter().all(Line::reached);
    if filter.is_empty() || filter == "planning" {
        let tables: Vec<String> = bed
            .flink_statements(&QUERIES[0])?
            .into_iter()
            .filter(|sql| sql.contains("'filesystem'"))
            .collect();
        let sources = example().join("sources.stream");
        reached &= planning::run(&streamc, &flink, &tables, &sources, run.folder(), repeat)?;
    }
    Ok(reached)
}
