//! Timestamps to the nanosecond, dates and times of day: their text in Flink's SQL.

use std::fmt;

/// A wall clock reading or an instant: milliseconds since 1970-01-01 00:00:00 and the nanoseconds within that millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Milliseconds since the epoch.
    pub millis: i64,
    /// `0..1_000_000` nanoseconds further on.
    pub nanos: u32,
}

const DAY: i64 = 86_400_000;

impl Timestamp {
    /// The moment `millis` after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis, nanos: 0 }
    }

    /// The moment `seconds` and `nanos` (any number of them) after the epoch.
    pub fn from_parts(seconds: i64, nanos: i64) -> Self {
        let total = seconds.saturating_mul(1000).saturating_add(nanos.div_euclid(1_000_000));
        Self { millis: total, nanos: nanos.rem_euclid(1_000_000) as u32 }
    }

    /// Cut (not rounded) to `precision` digits of a second, as Flink does on casts.
    pub fn truncate(self, precision: u8) -> Self {
        match precision {
            0..=2 => {
                Self::from_millis(self.millis - self.millis.rem_euclid(10i64.pow(3 - u32::from(precision))))
            }
            3 => Self::from_millis(self.millis),
            p @ 4..=8 => {
                let unit = 10u32.pow(9 - u32::from(p));
                Self { millis: self.millis, nanos: self.nanos - self.nanos % unit }
            }
            _ => self,
        }
    }

    /// Days since the epoch.
    pub fn date(self) -> i32 {
        self.millis.div_euclid(DAY) as i32
    }

    /// Milliseconds of the day.
    pub fn time_of_day(self) -> i32 {
        self.millis.rem_euclid(DAY) as i32
    }

    /// `2026-01-02 03:04:05.123`: with exactly `precision` digits behind the second.
    pub fn format(self, precision: u8) -> String {
        let nanos = i64::from(self.time_of_day() % 1000) * 1_000_000 + i64::from(self.nanos);
        let mut text = format!("{} {}", format_date(self.date()), format_time(self.time_of_day(), 0));
        if precision > 0 {
            let digits = format!("{nanos:09}");
            text.push('.');
            text.push_str(&digits[..usize::from(precision.min(9))]);
        }
        text
    }

    /// Nanoseconds within the second.
    pub fn nanos_of_second(self) -> u32 {
        (self.millis.rem_euclid(1000) as u32) * 1_000_000 + self.nanos
    }
}

/// The shortest text that keeps every digit: `2026-01-02 03:04:05`, `2026-01-02 03:04:05.5`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.format(9);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// `2026-01-02` for days since 1970-01-01 (proleptic Gregorian).
pub fn format_date(days: i32) -> String {
    let (y, m, d) = civil_from_days(i64::from(days));
    format!("{y:04}-{m:02}-{d:02}")
}

/// `03:04:05` with `precision` digits (0 to 3) for milliseconds of the day.
pub fn format_time(millis: i32, precision: u8) -> String {
    let seconds = millis / 1000;
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if precision > 0 {
        let digits = format!("{:03}", millis % 1000);
        text.push('.');
        text.push_str(&digits[..usize::from(precision.min(3))]);
    }
    text
}

/// Reads `2026-01-02` (also `2026-1-2`) as days since the epoch.
pub fn parse_date(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || y.len() != 4 || m.len() > 2 || d.len() > 2 {
        return None;
    }
    let (y, m, d) = (number(y)?, number(m)?, number(d)?);
    if !(1..=12).contains(&m) || d < 1 || d > days_in_month(y, m) {
        return None;
    }
    Some(days_from_civil(y, m, d) as i32)
}

/// Reads `03:04:05` with up to 9 digits of fraction: `(milliseconds of the day, nanoseconds within)`.
pub fn parse_time(text: &str) -> Option<(i32, u32)> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let (h, m, s) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() || [h, m, s].iter().any(|p| p.is_empty() || p.len() > 2) {
        return None;
    }
    let (h, m, s) = (number(h)?, number(m)?, number(s)?);
    if h > 23 || m > 59 || s > 59 {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        Some(f) if !f.is_empty() && f.len() <= 9 => number(f)? * 10i64.pow(9 - f.len() as u32),
        Some(_) => return None,
    };
    Some((((h * 60 + m) * 60 + s) as i32 * 1000 + (nanos / 1_000_000) as i32, (nanos % 1_000_000) as u32))
}

/// Reads `2026-01-02 03:04:05.123` with a space or `T` between date and time.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let (millis, nanos) = parse_time(time)?;
    Some(Timestamp { millis: i64::from(parse_date(date)?) * DAY + i64::from(millis), nanos })
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn days_in_month(y: i64, m: i64) -> i64 {
    match m {
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a civil date (proleptic Gregorian calendar).
pub fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// `(year, month, day)` of days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(m <= 2), m, doy - (153 * mp + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_agree_both_ways() {
        for text in [
            "1970-01-01 00:00:00",
            "2026-02-28 23:59:59.999",
            "1969-12-31 23:59:59.5",
            "2024-02-29 12:00:00.000000001",
        ] {
            assert_eq!(parse_timestamp(text).unwrap().to_string(), text);
        }
        assert_eq!(parse_timestamp("2025-02-29 00:00:00"), None);
        assert_eq!(parse_date("2026-01-02"), Some(20_455));
        assert_eq!(
            parse_timestamp("2026-01-02T03:04:05.123456").unwrap().truncate(3).to_string(),
            "2026-01-02 03:04:05.123"
        );
        assert_eq!(Timestamp { millis: -1, nanos: 0 }.truncate(0).millis, -1000);
    }
}
