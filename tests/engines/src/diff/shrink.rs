//! Cuts a case down while it still differs in the same way.

use anyhow::Result;

use super::compare::{Demands, Difference};
use super::judge::Judge;
use crate::random::tree::Node;
use crate::random::world::{World, picked};

/// Trees that are asked for at a time.
const WIDTH: usize = 24;
/// How often a case is made smaller at most.
const ROUNDS: usize = 40;

/// A case that differs.
pub struct Failing<'a> {
    /// Its tables.
    pub world: &'a World,
    /// Who says that it differs.
    pub judge: &'a dyn Judge,
    /// What is asked of its rows.
    pub demands: Demands,
}

impl Failing<'_> {
    /// The smallest query found that differs in the same class, and how.
    pub fn query(&self, start: &Node, found: Difference) -> Result<(Node, Difference)> {
        let (mut best, mut difference) = (start.clone(), found);
        for _ in 0..ROUNDS {
            let length = best.to_string().len();
            let mut seen = std::collections::BTreeSet::new();
            let mut smaller: Vec<Node> = best.smaller();
            smaller.retain(|node| node.to_string().len() < length && seen.insert(node.to_string()));
            smaller.sort_by_cached_key(|node| node.to_string().len());
            let mut better = None;
            for chunk in smaller.chunks(WIDTH) {
                better = self.first(chunk, &difference)?;
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

    fn first(&self, nodes: &[Node], wanted: &Difference) -> Result<Option<(Node, Difference)>> {
        let queries: Vec<String> = nodes.iter().map(Node::to_string).collect();
        let answers = self.judge.differences(self.world, &queries, self.demands, wanted)?;
        let first = nodes.iter().zip(answers).find_map(|(node, found)| Some((node.clone(), found?)));
        Ok(first)
    }

    /// The smallest tables found over which the query differs in the same class.
    pub fn rows(&self, query: &str, found: Difference) -> Result<(World, Difference)> {
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
            table.columns = picked(&table.columns, keeps);
            table.rows.iter_mut().for_each(|row| *row = picked(row, keeps));
        }
        if let Some(found) = self.still(&world, query, &difference)? {
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
                    match self.still(&world, query, &difference)? {
                        Some(found) => (best, difference) = (world, found),
                        None => from += size,
                    }
                }
                size /= 2;
            }
        }
        Ok((best, difference))
    }

    fn still(&self, world: &World, query: &str, wanted: &Difference) -> Result<Option<Difference>> {
        let found = self.judge.differences(world, &[query.to_owned()], self.demands, wanted)?;
        Ok(found.into_iter().next().flatten())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
