//! One line a finding.

use crate::sources::Sources;
use streamc_diagnostics::Diagnostic;

/// `path:line:column: severity[code] message`.
pub(super) fn render(diagnostic: &Diagnostic, sources: &Sources<'_>) -> String {
    let place = match diagnostic.span.and_then(|s| sources.range(s)) {
        Some((path, start, _)) => format!("{path}:{}:{}: ", start.line, start.column),
        None => String::new(),
    };
    format!("{place}{}[{}] {}\n", diagnostic.severity.as_str(), diagnostic.code, diagnostic.message)
}
