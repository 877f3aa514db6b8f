//! Pipes. One table, [`operator`], lists the operators; each is a rule that starts with its word.

mod columns;
mod groups;
mod joins;
mod rows;
mod windows;

use super::block::braced;
use super::expression::starts_bare_operator;
use super::input::{Input, Kind, Lexeme};
use super::list::{list, references};
use super::primitives::{
    Cursor, CursorExt, Extra, Grammar, Rule, expect, expect_word, finding, look, reference, skip_until,
    token, word,
};
use crate::ast::{Name, Op, OpKind, Pipe};
use crate::token::TokenKind;
use crate::word::Word;
use chumsky::prelude::*;
use smol_str::SmolStr;
use streamc_diagnostics::codes::syntax;

/// An operator's word or words, and the rest.
type Operator<'t> = Rule<'t, (Name, OpKind)>;

/// The table of operators.
fn operator<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    choice((
        rows::filter(grammar),
        columns::derive(grammar),
        columns::map(grammar),
        columns::select(grammar),
        columns::drop(grammar),
        columns::rename(grammar),
        columns::cast(grammar, Word::Cast),
        columns::cast(grammar, Word::TryCast),
        rows::limit(grammar),
        windows::window(grammar),
        groups::group_by(grammar),
        groups::reduce_by(grammar),
        rows::distinct(grammar),
        rows::dedupe(grammar),
        rows::top(grammar),
        joins::join(grammar),
        joins::union(grammar),
        columns::explode(grammar),
        rows::assert(grammar),
        rows::split(grammar),
        windows::watermark(grammar),
        groups::repartition(grammar),
        groups::key_by(grammar),
        unknown(grammar),
    ))
    .boxed()
}

/// A name that is no operator's, with everything up to the next `|`.
fn unknown<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    let arguments = custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        let next = skip_until(grammar, inp, |lexeme| ends_operator(grammar, lexeme));
        Ok(grammar.covered(first, next))
    });
    any()
        .filter(|lexeme: &Lexeme| lexeme.is_name())
        .then(arguments)
        .map(move |(first, args_span)| (grammar.name_of(first), OpKind::Unknown { args_span }))
        .boxed()
}

/// An operator of one word.
fn op<'t>(grammar: Grammar<'t>, wanted: Word) -> impl Parser<'t, Input<'t>, Name, Extra> + Clone {
    word(wanted).map(move |first| grammar.name_of(first))
}

/// An operator of two words, decided by the first. Should the second be missing, that is reported.
fn op2<'t>(
    grammar: Grammar<'t>,
    first: Word,
    second: Word,
    second_text: &'static str,
) -> impl Parser<'t, Input<'t>, Name, Extra> + Clone {
    word(first)
        .then_ignore(outer(grammar))
        .then_ignore(expect_word(grammar, second, second_text))
        .then(look(grammar))
        .map(move |(first, next)| Name {
            text: SmolStr::new(format!("{} {second_text}", grammar.text_of(first))),
            span: grammar.covered(first, next),
        })
}

/// SQL's `OUTER`, which says nothing that `left`, `right` and `full` do not say. Never fails.
fn outer<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, (), Extra> + Clone {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is_name() && !found.line_start && grammar.text_of(found).eq_ignore_ascii_case("outer") {
            let span = found.span(grammar.file);
            let diagnostic =
                finding(syntax::UNEXPECTED_TOKEN, span, "the word `outer` is left out in operators");
            inp.report(found, diagnostic.fix("remove it", span, ""));
            inp.skip();
        }
        Ok(())
    })
}

/// Where an operator is over: at the next `|`, with or without it, and at a line that starts in the first column.
fn ends_operator(grammar: Grammar<'_>, lexeme: Lexeme) -> bool {
    lexeme.is(TokenKind::Pipe) || lexeme.first_column || starts_bare_operator(grammar, lexeme)
}

/// `head | operator | operator`
pub(super) fn pipe<'t>(grammar: Grammar<'t>) -> Rule<'t, Pipe> {
    let operator = operator(grammar);
    let ops = custom(move |inp: &mut Cursor<'t, '_>| {
        let mut ops = Vec::new();
        loop {
            let next = inp.next_is(grammar);
            if next.is(TokenKind::Pipe) {
                inp.skip();
            } else if starts_bare_operator(grammar, next) {
                let message = format!("missing `|` before `{}`", grammar.text_of(next));
                let gap = grammar.at(next.start, next.start);
                let diagnostic = finding(syntax::UNEXPECTED_TOKEN, next.span(grammar.file), message);
                inp.report(next, diagnostic.fix("insert `|`", gap, "| "));
            } else if next.ends_item() || next.first_column {
                return Ok(ops);
            } else {
                let described = grammar.described(next);
                let message = match ops.last() {
                    Some(Op { word, .. }) if !word.is_missing() => {
                        format!("unexpected {described} behind the arguments of `{}`", word.text)
                    }
                    _ => format!("expected `|` and an operator, found {described}"),
                };
                inp.report(next, finding(syntax::UNEXPECTED_TOKEN, next.span(grammar.file), message));
                inp.skip();
                skip_until(grammar, inp, |lexeme| ends_operator(grammar, lexeme));
                continue;
            }
            ops.push(one(grammar, inp, &operator)?);
        }
    });
    reference(grammar, "a component's name", &[]).then(ops).map(|(head, ops)| Pipe { head, ops }).boxed()
}

/// One operator behind its `|`.
fn one<'t>(
    grammar: Grammar<'t>,
    inp: &mut Cursor<'t, '_>,
    operator: &Operator<'t>,
) -> Result<Op, super::error::SyntaxError> {
    let first = inp.next_is(grammar);
    if !first.is_name() {
        let diagnostic = grammar.expected("an operator", first);
        inp.report(first, diagnostic.help("Such as `filter amount > 10` or `select id, amount`."));
        let next = skip_until(grammar, inp, |lexeme| ends_operator(grammar, lexeme));
        return Ok(Op {
            kind: OpKind::Error,
            word: grammar.missing_name(first),
            span: grammar.covered(first, next),
        });
    }
    let (word, kind) = inp.parse(operator)?;
    let next = inp.next_is(grammar);
    Ok(Op { kind, word, span: grammar.covered(first, next) })
}

/// Whether one of these words comes next.
fn comes(lexeme: Lexeme, words: &[Word]) -> bool {
    matches!(lexeme.kind, Kind::Token(TokenKind::Ident)) && words.contains(&lexeme.word)
}
