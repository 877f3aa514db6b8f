//! Cuts a case down while it still differs in the same way.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use xtask::engines::{Batch, FlinkError, FlinkOracle, Planned};

use super::compare::{Class, Demands, Difference, compare};
use super::ours::{self, Ours, Outcome};
use crate::built::build;
use crate::program::compiled;
use crate::random::tree::Node;
use crate::random::world::World;

/// Trees that are asked for at a time.
const WIDTH: usize = 24;
/// How often a case is made smaller at most.
const ROUNDS: usize = 40;

/// The tables of a world on Flink.
#[derive(Clone, Debug)]
pub struct Tables {
    setup: Vec<String>,
    conf: BTreeMap<String, String>,
}

impl Tables {
    /// As the Flink backend declares them. Their records are written to the folder.
    pub fn declare(world: &World, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut text = world.declarations(folder);
        for table in &world.tables {
            std::fs::write(folder.join(format!("{}.jsonl", table.name)), table.records())?;
            let name = &table.name;
            text.push_str(&format!(
                "stream all_{name} = {name}\nsink to_{name} = print {{}} from all_{name}\n"
            ));
            if table.delay.is_some() {
                let now = table.now();
                text.push_str(&format!("{}sink to_{now} = print {{}} from {now}\n", table.versions()));
            }
        }
        let plan = compiled(&text).map_err(|errors| anyhow::anyhow!("{errors:?}\n{text}"))?;
        let job = build(&plan).map_err(|refused| anyhow::anyhow!("{refused}\n{text}"))?;
        Ok(Self { setup: job.declarations, conf: job.settings })
    }

    /// What Flink says to these queries; those with `true` are run.
    pub fn ask(
        &self,
        flink: &FlinkOracle,
        queries: &[String],
        ours: &[Ours],
        run: bool,
    ) -> Result<Vec<Result<Planned, FlinkError>>> {
        let of = |test: &dyn Fn(&Ours) -> bool| -> Vec<usize> {
            ours.iter().enumerate().filter(|(_, ours)| test(ours)).map(|(at, _)| at).collect()
        };
        let outcome = |ours: &Ours| match ours {
            Ours::Accepted(accepted) => accepted.outcome.clone(),
            _ => None,
        };
        let run_them = of(&|o| run && matches!(outcome(o), Some(Outcome::Rows(_) | Outcome::Failed(_))));
        let alone = of(&|o| matches!(outcome(o), Some(Outcome::Failed(_))));
        flink.batch(&Batch { setup: &self.setup, conf: &self.conf, queries, run: &run_them, alone: &alone })
    }
}

/// A case that differs.
pub struct Failing<'a> {
    /// Its tables.
    pub world: &'a World,
    /// Where their records are.
    pub folder: &'a Path,
    /// The tables on Flink.
    pub tables: &'a Tables,
    /// What is asked of its rows.
    pub demands: Demands,
}

impl Failing<'_> {
    /// The smallest query found that differs in the same class, and how.
    pub fn query(&self, flink: &FlinkOracle, start: &Node, found: Difference) -> Result<(Node, Difference)> {
        let (mut best, mut difference) = (start.clone(), found);
        for _ in 0..ROUNDS {
            let length = best.to_string().len();
            let mut seen = std::collections::BTreeSet::new();
            let mut smaller: Vec<Node> = best.smaller();
            smaller.retain(|node| node.to_string().len() < length && seen.insert(node.to_string()));
            smaller.sort_by_cached_key(|node| node.to_string().len());
            let mut better = None;
            for chunk in smaller.chunks(WIDTH) {
                better = self.first(flink, chunk, &difference)?;
                if better.is_some() {
                    break;
                }
            }
            match better {
                Some(found) => (best, difference) = found,
                None => break,
            }
        }
        Ok((best, difference))
    }

    fn first(
        &self,
        flink: &FlinkOracle,
        nodes: &[Node],
        wanted: &Difference,
    ) -> Result<Option<(Node, Difference)>> {
        let rows = wanted.class.needs_rows();
        let mut queries = Vec::new();
        let mut ours = Vec::new();
        let mut asked = Vec::new();
        for node in nodes {
            let text = node.to_string();
            let answer = ours::ask(self.world, self.folder, &text, rows);
            // What our side says rules most of them out, without a question to Flink.
            let possible = match wanted.class {
                Class::Panic => matches!(answer, Ours::Panicked(_)),
                Class::Refused => {
                    matches!(&answer, Ours::Refused(code, _) if wanted.gist.starts_with(code.as_str()))
                }
                _ => matches!(answer, Ours::Accepted(_)),
            };
            if possible {
                asked.push(node);
                queries.push(text);
                ours.push(answer);
            }
        }
        if queries.is_empty() {
            return Ok(None);
        }
        let answers = self.tables.ask(flink, &queries, &ours, rows)?;
        for ((node, ours), flink) in asked.into_iter().zip(&ours).zip(&answers) {
            if let Err(found) = compare(ours, flink, self.demands)
                && found.class == wanted.class
            {
                return Ok(Some((node.clone(), found)));
            }
        }
        Ok(None)
    }

    /// The smallest tables found over which the query differs in the same class.
    pub fn rows(&self, flink: &FlinkOracle, query: &str, found: Difference) -> Result<(World, Difference)> {
        let (mut best, mut difference) = (self.world.clone(), found);
        // Columns and tables that the query does not name are not needed.
        let star = query.contains('*');
        let mut world = best.clone();
        world.tables.retain(|table| words(query).any(|word| word == table.name || word == table.now()));
        for table in world.tables.iter_mut().filter(|_| !star) {
            let keep: Vec<bool> = table
                .columns
                .iter()
                .enumerate()
                .map(|(at, c)| {
                    let key = at == 1 && query.contains("_now");
                    key || c.name == "ts" || c.name == "id" || query.contains(c.name.as_str())
                })
                .collect();
            let keeps = |at: usize| keep.get(at).copied().unwrap_or(true);
            table.columns = kept(&table.columns, keeps);
            table.rows.iter_mut().for_each(|row| *row = kept(row, keeps));
        }
        if let Some(found) = self.still(flink, &world, query, &difference)? {
            (best, difference) = (world, found);
        }
        if !difference.class.needs_rows() {
            best.tables.iter_mut().for_each(|table| table.rows.truncate(1));
            return Ok((best, difference));
        }
        for table in 0..best.tables.len() {
            let mut size = best.tables[table].rows.len().div_ceil(2);
            while size > 0 {
                let mut from = 0;
                while from < best.tables[table].rows.len() {
                    let mut world = best.clone();
                    let rows = &mut world.tables[table].rows;
                    rows.drain(from..(from + size).min(rows.len()));
                    match self.still(flink, &world, query, &difference)? {
                        Some(found) => (best, difference) = (world, found),
                        None => from += size,
                    }
                }
                size /= 2;
            }
        }
        Ok((best, difference))
    }

    fn still(
        &self,
        flink: &FlinkOracle,
        world: &World,
        query: &str,
        wanted: &Difference,
    ) -> Result<Option<Difference>> {
        let folder = self.folder.join("smaller");
        let Ok(tables) = Tables::declare(world, &folder) else { return Ok(None) };
        let rows = wanted.class.needs_rows();
        let ours = [ours::ask(world, &folder, query, rows)];
        let answers = tables.ask(flink, &[query.to_owned()], &ours, rows)?;
        let found = answers.first().and_then(|flink| compare(&ours[0], flink, self.demands).err());
        Ok(found.filter(|found| found.class == wanted.class))
    }
}

fn kept<T: Clone>(items: &[T], keep: impl Fn(usize) -> bool) -> Vec<T> {
    items.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, item)| item.clone()).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
