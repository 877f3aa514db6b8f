//! Literals and their types (Calcite's `SqlLiteral`; Flink documentation, "Data Types").

use super::Binder;
use crate::tokens::DURATION;
use sqlparser::ast::{Value as SqlValue, ValueWithSpan};
use std::sync::Arc;
use streamc_diagnostics::codes::syntax::BAD_LITERAL;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, Decimal, IntervalUnit, MAX_DECIMAL_PRECISION, TypeKind, Value};

const DAY: i64 = 86_400_000;

impl Binder<'_> {
    pub(super) fn value(&mut self, value: &ValueWithSpan) -> Expr {
        let span = self.tokens.sql(value.span);
        match &value.value {
            SqlValue::Number(text, _) => self.number(text, span),
            SqlValue::SingleQuotedString(text) => string(text).at(span),
            SqlValue::HexStringLiteral(text) => match hex(text) {
                Some(bytes) => {
                    let kind = TypeKind::Binary(bytes.len() as u32);
                    Expr::literal(Value::Bytes(Arc::from(bytes)), DataType::not_null(kind)).at(span)
                }
                None => {
                    self.fail(BAD_LITERAL, span, "a binary literal has an even number of hexadecimal digits")
                }
            },
            SqlValue::Boolean(b) => {
                Expr::literal(Value::Boolean(*b), DataType::not_null(TypeKind::Boolean)).at(span)
            }
            SqlValue::Null => Expr::literal(Value::Null, DataType::new(TypeKind::Null)).at(span),
            SqlValue::Placeholder(text) => match text.strip_prefix(DURATION).and_then(|ms| ms.parse().ok()) {
                Some(millis) => interval(IntervalUnit::DaySecond, millis).at(span),
                None => self.unsupported(span, &format!("`{text}` is")),
            },
            _ => {
                let what = format!("the literal `{}` is", self.text(span));
                self.unsupported(span, &what)
            }
        }
    }

    /// A number with or without a minus before it. In a query an exact number must fit into 64 bits without its point:
    /// Flink reads no other (Calcite's `SqlValidatorImpl.validateLiteral`).
    pub(super) fn number(&mut self, text: &str, span: Span) -> Expr {
        match number(text).filter(|(value, _)| !self.reserved || is_readable(value)) {
            Some((value, kind)) => Expr::literal(value, DataType::not_null(kind)).at(span),
            None => {
                let message = format!("the number `{text}` is out of range");
                let mut d = Diagnostic::new(BAD_LITERAL, span, message);
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                if !text.contains(['e', 'E']) && digits <= usize::from(MAX_DECIMAL_PRECISION) {
                    let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                    let cast = format!("CAST('{text}' AS DECIMAL({digits}, {scale}))");
                    d = d.help("Flink reads exact numbers of 64 bits").fix(
                        format!("write `{cast}`"),
                        span,
                        cast,
                    );
                }
                self.report(d);
                Expr::error(span)
            }
        }
    }

    /// `DATE '…'`, `TIME '…'`, `TIMESTAMP '…'`.
    pub(super) fn typed_string(&mut self, name: &str, value: &ValueWithSpan, span: Span) -> Expr {
        let SqlValue::SingleQuotedString(text) = &value.value else { return Expr::error(span) };
        let bound = match name {
            "DATE" => streamc_types::parse_date(text).map(|d| (Value::Date(d), TypeKind::Date)),
            "TIME" => streamc_types::parse_time(text)
                .filter(|(_, nanos)| *nanos == 0)
                .map(|(millis, _)| (Value::Time(millis), TypeKind::Time(0))),
            _ => {
                // A day alone is its midnight.
                let midnight = streamc_types::parse_date(text).map(|_| format!("{text} 00:00:00"));
                let text = midnight.as_deref().unwrap_or(text);
                streamc_types::parse_timestamp(text).filter(|_| !text.contains('T')).map(|t| {
                    let digits = text.rsplit_once('.').map_or(0, |(_, f)| f.len()).min(9) as u8;
                    (Value::Timestamp(t), TypeKind::Timestamp(digits))
                })
            }
        };
        match bound {
            Some((value, kind)) => Expr::literal(value, DataType::not_null(kind)).at(span),
            None => {
                let form = match name {
                    "DATE" => "2026-01-31",
                    "TIME" => "13:05:00",
                    _ => "2026-01-31 13:05:00",
                };
                let at = self.tokens.sql(value.span);
                let d = Diagnostic::new(BAD_LITERAL, at, format!("`'{text}'` is no {}", name.to_lowercase()))
                    .help(format!("write `{name} '{form}'`"));
                self.report(d);
                Expr::error(span)
            }
        }
    }

    /// `INTERVAL '1:30' MINUTE TO SECOND`.
    pub(super) fn interval(
        &mut self,
        sign: &str,
        text: &str,
        units: (&str, Span),
        at: Span,
        span: Span,
    ) -> Expr {
        match interval_millis(text, units.0) {
            Ok((unit, amount)) => {
                let amount = if sign == "-" { -amount } else { amount };
                interval(unit, amount).at(span)
            }
            Err(IntervalError::Unit) => {
                let d = Diagnostic::new(SQL_UNSUPPORTED, units.1, format!("`{}` is no unit of an interval", units.0))
                    .help("there are `YEAR`, `QUARTER`, `MONTH`, `WEEK`, `DAY`, `HOUR`, `MINUTE`, `SECOND`, and `… TO …` of two of them");
                self.report(d);
                Expr::error(span)
            }
            Err(IntervalError::Text) => {
                self.fail(BAD_LITERAL, at, format!("`'{text}'` is no interval of `{}`", units.0))
            }
            Err(IntervalError::Digits(digits)) => {
                let unit = units.0.split(['(', ' ']).next().unwrap_or_default();
                let d = Diagnostic::new(
                    BAD_LITERAL,
                    at,
                    format!("`'{text}'` has more digits than an interval of `{}` takes", units.0),
                )
                .help("an interval takes two digits unless it says how many")
                .fix(
                    format!("write `{unit}({digits})`"),
                    self.unit_word(units.1),
                    format!("{unit}({digits})"),
                );
                self.report(d);
                Expr::error(span)
            }
        }
    }

    /// The first word of the units, with its precision.
    fn unit_word(&self, span: Span) -> Span {
        let first = self.tokens.from(span.start);
        let last = match self.tokens.get(first + 1) {
            Some(sqlparser::tokenizer::Token::LParen) => self.tokens.closing(first + 1).unwrap_or(first),
            _ => first,
        };
        self.tokens.at(first).cover(self.tokens.at(last))
    }
}

fn interval(unit: IntervalUnit, amount: i64) -> Expr {
    Expr::literal(Value::Int(amount), DataType::not_null(TypeKind::Interval(unit)))
}

fn string(text: &str) -> Expr {
    // Java counts UTF-16 units.
    let length = text.encode_utf16().count() as u32;
    Expr::literal(Value::str(text), DataType::not_null(TypeKind::Char(length)))
}

/// `INT` or `BIGINT` where it fits, otherwise `DECIMAL` with as many digits as are written; with an exponent `DOUBLE`.
fn number(text: &str) -> Option<(Value, TypeKind)> {
    if text.contains(['e', 'E']) {
        // There is no negative zero: Flink subtracts from zero.
        let value: f64 = text.parse().ok().filter(|v: &f64| v.is_finite())? + 0.0;
        return Some((Value::Double(value), TypeKind::Double));
    }
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.is_empty() {
        if let Ok(value) = format!("{sign}{whole}").parse::<i64>() {
            return Some((Value::Int(value), integer_kind(value)));
        }
    }
    let precision =
        u8::try_from(whole.len() + fraction.len()).ok().filter(|p| *p <= MAX_DECIMAL_PRECISION)?;
    let scale = fraction.len() as u8;
    let text = if whole.is_empty() { format!("0.{fraction}") } else { text.trim_end_matches('.').to_owned() };
    let value = Decimal::parse_to(&format!("{sign}{text}"), precision, scale)?;
    Some((Value::Decimal(value), TypeKind::Decimal { precision, scale }))
}

fn integer_kind(value: i64) -> TypeKind {
    if i32::try_from(value).is_ok() { TypeKind::Int } else { TypeKind::BigInt }
}

/// Whether Flink's parser takes the number.
fn is_readable(value: &Value) -> bool {
    match value {
        Value::Decimal(d) => i64::try_from(d.unscaled()).is_ok(),
        _ => true,
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}

/// `-` of a numeric literal, so that `-1` is a literal too.
pub(super) fn negated(expr: &Expr) -> Option<Expr> {
    let ExprKind::Literal(value) = &expr.kind else { return None };
    let value = match value {
        Value::Int(n) => {
            let n = n.checked_neg()?;
            // The least number of a type has no positive counterpart.
            let kind = match expr.ty.kind {
                TypeKind::Int | TypeKind::BigInt => integer_kind(n),
                _ => expr.ty.kind.clone(),
            };
            return Some(Expr::literal(Value::Int(n), DataType { kind, ..expr.ty.clone() }));
        }
        Value::Double(d) => Value::Double(0.0 - d),
        Value::Decimal(d) => Value::Decimal(d.negate()),
        _ => return None,
    };
    Some(Expr::literal(value, expr.ty.clone()))
}

/// Why a text is no interval.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum IntervalError {
    /// The units do not go together.
    Unit,
    /// The text does not fit the units.
    Text,
    /// The first field has so many digits, more than the unit takes.
    Digits(usize),
}

/// The interval that `text` is in `units` (`DAY`, `DAY(3) TO SECOND`): milliseconds or months. As Calcite's
/// `SqlIntervalQualifier` reads it: the first field has at most two digits unless a precision says otherwise.
pub(crate) fn interval_millis(text: &str, units: &str) -> Result<(IntervalUnit, i64), IntervalError> {
    let word = |unit: &str| -> (String, Option<usize>) {
        let (name, rest) = unit.split_once('(').unwrap_or((unit, ""));
        let digits = rest.split([',', ')']).next().and_then(|d| d.trim().parse().ok());
        (name.trim().trim_end_matches('S').to_owned(), digits)
    };
    let (from, to) = units.split_once(" TO ").unwrap_or((units, ""));
    let ((from, digits), (to, _)) = (word(from), word(to));
    let (text, sign) = match text.trim().strip_prefix('-') {
        Some(rest) => (rest, -1),
        None => (text.trim().strip_prefix('+').unwrap_or(text.trim()), 1),
    };
    let limit = digits.unwrap_or(2);
    let first = |field: &str| -> Result<i64, IntervalError> {
        let value = whole(field)?;
        let length = field.trim_start_matches('0').len().max(1);
        if length > limit { Err(IntervalError::Digits(length)) } else { Ok(value) }
    };
    if matches!(from.as_str(), "YEAR" | "QUARTER" | "MONTH") {
        let months = match (from.as_str(), to.as_str()) {
            ("YEAR", "") => first(text)? * 12,
            ("QUARTER", "") => first(text)? * 3,
            ("MONTH", "") => first(text)?,
            ("YEAR", "MONTH") => {
                let (years, months) = text.split_once('-').ok_or(IntervalError::Text)?;
                first(years)? * 12 + below(months, 12)?
            }
            _ => return Err(IntervalError::Unit),
        };
        return Ok((IntervalUnit::YearMonth, sign * months));
    }
    let order = ["DAY", "HOUR", "MINUTE", "SECOND"];
    let scales = [DAY, 3_600_000, 60_000, 1_000];
    let bounds = [i64::MAX, 24, 60, 60];
    if (from.as_str(), to.as_str()) == ("WEEK", "") {
        return Ok((IntervalUnit::DaySecond, sign * first(text)? * 7 * DAY));
    }
    let start = order.iter().position(|u| *u == from).ok_or(IntervalError::Unit)?;
    let end =
        if to.is_empty() { start } else { order.iter().position(|u| *u == to).ok_or(IntervalError::Unit)? };
    if end < start || (end == start && !to.is_empty()) {
        return Err(IntervalError::Unit);
    }
    let mut fields: Vec<&str> = Vec::new();
    let mut rest = text;
    for unit in start..end {
        let separator = if unit == 0 { ' ' } else { ':' };
        let (field, more) = rest.split_once(separator).ok_or(IntervalError::Text)?;
        fields.push(field);
        rest = more;
    }
    let mut millis = 0i64;
    let (seconds, fraction) = if end == 3 { rest.split_once('.').unwrap_or((rest, "")) } else { (rest, "") };
    fields.push(seconds);
    for (i, field) in fields.iter().enumerate() {
        let unit = start + i;
        let value =
            if i == 0 { first(field)? } else { below(field, bounds.get(unit).copied().unwrap_or(60))? };
        let scale = scales.get(unit).copied().unwrap_or(1);
        millis = value.checked_mul(scale).and_then(|v| millis.checked_add(v)).ok_or(IntervalError::Text)?;
    }
    if !fraction.is_empty() {
        if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IntervalError::Text);
        }
        let three = format!("{fraction:0<3}");
        millis += whole(three.get(..3).unwrap_or("0"))?;
    }
    Ok((IntervalUnit::DaySecond, sign * millis))
}

fn whole(field: &str) -> Result<i64, IntervalError> {
    if field.is_empty() || field.len() > 10 || !field.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IntervalError::Text);
    }
    field.parse().map_err(|_| IntervalError::Text)
}

fn below(field: &str, bound: i64) -> Result<i64, IntervalError> {
    whole(field).and_then(|v| if v < bound { Ok(v) } else { Err(IntervalError::Text) })
}

#[cfg(test)]
mod tests {
    use super::{IntervalError, interval_millis, number};
    use streamc_types::IntervalUnit::{DaySecond, YearMonth};
    use streamc_types::TypeKind;

    #[test]
    fn intervals_read_as_calcite_reads_them() {
        assert_eq!(interval_millis("1:30", "MINUTE TO SECOND"), Ok((DaySecond, 90_000)));
        assert_eq!(interval_millis("-1 02:03:04.5", "DAY TO SECOND(3)"), Ok((DaySecond, -93_784_500)));
        assert_eq!(interval_millis("2-6", "YEAR TO MONTH"), Ok((YearMonth, 30)));
        assert_eq!(interval_millis("1", "WEEK"), Ok((DaySecond, 604_800_000)));
        assert_eq!(interval_millis("5", "MINUTES"), Ok((DaySecond, 300_000)));
        assert_eq!(interval_millis("100", "DAY(3)"), Ok((DaySecond, 8_640_000_000)));
        assert_eq!(interval_millis("100", "DAY"), Err(IntervalError::Digits(3)));
        assert_eq!(interval_millis("1:90", "MINUTE TO SECOND"), Err(IntervalError::Text));
        assert_eq!(interval_millis("1", "MILLISECOND"), Err(IntervalError::Unit));
        assert_eq!(interval_millis("1", "SECOND TO DAY"), Err(IntervalError::Unit));
    }

    #[test]
    fn numbers_have_the_types_that_flink_gives_them() {
        let kind = |text| number(text).map(|(_, kind)| kind);
        assert_eq!(kind("1"), Some(TypeKind::Int));
        assert_eq!(kind("2147483648"), Some(TypeKind::BigInt));
        assert_eq!(kind("0.908"), Some(TypeKind::Decimal { precision: 4, scale: 3 }));
        assert_eq!(kind(".5"), Some(TypeKind::Decimal { precision: 1, scale: 1 }));
        assert_eq!(kind("123456789012345678901234"), Some(TypeKind::Decimal { precision: 24, scale: 0 }));
        assert_eq!(kind("1e3"), Some(TypeKind::Double));
        assert_eq!(kind("1e999"), None);
    }
}
