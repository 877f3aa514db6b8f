//! Results of tests, for people and for machines.

use super::compare::Comparison;
use crate::arguments::{Format, TestFormat};
use crate::commands::session::Session;
use crate::console::{Console, Style};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;
use streamc_diagnostics::Diagnostic;

/// The tests of a file.
pub(super) struct Suite {
    pub path: String,
    pub results: Vec<TestResult>,
}

/// What one test came to.
pub(super) struct TestResult {
    pub name: String,
    /// `Err`: it could not be run.
    pub outcome: Result<Vec<Comparison>, Vec<Diagnostic>>,
    pub elapsed: Duration,
}

impl TestResult {
    fn passed(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|c| c.iter().all(Comparison::is_equal))
    }

    /// The rows that differ, as a diff.
    fn diff(&self) -> String {
        let mut out = String::new();
        for comparison in self.outcome.iter().flatten().filter(|c| !c.is_equal()) {
            let _ = writeln!(out, "{}:", comparison.target);
            for row in &comparison.missing {
                let _ = writeln!(out, "  - {row}");
            }
            for row in &comparison.unexpected {
                let _ = writeln!(out, "  + {row}");
            }
        }
        for problem in self.outcome.as_ref().err().into_iter().flatten() {
            let _ = writeln!(out, "{}[{}] {}", problem.severity.as_str(), problem.code, problem.message);
        }
        out
    }
}

/// Shows the results; answers how many tests failed. With `broken`, there are files whose tests could not be run for
/// their errors, which were shown.
pub(super) fn show(
    session: &Session,
    suites: &[Suite],
    broken: bool,
    format: TestFormat,
    console: &Console,
) -> usize {
    let all = suites.iter().flat_map(|s| &s.results);
    let (passed, failed) =
        all.fold((0usize, 0usize), |(p, f), r| if r.passed() { (p + 1, f) } else { (p, f + 1) });
    match format {
        TestFormat::Text if broken && passed + failed == 0 => console.note("no test was run"),
        TestFormat::Text => text(session, suites, passed, failed, console),
        TestFormat::Json => {
            let tests: Vec<_> = suites.iter().flat_map(|s| s.results.iter().map(|r| json_of(s, r))).collect();
            let value = json!({ "version": 1, "passed": passed, "failed": failed, "tests": tests });
            let _ =
                console.result(&format!("{}\n", serde_json::to_string_pretty(&value).unwrap_or_default()));
        }
        TestFormat::Junit => {
            let _ = console.result(&junit(suites));
        }
    }
    failed
}

fn text(session: &Session, suites: &[Suite], passed: usize, failed: usize, console: &Console) {
    let mut out = String::new();
    for suite in suites.iter().filter(|s| !s.results.is_empty()) {
        let _ = writeln!(out, "{}", console.paint_out(Style::Bold, &suite.path));
        for result in &suite.results {
            let (mark, style) = if result.passed() { ("ok", Style::Good) } else { ("FAILED", Style::Error) };
            let _ = writeln!(out, "  {} {}", console.paint_out(style, mark), result.name);
            if result.outcome.is_ok() {
                for line in result.diff().lines() {
                    let style = match line.trim_start().chars().next() {
                        Some('-') => Style::Error,
                        Some('+') => Style::Good,
                        _ => Style::Dim,
                    };
                    let _ = writeln!(out, "    {}", console.paint_out(style, line));
                }
            }
        }
    }
    let total = passed + failed;
    if total == 0 {
        out.push_str("there is no test\n");
    } else {
        if suites.iter().flat_map(|s| &s.results).any(|r| r.outcome.is_ok() && !r.passed()) {
            out.push_str("\n  - expected, and did not come    + came, and was not expected\n");
        }
        let style = if failed == 0 { Style::Good } else { Style::Error };
        let _ = writeln!(out, "{}", console.paint_out(style, &format!("{passed} passed, {failed} failed")));
    }
    let _ = console.result(&out);
    for problems in suites.iter().flat_map(|s| &s.results).filter_map(|r| r.outcome.as_ref().err()) {
        session.show(problems, &[], Format::Full, console);
    }
}

fn json_of(suite: &Suite, result: &TestResult) -> serde_json::Value {
    let rows = |rows: &[String]| -> Vec<serde_json::Value> {
        rows.iter().filter_map(|r| serde_json::from_str(r).ok()).collect()
    };
    let (targets, errors) = match &result.outcome {
        Ok(comparisons) => {
            let targets = comparisons
                .iter()
                .map(|c| json!({ "target": c.target, "missing": rows(&c.missing), "unexpected": rows(&c.unexpected) }));
            (targets.collect(), Vec::new())
        }
        Err(problems) => {
            let errors = problems.iter().map(|d| json!({ "code": d.code.as_str(), "message": d.message }));
            (Vec::new(), errors.collect::<Vec<_>>())
        }
    };
    json!({
        "path": suite.path, "name": result.name, "passed": result.passed(),
        "millis": result.elapsed.as_secs_f64() * 1000.0, "targets": targets, "errors": errors,
    })
}

fn junit(suites: &[Suite]) -> String {
    let mut report = Report::new("streamc");
    for suite in suites {
        let mut out = TestSuite::new(&suite.path);
        for result in &suite.results {
            let status = if result.passed() {
                TestCaseStatus::success()
            } else {
                let kind =
                    if result.outcome.is_ok() { NonSuccessKind::Failure } else { NonSuccessKind::Error };
                let mut status = TestCaseStatus::non_success(kind);
                let message = match &result.outcome {
                    Err(problems) => problems.first().map_or("not run", |d| d.message.as_str()),
                    Ok(_) => "rows differ",
                };
                status.set_message(message).set_description(result.diff());
                status
            };
            let mut case = TestCase::new(&result.name, status);
            case.set_time(result.elapsed).set_classname(&suite.path);
            out.add_test_case(case);
        }
        report.add_test_suite(out);
    }
    report.to_string().unwrap_or_default()
}
