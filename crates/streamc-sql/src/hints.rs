//! The text of hints: `/*+ STATE_TTL('o' = '1d'), BROADCAST(p) */`.

use crate::tokens::Tokens;
use smol_str::SmolStr;
use sqlparser::tokenizer::Token;
use streamc_diagnostics::Span;

/// One hint.
pub(crate) struct Hint {
    /// Its name, in capital letters.
    pub(crate) name: SmolStr,
    pub(crate) name_span: Span,
    /// What stands in its parentheses.
    pub(crate) arguments: Vec<Argument>,
}

/// `t`, `'t'`, `t = '1d'` or `'t' = '1d'`.
pub(crate) struct Argument {
    pub(crate) name: SmolStr,
    pub(crate) name_span: Span,
    pub(crate) value: Option<(SmolStr, Span)>,
}

/// The hints of a text; `Err` is what does not fit Calcite's grammar (`CommaSeparatedHints`), and what should stand there.
pub(crate) fn parse(tokens: &Tokens) -> Result<Vec<Hint>, (Span, &'static str)> {
    let mut reader = Reader { tokens, at: 0 };
    let mut hints = Vec::new();
    loop {
        hints.push(reader.hint()?);
        if !reader.takes(&Token::Comma) {
            break;
        }
    }
    match tokens.get(reader.at) {
        None => Ok(hints),
        Some(_) => Err((tokens.at(reader.at), "a comma between hints")),
    }
}

struct Reader<'t> {
    tokens: &'t Tokens,
    at: usize,
}

impl Reader<'_> {
    fn takes(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn hint(&mut self) -> Result<Hint, (Span, &'static str)> {
        let name_span = self.tokens.at(self.at);
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return Err((name_span, "the name of a hint"));
        };
        self.at += 1;
        let mut hint =
            Hint { name: word.value.to_ascii_uppercase().into(), name_span, arguments: Vec::new() };
        if !self.takes(&Token::LParen) || self.takes(&Token::RParen) {
            return Ok(hint);
        }
        loop {
            hint.arguments.push(self.argument()?);
            if self.takes(&Token::RParen) {
                return Ok(hint);
            }
            if !self.takes(&Token::Comma) {
                return Err((self.tokens.at(self.at), "`,` or `)`"));
            }
        }
    }

    fn argument(&mut self) -> Result<Argument, (Span, &'static str)> {
        let name_span = self.tokens.at(self.at);
        let name = match self.tokens.get(self.at) {
            Some(Token::Word(word)) => SmolStr::new(&word.value),
            Some(Token::SingleQuotedString(text)) => SmolStr::new(text),
            _ => return Err((name_span, "a name or a string")),
        };
        self.at += 1;
        if !self.takes(&Token::Eq) {
            return Ok(Argument { name, name_span, value: None });
        }
        let span = self.tokens.at(self.at);
        let Some(Token::SingleQuotedString(value)) = self.tokens.get(self.at) else {
            return Err((span, "a string"));
        };
        self.at += 1;
        Ok(Argument { name, name_span, value: Some((SmolStr::new(value), span)) })
    }
}

/// The milliseconds of a duration as Flink writes it (`TimeUtils.parseDuration`): `1d`, `12 hours`, `10` of milliseconds.
/// `None` for other texts and for parts of a millisecond.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let scale = match unit.trim().to_lowercase().as_str() {
        "d" | "day" | "days" => 86_400_000,
        "h" | "hour" | "hours" => 3_600_000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000,
        "" | "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => 1,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(scale)
}
