//! Everything between braces: options, schemas, aggregates.

use super::expression::{Stop, expression, starts_field, type_text};
use super::input::{Input, Kind, Lexeme};
use super::list::list;
use super::primitives::{Cursor, CursorExt, Extra, Grammar, Rule, finding, look, name, skip_until, token};
use crate::ast::{Assign, Block, Field, Name, SchemaBlock, SchemaColumn, Value};
use crate::token::TokenKind;
use chumsky::prelude::*;
use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_diagnostics::codes::syntax;

/// `{ entry, entry, }`. Fails only where no brace opens. `starts` says where an entry starts, which is where the
/// list goes on after something that makes no sense, and where a comma is missing.
pub(crate) fn braced<'t, O: 't>(
    grammar: Grammar<'t>,
    entry: Rule<'t, O>,
    what: &'static str,
    starts: fn(Grammar<'t>, Lexeme) -> bool,
) -> Rule<'t, (Vec<O>, Span)> {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let open = inp.parse(token(TokenKind::LBrace))?;
        let all = entries(grammar, inp, &entry, what, starts, open);
        let next = inp.next_is(grammar);
        Ok((all, grammar.covered(open, next)))
    })
    .boxed()
}

fn entries<'t, O: 't>(
    grammar: Grammar<'t>,
    inp: &mut Cursor<'t, '_>,
    entry: &Rule<'t, O>,
    what: &'static str,
    starts: fn(Grammar<'t>, Lexeme) -> bool,
    open: Lexeme,
) -> Vec<O> {
    let mut all = Vec::new();
    let ends = |lexeme: Lexeme| matches!(lexeme.kind, Kind::Token(TokenKind::Comma | TokenKind::RBrace));
    loop {
        let next = inp.next_is(grammar);
        if next.is(TokenKind::RBrace) {
            inp.skip();
            return all;
        }
        if next.ends_item() {
            let diagnostic =
                finding(syntax::UNCLOSED_BLOCK, open.span(grammar.file), "this `{` is never closed");
            inp.report(next, diagnostic.fix("insert `}`", grammar.gap(next), "\n}"));
            return all;
        }
        let before = inp.save();
        match inp.parse(entry) {
            Ok(one) => all.push(one),
            Err(_) => {
                inp.rewind(before);
                inp.report(next, grammar.expected(what, next));
                skip_until(grammar, inp, |lexeme| {
                    ends(lexeme)
                        || (lexeme.index > next.index && lexeme.line_start && starts(grammar, lexeme))
                });
            }
        }
        let next = inp.next_is(grammar);
        if next.is(TokenKind::Comma) {
            inp.skip();
        } else if !next.is(TokenKind::RBrace) && !next.ends_item() {
            let diagnostic = grammar.expected("`,` or `}`", next);
            if starts(grammar, next) {
                let diagnostic = finding(diagnostic.code, grammar.gap(next), {
                    let shown = grammar.described(next);
                    format!("missing `,` before {shown}")
                });
                inp.report(next, diagnostic.fix("insert `,`", grammar.gap(next), ","));
            } else {
                inp.report(next, diagnostic);
                let stopped = skip_until(grammar, inp, |lexeme| {
                    ends(lexeme) || (lexeme.line_start && starts(grammar, lexeme))
                });
                if stopped.is(TokenKind::Comma) {
                    inp.skip();
                }
            }
        }
    }
}

/// The key of a field: a name or a string.
fn key<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, (Lexeme, Name), Extra> + Copy {
    any().filter(|lexeme: &Lexeme| lexeme.is_name() || lexeme.is_string()).map(move |lexeme: Lexeme| {
        let name = if lexeme.is_string() {
            let literal = grammar.string_of(lexeme);
            Name { text: SmolStr::new(literal.value), span: literal.span }
        } else {
            grammar.name_of(lexeme)
        };
        (lexeme, name)
    })
}

/// The colon between a key and its value. Never fails; `=` in its place is taken and reported.
pub(crate) fn colon<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, (), Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is(TokenKind::Colon) {
            inp.skip();
            return Ok(());
        }
        let diagnostic = grammar.expected("`:`", found);
        if found.is(TokenKind::Eq) {
            let span = found.span(grammar.file);
            inp.report(found, diagnostic.fix("change `=` to `:`", span, ":"));
            inp.skip();
        } else {
            inp.report(found, diagnostic.fix("insert `:`", grammar.gap(found), ":"));
        }
        Ok(())
    })
}

/// `key: value`, `key { … }`
fn field<'t>(grammar: Grammar<'t>, value: &Rule<'t, Value>) -> Rule<'t, Field> {
    let schema = schema_block(grammar).map(Value::Schema);
    let nested = look(grammar).filter(|next: &Lexeme| next.is(TokenKind::LBrace)).ignore_then(value.clone());
    let after_schema = colon(grammar).ignore_then(choice((schema, value.clone())));
    let after_key = choice((nested, colon(grammar).ignore_then(value.clone())));
    key(grammar)
        .then(look(grammar))
        .then(custom(move |inp: &mut Cursor<'t, '_>| {
            let next = inp.next_is(grammar);
            let key = grammar.before(next);
            let is_schema = key.is_some_and(|key| key.is_name() && grammar.name_of(key).text == "schema");
            if is_schema { inp.parse(&after_schema) } else { inp.parse(&after_key) }
        }))
        .then(look(grammar))
        .map(move |((((first, key), _), value), next)| Field {
            docs: grammar.docs_before(first.start),
            key,
            value,
            span: grammar.covered(first, next),
        })
        .boxed()
}

/// `{ key: value, … }`. Fails only where no brace opens. A key given twice is an error.
pub(crate) fn block<'t>(grammar: Grammar<'t>, value: &Rule<'t, Value>) -> Rule<'t, Block> {
    braced(grammar, field(grammar, value), "a field such as `name: value`", starts_field)
        .validate(move |(fields, span), _, emitter| {
            for (at, field) in fields.iter().enumerate() {
                let same = |other: &&Field| other.key.text == field.key.text && !field.key.is_missing();
                if let Some(first) = fields.iter().take(at).find(same) {
                    let message = format!("`{}` is given twice", field.key.text);
                    let diagnostic = finding(syntax::DUPLICATE_FIELD, field.key.span, message)
                        .also(first.key.span, "first given here");
                    emitter.emit(super::error::SyntaxError::Found {
                        at: field.key.span.start,
                        diagnostic: Box::new(diagnostic),
                    });
                }
            }
            Block { fields, span }
        })
        .boxed()
}

fn starts_column(_: Grammar<'_>, lexeme: Lexeme) -> bool {
    lexeme.is_name()
}

/// `{ id BIGINT NOT NULL, … }`. Fails only where no brace opens.
pub(crate) fn schema_block<'t>(grammar: Grammar<'t>) -> Rule<'t, SchemaBlock> {
    let stray_colon = custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is(TokenKind::Colon) {
            let span = found.span(grammar.file);
            let diagnostic =
                finding(syntax::UNEXPECTED_TOKEN, span, "a column's type follows its name without `:`");
            inp.report(found, diagnostic.fix("remove `:`", span, ""));
            inp.skip();
        }
        Ok(())
    });
    let column = any()
        .filter(|lexeme: &Lexeme| lexeme.is_name())
        .then_ignore(stray_colon)
        .then(type_text(grammar, true))
        .map(move |(first, ty)| SchemaColumn {
            docs: grammar.docs_before(first.start),
            name: grammar.name_of(first),
            ty,
        })
        .boxed();
    braced(grammar, column, "a column such as `id BIGINT`", starts_column)
        .map(|(columns, span)| SchemaBlock { columns, span })
        .boxed()
}

/// `{ n: COUNT(*), … }`. Fails only where no brace opens.
pub(crate) fn assigns<'t>(grammar: Grammar<'t>) -> Rule<'t, Vec<Assign>> {
    let entry = any()
        .filter(|lexeme: &Lexeme| lexeme.is_name())
        .then_ignore(colon(grammar))
        .then(expression(grammar, "an expression", Stop::FIELD))
        .map(move |(first, value)| Assign {
            docs: grammar.docs_before(first.start),
            name: grammar.name_of(first),
            value,
        })
        .boxed();
    braced(grammar, entry, "an aggregate such as `n: COUNT(*)`", starts_field)
        .map(|(assigns, _)| assigns)
        .boxed()
}

/// `parser`, whose absence is reported as a missing brace and mended by `missing`.
pub(crate) fn required<'t, O: 't>(
    grammar: Grammar<'t>,
    parser: Rule<'t, O>,
    missing: impl Fn(Span) -> O + 't,
) -> Rule<'t, O> {
    let absent = custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        inp.report(found, grammar.expected("`{`", found));
        Ok(missing(grammar.gap(found)))
    });
    parser.or(absent).boxed()
}

const ASSIGN: &str = "a column such as `name = expression`";

/// `a = e, b = e`. Never fails.
pub(crate) fn assign_list<'t>(grammar: Grammar<'t>) -> Rule<'t, Vec<Assign>> {
    let equals = custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is(TokenKind::Eq) {
            inp.skip();
            return Ok(());
        }
        let diagnostic = grammar.expected("`=`", found);
        if found.is(TokenKind::Colon) {
            inp.report(found, diagnostic.fix("change `:` to `=`", found.span(grammar.file), "="));
            inp.skip();
        } else {
            inp.report(found, diagnostic.help("Columns are computed as `name = expression`."));
        }
        Ok(())
    });
    let assign = look(grammar)
        .then(name(grammar, ASSIGN))
        .then_ignore(equals)
        .then(expression(grammar, "an expression", Stop::ITEM))
        .map(move |((first, name), value)| Assign { docs: grammar.docs_before(first.start), name, value })
        .boxed();
    list(grammar, ASSIGN, assign)
        .map(|assigns| {
            assigns
                .into_iter()
                .filter(|a: &Assign| !(a.name.is_missing() && a.value.span.is_empty()))
                .collect()
        })
        .boxed()
}
