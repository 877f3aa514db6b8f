//! Flink's REST interface: the calls that the tests need.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

const CALL_LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(100);

/// The state of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatus {
    /// `RUNNING`, `FINISHED`, `FAILED`, …
    pub state: String,
    /// The states of its vertices, which say more than the job's: a job is `RUNNING` before any of them is.
    pub vertices: Vec<String>,
}

impl JobStatus {
    /// True when the job and all its vertices run.
    pub fn is_running(&self) -> bool {
        self.state == "RUNNING" && self.vertices.iter().all(|state| state == "RUNNING" || state == "FINISHED")
    }

    /// True when the job will not change any more.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "FINISHED" | "FAILED" | "CANCELED")
    }
}

/// A client of one cluster.
#[derive(Clone, Debug)]
pub struct FlinkRest {
    base: String,
    agent: ureq::Agent,
}

impl FlinkRest {
    /// A client of the cluster at `base` (`http://host:port`).
    pub fn new(base: impl Into<String>) -> Self {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(CALL_LIMIT)).http_status_as_error(false);
        Self { base: base.into(), agent: config.build().into() }
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// `GET path` as JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        let response = self.agent.get(format!("{}{path}", self.base)).call();
        Self::read(&format!("GET {path}"), response)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let response = self.agent.post(format!("{}{path}", self.base)).send_json(body);
        Self::read(&format!("POST {path}"), response)
    }

    fn read(what: &str, response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value> {
        let mut response = response.with_context(|| format!("Flink's REST interface: {what}"))?;
        let status = response.status();
        let text = response
            .body_mut()
            .read_to_string()
            .with_context(|| format!("Flink's REST interface: {what}"))?;
        if !status.is_success() {
            bail!("Flink's REST interface: {what}: {status}: {}", cause(&text));
        }
        Ok(if text.trim().is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    /// Uploads a jar and returns its id.
    pub fn upload(&self, jar: &Path) -> Result<String> {
        const BOUNDARY: &str = "streamc-jar-boundary-4f1d0c";
        let name = jar.file_name().unwrap_or_default().to_string_lossy();
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"{name}\"\r\n\
             Content-Type: application/java-archive\r\n\r\n"
        )
        .into_bytes();
        body.extend(std::fs::read(jar).with_context(|| format!("cannot read {}", jar.display()))?);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let response = self
            .agent
            .post(format!("{}/jars/upload", self.base))
            .header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .send(&body[..]);
        let answer = Self::read("POST /jars/upload", response)?;
        let path = answer["filename"].as_str().context("the answer to an upload names no file")?;
        Ok(path.rsplit('/').next().unwrap_or(path).to_owned())
    }

    /// Runs an uploaded jar and returns the job's id. The error has the message of the program's last cause.
    pub fn run_jar(&self, jar: &str, arguments: &[String]) -> Result<String> {
        let answer = self.post(&format!("/jars/{jar}/run"), &json!({"programArgsList": arguments}))?;
        Ok(answer["jobid"].as_str().context("the answer names no job")?.to_owned())
    }

    /// The state of a job.
    pub fn status(&self, job: &str) -> Result<JobStatus> {
        let answer = self.get(&format!("/jobs/{job}"))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let vertices = answer["vertices"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(JobStatus {
            state: text(&answer["state"]),
            vertices: vertices.iter().map(|vertex| text(&vertex["status"])).collect(),
        })
    }

    /// Waits until the job and all its vertices run.
    pub fn await_running(&self, job: &str, timeout: Duration) -> Result<()> {
        self.await_status(job, timeout, "run", JobStatus::is_running).map(drop)
    }

    /// Waits until the job has ended, in whatever way.
    pub fn await_end(&self, job: &str, timeout: Duration) -> Result<JobStatus> {
        self.await_status(job, timeout, "end", JobStatus::is_over)
    }

    fn await_status(
        &self,
        job: &str,
        timeout: Duration,
        what: &str,
        wanted: impl Fn(&JobStatus) -> bool,
    ) -> Result<JobStatus> {
        let deadline = Instant::now() + timeout;
        loop {
            let status = self.status(job)?;
            if wanted(&status) {
                return Ok(status);
            }
            if status.is_over() || Instant::now() > deadline {
                let why = self.failure(job).unwrap_or_else(|error| error.to_string());
                bail!("job {job} does not {what} (waited up to {timeout:?}): {status:?}\n{why}");
            }
            thread::sleep(POLL);
        }
    }

    /// What the job's last failure was, or that there was none.
    pub fn failure(&self, job: &str) -> Result<String> {
        let answer = self.get(&format!("/jobs/{job}/exceptions"))?;
        let trace = answer["exceptionHistory"]["entries"][0]["stacktrace"].as_str();
        Ok(trace.map_or_else(|| "no exception was recorded".to_owned(), cause))
    }

    /// How many checkpoints of the job have completed.
    pub fn completed_checkpoints(&self, job: &str) -> Result<u64> {
        let answer = self.get(&format!("/jobs/{job}/checkpoints"))?;
        answer["counts"]["completed"].as_u64().context("no count of checkpoints")
    }

    /// How often the job was restarted, by the metric `numRestarts`; 0 until the metric is there.
    pub fn restarts(&self, job: &str) -> Result<u64> {
        let answer = self.get(&format!("/jobs/{job}/metrics?get=numRestarts"))?;
        Ok(answer[0]["value"].as_str().and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// Cancels a job and waits for its end.
    pub fn cancel(&self, job: &str, timeout: Duration) -> Result<()> {
        let response = self.agent.patch(format!("{}/jobs/{job}?mode=cancel", self.base)).send_empty();
        Self::read("PATCH /jobs/:id", response)?;
        self.await_end(job, timeout).map(drop)
    }

    /// Stops a job with a savepoint and returns where the savepoint is.
    pub fn stop(&self, job: &str, timeout: Duration) -> Result<String> {
        let answer = self.post(&format!("/jobs/{job}/stop"), &json!({"drain": false}))?;
        let request = answer["request-id"].as_str().context("the answer to a stop has no id")?.to_owned();
        let deadline = Instant::now() + timeout;
        loop {
            let state = self.get(&format!("/jobs/{job}/savepoints/{request}"))?;
            if state["status"]["id"] == "COMPLETED" {
                let place = state["operation"]["location"].as_str();
                let place = place
                    .with_context(|| format!("the savepoint failed: {}", state["operation"]))?
                    .to_owned();
                self.await_end(job, deadline.saturating_duration_since(Instant::now()))?;
                return Ok(place);
            }
            if Instant::now() > deadline {
                bail!("job {job}: no savepoint after {timeout:?}");
            }
            thread::sleep(POLL);
        }
    }
}

/// The line of a stack trace that says why: the runner's own message, else the last `Caused by:`, else the first line.
fn cause(text: &str) -> String {
    let text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\"", "\"");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let runner =
        lines.iter().find_map(|line| line.split_once("streamc.runner.JobException: ").map(|(_, why)| why));
    let last = lines.iter().rev().find_map(|line| line.strip_prefix("Caused by: "));
    runner.or(last).or(lines.first().copied()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::cause;

    #[test]
    fn the_cause_of_a_trace_is_the_runners_message_or_the_last_cause() {
        let trace = "x.RestHandlerException: y\\n\\tat a\\nCaused by: A: one\\nCaused by: B: two\\n\\tat b";
        assert_eq!(cause(trace), "B: two");
        let ours = "E: x\\nCaused by: streamc.runner.JobException: statement s: no table\\nCaused by: B: two";
        assert_eq!(cause(ours), "statement s: no table");
        assert_eq!(cause("plain"), "plain");
    }
}
