//! Everything that is tested of the syntax, in one binary.
#![allow(clippy::disallowed_methods, reason = "tests read fixtures from the disk")]

mod deletion;
mod formatter;
mod lexer;
mod mistakes;
mod pages;
mod properties;
mod recovery;
mod tree;

use streamc_diagnostics::{Diagnostic, FileId};
use streamc_syntax::{Parsed, ast};

/// The file that shows all of the language.
pub const FIXTURE: &str = include_str!("../fixtures/card_fraud.stream");

/// Parses as file 0.
pub fn parse(text: &str) -> Parsed {
    streamc_syntax::parse(FileId(0), text)
}

/// The tree of a text, without places.
pub fn tree(text: &str) -> String {
    ast::dump(&parse(text).file, text)
}

/// `line:column code message`, and what would mend it.
pub fn render(text: &str, diagnostic: &Diagnostic) -> String {
    let Some(span) = diagnostic.span else {
        return format!("-:- {} {}", diagnostic.code, diagnostic.message);
    };
    let before = &text[..span.start as usize];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let shown = &text[span.range()];
    let mut out =
        format!("{line}:{column} {} {} [{}]", diagnostic.code, diagnostic.message, shown.escape_debug());
    for fix in &diagnostic.fixes {
        out.push_str(&format!("\n      fix: {}", fix.title));
    }
    out
}

/// The findings for a text, one a line.
pub fn findings(text: &str) -> String {
    parse(text).diagnostics.iter().map(|d| render(text, d) + "\n").collect()
}
