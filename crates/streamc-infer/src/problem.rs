//! What is worth knowing about a sample, as data.

use crate::Sample;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use streamc_diagnostics::{Code, Diagnostic, Severity, Span, codes::schemas};

/// The kinds of problems; each has a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// A record that cannot be read.
    BadRecord,
    /// There is nothing to infer a schema from.
    NoRecords,
    /// Values of different JSON types at one path.
    MixedTypes,
    /// Numbers that do not keep all their digits.
    PrecisionLost,
    /// Dates or timestamps that stay strings because the engines could not read them.
    UnreadableTimestamp,
    /// `null`, `[]` or `{}` only.
    UnknownType,
    /// Names that differ only in upper and lower case.
    CaseCollision,
    /// A record that gives a field twice.
    DuplicateKey,
    /// More columns than are kept.
    TooManyColumns,
    /// Empty cells in a CSV column that is no string.
    EmptyCells,
    /// A CSV header with cells that look like values.
    HeaderOfValues,
}

impl ProblemKind {
    /// The diagnostic code.
    pub fn code(self) -> Code {
        match self {
            Self::BadRecord => schemas::SAMPLE_UNREADABLE,
            Self::NoRecords => schemas::SAMPLE_EMPTY,
            Self::MixedTypes => schemas::MIXED_TYPES,
            Self::PrecisionLost => schemas::PRECISION_LOST,
            Self::UnreadableTimestamp => schemas::UNREADABLE_TIMESTAMP,
            Self::UnknownType => schemas::TYPE_NOT_SHOWN,
            Self::CaseCollision => schemas::CASE_COLLISION,
            Self::DuplicateKey => schemas::DUPLICATE_KEY,
            Self::TooManyColumns => schemas::TOO_MANY_COLUMNS,
            Self::EmptyCells => schemas::EMPTY_CELLS,
            Self::HeaderOfValues => schemas::HEADER_OF_VALUES,
        }
    }
}

/// One thing worth knowing about a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// One sentence that stands alone, without a full stop.
    pub message: String,
    /// Why, and what to do.
    pub help: Option<String>,
    /// The path it is about, such as `items[].price`.
    pub path: Option<String>,
    /// The record, counted from 1.
    pub record: Option<u64>,
    /// The line in the sample, from 1.
    pub line: Option<u64>,
    /// The character in the line, from 1.
    pub column: Option<u64>,
    /// How much it weighs.
    pub severity: Severity,
}

impl Problem {
    /// A problem with its code's own severity.
    pub(crate) fn new(kind: ProblemKind, path: Option<&str>, message: String) -> Self {
        Self {
            kind,
            message,
            help: None,
            path: path.map(str::to_owned),
            record: None,
            line: None,
            column: None,
            severity: kind.code().info().severity,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn at(mut self, record: u64, line: u64) -> Self {
        self.record = Some(record);
        self.line = Some(line);
        self
    }

    /// The problem as a finding; `span` is what names the sample, such as `sample("orders.jsonl")`.
    pub fn diagnostic(&self, span: Option<Span>) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::new(self.kind.code(), span, self.message.clone()).severity(self.severity);
        if let Some(help) = &self.help {
            diagnostic = diagnostic.help(help.clone());
        }
        diagnostic
    }
}

/// As the command line's JSON has findings: the kind is its code.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Problem", 8)?;
        fields.serialize_field("code", self.kind.code().as_str())?;
        fields.serialize_field("severity", self.severity.as_str())?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("help", &self.help)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("record", &self.record)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("column", &self.column)?;
        fields.end()
    }
}

/// Problems of the records as such. A bad record among good ones is a warning: the good ones count.
pub(crate) fn of_records(name: &str, sample: &Sample, no_columns: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    if no_columns {
        let message = match (sample.records, sample.bad_count) {
            (0, 0) => format!("sample `{name}` has no records"),
            (0, bad) => format!("none of the {bad} records of sample `{name}` can be read"),
            (records, _) => format!("the {records} records of sample `{name}` have no fields"),
        };
        problems.push(
            Problem::new(ProblemKind::NoRecords, None, message).help(
                "give a file with one JSON object a line, a JSON array of objects, or CSV with a header",
            ),
        );
    }
    for (i, bad) in sample.bad.iter().enumerate() {
        let more = sample.bad_count - sample.bad.len() as u64;
        let mut problem = Problem::new(
            ProblemKind::BadRecord,
            None,
            format!("sample `{name}`, line {}, column {}: {}", bad.line, bad.column, bad.message),
        );
        problem.severity = if sample.records > 0 { Severity::Warning } else { Severity::Error };
        problem.record = (bad.record > 0).then_some(bad.record);
        problem.line = Some(bad.line);
        problem.column = Some(bad.column);
        if i + 1 == sample.bad.len() && more > 0 {
            problem = problem.help(format!("{more} more records cannot be read"));
        }
        problems.push(problem);
    }
    problems
}
