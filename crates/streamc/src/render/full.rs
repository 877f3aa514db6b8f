//! Findings with their source, by ariadne.

use super::excerpt;
use crate::console::{Console, Style};
use crate::sources::Sources;
use ariadne::{Cache, CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};
use std::collections::HashMap;
use std::fmt::Write;
use streamc_diagnostics::{Diagnostic, FileId, Severity, Span};

type Id = (FileId, std::ops::Range<usize>);

/// The texts that a report shows.
struct Texts<'a> {
    sources: &'a Sources<'a>,
    read: HashMap<FileId, Source<String>>,
}

impl Cache<FileId> for Texts<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl std::fmt::Debug> {
        let text = || self.sources.get(*id).map_or_else(String::new, |s| s.text.to_string());
        Ok::<_, std::convert::Infallible>(self.read.entry(*id).or_insert_with(|| Source::from(text())))
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl std::fmt::Display + 'b> {
        self.sources.get(*id).map(|s| s.path.clone())
    }
}

/// The finding as a text of several lines.
pub(super) fn render(diagnostic: &Diagnostic, sources: &Sources<'_>, console: &Console) -> String {
    let (style, color) = match diagnostic.severity {
        Severity::Error => (Style::Error, Color::Red),
        Severity::Warning => (Style::Warning, Color::Yellow),
        Severity::Hint => (Style::Hint, Color::Cyan),
    };
    let word = diagnostic.severity.as_str();
    let Some(span) = diagnostic.span else {
        let head = console.paint(style, &format!("{word}[{}]", diagnostic.code));
        let mut out = format!("{head}: {}", diagnostic.message);
        if let Some(help) = &diagnostic.help {
            let _ = write!(out, "\n  help: {help}");
        }
        return out;
    };
    if excerpt::is_needed(diagnostic, sources) {
        return excerpt::render(diagnostic, style, sources, console);
    }
    let at = |span: Span| -> Id { (span.file, span.range()) };
    let mut report = Report::build(ReportKind::Custom(word, color), at(span))
        .with_config(
            Config::new()
                .with_index_type(IndexType::Byte)
                .with_color(console.color_err())
                .with_char_set(CharSet::Unicode)
                .with_compact(false),
        )
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message)
        .with_label(match &diagnostic.label {
            Some(label) => Label::new(at(span)).with_color(color).with_message(label),
            // Without a text ariadne draws no underline.
            None => Label::new(at(span)).with_color(color).with_message(""),
        });
    for label in &diagnostic.labels {
        report = report
            .with_label(Label::new(at(label.span)).with_color(Color::Blue).with_message(&label.message));
    }
    if let Some(help) = &diagnostic.help {
        report = report.with_help(help);
    } else if let Some(fix) = diagnostic.fixes.first() {
        report = report.with_help(&fix.title);
    }
    report = report.with_note(format!("streamc explain {}", diagnostic.code));
    let mut out = Vec::new();
    let mut texts = Texts { sources, read: HashMap::new() };
    if report.finish().write(&mut texts, &mut out).is_err() {
        return format!("{word}[{}]: {}", diagnostic.code, diagnostic.message);
    }
    let text = String::from_utf8_lossy(&out);
    // ariadne paints the head whatever the configuration says.
    let text =
        if console.color_err() { text.into_owned() } else { anstream::adapter::strip_str(&text).to_string() };
    without_empty_labels(text.trim_end())
}

/// Without the arrows that ariadne draws from an underline to a label without a text, and the blanks that it leaves at
/// the ends of lines.
fn without_empty_labels(text: &str) -> String {
    let plain = |line: &str| anstream::adapter::strip_str(line).to_string();
    // The column of the arrow of a line that holds nothing else but the margin.
    let arrow = |line: &str| -> Option<usize> {
        let line = plain(line);
        let (margin, rest) = line.split_once('╰')?;
        let empty = rest.trim_end().chars().all(|c| c == '─') && !rest.trim_end().is_empty();
        let margin_only = margin.contains('│') && margin.chars().all(|c| c == ' ' || c == '│');
        (empty && margin_only).then(|| margin.chars().count())
    };
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if let (Some(at), Some(above)) = (arrow(line), lines.last_mut()) {
            let joints = plain(above).chars().filter(|c| *c == '┬').count();
            if plain(above).chars().nth(at) == Some('┬') && joints == 1 {
                *above = above.replace('┬', "─");
                continue;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
