//! What the grammar reads: the tokens without trivia, each with what a look ahead or behind would tell about it.
//!
//! Here too, once and in one place: where declarations start, how deep brackets may nest, which doc comment
//! belongs to which token, and what the lexer found malformed.

use crate::literal::{meant_duration, unescape_double};
use crate::token::{Token, TokenKind};
use crate::word::{Word, declaration_words};
use std::cell::Cell;
use streamc_diagnostics::codes::syntax;
use streamc_diagnostics::{Diagnostic, FileId, Span, did_you_mean};

/// How deep brackets of all kinds may nest.
pub(crate) const MAX_DEPTH: u32 = 128;

/// The grammar's input.
pub(crate) type Input<'t> = &'t [Lexeme];

/// The kinds that the grammar tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word that starts a declaration: the place to resynchronise at.
    Item,
    /// Stands for all that is nested too deep.
    TooDeep,
    /// Behind the last token.
    End,
    /// Any other token.
    Token(TokenKind),
}

/// A token as the grammar sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub(crate) kind: Kind,
    pub(crate) word: Word,
    /// First of its line.
    pub(crate) line_start: bool,
    /// First of its line, in the first column.
    pub(crate) first_column: bool,
    /// Follows something that the lexer has reported: what is wrong here is a consequence.
    pub(crate) quiet: bool,
    /// Its number in the input.
    pub(crate) index: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Lexeme {
    pub(crate) fn is(self, kind: TokenKind) -> bool {
        self.kind == Kind::Token(kind)
    }

    /// A plain or back-quoted name.
    pub(crate) fn is_name(self) -> bool {
        matches!(self.kind, Kind::Token(kind) if kind.is_name())
    }

    /// A string of one line.
    pub(crate) fn is_string(self) -> bool {
        matches!(
            self.kind,
            Kind::Token(TokenKind::DoubleQuoted | TokenKind::SingleQuoted | TokenKind::UnclosedString)
        )
    }

    /// Where a declaration starts, or the file ends.
    pub(crate) fn ends_item(self) -> bool {
        matches!(self.kind, Kind::Item | Kind::End)
    }

    pub(crate) fn span(self, file: FileId) -> Span {
        Span { file, start: self.start, end: self.end }
    }
}

/// A doc comment and the token that it stands before.
#[derive(Debug)]
pub(crate) struct DocGroup {
    /// Offset of that token.
    pub(crate) before: u32,
    /// Offsets of the first and behind the last line.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The lines, without slashes.
    pub(crate) text: String,
    /// Whether a node has taken it.
    pub(crate) claimed: Cell<bool>,
}

/// A file, ready for the grammar.
#[derive(Debug)]
pub(crate) struct Source<'t> {
    pub(crate) file: FileId,
    pub(crate) text: &'t str,
    pub(crate) lexemes: Vec<Lexeme>,
    pub(crate) docs: Vec<DocGroup>,
    /// `//!` lines at the head.
    pub(crate) file_docs: Vec<Token>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Offsets at which text nested too deep starts.
    pub(crate) too_deep: Vec<u32>,
}

/// The text of a doc comment's line behind its three marks and one blank.
pub(crate) fn doc_text(comment: &str) -> &str {
    let text = comment.get(3..).unwrap_or_default();
    text.strip_prefix(' ').unwrap_or(text).trim_end()
}

impl<'t> Source<'t> {
    /// Sorts out `tokens`, the lexer's answer for `text`.
    pub(crate) fn new(file: FileId, text: &'t str, tokens: &[Token]) -> Self {
        let mut source = Self {
            file,
            text,
            lexemes: Vec::with_capacity(tokens.len() / 2 + 1),
            docs: Vec::new(),
            file_docs: Vec::new(),
            diagnostics: Vec::new(),
            too_deep: Vec::new(),
        };
        source.collect(tokens);
        source.mark_items_and_depth();
        source
    }

    /// Offsets of the words that start declarations.
    pub(crate) fn item_starts(&self) -> impl Iterator<Item = u32> + '_ {
        self.lexemes.iter().filter(|lexeme| lexeme.kind == Kind::Item).map(|lexeme| lexeme.start)
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end }
    }

    fn collect(&mut self, tokens: &[Token]) {
        let mut line_start = true;
        let mut first_column = true;
        let mut quiet = false;
        let mut pending: Vec<Token> = Vec::new();
        for (number, &token) in tokens.iter().enumerate() {
            let text = token.text(self.text);
            match token.kind {
                TokenKind::Whitespace => {
                    if let Some(at) = text.rfind('\n') {
                        line_start = true;
                        first_column = at + 1 == text.len();
                    } else {
                        first_column &= token.start == 0 && text == "\u{feff}";
                    }
                    continue;
                }
                TokenKind::LineComment | TokenKind::BlockComment => {
                    if text.contains('\n') {
                        line_start = true;
                    }
                    first_column = false;
                    continue;
                }
                TokenKind::UnclosedComment => {
                    let opening = self.span(token.start, token.start + 2);
                    self.diagnostics.push(
                        Diagnostic::new(syntax::UNCLOSED_COMMENT, opening, "this comment is never closed")
                            .fix("close the comment", self.trimmed_end(token), " */"),
                    );
                    line_start = true;
                    first_column = true;
                    continue;
                }
                TokenKind::DocComment => {
                    pending.push(token);
                    first_column = false;
                    continue;
                }
                TokenKind::FileDocComment => {
                    if self.lexemes.is_empty() && pending.is_empty() {
                        self.file_docs.push(token);
                    } else {
                        self.diagnostics.push(
                            Diagnostic::new(
                                syntax::MISPLACED_DOC,
                                self.span(token.start, token.end),
                                "`//!` documents the file and belongs at its head",
                            )
                            .help("Move it above everything else, or write `//` for a comment."),
                        );
                    }
                    first_column = false;
                    continue;
                }
                TokenKind::Unknown => {
                    let continues = number.checked_sub(1).and_then(|n| tokens.get(n)).map(|t| t.kind);
                    if continues != Some(TokenKind::Unknown) {
                        self.unknown_character(token, text);
                    }
                    quiet = true;
                    continue;
                }
                TokenKind::Semicolon => {
                    let span = self.span(token.start, token.end);
                    self.diagnostics.push(
                        Diagnostic::new(syntax::UNEXPECTED_TOKEN, span, "nothing ends with `;` here").fix(
                            "remove `;`",
                            span,
                            "",
                        ),
                    );
                    continue;
                }
                _ => {}
            }
            if !pending.is_empty() {
                self.docs.push(self.doc_group(&pending, token.start));
                pending.clear();
            }
            let malformed = self.report_malformed(token, text);
            let word = if token.kind == TokenKind::Ident { Word::of(text) } else { Word::None };
            self.lexemes.push(Lexeme {
                kind: Kind::Token(token.kind),
                word,
                line_start,
                first_column,
                quiet,
                index: 0,
                start: token.start,
                end: token.end,
            });
            quiet = malformed;
            // A block that was cut off ends right before a line.
            line_start = token.kind == TokenKind::UnclosedTriple;
            first_column = line_start;
        }
        let end = self.text.len() as u32;
        if !pending.is_empty() {
            self.docs.push(self.doc_group(&pending, end));
        }
        self.lexemes.push(Lexeme {
            kind: Kind::End,
            word: Word::None,
            line_start: true,
            first_column: true,
            quiet,
            index: 0,
            start: end,
            end,
        });
    }

    fn doc_group(&self, lines: &[Token], before: u32) -> DocGroup {
        let text = lines.iter().map(|line| doc_text(line.text(self.text))).collect::<Vec<_>>().join("\n");
        DocGroup {
            before,
            start: lines.first().map_or(before, |line| line.start),
            end: lines.last().map_or(before, |line| line.end),
            text,
            claimed: Cell::new(false),
        }
    }

    /// The empty span behind the last character of `token` that is not blank.
    fn trimmed_end(&self, token: Token) -> Span {
        let end = token.start + token.text(self.text).trim_end().len() as u32;
        self.span(end, end)
    }

    fn unknown_character(&mut self, token: Token, text: &str) {
        let span = self.span(token.start, token.end);
        if self.text.get(token.start as usize..).is_some_and(|rest| rest.starts_with("&&")) {
            let span = self.span(token.start, token.start + 2);
            let message = "there is no operator `&&`: conditions are joined by `AND`";
            let d = Diagnostic::new(syntax::UNEXPECTED_TOKEN, span, message);
            self.diagnostics.push(d.fix("write `AND`", span, "AND"));
            return;
        }
        let Some(c) = text.chars().next() else { return };
        let message = if c.is_control() || !c.is_ascii() {
            format!(
                "unexpected character U+{:04X}{}",
                u32::from(c),
                if c.is_control() { String::new() } else { format!(" `{c}`") }
            )
        } else {
            format!("unexpected character `{c}`")
        };
        let diagnostic = Diagnostic::new(syntax::UNEXPECTED_TOKEN, span, message);
        self.diagnostics.push(match c {
            '“' | '”' | '„' => diagnostic.fix("use a straight quote", span, "\""),
            '‘' | '’' | '‚' => diagnostic.fix("use a straight quote", span, "'"),
            '#' => diagnostic.help("Comments start with `//`."),
            _ => diagnostic,
        });
    }

    /// Reports what the lexer found wrong with a token that the grammar takes nevertheless.
    fn report_malformed(&mut self, token: Token, text: &str) -> bool {
        let span = self.span(token.start, token.end);
        let diagnostic = match token.kind {
            TokenKind::UnclosedString => {
                let quote = text.get(..1).unwrap_or("\"");
                let kept = text.trim_end().trim_end_matches(',').len() as u32;
                let end = self.span(token.start + kept, token.start + kept);
                Diagnostic::new(syntax::UNCLOSED_STRING, span, format!("this string lacks its closing `{quote}`"))
                    .fix(format!("insert `{quote}`"), end, quote)
            }
            TokenKind::UnclosedTriple => {
                let opening = self.span(token.start, token.start + 3);
                Diagnostic::new(syntax::UNCLOSED_STRING, opening, "this `\"\"\"` block is never closed")
                    .help("A block ends at the next `\"\"\"`, and in any case before a line that starts a declaration.")
                    .fix("insert `\"\"\"`", self.trimmed_end(token), "\n\"\"\"")
            }
            TokenKind::UnclosedQuotedIdent => {
                Diagnostic::new(syntax::UNCLOSED_STRING, span, "this name lacks its closing back quote")
            }
            TokenKind::QuotedIdent if text == "``" => {
                Diagnostic::new(syntax::BAD_LITERAL, span, "a name cannot be empty")
            }
            TokenKind::BadNumber if meant_duration(text).is_some() => {
                let meant = meant_duration(text).unwrap_or_default();
                let message = format!("`{}` is no duration", shortened(text));
                Diagnostic::new(syntax::BAD_LITERAL, span, message)
                    .help(format!("Durations end in `ms`, `s`, `min`, `h` or `d`: write `{meant}`."))
                    .fix(format!("write `{meant}`"), span, meant)
            }
            TokenKind::BadNumber => Diagnostic::new(
                syntax::BAD_LITERAL,
                span,
                format!("`{}` is neither a number nor a duration nor a size", shortened(text)),
            )
            .help("Durations end in `ms`, `s`, `min`, `h` or `d`, sizes in `kb`, `mb`, `gb` or `tb`, and both are whole numbers."),
            TokenKind::DoubleQuoted => {
                let content = text.get(1..text.len() - 1).unwrap_or_default();
                let (_, bad) = unescape_double(content);
                for escape in bad {
                    let shown = content.get(escape.start..escape.end).unwrap_or("\\");
                    let base = token.start + 1;
                    let span = self.span(base + escape.start as u32, base + escape.end as u32);
                    self.diagnostics.push(
                        Diagnostic::new(syntax::BAD_LITERAL, span, format!("unknown escape `{shown}`"))
                            .help("Known are `\\n`, `\\r`, `\\t`, `\\0`, `\\\\`, `\\\"`, `\\'` and `\\u{…}`.")
                            .fix("write the backslash twice", self.span(span.start, span.start + 1), "\\\\"),
                    );
                }
                return false;
            }
            _ => return false,
        };
        self.diagnostics.push(diagnostic);
        token.kind != TokenKind::QuotedIdent
    }

    /// Marks the words that start declarations, and folds all that is nested too deep into one lexeme.
    fn mark_items_and_depth(&mut self) {
        let lexemes = std::mem::take(&mut self.lexemes);
        let mut kept: Vec<Lexeme> = Vec::with_capacity(lexemes.len());
        let mut depth = 0u32;
        for (number, &lexeme) in lexemes.iter().enumerate() {
            let mut lexeme = lexeme;
            if lexeme.line_start && lexeme.is(TokenKind::Ident) {
                let ahead = |n: usize| lexemes.get(number + n).copied();
                if let Some(word) = self.declaration(lexeme, ahead(1), ahead(2), depth) {
                    lexeme.kind = Kind::Item;
                    lexeme.word = word;
                    depth = 0;
                }
            }
            if matches!(lexeme.kind, Kind::Token(TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace))
            {
                depth = depth.saturating_sub(1);
            }
            if depth < MAX_DEPTH || lexeme.kind == Kind::End {
                kept.push(lexeme);
            } else if let Some(last) = kept.last_mut() {
                if last.kind == Kind::TooDeep {
                    last.end = lexeme.end;
                } else {
                    self.too_deep.push(lexeme.start);
                    kept.push(Lexeme { kind: Kind::TooDeep, word: Word::None, ..lexeme });
                }
            }
            if matches!(lexeme.kind, Kind::Token(TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace))
            {
                depth += 1;
            }
        }
        for (number, lexeme) in kept.iter_mut().enumerate() {
            lexeme.index = number as u32;
        }
        self.lexemes = kept;
    }

    /// The declaration that a word at the start of a line begins, by what follows: `stream name =`, `use "…"`
    /// anywhere; in the first column and outside brackets also less than that, and a misspelt word.
    fn declaration(
        &mut self,
        word: Lexeme,
        next: Option<Lexeme>,
        after: Option<Lexeme>,
        depth: u32,
    ) -> Option<Word> {
        let (next, after) = (next?, after.unwrap_or(next?));
        let starts_body = |word: Word| {
            after.is(TokenKind::Eq)
                || (word == Word::Stream && after.is(TokenKind::Colon))
                || (word == Word::App && after.is(TokenKind::LBrace))
        };
        let named = next.is_name() && !next.line_start;
        let outside = word.first_column && depth == 0;
        if word.word.is_declaration() {
            let certain = match word.word {
                Word::Use | Word::Test => next.is_string() && !next.line_start,
                _ => named && starts_body(word.word),
            };
            let likely = outside
                && (next.kind == Kind::End
                    || next.line_start
                    || (next.is_name() && next.word != Word::As)
                    || next.is_string()
                    || matches!(
                        next.kind,
                        Kind::Token(TokenKind::Eq | TokenKind::Colon | TokenKind::LBrace)
                    ));
            return (certain || likely).then_some(word.word);
        }
        if outside && named && (after.is(TokenKind::Eq) || after.is(TokenKind::LBrace)) {
            let text = self.text.get(word.start as usize..word.end as usize)?;
            let meant = did_you_mean(text, declaration_words())?;
            let span = word.span(self.file);
            self.diagnostics.push(
                Diagnostic::new(
                    syntax::UNKNOWN_DECLARATION,
                    span,
                    format!("unknown declaration `{text}`; did you mean `{meant}`?"),
                )
                .fix(format!("change `{text}` to `{meant}`"), span, meant),
            );
            return Some(Word::of(meant));
        }
        None
    }
}

/// `text` on one line and not too long to be quoted in a message.
pub(crate) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 30 && line.len() == text.len() {
        return line.to_owned();
    }
    line.chars().take(29).chain(['…']).collect()
}
