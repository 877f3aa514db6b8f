//! Child processes that never outlive their owner.
//!
//! Each child leads a process group of its own, and the group is killed
//! - when its [`Supervised`] is dropped (which a panic does too),
//! - on Ctrl-C, SIGTERM and SIGHUP, once [`install_handler`] has been called,
//! - when this process dies in any other way: a small shell, the *watchdog*, holds the list of live groups and kills
//!   them as soon as the pipe on its standard input closes.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

/// Reads `add PGID`, `del PGID`, `folder PATH` and `keep` until its input ends; then kills the groups that are left and
/// removes the folders (`keep` forgets all folders).
const WATCHDOG: &str = r#"
trap '' INT TERM HUP
groups=
set --
while read -r op id; do
  case $op in
    add) groups="$groups $id" ;;
    del) rest=; for g in $groups; do [ "$g" = "$id" ] || rest="$rest $g"; done; groups=$rest ;;
    folder) set -- "$@" "$id" ;;
    keep) set -- ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g"; done 2>/dev/null
[ $# -eq 0 ] || rm -rf -- "$@"
"#;

struct Registry {
    groups: BTreeSet<i32>,
    watchdog: Option<ChildStdin>,
    folders: Vec<PathBuf>,
}

static REGISTRY: Mutex<Registry> =
    Mutex::new(Registry { groups: BTreeSet::new(), watchdog: None, folders: Vec::new() });

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Registry {
    fn add(&mut self, group: i32) {
        self.groups.insert(group);
        self.tell("add", &group);
    }

    fn remove(&mut self, group: i32) {
        self.groups.remove(&group);
        self.tell("del", &group);
    }

    fn tell(&mut self, verb: &str, what: &dyn std::fmt::Display) {
        if self.watchdog.is_none() {
            // Its own group: a Ctrl-C at the terminal must not reach it before it has done its work.
            let shell = Command::new("sh")
                .args(["-c", WATCHDOG])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(0)
                .spawn();
            self.watchdog = shell.ok().and_then(|mut shell| shell.stdin.take());
        }
        if let Some(pipe) = &mut self.watchdog {
            let _ = writeln!(pipe, "{verb} {what}");
        }
    }
}

/// Kills every supervised process when the user or the system interrupts this one, removes the registered folders,
/// and exits with 130. Calling it again does nothing.
pub fn install_handler() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let handler = ctrlc::set_handler(|| {
            INTERRUPTED.store(true, Ordering::SeqCst);
            eprintln!("\ninterrupted: stopping what was started");
            stop_all(Duration::from_secs(10));
            for folder in std::mem::take(&mut registry().folders) {
                let _ = std::fs::remove_dir_all(folder);
            }
            std::process::exit(130);
        });
        if let Err(error) = handler {
            eprintln!("warning: Ctrl-C will not clean up: {error}");
        }
    });
}

/// Call this before the process ends by itself. After an interruption it does not return: what was started is being
/// stopped, so this thread only sees failures, and the handler ends the process when it is done.
pub fn leave_to_handler() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Has an interruption, or any other sudden end of this process, remove this folder.
pub fn remove_on_interrupt(folder: PathBuf) {
    let mut registry = registry();
    registry.tell("folder", &folder.display());
    registry.folders.push(folder);
}

/// Leaves all folders that were given to [`remove_on_interrupt`] where they are.
pub fn keep_folders() {
    let mut registry = registry();
    registry.tell("keep", &"");
    registry.folders.clear();
}

/// Asks every supervised group to end (SIGTERM), and kills those that have not after `grace`.
pub fn stop_all(grace: Duration) {
    let groups: Vec<i32> = registry().groups.iter().copied().collect();
    for group in &groups {
        let _ = signal_group(*group, Some(Signal::SIGTERM));
    }
    let deadline = Instant::now() + grace;
    while Instant::now() < deadline && groups.iter().any(|group| group_lives(*group)) {
        thread::sleep(Duration::from_millis(20));
    }
    for group in groups {
        let _ = signal_group(group, Some(Signal::SIGKILL));
    }
}

fn signal_group(group: i32, what: Option<Signal>) -> nix::Result<()> {
    signal::killpg(Pid::from_raw(group), what)
}

fn group_lives(group: i32) -> bool {
    signal_group(group, None).is_ok()
}

/// A child process and everything it started.
#[derive(Debug)]
pub struct Supervised {
    child: Child,
    group: i32,
    ended: Option<ExitStatus>,
}

impl Supervised {
    /// Starts `command` as the leader of a new process group.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let group = i32::try_from(child.id()).context("process id out of range")?;
        registry().add(group);
        Ok(Self { child, group, ended: None })
    }

    /// The process id, which is also the id of the group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The pipe to the child's standard input, once.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// The pipe from the child's standard output, once.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The exit status, if the leader has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?;
        }
        Ok(self.ended)
    }

    /// Waits for the leader to end; `None` when it still runs after `timeout`.
    pub fn wait(&mut self, timeout: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + timeout;
        let mut pause = Duration::from_millis(2);
        loop {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    /// Asks the group to end, waits up to `grace`, then kills it.
    pub fn stop(&mut self, grace: Duration) {
        if self.ended().ok().flatten().is_none() {
            let _ = signal_group(self.group, Some(Signal::SIGTERM));
            let _ = self.wait(grace);
        }
        self.kill();
    }

    /// Kills the group at once (SIGKILL) and reaps the leader.
    pub fn kill(&mut self) {
        let _ = signal_group(self.group, Some(Signal::SIGKILL));
        if self.ended.is_none() {
            self.ended = self.child.wait().ok();
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.kill();
        registry().remove(self.group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_a_child_kills_its_grandchildren_too() {
        let mut child = Supervised::spawn(
            Command::new("sh").args(["-c", "sleep 60 & echo $!; wait"]).stdout(Stdio::piped()),
        )
        .unwrap();
        let group = child.group;
        let mut line = String::new();
        let mut out = std::io::BufReader::new(child.take_stdout().unwrap());
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        assert!(group_lives(group), "the group of {line} should live");
        drop(child);
        let deadline = Instant::now() + Duration::from_secs(10);
        while group_lives(group) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!group_lives(group));
    }

    #[test]
    fn the_watchdog_kills_the_groups_it_was_told_to_and_removes_the_folders() {
        let sleeper = || Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        let (mut doomed, mut spared) = (sleeper(), sleeper());
        let mut watchdog = Command::new("sh").args(["-c", WATCHDOG]).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = watchdog.stdin.take().unwrap();
        let folder = tempfile::tempdir().unwrap().keep().join("a name");
        std::fs::create_dir(&folder).unwrap();
        writeln!(pipe, "folder {}", folder.display()).unwrap();
        for line in
            [format!("add {}", doomed.id()), format!("add {}", spared.id()), format!("del {}", spared.id())]
        {
            writeln!(pipe, "{line}").unwrap();
        }
        drop(pipe);
        watchdog.wait().unwrap();
        let status = doomed.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
        assert!(spared.try_wait().unwrap().is_none());
        assert!(!folder.exists());
        std::fs::remove_dir(folder.parent().unwrap()).unwrap();
        spared.kill().unwrap();
        spared.wait().unwrap();
    }
}
