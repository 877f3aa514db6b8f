//! The events of the Nexmark benchmark: `cargo xtask nexmark --events N --out DIR` writes them as JSON lines, one file for
//! each of the three kinds of records.
//!
//! The proportions are those of the benchmark: of 50 events one is a new person, three are new auctions, 46 are bids; half of
//! the bids go to the newest hot auction, three of four come from the newest hot bidder. The same options give the same
//! bytes on every machine.

mod events;
mod random;
mod words;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub use events::{Event, Events, Kind, MOST_DELAY};

/// The records of the example's folder `samples` were made with these.
pub const SAMPLE: Stream = Stream { events: 500, rate: 10, seed: 1, extra: 8 };

/// What decides the events.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// How many.
    pub events: u64,
    /// How many a second of event time, at least 1.
    pub rate: u64,
    /// Where the random numbers begin.
    pub seed: u64,
    /// Length of the column `extra`, which stands for what else a record holds.
    pub extra: usize,
}

/// What to write, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// How many events: of 50 one is a person, three are auctions, 46 are bids.
    #[arg(long, default_value_t = SAMPLE.events)]
    events: u64,
    /// Events a second of event time.
    #[arg(long, default_value_t = SAMPLE.rate, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: u64,
    /// Another seed gives other events.
    #[arg(long, default_value_t = SAMPLE.seed)]
    seed: u64,
    /// Characters in the column `extra`.
    #[arg(long, default_value_t = SAMPLE.extra)]
    extra: usize,
    /// The folder for `person.jsonl`, `auction.jsonl` and `bid.jsonl`.
    #[arg(long)]
    out: PathBuf,
}

/// Writes what the options say.
pub fn run(options: &Options) -> Result<bool> {
    let Options { events, rate, seed, extra, .. } = *options;
    let counts = write(Stream { events, rate, seed, extra }, &options.out)?;
    for (kind, count) in Kind::ALL.into_iter().zip(counts) {
        println!("{} ({count} records)", path(&options.out, kind).display());
    }
    Ok(true)
}

/// The file of a kind in a folder.
pub fn path(folder: &Path, kind: Kind) -> PathBuf {
    folder.join(format!("{}.jsonl", kind.name()))
}

/// Writes the three files; says how many records each has, in the order of [`Kind::ALL`].
pub fn write(stream: Stream, folder: &Path) -> Result<[u64; 3]> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let open = |kind| -> Result<_> {
        let path = path(folder, kind);
        Ok(BufWriter::with_capacity(
            1 << 18,
            File::create(&path).with_context(|| path.display().to_string())?,
        ))
    };
    let [person, auction, bid] = Kind::ALL;
    let mut files = [open(person)?, open(auction)?, open(bid)?];
    let mut counts = [0; 3];
    let mut line = Vec::new();
    for event in Events::new(stream) {
        line.clear();
        event.write_json(&mut line);
        line.push(b'\n');
        files[event.kind() as usize].write_all(&line)?;
        counts[event.kind() as usize] += 1;
    }
    files.iter_mut().try_for_each(std::io::Write::flush)?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(stream: Stream) -> Vec<(Kind, String)> {
        Events::new(stream)
            .map(|event| {
                let mut line = Vec::new();
                event.write_json(&mut line);
                (event.kind(), String::from_utf8(line).unwrap())
            })
            .collect()
    }

    #[test]
    fn of_fifty_events_one_is_a_person_three_are_auctions_and_the_rest_are_bids() {
        let events = lines(Stream { events: 50_000, ..SAMPLE });
        let count = |kind| events.iter().filter(|(k, _)| *k == kind).count();
        assert_eq!(Kind::ALL.map(count), [1000, 3000, 46_000]);
    }

    #[test]
    fn bids_go_to_auctions_and_come_from_persons_that_mostly_exist() {
        let events = lines(Stream { events: 20_000, ..SAMPLE });
        let ids = |kind| -> std::collections::BTreeSet<i64> {
            let of_kind = events.iter().filter(|(k, _)| *k == kind);
            of_kind
                .map(|(_, line)| {
                    serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_i64().unwrap()
                })
                .collect()
        };
        let (persons, auctions) = (ids(Kind::Person), ids(Kind::Auction));
        let (mut bids, mut known) = (0, 0);
        for (_, line) in events.iter().filter(|(kind, _)| *kind == Kind::Bid) {
            let bid: serde_json::Value = serde_json::from_str(line).unwrap();
            bids += 1;
            let of = |name: &str| bid[name].as_i64().unwrap();
            known += i32::from(auctions.contains(&of("auction")) && persons.contains(&of("bidder")));
        }
        assert!(known * 10 > bids * 9, "{known} of {bids}");
    }

    #[test]
    fn records_come_out_of_order_but_never_later_than_the_delay() {
        let (mut greatest, mut late) = (i64::MIN, 0);
        for event in Events::new(Stream { events: 20_000, ..SAMPLE }) {
            late += i32::from(event.time() < greatest);
            greatest = greatest.max(event.time());
            assert!(greatest - event.time() <= MOST_DELAY);
        }
        assert!(late > 500, "{late}");
    }

    #[test]
    fn the_same_options_give_the_same_events_and_another_seed_gives_others() {
        assert_eq!(lines(SAMPLE), lines(SAMPLE));
        assert_ne!(lines(SAMPLE), lines(Stream { seed: 2, ..SAMPLE }));
        let more = lines(Stream { events: 1000, ..SAMPLE });
        assert_eq!(lines(SAMPLE)[..400], more[..400]);
    }

    #[test]
    fn the_samples_of_the_example_are_what_is_written_without_options() {
        let folder = tempfile::tempdir().unwrap();
        write(SAMPLE, folder.path()).unwrap();
        for kind in Kind::ALL {
            let committed = path(&crate::repository().join("examples/nexmark/samples"), kind);
            let stale = "stale; `cargo xtask nexmark --out examples/nexmark/samples` writes them anew";
            assert!(
                std::fs::read(&committed).unwrap() == std::fs::read(path(folder.path(), kind)).unwrap(),
                "{}: {stale}",
                committed.display()
            );
        }
    }
}
