//! Where an expression of sqlparser's tree is written.
//!
//! sqlparser keeps the places of names, literals and some keywords only. With the tokens at hand the rest follows: the
//! parenthesis before `(a + b)` is the token before `a`.

use crate::dialect::MARK;
use crate::tokens::{Tokens, bytes};
use sqlparser::ast::{
    AccessExpr, Expr, Ident, ObjectName, ObjectNamePart, Query, SetExpr, Spanned, Subscript,
};
use streamc_diagnostics::Span;

impl Tokens {
    /// The span of a name.
    pub(crate) fn ident(&self, ident: &Ident) -> Span {
        self.sql(ident.span)
    }

    /// The span of a place that sqlparser knows; the whole text where it knows none.
    pub(crate) fn sql(&self, span: sqlparser::tokenizer::Span) -> Span {
        match bytes(span) {
            Some((start, end)) => Span { file: self.whole.file, start, end },
            None => self.whole,
        }
    }

    /// The span of an expression.
    pub(crate) fn extent(&self, expr: &Expr) -> Span {
        let start = self.start(expr);
        Span { file: self.whole.file, start, end: self.finish(expr).max(start) }
    }

    fn before(&self, byte: u32, count: usize) -> u32 {
        self.at(self.from(byte).saturating_sub(count)).start
    }

    fn after(&self, byte: u32, count: usize) -> u32 {
        self.at((self.from(byte) + count).saturating_sub(1)).end
    }

    fn start(&self, expr: &Expr) -> u32 {
        let mut expr = expr;
        loop {
            expr = match expr {
                Expr::CompoundFieldAccess { root, .. } => root,
                Expr::BinaryOp { left, .. } => left,
                Expr::IsNull(e)
                | Expr::IsNotNull(e)
                | Expr::IsTrue(e)
                | Expr::IsNotTrue(e)
                | Expr::IsFalse(e)
                | Expr::IsNotFalse(e)
                | Expr::IsUnknown(e)
                | Expr::IsNotUnknown(e)
                | Expr::IsJson { expr: e, .. }
                | Expr::IsDistinctFrom(e, _)
                | Expr::IsNotDistinctFrom(e, _)
                | Expr::Like { expr: e, .. }
                | Expr::SimilarTo { expr: e, .. }
                | Expr::ILike { expr: e, .. }
                | Expr::RLike { expr: e, .. }
                | Expr::Between { expr: e, .. }
                | Expr::InList { expr: e, .. }
                | Expr::InSubquery { expr: e, .. }
                | Expr::AtTimeZone { timestamp: e, .. } => e,
                Expr::AnyOp { left, .. } | Expr::AllOp { left, .. } => left,
                Expr::Identifier(ident) => return self.ident(ident).start,
                Expr::CompoundIdentifier(idents) => {
                    return idents.first().map_or(self.whole, |i| self.ident(i)).start;
                }
                Expr::Value(value) => return self.sql(value.span).start,
                Expr::Function(f) => return name_start(self, &f.name),
                Expr::Nested(e) => return self.before(self.start(e), 1),
                Expr::UnaryOp { expr, .. } => return self.before(self.start(expr), 1),
                Expr::Tuple(items) => {
                    return items.first().map_or(self.whole.start, |e| self.before(self.start(e), 1));
                }
                Expr::Case { case_token, .. } => return self.sql(case_token.0.span).start,
                Expr::Subquery(q) => return self.before(self.query(q).start, 1),
                Expr::Exists { subquery, negated } => {
                    return self.before(self.query(subquery).start, if *negated { 3 } else { 2 });
                }
                other => return self.sql(other.span()).start,
            };
        }
    }

    fn finish(&self, expr: &Expr) -> u32 {
        match expr {
            Expr::Identifier(ident) => self.ident(ident).end,
            Expr::CompoundIdentifier(idents) => idents.last().map_or(self.whole, |i| self.ident(i)).end,
            Expr::CompoundFieldAccess { root, access_chain } => match access_chain.last() {
                Some(AccessExpr::Dot(e)) => self.finish(e),
                Some(AccessExpr::Subscript(Subscript::Index { index })) => self.after(self.finish(index), 1),
                _ => self.finish(root),
            },
            Expr::Value(value) => self.sql(value.span).end,
            Expr::Function(f) => match f.name.0.last() {
                Some(ObjectNamePart::Identifier(i)) => self.ident(i).end,
                _ => self.whole.end,
            },
            Expr::Nested(e) => self.after(self.finish(e), 1),
            Expr::Tuple(items) => items.last().map_or(self.whole.end, |e| self.after(self.finish(e), 1)),
            Expr::UnaryOp { expr, .. } => self.finish(expr),
            Expr::BinaryOp { right, .. } => self.finish(right),
            Expr::IsNull(e) | Expr::IsTrue(e) | Expr::IsFalse(e) | Expr::IsUnknown(e) => {
                self.after(self.finish(e), 2)
            }
            Expr::IsNotNull(e) | Expr::IsNotTrue(e) | Expr::IsNotFalse(e) | Expr::IsNotUnknown(e) => {
                self.after(self.finish(e), 3)
            }
            Expr::IsJson { expr, kind, negated, .. } => {
                self.after(self.finish(expr), 2 + usize::from(*negated) + usize::from(kind.is_some()))
            }
            Expr::IsDistinctFrom(_, e) | Expr::IsNotDistinctFrom(_, e) => self.finish(e),
            Expr::Like { pattern, escape_char, .. } | Expr::SimilarTo { pattern, escape_char, .. } => {
                self.finish(escape_char.as_ref().unwrap_or(pattern))
            }
            Expr::ILike { pattern, .. } | Expr::RLike { pattern, .. } => self.finish(pattern),
            Expr::Between { high, .. } => self.finish(high),
            Expr::InList { list, .. } => {
                list.last().map_or(self.whole.end, |e| self.after(self.finish(e), 1))
            }
            Expr::InSubquery { subquery, .. } | Expr::Subquery(subquery) | Expr::Exists { subquery, .. } => {
                self.query(subquery).end
            }
            Expr::AtTimeZone { time_zone, .. } => self.finish(time_zone),
            Expr::AnyOp { right, .. } | Expr::AllOp { right, .. } => match right.as_ref() {
                Expr::Subquery(_) | Expr::Tuple(_) => self.finish(right),
                other => self.after(self.finish(other), 1),
            },
            Expr::Case { end_token, .. } => self.sql(end_token.0.span).end,
            other => self.sql(other.span()).end,
        }
    }

    /// The span of a query: from its first word to the token before the closing parenthesis around it, which is part
    /// of the span; to the end where there is none.
    pub(crate) fn query(&self, query: &Query) -> Span {
        let start = match &query.with {
            Some(with) => self.sql(with.with_token.0.span).start,
            None => self.set_start(&query.body),
        };
        let first = self.from(start);
        let end = match first.checked_sub(1).and_then(|open| self.closing(open)) {
            Some(close) => self.at(close).end,
            None => self.end().end,
        };
        Span { file: self.whole.file, start, end }
    }

    fn set_start(&self, body: &SetExpr) -> u32 {
        let mut body = body;
        loop {
            body = match body {
                SetExpr::Select(s) => return self.sql(s.select_token.0.span).start,
                SetExpr::SetOperation { left, .. } => left,
                SetExpr::Query(q) => return self.before(self.query(q).start, 1),
                SetExpr::Values(values) => {
                    let open =
                        values.rows.first().map(|row| self.from(self.sql(row.opening_token.0.span).start));
                    let words = (0..open.unwrap_or(0)).rev().take(2);
                    let word = words.into_iter().find(|i| self.is_word(*i, "VALUES"));
                    return word.map_or(self.whole.start, |i| self.at(i).start);
                }
                other => return self.sql(other.span()).start,
            };
        }
    }

    /// The span of the `count` tokens before `at`.
    pub(crate) fn words_before(&self, at: Span, count: usize) -> Span {
        let first = self.from(at.start);
        self.at(first.saturating_sub(count)).cover(self.at(first.saturating_sub(1)))
    }

    /// The span of a select list item, a join or whatever begins with that set expression.
    pub(crate) fn body(&self, body: &SetExpr) -> Span {
        let start = self.set_start(body);
        Span { file: self.whole.file, start, end: self.end().end.max(start) }
    }
}

fn name_start(tokens: &Tokens, name: &ObjectName) -> u32 {
    match name.0.first() {
        Some(ObjectNamePart::Identifier(i)) => tokens.ident(i).start,
        _ => tokens.whole.start,
    }
}

/// The parts of a name, without the mark of a call.
pub(crate) fn parts(name: &ObjectName) -> Vec<&Ident> {
    name.0
        .iter()
        .filter_map(|part| match part {
            ObjectNamePart::Identifier(i) if i.value != MARK => Some(i),
            _ => None,
        })
        .collect()
}
