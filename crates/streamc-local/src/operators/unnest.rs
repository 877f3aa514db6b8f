//! One row for each element of a collection.

use super::{Context, Operator};
use crate::error::Outcome;
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
}

impl Unnest {
    fn emit(&self, kind: RowKind, row: &[Value], element: &[Value], cx: &mut Context<'_>) {
        let mut values = Vec::with_capacity(row.len() + self.shape.width());
        values.extend_from_slice(row);
        values.extend_from_slice(element);
        values.resize(row.len() + self.shape.width(), Value::Null);
        cx.emit(kind, values.into_boxed_slice());
    }

    fn element(&self, kind: RowKind, row: &[Value], element: &Value, cx: &mut Context<'_>) {
        match (self.shape, element) {
            (UnnestShape::Fields(_) | UnnestShape::Counted(Some(_)), Value::Row(fields)) => {
                self.emit(kind, row, fields, cx);
            }
            // Flink passes over a row that is `NULL`.
            (UnnestShape::Fields(_) | UnnestShape::Counted(Some(_)), _) => {}
            _ => self.emit(kind, row, std::slice::from_ref(element), cx),
        }
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
                for item in items.iter() {
                    self.element(kind, &row, item, cx);
                }
            }
            Value::Map(entries) if self.shape == UnnestShape::Entry => {
                for (key, value) in entries.iter() {
                    self.emit(kind, &row, &[key.clone(), value.clone()], cx);
                }
            }
            Value::Map(entries) => {
                for (element, count) in entries.iter() {
                    let Value::Int(count) = count else { continue };
                    for _ in 0..*count {
                        self.element(kind, &row, element, cx);
                    }
                }
            }
            _ => {}
        }
        if self.outer && cx.out.len() == before {
            self.emit(kind, &row, &[], cx);
        }
        Ok(())
    }
}
