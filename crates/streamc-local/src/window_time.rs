//! Windows on the time line: to which windows a moment belongs, and when a window closes.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use streamc_plan::WindowSpec;

const HOUR: i64 = 3_600_000;

/// How the bounds of windows relate to event time. Bounds are wall clock readings; where the event time is
/// `TIMESTAMP_LTZ`, an instant, the session zone lies between the two (Flink's `TimeWindowUtil`).
#[derive(Clone, Debug)]
pub(crate) struct WindowClock {
    /// `None` where bounds and event time are on one scale.
    zone: Option<TimeZone>,
}

impl WindowClock {
    /// For event times that are instants (`TIMESTAMP_LTZ`) or not.
    pub(crate) fn new(is_instant: bool, zone: &TimeZone) -> Self {
        let shifts = is_instant && *zone != TimeZone::UTC;
        Self { zone: shifts.then(|| zone.clone()) }
    }

    /// The wall clock reading at an event time.
    pub(crate) fn wall_clock(&self, time: i64) -> i64 {
        let Some(zone) = &self.zone else { return time };
        match Timestamp::from_millisecond(time) {
            Ok(instant) => time + i64::from(zone.to_offset(instant).seconds()) * 1000,
            Err(_) => time,
        }
    }

    /// The event time at a wall clock reading: of two the earlier; in a gap the reading as if the clock had not been
    /// put forward yet.
    pub(crate) fn event_time(&self, wall_clock: i64) -> i64 {
        let Some(zone) = &self.zone else { return wall_clock };
        let instant = Timestamp::from_millisecond(wall_clock)
            .ok()
            .map(|reading| TimeZone::UTC.to_datetime(reading))
            .and_then(|reading| zone.to_ambiguous_timestamp(reading).compatible().ok());
        instant.map_or(wall_clock, |i| i.as_millisecond())
    }

    /// The watermark at which the window that ends at `end` closes.
    pub(crate) fn closes_at(&self, end: i64) -> i64 {
        let last = end.saturating_sub(1);
        if self.zone.is_none() {
            return last;
        }
        // As `TimeWindowUtil.toEpochMillsForTimer`: a reading that occurs twice counts the second time, one that never
        // occurs counts at the full hour after which clocks were put forward.
        let first = self.event_time(last);
        let hour_later = self.event_time(last.saturating_add(HOUR));
        if first == hour_later {
            first - first % HOUR
        } else if hour_later - first > HOUR {
            first + HOUR
        } else {
            first
        }
    }
}

/// Start of the window of length `size` that holds `time`.
fn start_of(time: i64, offset: i64, size: i64) -> i64 {
    time - (time - offset).rem_euclid(size)
}

/// Calls `emit` with start and end of each window that holds the wall clock reading `time`, in Flink's order: of a hop the last
/// window first, of windows that grow the smallest first. A session of the row alone, for sessions.
pub(crate) fn windows_of(spec: &WindowSpec, time: i64, mut emit: impl FnMut(i64, i64)) {
    match *spec {
        WindowSpec::Tumble { size, offset } => {
            let start = start_of(time, offset, size);
            emit(start, start + size);
        }
        WindowSpec::Hop { size, slide, offset } => {
            let mut start = start_of(time, offset, slide);
            while start > time - size {
                emit(start, start + size);
                start -= slide;
            }
        }
        WindowSpec::Cumulate { max, step, offset } => {
            let start = start_of(time, offset, max);
            let mut end = start + ((time - start).div_euclid(step) + 1) * step;
            while end <= start + max {
                emit(start, end);
                end += step;
            }
        }
        WindowSpec::Session { gap, .. } => emit(time, time + gap),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(spec: &WindowSpec, time: i64) -> Vec<(i64, i64)> {
        let mut out = Vec::new();
        windows_of(spec, time, |s, e| out.push((s, e)));
        out
    }

    #[test]
    fn a_moment_lies_in_one_tumbling_window_also_before_1970_and_with_an_offset() {
        let tumble = |offset| WindowSpec::Tumble { size: 10, offset };
        for (offset, time, expected) in [
            (0, 0, (0, 10)),
            (0, 9, (0, 10)),
            (0, 10, (10, 20)),
            (0, -1, (-10, 0)),
            (0, -10, (-10, 0)),
            (3, 2, (-7, 3)),
            (3, 3, (3, 13)),
            (-2, 8, (8, 18)),
            (-2, 7, (-2, 8)),
        ] {
            assert_eq!(windows(&tumble(offset), time), vec![expected], "offset {offset}, time {time}");
        }
    }

    #[test]
    fn a_moment_lies_in_size_by_slide_hopping_windows() {
        let hop = |offset| WindowSpec::Hop { size: 10, slide: 5, offset };
        assert_eq!(windows(&hop(0), 0), vec![(0, 10), (-5, 5)]);
        assert_eq!(windows(&hop(0), 4), vec![(0, 10), (-5, 5)]);
        assert_eq!(windows(&hop(0), 5), vec![(5, 15), (0, 10)]);
        assert_eq!(windows(&hop(0), -1), vec![(-5, 5), (-10, 0)]);
        assert_eq!(windows(&hop(1), 0), vec![(-4, 6), (-9, 1)]);
        assert_eq!(windows(&WindowSpec::Hop { size: 10, slide: 10, offset: 0 }, 10), vec![(10, 20)]);
    }

    #[test]
    fn cumulating_windows_grow_up_to_the_greatest() {
        let cumulate = WindowSpec::Cumulate { max: 30, step: 10, offset: 0 };
        assert_eq!(windows(&cumulate, 0), vec![(0, 10), (0, 20), (0, 30)]);
        assert_eq!(windows(&cumulate, 10), vec![(0, 20), (0, 30)]);
        assert_eq!(windows(&cumulate, 29), vec![(0, 30)]);
        assert_eq!(windows(&cumulate, -1), vec![(-30, 0)]);
    }

    #[test]
    fn window_bounds_of_instants_are_readings_of_the_session_zone() {
        let clock = WindowClock::new(true, &TimeZone::fixed(jiff::tz::offset(2)));
        assert_eq!(clock.wall_clock(0), 2 * HOUR);
        assert_eq!(clock.event_time(2 * HOUR), 0);
        assert_eq!(clock.closes_at(2 * HOUR), -1);
        assert_eq!(WindowClock::new(false, &TimeZone::fixed(jiff::tz::offset(2))).wall_clock(0), 0);
    }
}
