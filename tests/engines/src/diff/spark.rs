//! What Spark does with queries: as built jobs, many queries in one, over tables with closing records.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, anyhow};
use serde_json::Value as Json;
use streamc_spark::spark_type;
use xtask::engines::{SparkError, SparkWorker};

use super::compare::{
    Agreement, Class, Demands, Difference, abstracted, flink_kind, nearly_all, only, rows_text,
};
use super::ours::{self, Ours, Outcome};
use crate::cells;
use crate::program::compiled;
use crate::random::world::World;
use crate::spark_job::{self, Apart};

/// Queries of one job: they start side by side.
const TOGETHER: usize = 10;

/// What Spark says to a query.
#[derive(Clone, Debug)]
pub enum Said {
    /// The compiler refuses the query.
    NoQuery,
    /// The backend refuses it: its first words.
    Refused(String),
    /// What became of it.
    Ran(Apart),
    /// The job does not start.
    NotStarted(SparkError),
}

/// Spark over the tables of a world.
pub struct Tables<'a> {
    spark: &'a SparkWorker,
    /// In UTC, without closing records, and without columns of types that Spark does not have: a source with one is
    /// refused, and then every query over it.
    world: World,
    /// The world as it is.
    whole: &'a World,
    closed: World,
    folder: &'a Path,
    jobs: AtomicUsize,
}

impl<'a> Tables<'a> {
    /// The tables of a world; with `pieces` in two batches.
    pub fn new(spark: &'a SparkWorker, world: &'a World, folder: &'a Path, pieces: bool) -> Result<Self> {
        let whole = world;
        let world = World { pieces, zone: "UTC", ..world.with(|column| spark_type(&column.ty).is_ok()) };
        let closed = world.closed();
        closed.write(&folder.join("closed"))?;
        Ok(Self { spark, world, whole, closed, folder, jobs: AtomicUsize::new(0) })
    }

    /// What Spark says to these queries.
    pub fn ask(&self, queries: &[String]) -> Result<Vec<Said>> {
        let mut said = vec![Said::NoQuery; queries.len()];
        let mut started = Vec::new();
        for (at, query) in queries.iter().enumerate() {
            let refusal = match compiled(&self.closed.program(&self.records(), query)) {
                Ok(plan) => spark_job::refusal(&plan),
                Err(_) => match compiled(&self.whole.in_utc().program(&self.records(), query)) {
                    Ok(plan) => spark_job::refusal(&plan),
                    Err(_) => continue,
                },
            };
            match refusal {
                Some(reason) => said[at] = Said::Refused(first_words(&reason)),
                None => started.push(at),
            }
        }
        for together in started.chunks(TOGETHER) {
            self.run(queries, together, &mut said)?;
        }
        Ok(said)
    }

    /// One job; when it does not start, its queries are tried in halves.
    fn run(&self, queries: &[String], indices: &[usize], said: &mut [Said]) -> Result<()> {
        let mut text = self.closed.declarations(&self.records());
        let all: Vec<&str> = indices.iter().map(|at| queries[*at].as_str()).collect();
        text.push_str(&self.closed.versions(&all.join("\n")));
        for at in indices {
            let query = &queries[*at];
            text.push_str(&format!(
                "stream q{at} = sql \"\"\"{query}\"\"\"\nsink out_q{at} = print {{ label: \"q{at}\" }} from q{at}\n"
            ));
        }
        let plan = compiled(&text).map_err(|errors| anyhow!("{errors:?}\n{text}"))?;
        let streams: BTreeSet<String> = indices.iter().map(|at| format!("q{at}")).collect();
        let folder = self.folder.join(format!("job{}", self.jobs.fetch_add(1, Ordering::Relaxed)));
        let found = spark_job::run_apart(self.spark, &plan, &folder, &streams)?;
        std::fs::remove_dir_all(&folder)?;
        match found {
            Ok(mut found) => {
                for at in indices {
                    if let Some(apart) = found.remove(&format!("q{at}")) {
                        said[*at] = Said::Ran(apart);
                    }
                }
            }
            Err(error) if indices.len() == 1 => said[indices[0]] = Said::NotStarted(error),
            Err(_) => {
                let (first, second) = indices.split_at(indices.len() / 2);
                self.run(queries, first, said)?;
                self.run(queries, second, said)?;
            }
        }
        Ok(())
    }

    fn records(&self) -> std::path::PathBuf {
        self.folder.join("closed")
    }

    /// How what Spark says to a query agrees with the embedded engine; `None` where there is no query.
    pub fn compare(
        &self,
        query: &str,
        said: &Said,
        demands: Demands,
    ) -> Option<Result<Agreement, Difference>> {
        let refuses = |error: &SparkError| {
            let lines = format!("  Spark: {}", short(&error.message));
            Err(Difference { class: Class::SparkRefuses, gist: told(error), lines })
        };
        Some(match said {
            Said::NoQuery => return None,
            Said::Refused(_) => Ok(Agreement::SparkRefused),
            Said::NotStarted(error) => refuses(error),
            Said::Ran(Apart::Failed(error)) if !of_a_row(error) => refuses(error),
            Said::Ran(Apart::Unreadable(problem)) => {
                let lines = format!("  Spark: {problem}");
                Err(Difference { class: Class::Spark, gist: "unreadable".to_owned(), lines })
            }
            Said::Ran(_) if demands.undefined => Ok(Agreement::SparkStarted),
            Said::Ran(Apart::Rows(rows)) => self.compare_rows(query, rows),
            Said::Ran(Apart::Failed(error)) => self.compare_failure(query, error),
        })
    }

    fn compare_rows(&self, query: &str, rows: &[Json]) -> Result<Agreement, Difference> {
        // What waits for event time does not show the closing record, the rest does.
        let (types, without) = self.ours(&self.world, query);
        let (_, with) = self.ours(&self.closed, query);
        let spark = sorted(&types, rows.iter().filter_map(|row| row.as_array().cloned()).collect());
        let without = match without {
            Some(Outcome::Rows(changes)) => remaining(&types, &changes),
            Some(Outcome::Failed(why)) => {
                let lines = format!("  ours:  {why}\n  Spark: {}", rows_text(&spark));
                return Err(Difference { class: Class::SparkGoesOn, gist: abstracted(&why), lines });
            }
            _ => return Ok(Agreement::SparkStarted),
        };
        let with = match with {
            Some(Outcome::Rows(changes)) => remaining(&types, &changes),
            _ => without.clone(),
        };
        let agrees = |as_text: fn(&Json) -> String| {
            let texts = |rows: &[Vec<Json>]| -> Vec<String> {
                rows.iter().map(|row| row.iter().map(as_text).collect::<Vec<_>>().join(",")).collect()
            };
            let [without, with, spark] = [&without, &with, &spark].map(|rows| texts(rows));
            // Of a union one part may wait and the other not.
            let between = lacks(&without, &spark) == 0 && lacks(&spark, &with) == 0;
            between || lacks(&spark, &with) + lacks(&with, &spark) == 0
        };
        if agrees(Json::to_string) {
            return Ok(Agreement::SparkRows);
        }
        let arrives = |world: &World, rows: &[Vec<Json>]| self.depends_on_arrival(world, query, &types, rows);
        if arrives(&self.world, &without) || arrives(&self.closed, &with) {
            return Ok(Agreement::SparkArrival);
        }
        // The nearer one tells more.
        let ours = if only(&without, &spark).len() <= only(&with, &spark).len() { &without } else { &with };
        let gist = match () {
            () if agrees(|cell| unsigned(cell).to_string()) => "sign of zero",
            () if agrees(|cell| rounded(&unsigned(cell)).to_string()) => "last digits",
            () => "",
        };
        let gist = gist.to_owned();
        let lines = format!(
            "  only ours:  {}\n  only Spark: {}",
            rows_text(&only(ours, &spark)),
            rows_text(&only(&spark, ours))
        );
        Err(Difference { class: Class::Spark, gist, lines })
    }

    fn compare_failure(&self, query: &str, error: &SparkError) -> Result<Agreement, Difference> {
        let lines = |ours: String| format!("  ours:  {ours}\n  Spark: {}", short(&error.message));
        match [&self.world, &self.closed].map(|world| self.ours(world, query).1) {
            [Some(Outcome::Failed(_)), _] | [_, Some(Outcome::Failed(_))] => Ok(Agreement::SparkBothFail),
            [Some(Outcome::Rows(rows)), _] => Err(Difference {
                class: Class::SparkFails,
                gist: told(error),
                lines: lines(format!("{} changes", rows.len())),
            }),
            _ => Ok(Agreement::SparkStarted),
        }
    }

    /// The types of the query's columns, and what the embedded engine does.
    fn ours(&self, world: &World, query: &str) -> (Vec<String>, Option<Outcome>) {
        match ours::ask(world, &self.records(), query, true) {
            Ours::Accepted(found) => (found.columns.into_iter().map(|(_, ty)| ty).collect(), found.outcome),
            _ => (Vec::new(), None),
        }
    }

    /// Whether the embedded engine gives other rows when rows come the other way round.
    fn depends_on_arrival(&self, world: &World, query: &str, types: &[String], rows: &[Vec<Json>]) -> bool {
        match self.ours(&world.backwards(), query).1 {
            Some(Outcome::Rows(changes)) => !nearly_all(&remaining(types, &changes), rows),
            _ => true,
        }
    }

    /// The same difference, with a gist of its own where it comes of negative zeros or of NaN: without them the two agree.
    pub fn explained(&self, query: &str, demands: Demands, found: Difference) -> Result<Difference> {
        if found.class != Class::Spark || !found.gist.is_empty() {
            return Ok(found);
        }
        let folder = self.folder.join("tame");
        for (gist, text) in [("sign of zero", "-0.0"), ("NaN", "\"NaN\"")] {
            let world = self.whole.replaced(text, "0.0");
            let tables = Tables::new(self.spark, &world, &folder, self.world.pieces)?;
            let said = tables.ask(&[query.to_owned()])?;
            if let Some(Some(Ok(_))) = said.first().map(|said| tables.compare(query, said, demands)) {
                return Ok(Difference { gist: gist.to_owned(), ..found });
            }
        }
        Ok(found)
    }
}

/// The rows that remain, sorted.
fn remaining(types: &[String], changes: &[(streamc_types::RowKind, Vec<Json>)]) -> Vec<Vec<Json>> {
    let changes: Vec<_> = changes.iter().map(|(kind, row)| (flink_kind(*kind), row.clone())).collect();
    sorted(types, cells::folded(&changes))
}

fn sorted(types: &[String], rows: Vec<Vec<Json>>) -> Vec<Vec<Json>> {
    let cell = |(cell, ty): (Json, &String)| cells::shortest(cell, ty);
    let mut rows: Vec<Vec<Json>> =
        rows.into_iter().map(|row| row.into_iter().zip(types).map(cell).collect()).collect();
    rows.sort_by_cached_key(|row| Json::from(row.clone()).to_string());
    rows
}

/// How many of the texts the others do not have.
fn lacks(texts: &[String], others: &[String]) -> usize {
    let mut left = others.iter().fold(BTreeMap::<&str, usize>::new(), |mut counts, text| {
        *counts.entry(text).or_default() += 1;
        counts
    });
    let missing = |text: &&String| match left.get_mut(text.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    texts.iter().filter(missing).count()
}

/// The cell without the sign of zeros.
fn unsigned(cell: &Json) -> Json {
    match cell {
        Json::Number(number) if number.as_f64() == Some(0.0) && number.is_f64() => Json::from(0.0),
        Json::Array(items) => items.iter().map(unsigned).collect(),
        other => other.clone(),
    }
}

/// The cell with 13 digits of floating-point numbers.
fn rounded(cell: &Json) -> Json {
    match cell {
        Json::Number(number) if number.is_f64() => {
            Json::from(number.as_f64().map(|value| format!("{value:.12e}")))
        }
        Json::Array(items) => items.iter().map(rounded).collect(),
        other => other.clone(),
    }
}

/// Whether a row made the job fail, and not the query.
fn of_a_row(error: &SparkError) -> bool {
    error.class == "StreamingQueryException"
        && !["AnalysisException", "[INTERNAL_ERROR", "[UNSUPPORTED_"]
            .iter()
            .any(|w| error.message.contains(w))
}

/// The message of the first of several findings, with its help, without the names and numbers of this case.
fn first_words(refusal: &str) -> String {
    abstracted(refusal.split("; ST").next().unwrap_or_default())
}

/// The first line of an error, without the names and numbers of its case.
fn told(error: &SparkError) -> String {
    abstracted(error.message.lines().next().unwrap_or_default())
}

/// The first lines of a message that holds whole plans.
fn short(message: &str) -> String {
    message.chars().take(1000).collect::<String>().lines().take(8).collect::<Vec<_>>().join("\n         ")
}
