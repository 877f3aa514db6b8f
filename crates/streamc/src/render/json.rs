//! Findings as one JSON object, version 1.

use super::Unchecked;
use crate::sources::{Position, Sources};
use serde::Serialize;
use streamc_diagnostics::{Diagnostic, Span};

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    path: Option<String>,
    span: Option<Bytes>,
    range: Option<Range>,
    labels: Vec<LabelOut<'a>>,
    help: Option<&'a str>,
    fixes: Vec<FixOut<'a>>,
    url: String,
}

#[derive(Serialize)]
struct Bytes {
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct LabelOut<'a> {
    message: &'a str,
    path: Option<String>,
    span: Bytes,
    range: Option<Range>,
}

#[derive(Serialize)]
struct FixOut<'a> {
    title: &'a str,
    edits: Vec<EditOut<'a>>,
}

#[derive(Serialize)]
struct EditOut<'a> {
    path: Option<String>,
    span: Bytes,
    range: Option<Range>,
    text: &'a str,
}

fn bytes(span: Span) -> Bytes {
    Bytes { start: span.start, end: span.end }
}

fn place(span: Span, sources: &Sources<'_>) -> (Option<String>, Option<Range>) {
    match sources.range(span) {
        Some((path, start, end)) => (Some(path), Some(Range { start, end })),
        None => (None, None),
    }
}

fn edit<'a>((span, text): &'a (Span, String), sources: &Sources<'_>) -> EditOut<'a> {
    let (path, range) = place(*span, sources);
    EditOut { path, span: bytes(*span), range, text }
}

/// The object, with a line end.
pub(super) fn render(diagnostics: &[Diagnostic], unchecked: &[Unchecked], sources: &Sources<'_>) -> String {
    let finding = |d: &'_ Diagnostic| -> serde_json::Value {
        let (path, range) = d.span.map_or((None, None), |s| place(s, sources));
        let labels = d
            .labels
            .iter()
            .map(|l| {
                let (path, range) = place(l.span, sources);
                LabelOut { message: &l.message, path, span: bytes(l.span), range }
            })
            .collect();
        let fixes = d
            .fixes
            .iter()
            .map(|f| FixOut { title: &f.title, edits: f.edits.iter().map(|e| edit(e, sources)).collect() });
        let fixes = fixes.collect();
        let out = Finding {
            code: d.code.as_str(),
            severity: d.severity.as_str(),
            message: &d.message,
            path,
            span: d.span.map(bytes),
            range,
            labels,
            help: d.help.as_deref(),
            fixes,
            url: format!("docs/diagnostics/{}.md", d.code),
        };
        serde_json::to_value(out).unwrap_or_default()
    };
    let value = serde_json::json!({
        "version": 1,
        "diagnostics": diagnostics.iter().map(finding).collect::<Vec<_>>(),
        "unchecked": unchecked,
    });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}
