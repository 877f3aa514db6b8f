//! The smallest parsers. Those that look for something that must be there never fail: they report what is
//! missing, take nothing, and the grammar goes on as if it had been there.

use super::error::SyntaxError;
use super::input::{DocGroup, Input, Kind, Lexeme, Source, shortened};
use crate::ast::{DurLit, Name, NumLit, StrLit, TripleLit};
use crate::literal::{
    duration_millis, meant_duration, triple_info, unescape_double, unescape_single, unquote_name,
};
use crate::token::TokenKind;
use crate::word::Word;
use chumsky::input::InputRef;
use chumsky::prelude::*;
use smol_str::SmolStr;
use streamc_diagnostics::codes::{Code, syntax};
use streamc_diagnostics::{Diagnostic, Span};

/// What the grammar's parsers carry along.
pub(crate) type Extra = extra::Err<SyntaxError>;
/// A rule of the grammar.
pub(crate) type Rule<'t, O> = Boxed<'t, 't, Input<'t>, O, Extra>;
/// A parser's view of the input.
pub(crate) type Cursor<'t, 'p> = InputRef<'t, 'p, Input<'t>, Extra>;

/// The grammar's parsers are methods of this: they look at the file while they are built and while they run.
pub(crate) type Grammar<'t> = &'t Source<'t>;

impl<'t> Source<'t> {
    pub(crate) fn slice(&self, start: u32, end: u32) -> &'t str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    pub(crate) fn text_of(&self, lexeme: Lexeme) -> &'t str {
        self.slice(lexeme.start, lexeme.end)
    }

    /// The lexeme `ahead` places behind `lexeme`, the end of the file where there is none.
    pub(crate) fn after(&self, lexeme: Lexeme, ahead: usize) -> Lexeme {
        let at = (lexeme.index as usize + ahead).min(self.lexemes.len() - 1);
        self.lexemes[at]
    }

    pub(crate) fn before(&self, lexeme: Lexeme) -> Option<Lexeme> {
        self.lexemes.get((lexeme.index as usize).checked_sub(1)?).copied()
    }

    /// Offset behind the token before `lexeme`.
    pub(crate) fn end_before(&self, lexeme: Lexeme) -> u32 {
        self.before(lexeme).map_or(0, |previous| previous.end)
    }

    pub(crate) fn at(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end: end.max(start) }
    }

    /// The bytes of the lexemes from `first` up to and without `next`; empty if there are none.
    pub(crate) fn covered(&self, first: Lexeme, next: Lexeme) -> Span {
        if first.index >= next.index {
            return self.gap(next);
        }
        self.at(first.start, self.end_before(next))
    }

    /// Where something that should stand before `lexeme` is missing: behind the token before it.
    pub(crate) fn gap(&self, lexeme: Lexeme) -> Span {
        let end = self.end_before(lexeme);
        self.at(end, end)
    }

    /// The doc comment before the token at `start`.
    pub(crate) fn docs_before(&self, start: u32) -> Option<String> {
        let at = self.docs.binary_search_by_key(&start, |group: &DocGroup| group.before).ok()?;
        let group = self.docs.get(at)?;
        group.claimed.set(true);
        Some(group.text.clone())
    }

    /// The sentence for "`what` should stand where `found` stands".
    pub(crate) fn expected(&self, what: &str, found: Lexeme) -> Diagnostic {
        let behind = found.ends_item() || found.line_start || found.is(TokenKind::RBrace);
        let (span, message) = if behind {
            let after = self.before(found).map(|previous| shortened(self.text_of(previous)));
            let after = after.map_or(String::new(), |text| format!(" after `{text}`"));
            (self.gap(found), format!("expected {what}{after}"))
        } else {
            (found.span(self.file), format!("expected {what}, found {}", self.described(found)))
        };
        Diagnostic::new(syntax::UNEXPECTED_TOKEN, span, message)
    }

    /// A token as a message quotes it.
    pub(crate) fn described(&self, lexeme: Lexeme) -> String {
        match lexeme.kind {
            Kind::End => "the end of the file".to_owned(),
            Kind::TooDeep => "deeper nesting than is allowed".to_owned(),
            Kind::Token(TokenKind::Triple | TokenKind::UnclosedTriple) => "a `\"\"\"` block".to_owned(),
            _ => format!("`{}`", shortened(self.text_of(lexeme))),
        }
    }

    pub(crate) fn name_of(&self, lexeme: Lexeme) -> Name {
        let text = self.text_of(lexeme);
        let text = if lexeme.is(TokenKind::Ident) || lexeme.kind == Kind::Item {
            SmolStr::new(text)
        } else {
            SmolStr::new(unquote_name(text))
        };
        Name { text, span: lexeme.span(self.file) }
    }

    pub(crate) fn missing_name(&self, found: Lexeme) -> Name {
        Name { text: SmolStr::default(), span: self.gap(found) }
    }

    pub(crate) fn missing_duration(&self, found: Lexeme) -> DurLit {
        DurLit { millis: 0, span: self.gap(found) }
    }

    pub(crate) fn string_of(&self, lexeme: Lexeme) -> StrLit {
        let text = self.text_of(lexeme);
        let quote = text.get(..1).unwrap_or("\"");
        let inner = text.get(1..).unwrap_or_default();
        let inner = if lexeme.is(TokenKind::UnclosedString) {
            inner
        } else {
            inner.strip_suffix(quote).unwrap_or(inner)
        };
        let value = if quote == "'" { unescape_single(inner) } else { unescape_double(inner).0 };
        let content = self.at(lexeme.start + 1, lexeme.start + 1 + inner.len() as u32);
        StrLit { value, span: lexeme.span(self.file), content }
    }

    pub(crate) fn number_of(&self, first: Lexeme, last: Lexeme) -> NumLit {
        let digits = self.text_of(last).replace('_', "");
        let text = if first.index == last.index { digits } else { format!("-{digits}") };
        NumLit { value: text.parse().ok(), text: SmolStr::new(text), span: self.at(first.start, last.end) }
    }

    /// The block of three quotes, with its info word if it may have one.
    pub(crate) fn triple_of(&self, lexeme: Lexeme, may_have_info: bool) -> TripleLit {
        let text = self.text_of(lexeme);
        let inner = text.get(3..).unwrap_or_default();
        let inner =
            if lexeme.is(TokenKind::Triple) { inner.get(..inner.len() - 3).unwrap_or(inner) } else { inner };
        let base = lexeme.start + 3;
        let (info, from) = if may_have_info { triple_info(inner) } else { (None, 0) };
        let info = info.map(|range| Name {
            text: SmolStr::new(inner.get(range.clone()).unwrap_or_default()),
            span: self.at(base + range.start as u32, base + range.end as u32),
        });
        let content = self.at(base + from as u32, base + inner.len() as u32);
        TripleLit { info, content, span: lexeme.span(self.file) }
    }
}

/// What [`InputRef`] lacks: a look at the next lexeme that always gives one, and findings in one call.
pub(crate) trait CursorExt<'t> {
    /// The next lexeme; [`Kind::End`] at the end.
    fn next_is(&mut self, grammar: Grammar<'t>) -> Lexeme;
    /// Reports `diagnostic`, noticed at `found`.
    fn report(&mut self, found: Lexeme, diagnostic: Diagnostic);
}

impl<'t> CursorExt<'t> for Cursor<'t, '_> {
    fn next_is(&mut self, grammar: Grammar<'t>) -> Lexeme {
        self.peek().unwrap_or_else(|| grammar.lexemes[grammar.lexemes.len() - 1])
    }

    fn report(&mut self, found: Lexeme, diagnostic: Diagnostic) {
        if !found.quiet {
            self.emit(SyntaxError::Found { at: found.start, diagnostic: Box::new(diagnostic) });
        }
    }
}

/// A token of that kind, or the alternative does not apply.
pub(crate) fn token<'t>(kind: TokenKind) -> impl Parser<'t, Input<'t>, Lexeme, Extra> + Copy {
    any().filter(move |lexeme: &Lexeme| lexeme.is(kind))
}

/// That word, or the alternative does not apply.
pub(crate) fn word<'t>(word: Word) -> impl Parser<'t, Input<'t>, Lexeme, Extra> + Copy {
    any().filter(move |lexeme: &Lexeme| lexeme.word == word && lexeme.is(TokenKind::Ident))
}

/// The word that starts a declaration, or the alternative does not apply.
pub(crate) fn item_word<'t>(word: Word) -> impl Parser<'t, Input<'t>, Lexeme, Extra> + Copy {
    any().filter(move |lexeme: &Lexeme| lexeme.kind == Kind::Item && lexeme.word == word)
}

/// The next lexeme, not taken.
pub(crate) fn look<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, Lexeme, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| Ok(inp.next_is(grammar)))
}

/// A token of that kind, written `text`. Never fails; its absence is mended by inserting it.
pub(crate) fn expect<'t>(
    grammar: Grammar<'t>,
    kind: TokenKind,
    text: &'static str,
) -> impl Parser<'t, Input<'t>, (), Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is(kind) {
            inp.skip();
        } else {
            let diagnostic = grammar.expected(&format!("`{text}`"), found);
            let inserted = match kind {
                TokenKind::Eq => " =".to_owned(),
                _ => text.to_owned(),
            };
            inp.report(found, diagnostic.fix(format!("insert `{text}`"), grammar.gap(found), inserted));
        }
        Ok(())
    })
}

/// That word. Never fails.
pub(crate) fn expect_word<'t>(
    grammar: Grammar<'t>,
    word: Word,
    text: &'static str,
) -> impl Parser<'t, Input<'t>, (), Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.word == word && found.is(TokenKind::Ident) {
            inp.skip();
        } else {
            inp.report(found, grammar.expected(&format!("`{text}`"), found));
        }
        Ok(())
    })
}

/// A name of one part. Never fails: a missing one is an empty [`Name`].
pub(crate) fn name<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
) -> impl Parser<'t, Input<'t>, Name, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is_name() {
            inp.skip();
            return Ok(grammar.name_of(found));
        }
        inp.report(found, grammar.expected(what, found));
        Ok(grammar.missing_name(found))
    })
}

/// A name that may have several parts: `risky.big`. Never fails. The words of `stop` are no names here, unless
/// they are back-quoted.
pub(crate) fn reference<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
    stop: &'static [Word],
) -> impl Parser<'t, Input<'t>, Name, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        if !first.is_name() || (first.word != Word::None && stop.contains(&first.word)) {
            inp.report(first, grammar.expected(what, first));
            return Ok(grammar.missing_name(first));
        }
        inp.skip();
        let mut name = grammar.name_of(first);
        while inp.next_is(grammar).is(TokenKind::Dot) {
            inp.skip();
            let part = inp.next_is(grammar);
            if !part.is_name() {
                inp.report(part, grammar.expected("a name", part));
                break;
            }
            inp.skip();
            let part = grammar.name_of(part);
            name = Name {
                text: SmolStr::new(format!("{}.{}", name.text, part.text)),
                span: name.span.cover(part.span),
            };
        }
        Ok(name)
    })
}

/// A string of one line. Never fails.
pub(crate) fn string<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
) -> impl Parser<'t, Input<'t>, StrLit, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is_string() {
            inp.skip();
            return Ok(grammar.string_of(found));
        }
        inp.report(found, grammar.expected(what, found));
        let gap = grammar.gap(found);
        Ok(StrLit { value: String::new(), span: gap, content: gap })
    })
}

/// A whole number. Never fails.
pub(crate) fn number<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
) -> impl Parser<'t, Input<'t>, NumLit, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if found.is(TokenKind::Number) {
            inp.skip();
            let literal = grammar.number_of(found, found);
            if literal.value.is_none() {
                let message =
                    format!("expected a whole number, found `{}`", shortened(grammar.text_of(found)));
                inp.report(found, Diagnostic::new(syntax::BAD_LITERAL, literal.span, message));
            }
            return Ok(literal);
        }
        if found.is(TokenKind::BadNumber) {
            inp.skip();
        } else {
            inp.report(found, grammar.expected(what, found));
        }
        Ok(NumLit { text: SmolStr::default(), value: None, span: grammar.gap(found) })
    })
}

/// A duration. Never fails; a number without a unit is taken and reported.
pub(crate) fn duration<'t>(grammar: Grammar<'t>) -> impl Parser<'t, Input<'t>, DurLit, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        let span = found.span(grammar.file);
        match found.kind {
            Kind::Token(TokenKind::Duration) => {
                inp.skip();
                Ok(DurLit { millis: duration_millis(grammar.text_of(found)).unwrap_or_default(), span })
            }
            Kind::Token(TokenKind::BadNumber) => {
                inp.skip();
                Ok(DurLit { millis: 0, span })
            }
            Kind::Token(TokenKind::Number | TokenKind::Size) => {
                let text = grammar.text_of(found);
                // `1 min`, in two words.
                let unit = grammar.after(found, 1);
                let both = grammar.slice(found.start, unit.end);
                if unit.is(TokenKind::Ident)
                    && let Some(meant) = meant_duration(both)
                {
                    let span = span.cover(unit.span(grammar.file));
                    let message = format!("a duration is one word: `{meant}`");
                    let fix = format!("write `{meant}`");
                    let millis = duration_millis(&meant).unwrap_or_default();
                    inp.report(
                        found,
                        Diagnostic::new(syntax::BAD_LITERAL, span, message).fix(fix, span, meant),
                    );
                    inp.skip();
                    inp.skip();
                    return Ok(DurLit { millis, span });
                }
                let message = format!("expected a duration such as `5s`, found `{}`", shortened(text));
                let mut diagnostic = Diagnostic::new(syntax::BAD_LITERAL, span, message)
                    .help("Durations end in `ms`, `s`, `min`, `h` or `d`.");
                if found.is(TokenKind::Number) && text.bytes().all(|b| b.is_ascii_digit()) {
                    diagnostic = diagnostic.fix("say seconds", span, format!("{text}s"));
                }
                inp.report(found, diagnostic);
                inp.skip();
                Ok(DurLit { millis: 0, span })
            }
            _ => {
                inp.report(found, grammar.expected("a duration such as `5s`", found));
                Ok(grammar.missing_duration(found))
            }
        }
    })
}

/// A `"""` block. Never fails.
pub(crate) fn triple<'t>(
    grammar: Grammar<'t>,
    what: &'static str,
    may_have_info: bool,
) -> impl Parser<'t, Input<'t>, TripleLit, Extra> + Copy {
    custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if matches!(found.kind, Kind::Token(TokenKind::Triple | TokenKind::UnclosedTriple)) {
            inp.skip();
            return Ok(grammar.triple_of(found, may_have_info));
        }
        inp.report(found, grammar.expected(what, found));
        let gap = grammar.gap(found);
        Ok(TripleLit { info: None, content: gap, span: gap })
    })
}

/// Takes lexemes up to the first at bracket depth 0 for which `stop` holds, or the end of the declaration.
/// Returns that lexeme.
pub(crate) fn skip_until<'t>(
    grammar: Grammar<'t>,
    inp: &mut Cursor<'t, '_>,
    stop: impl Fn(Lexeme) -> bool,
) -> Lexeme {
    let mut depth = 0usize;
    loop {
        let next = inp.next_is(grammar);
        if next.ends_item() || (depth == 0 && stop(next)) {
            return next;
        }
        match next.kind {
            Kind::Token(TokenKind::LBrace | TokenKind::LParen | TokenKind::LBracket) => depth += 1,
            Kind::Token(TokenKind::RBrace | TokenKind::RParen | TokenKind::RBracket) => {
                depth = depth.saturating_sub(1)
            }
            _ => {}
        }
        inp.skip();
    }
}

/// A finding with a code of its own at a span.
pub(crate) fn finding(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, span, message)
}
