//! Built jobs whose Kafka broker is not there: one clear line and exit code 2, in seconds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, streamc_binary, suite as suite_of, tests};
use xtask::artefacts;
use xtask::supervise::Supervised;

/// What the jobs wait for brokers unless they are told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);
/// Python with PySpark, or a JVM with Flink's client, on a busy machine.
const START_UP: Duration = Duration::from_secs(30);

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(
        engines,
        "no_broker",
        tests![
            a_flink_job_whose_broker_is_missing_is_not_submitted,
            the_rest_interface_of_flink_answers_with_the_same_line,
            a_spark_job_whose_broker_is_missing_starts_no_session,
        ],
    )
}

const PROGRAM: &str = r#"
app no_broker { delivery: at_least_once }

source ticks = kafka {
  brokers: env("BROKERS", "localhost:9092"),
  topic: "ticks",
  schema: { id BIGINT },
}

stream odd = ticks | filter MOD(id, 2) = 1

sink out = kafka {
  brokers: env("BROKERS", "localhost:9092"),
  topic: "odd",
} from odd
"#;

/// A built job in a folder of its own.
fn build(engines: &Engines, engine: &str) -> Result<PathBuf> {
    let folder = engines.run().subfolder("no-broker")?;
    std::fs::write(folder.join("no_broker.stream"), PROGRAM)?;
    let arguments = ["build", "no_broker.stream", "--engine", engine, "--out", "jobs"];
    let output = Command::new(streamc_binary()?).args(arguments).current_dir(&folder).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(folder.join("jobs/no_broker").join(engine))
}

/// A loopback address on which nothing listens.
fn closed() -> Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// What is said of `closed()`.
fn refused(address: &str) -> String {
    format!(
        "no Kafka broker of source \"ticks\" and sink \"out\" answers: {address} (connection refused). \
         Is it running, and is the address right? (--broker-timeout 0 starts the job without asking)"
    )
}

/// Runs a job with every kind of missing broker: each time one line, exit code 2, and no more than the limit.
fn each_is_one_line(folder: &Path, job: impl Fn() -> Command) -> Result<()> {
    let closed = closed()?;
    let wrong = "the broker address \"localhost\" of source \"ticks\" is not host:port, as in localhost:9092 or [::1]:9092";
    for (brokers, expected) in [(closed.as_str(), refused(&closed)), ("localhost", wrong.to_owned())] {
        let (out, err) = (folder.join("out"), folder.join("err"));
        let mut command = job();
        command.env("BROKERS", brokers).stdin(Stdio::null());
        command.stdout(std::fs::File::create(&out)?).stderr(std::fs::File::create(&err)?);
        let status = Supervised::spawn(&mut command)?.wait(PATIENCE + START_UP)?;
        let (out, err) = (std::fs::read_to_string(out)?, std::fs::read_to_string(err)?);
        let status = status.with_context(|| format!("still running: {out}\n{err}"))?;
        ensure!(status.code() == Some(2), "{status}: {out}\n{err}");
        // A JVM may tell what options it got from the environment.
        let lines: Vec<&str> = err.lines().filter(|line| !line.starts_with("Picked up ")).collect();
        ensure!(lines == [format!("error: {expected}")] && out.is_empty(), "{out}\n{err}");
    }
    Ok(())
}

fn a_flink_job_whose_broker_is_missing_is_not_submitted(engines: &Engines) -> Result<()> {
    let folder = build(engines, "flink")?;
    let cache = engines.run().cache().clone();
    let jar = artefacts::runner_jar(&cache)?;
    each_is_one_line(&folder, || {
        let mut flink = Command::new("bash");
        flink.arg(cache.flink_home().join("bin/flink")).args(["run", "-d"]).arg(&jar);
        flink.arg("--job").arg(folder.join("job.json"));
        flink.env("FLINK_CONF_DIR", cache.flink_home().join("conf")).env("FLINK_LOG_DIR", &folder);
        flink
    })
}

fn the_rest_interface_of_flink_answers_with_the_same_line(engines: &Engines) -> Result<()> {
    let folder = build(engines, "flink")?;
    let job = folder.join("job.json").display().to_string();
    let closed = closed()?;
    let jar = artefacts::runner_jar(engines.run().cache())?;
    let cluster = engines.flink_cluster()?;
    let jar = cluster.rest().upload(&jar)?;
    let variable = format!("BROKERS={closed}");
    let run = |timeout: &str| {
        let arguments = ["--job", &job, "--var", &variable, "--broker-timeout", timeout];
        cluster.rest().run_jar(&jar, &arguments.map(str::to_owned))
    };
    let begun = Instant::now();
    let error = format!("{:#}", run("5").err().context("the job was submitted")?);
    ensure!(error.contains(&format!("400 Bad Request: {}", refused(&closed))), "{error}");
    ensure!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    // Nobody is asked: the job is Flink's now, which tries for ever.
    let id = run("0")?;
    cluster.rest().cancel(&id, START_UP)?;
    Ok(())
}

fn a_spark_job_whose_broker_is_missing_starts_no_session(engines: &Engines) -> Result<()> {
    let folder = build(engines, "spark")?;
    let python = engines.run().cache().spark_python();
    each_is_one_line(&folder, || {
        let mut job = Command::new(&python);
        job.arg(folder.join("job.py")).args(["--master", "local[1]"]).current_dir(&folder);
        job.env("PYTHONDONTWRITEBYTECODE", "1").env_remove("SPARK_HOME");
        job
    })
}
