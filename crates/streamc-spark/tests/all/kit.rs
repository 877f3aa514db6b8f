//! From the text of a program to its job.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use streamc_backend::{Backend, BuildOptions, OutputFile, Place, Places};
use streamc_core::{Database, MemorySystem};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::Plan;
use streamc_spark::SparkBackend;

/// Sources that the programs read: swipes, logins and a bounded list of cards.
pub(crate) const SOURCES: &str = r#"
/// Every authorised card swipe.
source swipes = kafka {
  brokers: env("KAFKA_BROKERS", "localhost:9092"),
  topic: "swipes",
  schema: {
    id BIGINT NOT NULL, card INT, amount DECIMAL(10, 2), rate DOUBLE, country STRING, tags ARRAY<STRING>,
    items ARRAY<ROW<sku STRING, n INT>>, labels MAP<STRING, STRING>, place ROW<city STRING, zip INT>,
    ts TIMESTAMP(3), seen TIMESTAMP_LTZ(3),
  },
  watermark: ts - 5s,
}

source logins = kafka {
  brokers: "localhost:9092",
  topic: "logins",
  schema: { id BIGINT NOT NULL, card INT, country STRING, login_at TIMESTAMP(3) },
  watermark: login_at - 1min,
}
"#;

/// Line and column of the program's text.
struct Text(String);

impl Places for Text {
    fn place(&self, span: Span) -> Option<Place> {
        let before = self.0.get(..span.start as usize)?;
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) as u32 + 1;
        Some(Place { path: "test.stream".to_owned(), line, column })
    }
}

/// The plan of a program, and what the compiler said before any engine was asked.
pub(crate) fn compile(text: &str) -> (Plan, Vec<Diagnostic>) {
    let database = Database::new(Arc::new(MemorySystem::new([("/test.stream", text)])));
    let file = database.open(Path::new("/test.stream"));
    let findings = streamc_core::check(&database, file);
    let plan = streamc_core::plan(&database, file).unwrap_or_else(|| panic!("{}", listed(findings)));
    ((*plan).clone(), findings.clone())
}

/// The plan of a program without errors.
pub(crate) fn plan(text: &str) -> Plan {
    let (plan, findings) = compile(text);
    let errors: Vec<Diagnostic> = findings.into_iter().filter(Diagnostic::is_error).collect();
    assert!(errors.is_empty(), "{}in\n{text}", listed(&errors));
    plan
}

fn listed(findings: &[Diagnostic]) -> String {
    findings.iter().map(|d| format!("{} {:?} {}\n", d.code, d.span.map(|s| s.range()), d.message)).collect()
}

/// The files of a program's job.
pub(crate) fn emit(text: &str) -> Vec<OutputFile> {
    let plan = plan(text);
    let options = BuildOptions { places: &Text(text.to_owned()), version: "0.1.0" };
    SparkBackend.emit(&plan, &options).unwrap_or_else(|problems| panic!("{}in\n{text}", listed(&problems)))
}

/// `job.py`, which Python has read.
pub(crate) fn job(text: &str) -> String {
    let file = emit(text).into_iter().find(|f| f.path == "spark/job.py").expect("job.py");
    python("import ast, sys; ast.parse(sys.stdin.read())", &file.contents);
    file.contents
}

/// The function that starts with that line: `def stream_risky`.
pub(crate) fn function(job: &str, head: &str) -> String {
    let mut lines = job.lines().skip_while(|l| !l.starts_with(head));
    let mut out = format!("{}\n", lines.next().unwrap_or_else(|| panic!("no {head} in\n{job}")));
    for line in lines.take_while(|l| l.is_empty() || l.starts_with([' ', ')'])) {
        out.push_str(line);
        out.push('\n');
    }
    format!("{}\n", out.trim_end())
}

/// What Spark says against a program: code, severity, message and help, one a line.
pub(crate) fn problems(text: &str) -> String {
    SparkBackend
        .capabilities(&plan(text))
        .iter()
        .map(|d| {
            let place = d.span.map_or("", |s| text.get(s.range()).unwrap_or("?"));
            let first = place.lines().next().unwrap_or("");
            format!(
                "{} {}: {}\n  at: {first}\n  help: {}\n",
                d.code,
                d.severity.as_str(),
                d.message,
                d.help.as_deref().unwrap_or("-")
            )
        })
        .collect()
}

/// Runs a Python program over that input; its output.
pub(crate) fn python(program: &str, input: &str) -> String {
    let mut child = Command::new("python3")
        .args(["-I", "-X", "utf8", "-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("these tests need `python3` on the PATH, to read the jobs that are generated");
    let mut stdin = child.stdin.take().expect("an input");
    let bytes = input.as_bytes().to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().expect("an end of python3");
    writer.join().expect("a writer").expect("python3 reads its input");
    assert!(
        output.status.success(),
        "Python does not read this: {}\n{input}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
