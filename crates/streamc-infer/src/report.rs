//! What was counted, path by path, with its two forms: text for people, JSON for machines.

use crate::{Inference, Problem, Sample, SampleFormat, TimestampStandard, schema_block};
use serde::Serialize;

/// The counts of a sample.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The sample's name, as given.
    pub name: String,
    /// How the records lie in the file.
    pub format: SampleFormat,
    /// Unpacked bytes that were read.
    pub bytes: u64,
    /// Records that were read.
    pub records: u64,
    /// Records that cannot be read.
    pub bad_records: u64,
    /// The first of them.
    pub bad: Vec<BadRecord>,
    /// Whether a limit ended the reading before the file did.
    pub truncated: bool,
    /// The standard of the timestamp columns, if there are any.
    pub timestamp_standard: Option<TimestampStandard>,
    /// Every path, outer ones before inner ones, in the order of the columns.
    pub paths: Vec<PathReport>,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRecord {
    /// Its number, counted from 1; 0 where reading stopped for good.
    pub record: u64,
    /// The line, from 1.
    pub line: u64,
    /// The character in the line, from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
}

/// The counts at one path.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PathReport {
    /// `a.b` for fields, `a[]` for the elements of an array, `a{}` for the values of a map.
    pub path: String,
    /// The type in Flink's spelling.
    #[serde(rename = "type")]
    pub ty: String,
    /// Values, `null` among them.
    pub seen: u64,
    /// Objects around it that do not have the field; empty cells of CSV.
    pub missing: u64,
    /// Values that are `null`.
    pub null: u64,
    /// The kinds of values, the most frequent first.
    pub types: Vec<TypeCount>,
    /// What all the values might be beyond their type: `uuid`, `epoch milliseconds`.
    pub candidates: Vec<&'static str>,
}

/// Values of one kind at one path.
#[derive(Clone, Debug, Serialize)]
pub struct TypeCount {
    /// The kind: `integer`, `decimal`, `timestamp (SQL)`, `string`, …
    pub name: &'static str,
    /// How many.
    pub count: u64,
    /// The record with the first of them.
    pub first_record: u64,
    /// Its line.
    pub first_line: u64,
    /// The record with the last of them.
    pub last_record: u64,
    /// Its line.
    pub last_line: u64,
    /// The first value, cut to 40 characters.
    pub example: String,
}

impl Report {
    pub(crate) fn new(
        name: &str,
        format: SampleFormat,
        sample: &Sample,
        timestamp_standard: Option<TimestampStandard>,
        paths: Vec<PathReport>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            format,
            bytes: sample.bytes,
            records: sample.records,
            bad_records: sample.bad_count,
            bad: sample.bad.clone(),
            truncated: sample.truncated,
            timestamp_standard,
            paths,
        }
    }

    /// A table with one line a path. Ends with a line end.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}: {}, {} read", self.name, self.format, plural(self.records, "record"));
        if self.bad_records > 0 {
            text.push_str(&format!(", {} unreadable", self.bad_records));
        }
        if self.truncated {
            text.push_str(", stopped at the limit");
        }
        if let Some(standard) = self.timestamp_standard {
            text.push_str(&format!(", timestamps in the {standard} standard"));
        }
        text.push('\n');
        if self.paths.is_empty() {
            return text;
        }
        text.push('\n');
        let mut rows =
            vec![["path", "type", "seen", "missing", "null", "values"].map(str::to_owned).to_vec()];
        for path in &self.paths {
            // A row or a map shows its inside on the lines that follow.
            let inside = self.paths.iter().any(|p| is_inside(&p.path, &path.path));
            let ty = if inside { outer_type(&path.ty) } else { path.ty.clone() };
            rows.push(vec![
                path.path.clone(),
                ty,
                path.seen.to_string(),
                path.missing.to_string(),
                path.null.to_string(),
                path.values(),
            ]);
        }
        table(&rows, &mut text);
        text
    }

    /// One JSON object, indented.
    pub fn to_json(&self) -> String {
        // A report holds strings and numbers only: writing it cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Inference {
    /// The report, and below it the schema as the language writes it. Ends with a line end.
    pub fn to_text(&self) -> String {
        format!("{}\nschema: {}\n", self.report.to_text(), schema_block(self))
    }

    /// One JSON object, indented: `"version": 1`, the schema as the language writes it (`schema`) and column by column
    /// (`columns`), the `problems`, and the `report`.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Column<'a> {
            name: &'a str,
            #[serde(rename = "type")]
            ty: String,
        }
        #[derive(Serialize)]
        struct Document<'a> {
            version: u32,
            schema: String,
            columns: Vec<Column<'a>>,
            problems: &'a [Problem],
            report: &'a Report,
        }
        let columns = self.schema.columns.iter();
        let document = Document {
            version: 1,
            schema: schema_block(self),
            columns: columns.map(|c| Column { name: &c.name, ty: c.ty.to_string() }).collect(),
            problems: &self.problems,
            report: &self.report,
        };
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

impl PathReport {
    /// `3 integer, 1 string`, or for one kind its first value.
    fn values(&self) -> String {
        let quoted = |count: &TypeCount| match count.name {
            "string" | "uuid" | "number in a string" | "empty string" => format!("\"{}\"", count.example),
            _ => count.example.clone(),
        };
        let mut text = match self.types.as_slice() {
            [] => String::new(),
            [only] => match only.name {
                "object" | "array" => String::new(),
                "string" => quoted(only),
                name => format!("{name}: {}", quoted(only)),
            },
            many => {
                let parts: Vec<String> = many
                    .iter()
                    .map(|count| {
                        format!(
                            "{} {} (record {}: {})",
                            count.count,
                            count.name,
                            count.first_record,
                            quoted(count)
                        )
                    })
                    .collect();
                parts.join(", ")
            }
        };
        if !self.candidates.is_empty() && self.candidates != ["uuid"] {
            text.push_str(&format!(" ({}?)", self.candidates.join(", ")));
        }
        text
    }
}

fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[', '{']))
}

/// `ROW`, `ARRAY` or `MAP` of a type with parameters.
fn outer_type(ty: &str) -> String {
    ty.split('<').next().unwrap_or(ty).to_owned()
}

fn plural(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// Columns two blanks apart; numbers to the right.
fn table(rows: &[Vec<String>], text: &mut String) {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let blanks = " ".repeat(widths[column] - cell.chars().count());
            if column > 0 {
                line.push_str("  ");
            }
            if (2..5).contains(&column) {
                line.push_str(&blanks);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&blanks);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
