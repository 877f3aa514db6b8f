//! Files as sources and sinks: every format on every engine, and the files of one engine read by the other.
//!
//! The records hold everyday types with awkward values. What each engine must write is computed from the records
//! themselves, not by an engine.

mod everyday;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use everyday::{Rows, SCHEMA, as_cells, as_csv, as_json, from_csv, from_json, records};
use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, streamc_binary, suite as suite_of, tests};

const LIMIT: Duration = Duration::from_mins(2);

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(
        engines,
        "files",
        tests![
            lines_and_cells_on_the_embedded_engine_are_the_records,
            lines_and_cells_on_flink_are_the_records,
            lines_and_cells_on_spark_are_the_records,
            parquet_files_of_each_engine_are_read_by_each,
            a_cell_that_does_not_fit_stops_the_job_on_each_engine,
            folders_have_the_same_names_on_each_engine,
        ],
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Embedded,
    Flink,
    Spark,
}

/// A folder with records in it, and the engines.
struct Place<'a> {
    engines: &'a Engines,
    folder: PathBuf,
}

impl<'a> Place<'a> {
    fn new(engines: &'a Engines) -> Result<Self> {
        let folder = engines.run().subfolder("files")?;
        let place = Self { engines, folder };
        let rows = records();
        ensure!(rows.len() > 30);
        std::fs::write(place.path("rows.jsonl"), as_json(&rows))?;
        // The second file has records that lack cells, or have cells that do not fit.
        let full: Rows = rows.iter().filter(|row| !row.values().any(|v| v.is_null())).cloned().collect();
        std::fs::write(place.path("strict.csv"), as_csv(&full))?;
        std::fs::write(
            place.path("cells.csv"),
            as_csv(&rows) + "1000,short\n1001,x,much,then,now,never,,one\n",
        )?;
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs a program to its end.
    fn run(&self, engine: Engine, name: &str, out: &str, program: &str) -> Result<()> {
        self.build(engine, name, out, program)?;
        self.start(engine, name, out)
    }

    /// Builds a program. `@in` and `@out` in it are the folder of the records, and one below it.
    fn build(&self, engine: Engine, name: &str, out: &str, program: &str) -> Result<()> {
        let folder = self.path(out);
        std::fs::create_dir_all(&folder)?;
        let text = program.replace("@out", &folder.display().to_string());
        let text = format!("app {name} {{}}\n{}", text.replace("@in", &self.folder.display().to_string()));
        let file = format!("{name}.stream");
        std::fs::write(folder.join(&file), text)?;
        match engine {
            Engine::Embedded => streamc(&folder, &["check", &file]),
            Engine::Flink => streamc(&folder, &["build", &file, "--engine", "flink", "--out", "jobs"]),
            Engine::Spark => streamc(&folder, &["build", &file, "--engine", "spark", "--out", "jobs"]),
        }
    }

    /// Runs what was built.
    fn start(&self, engine: Engine, name: &str, out: &str) -> Result<()> {
        let folder = self.path(out);
        match engine {
            Engine::Embedded => streamc(&folder, &["run", "--write", &format!("{name}.stream")]),
            Engine::Flink => {
                let job = std::fs::read_to_string(folder.join(format!("jobs/{name}/flink/job.json")))?;
                let mut cluster = self.engines.flink_cluster()?;
                // A job that fails is to end.
                let id = cluster.run_job(&job, &[("restart-strategy.type", "none")])?;
                let status = cluster.rest().await_end(&id, LIMIT)?;
                ensure!(status.state == "FINISHED", "{status:?}: {}", cluster.rest().failure(&id)?);
                Ok(())
            }
            Engine::Spark => {
                let script = folder.join(format!("jobs/{name}/spark/job.py"));
                let checkpoints = folder.join("checkpoints").display().to_string();
                let arguments = ["--available-now".to_owned(), "--checkpoint-dir".to_owned(), checkpoints];
                self.engines.spark()?.job(&script, &arguments, &BTreeMap::new(), LIMIT)??;
                Ok(())
            }
        }
    }
}

fn streamc(folder: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new(streamc_binary()?).args(arguments).current_dir(folder).output()?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The text of the finished files in a folder.
fn texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && !name.starts_with(['.', '_']) {
            texts.push(std::fs::read_to_string(path)?);
        }
    }
    Ok(texts)
}

fn compare(what: &str, found: &Rows, expected: &Rows) -> Result<()> {
    let text = |rows: &Rows| -> BTreeSet<String> { rows.iter().map(|row| format!("{row:?}")).collect() };
    let (found_texts, expected_texts) = (text(found), text(expected));
    let missing: Vec<_> = expected_texts.difference(&found_texts).take(5).collect();
    let more: Vec<_> = found_texts.difference(&expected_texts).take(5).collect();
    ensure!(
        missing.is_empty() && more.is_empty(),
        "{what}\n  missing: {missing:#?}\n  in addition: {more:#?}"
    );
    ensure!(found.len() == expected.len(), "{what}: {} rows, expected {}", found.len(), expected.len());
    Ok(())
}

fn lines_and_cells(engines: &Engines, engine: Engine) -> Result<()> {
    let place = Place::new(engines)?;
    let program = format!(
        "source lines = file {{ path: \"@in/rows.jsonl\", format: json, schema: {{ {SCHEMA} }} }}
         source strict = file {{ path: \"@in/strict.csv\", format: csv, schema: {{ {SCHEMA} }} }}
         source cells = file {{ path: \"@in/cells.csv\", format: csv, on_error: skip, schema: {{ {SCHEMA} }} }}
         sink lines_json = file {{ path: \"@out/lines_json\", format: json }} from lines
         sink lines_iso = file {{ path: \"@out/lines_iso\", format: json, timestamp_format: iso_8601 }} from lines
         sink lines_csv = file {{ path: \"@out/lines_csv\", format: csv }} from lines
         sink strict_csv = file {{ path: \"@out/strict_csv\", format: csv }} from strict
         sink cells_json = file {{ path: \"@out/cells_json\", format: json }} from cells\n"
    );
    place.run(engine, "everyday", "out", &program)?;
    let rows = records();
    let full: Rows = rows.iter().filter(|row| !row.values().any(|v| v.is_null())).cloned().collect();
    let out = |name: &str| texts(&place.path("out").join(name));
    compare("JSON to JSON", &from_json(&out("lines_json")?)?, &rows)?;
    compare("JSON to CSV", &from_csv(&out("lines_csv")?)?, &as_cells(&rows))?;
    compare("CSV to CSV", &from_csv(&out("strict_csv")?)?, &full)?;
    let mut expected = as_cells(&rows);
    // Spark cannot tell a cell that is missing from one that is empty, and an empty one is no `true`.
    let missing = if engine == Engine::Spark { "false" } else { "null" };
    expected.extend(from_json(&[
        r#"{"id": 1000, "name": "short", "amount": null, "at": null, "seen": null, "day": null, "ok": missing, "ratio": null}"#
            .replace("missing", missing),
        r#"{"id": 1001, "name": "x", "amount": null, "at": null, "seen": null, "day": null, "ok": false, "ratio": null}"#
            .to_owned(),
    ])?);
    compare("CSV to JSON", &from_json(&out("cells_json")?)?, &expected)?;
    let mut iso = rows;
    for row in &mut iso {
        for name in ["at", "seen"] {
            let text = row.get(name).and_then(|v| v.as_str()).map(|text| text.replace(' ', "T"));
            if let Some(text) = text {
                row[name] = text.into();
            }
        }
    }
    compare("JSON to JSON with ISO timestamps", &from_json(&out("lines_iso")?)?, &iso)
}

fn lines_and_cells_on_the_embedded_engine_are_the_records(engines: &Engines) -> Result<()> {
    lines_and_cells(engines, Engine::Embedded)
}

fn lines_and_cells_on_flink_are_the_records(engines: &Engines) -> Result<()> {
    lines_and_cells(engines, Engine::Flink)
}

fn lines_and_cells_on_spark_are_the_records(engines: &Engines) -> Result<()> {
    lines_and_cells(engines, Engine::Spark)
}

fn parquet_files_of_each_engine_are_read_by_each(engines: &Engines) -> Result<()> {
    let place = Place::new(engines)?;
    let write = format!(
        "source lines = file {{ path: \"@in/rows.jsonl\", format: json, schema: {{ {SCHEMA} }} }}
         sink parquet = file {{ path: \"@out/parquet\", format: parquet }} from lines\n"
    );
    place.run(Engine::Flink, "writes", "flink", &write)?;
    place.run(Engine::Spark, "writes", "spark", &write)?;
    let read: String = ["flink", "spark"]
        .map(|writer| {
            format!(
                "source of_{writer} = file {{ path: \"@in/{writer}/parquet\", format: parquet, schema: {{ {SCHEMA} }} }}
                 sink from_{writer} = file {{ path: \"@out/from_{writer}\", format: json }} from of_{writer}\n"
            )
        })
        .concat();
    for (engine, out) in [(Engine::Flink, "read_by_flink"), (Engine::Spark, "read_by_spark")] {
        place.run(engine, "reads", out, &read)?;
        for writer in ["flink", "spark"] {
            let found = from_json(&texts(&place.path(out).join(format!("from_{writer}")))?)?;
            compare(&format!("Parquet of {writer}, {out}"), &found, &records())?;
        }
    }
    // What others see in the files, who know nothing of the program.
    for writer in ["flink", "spark"] {
        let files = place.path(writer).join("parquet");
        let query = format!(
            "SELECT date_format(at, 'yyyy-MM-dd HH:mm:ss.SSS'), date_format(seen, 'yyyy-MM-dd HH:mm:ss.SSS'), amount, day \
             FROM parquet.`{}` WHERE id = 3",
            files.display()
        );
        let found = engines.spark()?.sql(&["SET TIME ZONE 'UTC'".to_owned()], &query)??;
        let row = serde_json::json!([
            "2026-01-02 03:04:03.1",
            "2026-06-02 03:04:03.1",
            "99999999.99",
            "9999-12-31"
        ]);
        let text = serde_json::to_string(&found.rows)?.replace(".100\"", ".1\"");
        ensure!(text == format!("[{row}]"), "{writer}: {text}");
        let types: Vec<&str> = found.columns.iter().skip(2).map(|(_, ty)| ty.as_str()).collect();
        ensure!(types == ["decimal(10,2)", "date"], "{writer}: {types:?}");
    }
    Ok(())
}

fn a_cell_that_does_not_fit_stops_the_job_on_each_engine(engines: &Engines) -> Result<()> {
    let place = Place::new(engines)?;
    let program = "source cells = file { path: \"@in/bad.csv\", format: csv, schema: { id BIGINT, n INT } }
                   sink out = file { path: \"@out/out\", format: json } from cells\n";
    let records = [
        ("2,2", ""),
        ("2,", "For input string: \"\""),
        ("x,1", "For input string: \"x\""),
        ("3", "2 fields expected but was 1"),
        ("4,1,2", "Too many entries"),
    ];
    for (number, (record, why)) in records.into_iter().enumerate() {
        std::fs::write(place.path("bad.csv"), format!("1,1\n{record}\n"))?;
        for engine in [Engine::Flink, Engine::Spark] {
            let out = format!("bad-{engine:?}-{number}");
            place.build(engine, "bad", &out, program)?;
            let error = place.start(engine, "bad", &out).err().map(|e| format!("{e:#}")).unwrap_or_default();
            // A Spark job says why on the standard error, and ends with 1 where a query failed.
            let why = if engine == Engine::Spark && !why.is_empty() { "ended with status 1" } else { why };
            ensure!(
                error.contains(why) && error.is_empty() == why.is_empty(),
                "`{record}` on {engine:?}: {error}"
            );
        }
    }
    Ok(())
}

fn folders_have_the_same_names_on_each_engine(engines: &Engines) -> Result<()> {
    let place = Place::new(engines)?;
    let names = ["a", "b c", "x/y", "ü", "k=v", "%", "", "a:b", "\\", "\"", "{x}", "tab\t", "2026-01-02"];
    let mut lines = String::new();
    for (id, name) in names.iter().enumerate() {
        lines += &serde_json::json!({"id": id, "name": name, "n": id % 3, "ok": id % 2 == 0}).to_string();
        lines.push('\n');
    }
    lines += "{\"id\": 99}\n";
    std::fs::write(place.path("parts.jsonl"), lines)?;
    let program = "source rows = file { path: \"@in/parts.jsonl\", format: json, \
                   schema: { id BIGINT, name STRING, n INT, ok BOOLEAN } }
                   sink by_name = file { path: \"@out/out\", format: json, partition_by: [name, n, ok] } from rows\n";
    let refusal = place.run(Engine::Embedded, "parts", "embedded", program).err().map(|e| e.to_string());
    ensure!(refusal.as_ref().is_some_and(|e| e.contains("`partition_by`")), "{refusal:?}");
    let mut found = Vec::new();
    for (engine, out) in [(Engine::Flink, "flink"), (Engine::Spark, "spark")] {
        place.run(engine, "parts", out, program)?;
        let mut folders = BTreeMap::new();
        leaves(&place.path(out).join("out"), "", &mut folders)?;
        ensure!(folders.len() == names.len() + 1, "{engine:?}: {folders:?}");
        // Spark has the brace as it is.
        found.push(
            folders
                .into_iter()
                .map(|(name, text)| (name.replace("%7D", "}"), text))
                .collect::<BTreeMap<_, _>>(),
        );
    }
    ensure!(found[0] == found[1], "Flink: {:#?}\nSpark: {:#?}", found[0], found[1]);
    let none = "name=__HIVE_DEFAULT_PARTITION__/n=__HIVE_DEFAULT_PARTITION__/ok=__HIVE_DEFAULT_PARTITION__";
    ensure!(found[0].get(none).is_some_and(|text| text == "{\"id\":99}\n"), "{:#?}", found[0]);
    Ok(())
}

/// The folders that hold files, by their path below `folder`, with the text of their files.
fn leaves(folder: &Path, below: &str, out: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            let below = if below.is_empty() { name } else { format!("{below}/{name}") };
            leaves(&path, &below, out)?;
        } else {
            out.entry(below.to_owned()).or_default().push_str(&std::fs::read_to_string(path)?);
        }
    }
    Ok(())
}
