//! A Flink session cluster: one JobManager and one TaskManager, each a JVM of its own, on loopback.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;

use super::{FlinkRest, JAVA_OPENS, JAVA_SMALL, Run, ports};
use crate::artefacts;
use crate::cache::Cache;
use crate::command::tail;
use crate::supervise::Supervised;
use crate::toolchain::java_program;

const START_LIMIT: Duration = Duration::from_mins(2);
const ATTEMPTS: usize = 3;
/// Slots of the TaskManager.
pub const SLOTS: u64 = 8;

/// A running cluster.
#[derive(Debug)]
pub struct FlinkCluster {
    cache: Cache,
    folder: PathBuf,
    rest: FlinkRest,
    job_manager: Supervised,
    task_manager: Option<Supervised>,
    task_managers_started: usize,
    runner: Option<String>,
}

impl FlinkCluster {
    /// Starts the cluster and waits until all slots are registered.
    pub fn start(run: &Run) -> Result<Self> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match Self::attempt(run) {
                Ok(cluster) => return Ok(cluster),
                Err(error) if format!("{error:#}").contains("BindException") => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no attempt was made"))).context("no free port for Flink")
    }

    fn attempt(run: &Run) -> Result<Self> {
        let folder = run.subfolder("flink")?;
        for part in ["conf", "log", "tmp", "checkpoints", "savepoints", "jars"] {
            std::fs::create_dir(folder.join(part))?;
        }
        let [rpc, rest] = ports::free::<2>()?;
        std::fs::write(folder.join("conf/config.yaml"), config(&folder, rpc, rest))?;
        let job_manager = jvm(
            run.cache(),
            &folder,
            "jobmanager",
            &["-Xmx640m", "-XX:MaxMetaspaceSize=512m"],
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        )?;
        let mut cluster = Self {
            cache: run.cache().clone(),
            folder,
            rest: FlinkRest::new(format!("http://127.0.0.1:{rest}")),
            job_manager,
            task_manager: None,
            task_managers_started: 0,
            runner: None,
        };
        cluster.start_taskmanager()?;
        cluster.await_slots(START_LIMIT)?;
        Ok(cluster)
    }

    /// The REST client.
    pub fn rest(&self) -> &FlinkRest {
        &self.rest
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Where its configuration, logs, checkpoints and savepoints are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Kills the TaskManager's whole process group with SIGKILL, and returns when it is gone.
    pub fn kill_taskmanager(&mut self) -> Result<()> {
        let mut task_manager = self.task_manager.take().context("no TaskManager runs")?;
        task_manager.kill();
        Ok(())
    }

    /// Starts a TaskManager in the place of a killed one; returns at once.
    pub fn start_taskmanager(&mut self) -> Result<()> {
        if self.task_manager.is_some() {
            bail!("a TaskManager runs already");
        }
        self.task_managers_started += 1;
        self.task_manager = Some(jvm(
            &self.cache,
            &self.folder,
            &format!("taskmanager-{}", self.task_managers_started),
            &["-Xmx512m", "-XX:MaxDirectMemorySize=320m", "-XX:MaxMetaspaceSize=256m"],
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        )?);
        Ok(())
    }

    /// Waits until a TaskManager with all its slots is registered.
    pub fn await_slots(&mut self, timeout: Duration) -> Result<()> {
        let deadline = Instant::now() + timeout;
        loop {
            if self.rest.get("/overview").is_ok_and(|found| found["slots-total"].as_u64() >= Some(SLOTS)) {
                return Ok(());
            }
            if let Some(status) = self.job_manager.ended()? {
                bail!("Flink's JobManager ended ({status})\n{}", self.logs());
            }
            if let Some(status) = self.task_manager.as_mut().map(Supervised::ended).transpose()?.flatten() {
                bail!("Flink's TaskManager ended ({status})\n{}", self.logs());
            }
            if Instant::now() > deadline {
                bail!("Flink's TaskManager did not register within {timeout:?}\n{}", self.logs());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs a built job (`job.json`) through the runner jar and returns the job's id. `settings` override those of the
    /// file.
    pub fn run_job(&mut self, job_json: &str, settings: &[(&str, &str)]) -> Result<String> {
        let jar = match &self.runner {
            Some(jar) => jar.clone(),
            None => self.rest.upload(&artefacts::runner_jar(&self.cache)?)?,
        };
        self.runner = Some(jar.clone());
        let data = base64::engine::general_purpose::STANDARD.encode(job_json);
        let mut arguments = vec!["--job-base64".to_owned(), data];
        for (key, value) in settings {
            arguments.extend(["--set".to_owned(), format!("{key}={value}")]);
        }
        self.rest.run_jar(&jar, &arguments)
    }

    fn logs(&self) -> String {
        let task_manager = format!("log/taskmanager-{}", self.task_managers_started);
        let files = ["log/jobmanager.log", "log/jobmanager.out"].map(str::to_owned);
        let files = files.into_iter().chain([format!("{task_manager}.log"), format!("{task_manager}.out")]);
        files.map(|file| tail(&self.folder.join(file), 15)).collect::<Vec<_>>().join("\n")
    }
}

fn jvm(cache: &Cache, folder: &Path, name: &str, memory: &[&str], main: &str) -> Result<Supervised> {
    let conf = folder.join("conf");
    let log = conf.join(format!("{name}.log4j.properties"));
    std::fs::write(&log, log_properties(&folder.join("log"), name))?;
    let out = File::create(folder.join(format!("log/{name}.out")))?;
    let home = cache.flink_home();
    let mut java = Command::new(java_program("java"));
    java.args(memory).args(JAVA_SMALL).args(JAVA_OPENS);
    java.arg(format!("-Dlog4j.configurationFile={}", log.display()));
    java.arg(format!("-Djava.io.tmpdir={}", folder.join("tmp").display()));
    java.args(["-cp", &cache.flink_class_path(), main, "--configDir"]).arg(&conf);
    java.env("FLINK_CONF_DIR", &conf).env("FLINK_LIB_DIR", home.join("lib"));
    java.env("FLINK_PLUGINS_DIR", home.join("plugins")).env("FLINK_OPT_DIR", home.join("opt"));
    java.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
    Supervised::spawn(&mut java).with_context(|| format!("cannot start Flink's {name}"))
}

/// Logging to `folder/name.log`.
pub(super) fn log_properties(folder: &Path, name: &str) -> String {
    let file = folder.join(format!("{name}.log"));
    format!(
        "rootLogger.level=INFO
rootLogger.appenderRef.file.ref=file
appender.file.name=file
appender.file.type=File
appender.file.fileName={}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{{ISO8601}} %-5p %c{{1}} %m%n
",
        file.display()
    )
}

/// A TaskManager that is started without Flink's shell scripts must be told every memory size.
fn config(folder: &Path, rpc: u16, rest: u16) -> String {
    let folder = folder.display();
    let opens = JAVA_OPENS.join(" ");
    format!(
        "# What Flink's shell scripts start is told so by the file that comes with Flink; this one takes its place.
env.java.opts.all: {opens}
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: {rpc}
jobmanager.bind-host: 127.0.0.1
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
taskmanager.numberOfTaskSlots: {SLOTS}
rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: {rest}
blob.server.port: 0
web.upload.dir: {folder}/jars
io.tmp.dirs: {folder}/tmp
execution.checkpointing.dir: file://{folder}/checkpoints
execution.checkpointing.savepoint-dir: file://{folder}/savepoints
parallelism.default: 1
# A killed TaskManager is noticed within seconds instead of a minute.
heartbeat.interval: 1 s
heartbeat.timeout: 6 s
heartbeat.rpc-failure-threshold: 2
slot.request.timeout: 60 s
cluster.registration.initial-timeout: 100 ms
cluster.registration.error-delay: 500 ms
metrics.fetcher.update-interval: 1000
taskmanager.cpu.cores: 2
taskmanager.memory.network.min: 128m
taskmanager.memory.network.max: 128m
taskmanager.memory.task.heap.size: 384m
taskmanager.memory.task.off-heap.size: 0b
taskmanager.memory.managed.size: 128m
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
"
    )
}
