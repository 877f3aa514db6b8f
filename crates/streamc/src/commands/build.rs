//! `streamc build`.

use super::session::{Session, backends, sort, with_delivery};
use crate::arguments::{Build, Format, Target};
use crate::console::{Console, Style};
use crate::sources::{RelativeTo, Sources};
use crate::{Outcome, render};
use std::collections::BTreeSet;
use std::path::PathBuf;
use streamc_backend::{BuildOptions, OutputFile, manifest};
use streamc_core::Db;
use streamc_diagnostics::Diagnostic;

/// What marks a folder as made by `streamc build`.
const MANIFEST: &str = "manifest.json";

pub(crate) fn run(arguments: &Build, console: &Console) -> Outcome {
    if arguments.engine == Some(Target::Local) {
        console.message("error: there is nothing to build for the embedded engine: `streamc run` executes the file itself");
        return Outcome::Failed;
    }
    let Some(session) = Session::open(&arguments.paths, console) else { return Outcome::Failed };
    let findings = session.check(arguments.engine, arguments.delivery.map(Into::into));
    session.show(&findings.diagnostics, &findings.unchecked, arguments.format, console);
    if findings.has_errors() {
        console.note(&format!(
            "{}: {}; nothing was written",
            console.paint(Style::Error, "failed"),
            render::summary(&findings.diagnostics)
        ));
        return Outcome::Findings;
    }
    let out = arguments.out.as_ref().or(session.config.out.as_ref());
    let out = out.cloned().unwrap_or_else(|| PathBuf::from("out"));
    let sources = Sources::new(&session.db);
    let mut seen = BTreeSet::new();
    for root in &session.roots {
        let Some(plan) = streamc_core::plan(&session.db, *root) else { continue };
        let plan = with_delivery(plan, arguments.delivery.map(Into::into));
        // A file without an `app` of its own is there for others to use.
        if session.roots.len() > 1 && plan.app.span.is_none() {
            continue;
        }
        if !seen.insert(plan.app.name.clone()) {
            console.message(&format!("error: two of these files are the application `{}`", plan.app.name));
            return Outcome::Failed;
        }
        let places = RelativeTo::new(&sources, root.path(&session.db));
        let options = BuildOptions { places: &places, version: env!("CARGO_PKG_VERSION") };
        if plan.sinks().next().is_none() {
            console.message(&format!(
                "error: `{}` has no sink, so there is nothing to build",
                root.path(&session.db)
            ));
            return Outcome::Findings;
        }
        let engines = backends(&plan, arguments.engine);
        if engines.iter().any(|b| b.engine() == streamc_plan::Engine::Local) {
            console.note(&format!(
                "{}: `{}` is for the embedded engine, so there is nothing to build; `--engine flink` builds it for Flink",
                console.paint(Style::Hint, "skipped"),
                plan.app.name
            ));
            continue;
        }
        let mut files: Vec<OutputFile> = Vec::new();
        for backend in engines {
            match backend.emit(&plan, &options) {
                Ok(more) => files.extend(more),
                Err(mut faults) => {
                    sort(&mut faults);
                    session.show(&faults, &[], arguments.format, console);
                    let internal = faults.iter().any(|d: &Diagnostic| d.code.as_str().starts_with("ST9"));
                    return if internal { Outcome::Failed } else { Outcome::Findings };
                }
            }
        }
        files.push(manifest(&plan, &files, &options));
        let folder = out.join(plan.app.name.as_str());
        let system = session.db.system();
        let occupied = system.exists(&folder)
            && !system.exists(&folder.join(MANIFEST))
            && system.list(&folder).map_or(true, |entries| !entries.is_empty());
        if occupied {
            console.message(&format!(
                "error: `{}` holds something that `streamc build` did not write: choose another `--out`",
                folder.display()
            ));
            return Outcome::Failed;
        }
        let bytes: Vec<(String, Vec<u8>)> =
            files.into_iter().map(|f| (f.path, f.contents.into_bytes())).collect();
        if let Err(error) = system.write_folder(&folder, &bytes) {
            console.message(&format!("error: {error}"));
            return Outcome::Failed;
        }
        if arguments.format == Format::Full {
            for (name, _) in &bytes {
                console.note(&format!(
                    "{} {}",
                    console.paint(Style::Good, "wrote"),
                    folder.join(name).display()
                ));
            }
        }
    }
    Outcome::Fine
}
