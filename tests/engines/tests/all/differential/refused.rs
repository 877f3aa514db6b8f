//! What Flink refuses: the queries of `tests/differential/refused`, one a line. Nothing is run, only planned.
//!
//! `lines <- SELECT …` is written to files that only grow, `keyed <- SELECT …` to a topic whose records replace one
//! another by the column `k`, as `streamc build` writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value as Json;
use streamc_backend::Backend as _;
use streamc_core::{Database, MemorySystem, check, plan};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_engine_tests::built::{BUILD, build};
use streamc_flink::FlinkBackend;
use xtask::engines::FlinkOracle;

use super::answers::{HOW, updating};
use super::emitted::THREADS;
use super::table::folder;

/// A file of queries.
pub(super) struct Area {
    name: String,
    pub queries: Vec<String>,
}

/// Whether Flink plans a query, and if not, the first line of what it says.
type Verdict = Result<(), String>;

impl Area {
    /// Every file, by name.
    pub(super) fn all() -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder().join("refused"))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "sql") {
                continue;
            }
            let name = path.file_stem().context("a file without a name")?.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path)?;
            let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
            found.push(Self { name, queries: lines.map(str::to_owned).collect() });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn path(&self, ending: &str) -> PathBuf {
        folder().join(format!("refused/{}.{ending}", self.name))
    }

    /// What Flink said, in the order of the queries.
    pub(super) fn truth(&self) -> Result<Vec<Verdict>> {
        let path = self.path("flink.tsv");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let mut known: BTreeMap<&str, &str> =
            text.lines().map(|line| line.split_once('\t').context("no tab")).collect::<Result<_>>()?;
        let verdicts: Vec<Verdict> = self
            .queries
            .iter()
            .map(|query| match known.remove(query.as_str()) {
                Some("planned") => Ok(Ok(())),
                Some(why) => Ok(Err(serde_json::from_str(why)?)),
                None => Err(anyhow!("{} has no answer of Flink to `{query}`; {HOW}", path.display())),
            })
            .collect::<Result<_>>()?;
        ensure!(known.is_empty(), "{} answers what nobody asks: {:?}; {HOW}", path.display(), known.keys());
        Ok(verdicts)
    }

    /// Writes down what Flink says.
    pub(super) fn store(&self, verdicts: &[Verdict]) -> Result<()> {
        let mut text = String::new();
        for (query, verdict) in self.queries.iter().zip(verdicts) {
            match verdict {
                Ok(()) => writeln!(text, "{query}\tplanned")?,
                Err(why) => writeln!(text, "{query}\t{}", Json::from(why.as_str()))?,
            }
        }
        Ok(std::fs::write(self.path("flink.tsv"), text)?)
    }

    /// Compares what `streamc` says, each finding with its place and edits, with what was written down.
    pub(super) fn settle(&self, found: &str) -> Result<()> {
        let path = self.path("streamc.txt");
        if updating() {
            return Ok(std::fs::write(path, found)?);
        }
        let stored = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let different: Vec<String> = stored
            .split("\n\n")
            .zip(found.split("\n\n"))
            .filter(|(stored, found)| stored != found)
            .map(|(stored, found)| format!("stored: {stored}\nfound:  {found}"))
            .collect();
        ensure!(stored == found, "{} is stale; {HOW}\n{}", path.display(), different.join("\n"));
        Ok(())
    }
}

/// What `streamc` says to a query: its findings, those of its backend for Flink too.
pub(super) struct Ours {
    text: String,
    pub findings: Vec<Diagnostic>,
    start: usize,
}

impl Ours {
    /// Checks a query, and builds it.
    pub(super) fn of(query: &str) -> Result<Self> {
        let (sink, sql) = split(query);
        let sink = match sink {
            Some("lines") => "file { path: \"out\", format: json }",
            Some("keyed") => {
                "upsert_kafka { brokers: \"localhost:9092\", topic: \"out\", key: k, format: json }"
            }
            Some(other) => anyhow::bail!("there is no sink `{other}`"),
            None => "print {}",
        };
        let head = "use \"sources.stream\"\nstream q = sql \"\"\"";
        let text = format!("{head}{sql}\"\"\"\nsink out = {sink} from q\n");
        let sources = sources()?;
        let system = MemorySystem::new([("case.stream", text.as_str()), ("sources.stream", &sources)]);
        let db = Database::new(Arc::new(system));
        let file = db.open(std::path::Path::new("case.stream"));
        let mut findings: Vec<Diagnostic> = check(&db, file).clone();
        if let Some(plan) = plan(&db, file) {
            match FlinkBackend.emit(&plan, &BUILD) {
                Ok(_) => {}
                Err(refused) => findings.extend(refused),
            }
        }
        Ok(Self { text, findings, start: head.len() })
    }

    /// Whether it is refused.
    pub(super) fn is_refused(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }

    /// Whether it is taken, or every error says that the construct is not supported yet.
    pub(super) fn says_not_yet(&self) -> bool {
        self.findings.iter().filter(|d| d.is_error()).all(|d| d.code == SQL_UNSUPPORTED)
    }

    /// Codes of the errors, for a reader.
    pub(super) fn codes(&self) -> String {
        let codes: Vec<&str> =
            self.findings.iter().filter(|d| d.is_error()).map(|d| d.code.as_str()).collect();
        codes.join(", ")
    }

    /// The errors with their places, help and edits.
    pub(super) fn show(&self) -> String {
        let mut out = String::new();
        for found in self.findings.iter().filter(|d| d.is_error()) {
            let at = found.span.map(|span| self.text.get(span.range()).unwrap_or("elsewhere"));
            let _ = write!(out, "  {}: {}", found.code.as_str(), found.message);
            let _ = writeln!(out, "  ‹{}›", at.unwrap_or_default());
            if let Some(help) = &found.help {
                let _ = writeln!(out, "    help: {help}");
            }
            for fix in &found.fixes {
                let mut text = self.text.clone();
                let mut edits = fix.edits.clone();
                edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
                for (span, new) in &edits {
                    text.replace_range(span.range(), new);
                }
                let end = text.rfind("\"\"\"\nsink").unwrap_or(text.len());
                let _ = writeln!(
                    out,
                    "    {}: {}",
                    fix.title,
                    text.get(self.start..end).unwrap_or("in the file")
                );
            }
        }
        out
    }
}

fn split(query: &str) -> (Option<&str>, &str) {
    match query.split_once(" <- ") {
        Some((sink, sql)) if !sink.contains(' ') => (Some(sink), sql),
        _ => (None, query),
    }
}

fn sources() -> Result<String> {
    Ok(std::fs::read_to_string(folder().join("refused/sources.stream"))?)
}

/// What Flink says to each query.
pub(super) fn verdicts(flink: &FlinkOracle, queries: &[String]) -> Result<Vec<Verdict>> {
    let sources = sources()?;
    let readers: String = sources
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            matches!(words.next(), Some("source" | "stream")).then(|| words.next()).flatten()
        })
        .map(|name| format!("sink to_{name} = print {{}} from {name}\n"))
        .collect();
    let system = MemorySystem::new([("case.stream", format!("{sources}\n{readers}").as_str())]);
    let db = Database::new(Arc::new(system));
    let file = db.open(std::path::Path::new("case.stream"));
    let plan =
        plan(&db, file).ok_or_else(|| anyhow!("the sources do not compile: {:?}", check(&db, file)))?;
    let mut declarations = build(&plan).map_err(|refused| anyhow!("{refused}"))?.declarations;
    declarations.retain(|sql| !sql.contains("`to_"));
    declarations.push(
        "CREATE TABLE `lines` (k STRING, n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json')"
            .to_owned(),
    );
    declarations.push(
        "CREATE TABLE keyed (k STRING NOT NULL, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', \
         'topic' = 'out', 'properties.bootstrap.servers' = 'localhost:9092', 'key.format' = 'json', 'value.format' = 'json')"
            .to_owned(),
    );
    let verdict = |query: &String| -> Result<Verdict> {
        let (sink, sql) = split(query);
        let sql = match sink {
            Some("keyed") => format!("INSERT INTO keyed {sql} ON CONFLICT DO DEDUPLICATE"),
            Some(sink) => format!("INSERT INTO `{sink}` {sql}"),
            None => sql.to_owned(),
        };
        let script: Vec<String> = declarations.iter().cloned().chain([sql]).collect();
        Ok(flink.plan(&script)?.map(drop).map_err(|error| {
            let line = error.root().lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            // The order of the values of a set differs from one Java process to the next.
            let line = line.split(" Valid values are: [").next().unwrap_or(line);
            line.chars().take(200).collect()
        }))
    };
    let waiting = Mutex::new(queries.iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let mut found = thread::scope(|scope| {
        let work =
            || std::iter::from_fn(&next).map(|(i, q)| Ok((i, verdict(q)?))).collect::<Result<Vec<_>>>();
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| anyhow!("a worker panicked"))??);
        }
        Ok::<_, anyhow::Error>(all)
    })?;
    found.sort_by_key(|(index, _)| *index);
    Ok(found.into_iter().map(|(_, verdict)| verdict).collect())
}
