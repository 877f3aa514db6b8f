//! Things with commas between them.

use super::input::Lexeme;
use super::primitives::{Cursor, CursorExt, Grammar, Rule, reference};
use crate::ast::Name;
use crate::token::TokenKind;
use crate::word::Word;
use chumsky::prelude::*;
use streamc_diagnostics::Diagnostic;

/// Items with commas between them, at least one. `item` never fails; a comma too many is reported and mended by its
/// removal.
pub(crate) fn list<'t, O: 't>(
    grammar: Grammar<'t>,
    what: &'static str,
    item: Rule<'t, O>,
) -> Rule<'t, Vec<O>> {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let mut all = Vec::new();
        loop {
            all.push(inp.parse(&item)?);
            if !inp.next_is(grammar).is(TokenKind::Comma) {
                return Ok(all);
            }
            inp.skip();
            let next = inp.next_is(grammar);
            if next.ends_item() || next.is(TokenKind::Pipe) || next.is(TokenKind::RBrace) {
                inp.report(next, trailing_comma(grammar, what, next));
                return Ok(all);
            }
        }
    })
    .boxed()
}

/// Names of components or columns, at least one.
pub(crate) fn references<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
    stop: &'static [Word],
) -> Rule<'t, Vec<Name>> {
    list(grammar, what, reference(grammar, what, stop).boxed())
        .map(|names| names.into_iter().filter(|name| !name.is_missing()).collect())
        .boxed()
}

/// "expected another one after `,`", mended by removing the comma before `found`.
pub(crate) fn trailing_comma(grammar: Grammar<'_>, what: &str, found: Lexeme) -> Diagnostic {
    let diagnostic = grammar.expected(what, found);
    match grammar.before(found) {
        Some(comma) => diagnostic.fix("remove `,`", comma.span(grammar.file), ""),
        None => diagnostic,
    }
}
