//! Aggregates that keep every value: lists, multisets, percentiles, JSON (Flink documentation, "Aggregate Functions").
//!
//! The first argument of the JSON aggregates is a literal that the binder writes: `r` if the value is JSON already, or `-`.

use crate::aggregate::Accumulator;
use crate::arguments::{double, elements, int, text, value};
use crate::entry::aggregate;
use crate::families::json_make::has_form;
use crate::function::{Argument, CallError, CallTypes, EvalError, FlinkForm, Function, Typed};
use crate::json::value::json;
use crate::json::{Json, write};
use crate::rules::{Takes, check, refuse, untyped_null};
use crate::spark::SparkForm;
use std::collections::BTreeMap;
use streamc_types::{DataType, TypeKind, Value};

const ORDER: SparkForm = SparkForm::None("Spark's groups have no order of arrival");
const JSON: SparkForm = SparkForm::None("Spark writes JSON otherwise than Flink");

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    aggregate("COLLECT", (1, 1), collect_rule, |_, _| Box::new(Bag::default()))
        .spark(SparkForm::None("Spark has no MULTISET"))
        .doc("The values that are not `NULL`, each with how often it came: a `MULTISET`.", "COLLECT(name)", ""),
    aggregate("ARRAY_AGG", (1, 1), array_rule, |_, _| Box::new(Sequence(Vec::new())))
        .spark(ORDER)
        .doc("The values in the order of arrival, `NULL` too. `NULL` of nothing.", "ARRAY_AGG(name)", ""),
    aggregate("ARRAY_AGG IGNORE NULLS", (1, 1), array_rule, |_, _| Box::new(Present(Sequence(Vec::new()))))
        .flink(FlinkForm::Template("ARRAY_AGG({0} IGNORE NULLS)"))
        .spark(ORDER)
        .doc("The values in the order of arrival, without `NULL`s. `NULL` of nothing.", "ARRAY_AGG(name IGNORE NULLS)", ""),
    aggregate("PERCENTILE", (2, 3), percentile_rule, |types, _| {
        Box::new(Percentile { weights: BTreeMap::new(), shares: None, list: types.result.kind != TypeKind::Double })
    })
    .spark(SparkForm::None("Spark interpolates in another order: the last digits differ"))
    .doc(
        "The value below which that share of the values lies, between two of them in proportion; of an array of shares an array. A third argument says how often each value counts.",
        "PERCENTILE(amount, 0.9)",
        "",
    ),
    aggregate("JSON_OBJECTAGG_NULL_ON_NULL", (3, 3), object_rule, |types, _| Entries::boxed(types, true))
        .flink(FlinkForm::Template("JSON_OBJECTAGG(KEY {1} VALUE {2})"))
        .spark(JSON)
        .doc(
            "`JSON_OBJECTAGG(KEY k VALUE v)`: a JSON object, its keys sorted, `NULL`s as `null`. Fails on a key that comes twice or is `NULL`.",
            "JSON_OBJECTAGG(KEY name VALUE amount)",
            "",
        ),
    aggregate("JSON_OBJECTAGG_ABSENT_ON_NULL", (3, 3), object_rule, |types, _| Entries::boxed(types, false))
        .flink(FlinkForm::Template("JSON_OBJECTAGG(KEY {1} VALUE {2} ABSENT ON NULL)"))
        .spark(JSON)
        .doc(
            "`JSON_OBJECTAGG(KEY k VALUE v ABSENT ON NULL)`: a JSON object without the keys whose value is `NULL`.",
            "JSON_OBJECTAGG(KEY name VALUE amount ABSENT ON NULL)",
            "",
        ),
    aggregate("JSON_ARRAYAGG_NULL_ON_NULL", (2, 2), items_rule, |types, _| Items::boxed(types, true))
        .flink(FlinkForm::Template("JSON_ARRAYAGG({1} NULL ON NULL)"))
        .spark(JSON)
        .doc(
            "`JSON_ARRAYAGG(x NULL ON NULL)`: a JSON array in the order of arrival, `NULL`s as `null`.",
            "JSON_ARRAYAGG(name NULL ON NULL)",
            "",
        ),
    aggregate("JSON_ARRAYAGG_ABSENT_ON_NULL", (2, 2), items_rule, |types, _| Items::boxed(types, false))
        .flink(FlinkForm::Template("JSON_ARRAYAGG({1})"))
        .spark(JSON)
        .doc(
            "`JSON_ARRAYAGG(x)`: a JSON array in the order of arrival, without `NULL`s.",
            "JSON_ARRAYAGG(name)",
            "",
        ),
];

fn first<'a>(function: &Function, arguments: &[Argument<'a>]) -> Result<&'a DataType, CallError> {
    match arguments.first().map(|a| a.ty) {
        Some(ty) if ty.kind != TypeKind::Null => Ok(ty),
        _ => Err(untyped_null(function, 0)),
    }
}

fn collect_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let element = Box::new(first(function, arguments)?.clone());
    if element.is_binary() {
        return Err(CallError {
            argument: Some(0),
            message: "Flink keeps equal bytes apart in `COLLECT`".to_owned(),
            help: Some("collect a text of them: `COLLECT(TO_BASE64(x))` or `COLLECT(HEX(x))`".to_owned()),
        });
    }
    Ok(Typed::as_is(arguments, DataType::not_null(TypeKind::Multiset(element))))
}

fn array_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let element = first(function, arguments)?;
    let kind = TypeKind::Array(Box::new(element.clone()));
    // Calcite takes the nullability of a row away on its way.
    let nullable = element.nullable || matches!(element.kind, TypeKind::Row(_));
    Ok(Typed::as_is(arguments, DataType { kind, nullable }))
}

/// The share is `NOT NULL` and, where it is a literal, between 0 and 1.
fn percentile_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    check(function, arguments.get(..1).unwrap_or_default(), &[Takes::Number])?;
    let Some(share) = arguments.get(1) else {
        return Err(refuse(function, arguments, 1, "a number between 0 and 1", None));
    };
    let result = match &share.ty.kind {
        TypeKind::Array(element) if !share.ty.nullable && element.is_numeric() && !element.nullable => {
            TypeKind::Array(Box::new(DataType::double()))
        }
        _ if share.ty.is_numeric() && !share.ty.nullable => TypeKind::Double,
        _ => {
            return Err(refuse(
                function,
                arguments,
                1,
                "a number that is never `NULL`, or an array of such numbers",
                None,
            ));
        }
    };
    let outside = match share.literal {
        Some(literal) => {
            double(std::slice::from_ref(literal), 0).is_ok_and(|share| !(0.0..=1.0).contains(&share))
        }
        None => false,
    };
    if outside {
        return Err(refuse(function, arguments, 1, "a number between 0 and 1", None));
    }
    if arguments.get(2).is_some_and(|a| !a.ty.is_integer()) {
        return Err(refuse(function, arguments, 2, "an integer", Some("INT")));
    }
    Ok(Typed::as_is(arguments, DataType::new(result)))
}

const JSON_RESULT: DataType = DataType { kind: TypeKind::Varchar(2000), nullable: false };

fn object_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if arguments.get(1).is_some_and(|a| !a.ty.is_string()) {
        return Err(refuse(function, arguments, 1, "a string", Some("STRING")));
    }
    has_form(arguments, 2)?;
    Ok(Typed::as_is(arguments, JSON_RESULT))
}

fn items_rule(_: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    has_form(arguments, 1)?;
    Ok(Typed::as_is(arguments, JSON_RESULT))
}

/// How often each value is there; less than never, if it was taken back first.
#[derive(Default)]
struct Bag(BTreeMap<(Value, bool), i64>);

/// The value, and whether it is -0.0: a value of its own in a multiset of Flink.
fn member(value: &Value) -> (Value, bool) {
    let negative_zero = match value {
        Value::Double(number) => *number == 0.0 && number.is_sign_negative(),
        Value::Float(number) => *number == 0.0 && number.is_sign_negative(),
        _ => false,
    };
    (value.clone(), negative_zero)
}

impl Accumulator for Bag {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        if !next.is_null() {
            *self.0.entry(member(next)).or_insert(0) += 1;
        }
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let gone = value(arguments, 0)?;
        if gone.is_null() {
            return Ok(());
        }
        let gone = member(gone);
        let count = self.0.entry(gone.clone()).or_insert(0);
        *count -= 1;
        if *count == 0 {
            self.0.remove(&gone);
        }
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(Value::Map(self.0.iter().map(|((value, _), count)| (value.clone(), Value::Int(*count))).collect()))
    }
}

/// Values in the order of arrival.
struct Sequence(Vec<Value>);

impl Accumulator for Sequence {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.0.push(value(arguments, 0)?.clone());
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let gone = value(arguments, 0)?;
        if let Some(at) = self.0.iter().position(|v| v == gone) {
            self.0.remove(at);
        }
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        if self.0.is_empty() {
            return Ok(Value::Null);
        }
        Ok(Value::Array(self.0.as_slice().into()))
    }
}

/// Values that are not `NULL`.
struct Present(Sequence);

impl Accumulator for Present {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() { Ok(()) } else { self.0.add(arguments) }
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() { Ok(()) } else { self.0.retract(arguments) }
    }
    fn value(&self) -> Result<Value, EvalError> {
        self.0.value()
    }
}

/// How often each value counts, and the shares of the first row.
struct Percentile {
    weights: BTreeMap<Value, i64>,
    shares: Option<Vec<f64>>,
    list: bool,
}

impl Percentile {
    fn step(&mut self, arguments: &[Value], sign: i64) -> Result<(), EvalError> {
        let weight = match arguments.get(2) {
            None => 1,
            Some(Value::Null) => return Ok(()),
            Some(_) => int(arguments, 2)?,
        };
        if weight <= 0 || value(arguments, 0)?.is_null() {
            return Ok(());
        }
        let next = Value::Double(double(arguments, 0)?);
        let count = self.weights.entry(next.clone()).or_insert(0);
        *count += sign * weight;
        if *count == 0 {
            self.weights.remove(&next);
        }
        Ok(())
    }

    fn at(&self, share: f64, total: i64) -> f64 {
        let position = share * (total - 1) as f64 + 1.0;
        let (lower, higher) = (position.floor(), position.ceil());
        let mut values = self.weights.iter().filter_map(|(value, count)| match value {
            Value::Double(value) => Some((*value, *count)),
            _ => None,
        });
        let (mut here, mut passed) = values.next().unwrap_or((f64::NAN, 0));
        while (passed as f64) < lower {
            let Some((next, count)) = values.next() else { break };
            here = next;
            passed += count;
        }
        if passed as f64 >= higher {
            return here;
        }
        let next = values.next().map_or(here, |(value, _)| value);
        (higher - position) * here + (position - lower) * next
    }
}

impl Accumulator for Percentile {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if self.shares.is_none() {
            let shares: Vec<f64> = if self.list {
                elements(arguments, 1)?
                    .iter()
                    .map(|share| double(std::slice::from_ref(share), 0))
                    .collect::<Result<_, _>>()?
            } else {
                vec![double(arguments, 1)?]
            };
            if let Some(wrong) = shares.iter().find(|share| **share < 0.0 || **share > 1.0) {
                return Err(EvalError::new(format!(
                    "the share of `PERCENTILE` is {wrong}, not between 0 and 1"
                )));
            }
            self.shares = Some(shares);
        }
        self.step(arguments, 1)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.step(arguments, -1)
    }
    fn value(&self) -> Result<Value, EvalError> {
        let total: i64 = self.weights.values().sum();
        let Some(shares) = self.shares.as_ref().filter(|shares| total > 0 && !shares.is_empty()) else {
            return Ok(Value::Null);
        };
        let mut found = shares.iter().map(|share| Value::Double(self.at(*share, total)));
        Ok(if self.list { Value::Array(found.collect()) } else { found.next().unwrap_or(Value::Null) })
    }
}

/// The value of argument `at` as JSON; `None` if it is `NULL`.
fn part(arguments: &[Value], at: usize, ty: &DataType) -> Result<Option<Json>, EvalError> {
    let given = value(arguments, at)?;
    if given.is_null() {
        return Ok(None);
    }
    if text(arguments, 0)? == "r" {
        return Ok(Some(Json::Raw(text(arguments, at)?.to_owned())));
    }
    json(given, ty).map(Some)
}

struct Entries {
    fields: indexmap::IndexMap<String, Json>,
    ty: DataType,
    keep: bool,
}

impl Entries {
    fn boxed(types: CallTypes<'_>, keep: bool) -> Box<dyn Accumulator> {
        let ty = types.arguments.get(2).cloned().unwrap_or_else(DataType::unknown);
        Box::new(Self { fields: indexmap::IndexMap::new(), ty, keep })
    }
}

fn key(arguments: &[Value]) -> Result<&str, EvalError> {
    match value(arguments, 1)? {
        Value::Str(key) => Ok(key),
        _ => Err(EvalError::new("a key of `JSON_OBJECTAGG` is `NULL`")),
    }
}

impl Accumulator for Entries {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let key = key(arguments)?;
        if self.fields.contains_key(key) {
            return Err(EvalError::new(format!("the key `{key}` of `JSON_OBJECTAGG` comes twice")));
        }
        match part(arguments, 2, &self.ty)? {
            Some(part) => drop(self.fields.insert(key.to_owned(), part)),
            None if self.keep => drop(self.fields.insert(key.to_owned(), Json::Null)),
            None => {}
        }
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.fields.shift_remove(key(arguments)?);
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(Value::str(write::text(&Json::Object(self.fields.clone()))))
    }
}

struct Items {
    items: Vec<Json>,
    ty: DataType,
    keep: bool,
}

impl Items {
    fn boxed(types: CallTypes<'_>, keep: bool) -> Box<dyn Accumulator> {
        let ty = types.arguments.get(1).cloned().unwrap_or_else(DataType::unknown);
        Box::new(Self { items: Vec::new(), ty, keep })
    }
}

impl Accumulator for Items {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        match part(arguments, 1, &self.ty)? {
            Some(part) => self.items.push(part),
            None if self.keep => self.items.push(Json::Null),
            None => {}
        }
        Ok(())
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let gone = part(arguments, 1, &self.ty)?.unwrap_or(Json::Null);
        if let Some(at) = self.items.iter().position(|item| *item == gone) {
            self.items.remove(at);
        }
        Ok(())
    }
    fn value(&self) -> Result<Value, EvalError> {
        Ok(Value::str(write::text(&Json::Array(self.items.clone()))))
    }
}
