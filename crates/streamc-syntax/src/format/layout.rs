//! One declaration, laid out: where lines break, and how far each is indented.
//!
//! A declaration is rendered with the line breaks that its author's shape asks for; where a line is too long, the
//! outermost thing on it that can break does, and it is rendered again.

use super::atoms::{Atom, Bracket, Commas, commas, significant_before, significant_from};
use super::spacing::{blank, sign_after};
use super::{WIDTH, clean};
use crate::token::TokenKind;

/// What is broken into lines: the places of brackets and pipes.
struct Shape {
    /// For an opening bracket of a list: whether each entry has a line.
    list: Vec<bool>,
    /// For a `|`: whether each of its operator's arguments has a line.
    arguments: Vec<bool>,
    /// For a `|`: whether its operator's condition breaks before each `AND` and `OR`.
    conditions: Vec<bool>,
    /// Whether each operator has a line.
    pipe: bool,
}

/// The text of a declaration, without a line end behind it.
pub(super) fn item(atoms: &[Atom<'_>]) -> String {
    let mut shape = Shape::of(atoms);
    loop {
        let mut render = Render::new(atoms, &shape);
        render.run();
        let breaks = render.breaks();
        if breaks.is_empty() {
            return render.out;
        }
        for place in breaks {
            match place {
                Break::Pipe => shape.pipe = true,
                Break::List(at) => shape.list[at] = true,
                Break::Arguments(at) => shape.arguments[at] = true,
                Break::Conditions(at) => shape.conditions[at] = true,
            }
        }
    }
}

impl Shape {
    /// The shape that the author gave.
    fn of(atoms: &[Atom<'_>]) -> Self {
        let breaks_before = |at: usize| atoms[at].newlines > 0 || at > 0 && atoms[at - 1].ends_line();
        let multi_line = |at: usize| breaks_before(at) || atoms[at].text.contains('\n');
        // Running counts make "is there a line break between these two" a subtraction.
        let mut counts = vec![0usize; atoms.len() + 1];
        for at in 0..atoms.len() {
            counts[at + 1] = counts[at] + usize::from(multi_line(at));
        }
        let broken = |from: usize, to: usize| counts[to + 1] > counts[from + 1];
        let pipes: Vec<usize> = (0..atoms.len()).filter(|at| atoms[*at].is_pipe).collect();
        let none = vec![false; atoms.len()];
        let mut shape = Self { list: none.clone(), arguments: none.clone(), conditions: none, pipe: false };
        for (at, atom) in atoms.iter().enumerate() {
            shape.list[at] = match atom.opens {
                Some((Bracket::List, to)) => {
                    let empty = to == at + 1;
                    !empty && broken(at, to)
                }
                Some((Bracket::Test, to)) => to > at + 1,
                _ => false,
            };
        }
        for &pipe in &pipes {
            shape.arguments[pipe] = commas(atoms, pipe) == Commas::AllOrNone
                && (pipe..atoms.len()).take_while(|at| *at == pipe || !atoms[*at].is_pipe).any(|at| {
                    atoms[at].argument_of == Some(pipe) && breaks_before(at) && starts_argument(atoms, at)
                });
        }
        shape.pipe = pipes.len() > 1 || pipes.first().is_some_and(|_| counts[atoms.len()] > counts[1]);
        shape
    }
}

/// Whether the atom at `at` is the first of an operator's argument: behind its word, or behind a comma.
fn starts_argument(atoms: &[Atom<'_>], at: usize) -> bool {
    significant_before(atoms, at)
        .is_some_and(|before| atoms[before].op_word || atoms[before].kind == TokenKind::Comma)
}

/// Something that may be broken to make a line shorter.
#[derive(Clone, Copy)]
enum Break {
    Pipe,
    List(usize),
    Arguments(usize),
    Conditions(usize),
}

/// A line of the output.
struct Line {
    /// The first atom on it and the one behind the last.
    atoms: std::ops::Range<usize>,
    /// Its columns, without a comment at its end.
    width: usize,
}

struct Frame {
    /// Place of the opening bracket.
    open: usize,
    /// Indentation of the line that it is on.
    indent: usize,
}

struct Render<'s, 't> {
    atoms: &'s [Atom<'t>],
    shape: &'s Shape,
    out: String,
    frames: Vec<Frame>,
    /// Columns of blanks that lines of what is being printed count from.
    indent: usize,
    /// The last atom printed, comments included.
    last: Option<usize>,
    /// The last atom printed that is no comment.
    before: Option<usize>,
    /// Whether that is the sign of what follows.
    sign: bool,
    /// Whether the first operator has begun.
    behind_pipe: bool,
    lines: Vec<Line>,
    column: usize,
}

/// What goes between two atoms.
enum Gap {
    Nothing,
    Blank,
    Line { indent: usize },
}

impl<'s, 't> Render<'s, 't> {
    fn new(atoms: &'s [Atom<'t>], shape: &'s Shape) -> Self {
        Self {
            atoms,
            shape,
            out: String::new(),
            frames: Vec::new(),
            indent: 0,
            last: None,
            before: None,
            sign: false,
            behind_pipe: false,
            lines: vec![Line { atoms: 0..0, width: 0 }],
            column: 0,
        }
    }

    fn run(&mut self) {
        for at in 0..self.atoms.len() {
            let atom = &self.atoms[at];
            if atom.trailing_comma_of.is_some_and(|open| !self.shape.list[open]) {
                continue;
            }
            let closed = atom.closes.and_then(|_| self.frames.pop());
            match self.gap(at, closed.as_ref()) {
                Gap::Nothing => {}
                Gap::Blank => self.put(" "),
                Gap::Line { indent } => self.new_line(at, indent),
            }
            self.print(at);
            if atom.opens.is_some() {
                self.frames.push(Frame { open: at, indent: self.indent });
            }
            if !atom.kind.is_comment() {
                let before = self.before.map(|before| &self.atoms[before]);
                self.sign = matches!(atom.kind, TokenKind::Minus | TokenKind::Plus) && sign_after(before);
                self.before = Some(at);
                self.behind_pipe |= atom.is_pipe;
            }
            self.last = Some(at);
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn print(&mut self, at: usize) {
        let atom = &self.atoms[at];
        let text = clean(atom.kind, atom.text);
        let first = text.lines().next().unwrap_or_default();
        let width = self.column + first.chars().count();
        self.put(&text);
        if let Some(line) = self.lines.last_mut() {
            line.atoms.end = at + 1;
            if !atom.kind.is_comment() {
                line.width = width;
            }
        }
        if first.len() < text.len() {
            // What follows a text of several lines is on a line that breaking cannot make shorter.
            self.column = text.lines().last().unwrap_or_default().chars().count();
            self.lines.push(Line { atoms: at + 1..at + 1, width: self.column });
        }
    }

    fn new_line(&mut self, at: usize, indent: usize) {
        let atom = &self.atoms[at];
        let after_opening = self.last.is_some_and(|last| self.atoms[last].opens.is_some());
        self.out.push('\n');
        if atom.newlines > 1 && !after_opening && atom.closes.is_none() && self.may_be_spaced(at) {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
        self.lines.push(Line { atoms: at..at, width: indent });
        // What stands behind `| ` counts from there.
        self.indent = if atom.is_pipe { indent + 2 } else { indent };
    }

    /// Blank lines may stand between entries and operators, not inside an expression.
    fn may_be_spaced(&self, at: usize) -> bool {
        self.atoms[at].is_pipe || self.atoms[at].kind.is_comment() || self.starts_entry()
    }

    fn list_frame(&self) -> Option<(&Frame, Bracket)> {
        let frame = self.frames.last()?;
        let (bracket, _) = self.atoms[frame.open].opens?;
        (bracket != Bracket::Inline && self.shape.list[frame.open]).then_some((frame, bracket))
    }

    /// Whether an entry of the innermost list starts with the next atom that is no comment.
    fn starts_entry(&self) -> bool {
        let Some((frame, bracket)) = self.list_frame() else { return false };
        let Some(before) = self.before else { return false };
        before == frame.open
            || match bracket {
                Bracket::Test => self.atoms[before].kind == TokenKind::Triple,
                _ => self.atoms[before].kind == TokenKind::Comma,
            }
    }

    /// The indentation of a line that goes on with what the line before began.
    fn continuation(&self) -> usize {
        match self.frames.last() {
            Some(frame) if self.list_frame().is_none() => frame.indent + 2,
            Some(frame) => frame.indent + 4,
            None if self.in_operator() => 6,
            None => 2,
        }
    }

    fn in_operator(&self) -> bool {
        self.shape.pipe && self.behind_pipe
    }

    fn gap(&self, at: usize, closed: Option<&Frame>) -> Gap {
        let atom = &self.atoms[at];
        let (Some(last), Some(before)) = (self.last, self.before) else { return Gap::Nothing };
        let forced = self.atoms[last].ends_line();
        let own_line = atom.newlines > 0;
        if let Some(frame) = closed {
            let broken = self.shape.list[frame.open];
            let inline = matches!(self.atoms[frame.open].opens, Some((Bracket::Inline, _)));
            if broken || forced || (inline && own_line && self.keeps_breaks()) {
                return Gap::Line { indent: frame.indent };
            }
            return self.beside(at);
        }
        if atom.is_pipe {
            return if self.shape.pipe || forced { Gap::Line { indent: 2 } } else { Gap::Blank };
        }
        if atom.kind.is_comment() {
            return if own_line || forced {
                Gap::Line { indent: self.comment_indent(at) }
            } else {
                self.beside(at)
            };
        }
        if self.starts_entry() {
            let indent = self.list_frame().map_or(2, |(frame, _)| frame.indent + 2);
            return Gap::Line { indent };
        }
        if forced {
            return Gap::Line { indent: self.continuation() };
        }
        if let Some(pipe) = atom.argument_of.filter(|pipe| self.shape.arguments[*pipe]) {
            let glued = self.atoms[before].op_word && commas(self.atoms, pipe) == Commas::Glued;
            if starts_argument(self.atoms, at) && self.shape.pipe && !glued {
                return Gap::Line { indent: self.continuation() };
            }
        }
        if atom.connects && atom.argument_of.is_some_and(|pipe| self.shape.conditions[pipe]) {
            return Gap::Line { indent: self.continuation() };
        }
        let beside = self.beside(at);
        if own_line && self.keeps_break(at, before, &beside) {
            Gap::Line { indent: self.continuation() }
        } else {
            beside
        }
    }

    fn beside(&self, at: usize) -> Gap {
        let Some(last) = self.last else { return Gap::Nothing };
        let sign = self.sign && self.before == Some(last);
        if blank(&self.atoms[last], &self.atoms[at], sign) { Gap::Blank } else { Gap::Nothing }
    }

    /// Whether the author's line breaks count here: in the arguments of operators and in blocks.
    fn keeps_breaks(&self) -> bool {
        self.in_operator() || self.list_frame_anywhere()
    }

    fn list_frame_anywhere(&self) -> bool {
        self.frames.iter().any(|frame| self.shape.list[frame.open])
    }

    fn keeps_break(&self, at: usize, before: usize, beside: &Gap) -> bool {
        let (atom, previous) = (&self.atoms[at], &self.atoms[before]);
        if !self.keeps_breaks() || atom.op_word || matches!(atom.kind, TokenKind::Comma | TokenKind::LBrace) {
            return false;
        }
        let opening = matches!(previous.opens, Some((Bracket::Inline, _)));
        if !opening && matches!(beside, Gap::Nothing) {
            return false;
        }
        if previous.op_word {
            return atom.argument_of.is_some_and(|pipe| commas(self.atoms, pipe) == Commas::Kept);
        }
        previous.kind != TokenKind::Colon
            && !matches!(previous.opens, Some((Bracket::List | Bracket::Test, _)))
    }

    fn comment_indent(&self, at: usize) -> usize {
        let next = significant_from(self.atoms, at).map(|next| &self.atoms[next]);
        if next.is_some_and(|next| next.is_pipe) {
            return 2;
        }
        match self.list_frame() {
            Some((frame, _))
                if self.starts_entry() || next.is_some_and(|next| next.closes == Some(frame.open)) =>
            {
                frame.indent + 2
            }
            _ => self.continuation(),
        }
    }

    /// What to break so that the lines become short enough: at most one thing a line.
    fn breaks(&self) -> Vec<Break> {
        self.lines
            .iter()
            .filter(|line| line.width > WIDTH)
            .filter_map(|line| self.break_in(line.atoms.clone()))
            .collect()
    }

    fn break_in(&self, line: std::ops::Range<usize>) -> Option<Break> {
        if !self.shape.pipe && line.clone().any(|at| self.atoms[at].is_pipe) {
            return Some(Break::Pipe);
        }
        let flat_list = |kind: TokenKind| {
            line.clone().find(|at| {
                let atom = &self.atoms[*at];
                let filled = matches!(atom.opens, Some((Bracket::List, to)) if to > at + 1);
                filled && atom.kind == kind && !self.shape.list[*at]
            })
        };
        if let Some(at) = flat_list(TokenKind::LBrace) {
            return Some(Break::List(at));
        }
        let breakable = |pipe: &usize| {
            self.shape.pipe
                && !self.shape.arguments[*pipe]
                && (*pipe..self.atoms.len()).take_while(|at| *at == *pipe || !self.atoms[*at].is_pipe).any(
                    |at| self.atoms[at].argument_of == Some(*pipe) && self.atoms[at].kind == TokenKind::Comma,
                )
        };
        if let Some(pipe) = line.clone().find_map(|at| self.atoms[at].argument_of).filter(breakable) {
            return Some(Break::Arguments(pipe));
        }
        let mut condition = line.clone().filter(|at| self.shape.pipe && self.atoms[*at].connects);
        let pipe =
            condition.find_map(|at| self.atoms[at].argument_of.filter(|pipe| !self.shape.conditions[*pipe]));
        pipe.map(Break::Conditions).or_else(|| flat_list(TokenKind::LBracket).map(Break::List))
    }
}
