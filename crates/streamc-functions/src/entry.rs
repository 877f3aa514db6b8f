//! Builds entries: a family's file reads as a list of `scalar(name, …).alias(…).spark(…).doc(…, example, value)`.

use crate::function::{
    Arity, Evaluator, Family, FlinkForm, Function, FunctionKind, MakeAccumulator, TypeRule,
};
use crate::spark::SparkForm;

/// A deterministic scalar function spelled `NAME(…)` on Flink and on Spark.
pub(crate) const fn scalar(
    family: Family,
    name: &'static str,
    (min, max): (usize, usize),
    rule: TypeRule,
    eval: Evaluator,
) -> Function {
    let max = if max == usize::MAX { None } else { Some(max) };
    Function {
        name,
        aliases: &[],
        family,
        arity: Arity { min, max },
        rule,
        kind: FunctionKind::Scalar { eval, lazy: false },
        deterministic: true,
        typed_only: None,
        flink: FlinkForm::Call,
        spark: SparkForm::Same,
        doc: "",
        example: ("", ""),
    }
}

/// An operator between two operands.
pub(crate) const fn infix(
    family: Family,
    symbol: &'static str,
    strength: u8,
    rule: TypeRule,
    eval: Evaluator,
) -> Function {
    scalar(family, symbol, (2, 2), rule, eval).flink(FlinkForm::Infix(symbol, strength))
}

/// An operator behind its operand.
pub(crate) const fn postfix(
    family: Family,
    symbol: &'static str,
    rule: TypeRule,
    eval: Evaluator,
) -> Function {
    scalar(family, symbol, (1, 1), rule, eval).flink(FlinkForm::Postfix(symbol, 4))
}

/// An aggregate function.
pub(crate) const fn aggregate(
    name: &'static str,
    (min, max): (usize, usize),
    rule: TypeRule,
    make: MakeAccumulator,
) -> Function {
    let mut function = scalar(Family::Aggregate, name, (min, max), rule, crate::arguments::never);
    function.kind = FunctionKind::Aggregate(make);
    function
}

impl Function {
    pub(crate) const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub(crate) const fn flink(mut self, form: FlinkForm) -> Self {
        self.flink = form;
        self
    }

    pub(crate) const fn spark(mut self, form: SparkForm) -> Self {
        self.spark = form;
        self
    }

    /// The engine itself decides which arguments are evaluated.
    pub(crate) const fn lazy(mut self) -> Self {
        self.kind = FunctionKind::Scalar { eval: crate::arguments::never, lazy: true };
        self
    }

    pub(crate) const fn changing(mut self) -> Self {
        self.deterministic = false;
        self
    }

    /// Only Flink computes it, for that reason.
    pub(crate) const fn typed_only(mut self, reason: &'static str) -> Self {
        self.typed_only = Some(reason);
        self
    }

    pub(crate) const fn doc(mut self, doc: &'static str, example: &'static str, value: &'static str) -> Self {
        self.doc = doc;
        self.example = (example, value);
        self
    }
}
