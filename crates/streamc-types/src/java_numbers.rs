//! Floating-point numbers as Java prints them: `Double.toString` and `Float.toString`.
//!
//! The digits are the shortest that read back as the same number (JDK 19 and later; older JDKs print one digit more for
//! a few numbers, such as `2.0E-3` as `0.0020`, and the compiler does not follow them there). The layout is Java's: plain
//! from `0.001` up to below `10000000`, otherwise scientific with an `E` and at least one digit behind the point.

/// The text of a `DOUBLE` as Java prints it: `1.0`, `0.001`, `1.0E7`, `-Infinity`, `NaN`.
pub fn java_double_to_string(value: f64) -> String {
    if value.is_finite() { layout(&format!("{value:e}")) } else { special(value) }
}

/// The text of a `FLOAT` as Java prints it.
pub fn java_float_to_string(value: f32) -> String {
    if value.is_finite() { layout(&format!("{value:e}")) } else { special(f64::from(value)) }
}

fn special(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value > 0.0 {
        "Infinity".to_owned()
    } else {
        "-Infinity".to_owned()
    }
}

/// Lays out Rust's scientific text (`-1.25e-7`: the shortest digits) as Java does.
fn layout(scientific: &str) -> String {
    let (sign, unsigned) = match scientific.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scientific),
    };
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits == "0" {
        return format!("{sign}0.0");
    }
    if (-3..7).contains(&exponent) {
        if exponent < 0 {
            let zeros = "0".repeat((-exponent - 1) as usize);
            return format!("{sign}0.{zeros}{digits}");
        }
        let point = exponent as usize + 1;
        if digits.len() <= point {
            let zeros = "0".repeat(point - digits.len());
            return format!("{sign}{digits}{zeros}.0");
        }
        let (whole, fraction) = digits.split_at(point);
        return format!("{sign}{whole}.{fraction}");
    }
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    format!("{sign}{whole}.{fraction}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::{java_double_to_string, java_float_to_string};

    #[test]
    fn doubles_print_as_in_java() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100.0, "100.0"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (123_456.789, "123456.789"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (1.0e23, "1.0E23"),
            (-1.5e-10, "-1.5E-10"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
            (0.1 + 0.2, "0.30000000000000004"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(java_double_to_string(value), text);
        }
    }

    #[test]
    fn floats_print_their_own_shortest_digits() {
        for (value, text) in [
            (0.1f32, "0.1"),
            (1.0e7, "1.0E7"),
            (16_777_216.0, "1.6777216E7"),
            (f32::MAX, "3.4028235E38"),
            (0.5, "0.5"),
        ] {
            assert_eq!(java_float_to_string(value), text);
        }
    }
}
