//! Findings, for people and for machines.

mod concise;
mod excerpt;
mod full;
mod json;

use crate::arguments::Format;
use crate::console::{Console, Style};
use crate::sources::Sources;
use streamc_diagnostics::{Diagnostic, Severity};

/// A part of an application that could not be checked, and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Unchecked {
    /// The component; none if it is what the engine makes of the whole file.
    pub component: Option<String>,
    /// The file of the application.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Shows findings in that form. People read them on standard error, machines on standard output. Where only errors are
/// wanted, there is nothing else in any form.
pub(crate) fn show(
    console: &Console,
    format: Format,
    sources: &Sources<'_>,
    diagnostics: &[Diagnostic],
    unchecked: &[Unchecked],
) {
    let errors: Vec<Diagnostic>;
    let (diagnostics, unchecked) = if console.is_quiet() {
        errors = diagnostics.iter().filter(|d| d.is_error()).cloned().collect();
        (errors.as_slice(), &[][..])
    } else {
        (diagnostics, unchecked)
    };
    match format {
        Format::Full => {
            for diagnostic in diagnostics {
                console.message(&full::render(diagnostic, sources, console));
                console.message("\n");
            }
            for part in unchecked {
                let note = console.paint(Style::Dim, "not checked yet:");
                let what = part.component.as_ref().map_or(String::new(), |name| format!("`{name}` in "));
                console.message(&format!("{note} {what}{}: {}", part.path, part.reason));
            }
        }
        Format::Concise => {
            let text: String = diagnostics.iter().map(|d| concise::render(d, sources)).collect();
            let _ = console.result(&text);
        }
        Format::Json => {
            let _ = console.result(&json::render(diagnostics, unchecked, sources));
        }
    }
}

/// `2 errors, 1 warning`; hints do not count.
pub(crate) fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |s: Severity| diagnostics.iter().filter(|d| d.severity == s).count();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    for (severity, word) in
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")]
    {
        let n = count(severity);
        if n > 0 {
            parts.push(plural(n, word));
        }
    }
    parts.join(", ")
}
