//! Operators that choose or compute columns.

use super::{Grammar, Operator, Word, expect_word, list, op, reference, references};
use crate::ast::{Name, OpKind};
use crate::parser::block::assign_list;
use crate::parser::expression::{Stop, expression, type_text};
use crate::parser::primitives::name;
use chumsky::prelude::*;

/// `derive a = e, …`
pub(super) fn derive<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Derive)
        .then(assign_list(grammar))
        .map(|(word, assigns)| (word, OpKind::Derive(assigns)))
        .boxed()
}

/// `map a = e, …`
pub(super) fn map<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Map)
        .then(assign_list(grammar))
        .map(|(word, assigns)| (word, OpKind::Map(assigns)))
        .boxed()
}

/// `select a, t.b, e AS c`
pub(super) fn select<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Select)
        .then(expression(grammar, "a column", Stop::OPERATOR))
        .map(|(word, columns)| (word, OpKind::Select(columns)))
        .boxed()
}

/// `drop a, b`
pub(super) fn drop<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Drop)
        .then(references(grammar, "a column", &[]))
        .map(|(word, columns)| (word, OpKind::Drop(columns)))
        .boxed()
}

/// `rename a AS b, …`
pub(super) fn rename<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    let pair = reference(grammar, "a column", &[])
        .then_ignore(expect_word(grammar, Word::As, "AS"))
        .then(name(grammar, "a new name"))
        .boxed();
    op(grammar, Word::Rename)
        .then(list(grammar, "a column", pair))
        .map(|(word, pairs)| {
            let pairs =
                pairs.into_iter().filter(|(old, new): &(Name, Name)| !(old.is_missing() && new.is_missing()));
            (word, OpKind::Rename(pairs.collect()))
        })
        .boxed()
}

/// `cast a AS T, …` or `try_cast a AS T, …`
pub(super) fn cast<'t>(grammar: Grammar<'t>, which: Word) -> Operator<'t> {
    let pair = reference(grammar, "a column", &[])
        .then_ignore(expect_word(grammar, Word::As, "AS"))
        .then(type_text(grammar, false))
        .boxed();
    op(grammar, which)
        .then(list(grammar, "a column", pair))
        .map(move |(word, items)| (word, OpKind::Cast { items, r#try: which == Word::TryCast }))
        .boxed()
}

/// `explode a AS x`
pub(super) fn explode<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Explode)
        .then(expression(grammar, "an array", Stop::OPERATOR.words(&[Word::As])))
        .then_ignore(expect_word(grammar, Word::As, "AS"))
        .then(name(grammar, "a name for the elements"))
        .map(|((word, value), alias)| (word, OpKind::Explode { value, alias }))
        .boxed()
}
