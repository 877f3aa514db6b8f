//! Random queries on this compiler, on Flink and on Spark. `cargo xtask diff` builds and starts it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line writes to the terminal")]
#![allow(clippy::disallowed_methods, reason = "a harness of tests works on the real disk")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use streamc_engine_tests::Engines;
use streamc_engine_tests::diff::known::Known;
use streamc_engine_tests::diff::run::{Options, run};
use streamc_engine_tests::diff::tally::Tally;
use streamc_engine_tests::random::queries::Area;
use xtask::engines::FlinkOracle;

/// From so many queries on, Flink is worth its own optimisations.
const LONG: usize = 1000;

/// Compare random queries with the engines.
#[derive(Parser)]
#[command(name = "cargo xtask diff", bin_name = "cargo xtask diff")]
struct Cli {
    /// How many queries.
    #[arg(long, default_value_t = 1000)]
    queries: usize,
    /// Where randomness starts: the same seed makes the same queries.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Queries of one area only.
    #[arg(long, value_enum)]
    area: Option<Area>,
    /// Compare what is refused, columns and kinds of changes; run nothing.
    #[arg(long)]
    plan_only: bool,
    /// Show what differs as it was made, without cutting it down.
    #[arg(long)]
    no_shrink: bool,
    /// Worlds of tables that are worked on side by side.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Write the report there too, after every step.
    #[arg(long)]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    match differ(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything that differs is explained.
fn differ(cli: &Cli) -> Result<bool> {
    let engines = Engines::prepared()?.context("the engines are not set up: run `cargo xtask diff`")?;
    let options = Options {
        queries: cli.queries,
        seed: cli.seed,
        area: cli.area,
        plan_only: cli.plan_only,
        shrink: !cli.no_shrink,
        threads: cli.threads,
        folder: engines.run().subfolder("random")?,
    };
    let known = Known::read()?;
    eprintln!("starting Flink");
    let started;
    let flink = if cli.queries < LONG {
        engines.flink_oracle()?
    } else {
        started = FlinkOracle::start_optimising(&engines.run())?;
        &started
    };
    let report =
        |tally: &Tally| tally.report(&known, &format!("# {} queries from seed {}", tally.cases(), cli.seed));
    let save = |tally: &Tally| match &cli.report {
        Some(path) => {
            std::fs::write(path, report(tally)).with_context(|| format!("cannot write {}", path.display()))
        }
        None => Ok(()),
    };
    // The report is written after every step, so that Ctrl-C loses nothing.
    let says = |tally: &Tally, line: &str| {
        eprintln!("{line}");
        if let Err(error) = save(tally) {
            eprintln!("error: {error:#}");
        }
    };
    let outcome = run(&options, flink, &known, &says, &|| false);
    engines.finish(false);
    let tally = outcome?;
    println!("{}", report(&tally));
    save(&tally)?;
    if !cli.plan_only && cli.area.is_none() && tally.cases() >= 20_000 {
        for (entry, _) in known.met().into_iter().filter(|(_, times)| *times == 0) {
            eprintln!("not met in a long run: {} {}", entry.class, entry.pattern);
        }
    }
    Ok(tally.unexplained() == 0)
}
