//! The session time zone.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use std::collections::BTreeSet;

/// The session time zone of that name, as Flink takes it (`TableConfigUtils.validateTimeZone`): `UTC`, an id of the time zone
/// database written exactly (`Europe/Berlin`), or a distance from Greenwich (`GMT+05:30`).
pub fn session_zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    if let Some(offset) = name.strip_prefix("GMT") {
        return fixed(offset);
    }
    let zone = TimeZone::get(name).ok().filter(|_| name.contains('/'))?;
    (zone.iana_name() == Some(name)).then_some(zone)
}

/// How many seconds the zone of that name is ahead of UTC in 2026 and later, each number once; none if it has a rule of
/// daylight-saving time for every year (`java.util.TimeZone.useDaylightTime`).
pub fn standing_offsets(name: &str) -> BTreeSet<i32> {
    let far = |second| Timestamp::from_second(second).ok();
    let (Some(zone), Some(start), Some(end)) = (session_zone(name), far(START_SECONDS), far(END_SECONDS))
    else {
        return BTreeSet::new();
    };
    // Whatever is announced ends before; a rule for every year does not.
    if zone.following(end).next().is_some() {
        return BTreeSet::new();
    }
    let changes = zone.following(start).map(|change| change.offset().seconds());
    std::iter::once(zone.to_offset(start).seconds()).chain(changes).collect()
}

/// The years 2026 and 2150.
const START_SECONDS: i64 = 1_767_225_600;
const END_SECONDS: i64 = 5_680_281_600;

/// `+05:30`.
fn fixed(offset: &str) -> Option<TimeZone> {
    let sign = match offset.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let number = |text: &str, below: i32| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|n: &i32| digits && *n < below)
    };
    let seconds = number(hours, 18)? * 3600 + number(minutes, 60)? * 60;
    Some(Offset::from_seconds(sign * seconds).ok()?.to_time_zone())
}

#[cfg(test)]
mod tests {
    use super::{session_zone, standing_offsets};

    #[test]
    fn a_zone_with_daylight_saving_time_has_no_offset_that_stands() {
        let minutes =
            |name| standing_offsets(name).into_iter().map(|seconds| seconds / 60).collect::<Vec<_>>();
        assert_eq!(minutes("UTC"), [0]);
        assert_eq!(minutes("GMT-08:00"), [-480]);
        assert_eq!(minutes("Asia/Shanghai"), [480]);
        assert_eq!(minutes("Asia/Kathmandu"), [345]);
        assert_eq!(minutes("America/Sao_Paulo"), [-180]);
        assert_eq!(minutes("Africa/Casablanca"), [0, 60], "its changes are listed year by year");
        assert!(minutes("Europe/Berlin").is_empty());
        assert!(minutes("Nowhere/There").is_empty());
    }

    #[test]
    fn zones_are_those_that_flink_takes() {
        for name in
            ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "GMT-08:00", "GMT+05:30"]
        {
            assert!(session_zone(name).is_some(), "{name}");
        }
        for name in
            ["", "Z", "utc", "EST", "+02:00", "UTC+2", "GMT+8", "GMT+99:00", "europe/berlin", "Mars/Olympus"]
        {
            assert!(session_zone(name).is_none(), "{name}");
        }
    }
}
