//! A helper process that answers one JSON line per JSON line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

use crate::command::tail;
use crate::supervise::Supervised;

/// Who waits for which answer. `None` once the process has closed its output.
type Waiting = Option<HashMap<u64, mpsc::Sender<Value>>>;

/// A running helper. Requests may be made from several threads; each waits for the answer with its own id.
#[derive(Debug)]
pub struct LineService {
    name: String,
    log: PathBuf,
    hello: Value,
    process: Mutex<Supervised>,
    requests: Mutex<(u64, ChildStdin)>,
    waiting: Arc<Mutex<Waiting>>,
}

impl LineService {
    /// Starts `command` with its standard error in `log`, and waits up to `timeout` for its first line, which must be
    /// `{"ready":true,…}`.
    pub fn start(name: &str, command: &mut Command, log: &Path, timeout: Duration) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(file);
        let mut process = Supervised::spawn(command)?;
        let stdin = process.take_stdin().context("no pipe to the helper")?;
        let stdout = process.take_stdout().context("no pipe from the helper")?;
        let (ready, first) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(Some(HashMap::from([(0, ready)]))));
        let table = Arc::clone(&waiting);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let Ok(line) = line else { break };
                let Ok(answer) = serde_json::from_str::<Value>(&line) else { continue };
                let id = answer.get("id").and_then(Value::as_u64).unwrap_or(0);
                let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(sender) = table.as_mut().and_then(|table| table.remove(&id)) {
                    let _ = sender.send(answer);
                }
            }
            // Dropping the senders tells everybody who waits that no answer will come.
            *table.lock().unwrap_or_else(PoisonError::into_inner) = None;
        });
        let mut service = Self {
            name: name.to_owned(),
            log: log.to_owned(),
            hello: Value::Null,
            process: Mutex::new(process),
            requests: Mutex::new((0, stdin)),
            waiting,
        };
        service.hello = service.receive(&first, timeout).context("it did not become ready")?;
        Ok(service)
    }

    /// The first line.
    pub fn hello(&self) -> &Value {
        &self.hello
    }

    /// The process group that it leads: its own id and whatever it starts.
    pub fn process_group(&self) -> u32 {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Sends `{"id":…,"op":op, …fields}` and returns the whole answer, whether it says `ok` or not. `fields` must be an
    /// object.
    pub fn ask(&self, op: &str, fields: Value, timeout: Duration) -> Result<Value> {
        let Value::Object(mut request) = fields else { bail!("the fields of a request must be an object") };
        let (sender, answer) = mpsc::channel();
        {
            let mut guard = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
            let (last, stdin) = &mut *guard;
            *last += 1;
            request.insert("id".to_owned(), (*last).into());
            request.insert("op".to_owned(), op.into());
            match self.waiting.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                Some(table) => table.insert(*last, sender),
                None => return Err(self.gone("it has ended")),
            };
            let mut line = serde_json::to_vec(&Value::Object(request))?;
            line.push(b'\n');
            stdin.write_all(&line).and_then(|()| stdin.flush()).map_err(|_| self.gone("it does not read"))?;
        }
        self.receive(&answer, timeout).with_context(|| format!("no answer to `{op}`"))
    }

    fn receive(&self, answer: &mpsc::Receiver<Value>, timeout: Duration) -> Result<Value> {
        answer.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => self.gone(&format!("nothing for {} s", timeout.as_secs())),
            RecvTimeoutError::Disconnected => self.gone("it ended before it answered"),
        })
    }

    fn gone(&self, why: &str) -> anyhow::Error {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ended = process.ended();
        // A process that dies closes its pipes a moment before its end can be seen.
        let patience = Instant::now() + Duration::from_secs(2);
        while matches!(ended, Ok(None)) && Instant::now() < patience {
            thread::sleep(Duration::from_millis(10));
            ended = process.ended();
        }
        let state = match ended {
            Ok(Some(status)) => format!(" ({status})"),
            _ => String::new(),
        };
        anyhow!("{}: {why}{state}\n{}", self.name, tail(&self.log, 30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(script: &str) -> Result<(LineService, tempfile::TempDir)> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("log");
        let limit = Duration::from_secs(10);
        let service = LineService::start("helper", Command::new("sh").args(["-c", script]), &log, limit)?;
        Ok((service, folder))
    }

    #[test]
    fn answers_find_the_request_with_their_id_in_any_order() {
        // Answers the second request first.
        let script = r#"echo '{"ready":true}'; read -r a; read -r b
            echo '{"id":2,"n":"two"}'; echo '{"id":1,"n":"one"}'; read -r c"#;
        let (service, _folder) = service(script).unwrap();
        let limit = Duration::from_secs(10);
        thread::scope(|scope| {
            let first = scope.spawn(|| service.ask("x", serde_json::json!({}), limit).unwrap());
            while service.requests.lock().unwrap().0 < 1 {
                thread::yield_now();
            }
            let second = service.ask("x", serde_json::json!({}), limit).unwrap();
            assert_eq!(second["n"], "two");
            assert_eq!(first.join().unwrap()["n"], "one");
        });
    }

    #[test]
    fn a_helper_that_dies_is_reported_with_the_end_of_its_log() {
        let error = service("echo 'no memory' >&2; exit 3").unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("exit status: 3") && text.contains("| no memory"), "{text}");
    }
}
