//! Comparison operators.

use crate::function::{Arity, EvalError, Family, FlinkForm, Function, FunctionKind, Typed};
use crate::spark::SparkForm;
use streamc_types::{DataType, Value};

/// `IS NULL`, …
pub const FUNCTIONS: &[Function] = &[Function {
    name: "IS NULL",
    aliases: &[],
    family: Family::Comparison,
    arity: Arity { min: 1, max: Some(1) },
    rule: |_, args| Ok(Typed::as_is(args, DataType::boolean().with_nullable(false))),
    kind: FunctionKind::Scalar {
        eval: |_, _, args| match args {
            [value] => Ok(Value::Boolean(value.is_null())),
            _ => Err(EvalError::new("`IS NULL` takes one argument")),
        },
        lazy: false,
    },
    deterministic: true,
    flink: FlinkForm::Postfix("IS NULL", 4),
    spark: SparkForm::Same,
    doc: "Whether the value is `NULL`.",
    example: ("'a' IS NULL", "FALSE"),
}];
