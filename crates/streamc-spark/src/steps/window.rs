//! Windows and watermarks.

use super::{Rows, Steps, col, renamed, sql_column};
use crate::capability;
use crate::duration;
use crate::frame::{Frame, fresh};
use crate::python::{Argument, Py};
use crate::sql::{interval, path, quote};
use streamc_plan::{Relation, WindowSpec};
use streamc_types::TimeAttribute;

impl Steps<'_> {
    /// Adds the window as a struct, and its columns.
    pub(super) fn window(
        &mut self,
        relation: &Relation,
        input: &Relation,
        spec: &WindowSpec,
        time: usize,
        target: &str,
    ) -> Rows {
        let struct_only = std::mem::take(&mut self.struct_only);
        let mut rows = self.relation(input, target);
        if rows.frame.session.is_some() {
            self.refuse(&capability::SESSION_KEYS, relation);
        }
        if rows.frame.past.updating {
            self.refuse(&capability::WINDOW_UPDATES, relation);
        }
        if input.props.schema.columns.get(time).is_some_and(|c| c.time == Some(TimeAttribute::Proctime)) {
            self.refuse(&capability::PROCTIME_WINDOW, relation);
        }
        self.plain_time(&mut rows, &[time], relation, target);
        let before = &rows.frame;
        // A window over the time of closed windows takes their struct: the watermark is with it.
        let of_window = input.props.window.as_ref().is_some_and(|w| w.time == Some(time));
        let time_column = match (&before.window, of_window) {
            (Some(window), true) => Some(window.clone()),
            _ => before.names.get(time).filter(|_| before.events.contains(&time)).cloned(),
        };
        let Some(time_column) = time_column else {
            if input.props.schema.columns.get(time).is_some_and(|c| c.time == Some(TimeAttribute::Rowtime)) {
                self.refuse(&capability::LOST_TIME, relation);
            }
            return Rows {
                variable: target.to_owned(),
                frame: windowed_frame(&rows.frame, "__window".to_owned()),
            };
        };
        let hidden = fresh("__window", before.names.iter().chain(&before.window));
        let mut all: Vec<Argument> = match &before.window {
            None => vec![Py::string("*").into()],
            Some(_) => before.names.iter().map(|n| renamed(n, n).into()).collect(),
        };
        let time_text = Py::string(&path(&time_column));
        let text = |millis: i64| Argument::from(Py::string(&duration(millis)));
        let struct_column = match spec {
            WindowSpec::Tumble { size, offset } => {
                let mut arguments = vec![time_text.into(), text(*size)];
                let start = offset.rem_euclid((*size).max(1));
                if start != 0 {
                    arguments.extend([text(*size), text(start)]);
                }
                Py::call("F.window", arguments)
            }
            WindowSpec::Hop { size, slide, offset } => {
                let mut arguments = vec![time_text.into(), text(*size), text(*slide)];
                let start = offset.rem_euclid((*slide).max(1));
                if start != 0 {
                    arguments.push(text(start));
                }
                Py::call("F.window", arguments)
            }
            WindowSpec::Cumulate { max, step, offset } => {
                if of_window {
                    self.refuse(&capability::LOST_TIME, relation);
                }
                let arguments = [*max, *step, offset.rem_euclid((*max).max(1))];
                let arguments = arguments.map(|n| Py::atom(n.to_string()).into());
                let mut all: Vec<Argument> = vec![time_text.into()];
                all.extend(arguments);
                Py::call("streamc.cumulate", all)
            }
            WindowSpec::Session { gap, .. } => {
                Py::call("F.session_window", vec![time_text.into(), text(*gap)])
            }
        };
        let cumulate = matches!(spec, WindowSpec::Cumulate { .. });
        all.push(struct_column.method("alias", vec![Py::string(&hidden).into()]).into());
        let value = Py::atom(&rows.variable).method("select", all);
        let mut frame = windowed_frame(&rows.frame, hidden.clone());
        if let WindowSpec::Session { partition, .. } = spec {
            frame.session = Some(partition.iter().copied().map(Some).collect());
        }
        self.assign(relation, target, value);
        if cumulate {
            let delay = input.props.watermark.as_ref().map_or(0, |w| w.delay_millis);
            let arguments =
                vec![Py::atom(target).into(), Py::string(&hidden).into(), Py::atom(delay.to_string()).into()];
            self.more(target, Py::call("streamc.event_time_window", arguments));
        }
        if !struct_only {
            let width = rows.frame.names.len();
            let mut columns: Vec<Argument> = vec![Py::string("*").into()];
            for (name, part) in frame.names.iter().skip(width).zip(WindowPart::ALL) {
                columns.push(part.column(&hidden, name).into());
            }
            self.more(target, Py::atom(target).method("select", columns));
        }
        Rows { variable: target.to_owned(), frame }
    }

    /// Declares event time in a stream.
    pub(super) fn watermark(
        &mut self,
        relation: &Relation,
        input: &Relation,
        column: usize,
        delay: i64,
        target: &str,
    ) -> Rows {
        let mut rows = self.relation(input, target);
        if rows.frame.past.watermark || rows.frame.past.grouped {
            self.refuse(&capability::SECOND_WATERMARK, relation);
        } else if rows.frame.past.updating {
            self.refuse(&capability::LOST_TIME, relation);
        }
        let name = rows.frame.names.get(column).cloned().unwrap_or_default();
        let arguments = vec![Py::string(&path(&name)).into(), Py::string(&duration(delay)).into()];
        self.assign(relation, target, Py::atom(&rows.variable).method("withWatermark", arguments));
        rows.frame.events = vec![column];
        rows.frame.past.watermark = true;
        rows.variable = target.to_owned();
        rows
    }
}

fn windowed_frame(before: &Frame, hidden: String) -> Frame {
    let mut names = before.names.clone();
    for part in WindowPart::ALL {
        let name = fresh(part.name(), names.iter().chain([&hidden]));
        names.push(name);
    }
    let events = before.events.clone();
    Frame { names, window: Some(hidden), events, session: None, past: before.past }
}

/// A column of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WindowPart {
    Start,
    End,
    Time,
}

impl WindowPart {
    pub(super) const ALL: [Self; 3] = [Self::Start, Self::End, Self::Time];

    fn name(self) -> &'static str {
        match self {
            Self::Start => "window_start",
            Self::End => "window_end",
            Self::Time => "window_time",
        }
    }

    /// The part of a relation's window that the column is.
    pub(super) fn of(relation: &Relation, column: usize) -> Option<Self> {
        let window = relation.props.window.as_ref()?;
        let at = Some(column);
        [(window.start, Self::Start), (window.end, Self::End), (window.time, Self::Time)]
            .into_iter()
            .find_map(|(place, part)| (place == at).then_some(part))
    }

    /// The column made from the struct.
    pub(super) fn column(self, hidden: &str, name: &str) -> Py {
        let value = match self {
            Self::Start => col(&format!("{}.start", path(hidden))),
            Self::End => col(&format!("{}.end", path(hidden))),
            Self::Time => sql_column(&format!("{}.end - {}", quote(hidden), interval(1))),
        };
        value.method("alias", vec![Py::string(name).into()])
    }
}
