//! Why a run stops.

use smol_str::SmolStr;
use std::fmt;
use streamc_diagnostics::{Diagnostic, Span, codes};
use streamc_formats::Position;

/// The kinds of [`RunError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunErrorKind {
    /// An expression has no value for a row: division by zero, a failed cast. On Flink the job fails.
    Evaluation,
    /// The event-time column of a row is `NULL`. On Flink the job fails.
    NullEventTime,
    /// Input is missing, is not of the source's shape, or cannot be read.
    Input,
    /// The output did not take a row: a full disk, a closed pipe.
    Output,
    /// The plan holds what this engine cannot do.
    Unsupported,
    /// A fault of ours.
    Internal,
}

/// A place in the records of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// The source.
    pub source: SmolStr,
    /// Name of its input, usually a file.
    pub input: SmolStr,
    /// Counts the source's records from 1.
    pub number: u64,
    /// Line and column, where the input is text.
    pub position: Option<Position>,
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(p) => write!(f, "{}:{}:{}", self.input, p.line, p.column),
            None => write!(f, "{}, record {}", self.input, self.number),
        }
    }
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// What kind of error.
    pub kind: RunErrorKind,
    /// The component.
    pub component: SmolStr,
    /// Id of the relation, `risky/filter-1`; `None` where no relation is at fault.
    pub step: Option<SmolStr>,
    /// One sentence without a full stop.
    pub message: String,
    /// The expression, or else the step.
    pub span: Option<Span>,
    /// The row at which it happened: `id = 1, amount = 0`.
    pub row: Option<String>,
    /// The record that was being processed.
    pub record: Option<RecordPlace>,
}

impl RunError {
    pub(crate) fn new(kind: RunErrorKind, component: impl Into<SmolStr>, message: impl Into<String>) -> Self {
        Self {
            kind,
            component: component.into(),
            step: None,
            message: message.into(),
            span: None,
            row: None,
            record: None,
        }
    }

    /// The error as a finding at the expression.
    pub fn diagnostic(&self) -> Diagnostic {
        let code = match self.kind {
            RunErrorKind::Unsupported => codes::engines::NOT_ON_LOCAL,
            RunErrorKind::Internal => codes::internal::INTERNAL,
            _ => codes::engines::RUN_FAILED,
        };
        let mut found = Diagnostic::new(code, self.span, format!("`{}`: {}", self.component, self.message));
        let mut help = String::new();
        if let Some(row) = &self.row {
            help.push_str(&format!("the row was {row}"));
        }
        if let Some(record) = &self.record {
            let lead = if help.is_empty() { "it came of" } else { "; it came of" };
            help.push_str(&format!("{lead} the record at {record}"));
        }
        if !help.is_empty() {
            found = found.help(help);
        }
        found
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.component, self.message)?;
        if let Some(row) = &self.row {
            write!(f, " (row: {row})")?;
        }
        if let Some(record) = &self.record {
            write!(f, " (record: {record})")?;
        }
        Ok(())
    }
}
impl std::error::Error for RunError {}

/// What an operator says when it cannot go on; the graph adds the rest.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: RunErrorKind,
    pub(crate) message: String,
    pub(crate) span: Option<Span>,
    /// Values of the row, in the columns of the operator's input (or of both inputs, one after the other).
    pub(crate) row: Option<Vec<streamc_types::Value>>,
}

/// What operators answer.
pub(crate) type Outcome<T = ()> = Result<T, Box<Failure>>;
