//! Lossless lexer, total parser, syntax tree and formatter of the `.stream` language.
//!
//! ```text
//! bytes ─decode─▶ text ─lex─▶ tokens ─parse─▶ tree + diagnostics
//!                                  └─format─▶ text
//! ```
//!
//! Nothing here fails on account of its input: [`lex`] and [`parse`] take any text, [`format`](fn@format) answers a
//! file with syntax errors with those errors.

pub mod ast;
mod decode;
mod format;
mod lexer;
pub mod literal;
mod parser;
mod token;
mod word;

pub use decode::{MAX_FILE_BYTES, decode};
pub use format::{WIDTH, format};
pub use lexer::lex;
pub use parser::{Parsed, parse};
pub use token::{Token, TokenKind};
