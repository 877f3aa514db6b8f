//! One Kafka broker (KRaft, broker and controller in one process) on loopback, with its data in the run's folder.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::{JAVA_SMALL, Run, ports};
use crate::command::{run_logged, tail};
use crate::supervise::Supervised;
use crate::toolchain::java_program;

/// Any 16 bytes in URL-safe Base64: each broker has fresh data, so the id never has to differ.
const CLUSTER_ID: &str = "c3RyZWFtYy10ZXN0cy1rZg";
const START_LIMIT: Duration = Duration::from_secs(90);
const ATTEMPTS: usize = 3;

/// A running broker.
#[derive(Debug)]
pub struct Kafka {
    bootstrap: String,
    folder: PathBuf,
    process: Supervised,
}

impl Kafka {
    /// Starts a broker and waits until it serves.
    pub fn start(run: &Run) -> Result<Self> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match Self::attempt(run) {
                Ok(kafka) => return Ok(kafka),
                // Somebody else took one of the ports in between.
                Err(error) if format!("{error:#}").contains("Address already in use") => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no attempt was made")))
            .context("no free port for the broker")
    }

    fn attempt(run: &Run) -> Result<Self> {
        let folder = run.subfolder("kafka")?;
        let [port, controller] = ports::free::<2>()?;
        let properties = folder.join("server.properties");
        std::fs::write(&properties, server_properties(&folder, port, controller))?;
        std::fs::write(folder.join("log4j2.properties"), log_properties(&folder))?;
        let java = || {
            let mut java = Command::new(java_program("java"));
            java.arg("-Xmx256m").args(JAVA_SMALL);
            java.arg(format!("-Dlog4j2.configurationFile={}", folder.join("log4j2.properties").display()));
            java.args(["-cp", &run.cache().kafka_class_path()]);
            java
        };
        let mut format = java();
        format
            .args(["kafka.tools.StorageTool", "format", "--standalone", "-t", CLUSTER_ID, "-c"])
            .arg(&properties);
        run_logged(&mut format, &folder.join("format.log"), START_LIMIT)
            .context("cannot format Kafka's storage")?;

        let out = File::create(folder.join("out.log"))?;
        let mut server = java();
        server.arg("kafka.Kafka").arg(&properties);
        server.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let process = Supervised::spawn(&mut server)?;
        let mut kafka = Self { bootstrap: format!("127.0.0.1:{port}"), folder, process };
        kafka.wait_until_it_serves()?;
        Ok(kafka)
    }

    fn wait_until_it_serves(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        let log = self.folder.join("broker.log");
        loop {
            if std::fs::read_to_string(&log).is_ok_and(|text| text.contains("Kafka Server started")) {
                return Ok(());
            }
            let logs = || format!("{}\n{}", tail(&log, 20), tail(&self.folder.join("out.log"), 10));
            if let Some(status) = self.process.ended()? {
                bail!("the Kafka broker ended while starting ({status})\n{}", logs());
            }
            if Instant::now() > deadline {
                bail!("the Kafka broker did not start within {} s\n{}", START_LIMIT.as_secs(), logs());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// `host:port` for clients.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Where its configuration, log and data are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn server_properties(folder: &Path, port: u16, controller: u16) -> String {
    let listeners = format!("PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}");
    let data = folder.join("data");
    format!(
        "process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners={listeners}
advertised.listeners={listeners}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={}
auto.create.topics.enable=false
# One node: internal topics have one partition and one replica.
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# transaction.max.timeout.ms stays at its default of 15 minutes: a job that asks for more must fail here too.
group.initial.rebalance.delay.ms=0
log.segment.bytes=16777216
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=2
background.threads=2
",
        data.display()
    )
}

fn log_properties(folder: &Path) -> String {
    format!(
        "status=ERROR
appender.file.type=File
appender.file.name=file
appender.file.fileName={}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{{ISO8601}} %-5p %m (%c{{1}})%n%ex
rootLogger.level=INFO
rootLogger.appenderRef.file.ref=file
",
        folder.join("broker.log").display()
    )
}
