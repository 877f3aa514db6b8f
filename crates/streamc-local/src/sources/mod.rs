//! Where rows come from, and in which order.

mod generated;
mod lanes;
mod records;

pub(crate) use lanes::Lanes;

use crate::error::{RecordPlace, RunError, RunErrorKind};
use crate::event::NO_WATERMARK;
use crate::inputs::Input;
use crate::operators::event_time;
use crate::options::{RunOptions, Unreadable};
use crate::report::{SourceReport, UnreadableRecord};
use generated::Generator;
use records::Records;
use smol_str::SmolStr;
use streamc_formats::Position;
use streamc_plan::{Component, Source as SourceDef};
use streamc_types::Row;

/// How many errors of unreadable records are kept for the report.
const KEPT_ERRORS: usize = 10;

/// A source that is being read.
pub(crate) struct Source {
    name: SmolStr,
    /// Its node in the graph.
    pub(crate) node: usize,
    /// Whether it is a table that is looked up.
    is_table: bool,
    reader: Reader,
    /// Event-time column and delay.
    watermark: Option<(usize, i64)>,
    /// Greatest event time of the rows taken so far.
    greatest: i64,
    current: i64,
    unreadable: Unreadable,
    report: SourceReport,
    width: usize,
    /// The next row, with its event time.
    next: Option<(Row, Option<i64>, Option<Position>, u64)>,
    /// Place of the row last taken.
    taken: (Option<Position>, u64),
    ended: bool,
    number: u64,
}

enum Reader {
    Nothing,
    Rows(std::vec::IntoIter<Row>),
    Generator(Generator),
    Records(Records),
}

/// What a reader gives.
pub(crate) enum Item {
    Row(Row, Option<Position>),
    Unreadable(String, Option<Position>),
}

impl Source {
    pub(crate) fn open(
        component: &Component,
        source: &SourceDef,
        node: usize,
        input: Option<Input>,
        options: &RunOptions<'_>,
    ) -> Result<Self, RunError> {
        let fail = |message: String| RunError {
            span: component.span,
            ..RunError::new(RunErrorKind::Input, component.name.clone(), message)
        };
        let reader = match input {
            None if source.connector.connector == "datagen" => Reader::Generator(Generator::new(source)),
            None => Reader::Nothing,
            Some(Input::Generated) => Reader::Generator(Generator::new(source)),
            Some(Input::Rows(rows)) => {
                if let Some(row) = rows.iter().find(|r| r.len() != source.schema.len()) {
                    let (have, want) = (row.len(), source.schema.len());
                    return Err(fail(format!("a row has {have} values for {want} columns")));
                }
                Reader::Rows(rows.into_iter())
            }
            Some(Input::Records { name, reader, format }) => {
                Reader::Records(Records::open(source, name, reader, format).map_err(fail)?)
            }
        };
        Ok(Self {
            name: component.name.clone(),
            node,
            is_table: streamc_connectors::find(&source.connector.connector).is_some_and(|c| c.looked_up),
            reader,
            watermark: source.watermark.as_ref().map(|w| (w.column, w.delay_millis)),
            greatest: NO_WATERMARK,
            current: NO_WATERMARK,
            unreadable: options.unreadable,
            report: SourceReport {
                name: component.name.clone(),
                rows: 0,
                unreadable: 0,
                errors: Vec::new(),
                watermark: None,
            },
            width: source.schema.len(),
            next: None,
            taken: (None, 0),
            ended: false,
            number: 0,
        })
    }

    pub(crate) fn is_table(&self) -> bool {
        self.is_table
    }

    pub(crate) fn has_event_time(&self) -> bool {
        self.watermark.is_some()
    }

    /// The greatest event time of the rows taken so far.
    pub(crate) fn greatest_time(&self) -> Option<i64> {
        (self.greatest != NO_WATERMARK).then_some(self.greatest)
    }

    /// Reads ahead by one row; whether there is one.
    pub(crate) fn fill(&mut self) -> Result<bool, RunError> {
        while self.next.is_none() && !self.ended {
            match self.read()? {
                None => self.ended = true,
                Some(Item::Row(row, position)) => {
                    self.number += 1;
                    debug_assert_eq!(row.len(), self.width);
                    let time = match self.watermark {
                        None => None,
                        Some((column, _)) => match event_time(&row, column) {
                            Some(time) => Some(time),
                            None => {
                                return Err(RunError {
                                    record: Some(self.place_of(position, self.number)),
                                    ..RunError::new(
                                        RunErrorKind::NullEventTime,
                                        self.name.clone(),
                                        "the event-time column of the record is NULL",
                                    )
                                });
                            }
                        },
                    };
                    self.next = Some((row, time, position, self.number));
                }
                Some(Item::Unreadable(message, position)) => {
                    self.number += 1;
                    let place = self.place_of(position, self.number);
                    if self.unreadable == Unreadable::Fail {
                        let error = RunError::new(RunErrorKind::Input, self.name.clone(), message);
                        return Err(RunError { record: Some(place), ..error });
                    }
                    self.report.unreadable += 1;
                    if self.report.errors.len() < KEPT_ERRORS {
                        self.report.errors.push(UnreadableRecord { place, message });
                    }
                }
            }
        }
        Ok(self.next.is_some())
    }

    fn read(&mut self) -> Result<Option<Item>, RunError> {
        match &mut self.reader {
            Reader::Nothing => Ok(None),
            Reader::Rows(rows) => Ok(rows.next().map(|row| Item::Row(row, None))),
            Reader::Generator(generator) => Ok(generator.next().map(|row| Item::Row(row, None))),
            Reader::Records(records) => records
                .next()
                .map_err(|message| RunError::new(RunErrorKind::Input, self.name.clone(), message)),
        }
    }

    /// What the event time will be at least when the next row is taken; for the order among sources.
    fn turn(&self) -> i64 {
        let next = self.next.as_ref().and_then(|(_, time, ..)| *time).unwrap_or(NO_WATERMARK);
        self.greatest.max(next)
    }

    /// Takes the row that was read ahead.
    fn take(&mut self) -> Option<Row> {
        let (row, time, position, number) = self.next.take()?;
        self.report.rows += 1;
        self.taken = (position, number);
        if let Some(time) = time {
            self.greatest = self.greatest.max(time);
        }
        Some(row)
    }

    /// The watermark after the row last taken, if it moved.
    pub(crate) fn advance(&mut self) -> Option<i64> {
        let (_, delay) = self.watermark?;
        let watermark = self.greatest.saturating_sub(delay);
        (watermark > self.current).then(|| {
            self.current = watermark;
            self.report.watermark = Some(watermark);
            watermark
        })
    }

    /// Place of the row last taken.
    pub(crate) fn place(&self) -> RecordPlace {
        self.place_of(self.taken.0, self.taken.1)
    }

    fn place_of(&self, position: Option<Position>, number: u64) -> RecordPlace {
        let input = match &self.reader {
            Reader::Records(records) => records.name().clone(),
            _ => self.name.clone(),
        };
        RecordPlace { source: self.name.clone(), input, number, position }
    }

    fn bytes(&self) -> u64 {
        match &self.reader {
            Reader::Records(records) => records.bytes,
            _ => 0,
        }
    }
}
