//! Operators that bring a second component in.

use super::{
    Cursor, CursorExt, Extra, Grammar, Input, Name, Operator, Rule, TokenKind, Word, op, op2, reference,
    references, word,
};
use crate::ast::{ExprText, Join, JoinSide, OpKind};
use crate::parser::expression::{Stop, expression};
use crate::parser::primitives::{expect, name};
use chumsky::prelude::*;

/// `union s, t`
pub(super) fn union<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Union)
        .then(references(grammar, "a component's name", &[]))
        .map(|(word, others)| (word, OpKind::Union(others)))
        .boxed()
}

/// The words of a join: its name, side and whether it is a lookup.
fn words<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, (Name, JoinSide, bool), Extra> + Clone {
    let two = |first| op2(grammar, first, Word::Join, "join");
    choice((
        op(grammar, Word::Join).map(|word| (word, JoinSide::Inner, false)),
        two(Word::Inner).map(|word| (word, JoinSide::Inner, false)),
        two(Word::Left).map(|word| (word, JoinSide::Left, false)),
        two(Word::Right).map(|word| (word, JoinSide::Right, false)),
        two(Word::Full).map(|word| (word, JoinSide::Full, false)),
        two(Word::Lookup).map(|word| (word, JoinSide::Inner, true)),
    ))
}

#[derive(Default)]
struct Renamed {
    alias: Option<Name>,
    as_of: Option<Name>,
}

/// `[AS a] [as of ts]`
fn renamed<'t>(grammar: Grammar<'t>) -> Rule<'t, Renamed> {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let mut renamed = Renamed::default();
        loop {
            let next = inp.next_is(grammar);
            if super::comes(next, &[Word::As]) {
                inp.skip();
                if super::comes(inp.next_is(grammar), &[Word::Of]) {
                    inp.skip();
                    renamed.as_of = Some(inp.parse(reference(
                        grammar,
                        "the column that says as of when",
                        &[Word::On],
                    ))?);
                    return Ok(renamed);
                }
                renamed.alias = Some(inp.parse(name(grammar, "a name"))?);
            } else if renamed.alias.is_none()
                && next.is_name()
                && !next.line_start
                && !super::comes(next, &[Word::On, Word::Within])
            {
                let diagnostic = grammar.expected("`AS` before the alias", next);
                inp.report(next, diagnostic.fix("insert `AS`", grammar.at(next.start, next.start), "AS "));
                renamed.alias = Some(inp.parse(name(grammar, "a name"))?);
            } else {
                return Ok(renamed);
            }
        }
    })
    .boxed()
}

/// `on e`, which only a join `within` a time can do without. Never fails.
fn condition<'t>(grammar: Grammar<'t>) -> Rule<'t, Option<ExprText>> {
    let condition = word(Word::On)
        .ignore_then(expression(grammar, "a condition", Stop::OPERATOR.words(&[Word::Within])))
        .map(Some);
    let missing = custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if super::comes(found, &[Word::Within]) {
            return Ok(None);
        }
        let diagnostic = grammar.expected("`on` and a condition", found);
        inp.report(
            found,
            diagnostic.help("A join says which rows match: `join accounts on account_id = accounts.id`."),
        );
        Ok(None)
    });
    condition.or(missing).boxed()
}

/// `within a..b`
fn within<'t>(grammar: Grammar<'t>) -> Rule<'t, (ExprText, ExprText)> {
    word(Word::Within)
        .ignore_then(expression(grammar, "a lower bound such as `-5min`", Stop::OPERATOR.range()))
        .then_ignore(expect(grammar, TokenKind::DotDot, ".."))
        .then(expression(grammar, "an upper bound such as `5min`", Stop::OPERATOR.range()))
        .boxed()
}

/// `[left|right|full|lookup] join s [AS a] [as of ts] on e [within a..b]`
pub(super) fn join<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    words(grammar)
        .then(reference(grammar, "a component's name", &[Word::On, Word::As, Word::Within]))
        .then(renamed(grammar))
        .then(condition(grammar))
        .then(within(grammar).or_not())
        .map(|(((((word, side, lookup), right), renamed), on), within)| {
            let Renamed { alias, as_of } = renamed;
            (word, OpKind::Join(Join { side, right, alias, on, within, as_of, lookup }))
        })
        .boxed()
}
