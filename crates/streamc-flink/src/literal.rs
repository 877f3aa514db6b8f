//! Constants, each with exactly the type that the plan gives it.
//!
//! What type Flink gives a bare literal was measured on 2.3: `0.015` is `DECIMAL(4, 3)`, `'a'` is `CHAR(1)`, `1` is `INT`
//! or `BIGINT`. A constant of another type is cast.

use crate::interval::{self, Place};
use crate::quote::string;
use crate::types::spelling;
use streamc_functions::print::Operand;
use streamc_types::{DataType, Decimal, IntervalUnit, Timestamp, TypeKind, Value, format_date, format_time};

/// Strength of a unary minus, see `FlinkForm::Infix`.
const SIGN: u8 = 7;

/// The constant as SQL.
pub(crate) fn literal(value: &Value, ty: &DataType) -> Operand {
    let kind = &ty.kind;
    let cast = |text: &str| Operand::atom(format!("CAST({text} AS {})", spelling(kind)));
    match (value, kind) {
        (Value::Null, TypeKind::Null | TypeKind::Unknown) => Operand::atom("NULL"),
        (Value::Null, _) => cast("NULL"),
        (Value::Boolean(b), _) => Operand::atom(if *b { "TRUE" } else { "FALSE" }),
        (Value::Int(n), TypeKind::Interval(IntervalUnit::DaySecond)) => {
            Operand::atom(interval::millis(*n, Place::Expression))
        }
        (Value::Int(n), TypeKind::Interval(IntervalUnit::YearMonth)) => Operand::atom(interval::months(*n)),
        (Value::Int(n), kind) => {
            let natural = if i32::try_from(*n).is_ok() { TypeKind::Int } else { TypeKind::BigInt };
            if *kind == natural { signed(n.to_string()) } else { cast(&n.to_string()) }
        }
        (Value::Float(f), _) if f.is_finite() => cast(&format!("{f:E}")),
        (Value::Float(f), _) => cast(&non_finite(f64::from(*f))),
        // A minus before a literal is a subtraction from zero, which has no negative zero.
        (Value::Double(d), _) if *d == 0.0 && d.is_sign_negative() => cast("'-0.0'"),
        (Value::Double(d), _) if d.is_finite() => signed(format!("{d:E}")),
        (Value::Double(d), _) => cast(&non_finite(*d)),
        (Value::Decimal(d), kind) => decimal(*d, kind),
        (Value::Str(s), TypeKind::Char(n)) if s.encode_utf16().count() == *n as usize => {
            Operand::atom(string(s))
        }
        (Value::Str(s), _) => cast(&string(s)),
        (Value::Bytes(b), kind) => {
            let text = format!("X'{}'", b.iter().map(|b| format!("{b:02X}")).collect::<String>());
            if *kind == TypeKind::Binary(b.len() as u32) { Operand::atom(text) } else { cast(&text) }
        }
        (Value::Date(days), _) => Operand::atom(format!("DATE '{}'", format_date(*days))),
        (Value::Time(millis), TypeKind::Time(p)) => {
            Operand::atom(format!("TIME '{}'", format_time(*millis, *p)))
        }
        (Value::Time(millis), _) => cast(&format!("TIME '{}'", format_time(*millis, 3))),
        (Value::Timestamp(t), TypeKind::TimestampLtz(p)) => instant(*t, *p),
        (Value::Timestamp(t), TypeKind::Timestamp(p)) => {
            Operand::atom(format!("TIMESTAMP '{}'", t.format(*p)))
        }
        (Value::Timestamp(t), _) => cast(&format!("TIMESTAMP '{}'", t.format(9))),
        (Value::Array(items), TypeKind::Array(element) | TypeKind::Multiset(element)) => {
            let items = items.iter().map(|v| literal(v, element).text).collect::<Vec<_>>();
            cast(&format!("ARRAY[{}]", items.join(", ")))
        }
        (Value::Map(entries), TypeKind::Map(k, v)) => {
            let pairs =
                entries.iter().map(|(a, b)| format!("{}, {}", literal(a, k).text, literal(b, v).text));
            cast(&format!("MAP[{}]", pairs.collect::<Vec<_>>().join(", ")))
        }
        (Value::Row(items), TypeKind::Row(fields)) => {
            let items = items.iter().zip(fields).map(|(v, f)| literal(v, &f.ty).text);
            cast(&format!("ROW({})", items.collect::<Vec<_>>().join(", ")))
        }
        // A value that is no value of its type: a fault elsewhere, which Flink's validator will name.
        (Value::Array(_) | Value::Map(_) | Value::Row(_), _) => cast("NULL"),
    }
}

fn signed(text: String) -> Operand {
    let strength = if text.starts_with('-') { SIGN } else { Operand::ATOM };
    Operand { text, strength }
}

fn non_finite(value: f64) -> String {
    match value {
        v if v.is_nan() => "'NaN'".to_owned(),
        v if v < 0.0 => "'-Infinity'".to_owned(),
        _ => "'Infinity'".to_owned(),
    }
}

fn decimal(value: Decimal, kind: &TypeKind) -> Operand {
    let text = value.to_string();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let natural = TypeKind::Decimal { precision: digits as u8, scale: value.scale() };
    // An exact number that does not fit into 64 bits without its point is out of range.
    let readable = i64::try_from(value.unscaled()).is_ok();
    if readable && value.scale() > 0 && digits <= 38 && natural == *kind {
        return signed(text);
    }
    let text = if readable && digits <= 38 { text } else { string(&text) };
    Operand::atom(format!("CAST({text} AS {})", spelling(kind)))
}

/// There is no literal for an instant, and one made by a cast would depend on the session's time zone.
fn instant(value: Timestamp, precision: u8) -> Operand {
    let text = format!("TO_TIMESTAMP_LTZ({}, 3)", value.millis);
    if precision == 3 && value.nanos == 0 {
        return Operand::atom(text);
    }
    if value.nanos == 0 {
        return Operand::atom(format!("CAST({text} AS TIMESTAMP_LTZ({precision}))"));
    }
    let text = format!("'{}', 'yyyy-MM-dd HH:mm:ss.SSSSSSSSS', 'UTC'", value.format(9));
    Operand::atom(format!("CAST(TO_TIMESTAMP_LTZ({text}) AS TIMESTAMP_LTZ({precision}))"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_of_another_type_than_its_text_is_cast() {
        let text = |v: Value, k| literal(&v, &DataType::not_null(k)).text;
        assert_eq!(text(Value::Int(1), TypeKind::Int), "1");
        assert_eq!(text(Value::Int(1), TypeKind::BigInt), "CAST(1 AS BIGINT)");
        assert_eq!(text(Value::Int(3_000_000_000), TypeKind::BigInt), "3000000000");
        assert_eq!(text(Value::Double(1.5), TypeKind::Double), "1.5E0");
        assert_eq!(text(Value::Double(f64::NAN), TypeKind::Double), "CAST('NaN' AS DOUBLE)");
        let d = Value::Decimal(Decimal::new(15, 3));
        assert_eq!(text(d.clone(), TypeKind::Decimal { precision: 4, scale: 3 }), "0.015");
        assert_eq!(text(d, TypeKind::Decimal { precision: 3, scale: 3 }), "CAST(0.015 AS DECIMAL(3, 3))");
        let wide = Value::Decimal(Decimal::new(123_456_789_012_345_678_905, 1));
        let wide = text(wide, TypeKind::Decimal { precision: 21, scale: 1 });
        assert_eq!(wide, "CAST('12345678901234567890.5' AS DECIMAL(21, 1))");
        assert_eq!(text(Value::str("it's"), TypeKind::Char(4)), "'it''s'");
        assert_eq!(text(Value::str("a"), DataType::string().kind), "CAST('a' AS STRING)");
        assert_eq!(text(Value::Null, TypeKind::Int), "CAST(NULL AS INT)");
        let t = Timestamp::from_millis(1_500);
        assert_eq!(text(Value::Timestamp(t), TypeKind::Timestamp(3)), "TIMESTAMP '1970-01-01 00:00:01.500'");
        assert_eq!(text(Value::Timestamp(t), TypeKind::TimestampLtz(3)), "TO_TIMESTAMP_LTZ(1500, 3)");
    }
}
