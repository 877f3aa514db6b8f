//! What the commands that read `.stream` files share: files, the database, findings.

use crate::arguments::{Format, Target};
use crate::config::Config;
use crate::console::Console;
use crate::render::{self, Unchecked};
use crate::sources::Sources;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use streamc_backend::Backend;
use streamc_core::{Database, File, OsSystem, OverlaySystem, System, stream_files};
use streamc_diagnostics::Diagnostic;
use streamc_plan::{Delivery, Engine, OptionValue, Plan};

/// The files of one call of the command line.
pub(crate) struct Session {
    /// The database.
    pub db: Database,
    /// The files that were named, or found in folders that were.
    pub roots: Vec<File>,
    /// What the project's `streamc.toml` says.
    pub config: Config,
}

/// The session time zone of the application, which has been checked.
pub(crate) fn time_zone(plan: &Plan) -> jiff::tz::TimeZone {
    match plan.app.settings.get("time_zone") {
        Some(OptionValue::Str(name)) => {
            streamc_functions::session_zone(name).unwrap_or(jiff::tz::TimeZone::UTC)
        }
        _ => jiff::tz::TimeZone::UTC,
    }
}

/// Why nothing is known of what the engine makes of a file.
const ENGINE_UNCHECKED: &str = "whether the engine can run it is checked once the errors are mended";

/// What is wrong with the applications of a session.
pub(crate) struct Findings {
    /// All findings, each once, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
}

impl Findings {
    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

impl Session {
    /// Opens the files that `paths` name; `-` is standard input. `None` after a message if there is nothing to open, or the
    /// project's configuration is not understood.
    pub fn open(paths: &[PathBuf], console: &Console) -> Option<Self> {
        let system = Arc::new(OverlaySystem::new(OsSystem));
        let config = match crate::config::load(&*system) {
            Ok(config) => config,
            Err(message) => {
                console.message(&format!("error: {message}"));
                return None;
            }
        };
        let mut files = Vec::new();
        let mut named = Vec::new();
        for path in paths {
            if path == Path::new("-") {
                let mut bytes = Vec::new();
                if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
                    console.message(&format!("error: cannot read standard input: {error}"));
                    return None;
                }
                system.lay_over(Path::new("-"), &bytes);
                files.push(PathBuf::from("-"));
            } else {
                named.push(path.clone());
            }
        }
        match stream_files(&*system, &named) {
            Ok(found) => files.extend(found),
            Err(error) => {
                console.message(&format!("error: {error}"));
                return None;
            }
        }
        tracing::info!(files = files.len(), "opened");
        let db = Database::new(system);
        let roots = files.iter().map(|path| db.open(path)).collect();
        Some(Self { db, roots, config })
    }

    /// Opens one file.
    pub fn open_one(path: &Path, console: &Console) -> Option<(Self, File)> {
        if OsSystem.is_dir(path) {
            console.message(&format!("error: `{}` is a directory: name a file", path.display()));
            return None;
        }
        let session = Self::open(&[path.to_owned()], console)?;
        let root = *session.roots.first()?;
        Some((session, root))
    }

    /// Every finding about these files, what the engine cannot do included. `delivery` stands in place of what the `app`
    /// says. What the engine cannot do is asked only of files with a sink: others are there to be used, or unfinished.
    pub fn check(&self, target: Option<Target>, delivery: Option<Delivery>) -> Findings {
        let mut out = Findings { diagnostics: Vec::new(), unchecked: Vec::new() };
        for root in &self.roots {
            let started = std::time::Instant::now();
            out.diagnostics.extend(streamc_core::check(&self.db, *root).iter().cloned());
            tracing::debug!(path = root.path(&self.db).as_str(), elapsed = ?started.elapsed(), "checked");
            match streamc_core::plan(&self.db, *root) {
                Some(plan) => {
                    let plan = with_delivery(plan, delivery);
                    if plan.sinks().next().is_none() {
                        continue;
                    }
                    for backend in backends(&plan, target) {
                        out.diagnostics.extend(backend.capabilities(&plan));
                    }
                }
                None => out.unchecked.extend(self.unchecked(*root)),
            }
        }
        sort(&mut out.diagnostics);
        out
    }

    /// Components of which nothing is known, without an error of their own: they read something that has one.
    fn unchecked(&self, root: File) -> Vec<Unchecked> {
        let path = root.path(&self.db).to_string();
        let mut out = Vec::new();
        for name in streamc_core::symbols(&self.db, root).keys() {
            let id = streamc_core::ComponentId::new(&self.db, name.clone());
            let lowered = streamc_core::lowered(&self.db, root, id);
            if lowered.component.is_none() && !lowered.diagnostics.iter().any(Diagnostic::is_error) {
                let graph = streamc_core::dependency_graph(&self.db, root);
                let reason = if graph.is_cyclic(name) {
                    "it is part of a circle".to_owned()
                } else {
                    let reads = graph.reads.get(name).map(|r| r.join(", ")).unwrap_or_default();
                    if reads.is_empty() {
                        "its declaration has errors".to_owned()
                    } else {
                        format!("what it reads has errors ({reads})")
                    }
                };
                out.push(Unchecked { component: Some(name.to_string()), path: path.clone(), reason });
            }
        }
        if out.is_empty() {
            out.push(Unchecked { component: None, path, reason: ENGINE_UNCHECKED.to_owned() });
        }
        out
    }

    /// The plan of `root`, after its findings were shown; `None` if there are errors.
    pub fn plan(&self, root: File, console: &Console) -> Option<Arc<Plan>> {
        let plan = streamc_core::plan(&self.db, root);
        let diagnostics: Vec<Diagnostic> = match &plan {
            Some(_) => Vec::new(),
            None => streamc_core::check(&self.db, root).iter().filter(|d| d.is_error()).cloned().collect(),
        };
        self.show(&diagnostics, &[], Format::Full, console);
        if plan.is_none() {
            console.note(&format!("{}: {}", root.path(&self.db), render::summary(&diagnostics)));
        }
        plan
    }

    /// Shows findings.
    pub fn show(
        &self,
        diagnostics: &[Diagnostic],
        unchecked: &[Unchecked],
        format: Format,
        console: &Console,
    ) {
        render::show(console, format, &Sources::new(&self.db), diagnostics, unchecked);
    }
}

/// The backends that a plan is checked against or built for.
pub(crate) fn backends(plan: &Plan, target: Option<Target>) -> Vec<Box<dyn Backend>> {
    let of = |engine: Engine| -> Box<dyn Backend> {
        match engine {
            Engine::Flink => Box::new(streamc_flink::FlinkBackend),
            Engine::Spark => Box::new(streamc_spark::SparkBackend),
            Engine::Local => Box::new(streamc_local::LocalBackend),
        }
    };
    match target {
        None => vec![of(plan.app.engine)],
        Some(Target::Flink) => vec![of(Engine::Flink)],
        Some(Target::Spark) => vec![of(Engine::Spark)],
        Some(Target::Local) => vec![of(Engine::Local)],
        Some(Target::All) => vec![of(Engine::Flink), of(Engine::Spark)],
    }
}

/// The plan with that guarantee in place of its own.
pub(crate) fn with_delivery(plan: Arc<Plan>, delivery: Option<Delivery>) -> Arc<Plan> {
    match delivery {
        Some(delivery) if plan.app.delivery != Some(delivery) => {
            let mut plan = Arc::unwrap_or_clone(plan);
            plan.app.delivery = Some(delivery);
            Arc::new(plan)
        }
        _ => plan,
    }
}

/// By file and place, each finding once.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.span.map(|s| (s.file, s.start, s.end));
        (place(a), a.severity, a.code.as_str(), &a.message).cmp(&(
            place(b),
            b.severity,
            b.code.as_str(),
            &b.message,
        ))
    });
    diagnostics.dedup();
}
