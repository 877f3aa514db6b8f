//! Random queries on this compiler, on Flink and on Spark. `cargo xtask diff` builds and starts it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line writes to the terminal")]
#![allow(clippy::disallowed_methods, reason = "a harness of tests works on the real disk")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use streamc_engine_tests::Engines;
use streamc_engine_tests::diff::known::Known;
use streamc_engine_tests::diff::run::{Against, Options, run};
use streamc_engine_tests::diff::tally::Tally;
use streamc_engine_tests::random::queries::Area;
use xtask::engines::{FlinkOracle, SparkWorker};

/// What queries are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// Flink: what is refused, columns, changes, rows.
    Flink,
    /// Spark: the rows of what is built for it.
    Spark,
    /// Both.
    All,
}

/// From so many queries on, Flink is worth its own optimisations.
const LONG: usize = 1000;

/// Compare random queries with the engines.
#[derive(Parser)]
#[command(name = "cargo xtask diff", bin_name = "cargo xtask diff")]
struct Cli {
    /// What to compare with.
    #[arg(long, value_enum, default_value = "flink")]
    engine: Engine,
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
    let (flink, spark);
    let against = Against {
        flink: match cli.engine {
            Engine::Spark => None,
            _ if cli.queries < LONG => Some(engines.flink_oracle()?),
            _ => {
                flink = FlinkOracle::start_optimising(&engines.run())?;
                Some(&flink)
            }
        },
        spark: match cli.engine {
            Engine::Flink => None,
            _ => {
                spark = SparkWorker::start(&engines.run())?;
                Some(&spark)
            }
        },
    };
    let on = match cli.engine {
        Engine::Flink => "",
        Engine::Spark => " on Spark",
        Engine::All => " on Flink and Spark",
    };
    let report = |tally: &Tally| {
        tally.report(&known, &format!("# {} queries{on} from seed {}", tally.cases, cli.seed))
    };
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
    let outcome = run(&options, against, &known, &says, &|| false);
    engines.finish(false);
    let tally = outcome?;
    println!("{}", report(&tally));
    save(&tally)?;
    if !cli.plan_only && cli.area.is_none() && tally.cases >= 20_000 {
        let asked = |class: &str| match cli.engine {
            Engine::Flink => !class.starts_with("spark"),
            Engine::Spark => class.starts_with("spark"),
            Engine::All => true,
        };
        for (entry, _) in known.met().into_iter().filter(|(e, times)| *times == 0 && asked(&e.class)) {
            eprintln!("not met in a long run: {} {}", entry.class, entry.pattern);
        }
    }
    Ok(tally.unexplained() == 0)
}
