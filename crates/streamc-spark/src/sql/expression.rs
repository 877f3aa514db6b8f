//! Typed expressions as Spark SQL.

use super::literal::literal;
use super::{has_timestamp, quote, sql_type};
use streamc_diagnostics::Span;
use streamc_functions::Function;
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value};

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
            if COMPARING.contains(&function.name) {
                arguments.iter().try_for_each(|a| comparable(a, &format!("`{}`", function.name)))?;
            }
            let (text, operands) = call(expr, function.0, arguments, scope)?;
            match (arguments.as_slice(), operands.as_slice()) {
                ([a, b], [left, right]) => not_of_nan(function.name, [a, b], [left, right], text),
                _ => text,
            }
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
            comparable(value, "`IN`")?;
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

/// A call and its operands.
fn call(
    expr: &Expr,
    function: &Function,
    arguments: &[Expr],
    scope: Scope<'_>,
) -> Result<(String, Vec<String>), Refusal> {
    let comparison = matches!(function.name, "=" | "<>" | "<" | "<=" | ">" | ">=")
        && arguments.iter().all(|a| a.ty.is_exact_numeric());
    let texts: Vec<String> = arguments
        .iter()
        .map(|a| operand(if comparison { without_widening(a) } else { a }, scope))
        .collect::<Result<_, _>>()?;
    let types: Vec<DataType> = arguments.iter().map(|a| a.ty.clone()).collect();
    let text = streamc_functions::print::spark(function, &texts, &types, &expr.ty).map_err(|reason| {
        Refusal { what: format!("`{}`", function.name), reason, span: expr.span, is_type: false }
    })?;
    Ok((text, texts))
}

/// A comparison that equals something of one side of a join with something of the other, and its two operands. Here NaN is
/// equal to itself on both engines, and Spark must see the bare equality.
pub(crate) fn equation(expr: &Expr, scope: Scope<'_>) -> Result<(String, Vec<String>), Refusal> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if function.name == "=" => {
            arguments.iter().try_for_each(|a| comparable(a, "`=`"))?;
            call(expr, function.0, arguments, scope)
        }
        _ => expression(expr, scope).map(|text| (text, Vec::new())),
    }
}

/// A comparison in which NaN is neither equal to itself nor greater than numbers, as Spark takes it to be. The other operand
/// stands in its place, so that the result is `NULL` where that is `NULL`.
fn not_of_nan(name: &str, arguments: [&Expr; 2], operands: [&str; 2], text: String) -> String {
    // Of a value and itself Flink's planner says what Spark says: it is equal.
    if arguments[0].is_same(arguments[1]) {
        return text;
    }
    if let Some(decimal) = arguments.iter().position(|a| matches!(a.ty.kind, TypeKind::Decimal { .. })) {
        return of_zero_with_sign(name, arguments, operands, text, decimal);
    }
    let [left, right] = arguments.map(may_be_nan);
    let (nan, other) = match name {
        ">" | ">=" if left => (0, 1),
        "<" | "<=" if right => (1, 0),
        "=" | "<>" | "IS DISTINCT FROM" | "IS NOT DISTINCT FROM" if left && right => (0, 1),
        _ => return text,
    };
    let (nan, constant, other) = (operands[nan], is_constant(arguments[other]), operands[other]);
    match name {
        "IS DISTINCT FROM" => format!("(isnan({}) OR {text})", bare(nan)),
        "IS NOT DISTINCT FROM" => format!("(NOT isnan({}) AND {text})", bare(nan)),
        _ if constant => format!("({} AND NOT isnan({}))", bare(&text), bare(nan)),
        "<>" => format!("if(isnan({}), {other} = {other}, {})", bare(nan), bare(&text)),
        _ => format!("if(isnan({}), {other} <> {other}, {})", bare(nan), bare(&text)),
    }
}

/// A comparison of the decimal number at the place `decimal` with a floating-point number: NaN is greater than all numbers on
/// both engines, and 0 is greater than -0.0 on Flink (`Double.compare`) and equal to it on Spark.
fn of_zero_with_sign(
    name: &str,
    arguments: [&Expr; 2],
    operands: [&str; 2],
    text: String,
    decimal: usize,
) -> String {
    let other = 1 - decimal;
    let is_zero = |expr: &Expr| match &expr.kind {
        ExprKind::Literal(Value::Decimal(value)) => value.unscaled() == 0,
        _ => true,
    };
    if !arguments[other].ty.is_approximate() || !may_be_nan(arguments[other]) || !is_zero(arguments[decimal])
    {
        return text;
    }
    let (zero, signed) = (operands[decimal], bare(operands[other]));
    let meets = |equal: &str| format!("{zero} {equal} 0 AND CAST({signed} AS STRING) {equal} '-0.0'");
    match (name, decimal) {
        ("<=", 0) | (">=", 1) => format!("({text} AND NOT ({}))", meets("=")),
        (">", 0) | ("<", 1) => format!("({text} OR {})", meets("=")),
        ("IS NOT DISTINCT FROM", _) => format!("({text} AND NOT ({}))", meets("<=>")),
        ("IS DISTINCT FROM", _) => format!("({text} OR {})", meets("<=>")),
        _ => text,
    }
}

/// Whether the value may be NaN: it is a floating-point number, and neither a constant nor made of an exact one.
fn may_be_nan(expr: &Expr) -> bool {
    match &expr.kind {
        _ if !expr.ty.is_approximate() => false,
        ExprKind::Literal(Value::Double(value)) => value.is_nan(),
        ExprKind::Literal(Value::Float(value)) => value.is_nan(),
        ExprKind::Literal(_) => false,
        ExprKind::Cast { input, .. } => may_be_nan(input) || !input.ty.is_numeric(),
        _ => true,
    }
}

/// Whether the value is a constant that is not `NULL`.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(value) => !value.is_null(),
        ExprKind::Cast { input, lenient: false, .. } => is_constant(input),
        _ => false,
    }
}

/// Functions that compare values.
const COMPARING: &[&str] =
    &["=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "NULLIF", "ARRAY_CONTAINS", "ARRAY_POSITION"];

/// Fails where the operand of `what` holds a map.
fn comparable(operand: &Expr, what: &str) -> Result<(), Refusal> {
    collectable(&operand.ty).map_err(|reason| Refusal {
        what: format!("{what} of {}", operand.ty.kind),
        reason,
        span: operand.span,
        is_type: true,
    })
}

/// Whether values of the type can be compared and collected.
pub(crate) fn collectable(ty: &DataType) -> Result<(), String> {
    match &ty.kind {
        TypeKind::Map(..) => Err("Spark cannot compare maps".to_owned()),
        TypeKind::Array(e) => collectable(e),
        TypeKind::Row(fields) => fields.iter().try_for_each(|f| collectable(&f.ty)),
        _ => Ok(()),
    }
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
