//! The aggregates of one group.

use super::Context;
use crate::error::{Failure, Outcome, RunErrorKind};
use crate::expr::{Compiled, Fault};
use crate::key::{Key, KeyMap};
use streamc_diagnostics::Span;
use streamc_functions::{Accumulator, CallTypes, EvalError, FunctionKind};
use streamc_plan::AggregateCall;
use streamc_types::{DataType, Value};

type MakeAccumulator = fn(CallTypes<'_>, bool) -> Box<dyn Accumulator>;

/// The aggregate calls of a relation, compiled.
pub(crate) struct Aggregates {
    calls: Vec<Call>,
    /// Whether rows are also taken back.
    retracts: bool,
    /// Arguments of the call at hand.
    arguments: Vec<Value>,
}

struct Call {
    make: MakeAccumulator,
    argument_types: Box<[DataType]>,
    result: DataType,
    arguments: Box<[Compiled]>,
    filter: Option<Compiled>,
    distinct: bool,
    span: Option<Span>,
}

/// The accumulators of a group.
pub(crate) struct Group {
    states: Box<[State]>,
}

struct State {
    accumulator: Box<dyn Accumulator>,
    /// How often each combination of arguments is there, for `DISTINCT`.
    seen: Option<KeyMap<i64>>,
}

impl Aggregates {
    /// Those of `OVER`.
    pub(crate) fn over(calls: &[AggregateCall], retracts: bool) -> Result<Self, String> {
        let mut aggregates = Self::new(calls, retracts)?;
        for (compiled, call) in aggregates.calls.iter_mut().zip(calls) {
            if call.function.name == "AVG" {
                compiled.make = streamc_functions::families::aggregate::average_of_window;
            }
        }
        Ok(aggregates)
    }

    pub(crate) fn new(calls: &[AggregateCall], retracts: bool) -> Result<Self, String> {
        let compile = |call: &AggregateCall| {
            let FunctionKind::Aggregate(make) = call.function.kind else {
                return Err(format!("`{}` is no aggregate function", call.function.name));
            };
            Ok(Call {
                make,
                argument_types: call.arguments.iter().map(|a| a.ty.clone()).collect(),
                result: call.ty.clone(),
                arguments: call.arguments.iter().map(crate::expr::compile).collect::<Result<_, _>>()?,
                filter: call.filter.as_ref().map(crate::expr::compile).transpose()?,
                distinct: call.distinct,
                span: call.span,
            })
        };
        let calls = calls.iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { calls, retracts, arguments: Vec::new() })
    }

    /// A group without rows.
    pub(crate) fn group(&self) -> Group {
        let state = |call: &Call| State {
            accumulator: (call.make)(
                CallTypes { arguments: &call.argument_types, result: &call.result },
                self.retracts,
            ),
            seen: call.distinct.then(KeyMap::default),
        };
        Group { states: self.calls.iter().map(state).collect() }
    }

    /// Takes a row in, or back.
    pub(crate) fn update(
        &mut self,
        group: &mut Group,
        row: &[Value],
        addition: bool,
        cx: &Context<'_>,
    ) -> Outcome {
        for (call, state) in self.calls.iter().zip(&mut group.states) {
            let at_row = |fault: Box<Fault>| fault.at(row);
            if let Some(filter) = &call.filter
                && filter.test(cx.eval, row).map_err(at_row)? != Some(true)
            {
                continue;
            }
            self.arguments.clear();
            for argument in &call.arguments {
                self.arguments.push(argument.eval(cx.eval, row).map_err(at_row)?.into_owned());
            }
            if let Some(seen) = &mut state.seen
                && !counts(seen, &self.arguments, addition)
            {
                continue;
            }
            let result = if addition {
                state.accumulator.add(&self.arguments)
            } else {
                state.accumulator.retract(&self.arguments)
            };
            result.map_err(|error| call.failure(error, Some(row)))?;
        }
        Ok(())
    }

    /// Appends the value of each aggregate.
    pub(crate) fn values(&self, group: &Group, out: &mut Vec<Value>) -> Outcome {
        for (call, state) in self.calls.iter().zip(&group.states) {
            out.push(state.accumulator.value().map_err(|error| call.failure(error, None))?);
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }
}

impl Call {
    fn failure(&self, error: EvalError, row: Option<&[Value]>) -> Box<Failure> {
        Box::new(Failure {
            kind: RunErrorKind::Evaluation,
            message: error.message,
            span: self.span,
            row: row.map(<[Value]>::to_vec),
        })
    }
}

/// Whether the row is the first one with these arguments, or takes the last one away.
fn counts(seen: &mut KeyMap<i64>, arguments: &[Value], addition: bool) -> bool {
    let key = Key(arguments.into());
    if addition {
        let count = seen.entry(key).or_insert(0);
        *count += 1;
        return *count == 1;
    }
    let Some(count) = seen.get_mut(&key) else { return false };
    *count -= 1;
    if *count == 0 {
        seen.swap_remove(&key);
        return true;
    }
    false
}
