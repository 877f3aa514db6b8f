//! Options of the formats, named as Flink names them.

use serde::Serialize;
use std::fmt;

/// `json.timestamp-format.standard`: one for a whole table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum TimestampStandard {
    /// `2026-01-02 03:04:05.123`, with a `Z` behind for `TIMESTAMP_LTZ`.
    #[default]
    #[serde(rename = "SQL")]
    Sql,
    /// `2026-01-02T03:04:05.123`, with a `Z` behind for `TIMESTAMP_LTZ`.
    #[serde(rename = "ISO-8601")]
    Iso8601,
}

impl TimestampStandard {
    /// The option's value: `SQL` or `ISO-8601`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sql => "SQL",
            Self::Iso8601 => "ISO-8601",
        }
    }

    /// Reads the option's value, in any case of letters.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sql, Self::Iso8601].into_iter().find(|s| s.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for TimestampStandard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Options of Flink's `json` format; the defaults are Flink's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonOptions {
    /// `timestamp-format.standard`.
    pub timestamp_standard: TimestampStandard,
    /// `ignore-parse-errors`: a field that cannot be read is `NULL`, a record that cannot be read is left out.
    pub ignore_parse_errors: bool,
    /// `fail-on-missing-field`; not together with `ignore_parse_errors`.
    pub fail_on_missing_field: bool,
    /// `encode.decimal-as-plain-number`: `100000` in place of `1E+5`.
    pub decimal_as_plain_number: bool,
    /// `encode.ignore-null-fields`: leave `NULL` fields out in place of writing `null`.
    pub ignore_null_fields: bool,
}

/// Options of Flink's `csv` format; the defaults are Flink's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// `field-delimiter`: one ASCII character.
    pub field_delimiter: u8,
    /// `quote-character`: one ASCII character; `None` is `disable-quote-character`.
    pub quote_character: Option<u8>,
    /// `escape-character`: one ASCII character.
    pub escape_character: Option<u8>,
    /// `null-literal`: a cell of exactly this text is `NULL`, and `NULL` is written as this text.
    pub null_literal: Option<String>,
    /// `array-element-delimiter`.
    pub array_element_delimiter: String,
    /// `ignore-parse-errors`: a cell that cannot be read is `NULL`, a record that cannot be read is left out.
    pub ignore_parse_errors: bool,
    /// `allow-comments`: lines that start with `#` are no records.
    pub allow_comments: bool,
    /// `write-bigdecimal-in-scientific-notation`: `1E+5` in place of `100000`.
    pub write_bigdecimal_in_scientific_notation: bool,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            field_delimiter: b',',
            quote_character: Some(b'"'),
            escape_character: None,
            null_literal: None,
            array_element_delimiter: ";".to_owned(),
            ignore_parse_errors: false,
            allow_comments: false,
            write_bigdecimal_in_scientific_notation: true,
        }
    }
}
