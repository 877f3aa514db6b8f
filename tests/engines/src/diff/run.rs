//! A run: worlds one after the other, each with a handful of queries.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};
use xtask::engines::FlinkOracle;

use super::compare::{Demands, Difference, compare};
use super::known::Known;
use super::ours::{self, Ours};
use super::paste;
use super::shrink::{Failing, Tables};
use super::tally::{Open, Tally};
use crate::random::dice::Dice;
use crate::random::expressions::Column;
use crate::random::mutations::mutate;
use crate::random::queries::{Area, Maker, Query};
use crate::random::world::{Table, World};

/// Queries over the same tables.
const OF_A_WORLD: usize = 40;
/// Of these in a hundred, one thing is changed at random.
const NEARLY: usize = 30;
/// Cases of the same class and gist that are cut down; the others are only counted.
const SHRUNK: usize = 2;

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many queries.
    pub queries: usize,
    /// Where randomness starts.
    pub seed: u64,
    /// One area only.
    pub area: Option<Area>,
    /// Run nothing, only plan.
    pub plan_only: bool,
    /// Cut down what differs.
    pub shrink: bool,
    /// Side by side.
    pub threads: usize,
    /// Where records are written.
    pub folder: PathBuf,
}

/// What workers share.
struct Shared<'a> {
    options: &'a Options,
    flink: &'a FlinkOracle,
    known: &'a Known,
    next: AtomicUsize,
    done: AtomicUsize,
    tally: Mutex<Tally>,
    start: Instant,
    says: &'a (dyn Fn(&Tally, &str) + Sync),
}

/// Runs; `says` is told how far it is. Stops early, with what was found so far, when `stopped` says so.
pub fn run(
    options: &Options,
    flink: &FlinkOracle,
    known: &Known,
    says: &(dyn Fn(&Tally, &str) + Sync),
    stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Tally> {
    let shared = Shared {
        options,
        flink,
        known,
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        tally: Mutex::default(),
        start: Instant::now(),
        says,
    };
    let worlds = options.queries.div_ceil(OF_A_WORLD);
    let work = || -> Result<()> {
        loop {
            let index = shared.next.fetch_add(1, Ordering::Relaxed);
            if index >= worlds || stopped() {
                return Ok(());
            }
            let size = OF_A_WORLD.min(options.queries - index * OF_A_WORLD);
            shared.world(index, size)?;
        }
    };
    thread::scope(|scope| {
        // Deeply nested expressions take deep stacks without optimisation.
        let workers: Vec<_> = (0..options.threads.max(1))
            .map(|_| thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work))
            .collect::<Result<_, _>>()?;
        for worker in workers {
            worker.join().map_err(|_| anyhow!("a worker panicked"))??;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(shared.tally.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The queries of a world, by its number.
pub fn queries(options: &Options, index: usize, size: usize, folder: &Path) -> (World, Vec<Query>) {
    let stream = (index as u64) << 32;
    let world = World::random(&mut Dice::new(options.seed, stream));
    let queries = (1..=size as u64)
        .map(|number| {
            // A stream of its own: when the compiler learns something, the other queries stay what they were.
            let mut dice = Dice::new(options.seed, stream + number);
            let area = options.area.or_else(|| dice.weighted(&Area::WEIGHTED)).unwrap_or(Area::Expressions);
            let depth = dice.below(3);
            let mut query = Maker::new(&mut dice, &world, folder).query(area, depth);
            if dice.percent(NEARLY) {
                let columns: Vec<Column> = world
                    .tables
                    .iter()
                    .flat_map(|t| &t.columns)
                    .map(|c| Column { text: c.name.clone(), ty: c.ty.clone(), time: c.time })
                    .collect();
                mutate(&mut dice, &mut query.node, &columns);
                query.nearly = true;
                // What it means now nobody knows: an aggregate may stand where order counts.
                query.undefined = true;
            }
            query
        })
        .collect();
    (world, queries)
}

impl Shared<'_> {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn world(&self, index: usize, size: usize) -> Result<()> {
        let folder = self.options.folder.join(format!("world{index}"));
        let (world, queries) = queries(self.options, index, size, &folder);
        let tables = Tables::declare(&world, &folder)?;
        let run = !self.options.plan_only;
        let texts: Vec<String> = queries.iter().map(|q| q.node.to_string()).collect();
        let ours: Vec<Ours> = texts
            .iter()
            .zip(&queries)
            .map(|(text, query)| ours::ask(&world, &folder, text, run && !query.undefined))
            .collect();
        let flink = tables.ask(self.flink, &texts, &ours, run)?;
        let mut differing = Vec::new();
        for (((query, text), ours), flink) in queries.iter().zip(&texts).zip(&ours).zip(&flink) {
            let demands = Demands { undefined: query.undefined, reorders: query.reorders };
            let mut tally = self.tally();
            tally.nearly += usize::from(query.nearly);
            match compare(ours, flink, demands) {
                Ok(agreement) => *tally.agree.entry((query.area, agreement)).or_default() += 1,
                Err(found) if self.known.find(&found, text).is_some() => {
                    *tally.known.entry((query.area, found.class)).or_default() += 1;
                }
                Err(found) => differing.push((query, found)),
            }
        }
        for (query, found) in differing {
            let demands = Demands { undefined: query.undefined, reorders: query.reorders };
            self.differs(
                &Failing { world: &world, folder: &folder, tables: &tables, demands },
                query,
                found,
            )?;
        }
        std::fs::remove_dir_all(&folder)?;
        let done = self.done.fetch_add(size, Ordering::Relaxed) + size;
        let seconds = self.start.elapsed().as_secs_f64();
        let tally = self.tally();
        let line = format!(
            "{done} of {} queries, {} not explained, {:.1} queries/s",
            self.options.queries,
            tally.unexplained(),
            done as f64 / seconds
        );
        (self.says)(&tally, &line);
        Ok(())
    }

    fn differs(&self, case: &Failing<'_>, query: &Query, found: Difference) -> Result<()> {
        let count = |tally: &mut Tally, known: bool| {
            let map = if known { &mut tally.known } else { &mut tally.unknown };
            *map.entry((query.area, found.class)).or_default() += 1;
        };
        let often = self.tally().seen(found.class, &found.gist) >= SHRUNK && !found.gist.is_empty();
        if often {
            let mut tally = self.tally();
            let same = tally.open.iter_mut().find(|o| o.class == found.class && o.gist == found.gist);
            if let Some(open) = same {
                open.times += 1;
            }
            count(&mut tally, false);
            return Ok(());
        }
        let (node, smaller) = if self.options.shrink {
            case.query(self.flink, &query.node, found.clone())?
        } else {
            (query.node.clone(), found.clone())
        };
        let text = node.to_string();
        if self.known.find(&smaller, &text).is_some() {
            count(&mut self.tally(), true);
            return Ok(());
        }
        let (world, smaller) = if self.options.shrink {
            case.rows(self.flink, &text, smaller)?
        } else {
            (case.world.clone(), smaller)
        };
        // Some differences show in the rows only.
        let records: Vec<String> = world.tables.iter().map(Table::records).collect();
        if smaller.class.needs_rows()
            && self.known.find(&smaller, &format!("{text}\n{}", records.concat())).is_some()
        {
            count(&mut self.tally(), true);
            return Ok(());
        }
        let mut tally = self.tally();
        count(&mut tally, false);
        let text = paste::text(&world, &text, &smaller);
        tally.open.push(Open { class: smaller.class, gist: smaller.gist, text, times: 1 });
        Ok(())
    }
}
