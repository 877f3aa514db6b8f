//! Everything that is wrong with an application.

use crate::component::{ComponentId, lowered};
use crate::database::Db;
use crate::files::{File, parsed};
use crate::names::{application_files, symbols};
use crate::{graph, lints, names, testing};
use smol_str::SmolStr;
use streamc_diagnostics::codes::{Code, schemas, syntax};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_syntax::ast::Item;

/// All findings in the application of `root`, by file and place; the same whoever asks: the command line, the editor, a
/// test.
#[salsa::tracked(returns(ref))]
pub fn check(db: &dyn Db, root: File) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for file in application_files(db, root) {
        out.extend(parsed(db, *file).diagnostics.iter().cloned());
    }
    names::name_diagnostics(db, root, &mut out);
    crate::application::app(db, root, &mut out);
    graph::graph_diagnostics(db, root, &mut out);
    for name in symbols(db, root).keys() {
        out.extend(component_diagnostics(db, root, name).iter().cloned());
    }
    lints::lint(db, root, &mut out);
    testing::test_diagnostics(db, root, &mut out);
    drop_consequences(db, root, &mut out);
    sort(&mut out);
    out
}

/// Findings in the declaration of one component.
pub fn component_diagnostics<'db>(db: &'db dyn Db, root: File, name: &SmolStr) -> &'db [Diagnostic] {
    &lowered(db, root, ComponentId::new(db, name.clone())).diagnostics
}

/// What seems to be missing behind a quote or bracket that is never closed is likely within it, and what is nested too
/// deep is said once.
fn drop_consequences(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    let spans = |codes: &[Code]| -> Vec<Span> {
        out.iter().filter(|d| codes.contains(&d.code)).filter_map(|d| d.span).collect()
    };
    let open = spans(&[syntax::UNCLOSED_STRING, syntax::UNCLOSED_BLOCK]);
    let deep = spans(&[syntax::NESTING_LIMIT]);
    if open.is_empty() && deep.len() < 2 {
        return;
    }
    let holds =
        |item: Span, span: Span| item.file == span.file && item.start <= span.start && span.end <= item.end;
    let items: Vec<Span> = application_files(db, root)
        .iter()
        .flat_map(|file| parsed(db, *file).file.items.iter().map(Item::span))
        .filter(|item| open.iter().any(|span| holds(*item, *span)))
        .collect();
    out.retain(|d| {
        let Some(at) = d.span else { return true };
        let missing = [schemas::MISSING_OPTION, schemas::NO_SCHEMA].contains(&d.code);
        let within = missing && items.iter().any(|item| holds(*item, at));
        let again =
            d.code == syntax::NESTING_LIMIT && deep.iter().any(|inner| *inner != at && holds(at, *inner));
        !within && !again
    });
}

/// By file, place and weight, each finding once.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    let place = |d: &Diagnostic| d.span.map(|s| (s.file, s.start, s.end));
    diagnostics.sort_by(|a, b| {
        (place(a), a.severity, a.code.as_str(), &a.message).cmp(&(
            place(b),
            b.severity,
            b.code.as_str(),
            &b.message,
        ))
    });
    diagnostics.dedup_by(|a, b| a.code == b.code && a.span == b.span && a.message == b.message);
}
