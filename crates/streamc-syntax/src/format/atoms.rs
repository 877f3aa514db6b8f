//! The pieces that the layout moves: tokens without blanks, each with what its surroundings make of it.

use crate::token::{Token, TokenKind};
use crate::word::Word;

/// What a bracket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `{ entry, entry }`, or a list of values in `[ ]`: entries with commas.
    List,
    /// The body of a test: entries without commas.
    Test,
    /// Parentheses, indexes, `<` and `>` of a type: part of an expression.
    Inline,
}

/// How an operator's arguments break at their commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commas {
    /// All on one line or each on its own.
    AllOrNone,
    /// As the author broke them.
    Kept,
    /// As the author broke them, but never right behind the operator's word.
    Glued,
}

/// A token or comment of an item.
#[derive(Clone, Debug)]
pub(super) struct Atom<'t> {
    pub(super) kind: TokenKind,
    pub(super) text: &'t str,
    /// Line ends before it: 0, 1, or 2 for a blank line.
    pub(super) newlines: usize,
    /// `|` between operators.
    pub(super) is_pipe: bool,
    /// An operator's word; the argument follows the last of them.
    pub(super) op_word: bool,
    /// `<` or `>` of a type.
    pub(super) angle: bool,
    /// For an opening bracket, its kind and the place of the closing one.
    pub(super) opens: Option<(Bracket, usize)>,
    /// For a closing bracket, the place of the opening one.
    pub(super) closes: Option<usize>,
    /// The comma behind a list's last entry, with the place of the list's bracket. Printed only if the list is broken.
    pub(super) trailing_comma_of: Option<usize>,
    /// The place of the `|` before the operator whose arguments it belongs to, outside of all brackets.
    pub(super) argument_of: Option<usize>,
    /// An `AND` or `OR` between the conditions of an operator, outside of all brackets.
    pub(super) connects: bool,
}

impl Atom<'_> {
    fn new<'t>(kind: TokenKind, text: &'t str, newlines: usize) -> Atom<'t> {
        Atom {
            kind,
            text,
            newlines,
            is_pipe: false,
            op_word: false,
            angle: false,
            opens: None,
            closes: None,
            trailing_comma_of: None,
            argument_of: None,
            connects: false,
        }
    }

    /// A comment that the line's end ends.
    pub(super) fn ends_line(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::DocComment | TokenKind::FileDocComment)
    }
}

/// A piece of a file.
pub(super) enum Part<'t> {
    /// A comment between declarations.
    Comment(Atom<'t>),
    /// A declaration, with the comments inside it.
    Item {
        /// Line ends before it.
        newlines: usize,
        /// From its word to its last token.
        atoms: Vec<Atom<'t>>,
    },
}

/// Cuts a file at its declarations, which start at the offsets `starts`.
pub(super) fn items<'t>(text: &'t str, tokens: &[Token], starts: &[u32]) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    let mut current: Option<(usize, Vec<Atom<'t>>)> = None;
    let mut newlines = 0usize;
    for token in tokens {
        let shown = token.text(text);
        if token.kind == TokenKind::Whitespace {
            newlines = (newlines + shown.bytes().filter(|b| *b == b'\n').count()).min(2);
            continue;
        }
        let atom = Atom::new(token.kind, shown, newlines);
        newlines = 0;
        if starts.binary_search(&token.start).is_ok() {
            finish(&mut parts, current.take());
            current = Some((atom.newlines, vec![atom]));
        } else {
            match &mut current {
                Some((_, atoms)) => atoms.push(atom),
                // Before the first declaration there is nothing but comments.
                None => parts.push(Part::Comment(atom)),
            }
        }
    }
    finish(&mut parts, current);
    parts
}

/// The comments behind an item's last token stand between it and the next.
fn finish<'t>(parts: &mut Vec<Part<'t>>, item: Option<(usize, Vec<Atom<'t>>)>) {
    let Some((newlines, mut atoms)) = item else { return };
    let last = atoms.iter().rposition(|atom| !atom.kind.is_comment()).map_or(0, |at| at + 1);
    let behind = atoms.split_off(last);
    let mut atoms = commas_before_comments(atoms);
    annotate(&mut atoms);
    parts.push(Part::Item { newlines, atoms });
    parts.extend(behind.into_iter().map(Part::Comment));
}

/// `a // why` and a comma in the next line become `a, // why`.
fn commas_before_comments(atoms: Vec<Atom<'_>>) -> Vec<Atom<'_>> {
    let mut out: Vec<Atom<'_>> = Vec::with_capacity(atoms.len());
    for mut atom in atoms {
        if atom.kind == TokenKind::Comma {
            let comments = out.iter().rev().take_while(|before| before.kind.is_comment()).count();
            atom.newlines = 0;
            out.insert(out.len() - comments, atom);
        } else {
            out.push(atom);
        }
    }
    out
}

fn annotate(atoms: &mut Vec<Atom<'_>>) {
    mark_angles(atoms);
    add_trailing_commas(atoms);
    match_brackets(atoms);
    mark_operators(atoms);
}

/// The place of the last atom before `at` that is no comment.
pub(super) fn significant_before(atoms: &[Atom<'_>], at: usize) -> Option<usize> {
    atoms.get(..at)?.iter().rposition(|atom| !atom.kind.is_comment())
}

/// The place of the first atom from `at` on that is no comment.
pub(super) fn significant_from(atoms: &[Atom<'_>], at: usize) -> Option<usize> {
    atoms.get(at..)?.iter().position(|atom| !atom.kind.is_comment()).map(|ahead| at + ahead)
}

/// `ARRAY<`, `MAP<`, `ROW<`, `MULTISET<` and what closes them.
fn mark_angles(atoms: &mut [Atom<'_>]) {
    const GENERIC: &[&str] = &["array", "map", "row", "multiset"];
    for at in 0..atoms.len() {
        if atoms[at].kind != TokenKind::Lt || atoms[at].angle {
            continue;
        }
        let generic = significant_before(atoms, at).is_some_and(|before| {
            atoms[before].kind == TokenKind::Ident
                && GENERIC.iter().any(|word| word.eq_ignore_ascii_case(atoms[before].text))
        });
        if !generic {
            continue;
        }
        if let Some(found) = closing_angles(atoms, at) {
            for place in found {
                atoms[place].angle = true;
            }
        }
    }
}

/// All angle brackets from the `<` at `open` to the `>` that closes it, if only a type lies between.
fn closing_angles(atoms: &[Atom<'_>], open: usize) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    for (at, atom) in atoms.iter().enumerate().skip(open) {
        match atom.kind {
            TokenKind::Lt => depth += 1,
            TokenKind::Gt => depth -= 1,
            TokenKind::Ident
            | TokenKind::QuotedIdent
            | TokenKind::Number
            | TokenKind::Comma
            | TokenKind::LParen
            | TokenKind::RParen
            | TokenKind::NotEq
            | TokenKind::SingleQuoted => continue,
            kind if kind.is_comment() => continue,
            _ => return None,
        }
        found.push(at);
        if depth == 0 {
            return Some(found);
        }
    }
    None
}

fn is_test(atoms: &[Atom<'_>]) -> bool {
    atoms.first().is_some_and(|atom| atom.text == "test")
}

/// Whether the bracket at `at` holds a list of entries.
fn holds_list(atoms: &[Atom<'_>], at: usize) -> bool {
    match atoms[at].kind {
        TokenKind::LBrace => !is_test(atoms),
        TokenKind::LBracket => {
            significant_before(atoms, at).is_some_and(|before| atoms[before].kind == TokenKind::Colon)
        }
        _ => false,
    }
}

/// Gives every list that has entries a comma behind the last one; the layout leaves it out where it isn't wanted.
fn add_trailing_commas(atoms: &mut Vec<Atom<'_>>) {
    let mut out: Vec<Atom<'_>> = Vec::with_capacity(atoms.len() + 8);
    let mut lists: Vec<bool> = Vec::new();
    for at in 0..atoms.len() {
        match atoms[at].kind {
            TokenKind::LBrace | TokenKind::LBracket => lists.push(holds_list(atoms, at)),
            TokenKind::RBrace | TokenKind::RBracket => {
                if lists.pop() == Some(true) {
                    let last = significant_before(&out, out.len());
                    let wanted = last.filter(|last| {
                        !matches!(out[*last].kind, TokenKind::Comma | TokenKind::LBrace | TokenKind::LBracket)
                    });
                    if let Some(last) = wanted {
                        out.insert(last + 1, Atom::new(TokenKind::Comma, ",", 0));
                    }
                }
            }
            _ => {}
        }
        out.push(atoms[at].clone());
    }
    *atoms = out;
}

fn match_brackets(atoms: &mut [Atom<'_>]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..atoms.len() {
        let opening = matches!(atoms[at].kind, TokenKind::LBrace | TokenKind::LBracket | TokenKind::LParen)
            || (atoms[at].angle && atoms[at].kind == TokenKind::Lt);
        let closing = matches!(atoms[at].kind, TokenKind::RBrace | TokenKind::RBracket | TokenKind::RParen)
            || (atoms[at].angle && atoms[at].kind == TokenKind::Gt);
        if opening {
            open.push(at);
        }
        if !closing {
            continue;
        }
        let Some(from) = open.pop() else { continue };
        let bracket = if holds_list(atoms, from) {
            Bracket::List
        } else if atoms[from].kind == TokenKind::LBrace {
            Bracket::Test
        } else {
            Bracket::Inline
        };
        atoms[from].opens = Some((bracket, at));
        atoms[at].closes = Some(from);
        let last = significant_before(atoms, at).filter(|last| atoms[*last].kind == TokenKind::Comma);
        if let (Bracket::List, Some(last)) = (bracket, last) {
            atoms[last].trailing_comma_of = Some(from);
        }
    }
}

/// Finds the pipes of a stream, the words of each operator, and what belongs to its arguments.
fn mark_operators(atoms: &mut [Atom<'_>]) {
    let mut depth = 0usize;
    let mut current: Option<usize> = None;
    let mut words = 0usize;
    for (at, atom) in atoms.iter_mut().enumerate() {
        if atom.closes.is_some() {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 && atom.kind == TokenKind::Pipe {
            atom.is_pipe = true;
            current = Some(at);
            words = 1;
        } else if atom.kind.is_comment() {
            atom.argument_of = current.filter(|_| depth == 0);
        } else if words > 0 {
            atom.op_word = true;
            words = match (words, Word::of(atom.text)) {
                (1, Word::Group | Word::Reduce | Word::Key) => 2,
                (1, Word::Left | Word::Right | Word::Full | Word::Inner | Word::Lookup) => 2,
                _ => 0,
            };
        } else if depth == 0 {
            atom.argument_of = current;
        }
        if atom.opens.is_some() {
            depth += 1;
        }
    }
    mark_connectives(atoms);
}

/// Finds the `AND`s and `OR`s that a long condition may break before: not that of `BETWEEN`, none inside a `CASE`.
fn mark_connectives(atoms: &mut [Atom<'_>]) {
    let (mut cases, mut betweens) = (0usize, 0usize);
    for atom in atoms.iter_mut().filter(|atom| atom.argument_of.is_some() && atom.kind == TokenKind::Ident) {
        let is = |word: &str| atom.text.eq_ignore_ascii_case(word);
        if is("case") {
            cases += 1;
        } else if is("end") {
            cases = cases.saturating_sub(1);
        } else if cases == 0 {
            if is("between") {
                betweens += 1;
            } else if is("and") && betweens > 0 {
                betweens -= 1;
            } else {
                atom.connects = is("and") || is("or");
            }
        }
    }
}

/// How the arguments of the operator behind the `|` at `pipe` break at their commas.
pub(super) fn commas(atoms: &[Atom<'_>], pipe: usize) -> Commas {
    let word = significant_from(atoms, pipe + 1).map_or(Word::None, |at| Word::of(atoms[at].text));
    match word {
        Word::Derive | Word::Map | Word::Rename | Word::Cast | Word::TryCast => Commas::AllOrNone,
        Word::Select | Word::Drop | Word::Union => Commas::Kept,
        _ => Commas::Glued,
    }
}
