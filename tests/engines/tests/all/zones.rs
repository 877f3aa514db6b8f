//! Windows of instants in other time zones than UTC: Flink loses rows of them exactly where the build refuses.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use libtest_mimic::Trial;
use serde_json::Value as Json;
use streamc_engine_tests::built::build;
use streamc_engine_tests::program::planned;
use streamc_engine_tests::{Engines, suite as suite_of, tests};

const LIMIT: Duration = Duration::from_secs(90);
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The first of January 2026 in UTC.
const START: i64 = 1_767_225_600;
const ROWS: i64 = 400;
/// Seconds from one row to the next.
const APART: i64 = 13 * MINUTE + 7;

/// Zones, and how many seconds they are ahead of UTC in January.
const ZONES: [(&str, i64); 5] = [
    ("UTC", 0),
    ("Europe/Berlin", HOUR),
    ("Asia/Shanghai", 8 * HOUR),
    ("Asia/Kolkata", 5 * HOUR + 30 * MINUTE),
    ("GMT-03:00", -3 * HOUR),
];

/// Window functions: their greatest length and the distance of their ends in seconds, and whether windows grow.
const WINDOWS: [(&str, i64, i64, bool); 4] = [
    ("TUMBLE(TABLE readings, DESCRIPTOR(read_at), INTERVAL '1' HOUR)", HOUR, HOUR, false),
    ("TUMBLE(TABLE readings, DESCRIPTOR(read_at), INTERVAL '1' DAY)", DAY, DAY, false),
    (
        "HOP(TABLE readings, DESCRIPTOR(read_at), INTERVAL '4' HOUR, INTERVAL '8' HOUR)",
        8 * HOUR,
        4 * HOUR,
        false,
    ),
    (
        "CUMULATE(TABLE readings, DESCRIPTOR(read_at), INTERVAL '20' MINUTE, INTERVAL '1' HOUR)",
        HOUR,
        20 * MINUTE,
        true,
    ),
];

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(engines, "zones", tests![flink_loses_rows_of_windows_only_in_the_zones_that_the_build_refuses])
}

fn flink_loses_rows_of_windows_only_in_the_zones_that_the_build_refuses(engines: &Engines) -> Result<()> {
    let file = engines.run().subfolder("zones")?.join("readings.jsonl");
    let mut text = String::new();
    for row in 0..ROWS {
        let moment = instant(START + row * APART);
        writeln!(text, r#"{{"id": {row}, "read_at": "{moment}"}}"#)?;
    }
    std::fs::write(&file, text)?;
    let flink = engines.flink_oracle()?;
    let mut refused = 0;
    for (window, longest, apart, grows) in WINDOWS {
        let job = build(&*planned(&program(&file, "UTC", window)).map_err(|e| anyhow!(e))?)
            .map_err(|e| anyhow!(e))?;
        for (zone, east) in ZONES {
            let mut script = job.declarations.clone();
            script.push("SELECT n FROM counted".to_owned());
            let mut settings = job.settings.clone();
            settings.insert("table.local-time-zone".to_owned(), zone.to_owned());
            let found =
                flink.query(&script, &settings, LIMIT)?.with_context(|| format!("{zone} {window}"))?;
            let counted: i64 =
                found.rows.iter().filter_map(|(_, cells)| cells.first().and_then(Json::as_i64)).sum();
            let within = |row: i64| {
                // A row is in all windows that grow but those that end before it.
                let ended = (START + row * APART + east).rem_euclid(longest) / apart;
                if grows { longest / apart - ended } else { longest / apart }
            };
            let whole: i64 = (0..ROWS).map(within).sum();
            let verdict = build(&*planned(&program(&file, zone, window)).map_err(|e| anyhow!(e))?);
            match verdict {
                Ok(_) => ensure!(
                    counted == whole,
                    "{zone} {window}: {counted} rows of {whole}, and the build takes it"
                ),
                Err(why) => {
                    ensure!(why.starts_with("ST5017"), "{zone} {window}: {why}");
                    ensure!(
                        counted < whole,
                        "{zone} {window}: all {whole} rows are there, and the build refuses: {why}"
                    );
                    refused += 1;
                }
            }
        }
    }
    ensure!(refused > 2, "{refused} are refused");
    Ok(())
}

fn program(file: &Path, zone: &str, window: &str) -> String {
    format!(
        r#"app zones {{ time_zone: "{zone}" }}
source readings = file {{
  path: "{}",
  format: json,
  schema: {{ id INT NOT NULL, read_at TIMESTAMP_LTZ(3) }},
  watermark: read_at - 1min,
}}
stream counted = sql """SELECT window_start, window_end, COUNT(*) AS n FROM TABLE({window}) GROUP BY window_start, window_end"""
sink out = print {{}} from counted
"#,
        file.display()
    )
}

/// Seconds since 1970 in January 2026, as Flink's JSON format writes an instant.
fn instant(seconds: i64) -> String {
    let (day, rest) = ((seconds - START) / DAY + 1, (seconds - START) % DAY);
    format!("2026-01-{day:02} {:02}:{:02}:{:02}.000Z", rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE)
}
