//! Random numbers that are the same everywhere.

use crate::split_mix::SplitMix;

/// The numbers of one event.
#[derive(Clone, Debug)]
pub(super) struct Random(SplitMix);

impl Random {
    /// Numbers of their own for each `(seed, event)`.
    pub(super) fn new(seed: u64, event: u64) -> Self {
        Self(SplitMix::new(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93).wrapping_add(event)))
    }

    /// A number from 0 up to `limit`, which is not reached; 0 if it is 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.0.next()) * u128::from(limit)) >> 64) as u64
    }

    /// One of the words.
    pub(super) fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }

    /// A price in cents from 100 to 100,000,000, its logarithm spread evenly. Computed without powers of fractions, which
    /// differ from machine to machine in the last digit.
    pub(super) fn price(&mut self) -> i64 {
        // A decade, and the place in it on a line of chords of the logarithm.
        const CHORDS: [i64; 11] = [
            100_000, 125_893, 158_489, 199_526, 251_189, 316_228, 398_107, 501_187, 630_957, 794_328,
            1_000_000,
        ];
        let decade = self.below(6) as u32;
        let chord = self.below(10) as usize;
        let (low, high) = (CHORDS[chord], CHORDS[chord + 1]);
        let mantissa = low + self.below((high - low) as u64) as i64;
        mantissa * 10_i64.pow(decade) / 1000
    }

    /// Appends `length` small letters.
    pub(super) fn letters(&mut self, length: usize, out: &mut Vec<u8>) {
        for _ in 0..length {
            out.push(b'a' + self.below(26) as u8);
        }
    }
}
