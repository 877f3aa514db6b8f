//! The streamc command line.

mod arguments;
mod commands;
mod config;
mod console;
mod logging;
mod render;
mod sources;

use arguments::{Arguments, Command};
use clap::Parser;
use console::Console;
use std::process::ExitCode;

/// How a command ended. The numbers are the contract of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing to complain about.
    Fine,
    /// Findings: errors in the user's files, failing tests, files that are not formatted.
    Findings,
    /// Wrong usage, configuration, input or output, or a fault of ours.
    Failed,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Findings => 1,
            Outcome::Failed => 2,
            Outcome::Interrupted => 130,
        })
    }
}

fn main() -> ExitCode {
    // A deep tree (nested SQL, long chains of pipes) may need more stack than the main thread of some systems has.
    let worker = std::thread::Builder::new().name("streamc".into()).stack_size(64 << 20).spawn(start);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome.into(),
        _ => Outcome::Failed.into(),
    }
}

fn start() -> Outcome {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Outcome::Failed } else { Outcome::Fine };
        }
    };
    let console = Console::new(arguments.global.color, arguments.global.quiet);
    logging::start(&arguments.global, &console);
    silence_panics();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&arguments, &console)));
    match result {
        Ok(_) if console.has_lost() => Outcome::Failed,
        Ok(outcome) => outcome,
        Err(_) => {
            report_bug(&console);
            Outcome::Failed
        }
    }
}

fn dispatch(arguments: &Arguments, console: &Console) -> Outcome {
    match &arguments.command {
        Command::New(a) => commands::new::run(a, console),
        Command::Check(a) => commands::check::run(a, console),
        Command::Build(a) => commands::build::run(a, console),
        Command::Run(a) => commands::run::run(a, console),
        Command::Test(a) => commands::test::run(a, console),
        Command::Describe(a) => commands::describe::run(a, console),
        Command::Graph(a) => commands::graph::run(a, console),
        Command::Fmt(a) => commands::fmt::run(a, console),
        Command::Infer(a) => commands::infer::run(a, console),
        Command::Explain(a) => commands::explain::run(a, console),
        Command::Completions(a) => commands::completions::run(a, console),
    }
}

static LAST_PANIC: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

/// Keeps what a panic says for the report in place of printing it.
fn silence_panics() {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            let trace = std::backtrace::Backtrace::capture();
            let trace = match trace.status() {
                std::backtrace::BacktraceStatus::Captured => format!("\n{trace}"),
                _ => String::new(),
            };
            *last = Some(format!("{info}{trace}"));
        }
    }));
}

fn report_bug(console: &Console) {
    let what = LAST_PANIC.lock().ok().and_then(|mut p| p.take()).unwrap_or_else(|| "unknown".into());
    console.message(&format!(
        "error[ST9001]: streamc failed, and that is a fault of streamc\n\n{what}\n\nPlease report it with this text, the \
         command, `streamc --version` ({}) and, if you can, the file.\nRUST_BACKTRACE=1 adds a trace.",
        env!("CARGO_PKG_VERSION")
    ));
}
