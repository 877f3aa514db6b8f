//! Processor time of processes that go on running. Linux only: it is read from `/proc`.

use anyhow::{Context as _, Result};

/// The unit of the times in `/proc`: `USER_HZ`, 100 on every architecture that engines run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds that the processes of a group have used so far, and their children that have ended.
pub(super) fn of_group(group: u32) -> Result<f64> {
    let mut ticks = 0;
    for entry in std::fs::read_dir("/proc").context("there is no /proc to read processor times from")? {
        let name = entry?.file_name();
        let is_process = name.to_string_lossy().bytes().all(|b| b.is_ascii_digit());
        // A process may end while it is looked at.
        if let (true, Ok(stat)) =
            (is_process, std::fs::read_to_string(format!("/proc/{}/stat", name.display())))
        {
            ticks += ticks_in(&stat, group).unwrap_or(0);
        }
    }
    Ok(ticks as f64 / TICKS_PER_SECOND)
}

/// The times of a process if it is of that group. The second field is the program's name in parentheses, and may hold any.
fn ticks_in(stat: &str, group: u32) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // state, parent, group, then from the eleventh on: user, system, user and system of children that have ended.
    if fields.get(2)?.parse() != Ok(group) {
        return None;
    }
    fields.get(11..15)?.iter().map(|ticks| ticks.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_name_with_parentheses() {
        let stat = "7 (a) b) S 1 42 42 0 -1 4194560 1 2 3 4 100 20 3 0 20 0 1 0 5";
        assert_eq!(ticks_in(stat, 42), Some(123));
        assert_eq!(ticks_in(stat, 43), None);
    }
}
