//! Identifiers in Spark SQL.

use super::keywords::KEYWORDS;

/// A name that Spark SQL reads back as it is: bare where it is a plain lower-case word, otherwise in back quotes.
pub(crate) fn quote(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && KEYWORDS.binary_search(&name).is_err();
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

/// A name as Spark's functions that take names of columns read it: there keywords are names like any other.
pub(crate) fn path(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_plain_words_is_quoted() {
        assert!(KEYWORDS.is_sorted());
        assert_eq!(quote("amount"), "amount");
        assert_eq!(quote("__window"), "__window");
        assert_eq!(quote("select"), "`select`");
        assert_eq!(quote("Amount"), "`Amount`");
        assert_eq!(quote("a`b.c"), "`a``b.c`");
        assert_eq!(quote(""), "``");
    }
}
