//! The session time zone.

use jiff::tz::{Offset, TimeZone};

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
    use super::session_zone;

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
