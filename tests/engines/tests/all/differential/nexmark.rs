//! The queries of `examples/nexmark` over the benchmark's events: the embedded engine against Flink, and against Spark.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value as Json;
use streamc_core::{Database, MemorySystem, check, plan};
use streamc_engine_tests::built::build;
use streamc_engine_tests::cells::folded;
use streamc_engine_tests::program::one_line;
use streamc_engine_tests::{Engines, spark_job};
use streamc_plan::Plan;
use xtask::engines::RowKind;
use xtask::nexmark::{Kind, SAMPLE, Stream, path, write};

use super::emitted::changelog;
use super::lists::List;
use super::queries::{Program, Table, rows_difference};

const LIMIT: Duration = Duration::from_mins(5);

/// Enough for every query to give rows, a few windows of each size, and more than one hot auction.
const EVENTS: Stream = Stream { events: 6000, rate: 100, ..SAMPLE };

/// What the embedded engine does not run, as its windows close by the machine's clock.
const BY_THE_CLOCK: &str = "q12";

/// The rows of the table that q13 looks up.
const SIDE_INPUT: &str = "samples/side_input.jsonl";

fn folder() -> PathBuf {
    xtask::repository().join("examples/nexmark")
}

/// Names of the queries: `q0`, `q1` and so on.
fn queries() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(stem) = name.strip_suffix(".stream").filter(|stem| *stem != "sources") {
            names.push(stem.to_owned());
        }
    }
    names.sort_by_key(|name| (name[1..].parse::<u32>().unwrap_or(u32::MAX), name.clone()));
    ensure!(names.len() >= 22, "only {names:?}");
    Ok(names)
}

/// A query over the records in the folder `data`; `Err` in it is what the compiler says.
fn compile(text: &str, data: &Path) -> Result<Result<Arc<Plan>, String>> {
    let sources = std::fs::read_to_string(folder().join("sources.stream"))?;
    let sources = sources.replace("\"samples/", &format!("\"{}/", data.display()));
    let side_input = std::fs::read_to_string(folder().join(SIDE_INPUT))?;
    let system = MemorySystem::new([
        ("case.stream", text),
        ("sources.stream", sources.as_str()),
        (SIDE_INPUT, side_input.as_str()),
    ]);
    let db = Database::new(Arc::new(system));
    let file = db.open(Path::new("case.stream"));
    Ok(plan(&db, file).ok_or_else(|| {
        let errors: Vec<String> = check(&db, file).iter().filter(|d| d.is_error()).map(one_line).collect();
        errors.join("\n")
    }))
}

fn text(name: &str) -> Result<String> {
    let path = folder().join(format!("{name}.stream"));
    std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))
}

fn program(name: &str, data: &Path) -> Result<Program> {
    let plan = compile(&text(name)?, data)?.map_err(|errors| anyhow!("{name}: {errors}"))?;
    Ok(Program { name: name.to_owned(), plan })
}

/// What a query gives in the end; streams on the way to it are not compared.
fn own(program: &Program) -> Result<Table> {
    program.run()?.remove(&program.name).with_context(|| format!("no stream {}", program.name))
}

/// What Flink says to a query as it is built.
fn on_flink(engines: &Engines, program: &Program) -> Result<Table> {
    let name = &program.name;
    let job = build(&program.plan).map_err(|refused| anyhow!("{name}: {refused}"))?;
    let (flink, job) = if program.looks_up() {
        let database = engines.database()?;
        (database.flink(), database.addressed(job))
    } else {
        (engines.flink_oracle()?, job)
    };
    let script: Vec<String> =
        job.declarations.iter().cloned().chain([format!("SELECT * FROM `{name}`")]).collect();
    let kinds = changelog(&flink.plan(&script)?.with_context(|| name.clone())?)?;
    let found = flink.query(&script, &job.settings, LIMIT)?.with_context(|| name.clone())?;
    ensure!(!found.timed_out, "{name} does not end");
    let props = &program.plan.component(name).context("no such stream")?.props;
    let rows = match props.primary_key() {
        // FLINK-40368: the plan says that rows are only added, and some replace others, which are not taken back. The
        // sink of such a query replaces them by its key.
        Some(key) if kinds == "I" && !props.changelog.is_insert_only() => {
            let mut last: BTreeMap<String, Vec<Json>> = BTreeMap::new();
            for (kind, row) in found.rows {
                ensure!(matches!(kind, RowKind::Insert | RowKind::UpdateAfter), "{name}: {kind:?}");
                let key: Vec<&Json> = key.iter().map(|column| &row[*column]).collect();
                last.insert(serde_json::to_string(&key)?, row);
            }
            let table = Table::new(found.columns, "I,UA,D".to_owned(), last.into_values().collect());
            return Ok(table);
        }
        _ => folded(&found.rows),
    };
    Ok(Table::new(found.columns, kinds, rows))
}

pub(super) fn nexmark_on_flink_gives_the_rows_of_the_embedded_engine(engines: &Engines) -> Result<()> {
    let data = engines.run().subfolder("nexmark-flink")?;
    write(EVENTS, &data)?;
    let flink = engines.flink_oracle()?;
    let mut different = Vec::new();
    for name in queries()? {
        let program = program(&name, &data)?;
        if name == BY_THE_CLOCK {
            // Its rows depend on the clock, its type does not.
            let job = build(&program.plan).map_err(|refused| anyhow!("{name}: {refused}"))?;
            let script: Vec<String> =
                job.declarations.into_iter().chain([format!("SELECT * FROM `{name}`")]).collect();
            ensure!(changelog(&flink.plan(&script)?.with_context(|| name.clone())?)? == "I");
            continue;
        }
        let (ours, theirs) = (own(&program)?, on_flink(engines, &program)?);
        ensure!(!ours.rows.is_empty(), "{name} gives no rows");
        different.extend(theirs.difference(&ours, ("Flink", "ours")).map(|lines| format!("{name}\n{lines}")));
    }
    ensure!(different.is_empty(), "{}", different.join("\n"));
    Ok(())
}

/// q6 takes an average over rows that change. Flink refuses it as it is meant too.
pub(super) fn nexmark_query_6_is_refused_by_flink_and_by_us(engines: &Engines) -> Result<()> {
    let winning = "SELECT id, seller, price, `dateTime` FROM (SELECT A.id, A.seller, B.price, B.`dateTime`, \
                   ROW_NUMBER() OVER (PARTITION BY A.id, A.seller ORDER BY B.price DESC) AS rn FROM auction A, bid B \
                   WHERE A.id = B.auction AND B.`dateTime` BETWEEN A.`dateTime` AND A.expires) WHERE rn <= 1";
    let q6 = "SELECT seller, AVG(price) OVER (PARTITION BY seller ORDER BY `dateTime` \
              ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS average FROM winning";
    let data = engines.run().subfolder("nexmark-refused")?;
    let text = |q6: &str| {
        format!(
            "use \"sources.stream\"\napp nexmark {{}}\nstream winning = sql \"\"\"{winning}\"\"\"\n{q6}\
             sink out = print {{}} from winning\n"
        )
    };
    let refusal = compile(&text(&format!("stream q6 = sql \"\"\"{q6}\"\"\"\n")), &data)?.err();
    let refusal = refusal.context("the compiler takes it")?;
    ensure!(refusal.starts_with("ST3013"), "{refusal}");
    let plan = compile(&text(""), &data)?.map_err(|errors| anyhow!("{errors}"))?;
    let job = build(&plan).map_err(|refused| anyhow!("{refused}"))?;
    let script: Vec<String> = job.declarations.into_iter().chain([q6.to_owned()]).collect();
    let error = engines.flink_oracle()?.plan(&script)?.err().context("Flink takes it")?;
    ensure!(error.to_string().contains("not supported for bounded OVER window"), "{error}");
    Ok(())
}

pub(super) fn nexmark_on_spark_gives_the_rows_of_the_embedded_engine_or_is_refused(
    engines: &Engines,
) -> Result<()> {
    let folder = engines.run().subfolder("nexmark-spark")?;
    let (data, closed) = (folder.join("data"), folder.join("closed"));
    write(EVENTS, &data)?;
    close(&data, &closed)?;
    let mut refused = BTreeMap::new();
    let mut different = Vec::new();
    for name in queries()? {
        let with_closing = program(&name, &closed)?;
        let streams = BTreeSet::from([name.clone()]);
        // Some write to Kafka, because their sink has to replace rows: here all print.
        let text = text(&name)?;
        let (declarations, _) = text.split_once("\nsink ").context("no sink")?;
        let printing = format!("{declarations}\nsink out = print {{ label: \"{name}\" }} from {name}\n");
        let plan = compile(&printing, &closed)?.map_err(|errors| anyhow!("{name}: {errors}"))?;
        if let Some(reason) = spark_job::refusal(&plan) {
            refused.insert(name, reason);
            continue;
        }
        let rows = spark_job::run(engines.spark()?, &plan, &folder.join(&name), &streams)?
            .remove(&name)
            .unwrap_or_default();
        // What waits for event time does not show the closing record, the rest does.
        let differences: Vec<Vec<String>> = [own(&program(&name, &data)?)?, own(&with_closing)?]
            .map(|expected| rows_difference(&expected.rows, &rows, ("ours", "Spark")))
            .to_vec();
        if differences.iter().all(|lines| !lines.is_empty()) {
            different.push(format!("{name}\n{}", differences.concat().join("\n")));
        }
    }
    ensure!(different.is_empty(), "{}", different.join("\n"));
    List::read("refused.nexmark-spark")?.settle(&refused)
}

/// Copies the records, each file with one more months later: Spark never closes the last windows.
fn close(data: &Path, copy: &Path) -> Result<()> {
    std::fs::create_dir_all(copy)?;
    for (kind, ids) in [
        (Kind::Person, r#""id": 1"#),
        (Kind::Auction, r#""id": 1, "seller": 1"#),
        (Kind::Bid, r#""auction": 1, "bidder": 1"#),
    ] {
        let text = std::fs::read_to_string(path(data, kind))?;
        let record = format!("{{{ids}, \"dateTime\": \"2026-06-01 12:00:00.000\"}}\n");
        std::fs::write(path(copy, kind), text + &record)?;
    }
    Ok(())
}
