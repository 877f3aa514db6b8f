//! The formatter. It has no options.
//!
//! It lays the file's tokens out anew and never prints from the tree, so that it cannot lose or change one: comments
//! are tokens like any other. Only commas at the end of a block come and go, with the block's shape.
//!
//! | what | how |
//! |---|---|
//! | a pipe | one operator a line, indented by two; a single operator may stay on the declaration's line |
//! | a block | on one line if it was and fits into [`WIDTH`] columns; otherwise one entry a line, a comma behind each |
//! | `derive`, `map`, `rename`, `cast` | all columns on the operator's line, or each on its own |
//! | an expression | keeps its line breaks; blanks are normalised |
//! | blank lines | at most one |
//! | `"""` blocks | verbatim |

mod atoms;
mod layout;
mod spacing;

use crate::ast::dump;
use crate::lexer::lex;
use crate::parser::{Source, parse};
use crate::token::TokenKind;
use atoms::{Atom, items};
use streamc_diagnostics::codes::internal;
use streamc_diagnostics::{Diagnostic, FileId};

/// Columns that a line should not exceed. Comments and expressions without a place to break may.
pub const WIDTH: usize = 100;

/// The file laid out anew, with `\n` as line end and at the end, or empty if there is nothing in it.
///
/// Fails if the file has syntax errors (its diagnostics, with [`FileId`] 0): such a file is to be left as it is.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let file = FileId(0);
    let parsed = parse(file, text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parsed.diagnostics);
    }
    let tokens = lex(text);
    let source = Source::new(file, text, &tokens);
    let starts: Vec<u32> = source.item_starts().collect();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for part in items(text, &tokens, &starts) {
        match part {
            atoms::Part::Comment(comment) => write_comment(&mut out, &comment),
            atoms::Part::Item { newlines, atoms } => {
                separate(&mut out, newlines.max(1));
                out.push_str(&layout::item(&atoms));
            }
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let again = parse(file, &out);
    let same = dump(&parsed.file, text) == dump(&again.file, &out) && comments(text) == comments(&out);
    if same { Ok(out) } else { Err(vec![changed()]) }
}

/// The finding for our own fault, should the layout ever change what the file says.
fn changed() -> Diagnostic {
    Diagnostic::new(
        internal::INTERNAL,
        None,
        "formatting would have changed the file's meaning; it was left as it is",
    )
    .help("This is a bug of streamc. Please report it with the file.")
}

/// All comments, in the order of their texts.
fn comments(text: &str) -> Vec<String> {
    let tokens = lex(text);
    let comments = tokens.iter().filter(|token| token.kind.is_comment());
    let mut texts: Vec<String> = comments.map(|token| clean(token.kind, token.text(text))).collect();
    texts.sort_unstable();
    texts
}

/// A token's text as it is printed: Unix line ends, and no blanks behind a comment.
fn clean(kind: TokenKind, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if kind.is_comment() { text.trim_end().to_owned() } else { text }
}

/// Ends the current line, if there is one, and leaves a blank line if there were some.
fn separate(out: &mut String, newlines: usize) {
    if !out.is_empty() {
        out.push_str(if newlines > 1 { "\n\n" } else { "\n" });
    }
}

/// A comment between declarations, or behind one.
fn write_comment(out: &mut String, comment: &Atom<'_>) {
    if comment.newlines == 0 && !out.is_empty() {
        out.push(' ');
    } else {
        separate(out, comment.newlines);
    }
    out.push_str(&clean(comment.kind, comment.text));
}
