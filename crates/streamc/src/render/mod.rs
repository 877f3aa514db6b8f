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
    /// The component.
    pub component: String,
    /// The file of the application.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Shows findings in that form. People read them on standard error, machines on standard output.
pub(crate) fn show(
    console: &Console,
    format: Format,
    sources: &Sources<'_>,
    diagnostics: &[Diagnostic],
    unchecked: &[Unchecked],
) {
    match format {
        Format::Full => {
            for diagnostic in diagnostics {
                console.message(&full::render(diagnostic, sources, console));
                console.message("\n");
            }
            for part in unchecked {
                let note = console.paint(Style::Dim, "not checked:");
                console.message(&format!("{note} `{}` in {}: {}", part.component, part.path, part.reason));
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
