//! `streamc fmt`.

use super::session::Session;
use crate::Outcome;
use crate::arguments::{Fmt, Format};
use crate::console::{Console, Style};
use crate::sources::Sources;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::path::Path;
use streamc_core::Db;

pub(crate) fn run(arguments: &Fmt, console: &Console) -> Outcome {
    let Some(session) = Session::open(&arguments.paths, console) else { return Outcome::Failed };
    let sources = Sources::new(&session.db);
    let dry = arguments.check || arguments.diff;
    let (mut broken, mut differs, mut written, mut failed) = (0usize, 0usize, 0usize, false);
    for file in &session.roots {
        let path = file.path(&session.db).as_str();
        let text = match streamc_core::text(&session.db, *file) {
            Ok(text) => text,
            Err(problem) => {
                crate::render::show(console, Format::Full, &sources, std::slice::from_ref(problem), &[]);
                failed |= file.bytes(&session.db).is_err();
                broken += 1;
                continue;
            }
        };
        let Ok(formatted) = streamc_syntax::format(text) else {
            let problems = &streamc_core::parsed(&session.db, *file).diagnostics;
            crate::render::show(console, Format::Full, &sources, problems, &[]);
            console.message(&format!("`{path}` has errors and was left as it is"));
            broken += 1;
            continue;
        };
        let from_input = path == "-";
        if from_input && !dry {
            let _ = console.result(&formatted);
            continue;
        }
        if formatted == **text {
            continue;
        }
        differs += 1;
        if arguments.diff {
            let _ = console.result(&diff(path, text, &formatted, console));
        }
        if arguments.check && !arguments.diff {
            console.message(&format!("{} {path}", console.paint(Style::Warning, "not formatted:")));
        }
        if !dry {
            if let Err(error) = session.db.system().write(Path::new(path), formatted.as_bytes()) {
                console.message(&format!("error: {error}"));
                failed = true;
            } else {
                written += 1;
            }
        }
    }
    if written > 0 {
        console.note(&format!("formatted {written} file{}", if written == 1 { "" } else { "s" }));
    }
    match (failed, broken > 0 || (dry && differs > 0)) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Findings,
        (false, false) => Outcome::Fine,
    }
}

/// A unified diff.
fn diff(path: &str, old: &str, new: &str, console: &Console) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut out = format!("--- {path}\n+++ {path}\n");
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ("-", Some(Style::Error)),
                ChangeTag::Insert => ("+", Some(Style::Good)),
                ChangeTag::Equal => (" ", None),
            };
            let line = format!("{sign}{}", change.value().trim_end_matches('\n'));
            let _ = writeln!(out, "{}", style.map_or(line.clone(), |s| console.paint_out(s, &line)));
        }
    }
    out
}
