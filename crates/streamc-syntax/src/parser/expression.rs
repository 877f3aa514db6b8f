//! Expressions and types are only delimited here: a flat walk over the tokens, so that depth costs nothing.

use super::input::{Input, Kind, Lexeme};
use super::list::trailing_comma;
use super::primitives::{Cursor, CursorExt, Extra, Grammar};
use crate::ast::{ExprText, TypeText};
use crate::token::TokenKind;
use crate::word::{Word, takes_operand};
use chumsky::prelude::*;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::syntax;

/// What ends an expression besides the end of its declaration, a closing bracket, a brace and a `"""` block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    /// A comma.
    comma: bool,
    /// The next operator of a pipe.
    pipe: bool,
    /// The next field of a block, should the comma be missing.
    field: bool,
    /// `..`
    range: bool,
    /// These words.
    words: &'static [Word],
}

impl Stop {
    /// In an operator: up to the next one.
    pub(crate) const OPERATOR: Self =
        Self { comma: false, pipe: true, field: false, range: false, words: &[] };
    /// One of several in an operator.
    pub(crate) const ITEM: Self = Self { comma: true, ..Self::OPERATOR };
    /// In a block.
    pub(crate) const FIELD: Self = Self { comma: true, pipe: false, field: true, range: false, words: &[] };

    pub(crate) const fn words(self, words: &'static [Word]) -> Self {
        Self { words, ..self }
    }

    pub(crate) const fn range(self) -> Self {
        Self { range: true, ..self }
    }
}

/// Whether a field of a block starts here: `name:`, `"key":`, `options {`.
pub(crate) fn starts_field(grammar: Grammar<'_>, lexeme: Lexeme) -> bool {
    (lexeme.is_name() || lexeme.is_string())
        && matches!(grammar.after(lexeme, 1).kind, Kind::Token(TokenKind::Colon | TokenKind::LBrace))
}

/// Whether an operator starts here that lacks its `|`: a line that begins with an operator's word and an argument,
/// behind something that could end the operator before.
pub(crate) fn starts_bare_operator(grammar: Grammar<'_>, lexeme: Lexeme) -> bool {
    if !(lexeme.line_start && lexeme.is(TokenKind::Ident) && lexeme.word.is_operator()) {
        return false;
    }
    let complete = grammar.before(lexeme).is_some_and(|before| match before.kind {
        Kind::Token(TokenKind::Ident) => !takes_operand(grammar.text_of(before)),
        Kind::Token(kind) => {
            kind.is_name()
                || matches!(
                    kind,
                    TokenKind::Number
                        | TokenKind::Duration
                        | TokenKind::Size
                        | TokenKind::SingleQuoted
                        | TokenKind::DoubleQuoted
                        | TokenKind::RParen
                        | TokenKind::RBracket
                        | TokenKind::RBrace
                )
        }
        _ => false,
    });
    let next = grammar.after(lexeme, 1);
    let argument = next.is_name()
        || matches!(next.kind, Kind::Token(TokenKind::Number))
        || (lexeme.word == Word::Split && next.is(TokenKind::LBrace));
    let second_word = matches!(
        (lexeme.word, next.word),
        (Word::Group | Word::Reduce | Word::Key, Word::By) | (Word::Dedupe, Word::On)
    );
    let assigns = matches!(lexeme.word, Word::Derive | Word::Map)
        && next.is_name()
        && grammar.after(next, 1).is(TokenKind::Eq);
    let argument = argument && !next.line_start && !takes_operand(grammar.text_of(next));
    complete && (argument || second_word || assigns)
}

fn stops(grammar: Grammar<'_>, lexeme: Lexeme, stop: Stop, depth: usize, cases: usize) -> bool {
    let outside = depth == 0;
    match lexeme.kind {
        Kind::Item | Kind::End => true,
        Kind::TooDeep => false,
        Kind::Token(kind) => match kind {
            TokenKind::Triple | TokenKind::UnclosedTriple | TokenKind::LBrace | TokenKind::RBrace => true,
            TokenKind::Comma => outside && stop.comma,
            TokenKind::RParen | TokenKind::RBracket => outside,
            // Inside brackets `|` may be a bit-wise or, unless it looks like the start of an operator.
            TokenKind::Pipe => {
                stop.pipe && (outside || lexeme.line_start || grammar.after(lexeme, 1).word.is_operator())
            }
            TokenKind::DotDot => outside && stop.range,
            kind if kind.is_name() || lexeme.is_string() => {
                if stop.field && (outside || lexeme.line_start) && starts_field(grammar, lexeme) {
                    return true;
                }
                // Two strings side by side lack a comma.
                if stop.field && lexeme.is_string() && grammar.before(lexeme).is_some_and(Lexeme::is_string) {
                    return true;
                }
                if stop.pipe && starts_bare_operator(grammar, lexeme) {
                    return true;
                }
                let selected = grammar.before(lexeme).is_some_and(|before| before.is(TokenKind::Dot));
                outside
                    && cases == 0
                    && !selected
                    && lexeme.word != Word::None
                    && stop.words.contains(&lexeme.word)
            }
            _ => false,
        },
    }
}

/// An expression, or a list of them where commas don't stop it. Never fails.
pub(crate) fn expression<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
    stop: Stop,
) -> impl Parser<'t, Input<'t>, ExprText, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        let mut open: Vec<Lexeme> = Vec::new();
        let mut cases = 0usize;
        let next = loop {
            let next = inp.next_is(grammar);
            // The first token belongs to the expression even if it is spelt like a word that ends one.
            let stop = if next.index == first.index { stop.words(&[]) } else { stop };
            if stops(grammar, next, stop, open.len(), cases) {
                break next;
            }
            match next.kind {
                Kind::Token(TokenKind::LParen | TokenKind::LBracket) => open.push(next),
                Kind::Token(TokenKind::RParen | TokenKind::RBracket) => {
                    let opening = open.pop();
                    if opening.is_some_and(|o| o.is(TokenKind::LParen) != next.is(TokenKind::RParen)) {
                        let wanted = if next.is(TokenKind::RParen) { "`]`" } else { "`)`" };
                        inp.report(next, grammar.expected(wanted, next));
                    }
                }
                _ if next.word == Word::Case => cases += 1,
                _ if next.word == Word::End => cases = cases.saturating_sub(1),
                _ => {}
            }
            inp.skip();
        };
        if first.index == next.index {
            inp.report(next, grammar.expected(what, next));
            return Ok(ExprText { span: grammar.gap(next) });
        }
        if !open.is_empty() {
            inp.report(next, unclosed(grammar, &open, next));
        } else if !stop.comma && grammar.before(next).is_some_and(|last| last.is(TokenKind::Comma)) {
            inp.report(next, trailing_comma(grammar, what, next));
        }
        Ok(ExprText { span: grammar.covered(first, next) })
    })
}

/// The finding for brackets that are open at `next`, mended by closing them all.
fn unclosed(grammar: Grammar<'_>, open: &[Lexeme], next: Lexeme) -> Diagnostic {
    let closing: String = open
        .iter()
        .rev()
        .map(|opening| match opening.kind {
            Kind::Token(TokenKind::LParen) => ')',
            Kind::Token(TokenKind::LBracket) => ']',
            _ => '>',
        })
        .collect();
    let first = open.first().copied().unwrap_or(next);
    let message = format!("this `{}` is never closed", grammar.text_of(first));
    Diagnostic::new(syntax::UNCLOSED_BLOCK, first.span(grammar.file), message).fix(
        format!("insert `{closing}`"),
        grammar.gap(next),
        closing,
    )
}

/// Words that go on with a type on the next line.
const TYPE_WORDS: &[&str] =
    &["not", "null", "with", "without", "precision", "local", "time", "zone", "comment"];

/// An SQL type. Never fails. With `in_schema`, a line that starts with a name begins the next column, should the
/// comma be missing.
pub(crate) fn type_text<'t>(
    grammar: Grammar<'t>,
    in_schema: bool,
) -> impl Parser<'t, Input<'t>, TypeText, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        let mut open: Vec<Lexeme> = Vec::new();
        let next = loop {
            let next = inp.next_is(grammar);
            match next.kind {
                Kind::Item | Kind::End => break next,
                Kind::TooDeep => {}
                Kind::Token(kind) => match kind {
                    TokenKind::Comma if open.is_empty() => break next,
                    TokenKind::RBrace
                    | TokenKind::LBrace
                    | TokenKind::LBracket
                    | TokenKind::RBracket
                    | TokenKind::Pipe
                    | TokenKind::Colon
                    | TokenKind::Eq
                    | TokenKind::Triple
                    | TokenKind::UnclosedTriple => break next,
                    TokenKind::LParen | TokenKind::Lt => open.push(next),
                    // A bracket of another kind closes nothing and is the caller's to report.
                    TokenKind::RParen | TokenKind::Gt => {
                        let wanted =
                            if next.is(TokenKind::RParen) { TokenKind::LParen } else { TokenKind::Lt };
                        match open.last() {
                            Some(opening) if opening.is(wanted) => open.pop(),
                            _ => break next,
                        };
                    }
                    _ if next.is_name() && next.line_start && next.index > first.index => {
                        let text = grammar.text_of(next);
                        let goes_on = TYPE_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
                        let column = in_schema && open.is_empty() && !goes_on;
                        if column || (!in_schema && starts_bare_operator(grammar, next)) {
                            break next;
                        }
                    }
                    _ => {}
                },
            }
            inp.skip();
        };
        if first.index == next.index {
            inp.report(next, grammar.expected("a type", next));
        } else if !open.is_empty() {
            inp.report(next, unclosed(grammar, &open, next));
        }
        Ok(TypeText { span: grammar.covered(first, next) })
    })
}
