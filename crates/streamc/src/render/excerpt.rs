//! Findings in lines that are too long to be shown: a piece of the line around the place.

use crate::console::{Console, Style};
use crate::sources::Sources;
use std::fmt::Write;
use streamc_diagnostics::{Diagnostic, Span};

/// A line of more bytes than this is not shown whole.
const LONG: usize = 500;

/// How many characters are shown before and behind the first one that is meant.
const AROUND: usize = 40;

/// Whether a line with a place of the finding is too long to be shown, or is not there: a file that is no text has none.
pub(super) fn is_needed(diagnostic: &Diagnostic, sources: &Sources<'_>) -> bool {
    let spans = diagnostic.span.into_iter().chain(diagnostic.labels.iter().map(|l| l.span));
    spans.into_iter().any(|span| {
        sources.get(span.file).is_some_and(|source| {
            if span.end as usize > source.text.len() {
                return true;
            }
            let (start, end) = (source.boundary(span.start as usize), source.boundary(span.end as usize));
            let begin = source.text[..start].rfind('\n').map_or(0, |at| at + 1);
            let close = source.text[end..].find('\n').map_or(source.text.len(), |at| end + at);
            source.text[begin..close].lines().any(|line| line.len() > LONG)
        })
    })
}

/// Head, place, the piece of the line with a mark below, and what helps.
pub(super) fn render(
    diagnostic: &Diagnostic,
    style: Style,
    sources: &Sources<'_>,
    console: &Console,
) -> String {
    let head = console.paint(style, &format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code));
    let mut out = format!("{head}: {}", diagnostic.message);
    if let Some(span) = diagnostic.span {
        piece(&mut out, span, diagnostic.label.as_deref(), sources);
    }
    for label in &diagnostic.labels {
        piece(&mut out, label.span, Some(&label.message), sources);
    }
    if let Some(help) = diagnostic.help.as_ref().or(diagnostic.fixes.first().map(|fix| &fix.title)) {
        let _ = write!(out, "\n  help: {help}");
    }
    let _ = write!(out, "\n  note: streamc explain {}", diagnostic.code);
    out
}

fn piece(out: &mut String, span: Span, label: Option<&str>, sources: &Sources<'_>) {
    let Some(source) = sources.get(span.file) else { return };
    let at = source.boundary(span.start as usize);
    let begin = source.text[..at].rfind('\n').map_or(0, |at| at + 1);
    let (before, behind) = (&source.text[begin..at], &source.text[at..]);
    let behind = behind.split('\n').next().unwrap_or(behind).trim_end_matches('\r');
    let cut = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let end = behind.char_indices().nth(AROUND).map_or(behind.len(), |(at, _)| at);
    let lead = if cut > 0 { "…" } else { "" };
    let tail = if end < behind.len() { "…" } else { "" };
    let shown = before[cut..].replace('\t', " ");
    let place = source.position(at);
    let _ = write!(out, "\n  {}:{}:{}", source.path, place.line, place.column);
    if source.text.is_empty() {
        return;
    }
    let _ = write!(out, "\n    {lead}{shown}{}{tail}", behind[..end].replace('\t', " "));
    let mark = lead.chars().count() + shown.chars().count();
    let shown_end = source.boundary(span.end as usize).saturating_sub(at).min(end);
    let meant = behind[..shown_end].chars().count().max(1);
    let _ = write!(out, "\n    {}{} {}", " ".repeat(mark), "^".repeat(meant), label.unwrap_or_default());
    out.truncate(out.trim_end().len());
}
