//! One pass over a record whose fields have the JSON types that their columns expect.

use super::scalar;
use crate::java_number::double_to_integer;
use crate::layout::{Coder, Fields, IntegerKind, Slot};
use crate::{JsonOptions, TimestampStandard};
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use smol_str::SmolStr;
use std::cell::Cell;
use std::fmt;
use streamc_types::Value;

/// Fills `out`, one value a field, and says whether it could; otherwise `out` holds anything.
pub(super) fn decode(fields: &Fields, record: &str, options: &JsonOptions, out: &mut [Value]) -> bool {
    let context = Context {
        standard: options.timestamp_standard,
        all_fields: options.fail_on_missing_field,
        surprised: Cell::new(false),
        zero: Cell::new(false),
    };
    let mut deserializer = sonic_rs::Deserializer::from_str(record);
    let row = RowVisitor { fields, out, context: &context };
    (&mut deserializer).deserialize_map(row).is_ok()
        && deserializer.end().is_ok()
        && !context.surprised.get()
        && !(context.zero.get() && may_have_negative_zero(record))
}

/// Whether a number may be written `-0` or `-0.0`; the parser loses its sign.
fn may_have_negative_zero(record: &str) -> bool {
    record.as_bytes().windows(3).any(|w| w[1] == b'-' && w[2] == b'0' && !w[0].is_ascii_alphanumeric())
}

struct Context {
    standard: TimestampStandard,
    all_fields: bool,
    surprised: Cell<bool>,
    /// Whether a column of floating-point numbers got a zero.
    zero: Cell<bool>,
}

impl Context {
    /// Notes that the exact path must decide; the value is thrown away.
    fn surprise(&self) -> Value {
        self.surprised.set(true);
        Value::Null
    }
}

struct RowVisitor<'a> {
    fields: &'a Fields,
    out: &'a mut [Value],
    context: &'a Context,
}

impl<'de> Visitor<'de> for RowVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut seen, mut expected) = (0, 0);
        while let Some(index) = map.next_key_seed(Key { fields: self.fields, expected })? {
            match index {
                // As Flink does: once as many fields were read as there are columns, the rest is skipped.
                Some(i) if seen < self.fields.len() => {
                    self.out[i] = value(&mut map, &self.fields.slots[i], self.context)?;
                    seen += 1;
                    expected = i + 1;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if self.context.all_fields && seen < self.fields.len() {
            self.context.surprise();
        }
        Ok(())
    }
}

fn value<'de, A: MapAccess<'de>>(map: &mut A, slot: &Slot, context: &Context) -> Result<Value, A::Error> {
    map.next_value_seed(Seed { coder: &slot.coder, context })
}

/// A key, as the index of its column.
struct Key<'a> {
    fields: &'a Fields,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;
    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.fields.find(name, self.expected))
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    coder: &'a Coder,
    context: &'a Context,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.coder {
            // These need the digits as written.
            Coder::Decimal(..) | Coder::Float => {
                let raw = sonic_rs::LazyValue::deserialize(deserializer)?;
                Ok(self.raw_number(raw.as_raw_str()))
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl Seed<'_> {
    fn raw_number(self, raw: &str) -> Value {
        match raw.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => scalar::from_number(self.coder, raw, self.context.standard),
            Some(b'n') => Some(Value::Null),
            Some(b'"') if !raw.contains('\\') => {
                scalar::from_string(self.coder, &raw[1..raw.len() - 1], self.context.standard)
            }
            _ => None,
        }
        .unwrap_or_else(|| self.context.surprise())
    }

    fn integer(self, value: i64) -> Option<Value> {
        match self.coder {
            Coder::Integer(kind) => {
                let (min, max) = kind.range();
                (min..=max).contains(&value).then_some(Value::Int(value))
            }
            Coder::Double => {
                self.context.zero.set(self.context.zero.get() || value == 0);
                Some(Value::Double(value as f64))
            }
            Coder::Boolean => Some(Value::Boolean(false)),
            _ => None,
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    #[inline]
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(match self.coder {
            Coder::Boolean => Value::Boolean(value),
            _ => self.context.surprise(),
        })
    }

    #[inline]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(self.integer(value).unwrap_or_else(|| self.context.surprise()))
    }

    #[inline]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        let result = match i64::try_from(value) {
            Ok(value) => self.integer(value),
            Err(_) if matches!(self.coder, Coder::Double) => Some(Value::Double(value as f64)),
            Err(_) => None,
        };
        Ok(result.unwrap_or_else(|| self.context.surprise()))
    }

    #[inline]
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let result = match self.coder {
            Coder::Double => {
                self.context.zero.set(self.context.zero.get() || value == 0.0);
                Some(Value::Double(value))
            }
            Coder::Integer(kind @ (IntegerKind::Int | IntegerKind::Long)) => {
                let (min, max) = kind.range();
                // A long row of digits without a point arrives here too; Flink refuses those.
                (value.abs() < 9e18).then(|| double_to_integer(value, min, max)).flatten().map(Value::Int)
            }
            _ => None,
        };
        Ok(result.unwrap_or_else(|| self.context.surprise()))
    }

    #[inline]
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(match self.coder {
            Coder::Str => Value::Str(SmolStr::new(text)),
            coder => scalar::from_string(coder, text, self.context.standard)
                .unwrap_or_else(|| self.context.surprise()),
        })
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let Coder::Array(slot) = self.coder else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.context.surprise());
        };
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Seed { coder: &slot.coder, context: self.context })? {
            items.push(item);
        }
        Ok(Value::Array(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        match self.coder {
            Coder::Row(fields) => {
                let mut values = vec![Value::Null; fields.len()];
                RowVisitor { fields, out: &mut values, context: self.context }.visit_map(map)?;
                Ok(Value::Row(values.into()))
            }
            Coder::Map(slot) => {
                let mut entries: Vec<(Value, Value)> = Vec::new();
                while let Some(key) = map.next_key::<SmolStr>()? {
                    let value = value(&mut map, slot, self.context)?;
                    put(&mut entries, Value::Str(key), value);
                }
                Ok(Value::Map(entries.into()))
            }
            _ => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(self.context.surprise())
            }
        }
    }
}

/// Sets an entry of a map: the last of two equal keys wins.
pub(super) fn put(entries: &mut Vec<(Value, Value)>, key: Value, value: Value) {
    match entries.iter_mut().find(|(k, _)| *k == key) {
        Some(entry) => entry.1 = value,
        None => entries.push((key, value)),
    }
}
