//! Lines of generated text: each knows the relation it came from, and may hold variables.

use crate::quote;
use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_plan::{OptionValue, Relation};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it is.
    Text(String),
    /// A value that is known when the job starts.
    Variable {
        /// The name of the environment variable.
        name: SmolStr,
        /// What it is where it is not set.
        default: Option<SmolStr>,
    },
}

/// A text with variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(pub Vec<Piece>);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(vec![Piece::Text(text)])
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Text {
    /// The value of an option as Flink reads it, not quoted.
    pub(crate) fn of(value: &OptionValue) -> Self {
        Self(vec![match value {
            OptionValue::Str(text) => Piece::Text(text.to_string()),
            OptionValue::Int(n) => Piece::Text(n.to_string()),
            OptionValue::Bool(b) => Piece::Text(b.to_string()),
            OptionValue::Duration(millis) => Piece::Text(crate::interval::duration(*millis)),
            OptionValue::Size(bytes) => Piece::Text(format!("{bytes} b")),
            OptionValue::List(items) => Piece::Text(items.join(";")),
            OptionValue::Env { name, default } => {
                Piece::Variable { name: name.clone(), default: default.clone() }
            }
            OptionValue::Secret { name } => Piece::Variable { name: name.clone(), default: None },
        }])
    }

    /// The text with more behind it.
    pub(crate) fn then(mut self, more: impl Into<Self>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// The same text as the inside of a string literal.
    pub(crate) fn escaped(self) -> Self {
        let escape = |piece| match piece {
            Piece::Text(text) => Piece::Text(quote::escape(&text)),
            variable => variable,
        };
        Self(self.0.into_iter().map(escape).collect())
    }

    /// The same text as a string literal.
    pub(crate) fn quoted(self) -> Self {
        Self::from("'").then(self.escaped()).then("'")
    }

    /// For `job.sql`: a variable is its default, or `${NAME}` for a person to replace. In a literal the default is
    /// escaped.
    pub(crate) fn resolved(&self, in_literal: bool) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable { default: Some(value), .. } if in_literal => quote::escape(value),
            Piece::Variable { default: Some(value), .. } => value.to_string(),
            Piece::Variable { name, default: None } => format!("${{{name}}}"),
        };
        self.0.iter().map(text).collect()
    }

    /// For `job.json`: a variable is `${NAME}`; any other `${` is written `$${`.
    pub(crate) fn template(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.replace("${", "$${"),
            Piece::Variable { name, .. } => format!("${{{name}}}"),
        };
        self.0.iter().map(text).collect()
    }
}

/// A line with the place it came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Its text, indented.
    pub text: Text,
    /// Stable id and place of the step, if a new one starts here.
    pub from: Option<(SmolStr, Option<Span>)>,
}

impl Line {
    /// A line of no step of its own.
    pub(crate) fn new(text: impl Into<Text>) -> Self {
        Self { text: text.into(), from: None }
    }

    /// A line that a relation made.
    pub(crate) fn of(text: impl Into<Text>, relation: Option<&Relation>) -> Self {
        let from = relation.filter(|r| !r.id.is_empty()).map(|r| (r.id.clone(), r.origin.span));
        Self { text: text.into(), from }
    }

    /// The same line further in.
    pub(crate) fn indented(mut self, by: usize) -> Self {
        self.text.0.insert(0, Piece::Text(" ".repeat(by)));
        self
    }

    /// The same line with more at its end.
    pub(crate) fn ending(mut self, with: &str) -> Self {
        self.text = self.text.then(with);
        self
    }
}

/// A list in one line if it is short, otherwise an item a line, after `head`.
pub(crate) fn list(head: &str, items: Vec<String>, relation: Option<&Relation>) -> Vec<Line> {
    let flat = format!("{head} {}", items.join(", "));
    if items.len() <= 1 || flat.chars().count() <= 80 && !items.iter().any(|i| i.contains(" AS ")) {
        return vec![Line::of(flat, relation)];
    }
    let last = items.len() - 1;
    let rows = items.into_iter().enumerate();
    let rows = rows.map(|(n, item)| Line::new(format!("  {item}{}", if n < last { "," } else { "" })));
    std::iter::once(Line::of(head, relation)).chain(rows).collect()
}
