//! `streamc.toml`: settings of a project, in the current folder or one above it.

use std::path::{Path, PathBuf};
use streamc_core::System;
use streamc_diagnostics::did_you_mean;
use toml_edit::{Document, Item, Value};

/// The file's name.
const NAME: &str = "streamc.toml";
/// Tables and their keys.
const KEYS: &[(&str, &[&str])] = &[("build", &["out"])];

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// `build.out`: where `build` writes, relative to the file's folder.
    pub out: Option<PathBuf>,
}

/// Reads the nearest file; nothing is set where there is none. `Err` is one sentence for people.
pub(crate) fn load(system: &dyn System) -> Result<Config, String> {
    let Ok(here) = std::env::current_dir() else { return Ok(Config::default()) };
    let Some(path) = here.ancestors().map(|folder| folder.join(NAME)).find(|p| system.exists(p)) else {
        return Ok(Config::default());
    };
    let bytes = system.read(&path).map_err(|e| e.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("`{}` is not UTF-8 text", path.display()))?;
    parse(text, &path)
}

/// Unknown tables and keys are errors: a setting that nobody reads is worse than none.
fn parse(text: &str, path: &Path) -> Result<Config, String> {
    let document =
        Document::parse(text).map_err(|e| format!("`{}`: {}", path.display(), e.to_string().trim_end()))?;
    let mut config = Config::default();
    for (table, item) in document.iter() {
        let keys = KEYS.iter().find(|(name, _)| *name == table).map(|(_, keys)| *keys);
        let Some(keys) = keys else {
            return Err(unknown(
                path,
                &format!("there is no table `{table}`"),
                table,
                KEYS.iter().map(|(n, _)| *n),
            ));
        };
        let Some(entries) = item.as_table_like() else {
            return Err(format!("`{}`: `{table}` must be a table", path.display()));
        };
        for (key, value) in entries.iter() {
            match (table, key, value) {
                ("build", "out", Item::Value(Value::String(out))) => {
                    config.out = Some(path.parent().unwrap_or(Path::new("")).join(out.value()));
                }
                (_, key, _) if keys.contains(&key) => {
                    return Err(format!("`{}`: `{table}.{key}` must be a text", path.display()));
                }
                _ => {
                    let message = format!("`{table}` has no key `{key}`");
                    return Err(unknown(path, &message, key, keys.iter().copied()));
                }
            }
        }
    }
    Ok(config)
}

fn unknown<'a>(
    path: &Path,
    message: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> String {
    let hint = match did_you_mean(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")),
    };
    format!("`{}`: {message}; {hint}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_folder_is_relative_to_the_file() {
        let config = parse("[build]\nout = \"jobs\"\n", Path::new("a/streamc.toml"));
        assert_eq!(config, Ok(Config { out: Some(PathBuf::from("a/jobs")) }));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let error = |text: &str| parse(text, Path::new("streamc.toml")).unwrap_err();
        assert_eq!(
            error("[build]\nuot = \"jobs\"\n"),
            "`streamc.toml`: `build` has no key `uot`; did you mean `out`?"
        );
        assert_eq!(error("[flink]\n"), "`streamc.toml`: there is no table `flink`; known are `build`");
        assert_eq!(error("[build]\nout = 5\n"), "`streamc.toml`: `build.out` must be a text");
        assert!(error("[build\n").contains("streamc.toml"));
    }
}
