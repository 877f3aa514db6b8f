//! The one place where text becomes a part of generated SQL or YAML.

/// An identifier in back quotes. Flink's lexer has no way to write an empty identifier or one with a line break;
/// [`is_expressible`] tells, and the capability check refuses the others before.
pub(crate) fn ident(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Whether Flink's lexer can read the name in back quotes, and its planner takes it as the name of a field ("Field names
/// must contain at least one non-whitespace character").
pub(crate) fn is_expressible(name: &str) -> bool {
    !name.contains(['\n', '\r']) && name.chars().any(|c| !c.is_whitespace())
}

/// A string literal. A backslash means itself, a line break may stand in it (Flink documentation, "SQL Syntax").
pub(crate) fn string(text: &str) -> String {
    format!("'{}'", escape(text))
}

/// The text as it stands between the quotes of a literal.
pub(crate) fn escape(text: &str) -> String {
    text.replace('\'', "''")
}

/// The text as lines of a comment, without the `-- `: whatever some reader takes for a line break ends a line, and other
/// control characters become blanks.
pub(crate) fn comment_lines(text: &str) -> Vec<String> {
    let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let text = text.replace("\r\n", "\n");
    let lines = text.split(breaks);
    lines.map(|l| l.replace(char::is_control, " ").trim_end().to_owned()).collect()
}

/// A YAML scalar: plain where that cannot be misread, otherwise in double quotes with JSON's escapes, which YAML has too.
pub(crate) fn yaml(text: &str) -> String {
    let plain = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/ ".contains(c) || c == ':')
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled_and_nothing_else_changes() {
        assert_eq!(ident("a`b"), "`a``b`");
        assert_eq!(string("it's \\ \n ü"), "'it''s \\ \n ü'");
    }

    #[test]
    fn a_comment_cannot_be_left() {
        assert_eq!(comment_lines("a\u{2028}b\r\nc\rd\u{0}e"), ["a", "b", "c", "d e"]);
    }

    #[test]
    fn only_harmless_yaml_is_plain() {
        assert_eq!(yaml("10 s"), "10 s");
        assert_eq!(yaml("s3://bucket/a b"), "s3://bucket/a b");
        assert_eq!(yaml("a: b"), "\"a: b\"");
        assert_eq!(yaml("# x"), "\"# x\"");
        assert_eq!(yaml("${A}"), "\"${A}\"");
    }
}
