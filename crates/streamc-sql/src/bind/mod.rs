//! Binds expressions: names to columns, calls to the catalogue, types to everything.
//!
//! A part that fails is [`ExprKind::Error`] with the unknown type, which agrees with everything: one mistake, one error.

mod access;
mod aggregate;
mod call;
mod compare;
mod elsewhere;
mod grouping;
mod json;
mod literal;
mod matching;
mod name;
mod operator;
mod over;
mod subquery;
mod theirs;

pub(crate) use aggregate::{AGGREGATE, as_aggregate};
pub(crate) use call::implicit;
pub(crate) use grouping::{GROUPING_SET, Grouping};
pub(crate) use matching::Matching;
pub(crate) use name::quoted;
pub(crate) use over::{OVER, OverWindow, Windows};
pub(crate) use subquery::{SUBQUERY, as_subquery, subquery_column};

use crate::query::GroupWindow;
use crate::scope::Scope;
use crate::tokens::Tokens;
use smol_str::SmolStr;
use sqlparser::ast::{Expr as Sql, UnaryOperator};
use std::cell::RefCell;
use streamc_diagnostics::codes::Code;
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value, case_type};

/// What an expression is bound in.
#[derive(Clone, Copy)]
pub(crate) struct Env<'s> {
    /// The columns.
    pub(crate) scope: &'s Scope<'s>,
    /// The clause or operator, for messages: `WHERE`.
    pub(crate) clause: &'s str,
    /// Where aggregate calls are gathered; `None` where none may stand.
    pub(crate) calls: Option<&'s RefCell<Vec<AggregateCall>>>,
    /// Where calls with `OVER` are gathered; `None` where none may stand.
    pub(crate) windows: Option<&'s Windows<'s>>,
    /// In a call with `OVER`: where the aggregates of its arguments are gathered, and whether rows are grouped by something.
    pub(crate) groups: Option<(&'s RefCell<Vec<AggregateCall>>, bool)>,
    /// The rows of a match, in `MATCH_RECOGNIZE`.
    pub(crate) matching: Option<&'s Matching<'s>>,
    /// Whether rows are grouped by something: a group then has at least one row.
    pub(crate) keyed: bool,
    /// The group window of `GROUP BY`.
    pub(crate) group_window: Option<&'s GroupWindow>,
    /// What `GROUPING` asks about; `None` where nothing is grouped.
    pub(crate) grouping: Option<&'s Grouping>,
}

impl<'s> Env<'s> {
    /// An environment without aggregates.
    pub(crate) fn new(scope: &'s Scope<'s>, clause: &'s str) -> Self {
        Self {
            scope,
            clause,
            calls: None,
            windows: None,
            groups: None,
            matching: None,
            keyed: false,
            group_window: None,
            grouping: None,
        }
    }
}

/// Binds the expressions of one text.
pub(crate) struct Binder<'a> {
    pub(crate) source: &'a str,
    pub(crate) tokens: &'a Tokens,
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
    /// Whether reserved words are refused as bare names: in queries.
    pub(crate) reserved: bool,
    /// Names that the select list at hand gives, with the text of their expressions.
    pub(crate) aliases: Vec<(SmolStr, String)>,
    /// What stands for the sub-queries that are bound already, by their places.
    pub(crate) subqueries: Vec<(Span, Expr)>,
}

impl Binder<'_> {
    /// The text at `span`.
    pub(crate) fn text(&self, span: Span) -> &str {
        self.source.get(span.range()).unwrap_or_default()
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports and gives the expression that stands for the failed part.
    pub(crate) fn fail(&mut self, code: Code, span: Span, message: impl Into<String>) -> Expr {
        self.report(Diagnostic::new(code, span, message));
        Expr::error(span)
    }

    pub(crate) fn unsupported(&mut self, span: Span, what: &str) -> Expr {
        self.fail(SQL_UNSUPPORTED, span, format!("{what} not supported yet"))
    }

    /// Binds one expression, as if it stood next to no groups.
    fn bound(&mut self, expr: &Sql, env: Env<'_>) -> Expr {
        let span = self.tokens.extent(expr);
        match expr {
            Sql::Identifier(ident) => self.name(std::slice::from_ref(ident), env),
            Sql::CompoundIdentifier(idents) => self.name(idents, env),
            Sql::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain, env),
            Sql::Value(value) => self.value(value),
            Sql::Nested(inner) => {
                let inner = self.expr(inner, env);
                inner.at(span)
            }
            Sql::Function(function) => self.function(function, span, env),
            Sql::BinaryOp { .. } => self.chain(expr, env),
            Sql::UnaryOp { op, expr: operand } => self.unary(*op, operand, span, env),
            Sql::IsNull(e) => self.postfix("IS NULL", e, span, env),
            Sql::IsNotNull(e) => self.postfix("IS NOT NULL", e, span, env),
            Sql::IsTrue(e) => self.postfix("IS TRUE", e, span, env),
            Sql::IsNotTrue(e) => self.postfix("IS NOT TRUE", e, span, env),
            Sql::IsFalse(e) => self.postfix("IS FALSE", e, span, env),
            Sql::IsNotFalse(e) => self.postfix("IS NOT FALSE", e, span, env),
            Sql::IsUnknown(e) => self.postfix("IS UNKNOWN", e, span, env),
            Sql::IsNotUnknown(e) => self.postfix("IS NOT UNKNOWN", e, span, env),
            Sql::IsDistinctFrom(a, b) => self.distinct_from("IS DISTINCT FROM", a, b, span, env),
            Sql::IsNotDistinctFrom(a, b) => self.distinct_from("IS NOT DISTINCT FROM", a, b, span, env),
            Sql::Between { expr, negated, low, high } => self.between(expr, *negated, low, high, span, env),
            Sql::InList { expr, list, negated } => self.in_list(expr, list, *negated, span, env),
            Sql::Like { negated, any: false, expr, pattern, escape_char } => {
                let escape = escape_char.as_deref();
                let mut arguments = vec![self.expr(expr, env), self.expr(pattern, env)];
                arguments.extend(escape.map(|e| self.expr(e, env)));
                self.negatable("LIKE", *negated, arguments, span)
            }
            Sql::SimilarTo { negated, expr, pattern, escape_char } => {
                let mut arguments = vec![self.expr(expr, env), self.expr(pattern, env)];
                arguments.extend(escape_char.as_deref().map(|e| self.expr(e, env)));
                self.negatable("SIMILAR TO", *negated, arguments, span)
            }
            Sql::Case { operand, conditions, else_result, .. } => {
                let branches: Vec<(&Sql, &Sql)> =
                    conditions.iter().map(|w| (&w.condition, &w.result)).collect();
                self.case(operand.as_deref(), &branches, else_result.as_deref(), span, env)
            }
            Sql::AnyOp { left, compare_op, right, .. } if !is_query(right) => {
                self.quantified(left, compare_op, right, false, span, env)
            }
            Sql::AllOp { left, compare_op, right } if !is_query(right) => {
                self.quantified(left, compare_op, right, true, span, env)
            }
            Sql::InSubquery { .. }
            | Sql::Exists { .. }
            | Sql::Subquery(_)
            | Sql::AnyOp { .. }
            | Sql::AllOp { .. } => self.subquery(expr, span),
            Sql::AtTimeZone { .. } => self.unsupported(span, "`AT TIME ZONE` is"),
            Sql::Tuple(items) => {
                let items: Vec<Expr> = items.iter().map(|item| self.expr(item, env)).collect();
                self.operator("ROW", items, span)
            }
            Sql::Collate { .. } => self.unsupported(span, "`COLLATE` is"),
            Sql::Lambda(_) => self.unsupported(span, "a lambda is"),
            Sql::GroupingSets(_) => self.unsupported(span, "`GROUPING SETS` is"),
            Sql::Cube(_) => self.unsupported(span, "`CUBE` is"),
            Sql::Rollup(_) => self.unsupported(span, "`ROLLUP` is"),
            Sql::Wildcard(_) | Sql::QualifiedWildcard(..) => self.unsupported(span, "`*` here is"),
            Sql::Cast { expr, .. } => {
                let at = self.tokens.widen(self.tokens.extent(expr), 0, 2);
                let d = Diagnostic::new(SQL_UNSUPPORTED, at, "`::` is no operator of Flink SQL")
                    .help("write `CAST(x AS T)`");
                self.report(d);
                Expr::error(at)
            }
            Sql::JsonAccess { value, .. } => {
                let at = self.tokens.widen(self.tokens.extent(value), 0, 2);
                self.unsupported(at, "`:` is")
            }
            Sql::ILike { .. } => self.unsupported(span, "`ILIKE` is"),
            Sql::RLike { .. } => self.unsupported(span, "`RLIKE` is"),
            Sql::IsJson { expr, kind, unique_keys, negated } => {
                self.is_json(expr, *kind, unique_keys.is_some(), *negated, span, env)
            }
            _ => {
                let what = format!("`{}` is", self.text(span));
                self.unsupported(span, &what)
            }
        }
    }

    /// Binds a condition: `BOOLEAN`, or an error.
    pub(crate) fn condition(&mut self, expr: &Sql, env: Env<'_>) -> Expr {
        let bound = self.expr(expr, env);
        self.boolean(bound, env.clause)
    }

    /// Binds a condition; a bare `NULL` has no type beside others.
    pub(crate) fn condition_of_many(&mut self, expr: &Sql, env: Env<'_>, many: bool) -> Expr {
        let bound = self.expr(expr, env);
        let bound = if many { self.typed_as(bound, "BOOLEAN") } else { bound };
        self.boolean(bound, env.clause)
    }

    /// Checks that an expression is `BOOLEAN`.
    pub(crate) fn boolean(&mut self, bound: Expr, clause: &str) -> Expr {
        match bound.ty.kind {
            TypeKind::Boolean | TypeKind::Unknown => bound,
            TypeKind::Null => {
                let span = bound.span;
                Expr::literal(Value::Null, DataType::boolean()).at(span)
            }
            _ => {
                let span = bound.span.unwrap_or(self.tokens.whole);
                let message =
                    format!("the condition of `{clause}` must be `BOOLEAN`, not `{}`", bound.ty.kind);
                self.fail(TYPE_MISMATCH, span, message)
            }
        }
    }

    fn unary(&mut self, op: UnaryOperator, operand: &Sql, span: Span, env: Env<'_>) -> Expr {
        // `-9223372036854775808` is a number, though what stands behind its minus is out of range.
        if let (UnaryOperator::Minus, Sql::Value(value)) = (op, bare(operand))
            && let sqlparser::ast::Value::Number(text, _) = &value.value
        {
            return self.number(&format!("-{text}"), span);
        }
        let operand = self.expr(operand, env);
        match op {
            UnaryOperator::Not => {
                let operand = self.typed(operand);
                let operand = self.boolean(operand, "NOT");
                self.operator("NOT", vec![operand], span)
            }
            UnaryOperator::Plus => operand.at(span),
            UnaryOperator::Minus => match literal::negated(&operand) {
                Some(folded) => folded.at(span),
                None => self.operator("UNARY -", vec![operand], span),
            },
            _ => {
                let what = format!("the operator `{op}` is");
                self.unsupported(span, &what)
            }
        }
    }

    /// `CASE`: conditions are `BOOLEAN`, results get their common type (`LogicalTypeMerging`).
    fn case(
        &mut self,
        operand: Option<&Sql>,
        branches: &[(&Sql, &Sql)],
        otherwise: Option<&Sql>,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let mut bound: Vec<(Expr, Expr)> = Vec::new();
        for (condition, result) in branches {
            let condition = match operand {
                Some(operand) => {
                    let at = self.tokens.extent(condition);
                    let left = self.expr(operand, env);
                    let right = self.expr(condition, env);
                    self.compare("=", left, right, at)
                }
                None => {
                    let condition = self.expr(condition, env);
                    self.boolean(condition, "WHEN")
                }
            };
            bound.push((condition, self.expr(result, env)));
        }
        let otherwise = match otherwise {
            Some(e) => self.expr(e, env),
            None => Expr::literal(Value::Null, DataType::new(TypeKind::Null)),
        };
        let results = || bound.iter().map(|(_, r)| r).chain([&otherwise]);
        let Some(ty) = case_type(results().map(|r| &r.ty)) else {
            // The first result that does not fit those before it.
            let all: Vec<&Expr> = results().collect();
            let odd = (1..all.len()).find(|n| case_type(all.iter().take(n + 1).map(|r| &r.ty)).is_none());
            let (before, odd) = all.split_at(odd.unwrap_or(0));
            let fits = case_type(before.iter().map(|r| &r.ty));
            let (Some(fits), Some(odd)) = (fits, odd.first()) else { return Expr::error(span) };
            let at = odd.span.unwrap_or(span);
            let message = format!(
                "this result of `CASE` is `{}`, and those before it are `{}`",
                odd.ty.kind, fits.kind
            );
            let d = Diagnostic::new(TYPE_MISMATCH, at, message);
            let d = match (odd.span, before.first().and_then(|r| r.span)) {
                (Some(at), Some(first)) => d.also(first, "the first result").fix(
                    format!("cast it to `{}`", fits.kind),
                    at,
                    format!("CAST({} AS {})", self.text(at), fits.kind),
                ),
                _ => d,
            };
            self.report(d);
            return Expr::error(span);
        };
        let branches = bound.into_iter().map(|(c, r)| (c, implicit(r, &ty))).collect();
        let otherwise = Box::new(implicit(otherwise, &ty));
        Expr::new(ExprKind::Case { branches, otherwise }, ty).at(span)
    }
}

/// Whether it is a sub-query in parentheses.
pub(crate) fn is_query(sql: &Sql) -> bool {
    matches!(bare(sql), Sql::Subquery(_))
}

/// The expression without the parentheses around it.
pub(crate) fn bare(mut sql: &Sql) -> &Sql {
    while let Sql::Nested(inner) = sql {
        sql = inner;
    }
    sql
}
