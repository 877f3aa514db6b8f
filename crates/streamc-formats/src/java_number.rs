//! Numbers as Java reads and prints them: the engine's formats are Jackson on top of `java.lang`.

use streamc_types::Decimal;

/// `Integer.parseInt` and its relatives: an optional sign and ASCII digits, within the range.
pub(crate) fn parse_integer(text: &str, min: i64, max: i64) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| (min..=max).contains(n))
}

/// A number with a fraction or an exponent, cut to an integer as Jackson does it: through a double, which must lie in
/// the range.
pub(crate) fn double_to_integer(value: f64, min: i64, max: i64) -> Option<i64> {
    (value >= min as f64 && value <= max as f64).then_some(value as i64)
}

/// `Double.parseDouble`, without hexadecimal digits: `1.5`, `.5`, `5.`, `1e3`, `1.5d`, `NaN`, `-Infinity`.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => {
            return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        _ => {}
    }
    java_digits(text)?.parse().ok()
}

/// `Float.parseFloat`, see [`parse_double`].
pub(crate) fn parse_float(text: &str) -> Option<f32> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        "NaN" => return Some(f32::NAN),
        "Infinity" => {
            return Some(if text.starts_with('-') { f32::NEG_INFINITY } else { f32::INFINITY });
        }
        _ => {}
    }
    java_digits(text)?.parse().ok()
}

/// The text without Java's type suffix, if it starts like a number (Rust's parser also takes words such as `inf`).
fn java_digits(text: &str) -> Option<&str> {
    let text = text.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.').then_some(text)
}

/// What `new BigDecimal(text)` and Flink's `DecimalData.fromBigDecimal` make of a text.
pub(crate) enum ParsedDecimal {
    /// It fits, rounded half up.
    Fits(Decimal),
    /// A number with too many digits: `NULL` in Flink.
    Overflow,
    /// No number.
    NoNumber,
}

/// Reads a decimal for `DECIMAL(precision, scale)`.
pub(crate) fn parse_decimal(text: &str, precision: u8, scale: u8) -> ParsedDecimal {
    if let Some(decimal) = short_decimal(text.as_bytes()) {
        return decimal.rescale(precision, scale).map_or(ParsedDecimal::Overflow, ParsedDecimal::Fits);
    }
    if !is_big_decimal(text) {
        return ParsedDecimal::NoNumber;
    }
    Decimal::parse_to(text, precision, scale).map_or(ParsedDecimal::Overflow, ParsedDecimal::Fits)
}

/// Up to 18 digits without exponent, without detours.
fn short_decimal(bytes: &[u8]) -> Option<Decimal> {
    let (negative, body) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if body.is_empty() || body.len() > 19 || body.iter().all(u8::is_ascii_digit) && body.len() > 18 {
        return None;
    }
    let (mut unscaled, mut scale, mut digits, mut point) = (0i64, 0u8, 0u8, false);
    for byte in body {
        match byte {
            b'0'..=b'9' => {
                unscaled = unscaled * 10 + i64::from(byte - b'0');
                digits += 1;
                scale += u8::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    (1..=18)
        .contains(&digits)
        .then(|| Decimal::new(i128::from(if negative { -unscaled } else { unscaled }), scale))
}

fn is_big_decimal(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && e.len() <= 10 && digits(e)
    });
    (!whole.is_empty() || !fraction.is_empty()) && digits(whole) && digits(fraction) && exponent_fits
}

/// The text of a number that JSON cannot hold.
pub(crate) fn non_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// A decimal as Jackson's tree model writes it: trailing zeros are cut (`12.50` is `12.5`), then
/// `BigDecimal.toPlainString`, or `BigDecimal.toString`, which turns `100000` into `1E+5`.
pub(crate) fn write_decimal(out: &mut Vec<u8>, value: Decimal, plain: bool) {
    let (mut unscaled, mut scale) = (value.unscaled(), i32::from(value.scale()));
    if unscaled == 0 {
        out.push(b'0');
        return;
    }
    while unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    let digits = unscaled.unsigned_abs().to_string();
    if unscaled < 0 {
        out.push(b'-');
    }
    let adjusted = digits.len() as i32 - 1 - scale;
    if !plain && (scale < 0 || adjusted < -6) {
        out.push(digits.as_bytes()[0]);
        if digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits.as_bytes()[1..]);
        }
        out.extend_from_slice(format!("E{adjusted:+}").as_bytes());
        return;
    }
    if scale <= 0 {
        out.extend_from_slice(digits.as_bytes());
        out.extend(std::iter::repeat_n(b'0', (-scale) as usize));
        return;
    }
    let scale = scale as usize;
    if digits.len() > scale {
        let (whole, fraction) = digits.as_bytes().split_at(digits.len() - scale);
        out.extend_from_slice(whole);
        out.push(b'.');
        out.extend_from_slice(fraction);
    } else {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', scale - digits.len()));
        out.extend_from_slice(digits.as_bytes());
    }
}
