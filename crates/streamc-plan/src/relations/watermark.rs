//! Declaring event time.

use super::relation;
use crate::properties::{Properties, Watermark};
use crate::relation::{Origin, Relation, RelationKind};
use streamc_types::{DataType, TimeAttribute, TypeKind};

/// Why a column cannot carry a watermark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatermarkError {
    /// Not a timestamp, or one of more than three digits (Flink: "Rowtime attribute must be of precision 0 to 3").
    Type(DataType),
}

impl Properties {
    /// The same rows with `column` as event time, `delay_millis` behind the greatest value seen.
    pub fn with_watermark(mut self, column: usize, delay_millis: i64) -> Result<Self, WatermarkError> {
        let Some(c) = self.schema.columns.get_mut(column) else { return Ok(self) };
        match c.ty.kind {
            TypeKind::Timestamp(p) | TypeKind::TimestampLtz(p) if p <= 3 => {}
            TypeKind::Unknown => {}
            _ => return Err(WatermarkError::Type(c.ty.clone())),
        }
        c.time = Some(TimeAttribute::Rowtime);
        for (i, other) in self.schema.columns.iter_mut().enumerate() {
            if i != column && other.time == Some(TimeAttribute::Rowtime) {
                other.time = None;
            }
        }
        self.watermark = Some(Watermark { column, delay_millis });
        Ok(self)
    }
}

/// Makes `column` the event time of the rows.
pub fn watermark(
    input: Relation,
    column: usize,
    delay_millis: i64,
    origin: Origin,
) -> Result<Relation, WatermarkError> {
    let mut props = input.props.clone().with_watermark(column, delay_millis)?;
    props.state = None;
    Ok(relation(RelationKind::Watermark { input: Box::new(input), column, delay_millis }, props, origin))
}
