//! The tools that must be there before anything can be installed: Java, Maven, Python.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::command;

const LIMIT: Duration = Duration::from_mins(1);

/// The programs that the harness runs, checked.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// `java`, 17 or newer.
    pub java: PathBuf,
    /// `javac` of the same installation.
    pub javac: PathBuf,
    /// `mvn`.
    pub maven: PathBuf,
    /// `python3`, 3.11 or newer with `venv` and `ensurepip`.
    pub python: PathBuf,
}

impl Toolchain {
    /// Finds the tools, or fails with one line per missing tool that says what to install.
    pub fn find() -> Result<Self> {
        let tools = Self {
            java: java_program("java"),
            javac: java_program("javac"),
            maven: PathBuf::from("mvn"),
            python: env::var_os("STREAMC_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from),
        };
        let missing: Vec<String> =
            [tools.check_java("java"), tools.check_java("javac"), tools.check_maven(), tools.check_python()]
                .into_iter()
                .flatten()
                .collect();
        if missing.is_empty() {
            return Ok(tools);
        }
        let list: Vec<String> = missing.iter().map(|line| format!("  - {line}")).collect();
        bail!("the engines need tools that are not here:\n{}", list.join("\n"))
    }

    fn check_java(&self, name: &str) -> Option<String> {
        let program = if name == "java" { &self.java } else { &self.javac };
        let install = "install a JDK 17 or newer (Debian/Ubuntu: openjdk-17-jdk-headless; macOS: brew install \
                       openjdk@17) and put it on PATH or set JAVA_HOME";
        match command::output(Command::new(program).arg("-version"), LIMIT) {
            Err(_) => Some(format!("{name} 17 or newer: `{}` does not run; {install}", program.display())),
            Ok(text) => match java_major(&text) {
                Some(major) if major >= 17 => None,
                Some(major) => {
                    Some(format!("{name} 17 or newer: `{}` is version {major}; {install}", program.display()))
                }
                None => Some(format!(
                    "{name} 17 or newer: cannot tell the version of `{}`; {install}",
                    program.display()
                )),
            },
        }
    }

    fn check_maven(&self) -> Option<String> {
        let found = command::output(Command::new(&self.maven).args(["-v", "-B"]), LIMIT);
        found.err().map(|_| {
            "mvn (Maven 3.6 or newer): not on PATH; install it (Debian/Ubuntu: maven; macOS: brew install maven)".into()
        })
    }

    fn check_python(&self) -> Option<String> {
        let install = "install Python 3.11 or newer with venv (Debian/Ubuntu: python3 python3-venv; macOS: brew \
                       install python), or point STREAMC_PYTHON at one";
        let script = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
        let program = self.python.display();
        match command::output(Command::new(&self.python).args(["-c", script]), LIMIT) {
            Err(error) if error.to_string().contains("No module named") => {
                Some(format!("python3 with venv and ensurepip: `{program}` lacks one of them; {install}"))
            }
            Err(_) => Some(format!("python3 3.11 or newer: `{program}` does not run; {install}")),
            Ok(text) => match python_minor(&text) {
                Some(minor) if minor >= 11 => None,
                _ => Some(format!("python3 3.11 or newer: `{program}` is {}; {install}", text.trim())),
            },
        }
    }
}

/// `java` or `javac`, from `JAVA_HOME` when it is set.
pub fn java_program(name: &str) -> PathBuf {
    match env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        Some(home) => PathBuf::from(home).join("bin").join(name),
        None => PathBuf::from(name),
    }
}

/// The feature release in the output of `java -version` or `javac -version`: `17.0.15` is 17, `1.8.0_392` is 8.
fn java_major(text: &str) -> Option<u32> {
    let version = text
        .split(|c: char| c.is_whitespace() || c == '"')
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut numbers = version.split(['.', '_', '-', '+']).map(str::parse::<u32>);
    match (numbers.next()?.ok()?, numbers.next()) {
        (1, Some(Ok(old))) => Some(old),
        (major, _) => Some(major),
    }
}

/// The minor version of Python 3 in `3.11`.
fn python_minor(text: &str) -> Option<u32> {
    text.lines().last()?.trim().strip_prefix("3.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{java_major, python_minor};

    #[test]
    fn versions_of_java_are_read_in_every_spelling() {
        assert_eq!(java_major("openjdk version \"17.0.15\" 2025-04-15\n"), Some(17));
        assert_eq!(java_major("openjdk version \"21\" 2023-09-19\n"), Some(21));
        assert_eq!(java_major("java version \"1.8.0_392\"\n"), Some(8));
        assert_eq!(java_major("javac 25-ea\n"), Some(25));
        assert_eq!(java_major("no java here"), None);
    }

    #[test]
    fn versions_of_python_are_read() {
        assert_eq!(python_minor("3.11\n"), Some(11));
        assert_eq!(python_minor("2.7\n"), None);
    }
}
