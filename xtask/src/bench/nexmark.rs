//! The Nexmark queries and how fast each engine runs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::measure::{Usage, measure};
use super::processor;
use crate::engines::{FlinkOracle, SparkWorker};
use crate::nexmark::Kind::{self, Auction, Bid, Person};

const LIMIT: Duration = Duration::from_mins(15);

/// A query of the example.
pub(super) struct Query {
    /// `q0` and so on.
    pub(super) name: &'static str,
    shows: &'static str,
    reads: &'static [Kind],
    /// Records a second that the embedded engine must take in.
    target: Option<f64>,
}

const fn query(name: &'static str, shows: &'static str, reads: &'static [Kind]) -> Query {
    Query { name, shows, reads, target: None }
}

const fn timed(name: &'static str, shows: &'static str, reads: &'static [Kind], target: f64) -> Query {
    Query { name, shows, reads, target: Some(target) }
}

/// The queries in their order.
pub(super) const QUERIES: &[Query] = &[
    query("q0", "reading and writing alone", &[Bid]),
    timed("q1", "exact decimals", &[Bid], 500_000.0),
    timed("q2", "a filter", &[Bid], 500_000.0),
    query("q3", "a join of two streams", &[Person, Auction]),
    query("q4", "an average of maxima that change", &[Auction, Bid]),
    timed("q5", "windows that overlap, joined with their own maximum", &[Bid], 100_000.0),
    timed("q7", "the rows that have the maximum of a window", &[Bid], 100_000.0),
    timed("q8", "a join of two windows", &[Person, Auction], 100_000.0),
    query("q9", "a top 1 in two orders over a join", &[Auction, Bid]),
    query("q10", "formatting of dates", &[Bid]),
    query("q11", "windows of sessions", &[Bid]),
    query("q12", "windows by the machine's clock", &[Bid]),
    query("q13", "a table of a database that is looked up", &[Bid]),
    query("q14", "conditions and text functions", &[Bid]),
    query("q15", "many distinct counts with conditions", &[Bid]),
    query("q16", "the same, for each channel", &[Bid]),
    query("q17", "counts, minima, maxima, means", &[Bid]),
    query("q18", "the last row of each key", &[Bid]),
    query("q19", "a top 10 with ranks", &[Bid]),
    query("q20", "a join of wide rows", &[Auction, Bid]),
    query("q21", "a regular expression", &[Bid]),
    query("q22", "parts of a text", &[Bid]),
    query("q23", "a join of three streams", &[Person, Auction, Bid]),
    query("cep0", "prices that fall and rise again: a pattern of rows", &[Bid]),
    query("cep1", "a pattern with an aggregate in its condition", &[Bid]),
    query("cep2", "the same from every bid", &[Bid]),
    query("cep3", "a pattern within five seconds", &[Bid]),
];

/// What an engine does with a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Records a second of processor time.
    Rate(f64),
    /// Not run, with the code of the refusal.
    Refused(String),
    /// It runs, and was not timed.
    Untimed,
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Rate(rate) => thousands(*rate),
            Self::Refused(code) => format!("[{code}](../../docs/diagnostics/{code}.md)"),
            Self::Untimed => "yes".to_owned(),
        }
    }
}

/// The rate in steps of a thousand, below that of ten.
fn thousands(rate: f64) -> String {
    let step = if rate >= 10_000.0 { 1000.0 } else { 10.0 };
    let rounded = ((rate / step).round() * step) as u64;
    match rounded {
        0..1000 => rounded.to_string(),
        1000..1_000_000 => format!("{},{:03}", rounded / 1000, rounded % 1000),
        _ => format!("{},{:03},{:03}", rounded / 1_000_000, rounded / 1000 % 1000, rounded % 1000),
    }
}

/// Records in a folder.
pub(super) struct Records {
    /// Where the three files are.
    pub(super) folder: PathBuf,
    /// How many of each kind.
    pub(super) counts: [u64; 3],
}

impl Records {
    fn read_by(&self, query: &Query) -> f64 {
        query.reads.iter().map(|kind| self.counts[*kind as usize]).sum::<u64>() as f64
    }
}

/// Where the example is.
pub(super) fn example() -> PathBuf {
    crate::repository().join("examples/nexmark")
}

/// The code with which `streamc check` refuses a query for an engine.
fn refusal(streamc: &Path, query: &Query, engine: &str) -> Result<Option<String>> {
    let file = example().join(format!("{}.stream", query.name));
    let output = Command::new(streamc)
        .arg("check")
        .arg(file)
        .args(["--format", "concise", "--engine", engine])
        .output()?;
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let code = text.split_once("error[").and_then(|(_, rest)| rest.split_once(']')).map(|(code, _)| code);
    ensure!(code.is_some() || output.status.success(), "{}: {text}", query.name);
    Ok(code.map(str::to_owned))
}

/// One query on one engine.
pub(super) struct Bed<'a> {
    /// The release build.
    pub(super) streamc: &'a Path,
    /// The records.
    pub(super) records: &'a Records,
    /// A folder of its own.
    pub(super) folder: &'a Path,
}

impl Bed<'_> {
    /// The embedded engine: a process from its start to its end that reads the JSON records, runs the query, and writes its
    /// rows as JSON to nowhere.
    pub(super) fn embedded(&self, query: &Query, repeat: u32) -> Result<(Cell, Option<Usage>)> {
        if let Some(code) = refusal(self.streamc, query, "local")? {
            return Ok((Cell::Refused(code), None));
        }
        let mut best: Option<Usage> = None;
        for _ in 0..repeat {
            let mut run = Command::new(self.streamc);
            run.arg("run").arg(example().join(format!("{}.stream", query.name))).args(["--format", "json"]);
            for kind in query.reads {
                let path = crate::nexmark::path(&self.records.folder, *kind);
                run.arg("--input").arg(format!("{}={}", kind.name(), path.display()));
            }
            let usage = measure(&mut run)?;
            best = Some(best.map_or(usage, |best| best.better(usage)));
        }
        let usage = best.context("nothing was run")?;
        Ok((Cell::Rate(self.records.read_by(query) / usage.processor_seconds), Some(usage)))
    }

    /// What `streamc build` writes for a program whose sources read the records.
    fn build(&self, query: &Query, engine: &str, change: impl Fn(&str) -> String) -> Result<PathBuf> {
        let folder = self.folder.join(format!("{}-{engine}", query.name));
        std::fs::create_dir_all(&folder)?;
        let sources = std::fs::read_to_string(example().join("sources.stream"))?;
        let path = format!("\"{}/", self.records.folder.display());
        std::fs::write(folder.join("sources.stream"), sources.replace("\"samples/", &path))?;
        let file = format!("{}.stream", query.name);
        let samples = format!("\"{}/samples/", example().display());
        let text = std::fs::read_to_string(example().join(&file))?.replace("\"samples/", &samples);
        std::fs::write(folder.join(&file), change(&text))?;
        let output = Command::new(self.streamc)
            .current_dir(&folder)
            .args(["build", &file, "--engine", engine, "--out", "built"])
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(folder.join(format!("built/nexmark_{}/{engine}", query.name)))
    }

    /// The statements of the Flink job, with a sink that throws rows away.
    pub(super) fn flink_statements(&self, query: &Query) -> Result<Vec<String>> {
        let built = self.build(query, "flink", str::to_owned)?;
        let job: Value = serde_json::from_str(&std::fs::read_to_string(built.join("job.json"))?)?;
        let sink = format!("CREATE TEMPORARY TABLE `{}_rows`", query.name);
        let statements = job["statements"].as_array().context("no statements")?;
        statements
            .iter()
            .map(|statement| {
                let sql = statement["sql"].as_str().context("a statement without SQL")?;
                Ok(match sql.split_once("\nWITH (") {
                    Some((columns, _)) if sql.starts_with(&sink) => {
                        format!("{columns}\nWITH ('connector' = 'blackhole')")
                    }
                    // What takes every change has no key that rows could meet in.
                    _ => sql.trim_end().trim_end_matches("\nON CONFLICT DO DEDUPLICATE").to_owned(),
                })
            })
            .collect()
    }

    /// Flink's small cluster in one JVM that is warm: from planning to the end of the job.
    pub(super) fn flink(&self, query: &Query, flink: &FlinkOracle) -> Result<Cell> {
        if let Some(code) = refusal(self.streamc, query, "flink")? {
            return Ok(Cell::Refused(code));
        }
        let statements = self.flink_statements(query)?;
        if statements.iter().any(|sql| sql.contains("'connector' = 'jdbc'")) {
            return Ok(Cell::Untimed);
        }
        let before = processor::of_group(flink.process_group())?;
        if let Err(error) = flink.run(&statements, &BTreeMap::new(), LIMIT)? {
            bail!("{} on Flink: {error}", query.name);
        }
        let seconds = processor::of_group(flink.process_group())? - before;
        Ok(Cell::Rate(self.records.read_by(query) / seconds))
    }

    /// One warm Spark: from the start of the job to its end, its rows printed.
    pub(super) fn spark(&self, query: &Query, spark: Option<&SparkWorker>) -> Result<Cell> {
        if let Some(code) = refusal(self.streamc, query, "spark")? {
            return Ok(Cell::Refused(code));
        }
        let Some(spark) = spark else { return Ok(Cell::Untimed) };
        let built = self.build(query, "spark", |text| {
            let declarations = text.split_once("\nsink ").map_or(text, |(declarations, _)| declarations);
            format!("{declarations}\nsink {0}_rows = print {{}} from {0}\n", query.name)
        })?;
        let checkpoints = tempfile::Builder::new().prefix(query.name).tempdir_in(self.folder)?;
        let arguments = ["--available-now", "--checkpoint-dir", &checkpoints.path().display().to_string()]
            .map(str::to_owned);
        let before = processor::of_group(spark.process_group())?;
        if let Err(error) = spark.job(&built.join("job.py"), &arguments, &BTreeMap::new(), LIMIT)? {
            bail!("{} on Spark: {error}", query.name);
        }
        let seconds = processor::of_group(spark.process_group())? - before;
        Ok(Cell::Rate(self.records.read_by(query) / seconds))
    }
}

/// A line of the table.
pub(super) struct Line {
    /// The query.
    pub(super) query: &'static Query,
    /// Embedded, Flink, Spark.
    pub(super) cells: [Cell; 3],
    /// Of the embedded engine.
    pub(super) usage: Option<Usage>,
}

impl Line {
    /// Whether the embedded engine is as fast as it has to be.
    pub(super) fn reached(&self) -> bool {
        match (self.query.target, &self.cells[0]) {
            (None, _) => true,
            (Some(target), Cell::Rate(rate)) => *rate >= target,
            (Some(_), _) => false,
        }
    }

    /// For the terminal.
    pub(super) fn shown(&self) -> String {
        let cell = |cell: &Cell| match cell {
            Cell::Refused(code) => code.clone(),
            other => other.text(),
        };
        let [embedded, flink, spark] = [0, 1, 2].map(|n| cell(&self.cells[n]));
        let target = self.query.target.map_or("-".to_owned(), thousands);
        let wall = self.usage.map_or("-".to_owned(), |usage| format!("{:.2} s", usage.seconds));
        let peak = self.usage.map_or("-".to_owned(), |usage| super::megabytes(usage.peak_bytes));
        let verdict = if self.reached() { "" } else { "  MISSED" };
        format!(
            "{:<6} {embedded:>12} {target:>12} {peak:>12} {wall:>10} {flink:>12} {spark:>12}{verdict}",
            self.query.name
        )
    }

    fn markdown(&self) -> String {
        let Query { name, shows, .. } = self.query;
        let [embedded, flink, spark] = [0, 1, 2].map(|n| self.cells[n].text());
        let peak =
            self.usage.map_or(String::new(), |usage| format!("{:.0} MB", usage.peak_bytes as f64 / 1e6));
        format!("| [{name}]({name}.stream) | {shows} | {embedded} | {peak} | {flink} | {spark} |\n")
    }
}

const BEGIN: &str = "<!-- Made by `cargo xtask bench --engines --write`. -->\n";
const END: &str = "<!-- End of what is made. -->";

/// Puts the table into the example's README.
pub(super) fn write_table(lines: &[Line], many: &Records, few: &Records) -> Result<()> {
    let path = example().join("README.md");
    let text = std::fs::read_to_string(&path)?;
    let (head, rest) = text.split_once(BEGIN).context("the README has no place for the table")?;
    let (_, tail) = rest.split_once(END).context("the README has no end of the table")?;
    let [persons, auctions, bids] = many.counts.map(|count| thousands(count as f64));
    let few = thousands(few.counts.iter().sum::<u64>() as f64);
    let mut table = format!(
        "\nThere were {bids} bids, {auctions} auctions and {persons} persons; for Spark {few} records in all, so that the start of a job \
         weighs more.\n\n| query | shows | embedded | its memory | Flink | Spark |\n|---|---|---:|---:|---:|---:|\n"
    );
    table.extend(lines.iter().map(Line::markdown));
    Ok(std::fs::write(&path, format!("{head}{BEGIN}{table}\n{END}{tail}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_readme_has_every_query_and_the_codes_with_which_spark_refuses_them() {
        let readme = std::fs::read_to_string(example().join("README.md")).unwrap();
        let list = crate::repository().join("tests/differential/refused.nexmark-spark.tsv");
        let refused = std::fs::read_to_string(list).unwrap();
        let refused: BTreeMap<&str, &str> = refused
            .lines()
            .map(|line| line.split_once('\t').unwrap())
            .map(|(name, reason)| (name, reason.split_once(':').unwrap().0))
            .collect();
        let mut files: Vec<String> = std::fs::read_dir(example())
            .unwrap()
            .filter_map(|entry| {
                entry.unwrap().file_name().to_string_lossy().strip_suffix(".stream").map(str::to_owned)
            })
            .filter(|name| name != "sources")
            .collect();
        files.sort_by_key(|name| (name[1..].parse().unwrap_or(u32::MAX), name.clone()));
        assert_eq!(files, QUERIES.iter().map(|query| query.name).collect::<Vec<_>>());
        for query in QUERIES {
            let head = format!("| [{0}]({0}.stream) | {1} |", query.name, query.shows);
            let line =
                readme.lines().find(|line| line.starts_with(&head)).unwrap_or_else(|| panic!("{head}"));
            let spark = line.trim_end_matches(" |").rsplit_once("| ").unwrap().1;
            match refused.get(query.name) {
                Some(code) => assert!(spark.contains(*code), "{line}"),
                None => assert!(!spark.contains("ST"), "{line}"),
            }
        }
    }

    #[test]
    fn rates_are_grouped_by_thousands() {
        assert_eq!(
            [1_234_567.0, 15_499.0, 1234.0, 7.0].map(thousands),
            ["1,235,000", "15,000", "1,230", "10"]
        );
    }
}
