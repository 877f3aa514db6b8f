//! Records of everyday types with awkward values, as JSON lines and as CSV, and rows read back.

use anyhow::{Result, anyhow, ensure};
use serde_json::{Map, Value, json};
use streamc_formats::{
    CsvDecoder, CsvOptions, Decoded, JsonEncoder, JsonOptions, RecordFormat, RecordReader,
};
use streamc_types::{Column, RowSchema, parse_type};

/// Columns by name.
pub(super) type Row = Map<String, Value>;
/// Rows in any order.
pub(super) type Rows = Vec<Row>;

/// The columns.
pub(super) const SCHEMA: &str = "id BIGINT NOT NULL, name STRING, amount DECIMAL(10, 2), at TIMESTAMP(3), \
                                 seen TIMESTAMP_LTZ(3), day DATE, ok BOOLEAN, ratio DOUBLE";

const COLUMNS: [(&str, &str); 8] = [
    ("id", "BIGINT NOT NULL"),
    ("name", "STRING"),
    ("amount", "DECIMAL(10, 2)"),
    ("at", "TIMESTAMP(3)"),
    ("seen", "TIMESTAMP_LTZ(3)"),
    ("day", "DATE"),
    ("ok", "BOOLEAN"),
    ("ratio", "DOUBLE"),
];

const NAMES: [&str; 26] = [
    "plain",
    "",
    "with, comma",
    "with \"quotes\"",
    "two\nlines",
    "  blanks  ",
    "ünï ☃ 🎉",
    "tab\there",
    "back\\slash \\\" \\n",
    "null",
    "NULL",
    "'single'",
    "#hash",
    "\r\ncr lf",
    "-",
    "0",
    "a;b|c",
    "\"",
    ",",
    "\n",
    "end\\",
    " ",
    "{\"a\": 1}",
    "\u{a0}",
    "true",
    "longer than twenty-four characters, and no end",
];
const AMOUNTS: [f64; 6] = [12.5, 100_000.0, -0.01, 99_999_999.99, 0.0, 0.1];
const DAYS: [&str; 5] = ["2026-01-02", "1969-12-31", "0001-01-01", "9999-12-31", "2024-02-29"];
const RATIOS: [f64; 7] = [1.5, -2.0, 1e10, 1e-7, 123_456_789.125, 0.1, 1e300];
const FRACTIONS: [&str; 4] = ["", ".5", ".123", ".1"];

/// The records: each name once, each column `NULL` once, all columns `NULL` once, and times from the ends of the calendar.
pub(super) fn records() -> Rows {
    let mut rows = Rows::new();
    for (i, name) in NAMES.iter().enumerate() {
        let time = format!("03:04:{:02}{}", i % 60, FRACTIONS[i % 4]);
        rows.push(object(json!({
            "id": i, "name": name, "amount": AMOUNTS[i % 6], "at": format!("2026-01-02 {time}"),
            "seen": format!("2026-06-02 {time}Z"), "day": DAYS[i % 5], "ok": i % 2 == 0, "ratio": RATIOS[i % 7],
        })));
    }
    let more = |rows: &mut Rows, changes: Value| {
        let mut row = rows.first().cloned().unwrap_or_default();
        row.insert("id".into(), rows.len().into());
        row.extend(object(changes));
        rows.push(row);
    };
    for (name, _) in COLUMNS.iter().skip(1) {
        more(&mut rows, json!({ *name: null }));
    }
    let none: Row = COLUMNS.iter().skip(1).map(|(name, _)| ((*name).to_owned(), Value::Null)).collect();
    more(&mut rows, Value::Object(none));
    more(&mut rows, json!({"at": "1969-12-31 23:59:59.999", "seen": "1900-01-01 00:00:00.001Z"}));
    more(&mut rows, json!({"at": "0001-01-01 00:00:00", "seen": "9999-12-31 23:59:59.999Z"}));
    more(&mut rows, json!({"ratio": "NaN"}));
    more(&mut rows, json!({"ratio": "-Infinity"}));
    rows
}

fn object(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

/// As JSON lines.
pub(super) fn as_json(rows: &Rows) -> String {
    rows.iter().map(|row| Value::Object(row.clone()).to_string() + "\n").collect()
}

/// As CSV: texts are quoted, `NULL` is nothing.
pub(super) fn as_csv(rows: &Rows) -> String {
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        other => other.to_string(),
    };
    let line = |row: &Row| COLUMNS.map(|(name, _)| cell(&row[name])).join(",") + "\n";
    rows.iter().map(line).collect()
}

/// What is left of the rows in CSV, where `NULL` and the empty text are the same.
pub(super) fn as_cells(rows: &Rows) -> Rows {
    let mut rows = rows.clone();
    for row in &mut rows {
        if row["name"].is_null() {
            row["name"] = "".into();
        }
        // An empty cell is no true.
        if row["ok"].is_null() {
            row["ok"] = false.into();
        }
    }
    rows
}

/// Reads JSON lines.
pub(super) fn from_json(texts: &[String]) -> Result<Rows> {
    let mut rows = Rows::new();
    for line in texts.iter().flat_map(|text| text.lines()) {
        rows.push(serde_json::from_str(line)?);
    }
    rows.iter_mut().for_each(by_value);
    Ok(rows)
}

/// Numbers as they are compared: engines write 28.5, 28.50 and 2.85E1.
fn by_value(row: &mut Row) {
    for (name, value) in row.iter_mut() {
        if let (true, Some(number)) = (name != "id", value.as_f64()) {
            *value = number.into();
        }
    }
}

/// Reads CSV; a cell that does not fit is `NULL`.
pub(super) fn from_csv(texts: &[String]) -> Result<Rows> {
    let schema = RowSchema::new(
        COLUMNS
            .iter()
            .map(|(name, ty)| Ok(Column::new(*name, parse_type(ty).map_err(|e| anyhow!("{ty}: {e:?}"))?)))
            .collect::<Result<Vec<_>>>()?,
    );
    let options = CsvOptions { ignore_parse_errors: true, ..CsvOptions::default() };
    let decoder = CsvDecoder::new(&schema, options.clone())?;
    let encoder = JsonEncoder::new(&schema, JsonOptions::default())?;
    let mut lines = Vec::new();
    for text in texts {
        for record in RecordReader::new(text.as_bytes(), RecordFormat::Csv, &options) {
            let mut row = Vec::new();
            let record = record.map_err(|e| anyhow!("{e}"))?;
            let read = decoder.decode(record.bytes, &mut row).map_err(|e| anyhow!("{e}"))?;
            ensure!(read == Decoded::Row, "{:?} is no row", String::from_utf8_lossy(record.bytes));
            let mut line = Vec::new();
            encoder.encode(&row, &mut line).map_err(|e| anyhow!("{e}"))?;
            lines.push(String::from_utf8(line)?);
        }
    }
    from_json(&lines)
}
