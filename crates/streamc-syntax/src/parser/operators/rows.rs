//! Operators that choose rows.

use super::{
    Cursor, CursorExt, Grammar, Kind, Lexeme, Operator, TokenKind, Word, braced, expect_word, finding, look,
    op, reference, references, syntax, word,
};
use crate::ast::{Keep, OpKind, Otherwise};
use crate::parser::block::{colon, required};
use crate::parser::expression::{Stop, expression, starts_field};
use crate::parser::primitives::{name, number};
use chumsky::prelude::*;

/// `filter e`
pub(super) fn filter<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Filter)
        .then(expression(grammar, "a condition", Stop::OPERATOR))
        .map(|(word, condition)| (word, OpKind::Filter(condition)))
        .boxed()
}

/// `limit n`
pub(super) fn limit<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Limit)
        .then(number(grammar, "a number of rows"))
        .map(|(word, n)| (word, OpKind::Limit(n)))
        .boxed()
}

/// `distinct`
pub(super) fn distinct<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Distinct).map(|word| (word, OpKind::Distinct)).boxed()
}

/// `dedupe on k, … [keep first|last by ts]`
pub(super) fn dedupe<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    let which = custom(move |inp: &mut Cursor<'t, '_>| {
        let next = inp.next_is(grammar);
        if super::comes(next, &[Word::First, Word::Last]) {
            inp.skip();
        } else {
            inp.report(next, grammar.expected("`first` or `last`", next));
        }
        Ok(next.word == Word::Last)
    });
    let keep = word(Word::Keep)
        .ignore_then(which)
        .then_ignore(expect_word(grammar, Word::By, "by"))
        .then(reference(grammar, "the column that orders the rows", &[]))
        .map(|(last, by)| Keep { last, by });
    op(grammar, Word::Dedupe)
        .then_ignore(expect_word(grammar, Word::On, "on"))
        .then(references(grammar, "a column", &[Word::Keep]))
        .then(keep.or_not())
        .map(|((word, keys), keep)| (word, OpKind::Dedupe { keys, keep }))
        .boxed()
}

/// `top n by e asc|desc [per k, …]`
pub(super) fn top<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    let direction = custom(move |inp: &mut Cursor<'t, '_>| {
        let next = inp.next_is(grammar);
        if super::comes(next, &[Word::Asc, Word::Desc]) {
            inp.skip();
        } else {
            let diagnostic = grammar.expected("`desc` or `asc`", next);
            inp.report(next, diagnostic.fix("take the greatest", grammar.gap(next), " desc"));
        }
        Ok(next.word != Word::Asc)
    });
    let per = word(Word::Per).ignore_then(references(grammar, "a column", &[]));
    let by = Stop::OPERATOR.words(&[Word::Asc, Word::Desc, Word::Per]);
    op(grammar, Word::Top)
        .then(number(grammar, "a number of rows"))
        .then_ignore(expect_word(grammar, Word::By, "by"))
        .then(expression(grammar, "what the rows are ordered by", by))
        .then(direction)
        .then(per.or_not())
        .map(|((((word, n), by), descending), per)| {
            (word, OpKind::Top { n, by, descending, per: per.unwrap_or_default() })
        })
        .boxed()
}

/// `assert e [else drop|fail|into s]`
pub(super) fn assert<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    let consequence = custom(move |inp: &mut Cursor<'t, '_>| {
        let next = inp.next_is(grammar);
        match next.word {
            Word::Drop => inp.skip(),
            Word::Fail => inp.skip(),
            Word::Into => {
                inp.skip();
                return Ok(Some(Otherwise::Into(inp.parse(name(grammar, "a name for the rows that fail"))?)));
            }
            _ => {
                inp.report(next, grammar.expected("`drop`, `fail` or `into`", next));
                return Ok(None);
            }
        }
        Ok(Some(if next.word == Word::Drop { Otherwise::Drop } else { Otherwise::Fail }))
    });
    op(grammar, Word::Assert)
        .then(expression(grammar, "a condition", Stop::OPERATOR.words(&[Word::Else])))
        .then(word(Word::Else).ignore_then(consequence).or_not())
        .map(|((word, condition), otherwise)| {
            (word, OpKind::Assert { condition, otherwise: otherwise.flatten() })
        })
        .boxed()
}

/// `split { big: amount > 1000, small: otherwise }`
pub(super) fn split<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    let otherwise = custom(move |inp: &mut Cursor<'t, '_>| {
        let next = inp.next_is(grammar);
        let behind = grammar.after(next, 1);
        let whole =
            matches!(behind.kind, Kind::Token(TokenKind::Comma | TokenKind::RBrace)) || behind.ends_item();
        if next.word != Word::Otherwise || !whole {
            return Err(crate::parser::error::SyntaxError::NoMatch);
        }
        inp.skip();
        Ok(None)
    });
    let branch = any()
        .filter(|lexeme: &Lexeme| lexeme.is_name())
        .then_ignore(colon(grammar))
        .then(otherwise.or(expression(grammar, "a condition or `otherwise`", Stop::FIELD).map(Some)))
        .map(move |(first, condition)| (grammar.name_of(first), condition))
        .boxed();
    let branches = braced(grammar, branch, "a branch such as `big: amount > 1000`", starts_field)
        .map(|(branches, _)| branches)
        .boxed();
    let nonempty = custom(move |inp: &mut Cursor<'t, '_>| {
        let open = inp.next_is(grammar);
        let all: Vec<_> = inp.parse(&branches)?;
        let next = inp.next_is(grammar);
        if all.is_empty() && next.index == open.index + 2 {
            let span = grammar.covered(open, next);
            inp.report(open, finding(syntax::UNEXPECTED_TOKEN, span, "`split` has no branch"));
        }
        Ok(all)
    });
    op(grammar, Word::Split)
        .then_ignore(look(grammar))
        .then(required(grammar, nonempty.boxed(), |_| Vec::new()))
        .map(|(word, branches)| (word, OpKind::Split(branches)))
        .boxed()
}
