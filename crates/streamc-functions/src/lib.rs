//! The catalogue of SQL functions and operators: one entry each, with its type rule, evaluator, and its spelling on
//! Flink and Spark.
//!
//! The meaning is Flink's (documentation page "System (Built-in) Functions", `BuiltInFunctionDefinitions`). An entry
//! says everything that the compiler knows of a function; the binder, the engines, the editor and the reference
//! page read it from here. [`find`] looks a function up; [`all`] lists them, by family.

mod aggregate;
mod arguments;
pub mod cast;
mod catalogue;
mod entry;
pub mod families;
mod function;
mod json;
mod pattern;
pub mod print;
mod reference;
mod rules;
mod spark;
mod spark_cast;
pub mod text;
mod zone;

pub use aggregate::Accumulator;
pub use catalogue::{all, find, names, operator};
pub use families::temporal::add_months;
pub use families::window::window_function;
pub use function::{
    Argument, Arity, CallError, CallTypes, EvalContext, EvalError, Family, FlinkForm, Function, FunctionKind,
    FunctionRef, Typed,
};
pub use reference::reference;
pub use spark::{SparkCall, SparkForm};
pub use zone::{session_zone, standing_offsets};
