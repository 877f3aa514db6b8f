//! What literals stand for.

/// The units of a duration with their length in milliseconds.
pub const DURATION_UNITS: &[(&str, i64)] =
    &[("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// The units of a size with their bytes, in powers of 1024.
pub const SIZE_UNITS: &[(&str, u64)] = &[("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30), ("tb", 1 << 40)];

/// The number and the unit of `10_000ms`: digits without `_`, and the letters behind.
fn split_unit(text: &str) -> (String, &str) {
    let cut = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (digits, unit) = text.split_at(cut);
    (digits.replace('_', ""), unit)
}

/// The milliseconds of a duration such as `5s`; `None` where the unit is unknown or the number too large.
pub fn duration_millis(text: &str) -> Option<i64> {
    let (digits, unit) = split_unit(text);
    let (_, scale) = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?;
    digits.parse::<i64>().ok()?.checked_mul(*scale)
}

/// A duration as people write it elsewhere, in the language's unit: `1min` for `1` and `m` or `minutes`.
pub(crate) fn meant_duration(text: &str) -> Option<String> {
    let (digits, unit) = split_unit(text);
    let unit = match unit.trim_start().to_ascii_lowercase().as_str() {
        "ms" | "milli" | "millis" | "msec" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "min",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        _ => return None,
    };
    (!digits.is_empty()).then(|| format!("{digits}{unit}"))
}

/// The bytes of a size such as `4gb`; `None` where the unit is unknown or the number too large.
pub fn size_bytes(text: &str) -> Option<u64> {
    let (digits, unit) = split_unit(text);
    let (_, scale) = SIZE_UNITS.iter().find(|(name, _)| unit.eq_ignore_ascii_case(name))?;
    digits.parse::<u64>().ok()?.checked_mul(*scale)
}

/// The name that a back-quoted text stands for.
pub fn unquote_name(text: &str) -> String {
    let inner = text.strip_prefix('`').unwrap_or(text);
    inner.strip_suffix('`').unwrap_or(inner).replace("``", "`")
}

/// An escape that means nothing: its byte range within the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEscape {
    /// Offset of the backslash.
    pub start: usize,
    /// Offset behind the escape.
    pub end: usize,
}

/// What the text between single quotes stands for: a doubled quote is one quote, nothing else is special.
pub fn unescape_single(content: &str) -> String {
    content.replace("''", "'")
}

/// What the text between double quotes stands for: `\n`, `\r`, `\t`, `\0`, `\\`, `\"`, `\'` and `\u{1F600}`.
/// Escapes that mean nothing are kept as written and reported.
pub fn unescape_double(content: &str) -> (String, Vec<BadEscape>) {
    if !content.contains('\\') {
        return (content.to_owned(), Vec::new());
    }
    let mut value = String::with_capacity(content.len());
    let mut bad = Vec::new();
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let start = content.len() - rest.len() + at;
        let tail = &rest[at + 1..];
        let (meant, length) = match tail.chars().next() {
            Some('n') => (Some('\n'), 1),
            Some('r') => (Some('\r'), 1),
            Some('t') => (Some('\t'), 1),
            Some('0') => (Some('\0'), 1),
            Some(c @ ('\\' | '"' | '\'')) => (Some(c), 1),
            Some('u') => match tail.strip_prefix("u{").and_then(|t| t.split_once('}')) {
                Some((digits, _)) if !digits.is_empty() && digits.len() <= 8 => {
                    let hex = digits.chars().all(|c| c.is_ascii_hexdigit());
                    let code = u32::from_str_radix(digits, 16).ok().filter(|_| hex);
                    (code.and_then(char::from_u32), digits.len() + 3)
                }
                _ => (None, 1),
            },
            Some(c) => (None, c.len_utf8()),
            None => (None, 0),
        };
        match meant {
            Some(c) => value.push(c),
            None => {
                value.push_str(&rest[at..at + 1 + length]);
                bad.push(BadEscape { start, end: start + 1 + length });
            }
        }
        rest = &tail[length..];
    }
    value.push_str(rest);
    (value, bad)
}

/// The content of a triple-quoted block: the info word's range within `inner` (the text between the quotes), if
/// there is one, and the offset in `inner` where the content starts.
///
/// The info word stands right behind the quotes and alone on its line: `"""jsonl`.
pub fn triple_info(inner: &str) -> (Option<std::ops::Range<usize>>, usize) {
    let Some(line_end) = inner.find('\n') else { return (None, 0) };
    let line = &inner[..line_end];
    let word = line.trim_end();
    let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_word { (Some(0..word.len()), line_end + 1) } else { (None, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_scale_by_their_unit() {
        assert_eq!(duration_millis("250ms"), Some(250));
        assert_eq!(duration_millis("1_0s"), Some(10_000));
        assert_eq!(duration_millis("1min"), Some(60_000));
        assert_eq!(duration_millis("2h"), Some(7_200_000));
        assert_eq!(duration_millis("3d"), Some(259_200_000));
        assert_eq!(duration_millis("3w"), None);
        assert_eq!(duration_millis("99999999999999999d"), None);
        assert_eq!(size_bytes("4gb"), Some(4 << 30));
        assert_eq!(size_bytes("16KB"), Some(16 << 10));
    }

    #[test]
    fn escapes_are_resolved_and_unknown_ones_reported_where_they_are() {
        assert_eq!(unescape_double(r#"a\tb\"\u{e9}\\"#), ("a\tb\"é\\".to_owned(), vec![]));
        let (value, bad) = unescape_double(r"ü\qx\u{zz}");
        assert_eq!(value, r"ü\qx\u{zz}");
        assert_eq!(bad, vec![BadEscape { start: 2, end: 4 }, BadEscape { start: 5, end: 11 }]);
        assert_eq!(unescape_double("ends\\").1, vec![BadEscape { start: 4, end: 5 }]);
    }

    #[test]
    fn an_info_word_stands_alone_on_the_first_line() {
        assert_eq!(triple_info("jsonl\n{}\n"), (Some(0..5), 6));
        assert_eq!(triple_info("jsonl\r\n{}\n"), (Some(0..5), 7));
        assert_eq!(triple_info("SELECT 1\n"), (None, 0));
        assert_eq!(triple_info("\n SELECT 1"), (None, 0));
        assert_eq!(triple_info("SELECT"), (None, 0));
    }
}
