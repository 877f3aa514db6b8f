//! The values of fields.

use super::block;
use super::expression::{Stop, expression, starts_field};
use super::input::{Input, Kind, Lexeme};
use super::primitives::{Cursor, CursorExt, Extra, Grammar, Rule, finding, token};
use crate::ast::{Block, DurLit, SizeLit, Value};
use crate::literal::{duration_millis, size_bytes};
use crate::token::TokenKind;
use crate::word::Word;
use chumsky::prelude::*;
use streamc_diagnostics::codes::syntax;

/// `{ key: value }` with values of all kinds. Fails only where no brace opens.
pub(crate) fn options<'t>(grammar: Grammar<'t>) -> Rule<'t, Block> {
    let value = recursive(|value| {
        let value = value.boxed();
        choice((
            block::block(grammar, &value).map(Value::Block),
            list(grammar, value.clone()),
            literal(grammar),
            call(grammar, value),
            expression(grammar, "a value", Stop::FIELD)
                .map(|text| if text.span.is_empty() { Value::Error(text.span) } else { Value::Expr(text) }),
        ))
    })
    .boxed();
    block::block(grammar, &value)
}

/// Whether a value that goes up to here is complete: what stands here cannot continue it.
fn ends_value(grammar: Grammar<'_>, lexeme: Lexeme) -> bool {
    lexeme.ends_item()
        || matches!(
            lexeme.kind,
            Kind::Token(
                TokenKind::Comma
                    | TokenKind::RBrace
                    | TokenKind::RParen
                    | TokenKind::RBracket
                    | TokenKind::Triple
                    | TokenKind::UnclosedTriple
            )
        )
        || starts_field(grammar, lexeme)
}

/// A literal or a single name that is the whole value.
fn literal<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, Value, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        let second = grammar.after(first, 1);
        let span = first.span(grammar.file);
        if first.is(TokenKind::Minus)
            && second.is(TokenKind::Number)
            && ends_value(grammar, grammar.after(first, 2))
        {
            inp.skip();
            inp.skip();
            return Ok(Value::Number(grammar.number_of(first, second)));
        }
        let whole = ends_value(grammar, second);
        let text = grammar.text_of(first);
        let value = match first.kind {
            Kind::Token(_) if !whole => None,
            Kind::Token(TokenKind::Number) => Some(Value::Number(grammar.number_of(first, first))),
            Kind::Token(TokenKind::Duration) => {
                Some(Value::Duration(DurLit { millis: duration_millis(text).unwrap_or_default(), span }))
            }
            Kind::Token(TokenKind::Size) => {
                Some(Value::Size(SizeLit { bytes: size_bytes(text).unwrap_or_default(), span }))
            }
            Kind::Token(TokenKind::BadNumber) => Some(Value::Error(span)),
            _ if first.is_string() => Some(Value::Str(grammar.string_of(first))),
            _ if first.word == Word::True => Some(Value::Bool(true, span)),
            _ if first.word == Word::False => Some(Value::Bool(false, span)),
            _ if first.is_name() => Some(Value::Word(grammar.name_of(first))),
            _ => None,
        };
        let value = value.ok_or(super::error::SyntaxError::NoMatch)?;
        inp.skip();
        Ok(value)
    })
}

/// The lexeme behind the parenthesis that closes the one at `open`, if it is closed.
fn behind_closing<'t>(grammar: Grammar<'t>, open: Lexeme) -> Option<Lexeme> {
    let mut depth = 0usize;
    let mut at = open;
    loop {
        match at.kind {
            Kind::Item | Kind::End => return None,
            Kind::Token(TokenKind::LBrace | TokenKind::RBrace) => return None,
            Kind::Token(TokenKind::LParen | TokenKind::LBracket) => depth += 1,
            Kind::Token(TokenKind::RParen | TokenKind::RBracket) => depth -= 1,
            _ => {}
        }
        at = grammar.after(at, 1);
        if depth == 0 {
            return Some(at);
        }
    }
}

/// `name(value, …)` that is the whole value.
fn call<'t>(grammar: Grammar<'t>, value: Rule<'t, Value>) -> Rule<'t, Value> {
    let applies = custom(move |inp: &mut Cursor<'t, '_>| {
        let name = inp.next_is(grammar);
        let open = grammar.after(name, 1);
        let whole = name.is_name()
            && open.is(TokenKind::LParen)
            && behind_closing(grammar, open).is_some_and(|next| ends_value(grammar, next));
        if !whole {
            return Err(super::error::SyntaxError::NoMatch);
        }
        inp.skip();
        inp.skip();
        Ok(name)
    });
    let closing = custom(move |inp: &mut Cursor<'t, '_>| {
        let next = inp.next_is(grammar);
        if next.is(TokenKind::RParen) {
            inp.skip();
            return Ok(next.end);
        }
        inp.report(next, grammar.expected("`,` or `)`", next));
        super::primitives::skip_until(grammar, inp, |lexeme| {
            matches!(lexeme.kind, Kind::Token(TokenKind::RParen | TokenKind::RBrace | TokenKind::Comma))
        });
        if inp.next_is(grammar).is(TokenKind::RParen) {
            inp.skip();
        }
        let next = inp.next_is(grammar);
        Ok(grammar.end_before(next))
    });
    let none = super::primitives::look(grammar)
        .filter(|next: &Lexeme| next.is(TokenKind::RParen))
        .map(|_| Vec::new());
    let args = none.or(value.separated_by(token(TokenKind::Comma)).collect::<Vec<_>>());
    applies
        .then(args)
        .then(closing)
        .map(move |((name, args), end)| Value::Call {
            name: grammar.name_of(name),
            args,
            span: grammar.at(name.start, end),
        })
        .boxed()
}

/// `[value, …]`; a comma may end it.
fn list<'t>(grammar: Grammar<'t>, value: Rule<'t, Value>) -> Rule<'t, Value> {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let open = inp.parse(token(TokenKind::LBracket))?;
        let mut all = Vec::new();
        loop {
            let next = inp.next_is(grammar);
            if next.is(TokenKind::RBracket) {
                inp.skip();
                break;
            }
            if next.ends_item() || next.is(TokenKind::RBrace) || starts_field(grammar, next) {
                let span = open.span(grammar.file);
                let diagnostic = finding(syntax::UNCLOSED_BLOCK, span, "this `[` is never closed");
                inp.report(next, diagnostic.fix("insert `]`", grammar.gap(next), "]"));
                break;
            }
            all.push(inp.parse(&value)?);
            let behind = inp.next_is(grammar);
            if behind.is(TokenKind::Comma) {
                inp.skip();
            } else if !(behind.is(TokenKind::RBracket) || behind.is(TokenKind::RBrace) || behind.ends_item())
            {
                inp.report(behind, grammar.expected("`,` or `]`", behind));
                if behind.index == next.index || behind.is(TokenKind::RParen) {
                    inp.skip();
                }
            }
        }
        let next = inp.next_is(grammar);
        Ok(Value::List(all, grammar.covered(open, next)))
    })
    .boxed()
}
