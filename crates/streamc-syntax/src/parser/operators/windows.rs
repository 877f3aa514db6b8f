//! Event time and windows.

use super::{
    Cursor, CursorExt, Grammar, Lexeme, Operator, Rule, TokenKind, Word, expect, expect_word, finding, op,
    reference, references, syntax, token, word,
};
use crate::ast::{DurLit, OpKind, Window, WindowKind};
use crate::literal::duration_millis;
use crate::parser::primitives::{duration, skip_until};
use chumsky::prelude::*;
use streamc_diagnostics::did_you_mean;

/// The shapes of windows with what stands between their parentheses.
const SHAPES: &[(&str, &str)] =
    &[("tumble", "size"), ("hop", "size, slide"), ("cumulate", "max, step"), ("session", "gap")];

/// Everything between the parentheses of a window, and the parentheses.
fn sizes<'t>(grammar: Grammar<'t>) -> Rule<'t, Vec<DurLit>> {
    expect(grammar, TokenKind::LParen, "(")
        .ignore_then(duration(grammar).separated_by(token(TokenKind::Comma)).at_least(1).collect::<Vec<_>>())
        .then_ignore(expect(grammar, TokenKind::RParen, ")"))
        .boxed()
}

fn shape<'t>(grammar: Grammar<'t>) -> Rule<'t, WindowKind> {
    let sizes = sizes(grammar);
    custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        let text = grammar.text_of(first);
        let Some((shape, arguments)) =
            SHAPES.iter().find(|(shape, _)| first.is(TokenKind::Ident) && *shape == text)
        else {
            report_shape(grammar, inp, first);
            return Ok(WindowKind::Error);
        };
        inp.skip();
        let found = inp.parse(&sizes)?;
        let next = inp.next_is(grammar);
        let wanted = arguments.split(',').count();
        if found.len() != wanted {
            let message = format!(
                "`{shape}({arguments})` takes {wanted} duration{}",
                if wanted == 1 { "" } else { "s" }
            );
            let span = grammar.covered(first, next);
            inp.report(next, finding(syntax::UNEXPECTED_TOKEN, span, message));
        }
        // What is no duration has been reported; `0s` is one.
        if found.iter().any(|size| {
            size.millis == 0 && duration_millis(grammar.slice(size.span.start, size.span.end)).is_none()
        }) {
            return Ok(WindowKind::Error);
        }
        let mut found = found.into_iter();
        let mut size = || found.next().unwrap_or(DurLit { millis: 0, span: grammar.gap(next) });
        Ok(match *shape {
            "tumble" => WindowKind::Tumble { size: size() },
            "hop" => WindowKind::Hop { size: size(), slide: size() },
            "cumulate" => WindowKind::Cumulate { max: size(), step: size() },
            _ => WindowKind::Session { gap: size() },
        })
    })
    .boxed()
}

fn report_shape<'t>(grammar: Grammar<'t>, inp: &mut Cursor<'t, '_>, found: Lexeme) {
    let text = grammar.text_of(found);
    let expected = "a window: `tumble`, `hop`, `cumulate` or `session`";
    if !found.is_name() {
        inp.report(found, grammar.expected(expected, found));
        return;
    }
    let span = found.span(grammar.file);
    let shapes = SHAPES.iter().map(|(shape, _)| *shape);
    let diagnostic = match did_you_mean(text, shapes) {
        Some(meant) => finding(
            syntax::UNEXPECTED_TOKEN,
            span,
            format!("unknown window `{text}`; did you mean `{meant}`?"),
        )
        .fix(format!("change `{text}` to `{meant}`"), span, meant),
        None => grammar.expected(expected, found),
    };
    inp.report(found, diagnostic);
    inp.skip();
    // Its arguments, if it has any.
    if inp.next_is(grammar).is(TokenKind::LParen) {
        skip_until(grammar, inp, |lexeme| lexeme.word == Word::On || super::ends_operator(grammar, lexeme));
    }
}

/// `window tumble(5min) on ts [by k, …]`
pub(super) fn window<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Window)
        .then(shape(grammar))
        .then_ignore(expect_word(grammar, Word::On, "on"))
        .then(reference(grammar, "the event-time column", &[Word::By]))
        .then(word(Word::By).ignore_then(references(grammar, "a column", &[])).or_not())
        .map(|(((word, kind), on), by)| {
            (word, OpKind::Window(Window { kind, on, by: by.unwrap_or_default() }))
        })
        .boxed()
}

/// `watermark ts [- 5s]`
pub(super) fn watermark<'t>(grammar: Grammar<'t>) -> Operator<'t> {
    op(grammar, Word::Watermark)
        .then(reference(grammar, "the event-time column", &[]))
        .then(token(TokenKind::Minus).ignore_then(duration(grammar)).or_not())
        .map(|((word, column), delay)| (word, OpKind::Watermark { column, delay }))
        .boxed()
}
