//! Literals, read.

use super::Name;
use smol_str::SmolStr;
use streamc_diagnostics::Span;

/// `"…"` or `'…'` on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct StrLit {
    /// What it stands for, escapes resolved.
    pub value: String,
    /// With its quotes; empty where the string is missing.
    pub span: Span,
    /// Between the quotes.
    pub content: Span,
}

/// `10`, `10_000`, `-1`, `1.5`
#[derive(Clone, Debug, PartialEq)]
pub struct NumLit {
    /// The text without `_`.
    pub text: SmolStr,
    /// The whole number, if it is one and fits.
    pub value: Option<i64>,
    /// Its place; empty where the number is missing.
    pub span: Span,
}

/// `5s`: a length of time.
#[derive(Clone, Debug, PartialEq)]
pub struct DurLit {
    /// Milliseconds.
    pub millis: i64,
    /// Its place; empty where the duration is missing.
    pub span: Span,
}

/// `4gb`: an amount of memory.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeLit {
    /// Bytes; `1kb` is 1024.
    pub bytes: u64,
    /// Its place.
    pub span: Span,
}

/// `"""info … """`
#[derive(Clone, Debug, PartialEq)]
pub struct TripleLit {
    /// The word right behind the opening quotes, if nothing else follows on that line: `jsonl`.
    pub info: Option<Name>,
    /// The bytes between the quotes; with an info word, from the line behind it.
    pub content: Span,
    /// With its quotes; empty where the block is missing.
    pub span: Span,
}
