//! Tokens: what the lexer makes of the bytes.

/// What a token is. Trivia (blanks and comments) are tokens like any other, so that the texts of all tokens,
/// one after the other, are the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks and line ends; also a byte order mark.
    Whitespace,
    /// `// …` up to the line's end, which is not part of it. `////` is one too.
    LineComment,
    /// `/* … */`, not nested.
    BlockComment,
    /// `/* …` without its end.
    UnclosedComment,
    /// `/// …`: documents what follows.
    DocComment,
    /// `//! …`: documents the file.
    FileDocComment,
    /// A word by Unicode's rules for identifiers (`XID_Start`, `XID_Continue`), or one that starts with `_`.
    Ident,
    /// A back-quoted name; a doubled back quote stands for one.
    QuotedIdent,
    /// A back-quoted name that the line's end cuts off.
    UnclosedQuotedIdent,
    /// `10`, `10_000`, `1.5`, `.5`, `1e9`.
    Number,
    /// `250ms`, `5s`, `1min`, `2h`, `3d`.
    Duration,
    /// `4gb`, `16kb`, `1mb`, `2tb`.
    Size,
    /// Digits followed by something that makes neither a number nor a duration nor a size.
    BadNumber,
    /// `'…'`: an SQL string; a doubled quote stands for one.
    SingleQuoted,
    /// `"…"` with backslash escapes.
    DoubleQuoted,
    /// A string of either kind that the line's end cuts off.
    UnclosedString,
    /// `"""…"""`.
    Triple,
    /// `"""…` without its end: it ends before the next line that starts a declaration.
    UnclosedTriple,
    /// `(`
    LParen,
    /// `)`
    RParen,
    /// `[`
    LBracket,
    /// `]`
    RBracket,
    /// `{`
    LBrace,
    /// `}`
    RBrace,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `::`
    ColonColon,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// `=`
    Eq,
    /// `==`
    EqEq,
    /// `<>` or `!=`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// `|`
    Pipe,
    /// `||`
    PipePipe,
    /// `=>`
    FatArrow,
    /// `->`
    Arrow,
    /// A character that the language has no use for.
    Unknown,
}

impl TokenKind {
    /// Blanks and comments of every sort, doc comments included.
    pub fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Whitespace
                | Self::LineComment
                | Self::BlockComment
                | Self::UnclosedComment
                | Self::DocComment
                | Self::FileDocComment
        )
    }

    /// Comments of every sort, doc comments included.
    pub fn is_comment(self) -> bool {
        self.is_trivia() && self != Self::Whitespace
    }

    /// A plain or back-quoted name.
    pub fn is_name(self) -> bool {
        matches!(self, Self::Ident | Self::QuotedIdent | Self::UnclosedQuotedIdent)
    }

    /// Whether the lexer found something wrong with it.
    pub fn is_malformed(self) -> bool {
        matches!(
            self,
            Self::UnclosedComment
                | Self::UnclosedQuotedIdent
                | Self::BadNumber
                | Self::UnclosedString
                | Self::UnclosedTriple
                | Self::Unknown
        )
    }
}

/// A token: its kind and its bytes `start..end` in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

impl Token {
    /// Its text in the file that it was lexed from.
    pub fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}
