//! `streamc run`.

use super::session::Session;
use crate::Outcome;
use crate::arguments::{Format, RowFormat, Run, Target};
use crate::console::{Console, Style};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use streamc_backend::Backend;
use streamc_core::{Db, System};
use streamc_diagnostics::{Diagnostic, did_you_mean};
use streamc_local::{
    Input, Inputs, LocalBackend, Output, Progress, RunOptions, RunReport, TableRenderer, Unreadable,
};
use streamc_plan::{ComponentKind, Plan, Source};
use streamc_types::{RowKind, Value};

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
    let zone = match time_zone(&plan) {
        Ok(zone) => zone,
        Err(message) => {
            console.message(&format!("error: {message}"));
            return Outcome::Failed;
        }
    };
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
        let mut rows = Rows {
            console,
            format: arguments.format,
            tables: Vec::new(),
            names: Vec::new(),
            encoders: Vec::new(),
        };
        let result = streamc_local::run(&plan, inputs, &options, &mut rows);
        bar.clear();
        rows.finish();
        result
    };
    match result {
        Ok(report) => {
            tell(&report, console);
            if report.cancelled { Outcome::Interrupted } else { Outcome::Fine }
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

fn time_zone(plan: &Plan) -> Result<jiff::tz::TimeZone, String> {
    match plan.app.settings.get("time_zone") {
        Some(streamc_plan::OptionValue::Str(name)) => {
            jiff::tz::TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}`"))
        }
        _ => Ok(jiff::tz::TimeZone::UTC),
    }
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

/// Shows rows as they come.
struct Rows<'a> {
    console: &'a Console,
    format: RowFormat,
    tables: Vec<TableRenderer>,
    names: Vec<smol_str::SmolStr>,
    encoders: Vec<streamc_types::RowSchema>,
}

impl Rows<'_> {
    fn write(&self, text: &str) -> io::Result<()> {
        self.console.result(text).map_err(|()| io::Error::new(io::ErrorKind::BrokenPipe, CLOSED))
    }

    /// What tables kept back to find their widths.
    fn finish(&mut self) {
        for i in 0..self.tables.len() {
            let text = self.tables[i].finish();
            let _ = self.write(&text);
        }
    }
}

impl Output for Rows<'_> {
    fn begin(&mut self, targets: &[streamc_local::Target]) -> io::Result<()> {
        for target in targets {
            self.names.push(target.name.clone());
            self.encoders.push(target.schema.clone());
            self.tables.push(TableRenderer::new(&target.name, &target.schema));
        }
        Ok(())
    }

    fn row(&mut self, target: usize, kind: RowKind, row: &[Value]) -> io::Result<()> {
        let text = match self.format {
            RowFormat::Table => self.tables[target].row(kind, row),
            RowFormat::Json => {
                let mut text =
                    streamc_local::json_line(&self.names[target], &self.encoders[target], kind, row);
                text.push('\n');
                text
            }
        };
        self.write(&text)
    }
}

/// What is worth knowing after the rows.
fn tell(report: &RunReport, console: &Console) {
    for source in &report.sources {
        for error in &source.errors {
            let head = console.paint(Style::Warning, "warning[ST4006]");
            console.message(&format!("{head}: {}: {}", error.place, error.message));
        }
        let more = source.unreadable.saturating_sub(source.errors.len() as u64);
        if more > 0 {
            console.message(&format!(
                "         and {more} more records of `{}` that cannot be read",
                source.name
            ));
        }
    }
    let count = |kind: &str| {
        report.components.iter().filter(|c| c.kind == kind).map(|c| format!("{} {}", c.name, c.rows_out))
    };
    let read = count("source").collect::<Vec<_>>().join(", ");
    let wrote = count("sink").collect::<Vec<_>>().join(", ");
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
    console.message(&console.paint(Style::Dim, &format!("{} · {millis} ms", parts.join(" · "))));
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
