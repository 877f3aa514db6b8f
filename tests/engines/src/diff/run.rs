//! A run: worlds one after the other, each with a handful of queries.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};
use xtask::engines::{FlinkOracle, SparkWorker};

use super::compare::{Agreement, Demands, Difference, compare};
use super::judge::{OfFlink, OfSpark};
use super::known::Known;
use super::ours::{self, Ours};
use super::paste;
use super::shrink::Failing;
use super::tally::{Open, Tally};
use super::{flink, spark};
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

/// The engines that queries are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// Flink, and all that it says.
    pub flink: Option<&'a FlinkOracle>,
    /// Spark, and the rows that remain.
    pub spark: Option<&'a SparkWorker>,
}

/// What workers share.
struct Shared<'a> {
    options: &'a Options,
    against: Against<'a>,
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
    against: Against<'_>,
    known: &Known,
    says: &(dyn Fn(&Tally, &str) + Sync),
    stopped: &(dyn Fn() -> bool + Sync),
) -> Result<Tally> {
    let shared = Shared {
        options,
        against,
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
        let texts: Vec<String> = queries.iter().map(|q| q.node.to_string()).collect();
        let found = self.against.flink.map(|flink| self.flink(flink, &world, &folder, &queries, &texts));
        let found = found.transpose()?.unwrap_or_default();
        // Half of the worlds come in two batches.
        let pieces = index % 2 == 1;
        let on_spark = self.against.spark.filter(|_| !self.options.plan_only);
        let on_spark = on_spark.map(|spark| spark_says(spark, &world, &folder, pieces, &queries, &texts));
        let (on_spark, refused) = on_spark.transpose()?.unwrap_or_default();
        let mut differing = Vec::new();
        {
            let mut tally = self.tally();
            tally.cases += queries.len();
            for reason in refused {
                *tally.refused_for_spark.entry(reason).or_default() += 1;
            }
            tally.nearly += queries.iter().filter(|query| query.nearly).count();
            let answers = found.into_iter().map(Some).zip(queries.iter().zip(&texts));
            let answers = answers.chain(on_spark.into_iter().zip(queries.iter().zip(&texts)));
            for (answer, (query, text)) in answers {
                match answer {
                    None => {}
                    Some(Ok(agreement)) => *tally.agree.entry((query.area, agreement)).or_default() += 1,
                    Some(Err(found)) if self.known.find(&found, text).is_some() => {
                        *tally.known.entry((query.area, found.class)).or_default() += 1;
                    }
                    Some(Err(found)) => differing.push((query, found)),
                }
            }
        }
        let smaller = folder.join("smaller");
        for (query, found) in differing {
            let demands = demands(query);
            if let (true, Some(spark)) = (found.class.is_of_spark(), self.against.spark) {
                let judge = OfSpark { spark, folder: &smaller, pieces };
                self.differs(&Failing { world: &world, judge: &judge, demands }, query, found)?;
            } else if let Some(flink) = self.against.flink {
                let judge = OfFlink { flink, folder: &smaller };
                self.differs(&Failing { world: &world, judge: &judge, demands }, query, found)?;
            }
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

    /// How the compiler and Flink agree on each of the queries.
    fn flink(
        &self,
        flink: &FlinkOracle,
        world: &World,
        folder: &Path,
        queries: &[Query],
        texts: &[String],
    ) -> Result<Vec<Result<Agreement, Difference>>> {
        let tables = flink::Tables::declare(world, folder)?;
        let run = !self.options.plan_only;
        let ask = |(text, query): (&String, &Query)| ours::ask(world, folder, text, run && !query.undefined);
        let ours: Vec<Ours> = texts.iter().zip(queries).map(ask).collect();
        let flink = tables.ask(flink, texts, &ours, run)?;
        let both = ours.iter().zip(&flink).zip(queries);
        Ok(both.map(|((ours, flink), query)| compare(ours, flink, demands(query))).collect())
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
            case.query(&query.node, found.clone())?
        } else {
            (query.node.clone(), found.clone())
        };
        let text = node.to_string();
        if self.known.find(&smaller, &text).is_some() {
            count(&mut self.tally(), true);
            return Ok(());
        }
        let (world, smaller) =
            if self.options.shrink { case.rows(&text, smaller)? } else { (case.world.clone(), smaller) };
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

fn demands(query: &Query) -> Demands {
    Demands { undefined: query.undefined, reorders: query.reorders }
}

/// How the embedded engine and Spark agree on each of the queries; `None` where the compiler refuses it.
type OnSpark = Vec<Option<Result<Agreement, Difference>>>;

/// That, and why the backend refuses some.
fn spark_says(
    spark: &SparkWorker,
    world: &World,
    folder: &Path,
    pieces: bool,
    queries: &[Query],
    texts: &[String],
) -> Result<(OnSpark, Vec<String>)> {
    let tables = spark::Tables::new(spark, world, folder, pieces)?;
    let said = tables.ask(texts)?;
    let mut compared = Vec::new();
    for ((text, said), query) in texts.iter().zip(&said).zip(queries) {
        compared.push(match tables.compare(text, said, demands(query)) {
            Some(Err(found)) => Some(Err(tables.explained(text, demands(query), found)?)),
            other => other,
        });
    }
    let refused = said.into_iter().filter_map(|said| match said {
        spark::Said::Refused(reason) => Some(reason),
        _ => None,
    });
    Ok((compared, refused.collect()))
}
