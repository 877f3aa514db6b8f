//! `cargo xtask setup`: installs the engines into the cache.
//!
//! An engine is made of components; each component is a folder of the cache with a stamp in it. The stamp is a digest
//! of everything the component was made from (pins, checksums, interpreter), so that a changed pin installs anew and
//! an unchanged one costs nothing. A component without a stamp was interrupted: it is removed and made again, and what
//! Maven and pip had already fetched is still in their caches.

mod checksums;
mod flink_home;
mod jars;
mod venv;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::cache::Cache;
use crate::digest;
use crate::toolchain::Toolchain;
use checksums::Checksums;

/// What can be asked for on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// The Kafka broker and the test client.
    Kafka,
    /// The Flink distribution with the Kafka connector.
    Flink,
    /// PySpark with the Kafka source and sink.
    Spark,
    /// PostgreSQL, and what Flink needs to ask it.
    Postgres,
    /// Rivals that the benchmarks run; not part of a plain `setup`.
    Bench,
}

const ENGINES: [Engine; 4] = [Engine::Kafka, Engine::Flink, Engine::Spark, Engine::Postgres];

/// How a component is made.
enum Recipe {
    /// Jars that Maven resolves from `engines/<name>/pom.xml`.
    Jars,
    /// A virtual environment from `engines/python/<name>.txt`, built with the packages of the second file if any.
    Venv { build: Option<&'static str> },
    /// The Flink distribution, from wheels and `engines/flink/pom.xml`.
    FlinkHome,
}

struct Component {
    name: &'static str,
    title: &'static str,
    engines: &'static [Engine],
    recipe: Recipe,
}

/// Every component, in the order of installation.
const COMPONENTS: [Component; 7] = [
    Component {
        name: "client",
        title: "Kafka client for Python",
        engines: &[Engine::Kafka, Engine::Flink],
        recipe: Recipe::Venv { build: None },
    },
    Component { name: "kafka", title: "Kafka broker", engines: &[Engine::Kafka], recipe: Recipe::Jars },
    Component { name: "flink", title: "Flink", engines: &[Engine::Flink], recipe: Recipe::FlinkHome },
    Component {
        name: "spark",
        title: "PySpark",
        engines: &[Engine::Spark],
        recipe: Recipe::Venv { build: Some("build") },
    },
    Component {
        name: "spark-kafka",
        title: "Kafka for Spark",
        engines: &[Engine::Spark],
        recipe: Recipe::Jars,
    },
    Component { name: "postgres", title: "PostgreSQL", engines: &[Engine::Postgres], recipe: Recipe::Jars },
    Component {
        name: "bench",
        title: "rivals of the benchmarks",
        engines: &[Engine::Bench],
        recipe: Recipe::Venv { build: None },
    },
];

const STAMP: &str = ".stamp";

/// Installs what is missing. `only` limits it to one engine; `write_checksums` records the checksums of what was
/// fetched instead of verifying them.
pub fn run(cache: &Cache, only: Option<Engine>, write_checksums: bool) -> Result<()> {
    let start = Instant::now();
    let tools = Toolchain::find()?;
    let _lock = cache.lock()?;
    println!("[setup] engines in {}", cache.root().display());
    let setup = Setup { cache, tools: &tools, checksums: Checksums::load()?, write_checksums };
    let mut recorded = setup.checksums.clone();
    for component in &COMPONENTS {
        let wanted = match only {
            Some(engine) => component.engines.contains(&engine),
            None => component.engines.iter().any(|engine| ENGINES.contains(engine)),
        };
        if wanted {
            setup
                .install(component, &mut recorded)
                .with_context(|| format!("cannot install {}", component.title))?;
        }
    }
    if write_checksums {
        recorded.save()?;
        println!("[setup] wrote {}", checksums::path().display());
    }
    println!("[setup] done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

struct Setup<'a> {
    cache: &'a Cache,
    tools: &'a Toolchain,
    checksums: Checksums,
    write_checksums: bool,
}

impl Setup<'_> {
    fn install(&self, component: &Component, recorded: &mut Checksums) -> Result<()> {
        let folder = self.cache.join(component.name);
        let stamp = self.stamp(component, &self.checksums)?;
        let present = std::fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == stamp);
        if present && !self.write_checksums {
            println!("[setup] {:<26} up to date", component.title);
            return Ok(());
        }
        let start = Instant::now();
        println!("[setup] {:<26} installing", component.title);
        remove(&folder)?;
        match &component.recipe {
            Recipe::Jars => {
                jars::copy(self.tools, &engine_file(component.name).join("pom.xml"), &folder)?;
                self.verify(component.name, &folder, recorded)?;
            }
            Recipe::Venv { build } => {
                venv::create(self.tools, &folder)?;
                if let Some(build) = build {
                    venv::install(&folder, &requirements(build), true)?;
                }
                venv::install(&folder, &requirements(component.name), build.is_none())?;
            }
            Recipe::FlinkHome => {
                let connectors = self.cache.join("flink.connectors");
                remove(&connectors)?;
                jars::copy(self.tools, &engine_file("flink").join("pom.xml"), &connectors)?;
                self.verify("flink", &connectors, recorded)?;
                let pip = self.cache.client_python();
                flink_home::build(&pip, &requirements("flink-wheels"), &connectors, &folder)?;
                remove(&connectors)?;
            }
        }
        let stamp = if self.write_checksums { self.stamp(component, recorded)? } else { stamp };
        std::fs::write(folder.join(STAMP), stamp)?;
        let seconds = start.elapsed().as_secs_f64();
        println!("[setup] {:<26} {} MB in {seconds:.1} s", component.title, size(&folder)? / 1_000_000);
        Ok(())
    }

    fn verify(&self, name: &str, folder: &Path, recorded: &mut Checksums) -> Result<()> {
        if self.write_checksums { recorded.record(name, folder) } else { self.checksums.verify(name, folder) }
    }

    /// Digest of all that decides what the component holds.
    fn stamp(&self, component: &Component, checksums: &Checksums) -> Result<String> {
        let mut parts: Vec<Vec<u8>> = vec![b"1".to_vec()];
        let mut file = |path: PathBuf| -> Result<()> {
            parts.push(std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
            Ok(())
        };
        match &component.recipe {
            Recipe::Jars => file(engine_file(component.name).join("pom.xml"))?,
            Recipe::Venv { build } => {
                file(requirements(component.name))?;
                if let Some(build) = build {
                    file(requirements(build))?;
                }
                parts.push(venv::interpreter(self.tools)?.into_bytes());
            }
            Recipe::FlinkHome => {
                file(engine_file("flink").join("pom.xml"))?;
                file(requirements("flink-wheels"))?;
            }
        }
        parts.push(checksums.lines_of(component.name).into_bytes());
        Ok(digest::of_texts(parts.iter().map(Vec::as_slice)))
    }
}

fn engine_file(name: &str) -> PathBuf {
    crate::repository().join("xtask/engines").join(name)
}

fn requirements(name: &str) -> PathBuf {
    engine_file("python").join(format!("{name}.txt"))
}

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Bytes of all files below `folder`; links are not followed.
fn size(folder: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        total += if kind.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(total)
}

/// Runs a download up to three times: registries and networks have bad moments.
fn with_retries(what: &str, mut attempt: impl FnMut() -> Result<()>) -> Result<()> {
    for round in 1..3 {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(error) => eprintln!("[setup] {what}: attempt {round} failed, trying again\n{error:#}"),
        }
    }
    attempt()
}
