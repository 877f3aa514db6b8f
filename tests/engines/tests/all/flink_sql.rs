//! Every script that the snapshots of `streamc-flink` hold, shown to Flink: each must parse, validate and be planned.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, suite as suite_of, tests};

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(engines, "flink_sql", tests![flink_plans_every_script_of_the_snapshots])
}

fn flink_plans_every_script_of_the_snapshots(engines: &Engines) -> Result<()> {
    let oracle = engines.flink_oracle()?;
    let mut refused = Vec::new();
    let scripts = scripts()?;
    ensure!(scripts.len() >= 40, "only {} scripts were found", scripts.len());
    for (name, script) in scripts {
        if let Err(error) = oracle.plan(&statements(&script))? {
            refused.push(format!("{name}: {}", error.root()));
        }
    }
    if !refused.is_empty() {
        bail!("Flink refuses {} scripts:\n{}", refused.len(), refused.join("\n"));
    }
    Ok(())
}

/// The snapshots that are a whole `job.sql`, by name.
fn scripts() -> Result<Vec<(String, String)>> {
    let folder = xtask::repository().join("crates/streamc-flink/tests/all/snapshots");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|f| Ok(f?.path())).collect::<Result<_, std::io::Error>>()?;
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let (_, script) =
            text.split_once("\n---\n").with_context(|| format!("{} is no snapshot", file.display()))?;
        if script.starts_with("-- ") && script.contains("\nEXECUTE STATEMENT SET\n") {
            out.push((
                file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                script.to_owned(),
            ));
        }
    }
    Ok(out)
}

/// Splits a script at the semicolons that end a statement, as the SQL client does.
fn statements(script: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut statement = String::new();
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('-', Some('-')) => {
                // Comments between statements are not sent; one inside a statement does no harm to leave out.
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            ('\'' | '`', _) => {
                statement.push(c);
                for inside in chars.by_ref() {
                    statement.push(inside);
                    if inside == c {
                        break;
                    }
                }
            }
            (';', _) => {
                let text = statement.trim();
                if text.starts_with("EXECUTE STATEMENT SET") && !text.ends_with("END") {
                    statement.push(';');
                } else {
                    out.push(std::mem::take(&mut statement).trim().to_owned());
                }
            }
            _ => statement.push(c),
        }
    }
    out.retain(|s| !s.is_empty());
    out
}
