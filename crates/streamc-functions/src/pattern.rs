//! Patterns of dates and times: `yyyy-MM-dd HH:mm:ss.SSS`, as Java's `DateTimeFormatter` writes and reads them (English
//! names). The letters `y u M L d D E H h k K m s S a Q` and quoted text are known; others are refused by name.

use crate::function::EvalError;
use std::fmt::Write as _;
use streamc_types::{Timestamp, civil_from_days, days_from_civil};

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// A letter, so many times.
    Field(char, usize),
    /// Text as it is.
    Text(String),
}

/// A pattern that is known to be readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Piece>);

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Pattern {
    /// Reads a pattern; the error says which letter is not supported.
    pub(crate) fn parse(pattern: &str) -> Result<Self, EvalError> {
        let mut pieces = Vec::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\'' => {
                    let mut text = String::new();
                    if chars.peek() == Some(&'\'') {
                        chars.next();
                        text.push('\'');
                    } else {
                        loop {
                            match chars.next() {
                                Some('\'') if chars.peek() == Some(&'\'') => {
                                    chars.next();
                                    text.push('\'');
                                }
                                Some('\'') => break,
                                Some(c) => text.push(c),
                                None => {
                                    return Err(EvalError::new(format!(
                                        "the pattern `{pattern}` has an open quote"
                                    )));
                                }
                            }
                        }
                    }
                    pieces.push(Piece::Text(text));
                }
                c if c.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while chars.peek() == Some(&c) {
                        chars.next();
                        count += 1;
                    }
                    let most = match c {
                        'y' | 'u' => 4,
                        'M' | 'L' | 'E' => 4,
                        'd' | 'H' | 'h' | 'k' | 'K' | 'm' | 's' => 2,
                        'D' => 3,
                        'S' => 9,
                        'a' => 1,
                        'Q' => 2,
                        _ => 0,
                    };
                    if count > most || (c == 'y' && count == 3) {
                        let run: String = std::iter::repeat_n(c, count).collect();
                        return Err(EvalError::new(format!(
                            "`{run}` in the pattern `{pattern}` is not supported"
                        )));
                    }
                    pieces.push(Piece::Field(c, count));
                }
                '[' | ']' | '{' | '}' | '#' => {
                    return Err(EvalError::new(format!("`{c}` in the pattern `{pattern}` is not supported")));
                }
                c => match pieces.last_mut() {
                    Some(Piece::Text(text)) => text.push(c),
                    _ => pieces.push(Piece::Text(c.to_string())),
                },
            }
        }
        Ok(Self(pieces))
    }

    /// The letters it uses.
    pub(crate) fn letters(&self) -> impl Iterator<Item = char> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Field(c, _) => Some(*c),
            Piece::Text(_) => None,
        })
    }

    /// The text of a wall clock reading.
    pub(crate) fn format(&self, at: Timestamp) -> String {
        let days = i64::from(at.date());
        let (year, month, day) = civil_from_days(days);
        let seconds = i64::from(at.time_of_day()) / 1000;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut text = String::new();
        for piece in &self.0 {
            let (letter, count) = match piece {
                Piece::Text(literal) => {
                    text.push_str(literal);
                    continue;
                }
                Piece::Field(letter, count) => (*letter, *count),
            };
            let mut number = |value: i64| {
                let _ = write!(text, "{value:0count$}");
            };
            match letter {
                'y' | 'u' if count == 2 => number(year.rem_euclid(100)),
                'y' | 'u' => number(year),
                'M' | 'L' if count <= 2 => number(month),
                'M' | 'L' => text.push_str(name(&MONTHS, month - 1, count)),
                'd' => number(day),
                'D' => number(days - days_from_civil(year, 1, 1) + 1),
                'E' => text.push_str(name(&DAYS, weekday(days) - 1, count)),
                'H' => number(hour),
                'h' => number((hour + 11) % 12 + 1),
                'k' => number((hour + 23) % 24 + 1),
                'K' => number(hour % 12),
                'm' => number(minute),
                's' => number(second),
                'S' => text.push_str(&format!("{:09}", at.nanos_of_second())[..count]),
                'a' => text.push_str(if hour < 12 { "AM" } else { "PM" }),
                _ => number((month + 2) / 3),
            }
        }
        text
    }

    /// Reads a text as a wall clock reading; what the pattern does not say is 1970-01-01 00:00:00. `None` if the text
    /// does not follow the pattern. A day beyond the end of its month is the last one.
    pub(crate) fn read(&self, text: &str) -> Option<Timestamp> {
        self.read_as(text, false)
    }

    /// As `SimpleDateFormat` reads, leniently: numbers have any width, what is too large runs over into the next unit, and
    /// what follows is ignored.
    pub(crate) fn read_leniently(&self, text: &str) -> Option<Timestamp> {
        self.read_as(text, true)
    }

    fn read_as(&self, text: &str, lenient: bool) -> Option<Timestamp> {
        let (mut year, mut month, mut day) = (1970i64, 1i64, 1i64);
        let (mut hour, mut minute, mut second, mut nanos) = (0i64, 0i64, 0i64, 0i64);
        let (mut half, mut hour12, mut day_of_year, mut named_day) = (None, None, None, None);
        let mut rest = text;
        for (index, piece) in self.0.iter().enumerate() {
            let (letter, count) = match piece {
                Piece::Text(literal) => {
                    rest = rest.strip_prefix(literal.as_str())?;
                    continue;
                }
                Piece::Field(letter, count) => (*letter, *count),
            };
            // A number next to another number has exactly the width of its letters.
            let adjacent = matches!(self.0.get(index + 1), Some(Piece::Field(..)));
            let widest = match (letter, count, adjacent) {
                (_, _, true) => count,
                _ if lenient => 9,
                (_, 2, _) => count,
                ('S', ..) => count,
                ('y' | 'u', 4, _) => 4,
                ('D', ..) => 3,
                ('y' | 'u', ..) => 10,
                _ => 19,
            };
            if lenient && letter != 'E' && letter != 'a' {
                rest = rest.trim_start_matches(' ');
            }
            let mut number = |least: usize| -> Option<i64> {
                let least = if lenient && !adjacent { 1 } else { least };
                let digits = rest.bytes().take(widest).take_while(u8::is_ascii_digit).count();
                if digits < least {
                    return None;
                }
                let (read, behind) = rest.split_at(digits);
                rest = behind;
                read.parse().ok()
            };
            match letter {
                'y' | 'u' if count == 2 => year = 2000 + number(2)?,
                'y' | 'u' => year = number(count)?,
                'M' | 'L' if count <= 2 => month = number(count)?,
                'M' | 'L' => {
                    let at = MONTHS.iter().position(|m| {
                        let name = if count == 3 { &m[..3] } else { m };
                        rest.starts_with(name)
                    })?;
                    rest = &rest[if count == 3 { 3 } else { MONTHS[at].len() }..];
                    month = at as i64 + 1;
                }
                'E' => {
                    let at = DAYS.iter().position(|d| {
                        let name = if count <= 3 { &d[..3] } else { d };
                        rest.starts_with(name)
                    })?;
                    rest = &rest[if count <= 3 { 3 } else { DAYS[at].len() }..];
                    named_day = Some(at as i64 + 1);
                }
                'd' => day = number(count)?,
                'D' => day_of_year = Some(number(count)?),
                'H' => hour = number(count)?,
                'k' => hour = number(count)? % 24,
                'h' | 'K' => {
                    let read = number(count)?;
                    if (letter == 'h' && !(1..=12).contains(&read)) || read > 12 {
                        return None;
                    }
                    hour12 = Some(read % 12);
                }
                'm' => minute = number(count)?,
                's' => second = number(count)?,
                'S' => {
                    let scale = 10i64.pow(9 - count as u32);
                    nanos = number(count)? * scale;
                }
                'a' => {
                    half = Some(match rest.get(..2)? {
                        "AM" => 0,
                        "PM" => 12,
                        _ => return None,
                    });
                    rest = &rest[2..];
                }
                _ => {
                    number(count)?;
                }
            }
        }
        if let Some(read) = hour12 {
            // An hour of the half day without the half says nothing of the hour.
            hour = half.map_or(0, |half| half + read);
        }
        if lenient {
            let total = year * 12 + month - 1;
            let first_of = match day_of_year {
                None => (total.div_euclid(12), total.rem_euclid(12) + 1),
                Some(_) => (year, 1),
            };
            let after = day_of_year.unwrap_or(day) - 1;
            let days = match days_from_civil(first_of.0, first_of.1, 1) + after {
                days if days < GREGORIAN_SINCE => days_from_julian(first_of.0, first_of.1) + after,
                days => days,
            };
            return Some(Timestamp::from_parts(days * 86_400 + (hour * 60 + minute) * 60 + second, nanos));
        }
        if !rest.is_empty() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = match day_of_year {
            Some(n) if (1..=366).contains(&n) => days_from_civil(year, 1, 1) + n - 1,
            Some(_) => return None,
            None => days_from_civil(year, month, day.min(last_day(year, month))),
        };
        // A day of the week that contradicts the date is an error.
        if named_day.is_some_and(|named| named != weekday(days)) {
            return None;
        }
        Some(Timestamp::from_parts(days * 86_400 + (hour * 60 + minute) * 60 + second, nanos))
    }
}

/// The first day of the Gregorian calendar, 15 October 1582. `SimpleDateFormat` reads days before as Julian ones.
const GREGORIAN_SINCE: i64 = -141_427;

/// Days from 1970-01-01 to the first of a month of the Julian calendar.
fn days_from_julian(year: i64, month: i64) -> i64 {
    // Years that begin in March end with the leap day.
    let before_march = i64::from(month < 3);
    let (years, months) = (year + 4800 - before_march, month + 12 * before_march - 3);
    1 + (153 * months + 2) / 5 + 365 * years + years.div_euclid(4) - 32_083 - 2_440_588
}

fn name(names: &'static [&'static str], index: i64, count: usize) -> &'static str {
    let name = names.get(index as usize).copied().unwrap_or("");
    if count == 4 { name } else { name.get(..3).unwrap_or(name) }
}

/// 1 for Monday to 7 for Sunday.
pub(crate) fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The last day of a month.
pub(crate) fn last_day(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_from_civil(next_year, next_month, 1) - days_from_civil(year, month, 1)
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use streamc_types::parse_timestamp;

    fn written(pattern: &str) -> String {
        let at = parse_timestamp("2026-01-02 15:04:05.123456").unwrap();
        Pattern::parse(pattern).unwrap().format(at)
    }

    #[test]
    fn patterns_write_as_java_does() {
        assert_eq!(written("yyyy-MM-dd'T'HH:mm:ss.SSS"), "2026-01-02T15:04:05.123");
        assert_eq!(written("yy/M/d h a, EEE MMM D"), "26/1/2 3 PM, Fri Jan 2");
        assert_eq!(written("EEEE MMMM ''Q"), "Friday January '1");
        assert!(Pattern::parse("yyyy-zz").is_err());
    }

    #[test]
    fn patterns_read_what_they_write() {
        let read =
            |pattern: &str, text: &str| Pattern::parse(pattern).unwrap().read(text).map(|t| t.to_string());
        assert_eq!(read("dd/MM/yyyy HH:mm", "02/01/2026 03:04").as_deref(), Some("2026-01-02 03:04:00"));
        assert_eq!(read("yyyyMMdd", "20260102").as_deref(), Some("2026-01-02 00:00:00"));
        assert_eq!(read("MMM d yyyy", "Jan 2 2026").as_deref(), Some("2026-01-02 00:00:00"));
        assert_eq!(read("yyyy-MM-dd", "2026-02-30").as_deref(), Some("2026-02-28 00:00:00"));
        assert_eq!(read("yyyy-MM-dd", "2026-13-01"), None);
        assert_eq!(read("yyyy-MM-dd", "2026-01-01 x"), None);
        assert_eq!(read("HH:mm", "7:05"), None);
    }
}
