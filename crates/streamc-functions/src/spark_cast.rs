//! Casts in Spark SQL (ANSI mode) that give what Flink's give.
//!
//! Where the two differ: Flink's integers wrap and Spark's fail (the job stops; it never goes on with another value),
//! strings that are no number or date fail on both, timestamps print with all digits of their precision in Flink and
//! without trailing zeros in Spark, booleans print in capitals in Flink and in small letters in Spark.

use crate::families::temporal_text::TIMESTAMP_FORM;
use streamc_types::{DataType, MAX_LENGTH, TypeKind};

/// A type in Spark's spelling; `Err` if Spark has none.
pub(crate) fn type_name(ty: &DataType) -> Result<String, String> {
    Ok(match &ty.kind {
        TypeKind::Char(_) | TypeKind::Varchar(_) => "STRING".to_owned(),
        TypeKind::Boolean => "BOOLEAN".to_owned(),
        TypeKind::Binary(_) | TypeKind::Varbinary(_) => "BINARY".to_owned(),
        TypeKind::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
        TypeKind::TinyInt
        | TypeKind::SmallInt
        | TypeKind::Int
        | TypeKind::BigInt
        | TypeKind::Float
        | TypeKind::Double
        | TypeKind::Date => ty.kind.to_string(),
        TypeKind::Timestamp(_) => "TIMESTAMP_NTZ".to_owned(),
        TypeKind::TimestampLtz(_) => "TIMESTAMP".to_owned(),
        TypeKind::Array(element) => format!("ARRAY<{}>", type_name(element)?),
        TypeKind::Map(key, value) => format!("MAP<{}, {}>", type_name(key)?, type_name(value)?),
        TypeKind::Row(fields) => {
            let fields: Result<Vec<String>, String> = fields
                .iter()
                .map(|f| Ok(format!("`{}`: {}", f.name.replace('`', "``"), type_name(&f.ty)?)))
                .collect();
            format!("STRUCT<{}>", fields?.join(", "))
        }
        other => return Err(format!("Spark has no type `{other}`")),
    })
}

pub(crate) fn cast(argument: &str, from: &DataType, to: &DataType, lenient: bool) -> Result<String, String> {
    use TypeKind::*;
    let word = if lenient { "TRY_CAST" } else { "CAST" };
    let name = type_name(to)?;
    if from.kind == to.kind {
        return Ok(argument.to_owned());
    }
    let plain = format!("{word}({argument} AS {name})");
    Ok(match (&from.kind, &to.kind) {
        (Null, _) => format!("CAST(NULL AS {name})"),
        (_, Char(n) | Varchar(n)) => {
            let text = to_text(argument, from)?;
            match to.kind {
                Char(_) => format!("rpad({text}, {n}, ' ')"),
                _ if *n == MAX_LENGTH || longest(from).is_some_and(|l| l <= *n) => text,
                _ => format!("left({text}, {n})"),
            }
        }
        (Char(_) | Varchar(_), TinyInt | SmallInt | Int | BigInt) => {
            // Flink cuts a fraction off and knows no exponent; Spark refuses a fraction.
            let whole = format!("regexp_replace({argument}, '[.][0-9]*', '')");
            let digits = format!("(CASE WHEN {argument} RLIKE '^ *[.]' THEN '0' ELSE {whole} END)");
            shaped(argument, "^ *[+-]?[0-9]+([.][0-9]*)? *$|^ *[.][0-9]+ *$", &digits, &name, lenient)
        }
        (Char(_) | Varchar(_), Boolean) => shaped(argument, "^[A-Za-z0-9]+$", argument, &name, lenient),
        (Char(_) | Varchar(_), Date) => shaped(argument, DATE_FORM, &date_text(argument), &name, lenient),
        (Char(_) | Varchar(_), Timestamp(p) | TimestampLtz(p)) => {
            let wall = shaped(argument, TIMESTAMP_FORM, argument, "TIMESTAMP_NTZ", lenient);
            let wall =
                if matches!(to.kind, Timestamp(_)) { wall } else { format!("CAST({wall} AS TIMESTAMP)") };
            cut(&wall, *p, &name)?
        }
        (Char(_) | Varchar(_), Binary(n)) => format!("rpad(CAST({argument} AS BINARY), {n}, X'00')"),
        (Char(_) | Varchar(_), Varbinary(n)) if *n < MAX_LENGTH => {
            format!("substring(CAST({argument} AS BINARY), 1, {n})")
        }
        (Binary(_) | Varbinary(_), Binary(n)) => format!("rpad({argument}, {n}, X'00')"),
        (Binary(m) | Varbinary(m), Varbinary(n)) if n < m => format!("substring({argument}, 1, {n})"),
        (Binary(_) | Varbinary(_), Varbinary(_)) => argument.to_owned(),
        (Char(_) | Varchar(_), _) => plain,
        (Float | Double, TinyInt | SmallInt | Int) => {
            // Java saturates at INT, then drops the upper bits; Spark fails. NaN is 0.
            let kind = &to.kind;
            let saturated = format!(
                "(CASE WHEN isnan({argument}) THEN 0 WHEN {argument} >= 2147483647 THEN 2147483647 WHEN {argument} <= -2147483648 THEN -2147483648 ELSE CAST({argument} AS INT) END)"
            );
            if *kind == Int { saturated } else { narrow(&saturated, kind) }
        }
        (Float | Double, BigInt) => format!(
            "(CASE WHEN isnan({argument}) THEN 0L WHEN {argument} >= 9223372036854775807 THEN 9223372036854775807L WHEN {argument} <= -9223372036854775808 THEN (-9223372036854775807L - 1L) ELSE CAST({argument} AS BIGINT) END)"
        ),
        (Int | BigInt | SmallInt, TinyInt | SmallInt | Int) if from.as_decimal() > to.as_decimal() => {
            narrow(argument, &to.kind)
        }
        (Decimal { .. }, TinyInt | SmallInt | Int) => narrow(argument, &to.kind),
        (Float | Double, Decimal { .. }) if !lenient => format!(
            "(CASE WHEN isnan({argument} - {argument}) THEN raise_error(concat('cannot cast to {name}: ', {argument})) ELSE TRY_CAST({argument} AS {name}) END)"
        ),
        (Decimal { .. } | TinyInt | SmallInt | Int | BigInt | Float | Double, Decimal { .. }) => {
            // Beyond the precision Flink gives NULL.
            format!("TRY_CAST({argument} AS {name})")
        }
        (Timestamp(p) | TimestampLtz(p), Timestamp(q) | TimestampLtz(q)) => {
            let same = matches!(
                (&from.kind, &to.kind),
                (Timestamp(_), Timestamp(_)) | (TimestampLtz(_), TimestampLtz(_))
            );
            let converted = if same { argument.to_owned() } else { format!("CAST({argument} AS {name})") };
            if p > q { cut(&converted, *q, &name)? } else { converted }
        }
        (Time(_), _) | (_, Time(_)) => return Err("Structured Streaming has no TIME type".to_owned()),
        (Interval(_), _) | (_, Interval(_)) => {
            return Err("intervals are written otherwise in Spark".to_owned());
        }
        (Array(a), Array(b)) => {
            let inner = cast("e", a, b, lenient)?;
            if inner == "e" { argument.to_owned() } else { format!("transform({argument}, e -> {inner})") }
        }
        (Map(..), Map(..)) => plain,
        (Row(a), Row(b)) => {
            let simple = a.iter().zip(b).all(|(f, g)| {
                f.ty.kind == g.ty.kind
                    || cast("x", &f.ty, &g.ty, lenient).is_ok_and(|t| t.starts_with(&format!("{word}(x AS ")))
            });
            if !simple {
                return Err(
                    "Spark casts a field of this row otherwise; cast the fields one by one".to_owned()
                );
            }
            plain
        }
        _ => plain,
    })
}

/// The texts that Flink reads as dates.
pub(crate) const DATE_FORM: &str = "^ *[0-9]{1,4}(-[0-9]{1,2}(-[0-9]{1,2})?)?( .*)?$";

/// The date of such a text as Spark reads it: without what follows, and a year of at least four digits.
pub(crate) fn date_text(argument: &str) -> String {
    format!("concat('000', substring_index(trim({argument}), ' ', 1))")
}

/// A cast of a text that Spark reads in more forms than Flink: what is not of the form fails (`NULL` if `lenient`).
pub(crate) fn shaped(argument: &str, form: &str, text: &str, name: &str, lenient: bool) -> String {
    let word = if lenient { "TRY_CAST" } else { "CAST" };
    let failure = if lenient {
        String::new()
    } else {
        format!(
            " WHEN {argument} IS NOT NULL THEN raise_error(concat('cannot cast to {name}: ', {argument}))"
        )
    };
    format!("(CASE WHEN {argument} RLIKE '{form}' THEN {word}({text} AS {name}){failure} END)")
}

/// The integer without its upper bits.
fn narrow(argument: &str, kind: &TypeKind) -> String {
    let bits = match kind {
        TypeKind::TinyInt => 8,
        TypeKind::SmallInt => 16,
        _ => 32,
    };
    let up = 64 - bits;
    format!("CAST(shiftright(shiftleft(CAST({argument} AS BIGINT), {up}), {up}) AS {kind})")
}

/// A timestamp cut to so many digits.
fn cut(argument: &str, precision: u8, name: &str) -> Result<String, String> {
    Ok(match precision {
        0 => format!("CAST(date_trunc('SECOND', {argument}) AS {name})"),
        3 => format!("CAST(date_trunc('MILLISECOND', {argument}) AS {name})"),
        6 => argument.to_owned(),
        7..=9 => return Err("Spark keeps six digits of a second".to_owned()),
        other => return Err(format!("Spark cannot cut a timestamp to {other} digits")),
    })
}

/// The most characters that the text of a type has, where that is known.
fn longest(ty: &DataType) -> Option<u32> {
    Some(match ty.kind {
        TypeKind::Char(n) | TypeKind::Varchar(n) => n,
        TypeKind::Boolean => 5,
        TypeKind::TinyInt => 4,
        TypeKind::SmallInt => 6,
        TypeKind::Int => 11,
        TypeKind::BigInt => 20,
        TypeKind::Decimal { precision, .. } => u32::from(precision) + 3,
        TypeKind::Date => 10,
        _ => return None,
    })
}

fn to_text(argument: &str, from: &DataType) -> Result<String, String> {
    Ok(match &from.kind {
        TypeKind::Char(_) | TypeKind::Varchar(_) => argument.to_owned(),
        TypeKind::Boolean => format!("upper(CAST({argument} AS STRING))"),
        TypeKind::Timestamp(0) | TypeKind::TimestampLtz(0) => {
            format!("date_format({argument}, 'yyyy-MM-dd HH:mm:ss')")
        }
        TypeKind::Timestamp(p @ 1..=6) | TypeKind::TimestampLtz(p @ 1..=6) => {
            let digits = "S".repeat(usize::from(*p));
            format!("date_format({argument}, 'yyyy-MM-dd HH:mm:ss.{digits}')")
        }
        TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => {
            return Err("Spark keeps six digits of a second".to_owned());
        }
        TypeKind::Float | TypeKind::Double | TypeKind::Date | TypeKind::Decimal { .. } => {
            format!("CAST({argument} AS STRING)")
        }
        TypeKind::Binary(_) | TypeKind::Varbinary(_) => format!("CAST({argument} AS STRING)"),
        _ if from.is_integer() => format!("CAST({argument} AS STRING)"),
        other => return Err(format!("Spark prints a `{other}` otherwise")),
    })
}
