//! Constructors of relations, one kind a file. Each derives the properties of its result from those of its inputs, by
//! the rules of Flink's planner (`FlinkChangelogModeInferenceProgram`, `FlinkRelMdUniqueKeys`,
//! `RelTimeIndicatorConverter`).
//!
//! Constructors trust their arguments: column indices exist and expressions are typed. Whoever calls them has checked
//! that, and reported what is wrong.

mod aggregate;
mod changes;
mod expand;
mod interval;
mod join;
mod lookup;
mod over;
mod project;
mod rank;
mod recognize;
mod replicate;
mod scan;
mod set;
mod sort;
mod temporal;
mod unnest;
mod values;
mod watermark;
mod window;

pub use aggregate::{aggregate, distinct};
pub use changes::{from_changelog, to_changelog};
pub use expand::{expand, set_number};
pub use interval::interval_bounds;
pub use join::join;
pub use lookup::{can_look_up, lookup_join};
pub use over::over;
pub use project::{MOST_ROWS, filter, limit, limit_behind, project, repartition};
pub use rank::{rank, sort_limit};
pub use recognize::recognize;
pub use replicate::replicate;
pub use scan::scan;
pub use set::{odd_time, union};
pub use sort::sort;
pub use temporal::{TemporalError, check_temporal, temporal_join};
pub use unnest::unnest;
pub use values::{are_distinct, values};
pub use watermark::{WatermarkError, watermark};
pub use window::{WindowError, check_window, window};

use crate::lineage::Lineage;
use crate::properties::{Key, Properties};
use crate::relation::{Origin, Relation, RelationKind};
use crate::window::WindowColumns;
use crate::{Expr, Watermark};
use smol_str::SmolStr;

fn relation(kind: RelationKind, mut props: Properties, origin: Origin) -> Relation {
    props.time_types = crate::time_types::time_types(&kind, &props);
    Relation { id: SmolStr::default(), kind, props, origin }
}

/// What the value of an expression depends on, given its row's lineage.
fn lineage_of(expr: &Expr, row: &[Lineage]) -> Lineage {
    let mut out = Lineage::default();
    for column in expr.columns() {
        if let Some(lineage) = row.get(column) {
            out.merge(lineage);
        }
    }
    out
}

/// What decides whether a row is there at all: every column depends on it.
fn row_conditions(row: &[Lineage]) -> Lineage {
    let mut all = row.iter().map(|column| &column.condition);
    let first = all.next().cloned().unwrap_or_default();
    let condition = all.fold(first, |common, next| common.intersection(next).cloned().collect());
    Lineage { condition, ..Lineage::default() }
}

/// Keys of the output, where output column `i` is input column `from[i]` (or made anew).
fn map_keys(keys: &[Key], from: &[Option<usize>]) -> Vec<Key> {
    let place = |column: &usize| from.iter().position(|f| f == &Some(*column));
    keys.iter()
        .filter_map(|key| {
            let mut key: Key = key.iter().map(place).collect::<Option<_>>()?;
            key.sort_unstable();
            Some(key)
        })
        .collect()
}

fn map_window(window: Option<&WindowColumns>, from: &[Option<usize>]) -> Option<WindowColumns> {
    let window = window?;
    let place = |column: Option<usize>| column.and_then(|c| from.iter().position(|f| *f == Some(c)));
    let twin = (place(window.twin.0), place(window.twin.1));
    let mapped = WindowColumns {
        spec: window.spec.clone(),
        start: place(window.start).or(twin.0),
        end: place(window.end).or(twin.1),
        time: place(window.time),
        instant: window.instant,
        changing: window.changing,
        twin,
    };
    (mapped.start.is_some() || mapped.end.is_some() || mapped.time.is_some()).then_some(mapped)
}

fn map_watermark(watermark: Option<&Watermark>, from: &[Option<usize>]) -> Option<Watermark> {
    let watermark = watermark?;
    let column = from.iter().position(|f| *f == Some(watermark.column))?;
    Some(Watermark { column, delay_millis: watermark.delay_millis })
}
