//! Dates, times and timestamps as Flink's formats read and write them.
//!
//! The patterns are those of Flink's `TimeFormats` (module `flink-format-common`), which are `java.time` formatters.
//! What follows from that, and is kept here:
//!
//! * digits are counted: `2026-1-2` is no date; a fraction has up to 9 digits, and a bare point is accepted;
//! * the ISO patterns make seconds optional, the SQL patterns do not;
//! * `DATE` and ISO `TIMESTAMP` resolve strictly, all others "smartly": `2026-02-30 00:00:00` is read as 28 February and
//!   `24:00:00` as midnight of the next day.
//!
//! Years have exactly four digits here; Java's signed years with more digits are not read.

use crate::TimestampStandard;
use streamc_types::{Timestamp, civil_from_days, days_from_civil};

/// How `java.time` treats fields that exceed their range a little.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resolve {
    Strict,
    Smart,
}

/// A clock reading: seconds of the day (86 400 for `24:00`), nanoseconds, and how many digits the fraction had.
struct Clock {
    seconds: i64,
    nanos: i64,
    digits: u8,
}

/// A timestamp as written: the moment, and the digits of its fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The wall clock reading, or the instant in UTC.
    pub timestamp: Timestamp,
    /// Digits behind the point, 0 to 9.
    pub digits: u8,
}

/// `DATE`: `2026-01-02`, as days since 1970-01-01.
pub fn read_date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 {
        return None;
    }
    date(bytes, Resolve::Strict).map(|days| days as i32)
}

/// `TIME`: `03:04:05` with up to 9 digits of fraction, as milliseconds of the day (further digits are cut).
pub fn read_time(text: &str) -> Option<i32> {
    let clock = clock(text.as_bytes(), false, Resolve::Smart)?;
    Some((clock.seconds % 86_400 * 1000 + clock.nanos / 1_000_000) as i32)
}

/// The digits behind the point of a text that [`read_time`] reads.
pub fn time_digits(text: &str) -> Option<u8> {
    clock(text.as_bytes(), false, Resolve::Smart).map(|c| c.digits)
}

/// `TIMESTAMP` in the standard: no zone may follow.
pub fn read_timestamp(text: &str, standard: TimestampStandard) -> Option<Timestamp> {
    written_timestamp(text, standard).map(|w| w.timestamp)
}

/// As [`read_timestamp`], with the digits of the fraction.
pub fn written_timestamp(text: &str, standard: TimestampStandard) -> Option<Written> {
    match standard {
        TimestampStandard::Sql => date_time(text.as_bytes(), b" ", false, Resolve::Smart),
        TimestampStandard::Iso8601 => date_time(text.as_bytes(), b"Tt", true, Resolve::Strict),
    }
}

/// `TIMESTAMP_LTZ` in the standard: a `Z` must follow; other zones are not read.
pub fn read_timestamp_ltz(text: &str, standard: TimestampStandard) -> Option<Timestamp> {
    written_timestamp_ltz(text, standard).map(|w| w.timestamp)
}

/// As [`read_timestamp_ltz`], with the digits of the fraction.
pub fn written_timestamp_ltz(text: &str, standard: TimestampStandard) -> Option<Written> {
    let body = text.strip_suffix('Z')?.as_bytes();
    match standard {
        TimestampStandard::Sql => date_time(body, b" ", false, Resolve::Smart),
        TimestampStandard::Iso8601 => date_time(body, b"T", true, Resolve::Smart),
    }
}

fn date_time(bytes: &[u8], separators: &[u8], iso: bool, resolve: Resolve) -> Option<Written> {
    if bytes.len() < 16 || !separators.contains(&bytes[10]) {
        return None;
    }
    let days = date(&bytes[..10], resolve)?;
    let clock = clock(&bytes[11..], iso, resolve)?;
    let timestamp = Timestamp::from_parts(days * 86_400 + clock.seconds, clock.nanos);
    Some(Written { timestamp, digits: clock.digits })
}

/// Exactly `YYYY-MM-DD`, in ten bytes.
fn date(bytes: &[u8], resolve: Resolve) -> Option<i64> {
    let two = |at: usize| two_digits(&bytes[at..at + 2]);
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (y, m, d) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    if !(1..=12).contains(&m) || !(1..=31).contains(&d) {
        return None;
    }
    let last = match m {
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if d > last && resolve == Resolve::Strict {
        return None;
    }
    Some(days_from_civil(y, m, d.min(last)))
}

/// `HH:mm:ss[.n{0,9}]`; in the ISO patterns the seconds may be left out.
fn clock(bytes: &[u8], iso: bool, resolve: Resolve) -> Option<Clock> {
    if bytes.len() < 5 || bytes[2] != b':' {
        return None;
    }
    let (h, m) = (two_digits(&bytes[..2])?, two_digits(&bytes[3..5])?);
    let (mut s, mut nanos, mut digits) = (0, 0, 0);
    let rest = &bytes[5..];
    if rest.is_empty() {
        if !iso {
            return None;
        }
    } else {
        if rest.len() < 3 || rest[0] != b':' {
            return None;
        }
        s = two_digits(&rest[1..3])?;
        if let [b'.', fraction @ ..] = &rest[3..] {
            if fraction.len() > 9 {
                return None;
            }
            for byte in fraction {
                if !byte.is_ascii_digit() {
                    return None;
                }
                nanos = nanos * 10 + i64::from(byte - b'0');
            }
            nanos *= 10i64.pow(9 - fraction.len() as u32);
            digits = fraction.len() as u8;
        } else if rest.len() > 3 {
            return None;
        }
    }
    let end_of_day = h == 24 && m == 0 && s == 0 && nanos == 0 && resolve == Resolve::Smart;
    if (h > 23 && !end_of_day) || m > 59 || s > 59 {
        return None;
    }
    Some(Clock { seconds: (h * 60 + m) * 60 + s, nanos, digits })
}

fn two_digits(bytes: &[u8]) -> Option<i64> {
    match bytes {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Some(i64::from((a - b'0') * 10 + (b - b'0'))),
        _ => None,
    }
}

/// Writes `2026-01-02`.
pub fn write_date(out: &mut Vec<u8>, days: i32) {
    let (y, m, d) = civil_from_days(i64::from(days));
    if (0..=9999).contains(&y) {
        push_two(out, y / 100);
        push_two(out, y % 100);
    } else if y < 0 {
        out.extend_from_slice(format!("-{:04}", -y).as_bytes());
    } else {
        out.extend_from_slice(format!("+{y}").as_bytes());
    }
    out.push(b'-');
    push_two(out, m);
    out.push(b'-');
    push_two(out, d);
}

/// Writes `03:04:05`, and the milliseconds (without trailing zeros) where `fraction` asks for them.
pub fn write_time(out: &mut Vec<u8>, millis: i32, fraction: bool) {
    write_clock(out, i64::from(millis), if fraction { i64::from(millis % 1000) * 1_000_000 } else { 0 });
}

/// Writes a timestamp in the standard, with as many digits of fraction as it has, and `Z` behind it where `zone` asks
/// for it.
pub fn write_timestamp(out: &mut Vec<u8>, timestamp: Timestamp, standard: TimestampStandard, zone: bool) {
    write_date(out, timestamp.date());
    out.push(match standard {
        TimestampStandard::Sql => b' ',
        TimestampStandard::Iso8601 => b'T',
    });
    write_clock(out, i64::from(timestamp.time_of_day()), i64::from(timestamp.nanos_of_second()));
    if zone {
        out.push(b'Z');
    }
}

fn write_clock(out: &mut Vec<u8>, millis: i64, nanos_of_second: i64) {
    let seconds = millis / 1000;
    push_two(out, seconds / 3600);
    out.push(b':');
    push_two(out, seconds / 60 % 60);
    out.push(b':');
    push_two(out, seconds % 60);
    if nanos_of_second > 0 {
        out.push(b'.');
        let (mut rest, mut unit) = (nanos_of_second, 100_000_000);
        while rest > 0 {
            out.push(b'0' + (rest / unit) as u8);
            rest %= unit;
            unit /= 10;
        }
    }
}

fn push_two(out: &mut Vec<u8>, n: i64) {
    out.push(b'0' + (n / 10) as u8);
    out.push(b'0' + (n % 10) as u8);
}
