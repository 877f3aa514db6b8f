//! Running other programs to their end: with a log, a deadline and a message that says what went wrong.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::supervise::Supervised;

/// Runs `command` with its output in the file `log` (made new) and fails unless it ends with 0 within `timeout`.
/// The error has the end of the log.
pub fn run_logged(command: &mut Command, log: &Path, timeout: Duration) -> Result<()> {
    let what = shown(command);
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let mut child = Supervised::spawn(command)?;
    match child.wait(timeout)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("{what}: {status}\n{}", tail(log, 30)),
        None => bail!("{what}: still running after {} s\n{}", timeout.as_secs(), tail(log, 30)),
    }
}

/// Runs `command` and returns its standard output and standard error together. Fails unless it ends with 0 in time.
pub fn output(command: &mut Command, timeout: Duration) -> Result<String> {
    let log = tempfile::NamedTempFile::new()?;
    run_logged(command, log.path(), timeout)?;
    Ok(String::from_utf8_lossy(&std::fs::read(log.path())?).into_owned())
}

/// Runs `command` on this terminal and says whether it ended with 0. There is no deadline: a person is watching.
pub fn run_shown(command: &mut Command) -> Result<bool> {
    command.stdin(Stdio::null());
    let mut child = Supervised::spawn(command)?;
    loop {
        if let Some(status) = child.wait(Duration::from_hours(1))? {
            return Ok(status.success());
        }
    }
}

/// The last `lines` lines of a file, indented; says so when it cannot be read or is empty.
pub fn tail(log: &Path, lines: usize) -> String {
    let text = match std::fs::read(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return format!("    ({}: {error})", log.display()),
    };
    let all: Vec<&str> = text.lines().collect();
    if all.is_empty() {
        return format!("    ({} is empty)", log.display());
    }
    let shown: Vec<String> =
        all[all.len().saturating_sub(lines)..].iter().map(|line| format!("    | {line}")).collect();
    format!("    end of {}:\n{}", log.display(), shown.join("\n"))
}

/// A command as a person would type it, shortened.
fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    if text.chars().count() > 160 {
        text = text.chars().take(160).collect::<String>() + "…";
    }
    text
}
