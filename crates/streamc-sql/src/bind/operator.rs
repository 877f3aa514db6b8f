//! Operators between operands.

use super::{Binder, Env};
use sqlparser::ast::{BinaryOperator, Expr as Sql};
use streamc_diagnostics::Span;
use streamc_diagnostics::codes::types::DIVISION_BY_ZERO;
use streamc_functions::operator;
use streamc_plan::{Expr, ExprKind};
use streamc_types::Value;

fn symbol(op: &BinaryOperator) -> Option<&'static str> {
    Some(match op {
        BinaryOperator::Plus => "+",
        BinaryOperator::Minus => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
        BinaryOperator::StringConcat => "||",
        BinaryOperator::Eq => "=",
        BinaryOperator::NotEq => "<>",
        BinaryOperator::Lt => "<",
        BinaryOperator::LtEq => "<=",
        BinaryOperator::Gt => ">",
        BinaryOperator::GtEq => ">=",
        BinaryOperator::And => "AND",
        BinaryOperator::Or => "OR",
        _ => return None,
    })
}

/// Whether it is the constant zero.
fn is_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Value::Int(0)) => true,
        ExprKind::Literal(Value::Double(d)) => *d == 0.0,
        ExprKind::Literal(Value::Decimal(d)) => d.unscaled() == 0,
        ExprKind::Cast { input, .. } => is_zero(input),
        _ => false,
    }
}

impl Binder<'_> {
    /// Binds `a + b + c`, which is deep on its left, without recursion along that side.
    pub(super) fn chain(&mut self, expr: &Sql, env: Env<'_>) -> Expr {
        let mut links = Vec::new();
        let mut first = expr;
        while let Sql::BinaryOp { left, op, right } = first {
            if *op == BinaryOperator::Overlaps {
                break;
            }
            links.push((op, right));
            first = left;
        }
        let mut bound = match first {
            Sql::BinaryOp { left, right, .. } => {
                let span = self.tokens.extent(first);
                self.overlaps(left, right, span, env)
            }
            _ => self.expr(first, env),
        };
        for (op, right) in links.into_iter().rev() {
            let right = self.expr(right, env);
            let span = match (bound.span, right.span) {
                (Some(a), Some(b)) => a.cover(b),
                _ => self.tokens.whole,
            };
            bound = match symbol(op) {
                Some(symbol) => self.binary(symbol, bound, right, span),
                None => {
                    let what = format!("the operator `{op}` is");
                    self.unsupported(span, &what)
                }
            };
        }
        bound
    }

    /// An operator between two bound operands.
    pub(crate) fn binary(&mut self, symbol: &str, left: Expr, right: Expr, span: Span) -> Expr {
        match symbol {
            "=" | "<>" | "<" | "<=" | ">" | ">=" => self.compare(symbol, left, right, span),
            "AND" | "OR" => {
                // A bare `NULL` may be a whole condition, not a part of one ("Illegal use of 'NULL'").
                let (left, right) = (self.typed_as(left, "BOOLEAN"), self.typed_as(right, "BOOLEAN"));
                let left = self.boolean(left, symbol);
                let right = self.boolean(right, symbol);
                self.operator(symbol, vec![left, right], span)
            }
            // Flink's planner computes what is constant, and stops here even if no row ever gets there.
            "/" if left.columns().is_empty() && !left.ty.nullable && is_zero(&right) => {
                self.fail(DIVISION_BY_ZERO, span, "a constant is divided by zero")
            }
            _ => self.operator(symbol, vec![left, right], span),
        }
    }

    /// An operator of the catalogue.
    pub(crate) fn operator(&mut self, symbol: &str, arguments: Vec<Expr>, span: Span) -> Expr {
        match operator(symbol).or_else(|| streamc_functions::find(symbol)) {
            Some(function) => self.call(function, arguments, span),
            None => {
                let what = format!("the operator `{symbol}` is");
                self.unsupported(span, &what)
            }
        }
    }

    /// `x NOT LIKE y`: its own operator where the catalogue has one, otherwise `NOT (x LIKE y)`.
    pub(super) fn negatable(
        &mut self,
        symbol: &str,
        negated: bool,
        arguments: Vec<Expr>,
        span: Span,
    ) -> Expr {
        if !negated {
            return self.operator(symbol, arguments, span);
        }
        match operator(&format!("NOT {symbol}")) {
            Some(function) => self.call(function, arguments, span),
            None => {
                let inner = self.operator(symbol, arguments, span);
                self.operator("NOT", vec![inner], span)
            }
        }
    }

    pub(super) fn postfix(&mut self, symbol: &str, operand: &Sql, span: Span, env: Env<'_>) -> Expr {
        let operand = self.expr(operand, env);
        self.operator(symbol, vec![operand], span)
    }
}
