//! JSON as Flink's functions know it: what Jackson reads and writes, and the paths of Jayway JsonPath.

pub(crate) mod path;
pub(crate) mod read;
pub(crate) mod value;
pub(crate) mod write;

use indexmap::IndexMap;

/// A JSON document. Numbers are kept as the text that Java's `toString` gives, because that is what the functions show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    /// Digits with an optional minus.
    Integer(String),
    /// As `BigDecimal.toString` writes it: `1.50`, `1E+2`.
    Decimal(String),
    Text(String),
    Array(Vec<Json>),
    /// In the order of the text; of a key that comes twice the last value.
    Object(IndexMap<String, Json>),
    /// Text that is JSON already and is written as it is.
    Raw(String),
}

impl Json {
    /// Whether it is neither an array nor an object.
    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Object(_))
    }

    /// A scalar as Java's `String.valueOf` writes it; JSON for anything else.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => write::text(other),
        }
    }
}

/// `BigDecimal.toString` of a number given as `[-]digits[.digits][e[+-]digits]`; `None` if its exponent is beyond Java's.
pub(crate) fn big_decimal(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let scale = fraction.len() as i64 - exponent;
    if i32::try_from(scale).is_err() {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let (sign, digits) = if digits.is_empty() { ("", "0") } else { (sign, digits) };
    let adjusted = digits.len() as i64 - 1 - scale;
    if scale >= 0 && adjusted >= -6 {
        if scale == 0 {
            return Some(format!("{sign}{digits}"));
        }
        let scale = scale as usize;
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        return Some(format!("{sign}{whole}.{fraction}"));
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let mark = if adjusted < 0 { "" } else { "+" };
    Some(format!("{sign}{first}{point}{rest}E{mark}{adjusted}"))
}

#[cfg(test)]
mod tests {
    use super::big_decimal;

    #[test]
    fn decimals_are_written_as_java_writes_them() {
        for (text, java) in [
            ("1.50", "1.50"),
            ("1e2", "1E+2"),
            ("1.0E15", "1.0E+15"),
            ("1.0E-7", "1.0E-7"),
            ("0.0000001", "1E-7"),
            ("0.000001", "0.000001"),
            ("-0.0", "0.0"),
            ("12345.678e2", "1234567.8"),
            ("12e-3", "0.012"),
            ("0E-10", "0E-10"),
        ] {
            assert_eq!(big_decimal(text).as_deref(), Some(java), "{text}");
        }
    }
}
