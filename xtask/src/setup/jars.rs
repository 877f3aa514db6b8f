//! Jars through Maven: a small `pom.xml` says which, the dependency plugin copies them to a folder.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::command::run_logged;
use crate::toolchain::Toolchain;

/// The plugin is pinned as well: without a version Maven takes the newest.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const LIMIT: Duration = Duration::from_mins(20);

/// Copies the runtime dependencies of `pom` to `folder`.
pub fn copy(tools: &Toolchain, pom: &Path, folder: &Path) -> Result<()> {
    // A copy of the pom outside the tree: Maven must not leave a `target/` beside the committed one.
    let work = tempfile::tempdir()?;
    let copy = work.path().join("pom.xml");
    std::fs::copy(pom, &copy).with_context(|| format!("cannot read {}", pom.display()))?;
    super::with_retries("maven", || {
        let mut maven = Command::new(&tools.maven);
        maven.args(["-B", "-ntp", "-q", "--strict-checksums", "-f"]).arg(&copy).arg(COPY);
        maven.arg("-DincludeScope=runtime").arg(format!("-DoutputDirectory={}", folder.display()));
        run_logged(&mut maven, &work.path().join("maven.log"), LIMIT)
    })
}
