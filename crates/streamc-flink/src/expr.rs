//! Expressions as SQL, with as few parentheses as the precedence of Flink's parser allows.

use crate::interval::{self, Place};
use crate::literal::literal;
use crate::quote::ident;
use crate::types::spelling;
use smol_str::SmolStr;
use streamc_functions::print::{Operand, flink};
use streamc_plan::{AggregateCall, Expr, ExprKind};
use streamc_types::{IntervalUnit, TypeKind, Value};

/// Strengths of `FlinkForm::Infix`.
pub(crate) const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const SUM: u8 = 5;

/// What stands for a column of a relation while its query is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// Its text.
    pub operand: Operand,
    /// A name: may be written more than once, and as a key of a group.
    pub simple: bool,
    /// Equal rows give equal values: may be computed more than once.
    pub deterministic: bool,
    /// The name that a list gives the column if it has no `AS`.
    pub named: Option<SmolStr>,
}

impl Cell {
    /// A column.
    pub(crate) fn column(name: &SmolStr) -> Self {
        Self {
            operand: Operand::atom(ident(name)),
            simple: true,
            deterministic: true,
            named: Some(name.clone()),
        }
    }

    /// A column of the table `table`.
    pub(crate) fn qualified(table: &str, name: &SmolStr) -> Self {
        Self { operand: Operand::atom(format!("{}.{}", ident(table), ident(name))), ..Self::column(name) }
    }
}

/// An expression whose columns are spelled as `cells` say.
pub(crate) fn operand(expr: &Expr, cells: &[Cell]) -> Operand {
    let text = |e: &Expr| operand(e, cells).text;
    match &expr.kind {
        ExprKind::Literal(value) => literal(value, &expr.ty),
        ExprKind::Column(index) => {
            cells.get(*index).map_or_else(|| Operand::atom("NULL"), |cell| cell.operand.clone())
        }
        ExprKind::Field { base, name, .. } => {
            let base = operand(base, cells);
            let named = base.text.ends_with('`') && base.strength == Operand::ATOM;
            let base = if named { base.text } else { format!("({})", base.text) };
            Operand::atom(format!("{base}.{}", ident(name)))
        }
        ExprKind::Call { function, arguments } => {
            if let (name @ ("+" | "-"), [moment, distance]) = (function.name, arguments.as_slice())
                && let Some(turned) = backwards(distance)
            {
                if turned.is_empty() {
                    return operand(moment, cells);
                }
                let symbol = if name == "+" { "-" } else { "+" };
                let moment = at_least(operand(moment, cells), SUM);
                return Operand { text: format!("{moment} {symbol} {turned}"), strength: SUM };
            }
            let arguments: Vec<Operand> = arguments.iter().map(|a| operand(a, cells)).collect();
            flink(function, &arguments)
        }
        // The engine does the same by itself, except that an untyped NULL takes no type.
        ExprKind::Cast { input, implicit: true, .. } => match &input.kind {
            ExprKind::Literal(Value::Null) => literal(&Value::Null, &expr.ty),
            _ => operand(input, cells),
        },
        ExprKind::Cast { input, lenient, .. } => {
            let word = if *lenient { "TRY_CAST" } else { "CAST" };
            let input = match &input.kind {
                ExprKind::Literal(Value::Null) => "NULL".to_owned(),
                _ => text(input),
            };
            Operand::atom(format!("{word}({input} AS {})", spelling(&expr.ty.kind)))
        }
        ExprKind::Case { branches, otherwise } => {
            let mut out = String::from("CASE");
            for (condition, result) in branches {
                out.push_str(&format!(" WHEN {} THEN {}", text(condition), branch(result, cells)));
            }
            if !is_null(otherwise) {
                out.push_str(&format!(" ELSE {}", text(otherwise)));
            }
            out.push_str(" END");
            Operand::atom(out)
        }
        ExprKind::InList { value, list, negated } => {
            let list: Vec<String> = list.iter().map(text).collect();
            let not = if *negated { "NOT " } else { "" };
            let value = at_least(operand(value, cells), COMPARISON + 1);
            Operand { text: format!("{value} {not}IN ({})", list.join(", ")), strength: COMPARISON }
        }
        // Refused before anything is printed.
        ExprKind::Error => Operand::atom("NULL"),
    }
}

/// In a `CASE` a bare `NULL` takes the type of the other results.
fn branch(result: &Expr, cells: &[Cell]) -> String {
    if is_null(result) { "NULL".to_owned() } else { operand(result, cells).text }
}

fn is_null(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Value::Null) => true,
        ExprKind::Cast { input, implicit: true, .. } => is_null(input),
        _ => false,
    }
}

/// A constant negative interval, turned round: `ts - INTERVAL '5' MINUTE` reads better than `ts + INTERVAL '-5' MINUTE`. Empty for
/// none at all.
fn backwards(distance: &Expr) -> Option<String> {
    let (ExprKind::Literal(Value::Int(n)), TypeKind::Interval(unit)) = (&distance.kind, &distance.ty.kind)
    else {
        return None;
    };
    let turned = n.checked_neg().filter(|t| *t >= 0)?;
    Some(match unit {
        _ if turned == 0 => String::new(),
        IntervalUnit::DaySecond => interval::millis(turned, Place::Expression),
        IntervalUnit::YearMonth => interval::months(turned),
    })
}

/// The text, in parentheses if it binds less than `least`.
pub(crate) fn at_least(operand: Operand, least: u8) -> String {
    if operand.strength < least { format!("({})", operand.text) } else { operand.text }
}

/// Whether the expression gives equal values for equal rows.
pub(crate) fn is_deterministic(expr: &Expr, cells: &[Cell]) -> bool {
    let mut all = true;
    expr.walk(&mut |e| match &e.kind {
        ExprKind::Call { function, .. } => all &= function.deterministic,
        ExprKind::Column(index) => all &= cells.get(*index).is_none_or(|c| c.deterministic),
        _ => {}
    });
    all
}

/// The cell of a computed column: its type is exactly the expression's, so a cast that the compiler put in is written.
pub(crate) fn cell(expr: &Expr, cells: &[Cell]) -> Cell {
    if let Some(cell) = expr.as_column().and_then(|index| cells.get(index)) {
        return cell.clone();
    }
    let named = match &expr.kind {
        ExprKind::Field { name, .. } => Some(name.clone()),
        _ => None,
    };
    let operand = match &expr.kind {
        ExprKind::Cast { input, implicit: true, .. }
            if !is_null(input) && input.ty.kind != expr.ty.kind && !expr.ty.is_unknown() =>
        {
            Operand::atom(format!("CAST({} AS {})", operand(input, cells).text, spelling(&expr.ty.kind)))
        }
        _ => operand(expr, cells),
    };
    Cell { operand, simple: false, deterministic: is_deterministic(expr, cells), named }
}

/// The parts of a condition, to be joined by `AND`; `x >= a AND x <= b` is one part, `x BETWEEN a AND b`.
pub(crate) fn conditions(condition: &Expr, cells: &[Cell]) -> Vec<String> {
    let parts = condition.conjuncts();
    let mut out = Vec::with_capacity(parts.len());
    let mut next = 0;
    while let Some(part) = parts.get(next) {
        next += 1;
        if let (Some((x, low)), Some((y, high))) =
            (bound(part, ">=", cells), parts.get(next).and_then(|p| bound(p, "<=", cells)))
            && x == y
        {
            out.push(format!("{x} BETWEEN {low} AND {high}"));
            next += 1;
            continue;
        }
        out.push(at_least(operand(part, cells), NOT));
    }
    out
}

/// Both sides of a comparison, each fit to stand in a `BETWEEN`.
fn bound(expr: &Expr, symbol: &str, cells: &[Cell]) -> Option<(String, String)> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if function.name == symbol => match arguments.as_slice() {
            [a, b] if is_deterministic(a, cells) => {
                Some((at_least(operand(a, cells), SUM), at_least(operand(b, cells), SUM)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// An aggregate call.
pub(crate) fn aggregate(call: &AggregateCall, cells: &[Cell]) -> Cell {
    let arguments: Vec<Operand> = call.arguments.iter().map(|a| operand(a, cells)).collect();
    let mut text = flink(&call.function, &arguments).text;
    if call.distinct
        && let Some(open) = text.find('(')
    {
        text.insert_str(open + 1, "DISTINCT ");
    }
    if let Some(filter) = &call.filter {
        text = format!("{text} FILTER (WHERE {})", operand(filter, cells).text);
    }
    Cell { operand: Operand::atom(text), simple: false, deterministic: true, named: None }
}
