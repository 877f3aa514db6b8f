//! Random numbers that are the same on every machine.

use xtask::split_mix::SplitMix;

/// The numbers of one case.
#[derive(Clone, Debug)]
pub struct Dice(SplitMix);

impl Dice {
    /// Starts from a seed and a stream of its own within it.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(SplitMix::new(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// A number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.0.next() % end as u64) as usize }
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        first + (self.0.next() % (last - first + 1).max(1) as u64) as i64
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// One of them by name: when one is added, most picks stay what they were.
    pub fn named<T: Copy>(&mut self, items: impl Iterator<Item = (&'static str, T)>) -> Option<T> {
        let salt = self.0.next();
        let rank = |name: &str| {
            // FNV-1a over the name, then one round of this generator.
            let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            SplitMix::new(hash ^ salt).next()
        };
        items.min_by_key(|(name, _)| rank(name)).map(|(_, item)| item)
    }

    /// One of the texts; empty if there is none.
    pub fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// One of them by weight.
    pub fn weighted<T: Copy>(&mut self, items: &[(usize, T)]) -> Option<T> {
        let mut left = self.below(items.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in items {
            if left < *weight {
                return Some(*item);
            }
            left -= weight;
        }
        None
    }
}
