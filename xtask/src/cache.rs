//! The folder outside the tree that holds the engines, and where each thing lies in it.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// The environment variable that names the cache and tells the engine suites that it is filled.
pub const VARIABLE: &str = "STREAMC_ENGINES";

/// The cache of engines.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// `$STREAMC_ENGINES`, else `streamc/engines` in the user's cache folder.
    pub fn locate() -> Result<Self> {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = match (set(VARIABLE), set("XDG_CACHE_HOME"), set("HOME")) {
            (Some(root), _, _) => root,
            (None, Some(cache), _) => cache.join("streamc/engines"),
            (None, None, Some(home)) => home.join(".cache/streamc/engines"),
            (None, None, None) => bail!("neither {VARIABLE} nor XDG_CACHE_HOME nor HOME is set"),
        };
        Self::at(root)
    }

    /// The cache that the caller of the engine suites prepared; `None` when `STREAMC_ENGINES` is not set.
    pub fn prepared() -> Option<Self> {
        let root = env::var_os(VARIABLE).filter(|value| !value.is_empty())?;
        Self::at(PathBuf::from(root)).ok()
    }

    fn at(root: PathBuf) -> Result<Self> {
        Ok(Self { root: std::path::absolute(root)? })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the cache.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Class path of the Kafka broker.
    pub fn kafka_class_path(&self) -> String {
        format!("{}/*", self.join("kafka").display())
    }

    /// The Flink distribution: `lib/`, `opt/`, `bin/`, `conf/`, `plugins/`.
    pub fn flink_home(&self) -> PathBuf {
        self.join("flink")
    }

    /// Class path of Flink: every jar of its `lib/`.
    pub fn flink_class_path(&self) -> String {
        format!("{}/*", self.flink_home().join("lib").display())
    }

    /// Flink's JDBC connector with PostgreSQL's driver, and PostgreSQL itself in a jar.
    pub fn postgres(&self) -> PathBuf {
        self.join("postgres")
    }

    /// The Python that has the Kafka client.
    pub fn client_python(&self) -> PathBuf {
        self.join("client/bin/python")
    }

    /// The Python that has PySpark.
    pub fn spark_python(&self) -> PathBuf {
        self.join("spark/bin/python")
    }

    /// The Python that has the rivals of the benchmarks.
    pub fn bench_python(&self) -> PathBuf {
        self.join("bench/bin/python")
    }

    /// Spark's Kafka source and sink: the jars for `spark.jars`, sorted by name.
    pub fn spark_kafka_jars(&self) -> Result<Vec<PathBuf>> {
        jars(&self.join("spark-kafka"))
    }

    /// Waits until no other process changes the cache. The lock ends with the value.
    pub fn lock(&self) -> Result<File> {
        std::fs::create_dir_all(&self.root)
            .with_context(|| format!("cannot make the engine cache {}", self.root.display()))?;
        let path = self.join("lock");
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        if file.try_lock().is_err() {
            let start = Instant::now();
            eprintln!("[setup] waiting for another process that holds {}", path.display());
            file.lock()?;
            eprintln!("[setup] … it finished after {:.1} s", start.elapsed().as_secs_f64());
        }
        Ok(file)
    }
}

/// The jars of a folder, sorted by name.
pub fn jars(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jar") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
