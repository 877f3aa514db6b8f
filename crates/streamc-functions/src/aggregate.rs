//! What an aggregate function keeps while rows pass.

use crate::function::EvalError;
use streamc_types::Value;

/// The state of one aggregate call for one group.
pub trait Accumulator: Send {
    /// Takes in the arguments of a row.
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError>;
    /// Takes back a row that was taken in before. Called only where the accumulator was made with `retracts`.
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError>;
    /// The value so far.
    fn value(&self) -> Result<Value, EvalError>;
}
