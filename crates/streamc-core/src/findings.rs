//! Everything that is wrong with an application.

use crate::component::{ComponentId, lowered};
use crate::database::Db;
use crate::files::{File, parsed};
use crate::names::{application_files, symbols};
use crate::{graph, lints, names, testing};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;

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
    sort(&mut out);
    out
}

/// Findings in the declaration of one component.
pub fn component_diagnostics<'db>(db: &'db dyn Db, root: File, name: &SmolStr) -> &'db [Diagnostic] {
    &lowered(db, root, ComponentId::new(db, name.clone())).diagnostics
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
