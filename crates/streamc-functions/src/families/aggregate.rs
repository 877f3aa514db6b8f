//! Aggregate functions (Flink documentation, "Aggregate Functions"), each with the way back for rows that are taken out
//! again. `NULL`s are skipped, except by `COUNT(*)`.

use crate::aggregate::Accumulator;
use crate::arguments::{decimal, double, int, text, value};
use crate::entry::aggregate;
use crate::families::arithmetic::wrap;
use crate::function::{Argument, CallError, CallTypes, EvalError, Function, Typed};
use crate::rules::{Takes, check, impossible, literal_text, refuse};
use crate::spark::{SparkCall, SparkForm};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use streamc_types::{DataType, Decimal, MAX_DECIMAL_PRECISION, TypeKind, Value};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    aggregate("COUNT", (0, 1), count_rule, |types, _| {
        Box::new(Count { rows: types.arguments.is_empty(), count: 0 })
    })
    .spark(SparkForm::Rewrite(|call| Ok(match call.arguments {
        [] => "count(*)".to_owned(),
        list => format!("count({})", list.join(", ")),
    })))
    .doc("How many rows there are, or how many in which the value is not `NULL`.", "COUNT(*)", ""),
    aggregate("SUM", (1, 1), sum_rule, |types, _| Box::new(Sum::new(types)))
        .spark(SparkForm::Rewrite(|call| spark_total(call, "sum")))
        .doc(
            "The sum, in the type of the values (`DECIMAL(38, s)` of decimals); integers wrap around. `NULL` of nothing.",
            "SUM(amount)",
            "",
        ),
    aggregate("AVG", (1, 1), average_rule, |types, _| Box::new(Average(Sum::wide(types))))
        .spark(SparkForm::Rewrite(spark_average))
        .doc(
            "The mean, in the type of the values: of integers it is cut to an integer, of decimals it is `DECIMAL(38, max(s, 6))`. `NULL` of nothing.",
            "AVG(amount)",
            "",
        ),
    aggregate("MIN", (1, 1), extreme_rule, |_, retracts| extreme(Ordering::Less, retracts))
        .doc("The least value. `NULL` of nothing.", "MIN(amount)", ""),
    aggregate("MAX", (1, 1), extreme_rule, |_, retracts| extreme(Ordering::Greater, retracts))
        .doc("The greatest value. `NULL` of nothing.", "MAX(amount)", ""),
    aggregate("FIRST_VALUE", (1, 1), order_rule, |_, _| Box::new(Ordered { first: true, values: Vec::new() }))
        .spark(SparkForm::None("Spark's groups have no order of arrival"))
        .doc("The value that came first and is not `NULL`.", "FIRST_VALUE(amount)", ""),
    aggregate("LAST_VALUE", (1, 1), order_rule, |_, _| Box::new(Ordered { first: false, values: Vec::new() }))
        .spark(SparkForm::None("Spark's groups have no order of arrival"))
        .doc("The value that came last and is not `NULL`.", "LAST_VALUE(amount)", ""),
    aggregate("LISTAGG", (1, 2), list_rule, |_, _| Box::new(List::default()))
        .spark(SparkForm::None("Spark's groups have no order of arrival"))
        .doc(
            "The texts in the order of arrival, with a comma or the second argument between them. `NULL` of nothing.",
            "LISTAGG(name, '; ')",
            "",
        ),
];

fn count_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if arguments.iter().any(|a| a.ty.kind == TypeKind::Null) {
        return Err(crate::rules::untyped_null(function, 0));
    }
    Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::BigInt)))
}

fn sum_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    total(function, arguments, |scale| scale)
}

/// `LogicalTypeMerging.findAvgAggType`.
pub(super) fn average_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    total(function, arguments, |scale| scale.max(6))
}

fn total(
    function: &Function,
    arguments: &[Argument<'_>],
    scale_of: fn(u8) -> u8,
) -> Result<Typed, CallError> {
    check(function, arguments, &[Takes::Number])?;
    let mut result = arguments.first().map_or_else(DataType::unknown, |a| a.ty.clone());
    if let TypeKind::Decimal { scale, .. } = result.kind {
        result.kind = TypeKind::Decimal { precision: MAX_DECIMAL_PRECISION, scale: scale_of(scale) };
    }
    Ok(Typed::as_is(arguments, result))
}

fn extreme_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some(ty) = arguments.first().map(|a| a.ty) else {
        return Err(impossible("an argument is missing", None));
    };
    let ordered = ty.is_numeric()
        || ty.is_string()
        || ty.is_timestamp()
        || matches!(ty.kind, TypeKind::Boolean | TypeKind::Date | TypeKind::Time(_));
    if !ordered {
        return Err(refuse(function, arguments, 0, "a number, a string, a boolean, a date or a time", None));
    }
    Ok(Typed::as_is(arguments, ty.clone()))
}

fn order_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments.first().map(|a| a.ty) {
        Some(ty) if ty.kind != TypeKind::Null => Ok(Typed::as_is(arguments, ty.clone())),
        _ => Err(crate::rules::untyped_null(function, 0)),
    }
}

fn list_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Text])?;
    if arguments.len() > 1 && literal_text(arguments, 1).is_none() {
        return Err(CallError {
            argument: Some(1),
            message: "`LISTAGG` needs a constant separator".to_owned(),
            help: None,
        });
    }
    let result = types.first().cloned().unwrap_or_else(DataType::string);
    Ok(Typed { result, arguments: types })
}

struct Count {
    rows: bool,
    count: i64,
}

impl Count {
    fn counts(&self, arguments: &[Value]) -> Result<bool, EvalError> {
        Ok(self.rows || !value(arguments, 0)?.is_null())
    }
}

impl Accumulator for Count {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.count += i64::from(self.counts(arguments)?);
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.count -= i64::from(self.counts(arguments)?);
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(Value::Int(self.count))
    }
}

/// A running total of one kind of numbers.
#[derive(Clone, Debug)]
enum Total {
    Int(i64),
    Double(f64),
    Decimal(Option<Decimal>),
}

/// The sum, and how many values are in it: none means `NULL`.
struct Sum {
    total: Total,
    count: i64,
    result: DataType,
    /// Integers wrap in this width.
    width: TypeKind,
}

impl Sum {
    fn new(types: CallTypes<'_>) -> Self {
        let total = match &types.result.kind {
            TypeKind::Decimal { scale, .. } => Total::Decimal(Some(Decimal::new(0, *scale))),
            TypeKind::Float | TypeKind::Double => Total::Double(0.0),
            _ => Total::Int(0),
        };
        Self { total, count: 0, result: types.result.clone(), width: types.result.kind.clone() }
    }

    /// As `AVG` sums: integers as `BIGINT`, decimals at their own scale.
    fn wide(types: CallTypes<'_>) -> Self {
        let mut sum = Self::new(types);
        sum.width = TypeKind::BigInt;
        sum
    }

    fn step(&mut self, arguments: &[Value], sign: i64) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() {
            return Ok(());
        }
        self.count += sign;
        match &mut self.total {
            Total::Int(total) => {
                let Value::Int(wrapped) =
                    wrap(&self.width, total.wrapping_add(sign.wrapping_mul(int(arguments, 0)?)))
                else {
                    return Err(EvalError::new("the sum of integers is an integer"));
                };
                *total = wrapped;
            }
            Total::Double(total) => {
                // A FLOAT is summed as FLOAT by SUM and as DOUBLE by AVG.
                *total += sign as f64 * double(arguments, 0)?;
                if self.width == TypeKind::Float {
                    *total = f64::from(*total as f32);
                }
            }
            Total::Decimal(total) => {
                let next = decimal(arguments, 0)?;
                let next = if sign < 0 { next.negate() } else { next };
                *total = total
                    .and_then(|t| t.checked_add(next))
                    .filter(|t| t.precision() <= MAX_DECIMAL_PRECISION);
            }
        }
        Ok(())
    }
}

impl Accumulator for Sum {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.step(arguments, 1)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.step(arguments, -1)
    }
    fn value(&self) -> Result<Value, EvalError> {
        if self.count == 0 {
            return Ok(Value::Null);
        }
        Ok(match (&self.total, &self.result.kind) {
            (Total::Int(v), _) => Value::Int(*v),
            (Total::Double(v), TypeKind::Float) => Value::Float(*v as f32),
            (Total::Double(v), _) => Value::Double(*v),
            (Total::Decimal(Some(v)), TypeKind::Decimal { precision, scale }) => {
                v.rescale(*precision, *scale).map_or(Value::Null, Value::Decimal)
            }
            (Total::Decimal(_), _) => Value::Null,
        })
    }
}

struct Average(Sum);

/// `AVG` in `OVER`: there Flink's planner makes a quotient of it (Calcite's `AggregateReduceFunctionsRule`), whose sum has the
/// type of the values and wraps around.
pub fn average_of_window(types: CallTypes<'_>, _retracts: bool) -> Box<dyn Accumulator> {
    Box::new(Average(Sum::new(types)))
}

impl Accumulator for Average {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.0.step(arguments, 1)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.0.step(arguments, -1)
    }
    fn value(&self) -> Result<Value, EvalError> {
        let Sum { total, count, result, .. } = &self.0;
        if *count == 0 {
            return Ok(Value::Null);
        }
        Ok(match (total, &result.kind) {
            (Total::Int(v), kind) => wrap(kind, v / count),
            (Total::Double(v), TypeKind::Float) => Value::Float((v / *count as f64) as f32),
            (Total::Double(v), _) => Value::Double(v / *count as f64),
            (Total::Decimal(Some(v)), TypeKind::Decimal { precision, scale }) => v
                .checked_div(Decimal::from_int(*count), *precision, *scale)
                .map_or(Value::Null, Value::Decimal),
            (Total::Decimal(_), _) => Value::Null,
        })
    }
}

fn extreme(wanted: Ordering, retracts: bool) -> Box<dyn Accumulator> {
    if retracts {
        Box::new(Sorted { greatest: wanted == Ordering::Greater, counts: BTreeMap::new() })
    } else {
        Box::new(Best { wanted, best: Value::Null })
    }
}

/// The extreme of values that only ever come.
struct Best {
    wanted: Ordering,
    best: Value,
}

impl Accumulator for Best {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        // As Java's `>`: a NaN that came first stays, one that comes later is never taken.
        let better = match (next, &self.best) {
            (Value::Double(x), Value::Double(y)) => x.partial_cmp(y) == Some(self.wanted),
            (Value::Float(x), Value::Float(y)) => x.partial_cmp(y) == Some(self.wanted),
            (next, best) => next.cmp(best) == self.wanted,
        };
        if !next.is_null() && (self.best.is_null() || better) {
            self.best = next.clone();
        }
        Ok(())
    }
    fn retract(&mut self, _: &[Value]) -> Result<(), EvalError> {
        Err(EvalError::new("this accumulator was made for rows that are never taken back"))
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(self.best.clone())
    }
}

/// All values in order, with how often each is there. A row may be taken back before it came (a negative count), as
/// changelogs out of joins do.
struct Sorted {
    greatest: bool,
    counts: BTreeMap<Value, i64>,
}

impl Sorted {
    fn step(&mut self, arguments: &[Value], sign: i64) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        if next.is_null() {
            return Ok(());
        }
        let count = self.counts.entry(next.clone()).or_insert(0);
        *count += sign;
        if *count == 0 {
            self.counts.remove(next);
        }
        Ok(())
    }
}

impl Accumulator for Sorted {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.step(arguments, 1)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.step(arguments, -1)
    }
    fn value(&self) -> Result<Value, EvalError> {
        let mut present = self.counts.iter().filter(|(_, count)| **count > 0).map(|(value, _)| value);
        let best = if self.greatest { present.next_back() } else { present.next() };
        Ok(best.cloned().unwrap_or(Value::Null))
    }
}

/// Values in the order of arrival.
struct Ordered {
    first: bool,
    values: Vec<Value>,
}

impl Accumulator for Ordered {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        if !next.is_null() {
            self.values.push(next.clone());
        }
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let gone = value(arguments, 0)?;
        if let Some(at) = self.values.iter().position(|v| v == gone) {
            self.values.remove(at);
        }
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        let found = if self.first { self.values.first() } else { self.values.last() };
        Ok(found.cloned().unwrap_or(Value::Null))
    }
}

/// Texts in the order of arrival.
#[derive(Default)]
struct List {
    texts: Vec<String>,
    separator: Option<String>,
}

impl Accumulator for List {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() {
            return Ok(());
        }
        if arguments.len() > 1 && self.separator.is_none() {
            self.separator = Some(text(arguments, 1)?.to_owned());
        }
        self.texts.push(text(arguments, 0)?.to_owned());
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() {
            return Ok(());
        }
        let gone = text(arguments, 0)?;
        if let Some(at) = self.texts.iter().position(|t| t == gone) {
            self.texts.remove(at);
        }
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        if self.texts.is_empty() {
            return Ok(Value::Null);
        }
        Ok(Value::str(self.texts.join(self.separator.as_deref().unwrap_or(","))))
    }
}

/// Spark sums integers as `BIGINT` and a decimal with ten digits more.
fn spark_total(call: SparkCall<'_>, name: &str) -> Result<String, String> {
    let [x] = call.arguments else {
        return Err(format!("`{name}` needs one argument"));
    };
    Ok(match &call.result.kind {
        TypeKind::BigInt | TypeKind::Double => format!("{name}({x})"),
        TypeKind::Float => {
            return Err("Flink sums FLOAT in 32 bits, Spark in 64; sum a DOUBLE".to_owned());
        }
        kind => format!("CAST({name}({x}) AS {})", super::numeric::spark_number(kind)),
    })
}

/// Spark's mean of integers is a `DOUBLE`, and its mean of decimals has four digits more.
fn spark_average(call: SparkCall<'_>) -> Result<String, String> {
    let [x] = call.arguments else {
        return Err("`AVG` needs one argument".to_owned());
    };
    Ok(match &call.result.kind {
        TypeKind::Double => format!("avg({x})"),
        TypeKind::Float => format!("CAST(avg({x}) AS FLOAT)"),
        kind @ TypeKind::Decimal { .. } => {
            let kind = super::numeric::spark_number(kind);
            format!(
                "CAST((CAST(sum({x}) AS DECIMAL(38, {}))) / nullif(count({x}), 0) AS {kind})",
                source_scale(call)
            )
        }
        kind => format!("CAST((sum({x}) div nullif(count({x}), 0)) AS {kind})"),
    })
}

fn source_scale(call: SparkCall<'_>) -> u8 {
    match call.types.first().map(|t| &t.kind) {
        Some(TypeKind::Decimal { scale, .. }) => *scale,
        _ => 0,
    }
}
