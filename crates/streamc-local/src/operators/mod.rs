//! Operators: one file a relation kind.
//!
//! An operator takes rows (and the news that event time has moved on) and puts rows into its context. It knows neither
//! its neighbours nor where its rows go.

mod accumulate;
mod changes;
mod deduplicate;
mod distinct;
mod expand;
mod filter;
mod group_aggregate;
mod interval_join;
mod join;
mod join_sides;
mod limit;
mod lookup_join;
mod over;
mod over_any_order;
mod project;
mod recognize;
mod replicate;
mod semi_join;
mod session;
mod sort;
mod temporal_join;
mod top_n;
mod union;
mod unnest;
mod watermark;
mod window;
mod window_aggregate;
mod window_join;
mod window_rank;

pub(crate) use accumulate::Aggregates;
pub(crate) use changes::{FromChangelog, ToChangelog};
pub(crate) use deduplicate::Deduplicate;
pub(crate) use distinct::Distinct;
pub(crate) use expand::Expand;
pub(crate) use filter::Filter;
pub(crate) use group_aggregate::GroupAggregate;
pub(crate) use interval_join::IntervalJoin;
pub(crate) use join::Join;
pub(crate) use join_sides::Condition;
pub(crate) use limit::Limit;
pub(crate) use lookup_join::LookupJoin;
pub(crate) use over::Over;
pub(crate) use over_any_order::OverAnyOrder;
pub(crate) use project::Project;
pub(crate) use recognize::Recognize;
pub(crate) use replicate::Replicate;
pub(crate) use semi_join::{SemiJoin, SemiKeys};
pub(crate) use session::Session;
pub(crate) use sort::Sort;
pub(crate) use temporal_join::TemporalJoin;
pub(crate) use top_n::{Order, TopN};
pub(crate) use union::Union;
pub(crate) use unnest::{Unnest, UnnestShape};
pub(crate) use watermark::AssignWatermark;
pub(crate) use window::Window;
pub(crate) use window_aggregate::WindowAggregate;
pub(crate) use window_join::WindowJoin;
pub(crate) use window_rank::WindowRank;

use crate::error::{Failure, Outcome, RunErrorKind};
use crate::event::{Change, Event};
use streamc_functions::EvalContext;
use streamc_types::{Row, RowKind, Timestamp, Value};

/// What an operator may use while it works.
pub(crate) struct Context<'a> {
    /// For expressions.
    pub(crate) eval: &'a EvalContext,
    /// Processing time in milliseconds.
    pub(crate) now: i64,
    /// The operator's watermark: the least of its inputs'.
    pub(crate) watermark: i64,
    /// What it gives, in order.
    pub(crate) out: &'a mut Vec<Event>,
    /// How many late rows it dropped so far.
    pub(crate) late: &'a mut u64,
}

impl Context<'_> {
    fn emit(&mut self, kind: RowKind, row: Row) {
        self.out.push(Event::Row(Change::new(kind, row)));
    }
}

/// An operator.
pub(crate) trait Operator {
    /// Takes a row from input `port`.
    fn on_row(&mut self, port: usize, change: Change, cx: &mut Context<'_>) -> Outcome;

    /// Event time has come to `cx.watermark`. Answers how far it has come behind this operator; `None` if it sends
    /// watermarks of its own.
    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        Ok(Some(cx.watermark))
    }

    /// Whether it does anything when event time moves on, or judges rows by it.
    fn uses_watermark(&self) -> bool {
        false
    }
}

/// The milliseconds of an event-time column; `None` for `NULL`.
pub(crate) fn event_time(row: &[Value], column: usize) -> Option<i64> {
    match row.get(column) {
        Some(Value::Timestamp(t)) => Some(t.millis),
        _ => None,
    }
}

/// A row with the milliseconds of its event-time column; `NULL` there stops the run.
fn timed(row: Row, column: usize) -> Outcome<(i64, Row)> {
    match event_time(&row, column) {
        Some(time) => Ok((time, row)),
        None => Err(Box::new(Failure {
            kind: RunErrorKind::NullEventTime,
            message: watermark::NULL_TIME.to_owned(),
            span: None,
            row: Some(row.into_vec()),
        })),
    }
}

pub(crate) fn timestamp(millis: i64) -> Value {
    Value::Timestamp(Timestamp::from_millis(millis))
}
