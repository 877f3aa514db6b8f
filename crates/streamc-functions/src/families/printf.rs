//! `PRINTF`: Java's `Formatter` in the locale US, for the conversions that it shares with everyone.
//!
//! What Java refuses (a wrong flag, a missing argument, `%d` of a text) makes the whole result `NULL`. `%e`, `%g`, `%a`, `%h`, `%t`
//! and the flags `#` and `<` are refused.

use crate::arguments::{text, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, CallTypes, EvalError, Family, Function, Typed};
use crate::json::big_decimal;
use crate::rules::{STRING, literal_text, refuse};
use crate::spark::SparkForm;
use crate::text::display;
use streamc_types::{DataType, TypeKind, Value, java_double_to_string, java_float_to_string};

/// The function.
pub const FUNCTIONS: &[Function] = &[scalar(Family::String, "PRINTF", (1, usize::MAX), rule, |_, types, a| printf(types, a))
    .spark(SparkForm::None("Spark fails on a wrong format, where Flink gives `NULL`"))
    .doc(
        "The values written into a format: `%s`, `%d`, `%x`, `%o`, `%f`, `%c`, `%b`, with flags, width and precision as in Java. `NULL` if a value does not fit.",
        "PRINTF('%s: %05.1f', 'ratio', CAST(2.25 AS DOUBLE))",
        "ratio: 002.3",
    )];

/// The greatest width and precision.
const MAX_WIDTH: usize = 1 << 20;

fn rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    for (index, argument) in arguments.iter().enumerate() {
        let fits = argument.ty.is_string()
            || (index > 0 && (argument.ty.is_numeric() || argument.ty.kind == TypeKind::Boolean));
        if !fits {
            let wanted = if index == 0 { "a string" } else { "a string, a number or a boolean" };
            return Err(refuse(function, arguments, index, wanted, Some("STRING")));
        }
    }
    if let Some(format) = literal_text(arguments, 0) {
        parse(format).map_err(|error| CallError { argument: Some(0), message: error.message, help: None })?;
    }
    Ok(Typed::as_is(arguments, DataType::new(STRING)))
}

enum Piece {
    Text(String),
    Value(Spec),
}

#[derive(Clone, Debug)]
struct Spec {
    /// The number of the argument, if it is said.
    index: Option<usize>,
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    conversion: char,
}

impl Spec {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// The text in its width.
    fn justified(&self, text: &str) -> String {
        let text = if self.conversion.is_ascii_uppercase() { text.to_uppercase() } else { text.to_owned() };
        let missing = self.width.unwrap_or(0).saturating_sub(text.encode_utf16().count());
        let blanks = " ".repeat(missing);
        if self.has('-') { text + &blanks } else { blanks + &text }
    }

    /// A number with its sign, zeros and width.
    fn number(&self, negative: bool, digits: &str, pads: bool) -> String {
        let (before, behind) = match negative {
            true if self.has('(') => ("(", ")"),
            true => ("-", ""),
            false if self.has('+') => ("+", ""),
            false if self.has(' ') => (" ", ""),
            false => ("", ""),
        };
        let fixed = before.len() + behind.len() + digits.len();
        let zeros = if self.has('0') && pads { self.width.unwrap_or(0).saturating_sub(fixed) } else { 0 };
        self.justified(&format!("{before}{}{digits}{behind}", "0".repeat(zeros)))
    }
}

/// Java would refuse the format or a value, and Flink gives `NULL`.
struct Wrong;

/// The pieces of a format; `None` where Java refuses it.
fn parse(format: &str) -> Result<Option<Vec<Piece>>, EvalError> {
    let unsupported =
        |what: &str| Err(EvalError::new(format!("{what} in the format `{format}` is not supported")));
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        if at > 0 {
            pieces.push(Piece::Text(rest[..at].to_owned()));
        }
        rest = &rest[at + 1..];
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut index = None;
        let count = digits(rest);
        if count > 0 && rest[count..].starts_with('$') {
            index = rest[..count].parse::<usize>().ok();
            if index.is_none_or(|i| i == 0) {
                return unsupported("this number of an argument");
            }
            rest = &rest[count + 1..];
        }
        let flags: String = rest.chars().take_while(|c| "-#+ 0,(<".contains(*c)).collect();
        rest = &rest[flags.len()..];
        if flags.contains(['#', '<']) {
            return unsupported("the flag `#` or `<`");
        }
        let count = digits(rest);
        let width = if count > 0 { rest[..count].parse::<usize>().ok() } else { None };
        let mut too_wide = count > 0 && width.is_none_or(|w| w > MAX_WIDTH);
        rest = &rest[count..];
        let mut precision = None;
        if let Some(behind) = rest.strip_prefix('.') {
            let count = digits(behind);
            if count == 0 {
                return Ok(None);
            }
            precision = behind[..count].parse::<usize>().ok();
            too_wide |= precision.is_none_or(|p| p > MAX_WIDTH);
            rest = &behind[count..];
        }
        if too_wide {
            return unsupported("such a width");
        }
        let Some(conversion) = rest.chars().next() else { return Ok(None) };
        rest = &rest[conversion.len_utf8()..];
        let twice = flags.chars().any(|f| flags.matches(f).count() > 1);
        let spec = Spec { index, flags, width, precision, conversion };
        match conversion {
            '%' | 'n' if spec.flags.is_empty() && spec.width.is_none() && spec.precision.is_none() => {
                pieces.push(Piece::Text(if conversion == '%' { "%" } else { "\n" }.to_owned()));
            }
            '%' | 'n' => return unsupported("a flag or width of `%%` or `%n`"),
            'e' | 'E' | 'g' | 'G' | 'a' | 'A' | 'h' | 'H' | 't' | 'T' => {
                return unsupported(&format!("`%{conversion}`"));
            }
            's' | 'S' | 'b' | 'B' | 'c' | 'C' | 'd' | 'o' | 'x' | 'X' | 'f' => {
                let allowed = match conversion {
                    'd' | 'f' => "-+ 0,(",
                    'o' | 'x' | 'X' => "-0",
                    _ => "-",
                };
                let misfit = spec.flags.chars().any(|f| !allowed.contains(f))
                    || (spec.width.is_none() && (spec.has('-') || spec.has('0')))
                    || (spec.has('-') && spec.has('0'))
                    || (spec.has('+') && spec.has(' '))
                    || (spec.precision.is_some() && matches!(conversion, 'c' | 'C' | 'd' | 'o' | 'x' | 'X'));
                if misfit || twice {
                    return Ok(None);
                }
                pieces.push(Piece::Value(spec));
            }
            _ => return Ok(None),
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(Some(pieces))
}

fn printf(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    if value(arguments, 0)?.is_null() {
        return Ok(Value::Null);
    }
    let Some(pieces) = parse(text(arguments, 0)?)? else { return Ok(Value::Null) };
    let mut out = String::new();
    let mut next = 0;
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Value(spec) => {
                let index = spec.index.unwrap_or_else(|| {
                    next += 1;
                    next
                });
                let (Some(value), Some(ty)) = (arguments.get(index), types.arguments.get(index)) else {
                    return Ok(Value::Null);
                };
                match write(&spec, value, ty) {
                    Ok(text) => out.push_str(&text),
                    Err(Wrong) => return Ok(Value::Null),
                }
            }
        }
    }
    Ok(Value::str(out))
}

fn write(spec: &Spec, value: &Value, ty: &DataType) -> Result<String, Wrong> {
    let plain = |text: &str| {
        let cut: String = match spec.precision {
            Some(most) => text.chars().take(most).collect(),
            None => text.to_owned(),
        };
        Ok(spec.justified(&cut))
    };
    match (spec.conversion, value) {
        ('b' | 'B', Value::Null) => plain("false"),
        ('b' | 'B', Value::Boolean(value)) => plain(if *value { "true" } else { "false" }),
        ('b' | 'B', _) => plain("true"),
        (_, Value::Null) => plain("null"),
        ('s' | 'S', Value::Boolean(value)) => plain(if *value { "true" } else { "false" }),
        ('s' | 'S', Value::Double(value)) => plain(&java_double_to_string(*value)),
        ('s' | 'S', Value::Float(value)) => plain(&java_float_to_string(*value)),
        ('s' | 'S', value) => plain(&display(value, ty)),
        ('d', Value::Int(value)) => {
            let mut digits = value.unsigned_abs().to_string();
            if spec.has(',') {
                digits = grouped(&digits);
            }
            Ok(spec.number(*value < 0, &digits, true))
        }
        ('x' | 'X' | 'o', Value::Int(value)) => {
            let bits = match ty.kind {
                TypeKind::TinyInt => u64::from(*value as u8),
                TypeKind::SmallInt => u64::from(*value as u16),
                TypeKind::Int => u64::from(*value as u32),
                _ => *value as u64,
            };
            let digits = if spec.conversion == 'o' { format!("{bits:o}") } else { format!("{bits:x}") };
            Ok(spec.number(false, &digits, true))
        }
        // Of a `BIGINT` Java makes no character.
        ('c' | 'C', Value::Int(value)) if ty.kind != TypeKind::BigInt => match u32::try_from(*value) {
            // Half of a pair has no bytes in UTF-8: Flink writes `?`.
            Ok(code) if code <= 0x10_ffff => {
                Ok(spec.justified(&char::from_u32(code).map_or_else(|| "?".to_owned(), String::from)))
            }
            _ => Err(Wrong),
        },
        ('f', Value::Double(value)) => Ok(float(spec, *value)),
        ('f', Value::Float(value)) => Ok(float(spec, f64::from(*value))),
        _ => Err(Wrong),
    }
}

/// Java rounds the digits that it would print, halves up.
fn float(spec: &Spec, value: f64) -> String {
    if value.is_nan() {
        return spec.justified("NaN");
    }
    if value.is_infinite() {
        return spec.number(value < 0.0, "Infinity", false);
    }
    let negative = value.is_sign_negative();
    let precision = spec.precision.unwrap_or(6);
    let written = java_double_to_string(value.abs());
    let exact = plain_decimal(&big_decimal(&written).unwrap_or(written));
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let keep = whole.len() + precision;
    let up = digits.get(keep).is_some_and(|d| *d >= b'5');
    digits.resize(keep, b'0');
    let mut carry = up;
    for digit in digits.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *digit == b'9';
        *digit = if carry { b'0' } else { *digit + 1 };
    }
    let mut text: String = digits.into_iter().map(char::from).collect();
    if carry {
        text.insert(0, '1');
    }
    let (whole, fraction) = text.split_at(text.len() - precision);
    let whole = if spec.has(',') { grouped(whole) } else { whole.to_owned() };
    let point = if precision > 0 { "." } else { "" };
    spec.number(negative, &format!("{whole}{point}{fraction}"), true)
}

/// `1.5E+3` as `1500`.
fn plain_decimal(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('E') else { return text.to_owned() };
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = whole.len() as i64 + exponent;
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize));
    }
    let point = point as usize;
    if point >= digits.len() {
        return format!("{digits}{}", "0".repeat(point - digits.len()));
    }
    format!("{}.{}", &digits[..point], &digits[point..])
}

/// Commas between thousands.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
