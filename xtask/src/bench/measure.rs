//! Time and peak memory of one command.
//!
//! The system only tells the greatest peak of *all* children a process has waited for, so each command is run by a
//! helper process of its own: this binary again, as `xtask measure`. The peak has a floor of that helper's own few
//! megabytes, because a child begins as a copy of it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};

use crate::command::run_logged;

const LIMIT: Duration = Duration::from_mins(10);

/// What a command used.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Usage {
    /// From start to end.
    pub seconds: f64,
    /// Of a processor: what the machine did besides does not count.
    pub processor_seconds: f64,
    /// The most memory it held at once.
    pub peak_bytes: u64,
}

impl Usage {
    /// The shorter time, the higher peak.
    pub fn better(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.min(other.seconds),
            processor_seconds: self.processor_seconds.min(other.processor_seconds),
            peak_bytes: self.peak_bytes.max(other.peak_bytes),
        }
    }
}

/// Arguments of the helper.
#[derive(Clone, Debug, clap::Args)]
pub struct MeasureOptions {
    /// Where to write the [`Usage`] as JSON.
    #[arg(long)]
    report: PathBuf,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// The helper: runs the command with its output dropped and writes the report; false when the command failed.
pub fn measure_here(options: &MeasureOptions) -> Result<bool> {
    let (program, arguments) = options.command.split_first().context("no command")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {}", program.display()))?;
    let seconds = start.elapsed().as_secs_f64();
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let peak_bytes = u64::try_from(used.max_rss())? * unit;
    let in_seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let processor_seconds = in_seconds(used.user_time()) + in_seconds(used.system_time());
    write(&options.report, Usage { seconds, processor_seconds, peak_bytes })?;
    Ok(status.success())
}

fn write(report: &Path, usage: Usage) -> Result<()> {
    Ok(std::fs::write(report, serde_json::to_vec(&usage)?)?)
}

/// Runs `command` through the helper. Fails when the command does.
pub fn measure(command: &mut Command) -> Result<Usage> {
    let work = tempfile::tempdir()?;
    let report = work.path().join("usage.json");
    let mut helper = Command::new(std::env::current_exe()?);
    helper.arg("measure").arg("--report").arg(&report).arg("--").arg(command.get_program());
    helper.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        helper.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => helper.env(name, value),
            None => helper.env_remove(name),
        };
    }
    run_logged(&mut helper, &work.path().join("log"), LIMIT)?;
    let usage: Usage = serde_json::from_slice(&std::fs::read(&report)?)?;
    if usage.seconds <= 0.0 {
        bail!("a command took no time at all");
    }
    Ok(usage)
}
