//! `cargo xtask diff`: random queries, on this compiler and on the engines. The work is done by the `differential` binary of
//! `tests/engines`, which knows both; this builds it and sets up the engines.

use anyhow::{Result, bail};

use crate::cache::{Cache, VARIABLE};
use crate::setup::Engine;
use crate::test::{cargo, target_folder};
use crate::{command, setup};

/// What is passed on.
#[derive(Clone, Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Options {
    /// The options of the tool itself: `--engine spark`, `--queries N`, `--seed S`, `--area A`, `--plan-only`, `--report FILE`, `--help` …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Runs it, and says whether everything that differs is explained.
pub fn run(options: &Options) -> Result<bool> {
    let mut build = cargo();
    build.args(["build", "--profile", "ci", "-p", "streamc-engine-tests", "--bin", "differential"]);
    if !command::run_shown(&mut build)? {
        bail!("it does not build");
    }
    let cache = Cache::locate()?;
    let asks = |word: &str| options.rest.iter().any(|option| option == word);
    if !asks("--help") && !asks("-h") {
        let named = |word: &str| asks(word) || asks(&format!("--engine={word}"));
        if !named("spark") {
            setup::run(&cache, Some(Engine::Flink), false)?;
        }
        if named("spark") || named("all") {
            setup::run(&cache, Some(Engine::Spark), false)?;
        }
    }
    let mut tool = std::process::Command::new(target_folder()?.join("ci/differential"));
    tool.args(&options.rest).env(VARIABLE, cache.root());
    command::run_shown(&mut tool)
}
