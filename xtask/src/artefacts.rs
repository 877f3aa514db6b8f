//! What the harness builds from this tree for the engines: the oracle's classes and the runner jar. Both lie in the
//! cache under the digest of their sources, so an unchanged source is never built twice.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::cache::Cache;
use crate::command::run_logged;
use crate::digest;
use crate::toolchain::java_program;

const LIMIT: Duration = Duration::from_mins(15);

/// The folder of the compiled Flink oracle (`tests/oracle/*.java`).
pub fn oracle_classes(cache: &Cache) -> Result<PathBuf> {
    let sources = files(&crate::repository().join("tests/oracle"), "java")?;
    let stamp = std::fs::read(cache.flink_home().join(".stamp")).context("Flink is not installed")?;
    let folder = cache.join(format!("built/oracle-{}", &fingerprint(&sources, &stamp)?[..16]));
    if folder.join("FlinkOracle.class").exists() {
        return Ok(folder);
    }
    let _lock = cache.lock()?;
    let work = scratch(cache)?;
    let mut javac = Command::new(java_program("javac"));
    javac.args(["-nowarn", "-Xlint:none", "--release", "17", "-cp", &cache.flink_class_path(), "-d"]);
    javac.arg(work.path().join("classes")).args(&sources);
    run_logged(&mut javac, &work.path().join("javac.log"), LIMIT)
        .context("cannot compile the Flink oracle")?;
    // Flink finds the sink of the oracle as it finds every connector.
    let services = work.path().join("classes/META-INF/services");
    std::fs::create_dir_all(&services)?;
    std::fs::write(services.join("org.apache.flink.table.factories.Factory"), "RowsSink\n")?;
    publish(&work.path().join("classes"), &folder)?;
    Ok(folder)
}

/// The runner jar (`runtime/flink-runner`), built and tested by Maven.
pub fn runner_jar(cache: &Cache) -> Result<PathBuf> {
    let project = crate::repository().join("runtime/flink-runner");
    let mut sources = files(&project.join("src"), "java")?;
    sources.push(project.join("pom.xml"));
    let folder = cache.join(format!("built/runner-{}", &fingerprint(&sources, b"")?[..16]));
    let jar = folder.join("streamc-runner.jar");
    if jar.exists() {
        return Ok(jar);
    }
    let _lock = cache.lock()?;
    let work = scratch(cache)?;
    // Maven writes `target/` beside the pom, so it works on a copy.
    let copy = work.path().join("project");
    for source in &sources {
        let target = copy.join(source.strip_prefix(&project)?);
        std::fs::create_dir_all(target.parent().unwrap_or(&copy))?;
        std::fs::copy(source, target)?;
    }
    let mut maven = Command::new("mvn");
    maven.args(["-B", "-ntp", "-q", "package", "-f"]).arg(copy.join("pom.xml"));
    run_logged(&mut maven, &work.path().join("maven.log"), LIMIT).context("cannot build the runner jar")?;
    let built = work.path().join("jar");
    std::fs::create_dir(&built)?;
    std::fs::copy(copy.join("target/streamc-runner.jar"), built.join("streamc-runner.jar"))?;
    publish(&built, &folder)?;
    Ok(jar)
}

fn scratch(cache: &Cache) -> Result<tempfile::TempDir> {
    std::fs::create_dir_all(cache.join("built"))?;
    Ok(tempfile::Builder::new().prefix("work-").tempdir_in(cache.join("built"))?)
}

fn publish(made: &Path, folder: &Path) -> Result<()> {
    if !folder.exists() {
        std::fs::rename(made, folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    Ok(())
}

/// The files below `folder` with this extension, sorted by path.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn fingerprint(sources: &[PathBuf], extra: &[u8]) -> Result<String> {
    let mut parts = vec![extra.to_vec()];
    for source in sources {
        parts.push(source.file_name().unwrap_or_default().to_string_lossy().into_owned().into_bytes());
        parts.push(std::fs::read(source)?);
    }
    Ok(digest::of_texts(parts.iter().map(Vec::as_slice)))
}
