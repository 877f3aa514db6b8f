//! `MATCH_RECOGNIZE`: one row for each match of a pattern of rows.
//!
//! The search follows Flink's CEP library (`NFA`, `CepOperator`, `AfterMatchSkipStrategy`), so that the same matches come
//! out where several are possible: a finished match waits while an unfinished one began before it, and when it comes
//! out, everything that began before the row to skip to is forgotten.

mod automaton;
mod heap;
mod rows;

use super::top_n::Order;
use super::{Context, Operator, timed};
use crate::error::{Failure, Outcome, RunErrorKind};
use crate::event::Change;
use crate::key::{Key, KeyMap, KeyOf};
use automaton::{Automaton, Edge, FINAL};
use heap::Heap;
use rows::{EventId, OverRows, Taken, backwards};
use std::collections::BTreeMap;
use std::rc::Rc;
use streamc_plan::{RowPattern, SkipAfterMatch};
use streamc_types::{Row, RowKind, Value};

pub(crate) struct Recognize {
    partition: Vec<usize>,
    /// The event-time column.
    time: usize,
    order: Order,
    automaton: Automaton,
    /// What a row of each variable must be.
    conditions: Vec<Option<OverRows>>,
    measures: Vec<OverRows>,
    skip: SkipAfterMatch,
    /// Milliseconds that a match spans less than.
    within: Option<i64>,
    names: Vec<String>,
    waiting: BTreeMap<i64, Vec<Row>>,
    partitions: KeyMap<Partition>,
    /// When a match that began can no longer end, with the partitions in which one began.
    ends: BTreeMap<i64, Vec<Key>>,
    /// How many rows were searched.
    rows: u64,
}

/// What was found of the pattern in the rows of one partition.
struct Partition {
    /// Unfinished matches, and the beginning of the next one.
    partial: Heap<Partial, EventId>,
    /// Finished matches that wait for an unfinished one that began before.
    finished: Heap<Partial, EventId>,
}

impl Partition {
    fn new(start: usize) -> Self {
        let mut partial = Heap::new(Partial::began);
        partial.push(Partial { state: start, begun: None });
        Self { partial, finished: Heap::new(Partial::began) }
    }

    /// Whether nothing was found.
    fn is_idle(&self) -> bool {
        self.partial.len() <= 1 && self.finished.is_empty()
    }
}

#[derive(Clone)]
struct Partial {
    state: usize,
    /// Its first row and all that it took; `None` before the first row.
    begun: Option<(EventId, Rc<Taken>)>,
}

impl Partial {
    /// The beginning of the next match is behind all others.
    fn began(&self) -> EventId {
        self.begun.as_ref().map_or((i64::MAX, u64::MAX), |b| b.0)
    }

    fn path(&self) -> Option<&Rc<Taken>> {
        self.begun.as_ref().map(|b| &b.1)
    }
}

impl Recognize {
    /// Fails with the reason if an expression has no value in process.
    pub(crate) fn new(pattern: &RowPattern) -> Result<Self, String> {
        let condition =
            |v: &streamc_plan::PatternVariable| v.condition.as_ref().map(OverRows::new).transpose();
        Ok(Self {
            partition: pattern.partition.clone(),
            time: pattern.time,
            order: Order { keys: pattern.order.clone(), latest_first: false },
            automaton: Automaton::new(&pattern.variables),
            conditions: pattern.variables.iter().map(condition).collect::<Result<_, _>>()?,
            measures: pattern.measures.iter().map(|m| OverRows::new(&m.value)).collect::<Result<_, _>>()?,
            skip: pattern.skip,
            within: pattern.within,
            names: pattern.variables.iter().map(|v| v.name.to_string()).collect(),
            waiting: BTreeMap::new(),
            partitions: KeyMap::default(),
            ends: BTreeMap::new(),
            rows: 0,
        })
    }

    /// Whether the row passes the edge behind that path.
    fn passes(
        conditions: &mut [Option<OverRows>],
        edge: &Edge,
        path: Option<&Rc<Taken>>,
        row: &Row,
        cx: &Context<'_>,
    ) -> Outcome<bool> {
        for (variable, wanted) in &edge.conditions {
            let holds = match &mut conditions[*variable] {
                Some(condition) => condition.holds(path, (*variable, row), cx)?,
                None => true,
            };
            if holds != *wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What an unfinished match becomes with a row.
    fn step(
        &mut self,
        from: &Partial,
        row: &Rc<Row>,
        id: EventId,
        cx: &Context<'_>,
        out: &mut Vec<Partial>,
    ) -> Outcome {
        let Self { automaton, conditions, .. } = self;
        let path = from.path();
        let mut open = vec![from.state];
        while let Some(at) = open.pop() {
            let state = &automaton.states[at];
            for edge in &state.edges {
                if !Self::passes(conditions, edge, path, row, cx)? {
                    continue;
                }
                if !edge.takes {
                    open.push(edge.target);
                    continue;
                }
                let taken = Taken::new(path.cloned(), state.variable, row.clone(), id);
                let start = from.begun.as_ref().map_or(id, |b| b.0);
                let partial = |state: usize| Partial { state, begun: Some((start, taken.clone())) };
                out.push(partial(edge.target));
                if edge.target != FINAL && Self::may_end(automaton, conditions, edge.target, path, row, cx)? {
                    out.push(partial(FINAL));
                }
            }
        }
        if from.begun.is_none() {
            out.push(from.clone());
        }
        Ok(())
    }

    /// Whether a match may end without another row.
    fn may_end(
        automaton: &Automaton,
        conditions: &mut [Option<OverRows>],
        state: usize,
        path: Option<&Rc<Taken>>,
        row: &Row,
        cx: &Context<'_>,
    ) -> Outcome<bool> {
        let mut open = vec![state];
        while let Some(at) = open.pop() {
            for edge in automaton.states[at].edges.iter().filter(|e| !e.takes) {
                if Self::passes(conditions, edge, path, row, cx)? {
                    if edge.target == FINAL {
                        return Ok(true);
                    }
                    open.push(edge.target);
                }
            }
        }
        Ok(false)
    }

    fn search(&mut self, at: usize, row: Row, time: i64, cx: &mut Context<'_>) -> Outcome {
        let id = (time, self.rows);
        self.rows += 1;
        let row = Rc::new(row);
        let partial = std::mem::replace(&mut self.partitions[at].partial, Heap::new(Partial::began));
        let mut next = Vec::new();
        for partial in partial.iter() {
            self.step(partial, &row, id, cx, &mut next)?;
        }
        let partition = &mut self.partitions[at];
        let mut ended = Heap::new(Partial::began);
        for found in next {
            if found.state == FINAL {
                ended.push(found);
            } else {
                partition.partial.push(found);
            }
        }
        for found in ended.iter() {
            partition.finished.push(found.clone());
        }
        self.emit(at, cx)
    }

    /// Forgets what took too long until `time`.
    fn advance(&mut self, at: usize, time: i64, cx: &mut Context<'_>) -> Outcome {
        let Some(within) = self.within else { return Ok(()) };
        let partition = &mut self.partitions[at];
        let lives =
            |p: &Partial| p.begun.as_ref().is_none_or(|(start, _)| time.saturating_sub(start.0) < within);
        if partition.partial.peek().is_none_or(lives) {
            return Ok(());
        }
        let mut partial = Heap::new(Partial::began);
        for kept in partition.partial.iter().filter(|p| lives(p)) {
            partial.push(kept.clone());
        }
        partition.partial = partial;
        self.emit(at, cx)
    }

    /// Gives out the finished matches that no unfinished one began before.
    fn emit(&mut self, at: usize, cx: &mut Context<'_>) -> Outcome {
        loop {
            let partition = &mut self.partitions[at];
            let Some(first) = partition.finished.peek() else { return Ok(()) };
            if partition.partial.peek().is_some_and(|earliest| earliest.began() < first.began()) {
                return Ok(());
            }
            let Some((start, last)) = partition.finished.pop().and_then(|found| found.begun) else {
                return Ok(());
            };
            // Everything that began up to this row is forgotten; `inclusive`: that row too.
            let (until, inclusive) = match self.skip {
                SkipAfterMatch::PastLastRow => (last.id, true),
                SkipAfterMatch::ToNextRow => (start, true),
                SkipAfterMatch::ToFirst(v) | SkipAfterMatch::ToLast(v) => {
                    let mut of = backwards(Some(&last)).filter(|t| t.variable == v).map(|t| t.id);
                    let to_first = matches!(self.skip, SkipAfterMatch::ToFirst(_));
                    let row = if to_first { of.last() } else { of.next() };
                    let message = match row {
                        Some(row) if row != start => None,
                        Some(_) => Some("the search cannot go on at the first row of a match".to_owned()),
                        None => Some(format!("a match has no row of `{}` to skip to", self.names[v])),
                    };
                    if let Some(message) = message {
                        let (kind, row) = (RunErrorKind::Evaluation, Some(last.row.to_vec()));
                        return Err(Box::new(Failure { kind, message, span: None, row }));
                    }
                    (row.unwrap_or(start), false)
                }
            };
            let stays = |p: &Partial| if inclusive { p.began() > until } else { p.began() >= until };
            partition.partial.retain(stays);
            partition.finished.retain(stays);
            let mut values: Vec<Value> = self.partition.iter().map(|c| last.row[*c].clone()).collect();
            for measure in &mut self.measures {
                values.push(measure.value(&last, cx)?);
            }
            cx.emit(RowKind::Insert, values.into_boxed_slice());
        }
    }
}

impl Operator for Recognize {
    fn on_row(&mut self, _port: usize, change: Change, cx: &mut Context<'_>) -> Outcome {
        let (time, row) = timed(change.row, self.time)?;
        if time <= cx.watermark {
            *cx.late += 1;
            return Ok(());
        }
        let rows = self.waiting.entry(time).or_default();
        let place = self.order.place(rows, &row);
        rows.insert(place, row);
        Ok(())
    }

    fn on_watermark(&mut self, cx: &mut Context<'_>) -> Outcome<Option<i64>> {
        let mut touched: KeyMap<()> = KeyMap::default();
        while let Some(first) = self.waiting.first_entry() {
            let time = *first.key();
            if time > cx.watermark {
                break;
            }
            let mut of_this_time: KeyMap<()> = KeyMap::default();
            for row in first.remove() {
                let key = KeyOf { row: &row, columns: &self.partition }.to_key();
                let start = self.automaton.start;
                let entry = self.partitions.entry(key.clone());
                let at = entry.index();
                entry.or_insert_with(|| Partition::new(start));
                if !of_this_time.contains_key(&key) {
                    self.advance(at, time, cx)?;
                    of_this_time.insert(key, ());
                }
                self.search(at, row, time, cx)?;
            }
            if let Some(within) = self.within {
                let ends = self.ends.entry(time.saturating_add(within)).or_default();
                ends.extend(of_this_time.keys().cloned());
            }
            touched.extend(of_this_time);
        }
        while let Some(first) = self.ends.first_entry().filter(|ends| *ends.key() <= cx.watermark) {
            for key in first.remove() {
                if let Some(at) = self.partitions.get_index_of(&key) {
                    self.advance(at, cx.watermark, cx)?;
                    touched.insert(key, ());
                }
            }
        }
        for key in touched.into_keys() {
            if self.partitions.get(&key).is_some_and(Partition::is_idle) {
                self.partitions.swap_remove(&key);
            }
        }
        Ok(Some(cx.watermark))
    }

    fn uses_watermark(&self) -> bool {
        true
    }
}
