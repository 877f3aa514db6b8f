//! `cargo xtask`: developer chores.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line writes to the terminal")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::cache::Cache;
use xtask::{setup, supervise};

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
}

fn main() -> ExitCode {
    supervise::install_handler();
    let outcome = match Cli::parse().chore {
        Chore::Setup { only, write_checksums } => {
            Cache::locate().and_then(|cache| setup::run(&cache, only, write_checksums)).map(|()| true)
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
