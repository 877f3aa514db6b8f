//! `job.sql` as it was built, through Flink's own SQL client.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, streamc_binary, suite as suite_of, tests};

const LIMIT: Duration = Duration::from_mins(2);

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(
        engines,
        "sql_client",
        tests![
            a_script_full_of_semicolons_quotes_and_comments_runs_to_its_end,
            a_wrong_script_fails_although_the_client_says_0,
        ],
    )
}

/// Everything that a client which splits a script at semicolons can stumble over: in documentation, in comments in and
/// behind a query, in texts and in names.
const PROGRAM: &str = r#"
//! It's a job; it ends; -- or does it?
app splitter {}

/// Rows; with 'quotes', `back quotes`, /* a comment */ and -- another; $NAME and ${NAME}
source rows = file {
  path: "IN_PATH",
  format: json,
  schema: {
    id BIGINT NOT NULL,
    /// It's; a -- name
    `a;b` STRING, // it's; a comment
  },
}

stream texts = rows
  | derive text = 'it''s; -- no comment; /* nor this */ ' || `a;b`, `END;` = '`' || ';'

stream counted = sql """
  SELECT id, text, -- it's; a comment
    CHAR_LENGTH('one;
two -- three;
') AS long /* that's; another */, `END;`
  FROM texts
  WHERE text <> ';' -- the end; of it
"""

sink out = file { path: "OUT_PATH", format: json } from counted
"#;

fn a_script_full_of_semicolons_quotes_and_comments_runs_to_its_end(engines: &Engines) -> Result<()> {
    let folder = engines.run().subfolder("sql-client")?;
    std::fs::write(folder.join("in.jsonl"), "{\"id\": 1, \"a;b\": \"x;'y\"}\n{\"id\": 2, \"a;b\": \"ü\"}\n")?;
    let place = |name: &str| format!("file://{}", folder.join(name).display());
    let program = PROGRAM.replace("IN_PATH", &place("in.jsonl")).replace("OUT_PATH", &place("out"));
    std::fs::write(folder.join("splitter.stream"), program)?;
    build(&folder, "splitter")?;
    let cluster = engines.flink_cluster()?;
    let jobs = cluster.run_script(&folder.join("jobs/splitter/flink/job.sql"))?;
    ensure!(jobs.len() == 1, "{jobs:?}");
    let status = cluster.rest().await_end(&jobs[0], LIMIT)?;
    ensure!(status.state == "FINISHED", "{status:?}: {}", cluster.rest().failure(&jobs[0])?);
    let mut rows = Vec::new();
    for file in std::fs::read_dir(folder.join("out"))? {
        let text = std::fs::read_to_string(file?.path())?;
        rows.extend(
            text.lines().map(serde_json::from_str::<serde_json::Value>).collect::<Result<Vec<_>, _>>()?,
        );
    }
    rows.sort_by_key(|row| row["id"].as_i64());
    let row = |id: i64, text: &str| {
        serde_json::json!({"id": id, "text": format!("it's; -- no comment; /* nor this */ {text}"),
                           "long": 19, "END;": "`;"})
    };
    ensure!(rows == [row(1, "x;'y"), row(2, "ü")], "{rows:?}");
    Ok(())
}

fn a_wrong_script_fails_although_the_client_says_0(engines: &Engines) -> Result<()> {
    let script = engines.run().subfolder("sql-client")?.join("job.sql");
    std::fs::write(&script, "SELECT nobody;\n")?;
    let error = engines.flink_cluster()?.run_script(&script).err().map(|e| format!("{e:#}"));
    ensure!(error.as_ref().is_some_and(|e| e.contains("Column 'nobody' not found")), "{error:?}");
    Ok(())
}

fn build(folder: &Path, name: &str) -> Result<()> {
    let file = format!("{name}.stream");
    let arguments = ["build", &file, "--engine", "flink", "--out", "jobs"];
    let output = Command::new(streamc_binary()?).args(arguments).current_dir(folder).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
