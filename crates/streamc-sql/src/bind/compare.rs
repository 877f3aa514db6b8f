//! Comparisons: `=`, `IN`, `BETWEEN`, `IS DISTINCT FROM`.

use super::{Binder, Env, implicit};
use crate::dialect::{FORM, SYMMETRIC};
use sqlparser::ast::{Expr as Sql, ObjectNamePart};
use streamc_diagnostics::codes::lints::COMPARED_WITH_NULL;
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value, case_type};

/// Whether they are a string and a number or a truth value, which are not compared.
fn clash(a: &DataType, b: &DataType) -> bool {
    let plain = |t: &DataType| t.is_numeric() || t.kind == TypeKind::Boolean;
    (a.is_string() && plain(b)) || (b.is_string() && plain(a))
}

/// Whether Flink's planner refuses them too ("implicit type conversion between INTEGER and CHAR is not supported now",
/// `ScalarOperatorGens`): it does for equality with a number, and casts the string otherwise.
fn is_theirs(symbol: &str, a: &DataType, b: &DataType) -> bool {
    let equality = matches!(symbol, "=" | "<>" | "IS DISTINCT FROM" | "IS NOT DISTINCT FROM");
    equality && (a.is_numeric() || b.is_numeric())
}

/// Whether Flink takes a comparison that is not understood here: a string with a point in time or an interval, two
/// collections.
fn is_not_yet(symbol: &str, a: &DataType, b: &DataType) -> bool {
    let time = |t: &DataType| {
        matches!(
            t.kind,
            TypeKind::Date
                | TypeKind::Time(_)
                | TypeKind::Timestamp(_)
                | TypeKind::TimestampLtz(_)
                | TypeKind::Interval(_)
        )
    };
    let is_text = |e: &DataType| e.is_string();
    let order = matches!(symbol, "<" | "<=" | ">" | ">=");
    let nested = |t: &DataType| matches!(t.kind, TypeKind::Array(_) | TypeKind::Map(..) | TypeKind::Row(_));
    let arrays = |t: &DataType| matches!(t.kind, TypeKind::Array(_));
    (is_text(a) && time(b))
        || (time(a) && is_text(b))
        || (order && nested(a) && a.kind == b.kind)
        || (arrays(a) && arrays(b))
}

/// The fields of two rows that are written out, in pairs.
fn fields_of_both(left: &Expr, right: &Expr) -> Option<Vec<(Expr, Expr)>> {
    let (left, right) = (fields(left)?, fields(right)?);
    (left.len() == right.len()).then(|| left.iter().cloned().zip(right.iter().cloned()).collect())
}

/// The fields of a row that is written out.
fn fields(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if function.name == "ROW" => Some(arguments),
        _ => None,
    }
}

/// Whether a row has a field that may be `NULL`, however deep.
fn holds_nulls(ty: &DataType) -> bool {
    match &ty.kind {
        TypeKind::Row(fields) => fields.iter().any(|field| field.ty.nullable || holds_nulls(&field.ty)),
        _ => false,
    }
}

impl Binder<'_> {
    /// A comparison of two bound operands.
    pub(crate) fn compare(&mut self, symbol: &str, left: Expr, right: Expr, span: Span) -> Expr {
        if self.clashes(symbol, &left, &right, span) {
            return Expr::error(span);
        }
        if let Some(parts) = fields_of_both(&left, &right).filter(|_| symbol == "=") {
            return self.equal_fields(parts, span);
        }
        self.null_compared(symbol, &left, &right, span);
        let before = self.diagnostics.len();
        let (a, b) = (left.ty.clone(), right.ty.clone());
        let sides = (left.span, right.span);
        let mut bound = self.operator(symbol, vec![left, right], span);
        // `SqlTypeTransforms.TO_NULLABLE` looks into rows.
        bound.ty.nullable |= matches!(symbol, "=" | "<>") && (holds_nulls(&a) || holds_nulls(&b));
        if bound.ty.is_unknown() && is_not_yet(symbol, &a, &b) && self.diagnostics.len() > before {
            self.diagnostics.truncate(before);
            let message = format!("`{symbol}` between `{}` and `{}` is not supported yet", a.kind, b.kind);
            let mut d = Diagnostic::new(SQL_UNSUPPORTED, span, message);
            let (text, to) = if a.is_string() { (sides.0, &b.kind) } else { (sides.1, &a.kind) };
            if let Some(at) = text.filter(|_| a.is_string() != b.is_string()) {
                d = d.fix(format!("cast to `{to}`"), at, format!("CAST({} AS {to})", self.text(at)));
            }
            self.report(d);
        }
        bound
    }

    /// `(a, b) = (c, d)`: the fields one by one, as Calcite compares rows that are written out. Rows of columns are equal too
    /// where both lack the same field.
    fn equal_fields(&mut self, fields: Vec<(Expr, Expr)>, span: Span) -> Expr {
        let parts: Vec<Expr> = fields.into_iter().map(|(a, b)| self.compare("=", a, b, span)).collect();
        self.joined("AND", parts, span)
    }

    /// The conditions as one.
    fn joined(&mut self, symbol: &str, parts: Vec<Expr>, span: Span) -> Expr {
        let parts = parts.into_iter();
        parts
            .reduce(|whole, part| self.operator(symbol, vec![whole, part], span))
            .unwrap_or_else(|| Expr::error(span))
    }

    /// Points out `x = NULL`, which is never true.
    fn null_compared(&mut self, symbol: &str, left: &Expr, right: &Expr, span: Span) {
        let is_null = |e: &Expr| matches!(e.kind, ExprKind::Literal(Value::Null));
        let other = match (is_null(left), is_null(right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return,
        };
        let asks = match symbol {
            "=" => "IS NULL",
            "<>" => "IS NOT NULL",
            "<" | "<=" | ">" | ">=" => "",
            _ => return,
        };
        let message =
            format!("a comparison with `NULL` is never true: `{symbol}` gives `NULL` for every row");
        let mut d = Diagnostic::new(COMPARED_WITH_NULL, span, message);
        if let (Some(at), false) = (other.span, asks.is_empty()) {
            let text = format!("{} {asks}", self.text(at));
            d = d.fix(format!("write `{asks}`"), span, text);
        } else {
            d = d.help("ask for `NULL` with `IS NULL` or `IS NOT NULL`");
        }
        self.report(d);
    }

    /// Reports a string compared with a number.
    pub(crate) fn clashes(&mut self, symbol: &str, left: &Expr, right: &Expr, span: Span) -> bool {
        if !clash(&left.ty, &right.ty) {
            return false;
        }
        let (text, other) = if left.ty.is_string() { (left, right) } else { (right, left) };
        let (a, b) = (&left.ty.kind, &right.ty.kind);
        let mut d = if is_theirs(symbol, &left.ty, &right.ty) {
            Diagnostic::new(TYPE_MISMATCH, span, format!("`{symbol}` cannot compare `{a}` with `{b}`"))
                .help("the engines do not convert between them: say what is meant with a cast")
        } else {
            let message = format!("`{symbol}` between `{a}` and `{b}` is not supported");
            Diagnostic::new(SQL_UNSUPPORTED, span, message)
                .help("the engines convert between them each in its own way: say what is meant with a cast")
        };
        if let Some(at) = text.span {
            let to = &other.ty.kind;
            d = d.fix(format!("cast to `{to}`"), at, format!("CAST({} AS {to})", self.text(at)));
        }
        if let Some(at) = other.span {
            d = d.fix("cast to `STRING`", at, format!("CAST({} AS STRING)", self.text(at)));
        }
        self.report(d);
        true
    }

    /// Reports what stands in an `IN` list, is no exact constant, and has a type that the type before it does not hold: Calcite casts
    /// it to that (`SqlToRelConverter.convertInToOr`), so that `1 IN (x)` is true of an `x` of 1.5.
    fn is_cast_to_less(&mut self, value: &Expr, item: &Expr, at: Span) -> bool {
        let (into, from) = (&value.ty.kind, &item.ty.kind);
        let same_name = std::mem::discriminant(into) == std::mem::discriminant(from);
        let numbers = value.ty.is_numeric() && item.ty.is_numeric();
        let times = |kind: &TypeKind| {
            matches!(kind, TypeKind::Date | TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_))
        };
        let rounds =
            matches!(into, TypeKind::Decimal { .. }) && matches!(from, TypeKind::Float | TypeKind::Double);
        let constant = matches!(item.kind, ExprKind::Literal(_)) && !rounds;
        if constant || same_name || !(numbers || times(into) && times(from)) {
            return false;
        }
        let Some(both) = case_type([&value.ty, &item.ty]).filter(|both| both.kind != *into) else {
            return false;
        };
        let message = format!("`IN` would cut the `{from}` to the `{into}` before it");
        let mut d = Diagnostic::new(TYPE_MISMATCH, at, message);
        if let Some(before) = value.span {
            let text = format!("CAST({} AS {})", self.text(before), both.kind);
            d = d.fix(format!("cast what is before it to `{}`", both.kind), before, text);
        }
        self.report(d);
        true
    }

    /// Reports a constant of an `IN` list that is no value of the integer type before it: Flink cuts it to that type
    /// first, so that `1 IN (1.5)` is true there.
    fn is_cut(&mut self, value: &Expr, item: &Expr, at: Span) -> bool {
        if self.is_cast_to_less(value, item, at) {
            return true;
        }
        let digits = match value.ty.kind {
            TypeKind::TinyInt => 8,
            TypeKind::SmallInt => 16,
            TypeKind::Int => 32,
            TypeKind::BigInt => 64,
            _ => return false,
        };
        let limit = 1i128 << (digits - 1);
        let fits = match &item.kind {
            ExprKind::Literal(Value::Int(constant)) => (-limit..limit).contains(&i128::from(*constant)),
            ExprKind::Literal(Value::Decimal(constant)) => {
                let whole = constant.rescale(38, 0);
                whole.is_some_and(|w| w == *constant && (-limit..limit).contains(&w.unscaled()))
            }
            ExprKind::Literal(Value::Double(constant)) => {
                constant.fract() == 0.0 && (-(limit as f64)..limit as f64).contains(constant)
            }
            _ => true,
        };
        if !fits {
            let kind = &value.ty.kind;
            let d = Diagnostic::new(TYPE_MISMATCH, at, format!("no `{kind}` is {}", self.text(at)))
                .help("Flink would cut it to the type of what stands before `IN`; compare with `=` instead");
            self.report(d);
        }
        !fits
    }

    pub(super) fn distinct_from(&mut self, symbol: &str, a: &Sql, b: &Sql, span: Span, env: Env<'_>) -> Expr {
        let (a, b) = (self.expr(a, env), self.expr(b, env));
        self.compare(symbol, a, b, span)
    }

    /// `x BETWEEN a AND b` is `x >= a AND x <= b`, as Calcite expands it.
    pub(super) fn between(
        &mut self,
        value: &Sql,
        negated: bool,
        low: &Sql,
        high: &Sql,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let value = self.expr(value, env);
        if let Some(low) = symmetric(low) {
            let (low, high) = (self.expr(low, env), self.expr(high, env));
            let one = self.within(&value, &low, &high, span);
            if one.ty.is_unknown() {
                return one;
            }
            let other = self.within(&value, &high, &low, span);
            let either = self.operator("OR", vec![one, other], span);
            return if negated { self.operator("NOT", vec![either], span) } else { either };
        }
        let (low, high) = (self.expr(low, env), self.expr(high, env));
        let (above, below, join) = if negated { ("<", ">", "OR") } else { (">=", "<=", "AND") };
        let a = self.compare(above, value.clone(), low, span);
        if a.ty.is_unknown() {
            return a;
        }
        let b = self.compare(below, value, high, span);
        self.operator(join, vec![a, b], span)
    }

    /// `value >= low AND value <= high`.
    fn within(&mut self, value: &Expr, low: &Expr, high: &Expr, span: Span) -> Expr {
        let above = self.compare(">=", value.clone(), low.clone(), span);
        if above.ty.is_unknown() {
            return above;
        }
        let below = self.compare("<=", value.clone(), high.clone(), span);
        self.operator("AND", vec![above, below], span)
    }

    /// `(start, end) OVERLAPS (start, end)`; the end may be an interval, and the two points of a side may come in any order
    /// (Calcite's `StandardConvertletTable.convertOverlaps`).
    pub(super) fn overlaps(&mut self, left: &Sql, right: &Sql, span: Span, env: Env<'_>) -> Expr {
        let (Some(left), Some(right)) = (self.period(left, env), self.period(right, env)) else {
            return Expr::error(span);
        };
        let reaches = self.compare(">=", left.1, right.0, span);
        if reaches.ty.is_unknown() {
            return reaches;
        }
        let starts = self.compare(">=", right.1, left.0, span);
        self.operator("AND", vec![reaches, starts], span)
    }

    /// The earlier and the later point of a side of `OVERLAPS`; `None` after an error.
    fn period(&mut self, side: &Sql, env: Env<'_>) -> Option<(Expr, Expr)> {
        let span = self.tokens.extent(side);
        let Sql::Tuple(parts) = super::bare(side) else {
            self.fail(
                TYPE_MISMATCH,
                span,
                "`OVERLAPS` stands between two pairs: `(start, end) OVERLAPS (start, end)`",
            );
            return None;
        };
        let [first, second] = parts.as_slice() else {
            self.fail(
                TYPE_MISMATCH,
                span,
                "a side of `OVERLAPS` has two parts: a start, and an end or an interval",
            );
            return None;
        };
        let (first, second) = (self.expr(first, env), self.expr(second, env));
        if first.ty.is_unknown() || second.ty.is_unknown() {
            return None;
        }
        if !first.ty.is_datetime() {
            let at = first.span.unwrap_or(span);
            let message = format!("`OVERLAPS` takes dates and times here, not `{}`", first.ty.kind);
            self.fail(TYPE_MISMATCH, at, message);
            return None;
        }
        let second = if second.ty.is_interval() {
            self.operator("+", vec![first.clone(), second], span)
        } else {
            second
        };
        let ordered = self.compare("<=", first.clone(), second.clone(), span);
        if ordered.ty.is_unknown() || first.ty.kind != second.ty.kind {
            if !ordered.ty.is_unknown() {
                let message = format!("`{}` and `{}` are no period", first.ty.kind, second.ty.kind);
                self.fail(TYPE_MISMATCH, span, message);
            }
            return None;
        }
        let ty = first.ty.clone().with_nullable(first.ty.nullable || second.ty.nullable);
        let either = |yes: &Expr, no: &Expr| {
            let kind = ExprKind::Case {
                branches: vec![(ordered.clone(), yes.clone())],
                otherwise: Box::new(no.clone()),
            };
            Expr::new(kind, ty.clone()).at(span)
        };
        Some((either(&first, &second), either(&second, &first)))
    }

    /// `x IN (a, b)`: all get their common type.
    pub(super) fn in_list(
        &mut self,
        value: &Sql,
        list: &[Sql],
        negated: bool,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let list: Vec<&Sql> = list.iter().collect();
        self.listed(value, &list, negated, span, env)
    }

    pub(super) fn listed(
        &mut self,
        value: &Sql,
        list: &[&Sql],
        negated: bool,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let value = self.expr(value, env);
        let mut items = Vec::with_capacity(list.len());
        let mut failed = false;
        for item in list {
            let item = self.expr(item, env);
            let at = item.span.unwrap_or(span);
            failed |= self.clashes("IN", &value, &item, at) || self.is_cut(&value, &item, at);
            items.push(item);
        }
        if failed || items.iter().chain([&value]).any(|e| e.ty.is_unknown()) {
            return Expr::error(span);
        }
        let pairs: Option<Vec<_>> = items.iter().map(|item| fields_of_both(&value, item)).collect();
        if let Some(pairs) = pairs {
            let rows = pairs.into_iter().map(|fields| self.equal_fields(fields, span)).collect();
            let found = self.joined("OR", rows, span);
            return if negated { self.operator("NOT", vec![found], span) } else { found };
        }
        let Some(ty) = case_type(items.iter().chain([&value]).map(|e| &e.ty)) else {
            let odd = items.iter().find(|i| case_type([&value.ty, &i.ty]).is_none());
            let at = odd.and_then(|i| i.span).unwrap_or(span);
            let of = odd.map_or_else(String::new, |i| format!(" with `{}`", i.ty.kind));
            return self.fail(TYPE_MISMATCH, at, format!("`IN` cannot compare `{}`{of}", value.ty.kind));
        };
        let alike = |e: &Expr| e.ty.nullable == value.ty.nullable;
        let compared = match ty.kind {
            TypeKind::Variant | TypeKind::Structured(..) => false,
            // As with `=`: either all of them may be `NULL` or none.
            TypeKind::Bitmap => items.iter().all(alike),
            _ => true,
        };
        if !compared {
            return self.fail(
                TYPE_MISMATCH,
                span,
                format!("`IN` does not compare values of type `{}`", ty.kind),
            );
        }
        let nullable = items.iter().chain([&value]).any(|e| e.ty.nullable);
        let list = items.into_iter().map(|i| implicit(i, &ty)).collect();
        let value = Box::new(implicit(value, &ty));
        let result = DataType::boolean().with_nullable(nullable);
        Expr::new(ExprKind::InList { value, list, negated }, result).at(span)
    }
}

/// The first bound behind `BETWEEN SYMMETRIC`.
fn symmetric(low: &Sql) -> Option<&Sql> {
    let Sql::Function(function) = low else { return None };
    let Some(ObjectNamePart::Identifier(name)) = function.name.0.first() else { return None };
    if name.value.strip_prefix(FORM) != Some(SYMMETRIC) {
        return None;
    }
    super::call::arguments(function).ok()?.first().copied()
}
