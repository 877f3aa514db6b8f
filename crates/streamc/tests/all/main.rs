//! Tests of the command line: the binary is run as a user runs it.
#![expect(clippy::disallowed_methods, reason = "tests make files for the binary to read")]
#![expect(
    clippy::expect_used,
    missing_docs,
    clippy::new_without_default,
    reason = "a test that cannot go on fails"
)]

mod bad_input;
mod build;
mod commands;
mod documents;
mod documents_of_constructs;
mod extremes;
mod pages;
mod poor;
mod tokens;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that is removed when the test ends.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file; folders above it are made.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder"))
            .expect("the folder can be made");
        std::fs::write(&path, contents).expect("the file can be written");
        path
    }

    /// Runs the binary in this folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs the binary in this folder with that standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = command(arguments)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        // A command that reads no input may be gone before all of it is written.
        let _ = child.stdin.take().expect("the input is a pipe").write_all(input.as_bytes());
        Ran::from(child.wait_with_output().expect("the binary ends"))
    }

    /// Names of everything in a folder below this one, sorted.
    pub fn list(&self, name: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path().join(name)) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned())).collect();
        names.sort();
        names
    }
}

/// The binary with an environment that says nothing about colours and logs.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_streamc"));
    command.args(arguments).env_remove("STREAMC_LOG").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The folder of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project is there")
}

/// A pipeline without findings.
pub const GOOD: &str = "source swipes = kafka {\n  brokers: \"localhost:9092\",\n  topic: \"swipes\",\n  \
    schema: { id BIGINT, amount DECIMAL(10, 2) },\n  sample: \"swipes.jsonl\",\n}\n\n\
    stream large = swipes\n  | filter amount > 10\n\nsink out = print {} from large\n";
/// Records for it.
pub const SWIPES: &str = "{\"id\": 1, \"amount\": 5}\n{\"id\": 2, \"amount\": 50.5}\n";
