//! Asks an engine again about queries or tables that were made smaller.

use std::path::Path;

use anyhow::Result;
use xtask::engines::{FlinkOracle, SparkWorker};

use super::compare::{Class, Demands, Difference, compare};
use super::flink;
use super::ours::{self, Ours};
use super::spark;
use crate::random::world::World;

/// Who says whether a case still differs.
pub trait Judge {
    /// How each of these queries differs now, if it does in that class.
    fn differences(
        &self,
        world: &World,
        queries: &[String],
        demands: Demands,
        wanted: &Difference,
    ) -> Result<Vec<Option<Difference>>>;
}

/// Flink.
pub struct OfFlink<'a> {
    /// It.
    pub flink: &'a FlinkOracle,
    /// Where records are written.
    pub folder: &'a Path,
}

impl Judge for OfFlink<'_> {
    fn differences(
        &self,
        world: &World,
        queries: &[String],
        demands: Demands,
        wanted: &Difference,
    ) -> Result<Vec<Option<Difference>>> {
        let mut found = vec![None; queries.len()];
        let Ok(tables) = flink::Tables::declare(world, self.folder) else { return Ok(found) };
        let rows = wanted.class.needs_rows();
        let mut asked = Vec::new();
        for (at, query) in queries.iter().enumerate() {
            let answer = ours::ask(world, self.folder, query, rows);
            // What our side says rules most of them out, without a question to Flink.
            let possible = match wanted.class {
                Class::Panic => matches!(answer, Ours::Panicked(_)),
                Class::Refused => {
                    matches!(&answer, Ours::Refused(code, _) if wanted.gist.starts_with(code.as_str()))
                }
                _ => matches!(answer, Ours::Accepted(_)),
            };
            if possible {
                asked.push((at, query.clone(), answer));
            }
        }
        if asked.is_empty() {
            return Ok(found);
        }
        let (queries, ours): (Vec<String>, Vec<Ours>) =
            asked.iter().map(|(_, query, ours)| (query.clone(), ours.clone())).unzip();
        let answers = tables.ask(self.flink, &queries, &ours, rows)?;
        for ((at, _, ours), flink) in asked.iter().zip(&answers) {
            found[*at] = compare(ours, flink, demands).err().filter(|found| found.class == wanted.class);
        }
        Ok(found)
    }
}

/// Spark.
pub struct OfSpark<'a> {
    /// It.
    pub spark: &'a SparkWorker,
    /// Where records are written.
    pub folder: &'a Path,
    /// Whether it reads the records in two batches.
    pub pieces: bool,
}

impl Judge for OfSpark<'_> {
    fn differences(
        &self,
        world: &World,
        queries: &[String],
        demands: Demands,
        wanted: &Difference,
    ) -> Result<Vec<Option<Difference>>> {
        let tables = spark::Tables::new(self.spark, world, self.folder, self.pieces)?;
        let said = tables.ask(queries)?;
        // A job that fails for another reason is another case.
        let condition = |gist: &str| gist.split(']').next().map(str::to_owned);
        let differs = |(query, said): (&String, &spark::Said)| {
            let found = tables.compare(query, said, demands)?.err()?;
            let same = found.class == wanted.class && condition(&found.gist) == condition(&wanted.gist);
            same.then_some(found)
        };
        Ok(queries.iter().zip(&said).map(differs).collect())
    }
}
