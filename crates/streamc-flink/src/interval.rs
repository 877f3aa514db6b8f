//! Interval literals and durations.
//!
//! Measured on Flink 2.3: a leading field has two digits unless its precision is written; in an expression the planner
//! takes at most three ("DAY_INTERVAL_TYPES precision is not supported: 4"), in a window function it takes any.

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Where an interval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// An argument of a window function: one literal, of any precision.
    Window,
    /// An expression.
    Expression,
}

/// `INTERVAL '…' …` for milliseconds, in the largest unit that holds them exactly.
pub(crate) fn millis(value: i64, place: Place) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.checked_abs().unwrap_or(i64::MAX);
    let most = if place == Place::Window { 10_000_000_000 } else { 1_000 };
    for (unit, name) in [(DAY, "DAY"), (HOUR, "HOUR"), (MINUTE, "MINUTE"), (SECOND, "SECOND")] {
        if size % unit == 0 && size / unit < most && (size != 0 || unit == SECOND) {
            return format!("INTERVAL '{sign}{}' {name}{}", size / unit, precision(size / unit));
        }
    }
    if size < most * SECOND {
        let (whole, rest) = (size / SECOND, size % SECOND);
        let digits = whole.to_string().len();
        return format!("INTERVAL '{sign}{whole}.{rest:03}' SECOND({digits}, 3)");
    }
    let days = size / DAY;
    if days < most {
        let (head, digits) = (format!("{sign}{days} {}", clock(size % DAY)), precision(days));
        return format!("INTERVAL '{head}' DAY{digits} TO SECOND(3)");
    }
    // No literal has so many days: they are counted.
    let rest = match size % DAY {
        0 => String::new(),
        rest => format!(" + INTERVAL '{sign}{}' HOUR TO SECOND(3)", clock(rest)),
    };
    format!("(INTERVAL '{sign}1' DAY * {days}{rest})")
}

fn precision(value: i64) -> String {
    match value.to_string().len() {
        1 | 2 => String::new(),
        digits => format!("({digits})"),
    }
}

fn clock(millis: i64) -> String {
    let (h, m, s) = (millis / HOUR, millis / MINUTE % 60, millis / SECOND % 60);
    match millis % SECOND {
        0 => format!("{h:02}:{m:02}:{s:02}"),
        rest => format!("{h:02}:{m:02}:{s:02}.{rest:03}"),
    }
}

/// `INTERVAL '…' …` for months.
pub(crate) fn months(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.checked_abs().unwrap_or(i64::MAX);
    let (number, unit) = if size % 12 == 0 && size != 0 { (size / 12, "YEAR") } else { (size, "MONTH") };
    match number.to_string().len() {
        1 | 2 => format!("INTERVAL '{sign}{number}' {unit}"),
        digits if digits <= 4 => format!("INTERVAL '{sign}{number}' {unit}({digits})"),
        _ => format!("(INTERVAL '{sign}1' {unit} * {number})"),
    }
}

/// A duration as Flink's options write it: `10 s`, `15 min`, `250 ms`.
pub(crate) fn duration(millis: i64) -> String {
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")] {
        if millis != 0 && millis % unit == 0 {
            return format!("{} {name}", millis / unit);
        }
    }
    format!("{millis} ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_takes_the_largest_exact_unit_with_enough_precision() {
        let e = |v| millis(v, Place::Expression);
        assert_eq!(e(0), "INTERVAL '0' SECOND");
        assert_eq!(e(5 * MINUTE), "INTERVAL '5' MINUTE");
        assert_eq!(e(-5 * MINUTE), "INTERVAL '-5' MINUTE");
        assert_eq!(e(100 * HOUR), "INTERVAL '100' HOUR(3)");
        assert_eq!(e(90 * SECOND), "INTERVAL '90' SECOND");
        assert_eq!(e(250), "INTERVAL '0.250' SECOND(1, 3)");
        assert_eq!(e(7 * DAY), "INTERVAL '7' DAY");
        assert_eq!(e(123_456_789), "INTERVAL '1 10:17:36.789' DAY TO SECOND(3)");
        assert_eq!(e(123_456_000), "INTERVAL '1 10:17:36' DAY TO SECOND(3)");
        assert_eq!(
            e(1_500 * DAY + 1),
            "(INTERVAL '1' DAY * 1500 + INTERVAL '00:00:00.001' HOUR TO SECOND(3))"
        );
        assert_eq!(millis(1_500 * DAY, Place::Window), "INTERVAL '1500' DAY(4)");
    }

    #[test]
    fn months_become_years_where_they_can() {
        assert_eq!(months(24), "INTERVAL '2' YEAR");
        assert_eq!(months(14), "INTERVAL '14' MONTH");
        assert_eq!(months(-1), "INTERVAL '-1' MONTH");
    }

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(duration(3_600_000), "1 h");
        assert_eq!(duration(90_000), "90 s");
        assert_eq!(duration(0), "0 ms");
    }
}
