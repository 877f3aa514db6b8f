//! What an entry of the catalogue holds.

use crate::aggregate::Accumulator;
use crate::spark::SparkForm;
use std::fmt;
use streamc_types::{DataType, Value};

/// The family of a function: its file, and its section in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Family {
    Comparison,
    Logical,
    Arithmetic,
    String,
    Temporal,
    Conditional,
    Collection,
    Hash,
    Json,
    Bitmap,
    System,
    Aggregate,
}

/// An argument as the type rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// Its type.
    pub ty: &'a DataType,
    /// Its value, where the argument is a literal.
    pub literal: Option<&'a Value>,
}

/// What a type rule answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The type of the result, with nullability.
    pub result: DataType,
    /// The type that each argument is cast to before the call; the argument's own type where none is needed.
    pub arguments: Vec<DataType>,
}

impl Typed {
    /// No argument is cast.
    pub fn as_is(arguments: &[Argument<'_>], result: DataType) -> Self {
        Self { result, arguments: arguments.iter().map(|a| a.ty.clone()).collect() }
    }
}

/// Why a call does not type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// Which argument is wrong; `None` if the call as a whole is.
    pub argument: Option<usize>,
    /// One sentence without a full stop: "`UPPER` takes a string, not `INT`".
    pub message: String,
    /// What to do about it: "write `CAST(x AS STRING)`".
    pub help: Option<String>,
}

/// How many arguments a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    /// At least so many.
    pub min: usize,
    /// At most so many; `None` for any number.
    pub max: Option<usize>,
}

/// The types of a call, for evaluators whose result depends on them (precision, scale, zone).
#[derive(Clone, Copy, Debug)]
pub struct CallTypes<'a> {
    /// Types of the arguments, after implicit casts.
    pub arguments: &'a [DataType],
    /// Type of the result.
    pub result: &'a DataType,
}

/// What an evaluator may depend on besides its arguments.
#[derive(Clone, Debug)]
pub struct EvalContext {
    /// The session time zone (`table.local-time-zone`); UTC unless configured.
    pub zone: jiff::tz::TimeZone,
    /// The moment of evaluation, for `CURRENT_TIMESTAMP` and `PROCTIME()`: milliseconds since the epoch.
    pub now_millis: i64,
}

impl Default for EvalContext {
    fn default() -> Self {
        Self { zone: jiff::tz::TimeZone::UTC, now_millis: 0 }
    }
}

/// Why a value could not be computed. On Flink the job fails with the same cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    /// One sentence without a full stop: "division by zero".
    pub message: String,
}

impl EvalError {
    /// An error with that sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Computes a scalar function. Arguments already have the types of [`CallTypes::arguments`].
pub type Evaluator = fn(&EvalContext, CallTypes<'_>, &[Value]) -> Result<Value, EvalError>;
/// Makes the accumulator of an aggregate function for these types. With `retracts`, rows are also taken back.
pub type MakeAccumulator = fn(types: CallTypes<'_>, retracts: bool) -> Box<dyn Accumulator>;
/// The type rule.
pub type TypeRule = fn(&Function, &[Argument<'_>]) -> Result<Typed, CallError>;

/// Scalar or aggregate.
#[derive(Clone, Copy)]
pub enum FunctionKind {
    /// One value from the values of one row. `eval` is never called for the functions with `lazy: true`.
    Scalar {
        /// Computes it.
        eval: Evaluator,
        /// Whether the engine itself decides which arguments are evaluated (`AND`, `OR`, `COALESCE`, `IF`).
        lazy: bool,
    },
    /// One value from many rows.
    Aggregate(MakeAccumulator),
}

/// How Flink spells a call.
#[derive(Clone, Copy, Debug)]
pub enum FlinkForm {
    /// `NAME(a, b)`.
    Call,
    /// `NAME` without parentheses: `CURRENT_DATE`.
    Word,
    /// `a + b`, parenthesised by need; the number is the binding strength (higher binds tighter): `OR` 1, `AND` 2,
    /// `NOT` 3, comparison 4, `+ -` 5, `* / %` 6, unary minus 7.
    Infix(&'static str, u8),
    /// `NOT a`, `-a`.
    Prefix(&'static str, u8),
    /// `a IS NULL`.
    Postfix(&'static str, u8),
    /// A text with `{0}`, `{1}`: `POSITION({0} IN {1})`; several numbers of arguments stand apart by `~`, `{0!}` is a string
    /// literal without its quotes, `{*}` all arguments. Write it with [`crate::print::flink`].
    Template(&'static str),
    /// Written by a function from the arguments as text, all of them atoms.
    Written(fn(&[String]) -> String),
}

/// One entry of the catalogue.
pub struct Function {
    /// Its name in upper case; for an operator its symbol (`+`, `IS NOT NULL`).
    pub name: &'static str,
    /// Other names of the same function.
    pub aliases: &'static [&'static str],
    /// Its family.
    pub family: Family,
    /// How many arguments.
    pub arity: Arity,
    /// The type rule.
    pub rule: TypeRule,
    /// How it is computed.
    pub kind: FunctionKind,
    /// Whether equal arguments always give equal results.
    pub deterministic: bool,
    /// Why the embedded engine does not compute it, only Flink does; `None` if it does.
    pub typed_only: Option<&'static str>,
    /// Flink's spelling.
    pub flink: FlinkForm,
    /// Spark's spelling, or why there is none.
    pub spark: SparkForm,
    /// One or two sentences for hover and the reference.
    pub doc: &'static str,
    /// A call and its value as text, both checked by a test: `("UPPER('ab')", "AB")`.
    pub example: (&'static str, &'static str),
}

impl Function {
    /// Types a call: checks the number of arguments, then asks the type rule. With an argument of unknown type the
    /// result is unknown and there is no error.
    pub fn type_call(&self, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
        let n = arguments.len();
        if n < self.arity.min || self.arity.max.is_some_and(|max| n > max) {
            let wanted = match (self.arity.min, self.arity.max) {
                (min, Some(max)) if min == max => format!("{min}"),
                (min, Some(max)) => format!("{min} to {max}"),
                (min, None) => format!("at least {min}"),
            };
            let plural = if wanted == "1" { "argument" } else { "arguments" };
            return Err(CallError {
                argument: None,
                message: format!("`{}` takes {wanted} {plural}, found {n}", self.name),
                help: None,
            });
        }
        if arguments.iter().any(|a| a.ty.is_unknown()) {
            return Ok(Typed::as_is(arguments, DataType::unknown()));
        }
        (self.rule)(self, arguments)
    }

    /// The type of an aggregate call at its place. The rule gives the type under `GROUP BY`; over a whole table, or with
    /// `FILTER`, there may be no row, and all but `COUNT` (and, in Flink's types, `LISTAGG`) may be `NULL` then.
    pub fn aggregate_result(&self, result: DataType, grouped: bool, filtered: bool) -> DataType {
        let nullable = result.nullable || (!self.is_never_null() && (!grouped || filtered));
        result.with_nullable(nullable)
    }

    /// Whether the result keeps `NOT NULL` over no rows, as Flink types it.
    pub fn is_never_null(&self) -> bool {
        matches!(self.name, "COUNT" | "LISTAGG" | "COLLECT" | "ARRAY_AGG" | "ARRAY_AGG IGNORE NULLS")
            || self.name.starts_with("JSON_")
    }

    /// Whether it is a function with a name, not an operator with a symbol or keywords.
    pub fn is_called_by_name(&self) -> bool {
        self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !is_keyword_operator(self.name)
    }

    /// Whether it is an aggregate function.
    pub fn is_aggregate(&self) -> bool {
        matches!(self.kind, FunctionKind::Aggregate(_))
    }
}

/// Operators that are spelled as one word.
fn is_keyword_operator(name: &str) -> bool {
    matches!(name, "AND" | "OR" | "NOT" | "LIKE")
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A function of the catalogue. Equal by name.
#[derive(Clone, Copy)]
pub struct FunctionRef(pub &'static Function);

impl std::ops::Deref for FunctionRef {
    type Target = Function;
    fn deref(&self) -> &Function {
        self.0
    }
}
impl PartialEq for FunctionRef {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name && self.0.is_aggregate() == other.0.is_aggregate()
    }
}
impl Eq for FunctionRef {}
impl std::hash::Hash for FunctionRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}
impl fmt::Debug for FunctionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}
