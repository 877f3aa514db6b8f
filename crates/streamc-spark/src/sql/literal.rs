//! Constants in Spark SQL.

use super::types::sql_type;
use streamc_types::{DataType, IntervalUnit, TypeKind, Value, format_date};

/// A string constant. The backslash is Spark's escape character.
pub(crate) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// An interval of that many milliseconds.
pub(crate) fn interval(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    let fraction =
        if rest == 0 { String::new() } else { format!(".{rest:03}").trim_end_matches('0').to_owned() };
    format!("INTERVAL '{sign}{seconds}{fraction}' SECOND")
}

/// A constant of that type; `Err` is the reason why Spark has none.
pub(super) fn literal(value: &Value, ty: &DataType) -> Result<String, String> {
    let cast = |inner: String| sql_type(ty).map(|name| format!("CAST({inner} AS {name})"));
    Ok(match (value, &ty.kind) {
        (Value::Null, TypeKind::Null | TypeKind::Unknown) => "NULL".to_owned(),
        (Value::Null, _) => cast("NULL".to_owned())?,
        (Value::Boolean(b), _) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        (Value::Int(n), TypeKind::Interval(IntervalUnit::YearMonth)) => format!("INTERVAL '{n}' MONTH"),
        (Value::Int(n), TypeKind::Interval(IntervalUnit::DaySecond)) => interval(*n),
        (Value::Int(n), TypeKind::Int) if *n >= 0 => n.to_string(),
        (Value::Int(n), TypeKind::BigInt) if *n >= 0 => format!("{n}L"),
        (Value::Int(i64::MIN), _) => cast(format!("'{}'", i64::MIN))?,
        (Value::Int(n), _) => cast(n.to_string())?,
        (Value::Double(d), _) if d.is_finite() && d.is_sign_positive() => format!("{d:?}D"),
        (Value::Double(d), _) => cast(format!("'{}'", java_double(*d)))?,
        (Value::Float(f), _) => cast(format!("'{}'", java_float(*f)))?,
        (Value::Decimal(d), TypeKind::Decimal { precision, scale }) => {
            let natural = d.precision().max(d.scale());
            if d.unscaled() >= 0 && (natural, d.scale()) == (*precision, *scale) && d.scale() > 0 {
                d.to_string()
            } else {
                cast(d.to_string())?
            }
        }
        (Value::Decimal(d), _) => cast(d.to_string())?,
        (Value::Str(s), _) => text(s),
        (Value::Bytes(b), _) => format!("X'{}'", b.iter().map(|b| format!("{b:02X}")).collect::<String>()),
        (Value::Date(d), _) => format!("DATE '{}'", format_date(*d)),
        (Value::Timestamp(t), _) => format!("TIMESTAMP '{t}'"),
        (Value::Array(items), TypeKind::Array(element)) => {
            let items: Vec<String> = items.iter().map(|v| literal(v, element)).collect::<Result<_, _>>()?;
            format!("array({})", items.join(", "))
        }
        (Value::Map(items), TypeKind::Map(key, element)) => {
            let mut parts = Vec::new();
            for (k, v) in items.iter() {
                parts.push(literal(k, key)?);
                parts.push(literal(v, element)?);
            }
            format!("map({})", parts.join(", "))
        }
        (Value::Row(values), TypeKind::Row(fields)) => {
            let mut parts = Vec::new();
            for (v, field) in values.iter().zip(fields) {
                parts.push(text(&field.name));
                parts.push(literal(v, &field.ty)?);
            }
            format!("named_struct({})", parts.join(", "))
        }
        (Value::Time(_), _) => return Err(super::types::NO_TIME.to_owned()),
        (_, kind) => return Err(format!("Spark SQL has no constant of type {kind}")),
    })
}

fn java_double(d: f64) -> String {
    match d {
        d if d.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        d => streamc_types::java_double_to_string(d),
    }
}

fn java_float(f: f32) -> String {
    if f.is_finite() { streamc_types::java_float_to_string(f) } else { java_double(f64::from(f)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use streamc_types::{Decimal, Timestamp};

    fn of(value: Value, kind: TypeKind) -> String {
        literal(&value, &DataType::new(kind)).unwrap()
    }

    #[test]
    fn constants_have_the_type_that_the_plan_says() {
        assert_eq!(of(Value::Int(5), TypeKind::Int), "5");
        assert_eq!(of(Value::Int(-5), TypeKind::Int), "CAST(-5 AS INT)");
        assert_eq!(of(Value::Int(5), TypeKind::BigInt), "5L");
        assert_eq!(of(Value::Int(i64::MIN), TypeKind::BigInt), "CAST('-9223372036854775808' AS BIGINT)");
        assert_eq!(of(Value::Int(5), TypeKind::TinyInt), "CAST(5 AS TINYINT)");
        assert_eq!(of(Value::Double(1e3), TypeKind::Double), "1000.0D");
        assert_eq!(of(Value::Double(f64::NAN), TypeKind::Double), "CAST('NaN' AS DOUBLE)");
        assert_eq!(of(Value::Float(1.1), TypeKind::Float), "CAST('1.1' AS FLOAT)");
        let decimal = |text| Value::Decimal(Decimal::parse(text).unwrap());
        assert_eq!(of(decimal("0.015"), TypeKind::Decimal { precision: 3, scale: 3 }), "0.015");
        assert_eq!(
            of(decimal("1.50"), TypeKind::Decimal { precision: 10, scale: 2 }),
            "CAST(1.50 AS DECIMAL(10, 2))"
        );
        assert_eq!(of(Value::str("it's \\ \"x\"\n"), TypeKind::Varchar(9)), "'it\\'s \\\\ \"x\"\\n'");
        assert_eq!(
            of(Value::Timestamp(Timestamp::from_millis(0)), TypeKind::Timestamp(3)),
            "TIMESTAMP '1970-01-01 00:00:00'"
        );
        assert_eq!(of(Value::Null, TypeKind::Int), "CAST(NULL AS INT)");
        assert_eq!(interval(5000), "INTERVAL '5' SECOND");
        assert_eq!(interval(-250), "INTERVAL '-0.25' SECOND");
    }
}
