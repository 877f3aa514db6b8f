//! `test` blocks.

use crate::database::Db;
use crate::files::{File, parsed};
use crate::names::{DeclarationKind, symbols};
use smol_str::SmolStr;
use std::borrow::Cow;
use streamc_diagnostics::codes::{names, schemas};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_syntax::ast::{Item, TestRows};

/// Rows of one component in a test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestTable {
    /// The component.
    pub target: SmolStr,
    /// Its name in the test.
    pub target_span: Span,
    /// The records, verbatim.
    pub text: String,
    /// Where they are written.
    pub span: Span,
    /// The info word: `jsonl`, `csv`.
    pub format: SmolStr,
}

impl TestTable {
    /// The records as they are read. Blanks are part of a CSV cell, so lines of CSV lose the indentation that all of them
    /// have; lines keep their numbers.
    pub fn records(&self) -> Cow<'_, str> {
        if self.format != "csv" {
            return Cow::Borrowed(&self.text);
        }
        let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let filled = || self.text.lines().filter(|line| !line.trim().is_empty());
        let indent = filled().map(blanks).min().unwrap_or(0);
        let lines =
            self.text.split('\n').map(|line| if line.trim().is_empty() { "" } else { &line[indent..] });
        Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
    }
}

/// A `test` block.
#[derive(Clone, Debug, PartialEq)]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// Where the name is written.
    pub span: Span,
    /// Rows that go in.
    pub givens: Vec<TestTable>,
    /// Rows that must come out.
    pub expects: Vec<TestTable>,
}

/// The tests of a file, in order.
pub fn tests(db: &dyn Db, file: File) -> Vec<TestCase> {
    let tree = parsed(db, file);
    let table = |rows: &TestRows| TestTable {
        target: rows.target.text.clone(),
        target_span: rows.target.span,
        text: tree.slice(rows.rows.content).to_owned(),
        span: rows.rows.content,
        format: rows.rows.info.as_ref().map_or_else(|| "jsonl".into(), |word| word.text.clone()),
    };
    tree.file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Test(test) => Some(TestCase {
                name: test.name.value.clone(),
                span: test.name.span,
                givens: test.givens.iter().map(table).collect(),
                expects: test.expects.iter().map(table).collect(),
            }),
            _ => None,
        })
        .collect()
}

/// What is wrong with the names in tests.
pub(crate) fn test_diagnostics(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    let symbols = symbols(db, root);
    let mut seen: Vec<String> = Vec::new();
    for test in tests(db, root) {
        if seen.contains(&test.name) {
            let message = format!("there is another test \"{}\"", test.name);
            out.push(Diagnostic::new(names::DUPLICATE_NAME, test.span, message));
        }
        rows_diagnostics(&test, out);
        for (table, given) in
            test.givens.iter().map(|t| (t, true)).chain(test.expects.iter().map(|t| (t, false)))
        {
            if table.target.is_empty() {
                continue;
            }
            let kind = symbols.get(&table.target).map(|(_, d)| d.kind);
            let problem = match (kind, given) {
                (None, _) => format!("there is no component `{}`", table.target),
                (Some(DeclarationKind::Source), true)
                | (Some(DeclarationKind::Stream | DeclarationKind::Sink), false) => continue,
                (Some(_), true) => format!("`given` takes a source, and `{}` is none", table.target),
                (Some(DeclarationKind::Source), false) => {
                    format!("`expect` takes a stream or a sink, and `{}` is a source", table.target)
                }
            };
            let mut d = Diagnostic::new(names::UNKNOWN_COMPONENT, table.target_span, problem);
            let fitting = symbols
                .iter()
                .filter(|(_, (_, d))| (d.kind == DeclarationKind::Source) == given)
                .map(|(name, _)| name.as_str());
            if let Some(near) = did_you_mean(&table.target, fitting) {
                d = d.help(format!("did you mean `{near}`?")).fix(
                    format!("change to `{near}`"),
                    table.target_span,
                    near,
                );
            }
            out.push(d);
        }
        seen.push(test.name);
    }
}

/// A test that could not fail, rows that would replace others, and rows in a format that does not exist.
fn rows_diagnostics(test: &TestCase, out: &mut Vec<Diagnostic>) {
    if test.expects.is_empty() {
        let message = "this test expects nothing, so it cannot fail";
        let help = "say what must come out: `expect name \"\"\"jsonl …\"\"\"`";
        out.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, test.span, message).help(help));
    }
    for (n, table) in test.givens.iter().enumerate() {
        if test.givens[..n].iter().any(|t| t.target == table.target) {
            let message = format!("the rows of `{}` are given twice", table.target);
            let help = "put all of them into one block";
            out.push(Diagnostic::new(names::DUPLICATE_NAME, table.target_span, message).help(help));
        }
    }
    for table in test.givens.iter().chain(&test.expects) {
        if !matches!(table.format.as_str(), "jsonl" | "json" | "ndjson" | "csv") {
            let message = format!("rows are `jsonl` or `csv`, not `{}`", table.format);
            out.push(Diagnostic::new(schemas::BAD_OPTION_VALUE, table.target_span, message));
        } else if table.format != "csv" {
            json_diagnostics(table, out);
        }
    }
}

/// Rows that are no JSON objects, each at its line; an array of objects is read as a whole.
fn json_diagnostics(table: &TestTable, out: &mut Vec<Diagnostic>) {
    if table.text.trim_start().starts_with('[') {
        if let Err(error) =
            serde_json::from_str::<Vec<serde_json::Map<String, serde_json::Value>>>(&table.text)
        {
            let line = error.line().saturating_sub(1);
            let start = table.text.split_inclusive('\n').take(line).map(str::len).sum();
            let text = table.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            out.push(unreadable_row(table, start, text, &error));
        }
        return;
    }
    let mut start = 0;
    for line in table.text.split_inclusive('\n') {
        if !line.trim().is_empty()
            && let Err(error) =
                serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line.trim_end())
        {
            out.push(unreadable_row(table, start, line, &error));
        }
        start += line.len();
    }
}

/// `line`, which starts at that byte of the rows, is no row.
fn unreadable_row(table: &TestTable, start: usize, line: &str, error: &serde_json::Error) -> Diagnostic {
    let indent = line.len() - line.trim_start().len();
    let at = table.span.start as usize + start;
    let span = Span::new(table.span.file, at + indent, at + line.trim_end().len().max(indent));
    let message = if error.is_data() {
        "a row is a JSON object: `{\"id\": 1}`".to_owned()
    } else {
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        format!("this row is no JSON: {said}, in column {}", error.column())
    };
    Diagnostic::new(schemas::SAMPLE_UNREADABLE, span, message)
}
