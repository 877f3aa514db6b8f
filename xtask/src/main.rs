//! `cargo xtask`: developer chores.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line writes to the terminal")]

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::cache::Cache;
use xtask::{bench, diff, nexmark, probe, setup, supervise, test};

/// Developer chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install Kafka, Flink and Spark into the cache outside the tree (see docs/engines.md).
    Setup {
        /// Install one engine only.
        #[arg(long, value_enum)]
        only: Option<setup::Engine>,
        /// Record the checksums of what is fetched instead of verifying them; for a change of versions.
        #[arg(long)]
        write_checksums: bool,
    },
    /// Formatting, lints, all tests, the engines, and the tests that need them.
    Test(test::Options),
    /// Compare random queries with Flink and Spark; `cargo xtask diff --help` lists its options.
    Diff(diff::Options),
    /// Time streamc, beside its rivals where there are some.
    Bench(bench::Options),
    /// Write the events of the Nexmark benchmark as JSON lines.
    Nexmark(nexmark::Options),
    /// Ask Flink's planner for the types of expressions and write the table that type rules are tested against.
    Probe,
    /// Run one command and write what it used to a file; what `bench` starts itself with.
    #[command(hide = true)]
    Measure(bench::MeasureOptions),
}

fn main() -> ExitCode {
    supervise::install_handler();
    let outcome = run(Cli::parse().chore);
    supervise::leave_to_handler();
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// False when what was checked is not in order.
fn run(chore: Chore) -> Result<bool> {
    match chore {
        Chore::Setup { only, write_checksums } => {
            setup::run(&Cache::locate()?, only, write_checksums).map(|()| true)
        }
        Chore::Test(options) => test::run(&options),
        Chore::Diff(options) => diff::run(&options),
        Chore::Bench(options) => bench::run(&options),
        Chore::Nexmark(options) => nexmark::run(&options),
        Chore::Probe => {
            let cache = Cache::locate()?;
            setup::run(&cache, Some(setup::Engine::Flink), false)?;
            probe::run(&cache).map(|()| true)
        }
        Chore::Measure(options) => bench::measure_here(&options),
    }
}
