//! Total parser: every text gives a [`File`], and every error is data.
//!
//! The grammar is written with chumsky's combinators over the tokens without trivia ([`input`]). Its parts come in
//! two sorts. Those that *decide* look at one or two tokens and may not apply; those that *expect* never fail: they
//! report what is missing and take nothing ([`primitives`]). After the first token of a declaration, a field or an
//! operator everything expects, so nothing is ever parsed twice and no tree is lost. At one token only the first
//! finding is reported; the others are its consequences.

mod block;
mod error;
mod expression;
mod input;
mod items;
mod list;
mod operators;
mod primitives;
mod value;

pub(crate) use input::Source;

use crate::ast::{DocLine, File};
use crate::decode::{MAX_FILE_BYTES, too_large};
use crate::lexer::lex;
use chumsky::Parser as _;
use error::SyntaxError;
use streamc_diagnostics::codes::syntax;
use streamc_diagnostics::{Diagnostic, FileId, Span};

/// How many findings are reported for one file.
const MAX_DIAGNOSTICS: usize = 200;

/// The tree of a file and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The tree, with holes where the text is broken.
    pub file: File,
    /// The findings, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file. Never fails and never panics; a text above [`MAX_FILE_BYTES`] is not looked into.
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > MAX_FILE_BYTES {
        let file = File { docs: Vec::new(), items: Vec::new() };
        return Parsed { file, diagnostics: vec![too_large(text.len())] };
    }
    let source = Source::new(file, text, &lex(text));
    parse_source(&source)
}

fn parse_source(source: &Source<'_>) -> Parsed {
    let (output, errors) = items::file(source).parse(&source.lexemes[..]).into_output_errors();
    let mut file = output.unwrap_or_else(|| File { docs: Vec::new(), items: Vec::new() });
    file.docs = source
        .file_docs
        .iter()
        .map(|token| DocLine {
            text: input::doc_text(token.text(source.text)).to_owned(),
            span: Span { file: source.file, start: token.start, end: token.end },
        })
        .collect();
    let mut diagnostics = source.diagnostics.clone();
    diagnostics.extend(grammar_findings(source, errors));
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(misplaced_docs(source));
    }
    diagnostics.sort_by_key(|d| d.span.map(|span| (span.start, span.end)));
    if diagnostics.len() > MAX_DIAGNOSTICS {
        diagnostics.truncate(MAX_DIAGNOSTICS);
        let last = diagnostics.last().and_then(|d| d.span);
        let message = format!("{MAX_DIAGNOSTICS} findings; the rest of the file is not reported");
        diagnostics.push(Diagnostic::new(syntax::UNEXPECTED_TOKEN, last, message));
    }
    Parsed { file, diagnostics }
}

/// The grammar's findings, one for each token at which something was noticed, and one alone for text nested too deep.
fn grammar_findings(source: &Source<'_>, errors: Vec<SyntaxError>) -> Vec<Diagnostic> {
    let mut found: Vec<(u32, Diagnostic)> = errors
        .into_iter()
        .filter_map(|error| match error {
            SyntaxError::Found { at, diagnostic } => Some((at, *diagnostic)),
            SyntaxError::NoMatch => None,
        })
        .collect();
    // A stable sort: of several at one token the first that was noticed stays.
    found.sort_by_key(|(at, _)| *at);
    found.dedup_by_key(|(at, _)| *at);
    for &start in &source.too_deep {
        let end = source
            .lexemes
            .iter()
            .find(|lexeme| lexeme.start > start && lexeme.ends_item())
            .map_or(source.text.len() as u32, |lexeme| lexeme.start);
        // What else is wrong there is a consequence.
        found.retain(|(at, _)| *at < start || *at > end);
        let span = source.at(start, start + 1);
        let message = format!("brackets are nested more than {} deep", input::MAX_DEPTH);
        found.push((start, Diagnostic::new(syntax::NESTING_LIMIT, span, message)));
    }
    found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

fn misplaced_docs<'s>(source: &'s Source<'_>) -> impl Iterator<Item = Diagnostic> + 's {
    source.docs.iter().filter(|group| !group.claimed.get()).map(|group| {
        let span = source.at(group.start, group.end);
        Diagnostic::new(syntax::MISPLACED_DOC, span, "this doc comment documents nothing").help(
            "`///` belongs above a declaration, a field, a column or an aggregate. Write `//` for a comment.",
        )
    })
}
