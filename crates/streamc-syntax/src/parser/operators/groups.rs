//! Operators that group rows, and those that only distribute them.

use super::{Cursor, CursorExt, Grammar, Operator, Rule, TokenKind, Word, list, op, op2, references, word};
use crate::ast::{GroupKey, OpKind};
use crate::parser::block::{assigns, required};
use crate::parser::expression::{Stop, expression};
use crate::parser::primitives::{name, number};
use chumsky::prelude::*;

/// Keys up to the block; none if it follows at once.
fn keys<'t>(grammar: Grammar<'t>) -> Rule<'t, Vec<GroupKey>> {
    let key = expression(grammar, "a key or `{`", Stop::ITEM.words(&[Word::As]))
        .then(word(Word::As).ignore_then(name(grammar, "a name for the key")).or_not())
        .map(|(value, alias)| GroupKey { value, alias })
        .boxed();
    let several = list(grammar, "a key", key);
    custom(move |inp: &mut Cursor<'t, '_>| {
        if inp.next_is(grammar).is(TokenKind::LBrace) {
            return Ok(Vec::new());
        }
        let keys = inp.parse(&several)?;
        Ok(keys.into_iter().filter(|key| !key.value.span.is_empty()).collect())
    })
    .boxed()
}

/// `group by k, … { n: COUNT(*), … }`
pub(super) fn group_by<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op2(grammar, Word::Group, Word::By, "by")
        .then(keys(grammar))
        .then(required(grammar, assigns(grammar), |_| Vec::new()))
        .map(|((word, keys), aggregates)| (word, OpKind::GroupBy { keys, aggregates }))
        .boxed()
}

/// `reduce by k, … { total: SUM(x), … }`
pub(super) fn reduce_by<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op2(grammar, Word::Reduce, Word::By, "by")
        .then(keys(grammar))
        .then(required(grammar, assigns(grammar), |_| Vec::new()))
        .map(|((word, keys), aggregates)| (word, OpKind::ReduceBy { keys, aggregates }))
        .boxed()
}

/// `repartition n`
pub(super) fn repartition<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Repartition)
        .then(number(grammar, "a number of partitions"))
        .map(|(word, n)| (word, OpKind::Repartition(n)))
        .boxed()
}

/// `key by k, …`
pub(super) fn key_by<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op2(grammar, Word::Key, Word::By, "by")
        .then(references(grammar, "a column", &[]))
        .map(|(word, keys)| (word, OpKind::KeyBy(keys)))
        .boxed()
}
