//! String literals with something before their quote: `_UTF16'abc'`, `U&'\00e4'`, `E'a\nb'` (Calcite reference, "Character
//! string literals").

use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Whitespace};

/// A literal of several tokens.
pub(crate) struct Prefixed {
    /// The text, or what is wrong and what to write.
    pub(crate) text: Result<String, (String, &'static str)>,
    /// How many tokens it has.
    pub(crate) tokens: usize,
}

/// The literal that the first of the tokens begins, if it begins one.
pub(crate) fn prefixed(tokens: &[TokenWithSpan]) -> Option<Prefixed> {
    match &tokens.first()?.token {
        Token::Word(word) if word.quote_style.is_none() => match word.value.strip_prefix('_') {
            Some(set) => {
                let text = touching(tokens, 1)?;
                Some(Prefixed { text: of_set(set, text), tokens: 2 })
            }
            None if word.value.eq_ignore_ascii_case("U") => unicode(tokens),
            None => None,
        },
        Token::EscapedStringLiteral(text) => Some(Prefixed { text: Ok(text.clone()), tokens: 1 }),
        Token::NationalStringLiteral(_) => Some(Prefixed { text: Err(foreign("ISO-8859-1")), tokens: 1 }),
        _ => None,
    }
}

/// The string at `index`, which follows the token before it without a blank.
fn touching(tokens: &[TokenWithSpan], index: usize) -> Option<&str> {
    let token = tokens.get(index).filter(|token| token.span.start == end(tokens, index))?;
    match &token.token {
        Token::SingleQuotedString(text) => Some(text),
        _ => None,
    }
}

/// Where the token before `index` ends.
fn end(tokens: &[TokenWithSpan], index: usize) -> Location {
    tokens[index - 1].span.end
}

fn of_set(set: &str, text: &str) -> Result<String, (String, &'static str)> {
    if set.eq_ignore_ascii_case("UTF16") { Ok(text.to_owned()) } else { Err(foreign(set)) }
}

/// Flink's texts are `UTF-16LE`.
fn foreign(set: &str) -> (String, &'static str) {
    let message =
        format!("Flink compares a text of the character set {set} with no column and joins it to none");
    (message, "leave the prefix out: every text is Unicode")
}

/// `U&'…'`, with or without `UESCAPE '!'`.
fn unicode(tokens: &[TokenWithSpan]) -> Option<Prefixed> {
    let ampersand = tokens.get(1)?;
    if ampersand.token != Token::Ampersand || ampersand.span.start != end(tokens, 1) {
        return None;
    }
    let text = touching(tokens, 2)?;
    let blank = |index: &usize| matches!(tokens.get(*index).map(|t| &t.token), Some(Token::Whitespace(space)) if !matches!(space, Whitespace::MultiLineComment(hint) if hint.starts_with('+')));
    let behind = |from: usize| (from..tokens.len()).find(|index| !blank(index)).unwrap_or(from);
    let word = behind(3);
    let has_escape = matches!(tokens.get(word).map(|t| &t.token), Some(Token::Word(w)) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case("UESCAPE"));
    if !has_escape {
        return Some(Prefixed { text: unescaped(text, '\\'), tokens: 3 });
    }
    let place = behind(word + 1);
    let Some(Token::SingleQuotedString(escape)) = tokens.get(place).map(|t| &t.token) else {
        return Some(Prefixed { text: Err(escape_wanted()), tokens: word + 1 });
    };
    let mut characters = escape.chars();
    let text = match (characters.next(), characters.next()) {
        (Some(c), None) if !c.is_ascii_hexdigit() && !c.is_whitespace() && c != '+' && c != '"' => {
            unescaped(text, c)
        }
        _ => Err(escape_wanted()),
    };
    Some(Prefixed { text, tokens: place + 1 })
}

fn escape_wanted() -> (String, &'static str) {
    let message = "`UESCAPE` takes one character, and no hexadecimal digit, blank, `+` or `\"`";
    (message.to_owned(), "write `UESCAPE '!'`, or leave it out: `\\` is the escape then")
}

/// Four hexadecimal digits behind an escape stand for a unit of UTF-16, two escapes for one.
fn unescaped(text: &str, escape: char) -> Result<String, (String, &'static str)> {
    let help = "write four hexadecimal digits behind it, or the character itself";
    let mut units = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != escape {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        if rest.as_str().starts_with(escape) {
            rest.next();
            units.extend(escape.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        let digits = rest.as_str().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) else {
            return Err((
                format!("`{escape}` in a string with escapes lacks its four hexadecimal digits"),
                help,
            ));
        };
        units.push(unit);
        rest = rest.as_str().get(4..).unwrap_or_default().chars();
    }
    String::from_utf16(&units).map_err(|_| ("the escapes make half of a character".to_owned(), help))
}
