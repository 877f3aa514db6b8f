//! Constants that Flink's planner cannot compute.
//!
//! It computes every constant before a job starts (`ExpressionReducer`), the largest first. If such a constant is a
//! division, it reads the divisor as a literal, and fails on anything else: `6 / (1 + 2)` cannot be planned, `6 / 3`
//! and `ABS(6 / (1 + 2))` can, `n / (1 + 2)` can. And it has no literal for a `FLOAT` that is infinite (measured,
//! Flink 2.3).

use crate::bind::Binder;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind, Relation, RelationKind, constant_value};
use streamc_types::{TypeKind, Value};

impl Binder<'_> {
    /// Reports the constants in a query that Flink does not plan, each once.
    pub(crate) fn check_constants(&mut self, rows: &Relation) {
        let mut found = Vec::new();
        rows.walk(&mut |relation| {
            for expr in computed(&relation.kind) {
                unreduced(expr, &mut found);
            }
        });
        self.report_constants(found);
    }

    /// The same in one expression.
    pub(crate) fn check_constant(&mut self, expr: &Expr) {
        let mut found = Vec::new();
        unreduced(expr, &mut found);
        self.report_constants(found);
    }

    fn report_constants(&mut self, found: Vec<Unreduced<'_>>) {
        let mut told: Vec<Span> = Vec::new();
        for Unreduced { constant, divisor } in found {
            let Some(span) = constant.span.filter(|span| !told.contains(span)) else { continue };
            told.push(span);
            let Some(divisor) = divisor else {
                let message = "Flink cannot plan a constant `FLOAT` that is infinite or `NaN`";
                let d = Diagnostic::new(SQL_UNSUPPORTED, span, message);
                self.report(d.help("compute it as `DOUBLE`"));
                continue;
            };
            let message = "Flink cannot plan a constant that is divided by what must be computed first";
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, message).help("write the divisor as a number");
            self.report(match (constant_value(divisor), divisor.span) {
                (Some(Value::Int(number)), Some(at)) if number > 0 => {
                    d.fix(format!("divide by `{number}`"), self.around(at), number.to_string())
                }
                _ => d,
            });
        }
    }

    /// The place of an expression with the parentheses around it.
    fn around(&self, at: Span) -> Span {
        let text = self.source.as_bytes();
        let before = |i: usize| text.get(..i)?.iter().rposition(|b| !b.is_ascii_whitespace());
        let after = |i: usize| Some(i + text.get(i..)?.iter().position(|b| !b.is_ascii_whitespace())?);
        let mut at = at;
        while let (Some(open), Some(close)) = (before(at.start as usize), after(at.end as usize))
            && text.get(open) == Some(&b'(')
            && text.get(close) == Some(&b')')
        {
            at = Span { start: open as u32, end: close as u32 + 1, ..at };
        }
        at
    }
}

/// What a relation computes of each row.
fn computed(kind: &RelationKind) -> Vec<&Expr> {
    match kind {
        RelationKind::Project { expressions, .. } => expressions.iter().collect(),
        RelationKind::Filter { predicate, .. } => vec![predicate],
        RelationKind::Join { condition, .. } => vec![condition],
        RelationKind::Values { rows } => rows.iter().flatten().collect(),
        RelationKind::Unnest { collection, .. } => vec![collection],
        RelationKind::Aggregate { aggregates: calls, .. } | RelationKind::Over { calls, .. } => calls
            .iter()
            .flat_map(|call| {
                // `COUNT` of what is never `NULL` counts rows.
                let counts = call.function.name == "COUNT" && !call.distinct;
                call.arguments.iter().filter(move |_| !counts).chain(&call.filter)
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A constant that Flink does not compute.
struct Unreduced<'e> {
    constant: &'e Expr,
    /// What it is divided by; `None` of a `FLOAT`.
    divisor: Option<&'e Expr>,
}

/// Finds them in an expression.
fn unreduced<'e>(expr: &'e Expr, out: &mut Vec<Unreduced<'e>>) {
    if !is_constant(expr) {
        for child in expr.children() {
            // The cast that Flink puts around it is the largest constant then.
            if !(is_constant(child) && is_converted(expr, child)) {
                unreduced(child, out);
            }
        }
        return;
    }
    match &expr.kind {
        // A cast to its own type is none, and neither is one that Flink leaves to the operator.
        ExprKind::Cast { input, implicit, .. } if *implicit || input.ty.kind == expr.ty.kind => {
            unreduced(input, out);
        }
        ExprKind::Call { function, arguments } => match (function.name, arguments.as_slice()) {
            ("/", [left, right]) if !is_literal(right) && !is_null(left) && !is_null(right) => {
                out.push(Unreduced { constant: expr, divisor: Some(right) });
            }
            ("COALESCE", [first, ..]) if !first.ty.nullable && first.ty.kind == expr.ty.kind => {
                unreduced(first, out);
            }
            _ if is_infinite(expr) => out.push(Unreduced { constant: expr, divisor: None }),
            _ => {}
        },
        ExprKind::Cast { input, lenient, .. }
            if is_infinite(expr) && (*lenient || !matches!(input.kind, ExprKind::Literal(_))) =>
        {
            out.push(Unreduced { constant: expr, divisor: None });
        }
        _ => {}
    }
}

/// Whether it is a `FLOAT` that is infinite or `NaN`.
fn is_infinite(expr: &Expr) -> bool {
    expr.ty.kind == TypeKind::Float
        && matches!(constant_value(expr), Some(Value::Float(found)) if !found.is_finite())
}

/// Whether Flink's validator puts a cast around a part of another type (`TypeCoercionImpl`).
fn is_converted(whole: &Expr, part: &Expr) -> bool {
    let is_cast = matches!(part.kind, ExprKind::Cast { .. });
    let differs = |ty: &TypeKind| part.ty.kind != *ty;
    match &whole.kind {
        ExprKind::Call { function, arguments } => match function.name {
            "=" | "<>" => is_cast || arguments.iter().any(|other| differs(&other.ty.kind)),
            "COALESCE" => is_cast || differs(&whole.ty.kind),
            "ARRAY" | "MAP" => is_cast,
            _ => false,
        },
        ExprKind::Case { branches, .. } => {
            let is_condition = branches.iter().any(|(condition, _)| std::ptr::eq(condition, part));
            !is_condition && (is_cast || differs(&whole.ty.kind))
        }
        ExprKind::InList { value, .. } => is_cast || differs(&value.ty.kind),
        _ => false,
    }
}

/// Whether the planner computes it: of literals alone, and not of the clock. `ROW` is not computed, its fields are.
fn is_constant(expr: &Expr) -> bool {
    let here = match &expr.kind {
        ExprKind::Column(_) | ExprKind::Error => false,
        ExprKind::Call { function, .. } => function.deterministic && function.name != "ROW",
        _ => true,
    };
    here && expr.children().into_iter().all(is_constant)
}

/// Whether it is a literal by the time the planner looks at the division (`RexSimplify`).
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Cast { input, lenient: false, .. } => is_literal(input),
        ExprKind::Call { function, arguments } => match (function.name, arguments.as_slice()) {
            ("UNARY -", [one]) => match &one.kind {
                ExprKind::Literal(_) => true,
                ExprKind::Call { function, .. } => function.name == "UNARY -" && is_literal(one),
                _ => false,
            },
            ("COALESCE", [first, ..]) => is_literal(first) && !first.ty.nullable,
            ("*", [one, other]) => is_int(one, 1) && is_literal(other) || is_int(other, 1) && is_literal(one),
            ("+", [one, other]) => is_int(one, 0) && is_literal(other) || is_int(other, 0) && is_literal(one),
            ("-", [one, zero]) => is_int(zero, 0) && is_literal(one),
            ("/", [one, by]) => is_int(by, 1) && is_literal(one),
            _ => false,
        },
        _ => false,
    }
}

/// Whether it is `NULL` by then.
fn is_null(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(value) => *value == Value::Null,
        ExprKind::Cast { input, .. } => is_null(input),
        ExprKind::Call { function, arguments } => {
            matches!(function.name, "+" | "-" | "*" | "/" | "%" | "UNARY -") && arguments.iter().any(is_null)
        }
        _ => false,
    }
}

fn is_int(expr: &Expr, wanted: i64) -> bool {
    matches!(&expr.kind, ExprKind::Literal(Value::Int(found)) if *found == wanted)
}
