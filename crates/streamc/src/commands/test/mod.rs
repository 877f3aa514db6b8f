//! `streamc test`.

mod compare;
mod report;

use super::session::Session;
use crate::Outcome;
use crate::arguments::{Target, Test};
use crate::console::Console;
use compare::{Comparison, compare};
use report::{Suite, TestResult};
use std::time::Instant;
use streamc_core::{Db, File, TestCase, TestTable};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_formats::RecordFormat;
use streamc_local::{Collected, Input, Inputs, RunError, RunOptions, Unreadable};
use streamc_plan::Plan;

pub(crate) fn run(arguments: &Test, console: &Console) -> Outcome {
    if arguments.engine != Target::Local {
        console.message(
            "error: tests run on the embedded engine; running them on Flink or Spark is not supported yet",
        );
        return Outcome::Failed;
    }
    let Some(session) = Session::open(&arguments.paths, console) else { return Outcome::Failed };
    let (mut suites, mut edits, mut broken) = (Vec::new(), Vec::new(), false);
    for root in &session.roots {
        let cases: Vec<TestCase> = streamc_core::tests(&session.db, *root)
            .into_iter()
            .filter(|t| arguments.filter.as_ref().is_none_or(|f| t.name.contains(f.as_str())))
            .collect();
        let wanted = !cases.is_empty() || session.roots.len() == 1;
        let Some(plan) = (if wanted { session.plan(*root, console) } else { None }) else {
            broken |= wanted;
            continue;
        };
        let mut suite = Suite { path: root.path(&session.db).to_string(), results: Vec::new() };
        for case in &cases {
            let started = Instant::now();
            let outcome = one(&plan, case, *root, &mut edits);
            suite.results.push(TestResult { name: case.name.clone(), outcome, elapsed: started.elapsed() });
        }
        suites.push(suite);
    }
    if arguments.update && !edits.is_empty() {
        match update(&session, &edits) {
            Ok(files) => console.note(&format!("updated {files} file{}", if files == 1 { "" } else { "s" })),
            Err(message) => {
                console.message(&format!("error: {message}"));
                return Outcome::Failed;
            }
        }
    }
    let failed = report::show(&session, &suites, broken, arguments.format, console);
    let updated = arguments.update && suites.iter().flat_map(|s| &s.results).all(|r| r.outcome.is_ok());
    if broken || (failed > 0 && !updated) { Outcome::Findings } else { Outcome::Fine }
}

/// New text for an `expect` block.
struct Edit {
    file: File,
    span: Span,
    text: String,
}

/// Runs one test. `Err` holds what could not be run.
fn one(
    plan: &Plan,
    case: &TestCase,
    file: File,
    edits: &mut Vec<Edit>,
) -> Result<Vec<Comparison>, Vec<Diagnostic>> {
    let mut inputs = Inputs::new();
    for given in &case.givens {
        let input = Input::Records {
            name: given.target.clone(),
            reader: Box::new(std::io::Cursor::new(given.records().into_owned().into_bytes())),
            format: Some(format(given)?),
        };
        inputs.set(given.target.clone(), input);
    }
    for (component, _) in plan.sources() {
        if !case.givens.iter().any(|g| g.target == component.name) {
            inputs.set(component.name.clone(), Input::Rows(Vec::new()));
        }
    }
    let targets = case.expects.iter().map(|e| e.target.clone()).collect();
    let zone = super::session::time_zone(plan);
    let options = RunOptions {
        targets,
        unreadable: Unreadable::Fail,
        context: streamc_functions::EvalContext { zone, ..Default::default() },
        ..RunOptions::default()
    };
    let mut output = Collected::default();
    streamc_local::run(plan, inputs, &options, &mut output).map_err(|error| vec![locate(&error, case)])?;
    let mut comparisons = Vec::new();
    for expect in &case.expects {
        let Some(component) = plan.component(&expect.target) else { continue };
        let comparison = compare(component, expect, output.of(&expect.target))?;
        if !comparison.is_equal() {
            edits.push(Edit { file, span: expect.span, text: comparison.block(expect) });
        }
        comparisons.push(comparison);
    }
    Ok(comparisons)
}

fn format(table: &TestTable) -> Result<RecordFormat, Vec<Diagnostic>> {
    match table.format.as_str() {
        "jsonl" | "json" | "ndjson" => Ok(RecordFormat::detect("rows.jsonl", table.text.as_bytes())),
        "csv" => Ok(RecordFormat::Csv),
        other => Err(vec![Diagnostic::new(
            streamc_diagnostics::codes::schemas::BAD_OPTION_VALUE,
            table.span,
            format!("rows are `jsonl` or `csv`, not `{other}`"),
        )]),
    }
}

/// The error of a run as a finding, at the record of the test that caused it where there is one.
fn locate(error: &RunError, case: &TestCase) -> Diagnostic {
    let mut diagnostic = error.diagnostic();
    if let Some(record) = &error.record
        && let Some(given) = case.givens.iter().find(|g| g.target == record.source)
        && let Some(position) = record.position
    {
        let place = span_of_line(given, position.line as usize);
        if diagnostic.span.is_none() {
            diagnostic.span = Some(place);
        } else {
            diagnostic = diagnostic.also(place, "the record");
        }
    }
    diagnostic.span = diagnostic.span.or(Some(case.span));
    diagnostic
}

/// The `line`-th line (from 1) of the rows, without its indentation.
pub(super) fn span_of_line(table: &TestTable, line: usize) -> Span {
    let mut start = table.span.start as usize;
    for (n, text) in table.text.split_inclusive('\n').enumerate() {
        if n + 1 == line {
            let indent = text.len() - text.trim_start().len();
            return Span::new(table.span.file, start + indent, start + text.trim_end().len().max(indent));
        }
        start += text.len();
    }
    table.span
}

/// Writes what came out in place of what was expected. Answers the number of files.
fn update(session: &Session, edits: &[Edit]) -> Result<usize, String> {
    let mut files: Vec<File> = edits.iter().map(|e| e.file).collect();
    files.dedup();
    for file in &files {
        let Ok(text) = streamc_core::text(&session.db, *file) else { continue };
        let mut text = text.to_string();
        let mut of_file: Vec<&Edit> = edits.iter().filter(|e| e.file == *file).collect();
        of_file.sort_by_key(|e| std::cmp::Reverse(e.span.start));
        for edit in of_file {
            text.replace_range(edit.span.range(), &edit.text);
        }
        let path = file.path(&session.db);
        session
            .db
            .system()
            .write(std::path::Path::new(path.as_str()), text.as_bytes())
            .map_err(|e| e.to_string())?;
    }
    Ok(files.len())
}
