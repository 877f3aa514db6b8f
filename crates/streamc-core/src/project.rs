//! Which files a command is about.

use crate::system::{System, SystemError, normalize};
use std::path::{Path, PathBuf};

/// Why there is nothing to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectError {
    /// A path that cannot be read.
    Unreadable(SystemError),
    /// No `.stream` file below the path.
    Nothing(PathBuf),
}

impl std::fmt::Display for ProjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Nothing(path) => write!(f, "there is no `.stream` file in `{}`", path.display()),
        }
    }
}

/// Folders that never hold sources.
const SKIPPED: &[&str] = &["target", "node_modules", "out"];

/// The `.stream` files that `paths` name, sorted, each once: a file as it is, a folder with everything below it but hidden
/// folders and build output.
pub fn stream_files(system: &dyn System, paths: &[PathBuf]) -> Result<Vec<PathBuf>, ProjectError> {
    let mut out = Vec::new();
    for path in paths {
        if system.is_dir(path) {
            let before = out.len();
            below(system, path, &mut out).map_err(ProjectError::Unreadable)?;
            if out.len() == before {
                return Err(ProjectError::Nothing(path.clone()));
            }
        } else {
            if !system.exists(path) {
                let message = format!("cannot read `{}`: it does not exist", path.display());
                return Err(ProjectError::Unreadable(SystemError { message, not_found: true }));
            }
            out.push(normalize(path));
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

fn below(system: &dyn System, folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), SystemError> {
    for entry in system.list(folder)? {
        let Some(name) = entry.file_name().map(|n| n.to_string_lossy().into_owned()) else { continue };
        if system.is_dir(&entry) {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                below(system, &entry, out)?;
            }
        } else if entry.extension().is_some_and(|e| e == "stream") {
            out.push(normalize(&entry));
        }
    }
    Ok(())
}
