//! Generated files and where their parts come from.

use serde::Serialize;
use streamc_diagnostics::Span;

/// A place in a source file, as people count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Path as given on the command line or relative to the project, with `/`.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Turns spans into places.
pub trait Places {
    /// The place of the first byte; `None` for a file that is not known.
    fn place(&self, span: Span) -> Option<Place>;
}

/// Says where lines of a generated file come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceMapEntry {
    /// Line of the generated file, from 1, where the part starts.
    pub line: u32,
    /// Stable id of the statement or relation: `source/swipes`, `risky/filter-1`.
    pub id: String,
    /// Where it is written.
    pub span: Option<Span>,
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Path below the application's output folder, with `/`.
    pub path: String,
    /// The text, with `\n` line ends.
    pub contents: String,
    /// Where its parts come from, by line.
    pub source_map: Vec<SourceMapEntry>,
}

impl OutputFile {
    /// A file without source map.
    pub fn new(path: impl Into<String>, contents: impl Into<String>) -> Self {
        Self { path: path.into(), contents: contents.into(), source_map: Vec::new() }
    }
}
