//! Python packages: a virtual environment per use, every package pinned by version and hash.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::command::{output, run_logged};
use crate::toolchain::Toolchain;

const LIMIT: Duration = Duration::from_mins(20);

/// The version and place of the interpreter that environments are made from.
pub fn interpreter(tools: &Toolchain) -> Result<String> {
    let script = "import sys; print(sys.version_info[:2], sys.base_prefix)";
    output(Command::new(&tools.python).args(["-c", script]), LIMIT)
}

/// Makes an empty environment.
pub fn create(tools: &Toolchain, folder: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let mut command = Command::new(&tools.python);
    command.args(["-m", "venv"]).arg(folder);
    run_logged(&mut command, &work.path().join("venv.log"), LIMIT)
}

/// Installs the packages of a requirements file. `isolated` is false when what builds a package was installed before,
/// so that pip fetches nothing that the files do not name.
pub fn install(folder: &Path, requirements: &Path, isolated: bool) -> Result<()> {
    let work = tempfile::tempdir()?;
    super::with_retries("pip", || {
        let mut pip = pip(&folder.join("bin/python"));
        pip.args(["install", "-q", "--no-deps", "--require-hashes"]);
        if !isolated {
            pip.arg("--no-build-isolation");
        }
        pip.arg("-r").arg(requirements);
        run_logged(&mut pip, &work.path().join("pip.log"), LIMIT)
    })
}

/// `python -m pip`, quiet about its own updates and deaf to questions.
pub fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check", "--no-input"]);
    command
}
