//! Lossless lexer: the texts of the tokens, one after the other, are the source, whatever it is.

use crate::literal::{duration_millis, size_bytes};
use crate::token::{Token, TokenKind};
use crate::word::starts_declaration;
use unicode_ident::{is_xid_continue, is_xid_start};

/// Cuts `text` into tokens. Never fails: what makes no sense becomes a token of a malformed kind.
///
/// Linear in the length of the text, which must be shorter than 4 GiB (see [`crate::decode`]).
pub fn lex(text: &str) -> Vec<Token> {
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: 0, previous: TokenKind::Whitespace, no_comment_end: false };
    let mut tokens = Vec::with_capacity(text.len() / 3);
    while let Some(&first) = lexer.bytes.get(lexer.at) {
        let start = lexer.at;
        let kind = lexer.token(first);
        debug_assert!(lexer.at > start, "every token takes at least one byte");
        lexer.previous = kind;
        tokens.push(Token { kind, start: start as u32, end: lexer.at as u32 });
    }
    tokens
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Kind of the token before this one, blanks included.
    previous: TokenKind,
    /// Set once no `*/` follows, lest every `/*` search the whole rest.
    no_comment_end: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|&b| accept(b)) {
            self.at += 1;
        }
    }

    fn token(&mut self, first: u8) -> TokenKind {
        match first {
            b' ' | b'\t' | b'\r' | b'\n' => {
                self.skip_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
                TokenKind::Whitespace
            }
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'"' if self.rest().starts_with("\"\"\"") => self.triple(),
            b'"' => self.double_quoted(),
            b'\'' => self.doubling(b'\'', TokenKind::SingleQuoted, TokenKind::UnclosedString),
            b'`' => self.doubling(b'`', TokenKind::QuotedIdent, TokenKind::UnclosedQuotedIdent),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() && !self.after_operand() => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.ident();
                TokenKind::Ident
            }
            b if b.is_ascii() => self.punctuation(b),
            _ => self.non_ascii(),
        }
    }

    /// Whether a dot here selects from what stands right before it.
    fn after_operand(&self) -> bool {
        self.previous.is_name()
            || matches!(
                self.previous,
                TokenKind::RParen
                    | TokenKind::RBracket
                    | TokenKind::Dot
                    | TokenKind::DotDot
                    | TokenKind::Number
            )
    }

    fn non_ascii(&mut self) -> TokenKind {
        let Some(c) = self.rest().chars().next() else { return TokenKind::Unknown };
        if is_xid_start(c) {
            self.ident();
            return TokenKind::Ident;
        }
        self.at += c.len_utf8();
        // A byte order mark is as blank as a no-break space.
        if c.is_whitespace() || c == '\u{feff}' { TokenKind::Whitespace } else { TokenKind::Unknown }
    }

    fn ident(&mut self) {
        self.skip_while(|b| b.is_ascii_alphanumeric() || b == b'_');
        while self.peek(0) >= 0x80 {
            match self.rest().chars().next() {
                Some(c) if is_xid_continue(c) => self.at += c.len_utf8(),
                _ => break,
            }
            self.skip_while(|b| b.is_ascii_alphanumeric() || b == b'_');
        }
    }

    fn skip_line(&mut self) {
        self.at = memchr(self.bytes, self.at, b'\n').unwrap_or(self.bytes.len());
        if self.at > 0 && self.at < self.bytes.len() && self.bytes[self.at - 1] == b'\r' {
            self.at -= 1;
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        let kind = match (self.peek(2), self.peek(3)) {
            (b'/', b'/') => TokenKind::LineComment,
            (b'/', _) => TokenKind::DocComment,
            (b'!', _) => TokenKind::FileDocComment,
            _ => TokenKind::LineComment,
        };
        self.skip_line();
        kind
    }

    fn block_comment(&mut self) -> TokenKind {
        let body = self.at + 2;
        if !self.no_comment_end {
            if let Some(length) = self.text.get(body..).and_then(|rest| rest.find("*/")) {
                self.at = body + length + 2;
                return TokenKind::BlockComment;
            }
            self.no_comment_end = true;
        }
        self.at = declaration_line(self.text, body).unwrap_or(self.bytes.len());
        TokenKind::UnclosedComment
    }

    fn triple(&mut self) -> TokenKind {
        let body = self.at + 3;
        let close = self.text.get(body..).and_then(|rest| rest.find("\"\"\"")).map(|length| body + length);
        let limit = close.unwrap_or(self.bytes.len());
        // A line that starts a declaration is never inside: whoever forgot the quotes loses one block, not the file.
        if let Some(line) = declaration_line(self.text.get(..limit).unwrap_or_default(), body) {
            self.at = line;
            return TokenKind::UnclosedTriple;
        }
        match close {
            Some(close) => {
                self.at = close + 3;
                TokenKind::Triple
            }
            None => {
                self.at = self.bytes.len();
                TokenKind::UnclosedTriple
            }
        }
    }

    fn double_quoted(&mut self) -> TokenKind {
        self.at += 1;
        loop {
            self.skip_while(|b| !matches!(b, b'"' | b'\\' | b'\n'));
            match self.peek(0) {
                b'"' => {
                    self.at += 1;
                    return TokenKind::DoubleQuoted;
                }
                b'\\' if !matches!(self.peek(1), b'\n' | b'\r' | 0) => {
                    self.at += 1;
                    let escaped = self.rest().chars().next().map_or(0, char::len_utf8);
                    self.at += escaped;
                }
                b'\\' => self.at += 1,
                _ => return self.cut_off(TokenKind::UnclosedString),
            }
        }
    }

    /// A quoted text in which a doubled quote stands for one.
    fn doubling(&mut self, quote: u8, closed: TokenKind, unclosed: TokenKind) -> TokenKind {
        self.at += 1;
        loop {
            self.skip_while(|b| b != quote && b != b'\n');
            if self.peek(0) != quote {
                return self.cut_off(unclosed);
            }
            self.at += 1;
            if self.peek(0) != quote {
                return closed;
            }
            self.at += 1;
        }
    }

    /// Leaves the carriage return of a CRLF line end out of a token that the line end cuts off.
    fn cut_off(&mut self, kind: TokenKind) -> TokenKind {
        if self.at < self.bytes.len() && self.bytes[self.at - 1] == b'\r' {
            self.at -= 1;
        }
        kind
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let digit = |b: u8| b.is_ascii_digit() || b == b'_';
        self.skip_while(digit);
        let mut whole = true;
        if self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
            whole = false;
            self.at += 1;
            self.skip_while(digit);
        }
        let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
        if matches!(self.peek(0), b'e' | b'E') && self.peek(1 + sign).is_ascii_digit() {
            whole = false;
            self.at += 1 + sign;
            self.skip_while(digit);
        }
        let unit = self.at;
        self.ident();
        let text = self.text.get(start..self.at).unwrap_or_default();
        if self.at == unit {
            if text.ends_with('_') { TokenKind::BadNumber } else { TokenKind::Number }
        } else if !whole {
            TokenKind::BadNumber
        } else if duration_millis(text).is_some() {
            TokenKind::Duration
        } else if size_bytes(text).is_some() {
            TokenKind::Size
        } else {
            TokenKind::BadNumber
        }
    }

    fn punctuation(&mut self, first: u8) -> TokenKind {
        let (kind, length) = match (first, self.peek(1)) {
            (b'(', _) => (TokenKind::LParen, 1),
            (b')', _) => (TokenKind::RParen, 1),
            (b'[', _) => (TokenKind::LBracket, 1),
            (b']', _) => (TokenKind::RBracket, 1),
            (b'{', _) => (TokenKind::LBrace, 1),
            (b'}', _) => (TokenKind::RBrace, 1),
            (b',', _) => (TokenKind::Comma, 1),
            (b';', _) => (TokenKind::Semicolon, 1),
            (b':', b':') => (TokenKind::ColonColon, 2),
            (b':', _) => (TokenKind::Colon, 1),
            (b'.', b'.') => (TokenKind::DotDot, 2),
            (b'.', _) => (TokenKind::Dot, 1),
            (b'=', b'=') => (TokenKind::EqEq, 2),
            (b'=', b'>') => (TokenKind::FatArrow, 2),
            (b'=', _) => (TokenKind::Eq, 1),
            (b'<', b'>') | (b'!', b'=') => (TokenKind::NotEq, 2),
            (b'<', b'=') => (TokenKind::LtEq, 2),
            (b'<', _) => (TokenKind::Lt, 1),
            (b'>', b'=') => (TokenKind::GtEq, 2),
            (b'>', _) => (TokenKind::Gt, 1),
            (b'|', b'|') => (TokenKind::PipePipe, 2),
            (b'|', _) => (TokenKind::Pipe, 1),
            (b'-', b'>') => (TokenKind::Arrow, 2),
            (b'-', _) => (TokenKind::Minus, 1),
            (b'+', _) => (TokenKind::Plus, 1),
            (b'*', _) => (TokenKind::Star, 1),
            (b'/', _) => (TokenKind::Slash, 1),
            (b'%', _) => (TokenKind::Percent, 1),
            (b'\x0b' | b'\x0c', _) => (TokenKind::Whitespace, 1),
            _ => (TokenKind::Unknown, 1),
        };
        self.at += length;
        kind
    }
}

fn memchr(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|&b| b == wanted).map(|at| from + at)
}

/// Offset of the first line behind `from` that starts a declaration, or of the comments right above it.
fn declaration_line(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    let mut comments: Option<usize> = None;
    while let Some(line) = memchr(text.as_bytes(), at, b'\n').map(|end| end + 1) {
        let rest = text.get(line..).unwrap_or_default();
        if starts_declaration(rest) {
            return Some(comments.unwrap_or(line));
        }
        if rest.starts_with("//") {
            comments.get_or_insert(line);
        } else {
            comments = None;
        }
        at = line;
    }
    None
}
