//! How Spark spells a call.

use streamc_types::DataType;

/// A call as the Spark printer hands it over.
#[derive(Clone, Copy, Debug)]
pub struct SparkCall<'a> {
    /// The arguments as Spark SQL text, each safe to stand as an operand.
    pub arguments: &'a [String],
    /// Their types.
    pub types: &'a [DataType],
    /// The type of the result.
    pub result: &'a DataType,
}

/// How Spark SQL (4.x, ANSI mode) computes the same value.
#[derive(Clone, Copy)]
pub enum SparkForm {
    /// Exactly as Flink spells it.
    Same,
    /// `name(a, b)` under another name.
    Named(&'static str),
    /// A text with `{0}`, `{1}` for the arguments.
    Template(&'static str),
    /// Depends on types or on the number of arguments; `Err` is the reason why this call has no form.
    Rewrite(fn(SparkCall<'_>) -> Result<String, String>),
    /// Spark cannot compute this; the reason.
    None(&'static str),
}
