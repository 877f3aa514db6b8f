//! In which order the rows of several sources come.

use super::Source;
use crate::error::RunError;
use crate::report::SourceReport;
use std::collections::VecDeque;
use streamc_types::Row;

/// Merges sources. Within one source the order of its records stays as it is.
///
/// Sources with event time are merged by it: next comes the row of the source that has come least far (the greatest
/// event time it will have seen with that row), of equals the one declared first. So no source runs ahead of another,
/// and rows meet as if they had arrived when they happened. A source without event time has no such order: it takes
/// turns with the merged ones and the others, one row each.
///
/// Before all of them come the rows of tables that are looked up: whoever asks finds them.
pub(crate) struct Lanes {
    sources: Vec<Source>,
    /// The tables that still have rows.
    tables: VecDeque<usize>,
    /// Sources by lane: those with event time share one.
    lanes: Vec<Vec<usize>>,
    /// The lane whose turn it is.
    turn: usize,
    /// Sources whose end was told.
    told: Vec<bool>,
}

impl Lanes {
    pub(crate) fn new(sources: Vec<Source>) -> Self {
        let mut lanes: Vec<Vec<usize>> = Vec::new();
        let mut timed: Option<usize> = None;
        let (tables, flows): (Vec<usize>, Vec<usize>) =
            (0..sources.len()).partition(|i| sources.get(*i).is_some_and(Source::is_table));
        for i in flows {
            let Some(source) = sources.get(i) else { continue };
            match timed {
                Some(lane) if source.has_event_time() => lanes[lane].push(i),
                _ => {
                    if source.has_event_time() {
                        timed = Some(lanes.len());
                    }
                    lanes.push(vec![i]);
                }
            }
        }
        let told = vec![false; sources.len()];
        Self { sources, tables: tables.into(), lanes, turn: 0, told }
    }

    /// The next row, with the index of its source. Calls `ended` once for each source that has no more rows.
    pub(crate) fn next(
        &mut self,
        ended: &mut dyn FnMut(&Source) -> Result<(), RunError>,
    ) -> Result<Option<(usize, Row)>, RunError> {
        while let Some(table) = self.tables.front().copied() {
            if self.sources[table].fill()?
                && let Some(row) = self.sources[table].take()
            {
                return Ok(Some((table, row)));
            }
            self.tables.pop_front();
            self.told[table] = true;
            ended(&self.sources[table])?;
        }
        while !self.lanes.is_empty() {
            if self.turn >= self.lanes.len() {
                self.turn = 0;
            }
            let lane = &mut self.lanes[self.turn];
            let mut best: Option<(i64, usize)> = None;
            let mut i = 0;
            while i < lane.len() {
                let source = lane[i];
                if self.sources[source].fill()? {
                    let turn = if lane.len() == 1 { 0 } else { self.sources[source].turn() };
                    if best.is_none_or(|(least, _)| turn < least) {
                        best = Some((turn, source));
                    }
                    i += 1;
                } else {
                    lane.remove(i);
                    if !std::mem::replace(&mut self.told[source], true) {
                        ended(&self.sources[source])?;
                    }
                }
            }
            let Some((_, source)) = best else {
                self.lanes.remove(self.turn);
                continue;
            };
            self.turn += 1;
            if let Some(row) = self.sources[source].take() {
                return Ok(Some((source, row)));
            }
        }
        Ok(None)
    }

    /// The source of that index.
    pub(crate) fn source(&mut self, index: usize) -> &mut Source {
        &mut self.sources[index]
    }

    /// Bytes read from all sources.
    pub(crate) fn bytes(&self) -> u64 {
        self.sources.iter().map(Source::bytes).sum()
    }

    pub(crate) fn reports(self) -> Vec<SourceReport> {
        self.sources.into_iter().map(|s| s.report).collect()
    }
}
