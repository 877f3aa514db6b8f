//! The log on standard error.

use crate::arguments::{Global, LogFormat};
use crate::console::Console;
use tracing_subscriber::EnvFilter;

/// Starts the log: warnings, more with `-v`, what `STREAMC_LOG` says if it is set.
pub(crate) fn start(global: &Global, console: &Console) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "streamc=info,warn",
        (false, 2) => "streamc=debug,info",
        (false, _) => "trace",
    };
    let filter = match global.log.as_deref().map(EnvFilter::try_new) {
        Some(Ok(filter)) => filter,
        Some(Err(error)) => {
            console.note(&format!("warning: STREAMC_LOG is not a filter: {error}"));
            EnvFilter::new(level)
        }
        None => EnvFilter::new(level),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(console.color_err());
    let started = match global.log_format {
        LogFormat::Text => log.with_target(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    if let Err(error) = started {
        console.note(&format!("warning: no log: {error}"));
    }
}
