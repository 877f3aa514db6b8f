//! Sets of 32-bit integers (Flink documentation, "Bitmap Functions"). A value is the set in the portable format of
//! Roaring bitmaps, each container in its shortest form: equal sets are equal bytes.
//!
//! An `INT` below zero stands for the unsigned number of the same bits.

use crate::aggregate::Accumulator;
use crate::arguments::{bytes, elements, strict, value};
use crate::entry::{aggregate, scalar};
use crate::function::{
    Argument, CallError, EvalError, Evaluator, Family, Function, MakeAccumulator, TypeRule, Typed,
};
use crate::rules::{BYTES, STRING, Takes, check, fixed, nullable, refuse, untyped_null};
use crate::spark::SparkForm;
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use streamc_types::{DataType, TypeKind, Value};

const SPARK: SparkForm = SparkForm::None("Spark has no BITMAP");

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Bitmap, "BITMAP_BUILD", (1, 1), build_rule, strict!(|_, _, a| build(a))).spark(SPARK).doc(
        "The set of the numbers in an array; `NULL`s in it are left out.",
        "BITMAP_TO_STRING(BITMAP_BUILD(ARRAY[3, 1, 3]))",
        "{1,3}",
    ),
    scalar(
        Family::Bitmap,
        "BITMAP_FROM_BYTES",
        (1, 1),
        |f, a| fixed_of(f, a, TypeKind::Bitmap),
        strict!(|_, _, a| { written(read(bytes(a, 0)?)?) }),
    )
    .spark(SPARK)
    .doc(
        "The set that bytes in the format of 32-bit Roaring bitmaps hold; fails on others.",
        "BITMAP_TO_STRING(BITMAP_FROM_BYTES(X'3a3000000100000000000000100000000500'))",
        "{5}",
    ),
    of_one(
        "BITMAP_TO_BYTES",
        |f, a| of_bitmap(f, a, BYTES),
        strict!(|_, _, a| Ok(Value::Bytes(bytes(a, 0)?.into()))),
    )
    .doc(
        "The set in the format of 32-bit Roaring bitmaps, each part in its shortest form.",
        "BITMAP_TO_BYTES(BITMAP_BUILD(ARRAY[5]))",
        "x'3a3000000100000000000000100000000500'",
    ),
    of_one(
        "BITMAP_TO_ARRAY",
        |f, a| of_bitmap(f, a, TypeKind::Array(Box::new(DataType::int()))),
        strict!(|_, _, a| { list(&set(a, 0)?) }),
    )
    .doc(
        "The numbers of a set as `INT`, in the order of their unsigned values.",
        "BITMAP_TO_ARRAY(BITMAP_BUILD(ARRAY[3, 1, -1]))",
        "[1, 3, -1]",
    ),
    of_one(
        "BITMAP_TO_STRING",
        |f, a| of_bitmap(f, a, STRING),
        strict!(|_, _, a| Ok(Value::str(text(bytes(a, 0)?)?))),
    )
    .doc(
        "The numbers of a set without sign, in order; of a very large set the first ones and `...`.",
        "BITMAP_TO_STRING(BITMAP_BUILD(ARRAY[3, 1, -1]))",
        "{1,3,4294967295}",
    ),
    of_one(
        "BITMAP_CARDINALITY",
        |f, a| of_bitmap(f, a, TypeKind::BigInt),
        strict!(|_, _, a| count(&set(a, 0)?)),
    )
    .doc("How many numbers a set has.", "BITMAP_CARDINALITY(BITMAP_BUILD(ARRAY[3, 1, 3]))", "2"),
    of_two("BITMAP_AND", strict!(|_, _, a| written(set(a, 0)? & set(a, 1)?))).doc(
        "The numbers that are in both sets.",
        "BITMAP_TO_STRING(BITMAP_AND(BITMAP_BUILD(ARRAY[1, 2]), BITMAP_BUILD(ARRAY[2, 3])))",
        "{2}",
    ),
    of_two("BITMAP_OR", strict!(|_, _, a| written(set(a, 0)? | set(a, 1)?))).doc(
        "The numbers that are in one of two sets or in both.",
        "BITMAP_TO_STRING(BITMAP_OR(BITMAP_BUILD(ARRAY[1, 2]), BITMAP_BUILD(ARRAY[2, 3])))",
        "{1,2,3}",
    ),
    of_two("BITMAP_XOR", strict!(|_, _, a| written(set(a, 0)? ^ set(a, 1)?))).doc(
        "The numbers that are in only one of two sets.",
        "BITMAP_TO_STRING(BITMAP_XOR(BITMAP_BUILD(ARRAY[1, 2]), BITMAP_BUILD(ARRAY[2, 3])))",
        "{1,3}",
    ),
    of_two("BITMAP_ANDNOT", strict!(|_, _, a| written(set(a, 0)? - set(a, 1)?))).doc(
        "The numbers of the first set that are not in the second.",
        "BITMAP_TO_STRING(BITMAP_ANDNOT(BITMAP_BUILD(ARRAY[1, 2]), BITMAP_BUILD(ARRAY[2, 3])))",
        "{1}",
    ),
    gathered("BITMAP_BUILD_AGG", number_rule, |_, retracts| Numbers::boxed(retracts)).doc(
        "The set of the numbers; `NULL` without any.",
        "BITMAP_BUILD_AGG(card_id)",
        "",
    ),
    gathered("BITMAP_BUILD_CARDINALITY_AGG", number_count_rule, |_, retracts| {
        counted(Numbers::boxed(retracts))
    })
    .doc(
        "How many different numbers there are; `NULL` without any.",
        "BITMAP_BUILD_CARDINALITY_AGG(card_id)",
        "",
    ),
    gathered("BITMAP_AND_AGG", set_rule, |_, retracts| Sets::boxed(Joined::And, retracts)).doc(
        "The numbers that are in all sets; `NULL` without any set.",
        "BITMAP_AND_AGG(cards)",
        "",
    ),
    gathered("BITMAP_AND_CARDINALITY_AGG", set_count_rule, |_, retracts| {
        counted(Sets::boxed(Joined::And, retracts))
    })
    .doc(
        "How many numbers are in all sets; `NULL` without any set.",
        "BITMAP_AND_CARDINALITY_AGG(cards)",
        "",
    ),
    gathered("BITMAP_OR_AGG", set_rule, |_, retracts| Sets::boxed(Joined::Or, retracts)).doc(
        "The numbers that are in some set; `NULL` without any set.",
        "BITMAP_OR_AGG(cards)",
        "",
    ),
    gathered("BITMAP_OR_CARDINALITY_AGG", set_count_rule, |_, retracts| {
        counted(Sets::boxed(Joined::Or, retracts))
    })
    .doc(
        "How many numbers are in some set; `NULL` without any set.",
        "BITMAP_OR_CARDINALITY_AGG(cards)",
        "",
    ),
    gathered("BITMAP_XOR_AGG", set_rule, |_, retracts| Sets::boxed(Joined::Xor, retracts)).doc(
        "The numbers that are in an odd number of sets; `NULL` without any set.",
        "BITMAP_XOR_AGG(cards)",
        "",
    ),
    gathered("BITMAP_XOR_CARDINALITY_AGG", set_count_rule, |_, retracts| {
        counted(Sets::boxed(Joined::Xor, retracts))
    })
    .doc(
        "How many numbers are in an odd number of sets; `NULL` without any set.",
        "BITMAP_XOR_CARDINALITY_AGG(cards)",
        "",
    ),
];

const fn of_one(name: &'static str, rule: TypeRule, eval: Evaluator) -> Function {
    scalar(Family::Bitmap, name, (1, 1), rule, eval).spark(SPARK)
}

const fn of_two(name: &'static str, eval: Evaluator) -> Function {
    scalar(Family::Bitmap, name, (2, 2), |f, a| of_bitmap(f, a, TypeKind::Bitmap), eval).spark(SPARK)
}

const fn gathered(name: &'static str, rule: TypeRule, make: MakeAccumulator) -> Function {
    aggregate(name, (1, 1), rule, make).spark(SPARK)
}

/// An array of `INT`. Of shorter integers Flink's cast makes a 0 of each `NULL`, so there may be none.
fn build_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let list = |ty: &DataType| match &ty.kind {
        TypeKind::Array(e) => {
            e.kind == TypeKind::Int || (e.is_integer() && e.kind != TypeKind::BigInt && !e.nullable)
        }
        _ => false,
    };
    match arguments.first() {
        Some(a) if a.ty.kind == TypeKind::Null => Ok(Typed {
            result: DataType::new(TypeKind::Bitmap),
            arguments: vec![DataType::new(TypeKind::Array(Box::new(DataType::int())))],
        }),
        Some(a) if list(a.ty) => {
            Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Bitmap, nullable: a.ty.nullable }))
        }
        _ => Err(refuse(function, arguments, 0, "an array of `INT`", None)),
    }
}

fn fixed_of(function: &Function, arguments: &[Argument<'_>], result: TypeKind) -> Result<Typed, CallError> {
    fixed(function, arguments, &[Takes::Bytes], result)
}

/// All arguments are bitmaps; the result is `NULL` where one is.
fn of_bitmap(function: &Function, arguments: &[Argument<'_>], result: TypeKind) -> Result<Typed, CallError> {
    bitmaps(function, arguments)?;
    Ok(Typed::as_is(arguments, DataType { kind: result, nullable: nullable(arguments) }))
}

fn bitmaps(function: &Function, arguments: &[Argument<'_>]) -> Result<(), CallError> {
    match arguments.iter().position(|a| a.ty.kind != TypeKind::Bitmap) {
        Some(at) if arguments.get(at).is_some_and(|a| a.ty.kind == TypeKind::Null) => {
            Err(untyped_null(function, at))
        }
        Some(at) => Err(refuse(function, arguments, at, "a `BITMAP`", None)),
        None => Ok(()),
    }
}

fn number_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Int])?;
    Ok(Typed { result: DataType::new(TypeKind::Bitmap), arguments: types })
}

fn number_count_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Int])?;
    Ok(Typed { result: DataType::new(TypeKind::BigInt), arguments: types })
}

fn set_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    bitmaps(function, arguments)?;
    Ok(Typed::as_is(arguments, DataType::new(TypeKind::Bitmap)))
}

fn set_count_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    bitmaps(function, arguments)?;
    Ok(Typed::as_is(arguments, DataType::new(TypeKind::BigInt)))
}

fn build(arguments: &[Value]) -> Result<Value, EvalError> {
    let mut set = RoaringBitmap::new();
    for element in elements(arguments, 0)?.iter().filter(|e| !e.is_null()) {
        set.insert(number(element)?);
    }
    written(set)
}

fn number(value: &Value) -> Result<u32, EvalError> {
    match value {
        Value::Int(n) => Ok(*n as i32 as u32),
        other => Err(EvalError::new(format!("no number of a set: {other:?}"))),
    }
}

fn read(bytes: &[u8]) -> Result<RoaringBitmap, EvalError> {
    RoaringBitmap::deserialize_from(bytes)
        .map_err(|error| EvalError::new(format!("the bytes are no 32-bit Roaring bitmap: {error}")))
}

fn set(arguments: &[Value], index: usize) -> Result<RoaringBitmap, EvalError> {
    read(bytes(arguments, index)?)
}

fn written(mut set: RoaringBitmap) -> Result<Value, EvalError> {
    set.optimize();
    let mut out = Vec::with_capacity(set.serialized_size());
    set.serialize_into(&mut out).map_err(|error| EvalError::new(error.to_string()))?;
    Ok(Value::Bytes(out.into()))
}

/// At most as many elements as fit into memory without harm: a set of few bytes may have four thousand million.
fn list(set: &RoaringBitmap) -> Result<Value, EvalError> {
    const MOST: u64 = 1 << 24;
    if set.len() > MOST {
        return Err(EvalError::new(format!("the set has {} numbers, too many for an array", set.len())));
    }
    Ok(Value::Array(set.iter().map(|n| Value::Int(i64::from(n as i32))).collect()))
}

fn count(set: &RoaringBitmap) -> Result<Value, EvalError> {
    Ok(Value::Int(i64::try_from(set.len()).unwrap_or(i64::MAX)))
}

/// A set as `CAST(x AS STRING)` writes it. Java's library stops behind the number with which the text grows beyond 2^19
/// characters.
pub(crate) fn text(bytes: &[u8]) -> Result<String, EvalError> {
    const MOST: usize = 0x8_0000;
    let mut out = "{".to_owned();
    for (at, number) in read(bytes)?.iter().enumerate() {
        if at > 0 {
            out.push(',');
            if out.len() > MOST {
                out.push_str("...");
                break;
            }
        }
        let _ = write!(out, "{number}");
    }
    out.push('}');
    Ok(out)
}

/// What of an accumulator's set is wanted: how many numbers it has.
struct Counted(Box<dyn Accumulator>);

fn counted(inner: Box<dyn Accumulator>) -> Box<dyn Accumulator> {
    Box::new(Counted(inner))
}

impl Accumulator for Counted {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.0.add(arguments)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.0.retract(arguments)
    }
    fn value(&self) -> Result<Value, EvalError> {
        match self.0.value()? {
            Value::Bytes(bytes) => count(&read(&bytes)?),
            other => Ok(other),
        }
    }
}

/// A set that only grows.
#[derive(Default)]
struct Grown(RoaringBitmap);

impl Accumulator for Grown {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        if !next.is_null() {
            self.0.insert(number(next)?);
        }
        Ok(())
    }
    fn retract(&mut self, _: &[Value]) -> Result<(), EvalError> {
        Err(EvalError::new("a row is taken back from rows that are only added"))
    }
    fn value(&self) -> Result<Value, EvalError> {
        if self.0.is_empty() { Ok(Value::Null) } else { written(self.0.clone()) }
    }
}

/// How often each number is there; less than never, if it was taken back first.
#[derive(Default)]
struct Numbers(BTreeMap<u32, i64>);

impl Numbers {
    fn boxed(retracts: bool) -> Box<dyn Accumulator> {
        if retracts { Box::new(Self::default()) } else { Box::new(Grown::default()) }
    }

    fn turn(&mut self, arguments: &[Value], by: i64) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        if next.is_null() {
            return Ok(());
        }
        let number = number(next)?;
        let count = self.0.entry(number).or_insert(0);
        *count += by;
        if *count == 0 {
            self.0.remove(&number);
        }
        Ok(())
    }
}

impl Accumulator for Numbers {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.turn(arguments, 1)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.turn(arguments, -1)
    }
    fn value(&self) -> Result<Value, EvalError> {
        let set: RoaringBitmap = self.0.iter().filter(|(_, count)| **count > 0).map(|(n, _)| *n).collect();
        if set.is_empty() { Ok(Value::Null) } else { written(set) }
    }
}

/// How sets become one.
#[derive(Clone, Copy)]
enum Joined {
    And,
    Or,
    Xor,
}

impl Joined {
    fn with(self, a: RoaringBitmap, b: RoaringBitmap) -> RoaringBitmap {
        match self {
            Self::And => a & b,
            Self::Or => a | b,
            Self::Xor => a ^ b,
        }
    }
}

/// The set of sets that are only added.
struct Growing {
    joined: Joined,
    set: Option<RoaringBitmap>,
}

impl Accumulator for Growing {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        if value(arguments, 0)?.is_null() {
            return Ok(());
        }
        let next = set(arguments, 0)?;
        self.set = Some(match self.set.take() {
            Some(so_far) => self.joined.with(so_far, next),
            None => next,
        });
        Ok(())
    }
    fn retract(&mut self, _: &[Value]) -> Result<(), EvalError> {
        Err(EvalError::new("a row is taken back from rows that are only added"))
    }
    fn value(&self) -> Result<Value, EvalError> {
        self.set.clone().map_or(Ok(Value::Null), written)
    }
}

/// How often each set is there; less than never, if it was taken back first.
struct Sets {
    joined: Joined,
    counts: BTreeMap<Value, i64>,
}

impl Sets {
    fn boxed(joined: Joined, retracts: bool) -> Box<dyn Accumulator> {
        if retracts {
            Box::new(Self { joined, counts: BTreeMap::new() })
        } else {
            Box::new(Growing { joined, set: None })
        }
    }

    fn turn(&mut self, arguments: &[Value], by: i64) -> Result<(), EvalError> {
        let next = value(arguments, 0)?;
        if next.is_null() {
            return Ok(());
        }
        let count = self.counts.entry(next.clone()).or_insert(0);
        *count += by;
        if *count == 0 {
            self.counts.remove(next);
        }
        Ok(())
    }
}

impl Accumulator for Sets {
    fn add(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.turn(arguments, 1)
    }
    fn retract(&mut self, arguments: &[Value]) -> Result<(), EvalError> {
        self.turn(arguments, -1)
    }
    fn value(&self) -> Result<Value, EvalError> {
        let mut found: Option<RoaringBitmap> = None;
        for (set, count) in &self.counts {
            let next = read(bytes(std::slice::from_ref(set), 0)?)?;
            // An even number of equal sets leaves nothing.
            let even = matches!(self.joined, Joined::Xor) && count % 2 == 0;
            let next = if even { RoaringBitmap::new() } else { next };
            found = Some(match found {
                Some(so_far) => self.joined.with(so_far, next),
                None => next,
            });
        }
        found.map_or(Ok(Value::Null), written)
    }
}
