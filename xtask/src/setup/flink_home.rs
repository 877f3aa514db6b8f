//! The Flink distribution. `flink-dist` is published in Python wheels only, so it is taken out of those; connectors and
//! formats come from Maven and go to `lib/`, where a user of Flink puts them. The wheels lack the SQL gateway, which
//! Flink's own archive has in `opt/`, and without which its SQL client does not start.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::venv::pip;
use crate::cache::jars;
use crate::command::run_logged;

const LIMIT: Duration = Duration::from_mins(20);

/// Builds `home` from the wheels that `requirements` pins and the jars in `connectors`.
pub fn build(python: &Path, requirements: &Path, connectors: &Path, home: &Path) -> Result<()> {
    let parent = home.parent().context("the Flink folder has no parent")?;
    let work = tempfile::Builder::new().prefix("flink.unpack").tempdir_in(parent)?;
    let wheels = work.path().join("wheels");
    super::with_retries("pip", || {
        let mut pip = pip(python);
        pip.args(["download", "-q", "--no-deps", "--require-hashes", "--only-binary=:all:"]);
        // One wheel for every machine: only platform-independent files are used.
        pip.args(["--python-version", "311", "--platform", "manylinux2014_x86_64", "-d"]).arg(&wheels);
        pip.arg("-r").arg(requirements);
        run_logged(&mut pip, &work.path().join("pip.log"), LIMIT)
    })?;
    let unpacked = work.path().join("unpacked");
    for wheel in std::fs::read_dir(&wheels)? {
        let mut unzip = Command::new(python);
        unzip.args(["-m", "zipfile", "-e"]).arg(wheel?.path()).arg(&unpacked);
        run_logged(&mut unzip, &work.path().join("unzip.log"), LIMIT)?;
    }
    let pyflink = unpacked.join("pyflink");
    std::fs::create_dir_all(home)?;
    for part in ["lib", "opt", "bin", "conf", "plugins"] {
        let from = pyflink.join(part);
        std::fs::rename(&from, home.join(part))
            .with_context(|| format!("the wheels have no {}", from.display()))?;
    }
    for script in std::fs::read_dir(home.join("bin"))? {
        make_executable(&script?.path())?;
    }
    for jar in jars(connectors)? {
        let name = jar.file_name().unwrap_or_default();
        std::fs::copy(&jar, home.join(place_of(&name.to_string_lossy())).join(name))?;
    }
    Ok(())
}

/// The folder of the distribution that a jar belongs to.
fn place_of(jar: &str) -> &'static str {
    if jar.starts_with("flink-sql-gateway-") { "opt" } else { "lib" }
}

fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}
