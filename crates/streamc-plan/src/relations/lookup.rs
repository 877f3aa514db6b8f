//! Joins with a table of another system, asked anew for each row.

use super::join::{all_lineage, equal_columns, join_keys};
use super::relation;
use crate::expr::{Expr, ExprKind};
use crate::properties::Properties;
use crate::relation::{JoinKind, JoinStrategy, Origin, Relation, RelationKind};
use streamc_types::RowSchema;

/// Whether `condition` says what to ask for: it compares a column of the right side, as it is, by `=` with something
/// that is computed from the left row of `width` columns (Flink's `CommonPhysicalLookupJoin`: "requires an equality
/// condition on fields of table").
pub fn can_look_up(condition: &Expr, width: usize) -> bool {
    let of_left = |e: &Expr| {
        let columns = e.columns();
        !columns.is_empty() && columns.iter().all(|c| *c < width)
    };
    let of_right = |e: &Expr| e.as_column().is_some_and(|c| c >= width);
    condition.conjuncts().into_iter().any(|part| match &part.kind {
        ExprKind::Call { function, arguments } if function.name == "=" => match arguments.as_slice() {
            [a, b] => of_left(a) && of_right(b) || of_right(a) && of_left(b),
            _ => false,
        },
        _ => false,
    })
}

/// Joins each row of `left` with the rows that the table `right` has at that moment (Flink documentation, "Lookup
/// Join"): `JoinKind::Inner`, or `JoinKind::Left`, which keeps rows that find none. `left_time` is the processing time
/// of the left side. Rows stay what they are: event time goes on, and nothing is kept; windows end here.
pub fn lookup_join(
    left: Relation,
    right: Relation,
    kind: JoinKind,
    left_time: usize,
    condition: Expr,
    origin: Origin,
) -> Relation {
    let (l, r) = (&left.props, &right.props);
    let equal = equal_columns(&condition, l.schema.len());
    let mut columns = l.schema.columns.clone();
    columns.extend(r.schema.columns.iter().cloned().map(|mut c| {
        c.ty.nullable |= kind == JoinKind::Left;
        c.time = None;
        c
    }));
    let props = Properties {
        schema: RowSchema::new(columns),
        watermark: l.watermark.clone(),
        changelog: l.changelog,
        keys: join_keys(l, r, kind, &equal),
        window: None,
        state: None,
        lineage: all_lineage(l, r, &condition),
        time_types: Default::default(),
    };
    let strategy = JoinStrategy::Lookup { left_time };
    let kind =
        RelationKind::Join { left: Box::new(left), right: Box::new(right), kind, strategy, equal, condition };
    relation(kind, props, origin)
}
