//! `cargo xtask test`: everything that must hold, in one command: formatting, lints, the tests that need no engine, then
//! the engines and the tests that need them. Continuous integration runs exactly this.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::cache::{Cache, VARIABLE};
use crate::{artefacts, command, setup};

/// The environment variable that tells the engine suites where the built `streamc` is.
pub const BINARY_VARIABLE: &str = "STREAMC_BIN";

/// The environment variable that tells the engine suites where to write, in short, what failed.
pub const FAILURES_VARIABLE: &str = "STREAMC_FAILURES";

/// What to leave out.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Run only tests whose names contain this; formatting and lints are left out.
    #[arg(long)]
    filter: Option<String>,
    /// Leave out what needs Kafka, Flink or Spark.
    #[arg(long)]
    no_engines: bool,
}

/// A named step; says whether it passed.
type Step = (&'static str, Box<dyn FnOnce() -> Result<bool>>);

/// Runs the steps in order, stops at the first that fails, prints a summary, and says whether all passed.
pub fn run(options: &Options) -> Result<bool> {
    let start = Instant::now();
    let failures = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut summary = String::new();
    let mut outcome = Ok(true);
    for (name, step) in steps(options, failures.path()) {
        println!("\n==> {name}");
        let begun = Instant::now();
        outcome = step().with_context(|| format!("step `{name}`"));
        let verdict =
            if matches!(outcome, Ok(true)) { "" } else { "  FAILED; the steps after it were not run" };
        summary.push_str(&format!("{name:<28} {:>8.1} s{verdict}\n", begun.elapsed().as_secs_f64()));
        if !verdict.is_empty() {
            break;
        }
    }
    print!("\n{summary}{:<28} {:>8.1} s\n", "all", start.elapsed().as_secs_f64());
    // Once more, where the end of a long log is looked at first.
    print!("{}", std::fs::read_to_string(failures.path())?);
    if matches!(outcome, Ok(true)) {
        println!("everything passed");
        if options.no_engines {
            println!(
                "not run: the suites that need Kafka, Flink and Spark (`cargo xtask test` without --no-engines)"
            );
        }
    }
    outcome
}

fn steps(options: &Options, failures: &Path) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    if options.filter.is_none() {
        steps.push(shown("formatting", &["fmt", "--all", "--check"]));
        steps.push(shown("lints", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    }
    let filter = options.filter.clone();
    let without_engines = move || {
        let mut tests = cargo();
        tests.args(["test", "--workspace", "--", "--quiet"]).args(filter).env_remove(VARIABLE);
        command::run_shown(&mut tests)
    };
    steps.push(("tests without engines", Box::new(without_engines)));
    if options.no_engines {
        return steps;
    }
    let set_up = || setup::run(&Cache::locate()?, None, false).map(|()| true);
    steps.push(("engines", Box::new(set_up)));
    let runner = || {
        println!("{}", artefacts::runner_jar(&Cache::locate()?)?.display());
        Ok(true)
    };
    steps.push(("runner jar", Box::new(runner)));
    steps.push(shown("streamc", &["build", "--profile", "ci", "-p", "streamc"]));
    let filter = options.filter.clone();
    let failures = failures.to_owned();
    let on_engines = move || {
        let mut tests = cargo();
        tests.args(["test", "-p", "streamc-engine-tests", "--"]).args(filter);
        tests
            .env(VARIABLE, Cache::locate()?.root())
            .env(BINARY_VARIABLE, target_folder()?.join("ci/streamc"))
            .env(FAILURES_VARIABLE, failures);
        command::run_shown(&mut tests)
    };
    steps.push(("tests on engines", Box::new(on_engines)));
    steps
}

fn shown(name: &'static str, arguments: &'static [&'static str]) -> Step {
    (name, Box::new(move || command::run_shown(cargo().args(arguments))))
}

/// Cargo at the root of the tree, without what `cargo run` tells the process that it starts about this package.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::repository());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Cargo's target folder.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--no-deps", "--format-version", "1", "--quiet"]);
    let output = metadata.output().context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let found: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(PathBuf::from(found["target_directory"].as_str().context("cargo metadata names no target folder")?))
}
