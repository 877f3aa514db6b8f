//! Patterns of rows: what `MATCH_RECOGNIZE` looks for.

use crate::expr::{AggregateCall, Expr};
use crate::relation::SortKey;
use smol_str::SmolStr;
use streamc_types::DataType;

/// A `MATCH_RECOGNIZE` (Flink documentation, "Pattern Recognition"). Rows of a match follow one another without a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct RowPattern {
    /// Columns of the input that keep matches apart, ascending.
    pub partition: Vec<usize>,
    /// Index of the time attribute that orders the rows.
    pub time: usize,
    /// The order of rows of one time; rows that are equal in it too keep the order of their arrival.
    pub order: Vec<SortKey>,
    /// The variables in the order of the pattern.
    pub variables: Vec<PatternVariable>,
    /// Where the search goes on behind a match.
    pub skip: SkipAfterMatch,
    /// A match spans less than so many milliseconds.
    pub within: Option<i64>,
    /// The columns behind those of the partition.
    pub measures: Vec<Measure>,
}

/// A variable of a pattern and how often it comes.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternVariable {
    /// Its name.
    pub name: SmolStr,
    /// The least number of rows.
    pub least: u32,
    /// The greatest number of rows; `None` for any.
    pub most: Option<u32>,
    /// Whether a row that fits this variable never goes to the next one. Rows are not given back as in regular
    /// expressions.
    pub greedy: bool,
    /// What a row must be; `None` for anything.
    pub condition: Option<MatchExpr>,
}

/// Where the search goes on behind a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SkipAfterMatch {
    /// At the row behind the last one of the match.
    PastLastRow,
    /// At the row behind the first one of the match.
    ToNextRow,
    /// At the first row of the variable of that index.
    ToFirst(usize),
    /// At the last row of the variable of that index.
    ToLast(usize),
}

/// A column of a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its name.
    pub name: SmolStr,
    /// Its value.
    pub value: MatchExpr,
}

/// An expression over the rows of a match.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchExpr {
    /// What it reads of the match.
    pub operands: Vec<MatchOperand>,
    /// The expression; its columns are the operands.
    pub expr: Expr,
}

/// What an expression reads of a match. In a condition the row that is tried counts as the last one of its variable.
#[derive(Clone, Debug, PartialEq)]
pub enum MatchOperand {
    /// A value of one row, or `NULL` where there is no such row.
    Row {
        /// Index of the variable; `None` for the rows of all.
        variable: Option<usize>,
        /// Whether rows are counted from the first one, in place of from the last.
        first: bool,
        /// How many rows further.
        offset: u32,
        /// Over the columns of the input.
        value: Expr,
    },
    /// An aggregate of the rows of a variable.
    Aggregate {
        /// Index of the variable; `None` for the rows of all.
        variable: Option<usize>,
        /// Over the columns of the input.
        call: AggregateCall,
    },
    /// The event time of the last row.
    Rowtime(DataType),
    /// The clock of the machine when the match was found.
    Proctime(DataType),
}

impl MatchOperand {
    /// Its type.
    pub fn ty(&self) -> &DataType {
        match self {
            Self::Row { value, .. } => &value.ty,
            Self::Aggregate { call, .. } => &call.ty,
            Self::Rowtime(ty) | Self::Proctime(ty) => ty,
        }
    }

    /// The expressions over columns of the input that it reads.
    pub fn reads(&self) -> Vec<&Expr> {
        match self {
            Self::Row { value, .. } => vec![value],
            Self::Aggregate { call, .. } => call.arguments.iter().chain(&call.filter).collect(),
            Self::Rowtime(_) | Self::Proctime(_) => Vec::new(),
        }
    }
}
