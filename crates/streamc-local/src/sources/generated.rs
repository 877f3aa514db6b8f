//! Made-up rows.

use streamc_plan::{OptionValue, Source};
use streamc_types::{DataType, Decimal, Row, Timestamp, TypeKind, Value};

/// Rows without the `rows` option.
const DEFAULT_ROWS: u64 = 1000;
/// 2026-01-01 00:00:00: the event time of the first row.
const FIRST_MOMENT: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;

/// Makes rows of a source's schema from its `seed`: the same ones on every machine. The event time of rows grows by
/// `1000 / rows_per_second` milliseconds from 2026-01-01 00:00:00; other values are drawn at random, small enough that
/// groups and joins find partners.
pub(crate) struct Generator {
    columns: Vec<DataType>,
    time: Option<usize>,
    left: u64,
    made: i64,
    rows_per_second: i64,
    random: Random,
}

impl Generator {
    pub(crate) fn new(source: &Source) -> Self {
        let number = |name: &str| match source.connector.option(name) {
            Some(OptionValue::Int(n)) => Some(*n),
            _ => None,
        };
        Self {
            columns: source.schema.columns.iter().map(|c| c.ty.clone()).collect(),
            time: source.watermark.as_ref().map(|w| w.column),
            left: number("rows").map_or(DEFAULT_ROWS, |n| n.max(0) as u64),
            made: 0,
            rows_per_second: number("rows_per_second").unwrap_or(10).max(1),
            random: Random(number("seed").unwrap_or(0) as u64),
        }
    }

    pub(crate) fn next(&mut self) -> Option<Row> {
        self.left = self.left.checked_sub(1)?;
        let moment = FIRST_MOMENT + self.made.saturating_mul(1000) / self.rows_per_second;
        self.made += 1;
        let random = &mut self.random;
        let row = self.columns.iter().enumerate().map(|(i, ty)| {
            if Some(i) == self.time {
                return Value::Timestamp(Timestamp::from_millis(moment));
            }
            value(ty, random, moment)
        });
        Some(row.collect())
    }
}

/// A value of that type; never `NULL`.
fn value(ty: &DataType, random: &mut Random, moment: i64) -> Value {
    match &ty.kind {
        TypeKind::Boolean => Value::Boolean(random.below(2) == 1),
        TypeKind::TinyInt => Value::Int(random.below(100)),
        TypeKind::SmallInt | TypeKind::Int | TypeKind::BigInt | TypeKind::Interval(_) => {
            Value::Int(random.below(1000))
        }
        TypeKind::Float => Value::Float(random.below(100_000) as f32 / 100.0),
        TypeKind::Double => Value::Double(random.below(100_000) as f64 / 100.0),
        TypeKind::Decimal { precision, scale } => {
            let digits = u32::from(*precision).min(6);
            Value::Decimal(Decimal::new(i128::from(random.below(10i64.pow(digits))), *scale))
        }
        TypeKind::Char(length) => Value::str(word(random, *length as usize)),
        TypeKind::Varchar(length) => Value::str(word(random, (*length).min(8) as usize)),
        TypeKind::Binary(length) => bytes(random, *length as usize),
        TypeKind::Varbinary(length) => bytes(random, (*length).min(8) as usize),
        TypeKind::Date => Value::Date((moment / DAY) as i32 - random.below(365) as i32),
        TypeKind::Time(_) => Value::Time(random.below(DAY / 1000) as i32 * 1000),
        TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) | TypeKind::TimestampTz(_) => {
            Value::Timestamp(Timestamp::from_millis(moment - random.below(DAY / 1000) * 1000))
        }
        TypeKind::Array(element) => {
            let length = random.below(4);
            Value::Array((0..length).map(|_| value(element, random, moment)).collect())
        }
        TypeKind::Map(key, element) => {
            let entry = (value(key, random, moment), value(element, random, moment));
            Value::Map([entry].into())
        }
        TypeKind::Multiset(element) => Value::Map([(value(element, random, moment), Value::Int(1))].into()),
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            Value::Row(fields.iter().map(|f| value(&f.ty, random, moment)).collect())
        }
        _ => Value::Null,
    }
}

fn word(random: &mut Random, length: usize) -> String {
    (0..length).map(|_| char::from(b'a' + random.below(26) as u8)).collect()
}

fn bytes(random: &mut Random, length: usize) -> Value {
    Value::Bytes((0..length).map(|_| random.below(256) as u8).collect::<Vec<u8>>().into())
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as i64
    }
}
