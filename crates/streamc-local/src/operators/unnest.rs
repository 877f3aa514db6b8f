//! One row for each element of a collection.

use super::{Context, Operator};
use crate::error::{Failure, Outcome, RunErrorKind};
use crate::event::Change;
use crate::expr::Compiled;
use streamc_types::{DataType, RowKind, TypeKind, Value};

/// What an element of the collection becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnnestShape {
    /// One column.
    Element,
    /// One column a field, for so many fields.
    Fields(usize),
    /// Key and value.
    Entry,
    /// An element as often as it was counted, one column or one a field.
    Counted(Option<usize>),
}

impl UnnestShape {
    pub(crate) fn of(collection: &DataType) -> Option<Self> {
        let fields = |element: &DataType| match &element.kind {
            TypeKind::Row(fields) => Some(fields.len()),
            _ => None,
        };
        Some(match &collection.kind {
            TypeKind::Array(element) => fields(element).map_or(Self::Element, Self::Fields),
            TypeKind::Map(..) => Self::Entry,
            TypeKind::Multiset(element) => Self::Counted(fields(element)),
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Self::Element | Self::Counted(None) => 1,
            Self::Fields(n) | Self::Counted(Some(n)) => n,
            Self::Entry => 2,
        }
    }
}

pub(crate) struct Unnest {
    pub(crate) collection: Compiled,
    pub(crate) shape: UnnestShape,
    pub(crate) outer: bool,
    /// Whether the number of the element comes behind it.
    pub(crate) ordinality: bool,
}

impl Unnest {
    fn emit(
        &self,
        kind: RowKind,
        row: &[Value],
        element: &[Value],
        number: Option<i64>,
        cx: &mut Context<'_>,
    ) {
        let width = row.len() + self.shape.width();
        let mut values = Vec::with_capacity(width + usize::from(self.ordinality));
        values.extend_from_slice(row);
        values.extend_from_slice(element);
        values.resize(width, Value::Null);
        if self.ordinality {
            values.push(number.map_or(Value::Null, Value::Int));
        }
        cx.emit(kind, values.into_boxed_slice());
    }

    fn element(
        &self,
        kind: RowKind,
        row: &[Value],
        element: &Value,
        number: i64,
        cx: &mut Context<'_>,
    ) -> Outcome {
        match (self.shape, element) {
            (UnnestShape::Fields(_) | UnnestShape::Counted(Some(_)), Value::Row(fields)) => {
                self.emit(kind, row, fields, Some(number), cx);
            }
            // Flink passes over a row that is `NULL`, and 2.3.0 fails where it has a number.
            (UnnestShape::Fields(_) | UnnestShape::Counted(Some(_)), _) if self.ordinality => {
                return Err(Box::new(Failure {
                    kind: RunErrorKind::Evaluation,
                    message: "an element of `UNNEST … WITH ORDINALITY` is `NULL` in place of a row; Flink fails here too"
                        .to_owned(),
                    span: None,
                    row: Some(row.to_vec()),
                }));
            }
            (UnnestShape::Fields(_) | UnnestShape::Counted(Some(_)), _) => {}
            _ => self.emit(kind, row, std::slice::from_ref(element), Some(number), cx),
        }
        Ok(())
    }
}

impl Operator for Unnest {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let Change { kind, row } = change;
        let collection = match self.collection.eval(cx.eval, &row) {
            Ok(collection) => collection,
            Err(fault) => return Err(fault.at(&row)),
        };
        let before = cx.out.len();
        match collection.as_ref() {
            Value::Array(items) => {
                for (item, number) in items.iter().zip(1..) {
                    self.element(kind, &row, item, number, cx)?;
                }
            }
            Value::Map(entries) if self.shape == UnnestShape::Entry => {
                for ((key, value), number) in entries.iter().zip(1..) {
                    self.emit(kind, &row, &[key.clone(), value.clone()], Some(number), cx);
                }
            }
            Value::Map(entries) => {
                let mut number = 0;
                for (element, count) in entries.iter() {
                    let Value::Int(count) = count else { continue };
                    for _ in 0..*count {
                        number += 1;
                        self.element(kind, &row, element, number, cx)?;
                    }
                }
            }
            _ => {}
        }
        if self.outer && cx.out.len() == before {
            self.emit(kind, &row, &[], None, cx);
        }
        Ok(())
    }
}
