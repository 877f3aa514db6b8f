//! `cargo xtask bench`: times streamc against its targets, beside rivals where there are some, in the same run on the
//! same machine. Ours and the rival's runs take turns, and the best of each counts. With `--engines` it compares the Nexmark
//! queries and the check of many queries with Flink and Spark instead.

mod beside;
mod cases;
mod measure;
mod nexmark;
mod planning;
mod processor;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cache::Cache;
use crate::{command, setup, test};
pub use measure::{MeasureOptions, Usage, measure_here};

/// What to run.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Run only the benches whose names contain this.
    #[arg(long)]
    filter: Option<String>,
    /// How often each command is run; the best time counts.
    #[arg(long, default_value_t = 5)]
    repeat: u32,
    /// Leave out the rivals.
    #[arg(long)]
    no_rivals: bool,
    /// Compare with Flink and Spark instead: the Nexmark queries, and the check of 1,000 queries.
    #[arg(long)]
    engines: bool,
    /// With `--engines`: what else to do.
    #[command(flatten)]
    beside: beside::Beside,
}

/// What a bench may use.
pub struct Bed {
    /// The release build of `streamc`.
    pub streamc: PathBuf,
    /// Python with the rivals; `None` with `--no-rivals`.
    pub rival_python: Option<PathBuf>,
    /// A folder for inputs, empty at first, shared by all benches of the run.
    pub folder: PathBuf,
}

/// How much work one run of a command does; turns seconds into a rate.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// Only the time matters.
    Once,
    /// So many rows: the figure is rows per second.
    Rows(u64),
    /// So many bytes: the figure is megabytes (10⁶ bytes) per second.
    Bytes(u64),
}

/// What the figure must reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// At most so many milliseconds.
    Milliseconds(f64),
    /// At least this rate, in the unit of the [`Work`].
    Rate(f64),
    /// The figure is printed, nothing is asked of it.
    None,
}

/// A prepared bench: the inputs are written, the commands are ready to be run any number of times.
pub struct Prepared {
    /// What a run does.
    pub work: Work,
    /// Our command; must end with 0.
    pub ours: Command,
    /// The rival's name and command for the same work.
    pub rival: Option<(&'static str, Command)>,
}

/// One line of the table in [`cases`].
pub struct Bench {
    /// Short name, also for `--filter`.
    pub name: &'static str,
    /// The target.
    pub target: Target,
    /// Writes the inputs and makes the commands.
    pub prepare: fn(&Bed) -> Result<Prepared>,
}

/// Runs the benches and prints the table; false when a target is missed.
pub fn run(options: &Options) -> Result<bool> {
    ensure!(options.repeat > 0, "--repeat must be at least 1");
    if options.engines {
        let filter = options.filter.as_deref().unwrap_or_default();
        return beside::run(&options.beside, filter, options.repeat);
    }
    let wanted = |bench: &&Bench| options.filter.as_ref().is_none_or(|filter| bench.name.contains(filter));
    let benches: Vec<&Bench> = cases::ALL.iter().filter(wanted).collect();
    ensure!(!benches.is_empty(), "no bench has such a name");
    let streamc = built_streamc()?;
    let rival_python = if options.no_rivals {
        None
    } else {
        let cache = Cache::locate()?;
        setup::run(&cache, Some(setup::Engine::Bench), false)?;
        Some(cache.bench_python())
    };
    let folder = tempfile::Builder::new().prefix("streamc-bench-").tempdir()?;
    let bed = Bed { streamc, rival_python, folder: folder.path().to_owned() };
    println!(
        "\n{:<24} {:>16} {:>16} {:>10} {:>20} {:>7} {:>12}",
        "bench", "ours", "target", "peak", "rival", "ratio", "rival's peak"
    );
    let mut all_reached = true;
    for bench in benches {
        let prepared = (bench.prepare)(&bed).with_context(|| format!("bench {}", bench.name))?;
        let outcome = compete(prepared, options.repeat).with_context(|| format!("bench {}", bench.name))?;
        let reached = outcome.reaches(bench.target);
        all_reached &= reached;
        println!("{}", outcome.line(bench, reached));
    }
    Ok(all_reached)
}

/// The release build of `streamc`.
fn built_streamc() -> Result<PathBuf> {
    println!("building streamc (release)");
    ensure!(
        command::run_shown(test::cargo().args(["build", "--release", "-p", "streamc"]))?,
        "streamc does not build"
    );
    Ok(test::target_folder()?.join("release/streamc"))
}

struct Outcome {
    work: Work,
    ours: Usage,
    rival: Option<(&'static str, Usage)>,
}

fn compete(mut prepared: Prepared, repeat: u32) -> Result<Outcome> {
    let mut ours: Option<Usage> = None;
    let mut rival: Option<Usage> = None;
    for _ in 0..repeat {
        let usage = measure::measure(&mut prepared.ours)?;
        ours = Some(ours.map_or(usage, |best| best.better(usage)));
        if let Some((_, command)) = &mut prepared.rival {
            let usage = measure::measure(command)?;
            rival = Some(rival.map_or(usage, |best| best.better(usage)));
        }
    }
    let name = prepared.rival.map(|(name, _)| name);
    let ours = ours.context("nothing was run")?;
    Ok(Outcome { work: prepared.work, ours, rival: name.zip(rival) })
}

impl Outcome {
    fn reaches(&self, target: Target) -> bool {
        match target {
            Target::Milliseconds(most) => self.ours.seconds * 1000.0 <= most,
            Target::Rate(least) => self.work.rate(self.ours.seconds) >= least,
            Target::None => true,
        }
    }

    fn line(&self, bench: &Bench, reached: bool) -> String {
        let target = match bench.target {
            Target::Milliseconds(most) => format!("<= {most} ms"),
            Target::Rate(least) => format!(">= {}", self.work.shown_rate(least)),
            Target::None => "-".to_owned(),
        };
        let (rival, ratio, peak) = match &self.rival {
            Some((name, usage)) => (
                format!("{name} {}", self.work.shown(usage.seconds)),
                format!("{:.1}x", usage.seconds / self.ours.seconds),
                megabytes(usage.peak_bytes),
            ),
            None => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
        };
        let ours = self.work.shown(self.ours.seconds);
        let our_peak = megabytes(self.ours.peak_bytes);
        let verdict = if reached { "" } else { "  MISSED" };
        format!(
            "{:<24} {ours:>16} {target:>16} {our_peak:>10} {rival:>20} {ratio:>7} {peak:>12}{verdict}",
            bench.name
        )
    }
}

impl Work {
    fn rate(self, seconds: f64) -> f64 {
        match self {
            Self::Once => 1.0 / seconds,
            Self::Rows(rows) => rows as f64 / seconds,
            Self::Bytes(bytes) => bytes as f64 / 1e6 / seconds,
        }
    }

    fn shown(self, seconds: f64) -> String {
        match self {
            Self::Once => format!("{:.1} ms", seconds * 1000.0),
            _ => self.shown_rate(self.rate(seconds)),
        }
    }

    fn shown_rate(self, rate: f64) -> String {
        match self {
            Self::Once => format!("{rate:.1} /s"),
            Self::Rows(_) => format!("{:.0}k rows/s", rate / 1000.0),
            Self::Bytes(_) => format!("{rate:.0} MB/s"),
        }
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_target_is_named_and_a_rival_twice_as_slow_has_ratio_two() {
        let usage = |seconds| Usage { seconds, processor_seconds: seconds, peak_bytes: 5_000_000 };
        let outcome = Outcome { work: Work::Rows(1000), ours: usage(0.5), rival: Some(("duck", usage(1.0))) };
        let bench =
            Bench { name: "filter", target: Target::Rate(5000.0), prepare: |_| anyhow::bail!("not run") };
        let reached = outcome.reaches(bench.target);
        assert!(!reached);
        let line = outcome.line(&bench, reached);
        assert_eq!(
            line.split_whitespace().collect::<Vec<_>>().join(" "),
            "filter 2k rows/s >= 5k rows/s 5.0 MB duck 1k rows/s 2.0x 5.0 MB MISSED"
        );
        assert!(
            outcome.reaches(Target::Milliseconds(500.0)) && !outcome.reaches(Target::Milliseconds(499.0))
        );
    }
}
