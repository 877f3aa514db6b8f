//! Common slips, told in words: what sqlparser did not expect, with the tokens around it.

use crate::tokens::Tokens;
use sqlparser::tokenizer::Token;
use streamc_diagnostics::codes::types::{SQL_SYNTAX, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};

/// Words that clauses begin with, which people mistype.
const CLAUSES: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "ORDER",
    "HAVING",
    "JOIN",
    "UNION",
    "LIMIT",
    "PARTITION",
    "BETWEEN",
];

/// What is wrong at token `index`, where `wanted` was expected, if it is one of the slips that people make.
pub(crate) fn explain(source: &str, tokens: &Tokens, wanted: &str, index: usize) -> Option<Diagnostic> {
    let slips = Slips { source, tokens, index, expression: wanted == "an expression" };
    let listed = matches!(wanted, "the end of the query" | "`)`");
    slips
        .comma()
        .or_else(|| slips.star())
        .or_else(|| slips.parenthesis())
        .or_else(|| slips.by())
        .or_else(|| slips.misspelt())
        .or_else(|| slips.empty_list())
        .or_else(|| slips.reserved())
        .or_else(|| slips.missing_comma().filter(|_| listed))
}

struct Slips<'a> {
    source: &'a str,
    tokens: &'a Tokens,
    /// The token that was not expected.
    index: usize,
    /// Whether an expression was expected there.
    expression: bool,
}

impl Slips<'_> {
    fn text(&self, index: usize) -> &str {
        self.source.get(self.tokens.at(index).range()).unwrap_or_default()
    }

    /// The bare word at `index`, in capitals.
    fn word(&self, index: usize) -> Option<String> {
        match self.tokens.get(index) {
            Some(Token::Word(w)) if w.quote_style.is_none() => Some(w.value.to_ascii_uppercase()),
            _ => None,
        }
    }

    fn is_end(&self) -> bool {
        self.index >= self.tokens.list.len()
    }

    fn gap(&self, before: usize) -> Span {
        let at = self.tokens.at(before);
        Span { end: at.start, ..at }
    }

    /// `SELECT a, FROM t`, `f(a, )`
    fn comma(&self) -> Option<Diagnostic> {
        let comma = self.index.checked_sub(1)?;
        let closes = self.is_end()
            || matches!(self.tokens.get(self.index), Some(Token::RParen | Token::RBracket))
            || self.word(self.index).is_some_and(|w| w == "FROM" || w == "WHERE");
        (self.tokens.get(comma) == Some(&Token::Comma) && self.expression && closes).then(|| {
            let at = self.tokens.at(comma);
            Diagnostic::new(SQL_SYNTAX, at, "nothing comes behind this comma").fix("remove it", at, "")
        })
    }

    /// `SELECT * EXCEPT (a)`
    fn star(&self) -> Option<Diagnostic> {
        let behind = |index: usize| {
            let word = self
                .word(index)
                .filter(|w| ["EXCEPT", "EXCLUDE", "REPLACE", "RENAME"].contains(&w.as_str()))?;
            let star = self.tokens.get(index.checked_sub(1)?) == Some(&Token::Mul);
            star.then_some((index, word))
        };
        let (at, word) = behind(self.index)
            .or_else(|| behind(self.index.checked_sub(2)?))
            .or_else(|| behind(self.index.checked_sub(1)?))?;
        let message = format!("`* {word}` is not supported: Flink has no such form");
        Some(
            Diagnostic::new(SQL_UNSUPPORTED, self.tokens.at(at), message)
                .help("name the columns that you want"),
        )
    }

    /// One parenthesis too few, or too many.
    fn parenthesis(&self) -> Option<Diagnostic> {
        let mut open: Vec<usize> = Vec::new();
        for (i, token) in self.tokens.list.iter().enumerate().take(self.index + 1) {
            match token.token {
                Token::LParen => open.push(i),
                Token::RParen if open.pop().is_none() => {
                    if i != self.index {
                        return None;
                    }
                    let at = self.tokens.at(i);
                    let d = Diagnostic::new(SQL_SYNTAX, at, "this `)` closes nothing");
                    return Some(d.fix("remove it", at, ""));
                }
                _ => {}
            }
        }
        let first = *open.last().filter(|_| self.is_end())?;
        let at = self.tokens.at(first);
        let end = self.tokens.end();
        Some(Diagnostic::new(SQL_SYNTAX, at, "this `(` is never closed").fix("close it at the end", end, ")"))
    }

    /// `GROUP country`
    fn by(&self) -> Option<Diagnostic> {
        let is_one = |index: usize| {
            let word = self.word(index).filter(|w| ["GROUP", "ORDER", "PARTITION"].contains(&w.as_str()));
            word.filter(|_| self.word(index + 1).is_some_and(|next| next != "BY")).map(|word| (index, word))
        };
        let (index, word) = is_one(self.index).or_else(|| is_one(self.index.checked_sub(1)?))?;
        // `SELECT group FROM t`: a column.
        if self.word(index + 1).is_some_and(|w| w == "FROM") {
            return None;
        }
        let behind = Span { start: self.tokens.at(index).end, ..self.tokens.at(index) };
        let message = format!("`{word}` is followed by `BY`");
        Some(Diagnostic::new(SQL_SYNTAX, self.tokens.at(index), message).fix("insert `BY`", behind, " BY"))
    }

    /// `SELECT a FORM t`: the word before the one that was not expected, or that one, is nearly a clause's.
    fn misspelt(&self) -> Option<Diagnostic> {
        let near = |index: usize| {
            let word = self.word(index).filter(|w| w.len() >= 4 && !crate::words::is_reserved(w))?;
            let close = did_you_mean(&word, CLAUSES.iter().copied())?;
            (word.len().abs_diff(close.len()) <= 1 && word.chars().next() == close.chars().next())
                .then_some((index, close))
        };
        let (index, close) = near(self.index).or_else(|| near(self.index.checked_sub(1)?))?;
        let (at, found) = (self.tokens.at(index), self.text(index));
        let d = Diagnostic::new(SQL_SYNTAX, at, format!("`{found}` is likely meant to be `{close}`"));
        Some(d.fix(format!("change `{found}` to `{close}`"), at, close))
    }

    /// `SELECT FROM t`
    fn empty_list(&self) -> Option<Diagnostic> {
        let before = self.word(self.index.checked_sub(1)?)?;
        (before == "SELECT" && self.word(self.index)? == "FROM").then(|| {
            let at = self.tokens.at(self.index);
            Diagnostic::new(SQL_SYNTAX, at, "nothing is selected: expected columns before `FROM`").fix(
                "select all columns",
                self.gap(self.index),
                "* ",
            )
        })
    }

    /// A reserved word as the name of a column: `SELECT order FROM t`.
    fn reserved(&self) -> Option<Diagnostic> {
        let word = self.word(self.index).filter(|_| self.expression)?;
        let names =
            ["ORDER", "GROUP", "TO", "END", "SET", "ON", "USING", "FOR", "OVER", "WINDOW", "LIKE", "ESCAPE"];
        let behind =
            matches!(self.tokens.get(self.index + 1), None | Some(Token::Comma | Token::Eq | Token::RParen))
                || self
                    .word(self.index + 1)
                    .is_some_and(|w| ["FROM", "AS", "IS", "DESC", "ASC"].contains(&w.as_str()));
        (names.contains(&word.as_str()) && behind)
            .then(|| crate::parse::reserved(self.text(self.index), self.tokens.at(self.index)))
    }

    /// `SELECT a b c FROM t`: a comma between two columns.
    fn missing_comma(&self) -> Option<Diagnostic> {
        let value = |index: usize| {
            matches!(
                self.tokens.get(index),
                Some(Token::Number(..) | Token::SingleQuotedString(_) | Token::RParen | Token::RBracket)
            ) || self.word(index).is_some_and(|w| !crate::words::is_clause(&w))
                || matches!(self.tokens.get(index), Some(Token::Word(w)) if w.quote_style.is_some())
        };
        if self.expression || !value(self.index.checked_sub(1)?) || !value(self.index) {
            return None;
        }
        // Among the columns: between `SELECT` and `FROM`, outside of parentheses.
        let (mut depth, mut within) = (0usize, false);
        for index in (0..self.index).rev() {
            match self.tokens.get(index) {
                Some(Token::RParen) => depth += 1,
                Some(Token::LParen) => depth = depth.checked_sub(1)?,
                _ if depth > 0 => {}
                _ => match self.word(index).as_deref() {
                    Some("SELECT") => {
                        within = true;
                        break;
                    }
                    Some("FROM" | "WHERE" | "HAVING" | "JOIN" | "ON") => return None,
                    _ => {}
                },
            }
        }
        if !within {
            return None;
        }
        let (at, found) = (self.tokens.at(self.index), self.text(self.index));
        let behind = self.tokens.at(self.index.checked_sub(1)?);
        let message = format!("expected `,` or `FROM` before `{found}`");
        let gap = Span { start: behind.end, ..behind };
        Some(Diagnostic::new(SQL_SYNTAX, at, message).fix("insert a comma", gap, ","))
    }
}
