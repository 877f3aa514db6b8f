//! `streamc run`.

mod files;

use super::session::Session;
use crate::Outcome;
use crate::arguments::{Format, RowFormat, Run, Target};
use crate::console::{Console, Style};
use files::FileSink;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use streamc_backend::Backend;
use streamc_core::{Db, System};
use streamc_diagnostics::{Diagnostic, did_you_mean};
use streamc_formats::{JsonEncoder, JsonOptions};
use streamc_local::{
    Input, Inputs, LocalBackend, Output, Progress, RunOptions, RunReport, TableRenderer, Unreadable,
};
use streamc_plan::{ComponentKind, Plan, Source};
use streamc_types::{RowKind, RowSchema, Value};

pub(crate) fn run(arguments: &Run, console: &Console) -> Outcome {
    if arguments.engine != Target::Local {
        console.message(
            "error: `run` executes on the embedded engine; to run on Flink or Spark, submit what `streamc build` writes",
        );
        return Outcome::Failed;
    }
    let Some((session, root)) = Session::open_one(&arguments.file, console) else { return Outcome::Failed };
    let Some(plan) = session.plan(root, console) else { return Outcome::Findings };
    let targets = match &arguments.stream {
        Some(name) if plan.component(name).is_none() => {
            let near = did_you_mean(name, plan.components.iter().map(|c| c.name.as_str()));
            let hint = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            console.message(&format!("error: there is no component `{name}`{hint}"));
            return Outcome::Failed;
        }
        Some(name) => vec![name.as_str().into()],
        None if plan.sinks().next().is_some() => Vec::new(),
        // A file without sinks is run for its last streams.
        None => ends(&plan),
    };
    let refused: Vec<Diagnostic> =
        LocalBackend.capabilities(&plan).into_iter().filter(Diagnostic::is_error).collect();
    if !refused.is_empty() {
        session.show(&refused, &[], Format::Full, console);
        return Outcome::Findings;
    }
    let inputs = match inputs(&session, &plan, arguments) {
        Ok(inputs) => inputs,
        Err(message) => {
            console.message(&format!("error: {message}"));
            return Outcome::Failed;
        }
    };
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = cancelled.clone();
    if let Err(error) = ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst)) {
        tracing::warn!("Ctrl-C ends the run at once: {error}");
    }
    let bar = ProgressLine::new(console);
    let show = |progress: &Progress| bar.show(progress);
    let zone = super::session::time_zone(&plan);
    let now_millis = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
    let options = RunOptions {
        targets,
        limit: arguments.limit,
        context: streamc_functions::EvalContext { zone, now_millis },
        unreadable: Unreadable::Skip,
        cancelled: Some(&cancelled),
        progress: Some(&show),
        ..RunOptions::default()
    };
    let result = {
        let mut rows = Rows::new(console, arguments, &plan);
        let result = streamc_local::run(&plan, inputs, &options, &mut rows);
        bar.clear();
        if let Err(message) = rows.finish(session.db.system(), result.is_ok()) {
            console.message(&format!("error: {message}"));
            return Outcome::Failed;
        }
        result
    };
    match result {
        Ok(report) => {
            tell(&report, console);
            match (report.cancelled, tell_unread(&report, console)) {
                (true, _) => Outcome::Interrupted,
                (false, true) => Outcome::Findings,
                (false, false) => Outcome::Fine,
            }
        }
        Err(error) if error.message.contains(CLOSED) => Outcome::Fine,
        Err(error) => {
            session.show(&[error.diagnostic()], &[], Format::Full, console);
            Outcome::Findings
        }
    }
}

/// What an output error says when the reader of standard output went away.
const CLOSED: &str = "standard output is closed";

/// The components that no other reads.
fn ends(plan: &Plan) -> Vec<smol_str::SmolStr> {
    let read: Vec<_> = plan.components.iter().flat_map(streamc_plan::Component::reads).collect();
    plan.components.iter().filter(|c| !read.contains(&c.name)).map(|c| c.name.clone()).collect()
}

/// What each source reads: the file that `--input` names, else its sample.
fn inputs(session: &Session, plan: &Plan, arguments: &Run) -> Result<Inputs, String> {
    let mut given: Vec<(&str, &str)> = Vec::new();
    for input in &arguments.inputs {
        let pair = input.split_once('=').ok_or_else(|| format!("`--input {input}` is not SOURCE=FILE"))?;
        let is_source = plan.component(pair.0).is_some_and(|c| matches!(c.kind, ComponentKind::Source(_)));
        if !is_source {
            let near = did_you_mean(pair.0, plan.sources().map(|(c, _)| c.name.as_str()));
            let hint = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            return Err(format!("there is no source `{}`{hint}", pair.0));
        }
        given.push(pair);
    }
    let mut inputs = Inputs::new();
    for (component, source) in plan.sources() {
        let path = given.iter().find(|(name, _)| *name == component.name).map(|(_, path)| *path);
        inputs.set(component.name.clone(), input_of(session, &component.name, source, path)?);
    }
    Ok(inputs)
}

fn input_of(session: &Session, name: &str, source: &Source, path: Option<&str>) -> Result<Input, String> {
    let path = match path.or(source.sample.as_deref()) {
        Some(path) => path,
        None if source.connector.connector == "datagen" => return Ok(Input::Generated),
        None => {
            return Err(format!(
                "the source `{name}` has nothing to read here: give its declaration a `sample`, or run with `--input {name}=FILE`"
            ));
        }
    };
    let reader = session.db.system().open(Path::new(path)).map_err(|e| format!("source `{name}`: {e}"))?;
    Ok(Input::Records { name: path.into(), reader, format: None })
}

/// Shows rows as they come, or writes them to files.
struct Rows<'a> {
    console: &'a Console,
    format: RowFormat,
    /// The plan, if file sinks are written.
    plan: Option<&'a Plan>,
    targets: Vec<Shown>,
    /// What is not written yet.
    pending: Vec<u8>,
}

/// Where the rows of one component go.
struct Shown {
    name: smol_str::SmolStr,
    schema: RowSchema,
    table: TableRenderer,
    json: Option<JsonRows>,
    file: Option<FileSink>,
    rows: u64,
}

/// Rows as JSON lines.
struct JsonRows {
    encoder: JsonEncoder,
    /// What every line begins with, up to the kind of the row.
    head: String,
}

/// Results that nobody watches are written in pieces of this size: a call of the system for each row costs more than the row.
const PIECE: usize = 1 << 16;
/// Cells wider than this are cut.
const WIDEST_CELL: usize = 40;
/// So many rows are shown as one table: widths are those of its rows, and memory stays bounded.
const TABLE_ROWS: usize = 1000;

impl Shown {
    fn fresh_table(schema: &RowSchema) -> TableRenderer {
        TableRenderer::new(schema, WIDEST_CELL, false)
    }

    /// The table so far, under its name.
    fn take_table(&mut self, console: &Console) -> String {
        let table = std::mem::replace(&mut self.table, Self::fresh_table(&self.schema));
        let count = format!("{} row{}", table.len(), if table.len() == 1 { "" } else { "s" });
        let title = console.paint_out(Style::Bold, &self.name);
        format!("{title} · {count}\n{}\n", table.render())
    }
}

impl<'a> Rows<'a> {
    fn new(console: &'a Console, arguments: &Run, plan: &'a Plan) -> Self {
        Self {
            console,
            format: arguments.format,
            plan: arguments.write.then_some(plan),
            targets: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Writes what is pending if it is enough, or somebody watches.
    fn write(&mut self) -> io::Result<()> {
        if self.pending.len() < PIECE && !self.console.is_result_watched() {
            return Ok(());
        }
        self.write_all()
    }

    fn write_all(&mut self) -> io::Result<()> {
        let result = self.console.result_bytes(&self.pending);
        self.pending.clear();
        result.map_err(|()| io::Error::new(io::ErrorKind::BrokenPipe, CLOSED))
    }

    /// Shows what tables kept back to find their widths, and writes the files unless the run failed.
    fn finish(mut self, system: &dyn System, complete: bool) -> Result<(), String> {
        let console = self.console;
        // A reader that went away is no error, and anything else was said.
        let _ = self.write_all();
        for mut target in self.targets {
            match target.file {
                Some(file) if complete => {
                    let said = file.finish(system)?;
                    console.note(&format!("{} {said}", console.paint(Style::Good, "wrote")));
                }
                Some(_) => {}
                None if self.format == RowFormat::Table && (!target.table.is_empty() || target.rows == 0) => {
                    let _ = console.result(&target.take_table(console));
                }
                None => {}
            }
        }
        Ok(())
    }
}

impl Output for Rows<'_> {
    fn begin(&mut self, targets: &[streamc_local::Target]) -> io::Result<()> {
        for target in targets {
            let sink = self.plan.and_then(|p| p.component(&target.name)).and_then(|c| match &c.kind {
                ComponentKind::Sink(sink) => Some(sink),
                _ => None,
            });
            let file =
                sink.and_then(|s| FileSink::of(s, &target.schema)).transpose().map_err(io::Error::other)?;
            let json = match (self.format, &file) {
                (RowFormat::Json, None) => {
                    let encoder = JsonEncoder::new(&target.schema, JsonOptions::default());
                    let name = serde_json::Value::from(target.name.as_str());
                    let head = format!("{{\"name\":{name},\"op\":\"");
                    Some(JsonRows { encoder: encoder.map_err(io::Error::other)?, head })
                }
                _ => None,
            };
            self.targets.push(Shown {
                name: target.name.clone(),
                schema: target.schema.clone(),
                table: Shown::fresh_table(&target.schema),
                json,
                file,
                rows: 0,
            });
        }
        Ok(())
    }

    fn row(&mut self, target: usize, kind: RowKind, row: &[Value]) -> io::Result<()> {
        let console = self.console;
        let Some(target) = self.targets.get_mut(target) else { return Ok(()) };
        target.rows += 1;
        if let Some(file) = &mut target.file {
            return file.row(row);
        }
        if let Some(JsonRows { encoder, head }) = &target.json {
            let before = self.pending.len();
            self.pending.extend_from_slice(head.as_bytes());
            self.pending.extend_from_slice(kind.as_str().as_bytes());
            self.pending.extend_from_slice(b"\",\"row\":");
            if let Err(error) = encoder.encode(row, &mut self.pending) {
                self.pending.truncate(before);
                return Err(io::Error::other(error.to_string()));
            }
            self.pending.extend_from_slice(b"}\n");
            return self.write();
        }
        target.table.push(kind, row);
        if target.table.len() >= TABLE_ROWS {
            let text = target.take_table(console);
            self.pending.extend_from_slice(text.as_bytes());
            return self.write();
        }
        Ok(())
    }
}

/// What is worth knowing after the rows.
fn tell(report: &RunReport, console: &Console) {
    for source in &report.sources {
        for error in &source.errors {
            let head = console.paint(Style::Warning, "warning[ST4006]");
            console.note(&format!("{head}: {}: {}", error.place, error.message));
        }
        let more = source.unreadable.saturating_sub(source.errors.len() as u64);
        if more > 0 {
            console
                .note(&format!("         and {more} more records of `{}` that cannot be read", source.name));
        }
    }
    let read = counts(report, "source");
    let wrote = counts(report, "sink");
    let mut parts = vec![format!("read {read}")];
    if !wrote.is_empty() {
        parts.push(format!("wrote {wrote}"));
    }
    if report.late_rows() > 0 {
        let by = report.late.iter().filter(|l| l.rows > 0).map(|l| format!("{} in {}", l.rows, l.component));
        parts.push(format!("dropped late rows: {}", by.collect::<Vec<_>>().join(", ")));
    }
    if report.limited {
        parts.push("stopped at the limit".into());
    }
    if report.cancelled {
        parts.push("interrupted".into());
    }
    let millis = report.elapsed.as_millis();
    console.note(&console.paint(Style::Dim, &format!("{} · {millis} ms", parts.join(" · "))));
}

/// Says which sources have records, and none that can be read; whether there is one.
fn tell_unread(report: &RunReport, console: &Console) -> bool {
    let mut found = false;
    for source in report.sources.iter().filter(|s| s.rows == 0 && s.unreadable > 0) {
        let head = console.paint(Style::Error, "error[ST4006]");
        let records = match source.unreadable {
            1 => "the only record".to_owned(),
            n => format!("none of the {n} records"),
        };
        let verb = if source.unreadable == 1 { "cannot" } else { "can" };
        let first = source
            .errors
            .first()
            .map_or(String::new(), |e| format!("; the first, {}: {}", e.place, e.message));
        console.message(&format!("{head}: {records} of `{}` {verb} be read{first}", source.name));
        found = true;
    }
    found
}

/// `swipes 60, blocks 3`: rows of every component of a kind.
fn counts(report: &RunReport, kind: &str) -> String {
    let of_kind = report.components.iter().filter(|c| c.kind == kind);
    of_kind.map(|c| format!("{} {}", c.name, c.rows_out)).collect::<Vec<_>>().join(", ")
}

/// A line of progress for somebody who watches; nothing otherwise.
struct ProgressLine {
    bar: Option<indicatif::ProgressBar>,
    started: Instant,
}

impl ProgressLine {
    fn new(console: &Console) -> Self {
        let bar = console.is_watched().then(|| indicatif::ProgressBar::new_spinner().with_message("reading"));
        Self { bar, started: Instant::now() }
    }

    /// Shows nothing in the first second: most runs are over by then.
    fn show(&self, progress: &Progress) {
        if let Some(bar) = &self.bar
            && self.started.elapsed().as_secs() >= 1
        {
            let rate = progress.records as f64 / progress.elapsed.as_secs_f64().max(0.001);
            bar.set_message(format!(
                "{} records, {} rows, {rate:.0} records/s",
                progress.records, progress.rows_out
            ));
            bar.tick();
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
