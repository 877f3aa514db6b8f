//! Events in the order of their arrival.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Write as _;

use super::Stream;
use super::random::Random;
use super::words::{CITIES, FIRST_NAMES, HOT_CHANNELS, LAST_NAMES};

/// By how many milliseconds a record may come after one of a later event time.
pub const MOST_DELAY: i64 = 3000;

/// 2026-01-01 00:00:00.
const START: i64 = 1_767_225_600_000;
/// Persons, auctions and bids in a round.
const PERSONS: u64 = 1;
const AUCTIONS: u64 = 3;
const ROUND: u64 = 50;
/// The first ids, so that they differ from zero.
const FIRST_ID: u64 = 1000;
const FIRST_CATEGORY: u64 = 10;
const CATEGORIES: u64 = 5;
/// Of so many ids one is hot.
const HOT_EVERY: u64 = 100;
/// Ids that are drawn although no record has them yet.
const LEAD: u64 = 10;
/// Auctions are open for about as long as it takes for so many new ones to open.
const OPEN_AUCTIONS: u64 = 100;
/// Only the last persons bid and sell.
const ACTIVE_PERSONS: u64 = 1000;
const CHANNELS: u64 = 10_000;

/// The kind of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody who sells or bids.
    Person,
    /// Something for sale.
    Auction,
    /// An offer.
    Bid,
}

impl Kind {
    /// All kinds, in the order of their first records.
    pub const ALL: [Self; 3] = [Self::Person, Self::Auction, Self::Bid];

    /// Its name, which is that of the source too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Auction => "auction",
            Self::Bid => "bid",
        }
    }
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    stream: Stream,
    number: u64,
}

/// How many persons there are once the event `number` has happened.
fn persons(number: u64) -> u64 {
    number / ROUND * PERSONS + PERSONS.min(number % ROUND + 1)
}

/// How many auctions there are once the event `number` has happened.
fn auctions(number: u64) -> u64 {
    number / ROUND * AUCTIONS + AUCTIONS.min((number % ROUND + 1).saturating_sub(PERSONS))
}

/// The last of `count` ids that is a hundred times something.
fn hot(count: u64) -> u64 {
    count.saturating_sub(1) / HOT_EVERY * HOT_EVERY
}

impl Event {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self.number % ROUND {
            n if n < PERSONS => Kind::Person,
            n if n < PERSONS + AUCTIONS => Kind::Auction,
            _ => Kind::Bid,
        }
    }

    fn time_of(&self, number: u64) -> i64 {
        START + (number * 1000 / self.stream.rate) as i64
    }

    /// Event time, in milliseconds since 1970.
    pub fn time(&self) -> i64 {
        self.time_of(self.number)
    }

    /// When it comes in: one of ten comes late.
    fn arrival(&self) -> i64 {
        let mut random = Random::new(!self.stream.seed, self.number);
        let late = random.below(10) == 0;
        self.time() + if late { random.below(MOST_DELAY as u64 + 1) as i64 } else { 0 }
    }

    /// One of the active persons, or one that comes soon.
    fn some_person(&self, random: &mut Random) -> u64 {
        let persons = persons(self.number);
        let active = persons.min(ACTIVE_PERSONS);
        FIRST_ID + persons - active + random.below(active + LEAD)
    }

    /// One of the open auctions, or one that comes soon.
    fn some_auction(&self, random: &mut Random) -> u64 {
        let auctions = auctions(self.number);
        let open = auctions.min(OPEN_AUCTIONS + 1);
        FIRST_ID + auctions - open + random.below(open + LEAD)
    }

    /// Appends the record as a JSON object.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let mut random = Random::new(self.stream.seed, self.number);
        match self.kind() {
            Kind::Person => self.write_person(&mut random, out),
            Kind::Auction => self.write_auction(&mut random, out),
            Kind::Bid => self.write_bid(&mut random, out),
        }
        out.extend(b",\"extra\":\"");
        random.letters(self.stream.extra, out);
        out.extend(b"\"}");
    }

    fn write_person(&self, random: &mut Random, out: &mut Vec<u8>) {
        let id = FIRST_ID + persons(self.number) - 1;
        let (first, last) = (random.one_of(FIRST_NAMES), random.one_of(LAST_NAMES));
        put(out, format_args!("{{\"id\":{id},\"name\":\"{first} {last}\",\"emailAddress\":\""));
        random.letters(7, out);
        out.push(b'@');
        random.letters(5, out);
        let card = [0; 4].map(|_| random.below(10_000));
        put(
            out,
            format_args!(
                ".com\",\"creditCard\":\"{:04} {:04} {:04} {:04}\"",
                card[0], card[1], card[2], card[3]
            ),
        );
        let (city, state) = CITIES[random.below(CITIES.len() as u64) as usize];
        put(out, format_args!(",\"city\":\"{city}\",\"state\":\"{state}\",\"dateTime\":"));
        timestamp(self.time(), out);
    }

    fn write_auction(&self, random: &mut Random, out: &mut Vec<u8>) {
        let id = FIRST_ID + auctions(self.number) - 1;
        put(out, format_args!("{{\"id\":{id},\"itemName\":\""));
        random.letters(12, out);
        out.extend(b"\",\"description\":\"");
        random.letters(40, out);
        let first = random.price();
        put(
            out,
            format_args!("\",\"initialBid\":{first},\"reserve\":{},\"dateTime\":", first + random.price()),
        );
        timestamp(self.time(), out);
        let horizon = self.time_of(self.number + OPEN_AUCTIONS * ROUND / AUCTIONS) - self.time();
        let expires = self.time() + 1 + random.below((horizon * 2).max(1) as u64) as i64;
        out.extend(b",\"expires\":");
        timestamp(expires, out);
        let hot_seller = random.below(4) > 0;
        let seller = if hot_seller { FIRST_ID + hot(persons(self.number)) } else { self.some_person(random) };
        let category = FIRST_CATEGORY + random.below(CATEGORIES);
        put(out, format_args!(",\"seller\":{seller},\"category\":{category}"));
    }

    fn write_bid(&self, random: &mut Random, out: &mut Vec<u8>) {
        let hot_auction = random.below(2) > 0;
        let auction =
            if hot_auction { FIRST_ID + hot(auctions(self.number)) } else { self.some_auction(random) };
        let hot_bidder = random.below(4) > 0;
        // Hot sellers do not bid.
        let bidder =
            if hot_bidder { FIRST_ID + hot(persons(self.number)) + 1 } else { self.some_person(random) };
        let price = random.price();
        put(
            out,
            format_args!("{{\"auction\":{auction},\"bidder\":{bidder},\"price\":{price},\"channel\":\""),
        );
        if random.below(2) > 0 {
            let channel = random.one_of(HOT_CHANNELS);
            put(out, format_args!("{channel}\",\"url\":\""));
            write_url(&mut Random::new(0, channel.len() as u64), out);
        } else {
            let channel = random.below(CHANNELS);
            put(out, format_args!("channel-{channel}\",\"url\":\""));
            write_url(random, out);
            if random.below(10) > 0 {
                put(out, format_args!("&channel_id={}", (channel as u32).reverse_bits() >> 1));
            }
        }
        out.extend(b"\",\"dateTime\":");
        timestamp(self.time(), out);
    }
}

fn write_url(random: &mut Random, out: &mut Vec<u8>) {
    out.extend(b"https://www.nexmark.com/");
    for _ in 0..3 {
        random.letters(5, out);
        out.push(b'/');
    }
    out.extend(b"item.htm?query=1");
}

/// Writing to a vector cannot fail.
fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// `"2026-01-01 00:00:00.000"`. Streams end long before the year does.
fn timestamp(millis: i64, out: &mut Vec<u8>) {
    let since = (millis - START) as u64;
    let (day, second, milli) = (since / 86_400_000, since / 1000 % 86_400, since % 1000);
    let (mut month, mut day) = (0, day);
    for length in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    put(
        out,
        format_args!("\"2026-{:02}-{:02} {hour:02}:{minute:02}:{second:02}.{milli:03}\"", month + 1, day + 1),
    );
}

/// The events of a stream by their arrival.
#[derive(Clone, Debug)]
pub struct Events {
    stream: Stream,
    /// The next event that has not been looked at.
    next: u64,
    /// Those that are on their way: arrival, number.
    waiting: BinaryHeap<Reverse<(i64, u64)>>,
}

impl Events {
    /// The events.
    pub fn new(stream: Stream) -> Self {
        Self { stream, next: 0, waiting: BinaryHeap::new() }
    }

    fn event(&self, number: u64) -> Event {
        Event { stream: self.stream, number }
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.next < self.stream.events {
            let event = self.event(self.next);
            if self.waiting.peek().is_some_and(|Reverse((arrival, _))| *arrival < event.time()) {
                break;
            }
            self.waiting.push(Reverse((event.arrival(), self.next)));
            self.next += 1;
        }
        let Reverse((_, number)) = self.waiting.pop()?;
        Some(self.event(number))
    }
}
