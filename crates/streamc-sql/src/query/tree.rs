//! The joins of a `FROM`, before `WHERE` is known to bound them.

use super::hints::keep_sides;
use crate::group::same;
use streamc_plan::{Expr, ExprKind, JoinKind, Origin, Relation, relations};
use streamc_types::{Column, DataType, TypeKind, Value};

/// A tree of joins; expressions are over the columns of the node, left to right.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Leaf(Box<Relation>),
    Join {
        left: Box<Tree>,
        right: Box<Tree>,
        kind: JoinKind,
        /// Parts of the condition.
        on: Vec<Expr>,
        /// How many milliseconds rows of the sides are kept, by hints.
        kept: [Option<i64>; 2],
        origin: Origin,
    },
    /// An inner join with a table that is looked up by the clock, whose condition may stand in `WHERE`.
    Lookup {
        left: Box<Tree>,
        right: Box<Relation>,
        /// The column of the left side that is the time.
        time: usize,
        on: Vec<Expr>,
        origin: Origin,
    },
    Unnest {
        input: Box<Tree>,
        collection: Expr,
        columns: Vec<Column>,
        outer: bool,
        /// Whether the last column is the number of the element.
        ordinality: bool,
        origin: Origin,
    },
}

impl Tree {
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Leaf(relation) => relation.props.schema.len(),
            Self::Join { left, right, .. } => left.width() + right.width(),
            Self::Lookup { left, right, .. } => left.width() + right.props.schema.len(),
            Self::Unnest { input, columns, .. } => input.width() + columns.len(),
        }
    }

    /// Makes a part of `WHERE` part of the condition of the inner join whose two sides it is about, as Flink's planner
    /// does (`FilterIntoJoinRule`); given back where there is none.
    pub(super) fn absorb(&mut self, part: Expr) -> Option<Expr> {
        let columns = part.columns();
        let (Some(first), Some(last)) = (columns.first().copied(), columns.last().copied()) else {
            return Some(part);
        };
        match self {
            Self::Leaf(_) => Some(part),
            Self::Unnest { input, .. } => {
                if last < input.width() {
                    input.absorb(part)
                } else {
                    Some(part)
                }
            }
            Self::Lookup { left, on, .. } => {
                let width = left.width();
                if last < width {
                    return left.absorb(part);
                }
                if first >= width {
                    return Some(part);
                }
                on.push(part);
                None
            }
            Self::Join { left, right, kind, on, .. } => {
                let width = left.width();
                let inner = *kind == JoinKind::Inner;
                if last < width && (inner || *kind == JoinKind::Left) {
                    left.absorb(part)
                } else if first >= width && (inner || *kind == JoinKind::Right) {
                    right
                        .absorb(part.map_columns(&|i| i - width))
                        .map(|part| part.map_columns(&|i| i + width))
                } else if inner && first < width && last >= width {
                    if !on.iter().any(|o| same(o, &part)) {
                        on.push(part);
                    }
                    None
                } else {
                    Some(part)
                }
            }
        }
    }

    /// The relations.
    pub(super) fn lower(self) -> Relation {
        match self {
            Self::Leaf(relation) => *relation,
            Self::Join { left, right, kind, on, kept, origin } => {
                let mut joined = relations::join(left.lower(), right.lower(), kind, all_of(on), origin);
                keep_sides(&mut joined, kept);
                joined
            }
            Self::Lookup { left, right, time, on, origin } => {
                relations::lookup_join(left.lower(), *right, JoinKind::Inner, time, all_of(on), origin)
            }
            Self::Unnest { input, collection, columns, outer, ordinality, origin } => {
                relations::unnest(input.lower(), collection, columns, outer, ordinality, origin)
            }
        }
    }
}

/// `a AND b AND c`; `TRUE` for none.
pub(super) fn all_of(parts: Vec<Expr>) -> Expr {
    let truth = || Expr::literal(Value::Boolean(true), DataType::not_null(TypeKind::Boolean));
    let Some(and) = streamc_functions::operator("AND") else {
        return parts.into_iter().next().unwrap_or_else(truth);
    };
    parts
        .into_iter()
        .reduce(|a, b| {
            let ty = DataType::boolean().with_nullable(a.ty.nullable || b.ty.nullable);
            let span = a.span.zip(b.span).map(|(x, y)| x.cover(y));
            Expr::new(ExprKind::Call { function: and, arguments: vec![a, b] }, ty).at(span)
        })
        .unwrap_or_else(truth)
}
