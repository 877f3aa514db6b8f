//! Window table functions.

use super::relation;
use crate::properties::{Properties, Watermark};
use crate::relation::{Origin, Relation, RelationKind};
use crate::window::{WindowColumns, WindowSpec};
use streamc_types::{Column, DataType, TimeAttribute, TypeKind};

/// Why a window cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowError {
    /// The column is no time attribute.
    NotTime,
    /// A size is zero or negative, or the sizes do not divide.
    Size(&'static str),
}

/// Checks what Flink's planner checks of a window function.
pub fn check_window(input: &Properties, spec: &WindowSpec, time: usize) -> Result<(), WindowError> {
    if input.schema.columns.get(time).is_none_or(|c| c.time.is_none()) {
        return Err(WindowError::NotTime);
    }
    match *spec {
        WindowSpec::Tumble { size, .. } if size <= 0 => {
            Err(WindowError::Size("the size must be greater than zero"))
        }
        WindowSpec::Tumble { size, offset } if offset.abs() >= size => {
            Err(WindowError::Size("the offset must be less than the size"))
        }
        WindowSpec::Hop { size, slide, .. } if size <= 0 || slide <= 0 => {
            Err(WindowError::Size("the size and the slide must be greater than zero"))
        }
        WindowSpec::Hop { size, slide, .. } if size % slide != 0 => {
            Err(WindowError::Size("the size must be a multiple of the slide"))
        }
        WindowSpec::Cumulate { max, step, .. } if max <= 0 || step <= 0 => {
            Err(WindowError::Size("the greatest size and the step must be greater than zero"))
        }
        WindowSpec::Cumulate { max, step, .. } if max % step != 0 => {
            Err(WindowError::Size("the greatest size must be a multiple of the step"))
        }
        WindowSpec::Session { gap, .. } if gap <= 0 => {
            Err(WindowError::Size("the gap must be greater than zero"))
        }
        _ => Ok(()),
    }
}

/// Adds `window_start`, `window_end` (`TIMESTAMP(3) NOT NULL`) and `window_time` (of the type of the time column,
/// `NOT NULL`, the time attribute from here on; the column `time` becomes an ordinary one).
pub fn window(input: Relation, spec: WindowSpec, time: usize, origin: Origin) -> Relation {
    let mut props = input.props.clone();
    let width = props.schema.len();
    let by = props.schema.columns.get(time).cloned();
    let attribute = by.as_ref().and_then(|c| c.time).unwrap_or(TimeAttribute::Rowtime);
    for column in &mut props.schema.columns {
        column.time = None;
    }
    let bound = || DataType::not_null(TypeKind::Timestamp(3));
    let instant = matches!(by.as_ref().map(|c| &c.ty.kind), Some(TypeKind::TimestampLtz(_)));
    let time_type = match by.map(|c| c.ty.kind) {
        Some(kind @ TypeKind::TimestampLtz(_)) => DataType::not_null(kind),
        _ => bound(),
    };
    props.schema.columns.push(Column::new("window_start", bound()));
    props.schema.columns.push(Column::new("window_end", bound()));
    props.schema.columns.push(Column { time: Some(attribute), ..Column::new("window_time", time_type) });
    let mut of_time = props.lineage.get(time).cloned().unwrap_or_default();
    if let WindowSpec::Session { partition, .. } = &spec {
        for key in partition.iter().filter_map(|key| props.lineage.get(*key)) {
            of_time.depend_on(key);
        }
    }
    props.lineage.extend([of_time.clone(), of_time.clone(), of_time]);
    let delay_millis = props.watermark.as_ref().map_or(0, |w| w.delay_millis);
    props.watermark =
        (attribute == TimeAttribute::Rowtime).then_some(Watermark { column: width + 2, delay_millis });
    props.keys = Vec::new();
    props.window = Some(WindowColumns {
        spec: spec.clone(),
        start: Some(width),
        end: Some(width + 1),
        time: Some(width + 2),
        instant,
        changing: !props.changelog.is_insert_only(),
        twin: (None, None),
    });
    props.state = None;
    relation(RelationKind::Window { input: Box::new(input), spec, time }, props, origin)
}

/// What keeps the sessions of these rows apart, as columns of them; `None` for one that is not among them any more. Empty
/// for other windows.
pub(super) fn session_keys(rows: &Relation) -> Vec<Option<usize>> {
    match &rows.kind {
        RelationKind::Window { spec: WindowSpec::Session { partition, .. }, .. } => {
            partition.iter().copied().map(Some).collect()
        }
        RelationKind::Filter { input, .. } => session_keys(input),
        RelationKind::Project { input, expressions } => session_keys(input)
            .into_iter()
            .map(|key| key.and_then(|key| expressions.iter().position(|e| e.as_column() == Some(key))))
            .collect(),
        RelationKind::Aggregate { input, keys, windowed: true, .. } => session_keys(input)
            .into_iter()
            .map(|key| key.and_then(|key| keys.iter().position(|k| *k == key)))
            .collect(),
        _ => Vec::new(),
    }
}
