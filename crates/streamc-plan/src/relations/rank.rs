//! Top-N and deduplication.

use super::window::session_keys;
use super::{aggregate::has_window, lineage_of, relation};
use crate::changelog::Changelog;
use crate::expr::Expr;
use crate::properties::{StateKind, StateLife};
use crate::relation::{Origin, RankKind, Relation, RelationKind, SortKey};
use smol_str::SmolStr;
use streamc_types::{Column, DataType, TypeKind};

/// The first `limit` rows of each partition in `order`; with `row_number`, their number as a last column (`BIGINT NOT
/// NULL`).
///
/// It is a deduplication if `limit` is 1 and the order is one time attribute: the first row never changes, the last one
/// does. If both `window_start` and `window_end` partition, final rows come when the window closes. Otherwise rows are
/// replaced and taken away as better ones come.
pub fn rank(
    input: Relation,
    partition: Vec<usize>,
    order: Vec<SortKey>,
    limit: u64,
    row_number: Option<SmolStr>,
    origin: Origin,
) -> Relation {
    let kind = match order.as_slice() {
        [key] if limit == 1 => {
            match input.props.schema.columns.get(key.column).is_some_and(|c| c.time.is_some()) {
                true if key.direction.descending => RankKind::LastRow,
                true => RankKind::FirstRow,
                false => RankKind::TopN,
            }
        }
        _ => RankKind::TopN,
    };
    ranked(input, partition, order, limit, (kind, row_number), origin)
}

/// The first `limit` rows in an order, of `ORDER BY … LIMIT n`: even a single row by time may be replaced (Flink plans a
/// `SortLimit`, no deduplication).
pub fn sort_limit(
    input: Relation,
    order: Vec<SortKey>,
    limit: u64,
    row_number: Option<SmolStr>,
    origin: Origin,
) -> Relation {
    ranked(input, Vec::new(), order, limit, (RankKind::TopN, row_number), origin)
}

fn ranked(
    input: Relation,
    partition: Vec<usize>,
    order: Vec<SortKey>,
    limit: u64,
    (kind, row_number): (RankKind, Option<SmolStr>),
    origin: Origin,
) -> Relation {
    let p = &input.props;
    // Flink ranks the rows of windows only if none changes; its backend refuses the others.
    let windowed = p.changelog.is_insert_only()
        && has_window(p, &partition)
        && session_keys(&input).iter().all(|key| key.is_some_and(|key| partition.contains(&key)));
    let mut props = p.clone();
    props.changelog = match kind {
        _ if windowed => Changelog::INSERT_ONLY,
        RankKind::FirstRow if p.changelog.is_insert_only() => Changelog::INSERT_ONLY,
        _ => Changelog::ALL,
    };
    if !windowed {
        props.window = None;
    }
    let mut decides = crate::Lineage::default();
    for column in partition.iter().copied().chain(order.iter().map(|k| k.column)) {
        decides.merge(&lineage_of(&Expr::column(column, DataType::unknown()), &p.lineage));
    }
    for lineage in &mut props.lineage {
        lineage.depend_on(&decides);
    }
    let mut keys = p.keys.clone();
    let mut of_partition = partition.clone();
    of_partition.sort_unstable();
    if limit == 1 {
        keys.insert(0, of_partition);
    } else if row_number.is_some() {
        of_partition.push(p.schema.len());
        keys.insert(0, of_partition);
    }
    props.keys = keys;
    if let Some(name) = &row_number {
        props.schema.columns.push(Column::new(name.clone(), DataType::not_null(TypeKind::BigInt)));
        let mut lineage = crate::Lineage::default();
        lineage.depend_on(&decides);
        props.lineage.push(lineage);
    }
    let life = if windowed { StateLife::Window } else { StateLife::Unbounded };
    props.state = Some(StateKind { what: "the first rows of each partition", life });
    let kind =
        RelationKind::Rank { input: Box::new(input), partition, order, limit, kind, row_number, windowed };
    relation(kind, props, origin)
}
