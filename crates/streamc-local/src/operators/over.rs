//! Aggregates over the rows before each row, in the order of event time.

use super::accumulate::Group;
use super::{Aggregates, Context, Operator, timed};
use crate::error::Outcome;
use crate::event::Change;
use crate::key::{Key, KeyMap, KeyOf};
use std::collections::{BTreeMap, VecDeque};
use streamc_plan::OverFrame;
use streamc_types::{Row, RowKind, Value};

/// As Flink's `RowTimeRows…` and `RowTimeRange…PrecedingFunction`: rows wait for the watermark and come out in the order
/// of their times, within one time in the order in which they came. Rows behind the watermark are late.
pub(crate) struct Over {
    partition: Vec<usize>,
    /// The event-time column.
    time: usize,
    frame: OverFrame,
    aggregates: Aggregates,
    waiting: BTreeMap<i64, Vec<Row>>,
    partitions: KeyMap<Partition>,
}

struct Partition {
    group: Group,
    /// The rows in the frame with their times, oldest first; empty for frames without a bound.
    rows: VecDeque<(i64, Row)>,
}

impl Over {
    /// `aggregates` must be able to take rows back if the frame is bounded.
    pub(crate) fn new(partition: Vec<usize>, time: usize, frame: OverFrame, aggregates: Aggregates) -> Self {
        let (waiting, partitions) = (BTreeMap::new(), KeyMap::default());
        Self { partition, time, frame, aggregates, waiting, partitions }
    }

    fn emit(&self, key: &Key, row: &Row, cx: &mut Context<'_>) -> Outcome {
        let mut values: Vec<Value> = Vec::with_capacity(row.len() + self.aggregates.len());
        values.extend(row.iter().cloned());
        self.aggregates.values(&self.partitions[key].group, &mut values)?;
        cx.emit(RowKind::Insert, values.into_boxed_slice());
        Ok(())
    }

    /// Takes a row in, and those out that leave the frame before it.
    fn enter(&mut self, key: &Key, time: i64, row: &Row, cx: &Context<'_>) -> Outcome {
        let Self { partitions, aggregates, frame, .. } = self;
        let partition = &mut partitions[key];
        if let OverFrame::Rows(Some(before)) = frame {
            while partition.rows.len() as u64 > *before {
                if let Some((_, row)) = partition.rows.pop_front() {
                    aggregates.update(&mut partition.group, &row, false, cx)?;
                }
            }
        }
        aggregates.update(&mut partition.group, row, true, cx)?;
        if frame.is_bounded() {
            partition.rows.push_back((time, row.clone()));
        }
        Ok(())
    }

    /// Takes the rows of a partition out that are too old for a row of that time.
    fn forget(&mut self, key: &Key, time: i64, cx: &Context<'_>) -> Outcome {
        let OverFrame::Range(Some(before)) = self.frame else { return Ok(()) };
        let partition = &mut self.partitions[key];
        while partition.rows.front().is_some_and(|(at, _)| *at < time.saturating_sub(before)) {
            if let Some((_, row)) = partition.rows.pop_front() {
                self.aggregates.update(&mut partition.group, &row, false, cx)?;
            }
        }
        Ok(())
    }
}

impl Operator for Over {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let (time, row) = timed(change.row, self.time)?;
        if time <= cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        self.waiting.entry(time).or_default().push(row);
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        while let Some(first) = self.waiting.first_entry() {
            let time = *first.key();
            if time > cx.watermark {
                break;
            }
            let mut by_key: KeyMap<Vec<Row>> = KeyMap::default();
            for row in first.remove() {
                let key = KeyOf { row: &row, columns: &self.partition }.to_key();
                by_key.entry(key).or_default().push(row);
            }
            for (key, rows) in by_key {
                if !self.partitions.contains_key(&key) {
                    let partition = Partition { group: self.aggregates.group(), rows: VecDeque::new() };
                    self.partitions.insert(key.clone(), partition);
                }
                self.forget(&key, time, cx)?;
                match self.frame {
                    OverFrame::Rows(_) => {
                        for row in rows {
                            self.enter(&key, time, &row, cx)?;
                            self.emit(&key, &row, cx)?;
                        }
                    }
                    // Rows of one time are in the frames of one another.
                    OverFrame::Range(_) => {
                        for row in &rows {
                            self.enter(&key, time, row, cx)?;
                        }
                        for row in &rows {
                            self.emit(&key, row, cx)?;
                        }
                    }
                }
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
