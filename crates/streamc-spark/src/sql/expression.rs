//! Typed expressions as Spark SQL.

use super::literal::literal;
use super::{has_timestamp, quote, sql_type};
use streamc_diagnostics::Span;
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TypeKind};

/// Why an expression has no equal on Spark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What: "`LISTAGG`", "the cast from INT to DATE".
    pub what: String,
    /// Why.
    pub reason: String,
    /// The place, as exact as it is known.
    pub span: Option<Span>,
    /// Whether a type is to blame rather than a function.
    pub is_type: bool,
}

/// The columns that an expression reads, by index: names as they are, not yet quoted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a>(pub &'a [String]);

impl Scope<'_> {
    fn column(self, index: usize) -> String {
        self.0.get(index).map_or_else(|| "NULL".to_owned(), |name| quote(name))
    }
}

/// The expression as Spark SQL that may stand as an operand. A computed timestamp comes out as `TIMESTAMP` whatever a
/// function makes of it.
pub(crate) fn expression(expr: &Expr, scope: Scope<'_>) -> Result<String, Refusal> {
    let text = operand(expr, scope)?;
    let computed = !matches!(expr.kind, ExprKind::Column(_) | ExprKind::Field { .. } | ExprKind::Literal(_));
    if computed && has_timestamp(&expr.ty) {
        let ty = sql_type(&expr.ty).map_err(|reason| of_type(expr, reason))?;
        let cast = format!("CAST({} AS {ty})", bare(&text));
        return Ok(if text == cast { text } else { cast });
    }
    Ok(text)
}

/// The text without parentheses around all of it.
pub(super) fn bare(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) else { return text };
    let (mut depth, mut quoted, mut escaped) = (0i32, None, false);
    for c in inner.chars() {
        match (quoted, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('\''), '\\') => escaped = true,
            (Some(q), c) if c == q => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '`' | '"') => quoted = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    if depth == 0 && quoted.is_none() { inner } else { text }
}

fn operand(expr: &Expr, scope: Scope<'_>) -> Result<String, Refusal> {
    Ok(match &expr.kind {
        ExprKind::Literal(value) => literal(value, &expr.ty).map_err(|reason| of_type(expr, reason))?,
        ExprKind::Column(index) => scope.column(*index),
        ExprKind::Field { base, name, .. } => format!("{}.{}", operand(base, scope)?, quote(name)),
        ExprKind::Call { function, arguments } => {
            let comparison = matches!(function.name, "=" | "<>" | "<" | "<=" | ">" | ">=")
                && arguments.iter().all(|a| a.ty.is_exact_numeric());
            let texts: Vec<String> = arguments
                .iter()
                .map(|a| operand(if comparison { without_widening(a) } else { a }, scope))
                .collect::<Result<_, _>>()?;
            let types: Vec<DataType> = arguments.iter().map(|a| a.ty.clone()).collect();
            streamc_functions::print::spark(function.0, &texts, &types, &expr.ty).map_err(|reason| {
                Refusal { what: format!("`{}`", function.name), reason, span: expr.span, is_type: false }
            })?
        }
        ExprKind::Cast { input, lenient, .. } => {
            let inner = operand(input, scope)?;
            if input.ty.kind == expr.ty.kind {
                return Ok(inner);
            }
            sql_type(&expr.ty).map_err(|reason| of_type(expr, reason))?;
            streamc_functions::cast::spark(&inner, &input.ty, &expr.ty, *lenient).map_err(|reason| {
                Refusal {
                    what: format!("the cast from {} to {}", input.ty.kind, expr.ty.kind),
                    reason,
                    span: expr.span.or(input.span),
                    is_type: false,
                }
            })?
        }
        ExprKind::Case { branches, otherwise } => {
            let mut out = String::from("(CASE");
            for (condition, result) in branches {
                let (condition, result) = (operand(condition, scope)?, operand(result, scope)?);
                out.push_str(&format!(" WHEN {} THEN {}", bare(&condition), bare(&result)));
            }
            out.push_str(&format!(" ELSE {} END)", bare(&operand(otherwise, scope)?)));
            out
        }
        ExprKind::InList { value, list, negated } => {
            let items: Vec<String> = list.iter().map(|e| operand(e, scope)).collect::<Result<_, _>>()?;
            let not = if *negated { "NOT " } else { "" };
            format!("({} {not}IN ({}))", operand(value, scope)?, items.join(", "))
        }
        ExprKind::Error => {
            return Err(Refusal {
                what: "this expression".to_owned(),
                reason: "it has no type".to_owned(),
                span: expr.span,
                is_type: false,
            });
        }
    })
}

/// The expression below implicit casts that lose nothing: Spark compares exact numbers of any types by value.
fn without_widening(expr: &Expr) -> &Expr {
    let ExprKind::Cast { input, implicit: true, .. } = &expr.kind else { return expr };
    match (input.ty.as_decimal(), expr.ty.as_decimal()) {
        (Some((p, s)), Some((wide_p, wide_s))) if wide_s >= s && wide_p - wide_s >= p - s => {
            without_widening(input)
        }
        _ => expr,
    }
}

fn of_type(expr: &Expr, reason: String) -> Refusal {
    let kind = match &expr.ty.kind {
        TypeKind::Unknown => "an unknown type".to_owned(),
        kind => kind.to_string(),
    };
    Refusal { what: kind, reason, span: expr.span, is_type: true }
}

/// The expression as a whole: without parentheses around it.
pub(crate) fn whole(text: &str) -> &str {
    bare(text)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn only_parentheses_that_belong_together_are_taken_away() {
        assert_eq!(bare("(a + b)"), "a + b");
        assert_eq!(bare("(a) + (b)"), "(a) + (b)");
        assert_eq!(bare("(a = ')')"), "a = ')'");
        assert_eq!(
            bare("(a = '\\')')"),
            "(a = '\\')')".strip_prefix('(').unwrap().strip_suffix(')').unwrap()
        );
        assert_eq!(bare("f(a)"), "f(a)");
    }
}
