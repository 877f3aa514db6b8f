//! `streamc check`.

use super::session::Session;
use crate::arguments::{Check, Format};
use crate::console::{Console, Style};
use crate::{Outcome, render};

pub(crate) fn run(arguments: &Check, console: &Console) -> Outcome {
    let Some(session) = Session::open(&arguments.paths, console) else { return Outcome::Failed };
    let findings = session.check(arguments.engine, arguments.delivery.map(Into::into));
    session.show(&findings.diagnostics, &findings.unchecked, arguments.format, console);
    let files = session.roots.len();
    let of = format!("{files} file{}", if files == 1 { "" } else { "s" });
    if arguments.format == Format::Full {
        let summary = render::summary(&findings.diagnostics);
        console.note(&if findings.has_errors() {
            format!("{}: {summary} in {of}", console.paint(Style::Error, "failed"))
        } else if summary.is_empty() {
            format!("{}: {of} checked", console.paint(Style::Good, "ok"))
        } else {
            format!("{}: {summary} in {of}", console.paint(Style::Good, "ok"))
        });
    }
    if findings.has_errors() { Outcome::Findings } else { Outcome::Fine }
}
