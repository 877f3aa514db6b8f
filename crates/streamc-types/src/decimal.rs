//! Exact decimals of up to 38 digits.

use num_bigint::BigInt;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// `unscaled / 10^scale`, at most 38 digits. Equal and hashed by value: `1.0 = 1.00`.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    unscaled: i128,
    scale: u8,
}

/// `10^exponent`; `None` above 38.
pub(crate) fn power_of_ten(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

/// `n / d` times `10^shift` as two whole numbers; `None` if one does not fit.
fn shifted(n: i128, d: i128, shift: i64) -> Option<(i128, i128)> {
    let power = power_of_ten(u32::try_from(shift.unsigned_abs()).ok()?)?;
    if shift >= 0 { Some((n.checked_mul(power)?, d)) } else { Some((n, d.checked_mul(power)?)) }
}

impl Decimal {
    /// The number `unscaled / 10^scale`.
    pub const fn new(unscaled: i128, scale: u8) -> Self {
        Self { unscaled, scale }
    }

    /// The digits as an integer.
    pub fn unscaled(self) -> i128 {
        self.unscaled
    }

    /// Digits behind the point.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// An integer.
    pub fn from_int(value: i64) -> Self {
        Self { unscaled: i128::from(value), scale: 0 }
    }

    /// Rounded half up (away from zero, as Java's `HALF_UP`) to `scale` digits; `None` (in Flink `NULL`) if the result
    /// has more than `precision` digits.
    pub fn rescale(self, precision: u8, scale: u8) -> Option<Self> {
        let unscaled = if scale >= self.scale {
            self.unscaled.checked_mul(power_of_ten(u32::from(scale - self.scale))?)?
        } else {
            let drop = u32::from(self.scale - scale);
            match power_of_ten(drop) {
                Some(divisor) => round_half_up(self.unscaled, divisor),
                None => 0,
            }
        };
        let result = Self { unscaled, scale };
        (result.unscaled.unsigned_abs() < power_of_ten(u32::from(precision.min(38)))?.unsigned_abs())
            .then_some(result)
    }

    /// From arbitrary digits: `digits / 10^scale`, rounded half up to `DECIMAL(precision, target)`; `None` if it does not fit.
    pub fn from_big(digits: &BigInt, scale: i64, precision: u8, target: u8) -> Option<Self> {
        let shift = i64::from(target) - scale;
        if !(-10_000..=10_000).contains(&shift) {
            return (digits.sign() == num_bigint::Sign::NoSign || shift < 0).then_some(Self::new(0, target));
        }
        let big = if shift >= 0 {
            digits * BigInt::from(10).pow(shift as u32)
        } else {
            let divisor = BigInt::from(10).pow((-shift) as u32);
            let half = &divisor / 2;
            if digits.sign() == num_bigint::Sign::Minus {
                (digits - half) / divisor
            } else {
                (digits + half) / divisor
            }
        };
        let unscaled = i128::try_from(big).ok()?;
        Self::new(unscaled, target).rescale(precision, target)
    }

    /// Reads `-12.340`, `1e3`, `.5`; `None` if it is no number or needs more than 38 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, scale) = parse_digits(text)?;
        if scale < 0 {
            return Self::from_big(&digits, scale, 38, 0);
        }
        let scale = u8::try_from(scale).ok().filter(|s| *s <= 38)?;
        Self::from_big(&digits, i64::from(scale), 38, scale)
    }

    /// Reads a number of any length and rounds it half up to `DECIMAL(precision, scale)`; `None` if it is no number or
    /// does not fit.
    pub fn parse_to(text: &str, precision: u8, scale: u8) -> Option<Self> {
        let (digits, from) = parse_digits(text)?;
        Self::from_big(&digits, from, precision, scale)
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        // Both are doubles without loss, so that one division rounds once.
        if self.unscaled.unsigned_abs() <= 1 << 53 && self.scale <= 22 {
            return self.unscaled as f64 / 10_f64.powi(i32::from(self.scale));
        }
        // Through text: the shortest correct conversion, without double rounding.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The integer part, towards zero.
    pub fn trunc(self) -> i128 {
        power_of_ten(u32::from(self.scale)).map_or(0, |p| self.unscaled / p)
    }

    /// The sum, at the larger scale; `None` on more than 38 digits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = aligned(self, other)?;
        Some(Self::new(a.checked_add(b)?, scale))
    }

    /// The difference, at the larger scale.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.negate())
    }

    /// The product, rounded half up to `DECIMAL(precision, scale)`.
    pub fn checked_mul(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        if let Some(product) = self.unscaled.checked_mul(other.unscaled) {
            return Self::new(product, self.scale + other.scale).rescale(precision, scale);
        }
        self.big_product(other, precision, scale)
    }

    fn big_product(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        let product = BigInt::from(self.unscaled) * BigInt::from(other.unscaled);
        Self::from_big(&product, i64::from(self.scale) + i64::from(other.scale), precision, scale)
    }

    /// The quotient, rounded half up to `DECIMAL(precision, scale)`; `None` on division by zero or overflow.
    pub fn checked_div(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        if other.unscaled == 0 {
            return None;
        }
        // One digit more than asked for would not be enough for exact half-up; compare twice the remainder instead.
        let shift = i64::from(scale) + i64::from(other.scale) - i64::from(self.scale);
        if let Some((n, d)) = shifted(self.unscaled, other.unscaled, shift) {
            let (magnitude, divisor) = (n.unsigned_abs(), d.unsigned_abs());
            let (quotient, rest) = (magnitude / divisor, magnitude % divisor);
            let rounded = quotient + u128::from(rest >= divisor - rest);
            let unscaled = i128::try_from(rounded).ok()?;
            let unscaled = if (n < 0) == (d < 0) { unscaled } else { -unscaled };
            return Self::new(unscaled, scale).rescale(precision, scale);
        }
        self.big_quotient(other, precision, scale, shift)
    }

    fn big_quotient(self, other: Self, precision: u8, scale: u8, shift: i64) -> Option<Self> {
        let (mut n, mut d) = (BigInt::from(self.unscaled), BigInt::from(other.unscaled));
        if shift >= 0 {
            n *= BigInt::from(10).pow(shift as u32);
        } else {
            d *= BigInt::from(10).pow((-shift) as u32);
        }
        let negative = (n.sign() == num_bigint::Sign::Minus) != (d.sign() == num_bigint::Sign::Minus);
        let (n, d) = (BigInt::from(n.magnitude().clone()), BigInt::from(d.magnitude().clone()));
        let mut q = &n / &d;
        if (&n - &q * &d) * 2 >= d {
            q += 1;
        }
        let unscaled = i128::try_from(if negative { -q } else { q }).ok()?;
        Self::new(unscaled, scale).rescale(precision, scale)
    }

    /// The remainder, with the sign of `self`; `None` on division by zero.
    pub fn checked_rem(self, other: Self) -> Option<Self> {
        let (a, b, scale) = aligned(self, other)?;
        Some(Self::new(a.checked_rem(b)?, scale))
    }

    /// The number with the other sign.
    pub fn negate(self) -> Self {
        Self::new(-self.unscaled, self.scale)
    }

    /// Number of digits before and behind the point (at least 1).
    pub fn precision(self) -> u8 {
        let digits = self.unscaled.unsigned_abs().checked_ilog10().map_or(1, |l| l as u8 + 1);
        digits.max(self.scale)
    }

    fn normalized(self) -> (i128, u8) {
        let (mut unscaled, mut scale) = (self.unscaled, self.scale);
        while scale > 0 && unscaled % 10 == 0 {
            unscaled /= 10;
            scale -= 1;
        }
        (unscaled, scale)
    }
}

fn round_half_up(value: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (value / divisor, value % divisor);
    if rest.unsigned_abs() * 2 >= divisor.unsigned_abs() { quotient + value.signum() } else { quotient }
}

fn aligned(a: Decimal, b: Decimal) -> Option<(i128, i128, u8)> {
    let scale = a.scale.max(b.scale);
    let up = |d: Decimal| d.unscaled.checked_mul(power_of_ten(u32::from(scale - d.scale))?);
    Some((up(a)?, up(b)?, scale))
}

/// `(digits, scale)` of a decimal or scientific literal.
fn parse_digits(text: &str) -> Option<(BigInt, i64)> {
    let text = text.trim();
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (negative, body) = match mantissa.as_bytes().first()? {
        b'-' => (true, &mantissa[1..]),
        b'+' => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if whole.is_empty() && fraction.is_empty()
        || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    if whole.len() + fraction.len() > 10_000 {
        return None;
    }
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    Some((if negative { -digits } else { digits }, fraction.len() as i64 - exponent))
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale {
            return self.unscaled.cmp(&other.unscaled);
        }
        match aligned(*self, *other) {
            Some((a, b, _)) => a.cmp(&b),
            None => {
                let big = |d: &Self, by: u8| BigInt::from(d.unscaled) * BigInt::from(10).pow(u32::from(by));
                big(self, other.scale).cmp(&big(other, self.scale))
            }
        }
    }
}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Decimal {}
impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normalized().hash(state);
    }
}

/// Plain notation with all digits of the scale: `-0.50`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let digits = self.unscaled.unsigned_abs().to_string();
        let scale = usize::from(self.scale);
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn arithmetic_is_exact_and_rounds_half_up() {
        let d = |t: &str| Decimal::parse(t).unwrap();
        assert_eq!(d("0.1").checked_add(d("0.20")).unwrap().to_string(), "0.30");
        assert_eq!(d("1").checked_div(d("3"), 38, 6).unwrap().to_string(), "0.333333");
        assert_eq!(d("-2").checked_div(d("3"), 38, 1).unwrap().to_string(), "-0.7");
        assert_eq!(d("2.5").rescale(10, 0).unwrap().to_string(), "3");
        assert_eq!(d("-2.5").rescale(10, 0).unwrap().to_string(), "-3");
        assert_eq!(d("99.95").rescale(3, 1), None);
        assert_eq!(d("1e3").to_string(), "1000");
        assert_eq!(Decimal::parse_to("12345678901234567890123456789012345678901", 38, 0), None);
        assert_eq!(d("-0.5").to_string(), "-0.5");
        assert_eq!(d("1.0"), d("1.00"));
    }

    #[test]
    fn products_and_quotients_of_machine_words_are_those_of_big_numbers() {
        let numbers =
            [1, 2, 3, 7, 15, 908, 10_000_005, i128::from(i64::MAX), 10i128.pow(37), 10i128.pow(38) - 1];
        let decimals: Vec<Decimal> = numbers
            .iter()
            .flat_map(|n| [*n, -n])
            .flat_map(|n| [0, 2, 19, 38].map(|scale| Decimal::new(n, scale)))
            .collect();
        let same = |a: Option<Decimal>, b: Option<Decimal>| {
            a.map(|d| (d.unscaled, d.scale)) == b.map(|d| (d.unscaled, d.scale))
        };
        for a in &decimals {
            for b in &decimals {
                for (precision, scale) in [(38, 0), (38, 6), (38, 38), (10, 2)] {
                    assert!(
                        same(a.checked_mul(*b, precision, scale), a.big_product(*b, precision, scale)),
                        "{a} * {b} as DECIMAL({precision}, {scale})"
                    );
                    let shift = i64::from(scale) + i64::from(b.scale) - i64::from(a.scale);
                    assert!(
                        same(
                            a.checked_div(*b, precision, scale),
                            a.big_quotient(*b, precision, scale, shift)
                        ),
                        "{a} / {b} as DECIMAL({precision}, {scale})"
                    );
                }
            }
        }
    }
}
