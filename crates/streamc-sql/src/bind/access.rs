//! Fields of rows, elements of arrays and maps.

use super::{Binder, Env};
use sqlparser::ast::{AccessExpr, Expr as Sql, Subscript};
use streamc_diagnostics::codes::names::UNKNOWN_COLUMN;
use streamc_diagnostics::codes::types::TYPE_MISMATCH;
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{Expr, ExprKind};
use streamc_types::TypeKind;

impl Binder<'_> {
    /// `base.name`. `NULL` where the row is.
    pub(super) fn field(&mut self, base: Expr, name: &str, span: Span) -> Expr {
        let whole = base.span.map_or(span, |s| s.cover(span));
        if base.ty.is_unknown() {
            return Expr::error(whole);
        }
        let (TypeKind::Row(fields) | TypeKind::Structured(_, fields)) = &base.ty.kind else {
            let message = format!("a value of type `{}` has no fields", base.ty.kind);
            return self.fail(TYPE_MISMATCH, span, message);
        };
        match fields.iter().position(|f| f.name == name) {
            Some(index) => {
                let mut ty =
                    fields.get(index).map_or_else(streamc_types::DataType::unknown, |f| f.ty.clone());
                ty.nullable |= base.ty.nullable;
                let kind = ExprKind::Field { base: Box::new(base), index, name: name.into() };
                Expr::new(kind, ty).at(whole)
            }
            None => {
                let message = format!("`{}` has no field `{name}`", self.text(base.span.unwrap_or(span)));
                let mut d = Diagnostic::new(UNKNOWN_COLUMN, span, message);
                match did_you_mean(name, fields.iter().map(|f| f.name.as_str())) {
                    Some(close) => {
                        d = d.fix(format!("change `{name}` to `{close}`"), span, super::name::quoted(close))
                    }
                    None => {
                        let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
                        d = d.help(format!("there are {}", names.join(", ")));
                    }
                }
                self.report(d);
                Expr::error(whole)
            }
        }
    }

    /// `root.f`, `root[1].f`.
    pub(super) fn access(&mut self, root: &Sql, chain: &[AccessExpr], env: Env<'_>) -> Expr {
        // Names before the first subscript belong together: `t.a[1]` is column `a` of table `t`.
        let mut names = Vec::new();
        if let Sql::Identifier(first) = root {
            names.push(first.clone());
            for access in chain {
                match access {
                    AccessExpr::Dot(Sql::Identifier(ident)) => names.push(ident.clone()),
                    _ => break,
                }
            }
        }
        let (mut bound, rest) = if names.is_empty() {
            (self.expr(root, env), chain)
        } else {
            (self.name(&names, env), chain.get(names.len() - 1..).unwrap_or_default())
        };
        for access in rest {
            bound = match access {
                AccessExpr::Dot(Sql::Identifier(ident)) => {
                    let span = self.tokens.ident(ident);
                    self.field(bound, &ident.value, span)
                }
                AccessExpr::Dot(other) => {
                    let span = self.tokens.extent(other);
                    let what = format!("`.{}` is", self.text(span));
                    self.unsupported(span, &what)
                }
                AccessExpr::Subscript(Subscript::Index { index }) => {
                    let index = self.expr(index, env);
                    let end = index.span.map(|s| self.tokens.widen(s, 0, 1));
                    let span = match (bound.span, end) {
                        (Some(a), Some(b)) => a.cover(b),
                        _ => self.tokens.whole,
                    };
                    self.operator("ITEM", vec![bound, index], span)
                }
                AccessExpr::Subscript(Subscript::Slice { .. }) => {
                    let span = bound.span.unwrap_or(self.tokens.whole);
                    self.unsupported(span, "a slice of an array is")
                }
            };
        }
        bound
    }
}
