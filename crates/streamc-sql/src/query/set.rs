//! `UNION`.

use super::{Derived, QueryBinder};
use crate::bind::implicit;
use crate::group::project;
use smol_str::SmolStr;
use sqlparser::ast::{SetExpr, SetOperator, SetQuantifier};
use streamc_diagnostics::codes::types::TYPE_MISMATCH;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, Origin, Relation, relations};
use streamc_types::{DataType, case_type};

impl QueryBinder<'_> {
    /// `a UNION ALL b UNION ALL c`, and `UNION`, which keeps each row once.
    pub(super) fn union(&mut self, body: &SetExpr, top: bool) -> Derived {
        let mut branches = Vec::new();
        let mut all: Option<bool> = None;
        let mut rest = body;
        let mut nested = None;
        while let SetExpr::SetOperation { left, op, set_quantifier, right } = rest {
            let at = self.operator_span(right);
            let keeps = match (op, set_quantifier) {
                (SetOperator::Union, SetQuantifier::All) => true,
                (SetOperator::Union, SetQuantifier::None | SetQuantifier::Distinct) => false,
                (SetOperator::Union, _) => {
                    self.unsupported(at, "`UNION BY NAME` is");
                    return Derived::missing();
                }
                (SetOperator::Intersect, _) => {
                    self.unsupported(at, "`INTERSECT` is");
                    return Derived::missing();
                }
                _ => {
                    let word = self.binder.text(at).to_ascii_uppercase();
                    self.unsupported(at, &format!("`{word}` is"));
                    return Derived::missing();
                }
            };
            if all.is_some_and(|a| a != keeps) {
                nested = Some(rest);
                break;
            }
            all = Some(keeps);
            branches.push((right.as_ref(), at));
            rest = left;
        }
        let first_at = self.binder.tokens.body(rest);
        branches.push((nested.unwrap_or(rest), first_at));
        branches.reverse();
        let mut derived: Vec<(Derived, Span)> = Vec::new();
        for (n, (branch, at)) in branches.into_iter().enumerate() {
            derived.push((self.set(branch, top && n == 0), at));
        }
        self.combined(derived, all.unwrap_or(true))
    }

    /// The word before a branch.
    fn operator_span(&self, right: &SetExpr) -> Span {
        let tokens = self.binder.tokens;
        let mut i = tokens.from(tokens.body(right).start);
        let mut end = None;
        while i > 0 {
            i -= 1;
            let span = tokens.at(i);
            if ["UNION", "INTERSECT", "EXCEPT", "MINUS"].iter().any(|w| tokens.is_word(i, w)) {
                return span.cover(end.unwrap_or(span));
            }
            if tokens.is_word(i, "ALL") || tokens.is_word(i, "DISTINCT") {
                end = end.or(Some(span));
            }
        }
        tokens.body(right)
    }

    fn combined(&mut self, derived: Vec<(Derived, Span)>, all: bool) -> Derived {
        let Some((first, _)) = derived.first() else { return Derived::missing() };
        let schema = first.schema.clone();
        if derived.iter().any(|(d, _)| d.open) {
            return Derived::missing();
        }
        let mut failed = false;
        let mut types: Vec<DataType> = schema.columns.iter().map(|c| c.ty.clone()).collect();
        for (branch, at) in derived.iter().skip(1) {
            let width = branch.schema.len();
            if width != types.len() {
                let message = format!("the branches of `UNION` have {} and {width} columns", types.len());
                self.binder.report(Diagnostic::new(TYPE_MISMATCH, *at, message));
                failed = true;
                continue;
            }
            for (n, (ty, column)) in types.iter_mut().zip(&branch.schema.columns).enumerate() {
                match case_type([&*ty, &column.ty]) {
                    Some(common) => *ty = common,
                    None => {
                        let name = schema.columns.get(n).map(|c| c.name.clone()).unwrap_or_default();
                        let message = format!(
                            "column {} (`{name}`) of `UNION` is `{}` in one branch and `{}` in another",
                            n + 1,
                            ty.kind,
                            column.ty.kind
                        );
                        self.binder.report(Diagnostic::new(TYPE_MISMATCH, *at, message));
                        failed = true;
                        *ty = DataType::unknown();
                    }
                }
            }
        }
        let span = derived.get(1).map(|(_, at)| *at);
        let mut inputs: Vec<Relation> = Vec::new();
        for (branch, at) in derived {
            match self.finished(branch) {
                Some(relation) if !failed => inputs.push(cast_to(relation, &types, at)),
                _ => failed = true,
            }
        }
        if failed {
            let mut missing = Derived { schema, open: false, body: super::Body::Missing };
            for (column, ty) in missing.schema.columns.iter_mut().zip(types) {
                column.ty = ty;
            }
            return missing;
        }
        let union = relations::union(inputs, Origin::new("UNION ALL", span));
        Derived::ready(if all { union } else { relations::distinct(union, Origin::new("UNION", span)) })
    }
}

/// The same rows with columns of `types`.
fn cast_to(relation: Relation, types: &[DataType], at: Span) -> Relation {
    let columns: Vec<(SmolStr, Expr)> = relation
        .props
        .schema
        .columns
        .iter()
        .zip(types)
        .enumerate()
        .map(|(i, (c, ty))| (c.name.clone(), implicit(Expr::column(i, c.ty.clone()), ty)))
        .collect();
    if columns.iter().all(|(_, e)| e.as_column().is_some()) {
        return relation;
    }
    project(relation, columns, Origin::new("UNION ALL", at))
}
