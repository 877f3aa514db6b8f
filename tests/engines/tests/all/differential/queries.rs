//! The small programs of `tests/differential/queries`: every stream of a file is a case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};
use streamc_core::{Database, MemorySystem, check, plan};
use streamc_engine_tests::cells;
use streamc_engine_tests::database::rows_of;
use streamc_engine_tests::program::one_line;
use streamc_functions::EvalContext;
use streamc_local::{Collected, Input, Inputs, RunOptions, fold_changelog};
use streamc_plan::{OptionValue, Plan};

use super::answers::HOW;
use super::table::folder;

/// What an engine says to a stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    /// Names and types in Flink's summary spelling.
    pub columns: Vec<(String, String)>,
    /// Kinds of rows that its changelog may have: `I`, or `I,UA`, `I,UA,D`; `-U` is left out.
    pub changelog: String,
    /// The rows that remain when every change is done, as JSON, sorted.
    pub rows: Vec<Json>,
}

impl Table {
    /// A table of rows in any order.
    pub(super) fn new(mut columns: Vec<(String, String)>, changelog: String, rows: Vec<Vec<Json>>) -> Self {
        // Flink writes the names of a row type's fields in back quotes always, `describe` only where they are needed.
        for (_, ty) in &mut columns {
            ty.retain(|c| c != '`');
        }
        let cell = |(cell, (_, ty)): (Json, &(String, String))| cells::shortest(cell, ty);
        let mut rows: Vec<Json> =
            rows.into_iter().map(|row| row.into_iter().zip(&columns).map(cell).collect()).collect();
        rows.sort_by_cached_key(Json::to_string);
        Self { columns, changelog, rows }
    }

    fn json(&self, stream: &str) -> Json {
        json!({"stream": stream, "changelog": self.changelog, "columns": self.columns, "rows": self.rows})
    }

    fn parse(mut line: Json) -> Result<(String, Self)> {
        let stream = line["stream"].as_str().context("no stream")?.to_owned();
        let changelog = line["changelog"].as_str().context("no changelog")?.to_owned();
        let columns = serde_json::from_value(line["columns"].take())?;
        let rows: Vec<Vec<Json>> = serde_json::from_value(line["rows"].take())?;
        Ok((stream, Self::new(columns, changelog, rows)))
    }

    /// Where the two differ, in a few lines; `None` if they agree.
    pub(super) fn difference(&self, other: &Self, names: (&str, &str)) -> Option<String> {
        let (left, right) = names;
        let mut lines = Vec::new();
        if self.columns != other.columns {
            lines.push(format!("  columns of {left}: {:?}", self.columns));
            lines.push(format!("  columns of {right}: {:?}", other.columns));
        }
        if self.changelog != other.changelog {
            lines.push(format!("  changelog of {left}: {}, of {right}: {}", self.changelog, other.changelog));
        }
        lines.extend(rows_difference(&self.rows, &other.rows, names));
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// The rows that only one side has.
pub(super) fn rows_difference(left: &[Json], right: &[Json], names: (&str, &str)) -> Vec<String> {
    let without = |rows: &[Json], others: &[Json]| {
        let mut rest = others.to_vec();
        let mut only = Vec::new();
        for row in rows {
            match rest.iter().position(|other| other == row) {
                Some(at) => drop(rest.swap_remove(at)),
                None => only.push(row.to_string()),
            }
        }
        only
    };
    let line = |name: &str, rows: Vec<String>| {
        let rows = rows.join(" ");
        (!rows.is_empty()).then(|| format!("  only {name}: {rows}"))
    };
    [line(names.0, without(left, right)), line(names.1, without(right, left))].into_iter().flatten().collect()
}

/// A file of cases.
pub(super) struct Program {
    /// The file's stem.
    pub name: String,
    /// The compiled file; paths of its sources are absolute.
    pub plan: Arc<Plan>,
}

impl Program {
    /// Every file of cases, by name.
    pub(super) fn all() -> Result<Vec<Self>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder().join("queries"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "stream") {
                names.push(path.file_stem().context("a file without a name")?.to_string_lossy().into_owned());
            }
        }
        names.sort();
        let data = Self::data();
        names.into_iter().filter(|name| name != "sources").map(|name| Self::read(&name, &data)).collect()
    }

    /// The folder of the records.
    pub(super) fn data() -> PathBuf {
        folder().join("queries/data")
    }

    /// A file of cases over the records in the folder `data`.
    pub(super) fn read(name: &str, data: &Path) -> Result<Self> {
        let mut text = Self::text(name)?;
        // An application without a sink does nothing, and the backends say so.
        let sinks: String = text
            .lines()
            .filter_map(|line| line.strip_prefix("stream ")?.split_whitespace().next())
            .map(|stream| format!("\nsink to_{stream} = print {{ label: \"{stream}\" }} from {stream}"))
            .collect();
        text = format!("{text}{sinks}\n");
        let plan = compile(&text, data).with_context(|| format!("{name}.stream"))?;
        Ok(Self { name: name.to_owned(), plan })
    }

    /// The text of a file.
    fn text(name: &str) -> Result<String> {
        let path = folder().join(format!("queries/{name}.stream"));
        std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))
    }

    /// Whether it reads a table of a database.
    pub(super) fn looks_up(&self) -> bool {
        self.plan.sources().any(|(_, source)| source.connector.connector == "jdbc")
    }

    /// Names of its streams.
    pub(super) fn streams(&self) -> Vec<String> {
        self.plan.streams().map(|(component, _)| component.name.to_string()).collect()
    }

    /// What the embedded engine says to every stream.
    pub(super) fn run(&self) -> Result<BTreeMap<String, Table>> {
        let mut inputs = Inputs::new();
        for (component, source) in self.plan.sources() {
            let path = match source.connector.text("path") {
                Some(path) => PathBuf::from(path),
                None => rows_of(&component.name).context("a source without rows")?,
            };
            inputs
                .set(component.name.clone(), Input::bytes(path.display().to_string(), std::fs::read(path)?));
        }
        let targets = self.streams().iter().map(|name| name.as_str().into()).collect();
        let mut collected = Collected::default();
        let zone = match self.plan.app.settings.get("time_zone") {
            Some(OptionValue::Str(name)) => TimeZone::get(name)?,
            _ => TimeZone::UTC,
        };
        let context = EvalContext { zone, ..EvalContext::default() };
        let options = RunOptions { targets, context, ..RunOptions::default() };
        let report = streamc_local::run(&self.plan, inputs, &options, &mut collected)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        ensure!(report.unreadable() == 0 && report.late_rows() == 0, "{}: {report:?}", self.name);
        let mut tables = BTreeMap::new();
        for (component, _) in self.plan.streams() {
            let columns = &component.props.schema.columns;
            let changes = collected.of(&component.name);
            let (rows, missing) = fold_changelog(changes);
            ensure!(missing.is_empty(), "{}: takes away what was not there: {missing:?}", component.name);
            let inserts = changes.iter().all(|(kind, _)| *kind == streamc_types::RowKind::Insert);
            ensure!(
                inserts || !component.props.changelog.is_insert_only(),
                "{}: the plan says that rows are only added",
                component.name
            );
            let rows = rows
                .iter()
                .map(|row| row.iter().zip(columns).map(|(v, c)| cells::json(v, &c.ty)).collect())
                .collect();
            let types = component.props.flink_columns();
            let kinds: Vec<&str> = component
                .props
                .changelog
                .kinds()
                .into_iter()
                .map(|kind| match kind {
                    "+I" => "I",
                    "+U" => "UA",
                    _ => "D",
                })
                .collect();
            tables.insert(component.name.to_string(), Table::new(types, kinds.join(","), rows));
        }
        Ok(tables)
    }

    /// What Flink answered, as it is stored.
    pub(super) fn truth(&self) -> Result<BTreeMap<String, Table>> {
        let path = folder().join(format!("queries/{}.flink.jsonl", self.name));
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let tables: BTreeMap<String, Table> =
            text.lines().map(|line| Table::parse(serde_json::from_str(line)?)).collect::<Result<_>>()?;
        let mut streams = self.streams();
        streams.sort();
        if !tables.keys().eq(streams.iter()) {
            bail!("{} answers other streams than the file has; {HOW}", path.display());
        }
        Ok(tables)
    }

    /// Writes Flink's answers down.
    pub(super) fn store(&self, tables: &BTreeMap<String, Table>) -> Result<()> {
        let path = folder().join(format!("queries/{}.flink.jsonl", self.name));
        let text: String = tables.iter().map(|(name, table)| format!("{}\n", table.json(name))).collect();
        Ok(std::fs::write(path, text)?)
    }
}

/// Compiles the text of a file that may use the sources of the cases. Their paths become absolute, so that built jobs
/// find them from anywhere.
fn compile(text: &str, data: &Path) -> Result<Arc<Plan>> {
    let data = format!("\"{}/", data.display());
    let sources = Program::text("sources")?.replace("\"data/", &data);
    let system = MemorySystem::new([("case.stream", text), ("sources.stream", sources.as_str())]);
    let db = Database::new(Arc::new(system));
    let file = db.open(Path::new("case.stream"));
    plan(&db, file).ok_or_else(|| {
        let errors: Vec<String> = check(&db, file).iter().filter(|d| d.is_error()).map(one_line).collect();
        anyhow::anyhow!("{}", errors.join("\n"))
    })
}
