//! Files as inputs of the database.

#![allow(missing_docs, reason = "salsa makes public functions without documentation")]

use crate::database::{Database, Db};
use crate::system::{SystemError, normalize};
use salsa::Setter;
use smol_str::SmolStr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use streamc_diagnostics::codes::schemas;
use streamc_diagnostics::{Diagnostic, FileId, Span};
use streamc_syntax::ast;

/// Why a file has no bytes.
pub type FileError = SystemError;

/// A file: a `.stream` text or a sample.
#[salsa::input(debug)]
pub struct File {
    /// The path, normalised, with `/`.
    #[returns(ref)]
    pub path: SmolStr,
    /// Its number in spans.
    #[returns(copy)]
    pub id: FileId,
    /// The bytes, or why there are none.
    #[returns(ref)]
    pub bytes: Result<Arc<[u8]>, FileError>,
}

/// Every file that the database has seen, by number. Shared between snapshots.
#[derive(Clone, Default)]
pub struct Files(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    by_id: Vec<File>,
    by_path: std::collections::BTreeMap<SmolStr, FileId>,
}

impl Files {
    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of that number.
    pub fn by_id(&self, id: FileId) -> Option<File> {
        self.lock().by_id.get(id.0 as usize).copied()
    }

    /// The file at `path`, read on first use.
    pub fn open(db: &dyn Db, path: &Path) -> File {
        let path: SmolStr = normalize(path).to_string_lossy().replace('\\', "/").into();
        let mut table = db.files().lock();
        if let Some(id) = table.by_path.get(&path) {
            return table.by_id[id.0 as usize];
        }
        let id = FileId(table.by_id.len() as u32);
        let bytes = db.system().read(Path::new(path.as_str()));
        let file = File::new(db, path.clone(), id, bytes);
        table.by_id.push(file);
        table.by_path.insert(path, id);
        file
    }
}

impl Database {
    /// The file at `path`, read on first use.
    pub fn open(&self, path: impl AsRef<Path>) -> File {
        Files::open(self, path.as_ref())
    }

    /// Reads the file again.
    pub fn reload(&mut self, file: File) {
        let bytes = self.system().read(Path::new(file.path(self).as_str()));
        drop(file.set_bytes(self).to(bytes));
    }

    /// Puts `text` in place of the file's bytes.
    pub fn set_text(&mut self, file: File, text: &str) {
        drop(file.set_bytes(self).to(Ok(Arc::from(text.as_bytes()))));
    }
}

/// The text of a `.stream` file. `Err` says why it has none: it cannot be read, is no UTF-8, or is too large.
#[salsa::tracked(returns(ref))]
pub fn text(db: &dyn Db, file: File) -> Result<Arc<str>, Diagnostic> {
    let bytes = file
        .bytes(db)
        .as_ref()
        .map_err(|e| Diagnostic::new(schemas::FILE_UNREADABLE, None, e.message.clone()))?;
    streamc_syntax::decode(file.id(db), bytes).map(Arc::from)
}

/// A parsed file.
#[derive(Debug)]
pub struct Parsed {
    /// The text; empty where there is none.
    pub text: Arc<str>,
    /// The tree.
    pub file: ast::File,
    /// What is wrong with the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The syntax tree. Changes with every edit, because of its spans; whoever wants to be spared asks [`crate::signature`].
#[salsa::tracked(returns(ref), no_eq)]
pub fn parsed(db: &dyn Db, file: File) -> Parsed {
    match text(db, file) {
        Ok(text) => {
            let parsed = streamc_syntax::parse(file.id(db), text);
            Parsed { text: text.clone(), file: parsed.file, diagnostics: parsed.diagnostics }
        }
        Err(problem) => Parsed {
            text: Arc::from(""),
            file: ast::File { docs: Vec::new(), items: Vec::new() },
            diagnostics: vec![problem.clone()],
        },
    }
}

impl Parsed {
    /// The text of a span in this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}
