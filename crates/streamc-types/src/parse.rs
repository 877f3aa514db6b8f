//! Reads a type in Flink's spelling.

use crate::data_type::{MAX_DECIMAL_PRECISION, MAX_LENGTH};
use crate::{DataType, Field, IntervalUnit, TypeKind};
use smol_str::SmolStr;
use std::ops::Range;

/// Why a text is no type, and the bytes it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// One sentence without a full stop.
    pub message: String,
    /// Bytes of the text given to [`parse_type`].
    pub range: Range<usize>,
    /// The word that is no type name, for "did you mean".
    pub unknown: Option<String>,
}

/// Names of types, for "did you mean".
pub const TYPE_NAMES: &[&str] = &[
    "CHAR",
    "VARCHAR",
    "STRING",
    "BOOLEAN",
    "BINARY",
    "VARBINARY",
    "BYTES",
    "DECIMAL",
    "NUMERIC",
    "TINYINT",
    "SMALLINT",
    "INT",
    "INTEGER",
    "BIGINT",
    "FLOAT",
    "DOUBLE",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP_LTZ",
    "INTERVAL",
    "ARRAY",
    "MULTISET",
    "MAP",
    "ROW",
    "VARIANT",
    "BITMAP",
];

/// The type here for a name that other systems have: `BIGINT` for `LONG` or `INT64`.
pub fn type_from_elsewhere(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_uppercase().as_str() {
        "TEXT" | "STR" | "VARCHAR2" | "NVARCHAR" | "CLOB" | "LONGTEXT" | "UUID" | "JSON" | "JSONB" => {
            "STRING"
        }
        "LONG" | "INT64" | "INT8" | "UINT32" | "BIGSERIAL" | "SERIAL" => "BIGINT",
        "INT32" | "INT4" | "UINT16" | "MEDIUMINT" => "INT",
        "INT16" | "INT2" | "SHORT" | "UINT8" => "SMALLINT",
        "BYTE" => "TINYINT",
        "FLOAT64" | "FLOAT8" | "REAL" => "DOUBLE",
        "FLOAT32" | "FLOAT4" => "FLOAT",
        "BOOL" | "BIT" => "BOOLEAN",
        "DATETIME" | "DATETIME2" | "TIMESTAMP_NTZ" => "TIMESTAMP(3)",
        "TIMESTAMPTZ" | "INSTANT" => "TIMESTAMP_LTZ(3)",
        "NUMBER" | "MONEY" | "BIGNUMERIC" | "BIGDECIMAL" => "DECIMAL(38, 10)",
        "BLOB" | "BYTEA" => "BYTES",
        "STRUCT" | "RECORD" | "OBJECT" => "ROW",
        "LIST" => "ARRAY",
        _ => return None,
    })
}

/// Reads one type in Flink's spelling, in any case of letters: `BIGINT NOT NULL`, `ROW<a INT, b ARRAY<STRING>>`,
/// `TIMESTAMP(3) WITH LOCAL TIME ZONE`. Nullable unless it says `NOT NULL`.
pub fn parse_type(text: &str) -> Result<DataType, TypeError> {
    let mut p = Parser { text, at: 0, depth: 0 };
    let ty = p.data_type()?;
    p.space();
    if p.at < text.len() {
        let word = p.peek_word().unwrap_or_else(|| p.rest_char());
        return Err(error(format!("unexpected `{word}` after the type"), p.at..p.at + word.len()));
    }
    Ok(ty)
}

fn error(message: impl Into<String>, range: Range<usize>) -> TypeError {
    TypeError { message: message.into(), range, unknown: None }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn rest_char(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.chars().next().map_or(0, char::len_utf8)]
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn peek_word(&self) -> Option<&'a str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    }

    fn word(&mut self) -> Option<&'a str> {
        self.space();
        let word = self.peek_word()?;
        self.at += word.len();
        Some(word)
    }

    fn eat_word(&mut self, wanted: &str) -> bool {
        self.space();
        match self.peek_word() {
            Some(word) if word.eq_ignore_ascii_case(wanted) => {
                self.at += word.len();
                true
            }
            _ => false,
        }
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.space();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), TypeError> {
        if self.eat(wanted) {
            return Ok(());
        }
        let found = self.rest_char();
        let end = self.at + found.len();
        Err(error(format!("expected `{wanted}`"), self.at..end))
    }

    /// `(n)` or `(n, m)`, each with its limit; none if there is no parenthesis.
    fn parameters(&mut self, limits: &[(&str, u32, u32)]) -> Result<Vec<u32>, TypeError> {
        let mut out = Vec::new();
        if !self.eat('(') {
            return Ok(out);
        }
        for (i, (what, low, high)) in limits.iter().enumerate() {
            if i > 0 && !self.eat(',') {
                break;
            }
            self.space();
            let start = self.at;
            let word = self.word().unwrap_or("");
            match word.parse::<u32>() {
                Ok(n) if (*low..=*high).contains(&n) => out.push(n),
                _ => {
                    return Err(error(
                        format!("the {what} must be a number from {low} to {high}"),
                        start..self.at.max(start),
                    ));
                }
            }
        }
        self.expect(')')?;
        Ok(out)
    }

    fn data_type(&mut self) -> Result<DataType, TypeError> {
        self.depth += 1;
        if self.depth > 64 {
            return Err(error("the type is nested too deeply", self.at..self.at));
        }
        let mut ty = DataType::new(self.kind()?);
        // `INT ARRAY` and `INT MULTISET` are Flink's postfix forms.
        loop {
            if self.eat_word("NOT") {
                let start = self.at;
                if !self.eat_word("NULL") {
                    return Err(error("expected `NULL` after `NOT`", start..self.at.max(start)));
                }
                ty.nullable = false;
            } else if self.eat_word("NULL") {
                ty.nullable = true;
            } else if self.eat_word("ARRAY") {
                ty = DataType::new(TypeKind::Array(Box::new(ty)));
            } else if self.eat_word("MULTISET") {
                ty = DataType::new(TypeKind::Multiset(Box::new(ty)));
            } else {
                break;
            }
        }
        self.depth -= 1;
        Ok(ty)
    }

    fn kind(&mut self) -> Result<TypeKind, TypeError> {
        self.space();
        let start = self.at;
        let Some(word) = self.word() else {
            let end = start + self.rest_char().len();
            return Err(error("expected a type", start..end));
        };
        let length = [("length", 1, MAX_LENGTH)];
        let precision = [("precision", 0, 9)];
        let one = |v: Vec<u32>, default: u32| v.first().copied().unwrap_or(default);
        Ok(match word.to_ascii_uppercase().as_str() {
            "CHAR" | "CHARACTER" => TypeKind::Char(one(self.parameters(&length)?, 1)),
            "VARCHAR" => TypeKind::Varchar(one(self.parameters(&length)?, MAX_LENGTH)),
            "STRING" => TypeKind::Varchar(MAX_LENGTH),
            "BOOLEAN" => TypeKind::Boolean,
            "BINARY" => TypeKind::Binary(one(self.parameters(&length)?, 1)),
            "VARBINARY" => TypeKind::Varbinary(one(self.parameters(&length)?, MAX_LENGTH)),
            "BYTES" => TypeKind::Varbinary(MAX_LENGTH),
            "DECIMAL" | "DEC" | "NUMERIC" => {
                let max = u32::from(MAX_DECIMAL_PRECISION);
                let p = self.parameters(&[("precision", 1, max), ("scale", 0, max)])?;
                let (precision, scale) = (one(p.clone(), 10), p.get(1).copied().unwrap_or(0));
                if scale > precision {
                    return Err(error("the scale is larger than the precision", start..self.at));
                }
                TypeKind::Decimal { precision: precision as u8, scale: scale as u8 }
            }
            "TINYINT" => TypeKind::TinyInt,
            "SMALLINT" => TypeKind::SmallInt,
            "INT" | "INTEGER" => TypeKind::Int,
            "BIGINT" => TypeKind::BigInt,
            "FLOAT" => TypeKind::Float,
            "DOUBLE" => {
                self.eat_word("PRECISION");
                TypeKind::Double
            }
            "DATE" => TypeKind::Date,
            "TIME" => {
                let p = one(self.parameters(&precision)?, 0) as u8;
                if self.eat_word("WITHOUT") {
                    self.words(&["TIME", "ZONE"])?;
                }
                TypeKind::Time(p)
            }
            "TIMESTAMP" => {
                let p = one(self.parameters(&precision)?, 6) as u8;
                if self.eat_word("WITHOUT") {
                    self.words(&["TIME", "ZONE"])?;
                    TypeKind::Timestamp(p)
                } else if self.eat_word("WITH") {
                    if self.eat_word("LOCAL") {
                        self.words(&["TIME", "ZONE"])?;
                        TypeKind::TimestampLtz(p)
                    } else {
                        self.words(&["TIME", "ZONE"])?;
                        TypeKind::TimestampTz(p)
                    }
                } else {
                    TypeKind::Timestamp(p)
                }
            }
            "TIMESTAMP_LTZ" => TypeKind::TimestampLtz(one(self.parameters(&precision)?, 6) as u8),
            "INTERVAL" => self.interval()?,
            "ARRAY" => {
                self.expect('<')?;
                let element = self.data_type()?;
                self.expect('>')?;
                TypeKind::Array(Box::new(element))
            }
            "MULTISET" => {
                self.expect('<')?;
                let element = self.data_type()?;
                self.expect('>')?;
                TypeKind::Multiset(Box::new(element))
            }
            "MAP" => {
                self.expect('<')?;
                let key = self.data_type()?;
                self.expect(',')?;
                let value = self.data_type()?;
                self.expect('>')?;
                TypeKind::Map(Box::new(key), Box::new(value))
            }
            "ROW" => TypeKind::Row(self.fields()?),
            "VARIANT" => TypeKind::Variant,
            "BITMAP" => TypeKind::Bitmap,
            "NULL" => TypeKind::Null,
            _ => {
                return Err(TypeError {
                    message: format!("unknown type `{word}`"),
                    range: start..self.at,
                    unknown: Some(word.to_owned()),
                });
            }
        })
    }

    fn words(&mut self, words: &[&str]) -> Result<(), TypeError> {
        for word in words {
            let start = self.at;
            if !self.eat_word(word) {
                return Err(error(format!("expected `{word}`"), start..start));
            }
        }
        Ok(())
    }

    fn interval(&mut self) -> Result<TypeKind, TypeError> {
        let start = self.at;
        let unit = |w: &str| match w.to_ascii_uppercase().as_str() {
            "YEAR" | "MONTH" => Some(IntervalUnit::YearMonth),
            "DAY" | "HOUR" | "MINUTE" | "SECOND" => Some(IntervalUnit::DaySecond),
            _ => None,
        };
        let Some(from) = self.word().and_then(unit) else {
            return Err(error(
                "expected `YEAR`, `MONTH`, `DAY`, `HOUR`, `MINUTE` or `SECOND`",
                start..self.at,
            ));
        };
        self.parameters(&[("precision", 0, 9)])?;
        if self.eat_word("TO") {
            let start = self.at;
            if self.word().and_then(unit) != Some(from) {
                return Err(error("the two ends of the interval do not fit together", start..self.at));
            }
            self.parameters(&[("precision", 0, 9)])?;
        }
        Ok(TypeKind::Interval(from))
    }

    fn fields(&mut self) -> Result<Vec<Field>, TypeError> {
        let close = if self.eat('<') {
            '>'
        } else {
            self.expect('(')?;
            ')'
        };
        let mut fields: Vec<Field> = Vec::new();
        if self.eat(close) {
            return Ok(fields);
        }
        loop {
            self.space();
            let start = self.at;
            let name = self.name()?;
            if fields.iter().any(|f| f.name == name) {
                return Err(error(format!("the field `{name}` occurs twice"), start..self.at));
            }
            let ty = self.data_type()?;
            fields.push(Field { name, ty, doc: None });
            if !self.eat(',') {
                break;
            }
        }
        self.expect(close)?;
        Ok(fields)
    }

    fn name(&mut self) -> Result<SmolStr, TypeError> {
        self.space();
        let start = self.at;
        if self.eat('`') {
            let mut name = String::new();
            let mut chars = self.rest().char_indices().peekable();
            while let Some((i, c)) = chars.next() {
                if c != '`' {
                    name.push(c);
                } else if matches!(chars.peek(), Some((_, '`'))) {
                    chars.next();
                    name.push('`');
                } else {
                    self.at += i + 1;
                    return Ok(name.into());
                }
            }
            return Err(error("unclosed back quote", start..self.text.len()));
        }
        match self.word() {
            Some(word) => Ok(word.into()),
            None => {
                let end = start + self.rest_char().len();
                Err(error("expected a field name", start..end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_type, type_from_elsewhere};

    #[test]
    fn every_type_prints_as_it_reads() {
        for text in [
            "CHAR(3)",
            "VARCHAR(10)",
            "STRING",
            "BOOLEAN NOT NULL",
            "BINARY(3)",
            "BYTES",
            "DECIMAL(10, 2)",
            "TINYINT",
            "SMALLINT",
            "INT",
            "BIGINT NOT NULL",
            "FLOAT",
            "DOUBLE",
            "DATE",
            "TIME(0)",
            "TIMESTAMP(3)",
            "TIMESTAMP(6) WITH TIME ZONE",
            "TIMESTAMP_LTZ(3)",
            "INTERVAL YEAR TO MONTH",
            "INTERVAL DAY TO SECOND(3)",
            "ARRAY<INT NOT NULL>",
            "MULTISET<STRING>",
            "MAP<STRING NOT NULL, ROW<a INT, `b c` ARRAY<STRING>>>",
            "VARIANT",
            "BITMAP",
        ] {
            assert_eq!(parse_type(text).unwrap().to_string(), text);
        }
        assert_eq!(parse_type("timestamp(3) with local time zone").unwrap().to_string(), "TIMESTAMP_LTZ(3)");
        assert_eq!(parse_type("int array not null").unwrap().to_string(), "ARRAY<INT> NOT NULL");
    }

    #[test]
    fn an_unknown_word_is_named_with_its_place() {
        let e = parse_type("ARRAY<STRNG>").unwrap_err();
        assert_eq!((e.range, e.unknown.as_deref()), (6..11, Some("STRNG")));
    }

    #[test]
    fn a_text_without_a_length_is_a_string_as_in_flink_sql() {
        assert_eq!(parse_type("VARCHAR").unwrap(), parse_type("STRING").unwrap());
        assert_eq!(parse_type("varbinary").unwrap(), parse_type("BYTES").unwrap());
        assert_ne!(parse_type("CHAR").unwrap(), parse_type("STRING").unwrap());
    }

    #[test]
    fn types_of_other_systems_lead_to_types_that_read() {
        for word in [
            "text",
            "INT64",
            "int4",
            "short",
            "Byte",
            "float64",
            "FLOAT32",
            "bool",
            "datetime",
            "timestamptz",
            "money",
            "blob",
        ] {
            assert!(parse_type(word).is_err(), "{word}");
            assert!(type_from_elsewhere(word).is_some_and(|ty| parse_type(ty).is_ok()), "{word}");
        }
    }
}
