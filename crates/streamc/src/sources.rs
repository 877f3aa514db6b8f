//! Places in files, as people count.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use streamc_backend::{Place, Places};
use streamc_core::{Database, Db};
use streamc_diagnostics::{FileId, Span};

/// Texts of the files of a database, with the starts of their lines.
pub(crate) struct Sources<'a> {
    db: &'a Database,
    known: Mutex<HashMap<FileId, Option<Arc<Source>>>>,
}

/// A file's path, text and lines.
pub(crate) struct Source {
    pub path: String,
    pub text: Arc<str>,
    starts: Vec<usize>,
}

/// A line and a column, both from 1; columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Position {
    pub line: u32,
    pub column: u32,
}

impl Source {
    /// The offset, or the nearest before it where a character starts.
    pub fn boundary(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    /// The position of a byte.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|s| *s <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = self.text.get(start..offset.min(self.text.len())).map_or(0, |t| t.chars().count());
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }
}

impl<'a> Sources<'a> {
    /// The files of `db`.
    pub fn new(db: &'a Database) -> Self {
        Self { db, known: Mutex::default() }
    }

    /// The file of that number.
    pub fn get(&self, id: FileId) -> Option<Arc<Source>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(id)
            .or_insert_with(|| {
                let file = self.db.files().by_id(id)?;
                let text =
                    streamc_core::text(self.db, file).as_ref().map_or_else(|_| Arc::from(""), Arc::clone);
                let starts = std::iter::once(0).chain(memchr_lines(&text)).collect();
                Some(Arc::new(Source { path: file.path(self.db).to_string(), text, starts }))
            })
            .clone()
    }

    /// Path and both ends of a span.
    pub fn range(&self, span: Span) -> Option<(String, Position, Position)> {
        let source = self.get(span.file)?;
        Some((source.path.clone(), source.position(span.start as usize), source.position(span.end as usize)))
    }
}

fn memchr_lines(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1)
}

/// Places for generated files: paths relative to the folder of the application's root file, so that a build does not
/// depend on where it was started.
pub(crate) struct RelativeTo<'a> {
    sources: &'a Sources<'a>,
    folder: PathBuf,
}

impl<'a> RelativeTo<'a> {
    /// Relative to the folder that the file at `root` is in.
    pub fn new(sources: &'a Sources<'a>, root: &str) -> Self {
        Self { sources, folder: Path::new(root).parent().map(Path::to_path_buf).unwrap_or_default() }
    }
}

impl Places for RelativeTo<'_> {
    fn place(&self, span: Span) -> Option<Place> {
        let (path, start, _) = self.sources.range(span)?;
        let path = pathdiff::diff_paths(&path, &self.folder).unwrap_or_else(|| PathBuf::from(&path));
        let path = path.to_string_lossy().replace('\\', "/");
        Some(Place { path, line: start.line, column: start.column })
    }
}
