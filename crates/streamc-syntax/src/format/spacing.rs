//! Whether a blank stands between two neighbours on a line.

use super::atoms::Atom;
use crate::lexer::lex;
use crate::token::TokenKind;
use crate::word::takes_operand;

/// Words behind which a parenthesis is no call's.
fn before_parenthesis(text: &str) -> bool {
    takes_operand(text) && !text.eq_ignore_ascii_case("mod")
        || text.eq_ignore_ascii_case("filter")
        || text.eq_ignore_ascii_case("as")
}

/// Whether a sign behind `before` belongs to the operand that follows.
pub(super) fn sign_after(before: Option<&Atom<'_>>) -> bool {
    let Some(before) = before else { return true };
    match before.kind {
        TokenKind::Ident => before.op_word || takes_operand(before.text),
        TokenKind::RParen
        | TokenKind::RBracket
        | TokenKind::QuotedIdent
        | TokenKind::Number
        | TokenKind::Duration
        | TokenKind::Size
        | TokenKind::SingleQuoted
        | TokenKind::DoubleQuoted
        | TokenKind::Star => false,
        _ => true,
    }
}

/// Whether a blank stands between `before` and `atom`; `sign` says that `before` is a sign of what follows.
pub(super) fn blank(before: &Atom<'_>, atom: &Atom<'_>, sign: bool) -> bool {
    wanted(before, atom, sign) || would_merge(before, atom)
}

fn wanted(before: &Atom<'_>, atom: &Atom<'_>, sign: bool) -> bool {
    use TokenKind as T;
    if sign && !atom.kind.is_comment() {
        return matches!(atom.kind, T::Minus | T::Plus);
    }
    if before.angle && before.kind == T::Lt || atom.angle {
        return false;
    }
    match (before.kind, atom.kind) {
        (T::BlockComment, _) | (_, T::BlockComment) => {
            !matches!(before.kind, T::LParen | T::LBracket)
                && !matches!(atom.kind, T::RParen | T::RBracket | T::Comma)
        }
        (_, T::Comma | T::RParen | T::RBracket | T::Colon | T::ColonColon | T::Dot | T::DotDot) => false,
        (T::LParen | T::LBracket | T::ColonColon | T::Dot | T::DotDot, _) => false,
        (T::LBrace, T::RBrace) => false,
        (T::Ident, T::LParen) => before.op_word || before_parenthesis(before.text),
        (T::QuotedIdent, T::LParen) => false,
        // `X'00ff'`, bytes.
        (T::Ident, T::SingleQuoted) if before.text.eq_ignore_ascii_case("x") => false,
        (T::Ident, T::LBracket) => before.op_word || before_parenthesis(before.text),
        (T::QuotedIdent | T::RParen | T::RBracket, T::LBracket) => false,
        _ => true,
    }
}

/// Whether the two would be other tokens without a blank between them.
fn would_merge(before: &Atom<'_>, atom: &Atom<'_>) -> bool {
    // Nothing grows onto these.
    if matches!(before.kind, TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace | TokenKind::Comma)
        || matches!(
            atom.kind,
            TokenKind::LParen
                | TokenKind::RParen
                | TokenKind::LBracket
                | TokenKind::RBracket
                | TokenKind::Comma
        )
    {
        return false;
    }
    let joined = lex(&format!("{}{}", before.text, atom.text));
    let kinds: Vec<_> = joined.iter().map(|token| (token.kind, token.start as usize)).collect();
    kinds != [(before.kind, 0), (atom.kind, before.text.len())]
}
