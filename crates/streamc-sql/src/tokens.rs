//! Tokens with the bytes of the `.stream` file that they stand for.
//!
//! sqlparser's `Location` is two integers that it only copies around. They are filled here: line 1, column = offset of
//! the byte in the file + 1. So the spans of its tree and the positions in its errors are bytes of the file, whatever
//! the text holds.

use crate::dialect::FlinkDialect;
use crate::prefixed::prefixed;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};
use streamc_diagnostics::codes::types::{SQL_SYNTAX, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_syntax::{TokenKind, literal};

/// The tokens of one query or expression, without blanks and comments.
pub(crate) struct Tokens {
    /// In order, with rebased locations.
    pub(crate) list: Vec<TokenWithSpan>,
    /// Bytes of each.
    ranges: Vec<(u32, u32)>,
    /// Comments that are hints, each with the index of the token before it.
    pub(crate) hints: Vec<(Option<usize>, Span)>,
    /// The whole text.
    pub(crate) whole: Span,
}

fn location(byte: u32) -> Location {
    Location::new(1, u64::from(byte) + 1)
}

/// The bytes that a rebased location range stands for; `None` for nodes that sqlparser gives no place.
pub(crate) fn bytes(span: sqlparser::tokenizer::Span) -> Option<(u32, u32)> {
    let at = |l: Location| (l.line == 1 && l.column > 0).then(|| (l.column - 1) as u32);
    Some((at(span.start)?, at(span.end)?))
}

impl Tokens {
    fn new(whole: Span) -> Self {
        Self { list: Vec::new(), ranges: Vec::new(), hints: Vec::new(), whole }
    }

    fn push(&mut self, token: Token, start: u32, end: u32) {
        self.list.push(TokenWithSpan::new(
            token,
            sqlparser::tokenizer::Span { start: location(start), end: location(end) },
        ));
        self.ranges.push((start, end));
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.whole.file, start, end }
    }

    /// The span of token `index`; an empty one behind the last token if there is none.
    pub(crate) fn at(&self, index: usize) -> Span {
        match self.ranges.get(index) {
            Some((start, end)) => self.span(*start, *end),
            None => self.end(),
        }
    }

    /// The place of a span in sqlparser's tree.
    pub(crate) fn place(span: Span) -> sqlparser::tokenizer::Span {
        sqlparser::tokenizer::Span { start: location(span.start), end: location(span.end) }
    }

    /// The empty span behind the last token.
    pub(crate) fn end(&self) -> Span {
        let end = self.ranges.last().map_or(self.whole.start, |r| r.1);
        self.span(end, end)
    }

    /// Index of the first token that starts at `byte` or later.
    pub(crate) fn from(&self, byte: u32) -> usize {
        self.ranges.partition_point(|r| r.0 < byte)
    }

    /// The token at `index`.
    pub(crate) fn get(&self, index: usize) -> Option<&Token> {
        self.list.get(index).map(|t| &t.token)
    }

    /// Whether the token at `index` is that word, unquoted, in any case of letters.
    pub(crate) fn is_word(&self, index: usize, word: &str) -> bool {
        matches!(self.get(index), Some(Token::Word(w)) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
    }

    /// Index of the parenthesis or bracket that closes the one at `open`.
    pub(crate) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (i, token) in self.list.iter().enumerate().skip(open) {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(i);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Widens `span` by so many tokens on either side.
    pub(crate) fn widen(&self, span: Span, before: usize, after: usize) -> Span {
        let first = self.from(span.start).saturating_sub(before);
        let last = self.from(span.end) + after;
        let end = if last == 0 { span.end } else { self.at(last - 1).end.max(span.end) };
        self.span(self.at(first).start.min(span.start), end)
    }

    /// The tokens of a pipe's expression, by the lexer of the language.
    pub(crate) fn of_pipe(source: &str, whole: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut tokens = Self::new(whole);
        let text = source.get(whole.range()).unwrap_or_default();
        let mut ok = true;
        for token in streamc_syntax::lex(text) {
            let slice = token.text(text);
            let (start, end) = (whole.start + token.start, whole.start + token.end);
            let sql = match token.kind {
                kind if kind.is_trivia() => continue,
                TokenKind::Ident => Token::make_word(slice, None),
                TokenKind::QuotedIdent => Token::make_word(&literal::unquote_name(slice), Some('`')),
                TokenKind::Number => Token::Number(slice.replace('_', ""), false),
                TokenKind::Duration => match literal::duration_millis(slice) {
                    Some(millis) => Token::Placeholder(format!("{DURATION}{millis}")),
                    None => {
                        ok = false;
                        diagnostics.push(Diagnostic::new(
                            SQL_SYNTAX,
                            tokens.span(start, end),
                            format!("the duration `{slice}` is too long"),
                        ));
                        continue;
                    }
                },
                TokenKind::SingleQuoted => {
                    let inner = slice.get(1..slice.len().saturating_sub(1)).unwrap_or_default();
                    let last = tokens.list.len().wrapping_sub(1);
                    if tokens.is_word(last, "X") {
                        // `X'00ff'`: to the language a word and a string.
                        let start = tokens.at(last).start;
                        tokens.list.pop();
                        tokens.ranges.pop();
                        tokens.push(Token::HexStringLiteral(inner.to_owned()), start, end);
                        continue;
                    }
                    Token::SingleQuotedString(literal::unescape_single(inner))
                }
                TokenKind::DoubleQuoted => {
                    ok = false;
                    diagnostics.push(double_quoted(slice, tokens.span(start, end)));
                    continue;
                }
                // The parser of the language has reported these.
                TokenKind::UnclosedString
                | TokenKind::UnclosedTriple
                | TokenKind::UnclosedQuotedIdent
                | TokenKind::BadNumber
                | TokenKind::Unknown => {
                    ok = false;
                    continue;
                }
                kind => match symbol(kind) {
                    Some(token) => token,
                    None => {
                        ok = false;
                        let message = format!("`{slice}` has no meaning in an expression");
                        diagnostics.push(Diagnostic::new(SQL_SYNTAX, tokens.span(start, end), message));
                        continue;
                    }
                },
            };
            tokens.push(sql, start, end);
        }
        ok.then_some(tokens)
    }

    /// The hint directly behind token `index`.
    pub(crate) fn hint_behind(&self, index: usize) -> Option<Span> {
        self.hints.iter().find(|(before, _)| *before == Some(index)).map(|(_, span)| *span)
    }

    /// The tokens inside a hint, `/*+ … */`, at `span`; `None` if it holds what is no token.
    pub(crate) fn of_hint(source: &str, span: Span) -> Option<Self> {
        let inner = Span { start: span.start + 3, end: span.end.saturating_sub(2), ..span };
        let text = source.get(inner.range())?;
        let mut lines = Lines::new(text, inner.start);
        let mut tokens = Self::new(inner);
        for token in Tokenizer::new(&FlinkDialect { reserved: false }, text).tokenize_with_location().ok()? {
            let (start, end) = (lines.offset(token.span.start), lines.offset(token.span.end));
            if !matches!(token.token, Token::Whitespace(_) | Token::EOF) {
                tokens.push(token.token, start, end);
            }
        }
        Some(tokens)
    }

    /// The tokens of a query, by sqlparser's tokenizer. What would be misread later is refused here: hints, number
    /// suffixes, prefixed strings, double quotes.
    pub(crate) fn of_query(source: &str, whole: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let text = source.get(whole.range()).unwrap_or_default();
        let mut lines = Lines::new(text, whole.start);
        let mut tokens = Self::new(whole);
        let list = match Tokenizer::new(&FlinkDialect { reserved: true }, text).tokenize_with_location() {
            Ok(list) => list,
            Err(e) => {
                let start = lines.offset(e.location);
                let rest = source.get(start as usize..whole.end as usize).unwrap_or_default();
                let end = start + rest.chars().next().map_or(0, |c| c.len_utf8() as u32);
                let at = tokens.span(start, end);
                let message = match e.message.as_str() {
                    m if m.contains("string literal") => "this string lacks its closing `'`".to_owned(),
                    m if m.contains("close delimiter") => "this name lacks its closing back quote".to_owned(),
                    m if m.contains("multi-line comment") => "a comment lacks its closing `*/`".to_owned(),
                    m => crate::parse::lower_first(m),
                };
                diagnostics.push(Diagnostic::new(SQL_SYNTAX, at, message));
                return None;
            }
        };
        let mut ok = true;
        let mut refuse = |d: Diagnostic| {
            ok = false;
            diagnostics.push(d);
        };
        let mut before: Option<(Token, u32)> = None;
        // Where a quantifier may have a `?`: in the parentheses of `PATTERN`, and how deep.
        let mut pattern = 0usize;
        let mut at = 0;
        while let Some(token) = list.get(at).cloned() {
            let literal = prefixed(&list[at..]);
            at += literal.as_ref().map_or(1, |literal| literal.tokens);
            let last = list[at - 1].span.end;
            let (start, end) = (lines.offset(token.span.start), lines.offset(last));
            let span = tokens.span(start, end);
            let token = match literal.map(|literal| literal.text) {
                None => token,
                Some(Ok(text)) => TokenWithSpan { token: Token::SingleQuotedString(text), ..token },
                Some(Err((message, help))) => {
                    refuse(Diagnostic::new(SQL_UNSUPPORTED, span, message).help(help));
                    continue;
                }
            };
            let slice = source.get(span.range()).unwrap_or_default();
            match &token.token {
                Token::LParen
                    if pattern > 0 || tokens.is_word(tokens.list.len().wrapping_sub(1), "PATTERN") =>
                {
                    pattern += 1;
                }
                Token::RParen => pattern = pattern.saturating_sub(1),
                Token::Placeholder(text) if pattern > 0 && text == "?" => {
                    tokens.push(token.token.clone(), start, end);
                    before = Some((token.token, end));
                    continue;
                }
                _ => {}
            }
            let touching = before.as_ref().filter(|(_, at)| *at == start).map(|(t, _)| t);
            match (&token.token, touching) {
                (Token::Whitespace(Whitespace::MultiLineComment(comment)), _) if comment.starts_with('+') => {
                    tokens.hints.push((tokens.list.len().checked_sub(1), span));
                }
                (Token::Whitespace(_) | Token::EOF, _) => {}
                (Token::Word(w), Some(Token::Number(n, _))) if w.quote_style.is_none() => refuse(
                    Diagnostic::new(
                        SQL_SYNTAX,
                        tokens.span(start - n.len().min(start as usize) as u32, end),
                        format!("`{n}{}` is neither a number nor a name", w.value),
                    )
                    .help("write a type with a cast: `CAST(1 AS DOUBLE)`; put a name that starts with a digit in back quotes"),
                ),
                (Token::HexStringLiteral(_), _) if slice.starts_with('0') => refuse(
                    Diagnostic::new(SQL_SYNTAX, span, format!("`{slice}` is neither a number nor a name"))
                        .help("bytes are written `X'1F'`; there are no hexadecimal numbers"),
                ),
                (Token::SingleQuotedString(_), Some(Token::Word(w))) if w.quote_style.is_none() => refuse(
                    Diagnostic::new(SQL_SYNTAX, span, format!("`{}` directly before a string has no meaning", w.value))
                        .help("put a blank between them"),
                ),
                (Token::SingleQuotedString(_), Some(Token::SingleQuotedString(_))) => refuse(Diagnostic::new(
                    SQL_SYNTAX,
                    span,
                    "two strings stand side by side",
                )),
                (Token::DoubleQuotedString(_), _) => refuse(double_quoted(slice, span)),
                (Token::Word(w), _) if w.quote_style == Some('"') => refuse(double_quoted(slice, span)),
                (Token::Neq, _) if slice == "!=" => refuse(
                    Diagnostic::new(SQL_SYNTAX, span, "`!=` is written `<>` in Flink SQL")
                        .fix("change `!=` to `<>`", span, "<>"),
                ),
                (Token::DoubleEq, _) => refuse(
                    Diagnostic::new(SQL_SYNTAX, span, "`==` is written `=` in SQL").fix(
                        "change `==` to `=`",
                        span,
                        "=",
                    ),
                ),
                (
                    Token::UnicodeStringLiteral(_)
                    | Token::SingleQuotedByteStringLiteral(_)
                    | Token::SingleQuotedRawStringLiteral(_)
                    | Token::DollarQuotedString(_)
                    | Token::TripleSingleQuotedString(_)
                    | Token::Placeholder(_),
                    _,
                ) => refuse(Diagnostic::new(SQL_UNSUPPORTED, span, format!("`{slice}` is not supported"))),
                (Token::SemiColon, _) => refuse(
                    Diagnostic::new(SQL_SYNTAX, span, "a stream is one query, without `;`").fix(
                        "remove the `;`",
                        span,
                        "",
                    ),
                ),
                _ => {}
            }
            before = Some((token.token.clone(), end));
            if !matches!(token.token, Token::Whitespace(_) | Token::EOF) {
                tokens.push(token.token, start, end);
            }
        }
        ok.then_some(tokens)
    }
}

/// Start of the placeholder that stands for a duration; milliseconds follow.
pub(crate) const DURATION: char = '\u{1}';

fn double_quoted(slice: &str, span: Span) -> Diagnostic {
    let inner = slice.get(1..slice.len().saturating_sub(1)).unwrap_or_default();
    Diagnostic::new(SQL_SYNTAX, span, "double quotes have no meaning in SQL")
        .help("a string stands in single quotes, a name in back quotes")
        .fix("write a string", span, format!("'{}'", inner.replace('\'', "''")))
        .fix("write a name", span, format!("`{}`", inner.replace('`', "``")))
}

fn symbol(kind: TokenKind) -> Option<Token> {
    Some(match kind {
        TokenKind::LParen => Token::LParen,
        TokenKind::RParen => Token::RParen,
        TokenKind::LBracket => Token::LBracket,
        TokenKind::RBracket => Token::RBracket,
        TokenKind::Comma => Token::Comma,
        TokenKind::Dot => Token::Period,
        TokenKind::Eq | TokenKind::EqEq => Token::Eq,
        TokenKind::NotEq => Token::Neq,
        TokenKind::Lt => Token::Lt,
        TokenKind::LtEq => Token::LtEq,
        TokenKind::Gt => Token::Gt,
        TokenKind::GtEq => Token::GtEq,
        TokenKind::Plus => Token::Plus,
        TokenKind::Minus => Token::Minus,
        TokenKind::Star => Token::Mul,
        TokenKind::Slash => Token::Div,
        TokenKind::Percent => Token::Mod,
        TokenKind::PipePipe => Token::StringConcat,
        TokenKind::FatArrow => Token::RArrow,
        _ => return None,
    })
}

/// Byte offsets of sqlparser's locations, which count lines and characters. Asked for in ascending order.
struct Lines<'a> {
    rest: std::str::Chars<'a>,
    line: u64,
    column: u64,
    byte: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, base: u32) -> Self {
        Self { rest: text.chars(), line: 1, column: 1, byte: base }
    }

    fn offset(&mut self, at: Location) -> u32 {
        while (self.line, self.column) < (at.line, at.column) {
            let Some(c) = self.rest.next() else { break };
            self.byte += c.len_utf8() as u32;
            if c == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.byte
    }
}
