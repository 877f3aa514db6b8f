//! Expressions compiled for rows.
//!
//! A plan's expression becomes a small tree once; for each row it is evaluated without looking at the plan. Columns and
//! literals are borrowed, only computed values are made.

mod compile;
mod evaluate;

pub(crate) use compile::compile;
pub(crate) use evaluate::Fault;

use fxhash::FxHashSet;
use std::cmp::Ordering;
use streamc_diagnostics::Span;
use streamc_functions::{CallTypes, EvalContext, EvalError};
use streamc_types::{DataType, Value};

/// The type of a scalar function's evaluator.
pub(crate) type Evaluator = fn(&EvalContext, CallTypes<'_>, &[Value]) -> Result<Value, EvalError>;

/// A function call.
#[derive(Clone)]
pub(crate) struct Call {
    eval: Evaluator,
    argument_types: Box<[DataType]>,
    result: DataType,
    arguments: Box<[Compiled]>,
    span: Option<Span>,
}

/// A comparison of two values of one kind, which the order of values decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// The list of an `IN`.
#[derive(Clone)]
pub(crate) enum List {
    /// Only literals; whether `NULL` is among them.
    Constant(FxHashSet<Value>, bool),
    Computed(Box<[Compiled]>),
}

/// A compiled expression.
#[derive(Clone)]
pub(crate) enum Compiled {
    Column(usize),
    Literal(Value),
    Field { base: Box<Compiled>, index: usize },
    Call(Box<Call>),
    Compare { comparison: Comparison, sides: Box<(Compiled, Compiled)> },
    And(Box<[Compiled]>),
    Or(Box<[Compiled]>),
    Coalesce(Box<[Compiled]>),
    Case { branches: Box<[(Compiled, Compiled)]>, otherwise: Box<Compiled> },
    Cast { input: Box<Compiled>, types: Box<(DataType, DataType)>, lenient: bool, span: Option<Span> },
    In { value: Box<Compiled>, list: Box<List>, negated: bool },
}

impl Compiled {
    /// The column, if it is nothing else.
    pub(crate) fn as_column(&self) -> Option<usize> {
        match self {
            Self::Column(index) => Some(*index),
            _ => None,
        }
    }
}
