//! The running graph: operators, the edges between them, and how a row goes through.
//!
//! A row is driven through everything behind it before the next one starts (depth first, in the order of the edges), so
//! that a run is a pure function of the order of its records.

use crate::compile::Constants;
use crate::error::{Failure, RunError, RunErrorKind};
use crate::event::{Change, END_OF_TIME, Event, NO_WATERMARK};
use crate::operators::{Context, Operator};
use crate::output::Output;
use crate::render::format_row;
use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_functions::EvalContext;
use streamc_types::RowSchema;

/// What a node does.
pub(crate) enum NodeKind {
    /// Rows of a source come in here.
    Source,
    /// Computes.
    Operator(Box<dyn Operator>),
    /// Gives rows to the output, as those of that target.
    Tap(usize),
}

/// An operator in its place.
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) component: SmolStr,
    /// Id of the relation; empty for sources and taps.
    pub(crate) step: SmolStr,
    pub(crate) span: Option<Span>,
    /// Columns of its inputs, for messages.
    pub(crate) inputs: Vec<RowSchema>,
    /// (node, port) that take its rows.
    pub(crate) targets: Vec<(usize, usize)>,
    /// Watermark of each port.
    pub(crate) ports: Vec<i64>,
    pub(crate) watermark: i64,
    /// Whether it or something behind it acts on watermarks.
    pub(crate) wants_watermarks: bool,
    pub(crate) rows_out: u64,
    pub(crate) late: u64,
}

/// All nodes, each after those it reads.
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    stack: Vec<(usize, usize, Event)>,
    /// Emptied and filled again for each call of an operator.
    out: Vec<Event>,
    pub(crate) eval: EvalContext,
    /// Processing time.
    pub(crate) now: i64,
    /// Rows given to the output.
    pub(crate) rows_out: u64,
    /// At most so many.
    pub(crate) limit: u64,
}

impl Graph {
    pub(crate) fn new(mut nodes: Vec<Node>, eval: EvalContext, limit: Option<u64>) -> Self {
        for i in (0..nodes.len()).rev() {
            let own = match &nodes[i].kind {
                NodeKind::Operator(operator) => operator.uses_watermark(),
                _ => false,
            };
            let behind = nodes[i].targets.iter().any(|(t, _)| nodes[*t].wants_watermarks);
            nodes[i].wants_watermarks = own || behind;
        }
        let now = eval.now_millis;
        let limit = limit.unwrap_or(u64::MAX);
        Self { nodes, stack: Vec::new(), out: Vec::new(), eval, now, rows_out: 0, limit }
    }

    /// Whether the output has all the rows that were asked for.
    pub(crate) fn is_full(&self) -> bool {
        self.rows_out >= self.limit
    }

    /// Sends what a source gives through the graph.
    pub(crate) fn feed(
        &mut self,
        source: usize,
        event: Event,
        output: &mut dyn Output,
    ) -> Result<(), RunError> {
        self.send(source, event);
        while let Some((node, port, event)) = self.stack.pop() {
            self.process(node, port, event, output)?;
            if self.is_full() {
                self.stack.clear();
            }
        }
        Ok(())
    }

    /// Sends written rows through the graph. No row comes after them, so event time does not wait for them.
    pub(crate) fn give(&mut self, constants: &Constants, output: &mut dyn Output) -> Result<(), RunError> {
        for expressions in &constants.rows {
            if self.is_full() {
                return Ok(());
            }
            let mut row = Vec::with_capacity(expressions.len());
            for expression in expressions {
                match expression.eval(&self.eval, &[]) {
                    Ok(value) => row.push(value.into_owned()),
                    Err(fault) => {
                        let failure = Failure { row: None, ..*fault.at(&[]) };
                        return Err(self.failed(constants.node, 0, failure));
                    }
                }
            }
            self.feed(constants.node, Event::Row(Change::insert(row.into_boxed_slice())), output)?;
        }
        self.feed(constants.node, Event::Watermark(END_OF_TIME), output)
    }

    /// Puts an event on the stack for everything that reads `node`; the first reader comes on top.
    fn send(&mut self, node: usize, event: Event) {
        let Self { nodes, stack, .. } = self;
        match event {
            Event::Row(change) => {
                nodes[node].rows_out += 1;
                if let Some((first, others)) = nodes[node].targets.split_first() {
                    for (target, port) in others.iter().rev() {
                        stack.push((*target, *port, Event::Row(change.clone())));
                    }
                    stack.push((first.0, first.1, Event::Row(change)));
                }
            }
            Event::Watermark(watermark) => {
                for (target, port) in nodes[node].targets.iter().rev() {
                    if nodes[*target].wants_watermarks {
                        stack.push((*target, *port, Event::Watermark(watermark)));
                    }
                }
            }
        }
    }

    fn process(
        &mut self,
        index: usize,
        port: usize,
        event: Event,
        output: &mut dyn Output,
    ) -> Result<(), RunError> {
        let node = &mut self.nodes[index];
        let operator = match &mut node.kind {
            NodeKind::Operator(operator) => operator,
            NodeKind::Tap(target) => {
                if let Event::Row(change) = event {
                    self.rows_out += 1;
                    node.rows_out += 1;
                    output.row(*target, change.kind, &change.row).map_err(|error| {
                        RunError::new(RunErrorKind::Output, node.component.clone(), error.to_string())
                    })?;
                }
                return Ok(());
            }
            NodeKind::Source => return Ok(()),
        };
        let mut out = std::mem::take(&mut self.out);
        let result = match event {
            Event::Row(change) => {
                let mut cx = Context {
                    eval: &self.eval,
                    now: self.now,
                    watermark: node.watermark,
                    out: &mut out,
                    late: &mut node.late,
                };
                operator.on_row(port, change, &mut cx)
            }
            Event::Watermark(watermark) => {
                node.ports[port] = node.ports[port].max(watermark);
                let least = node.ports.iter().copied().min().unwrap_or(NO_WATERMARK);
                if least <= node.watermark {
                    Ok(())
                } else {
                    node.watermark = least;
                    let mut cx = Context {
                        eval: &self.eval,
                        now: self.now,
                        watermark: least,
                        out: &mut out,
                        late: &mut node.late,
                    };
                    operator.on_watermark(&mut cx).map(|passed| out.extend(passed.map(Event::Watermark)))
                }
            }
        };
        if let Err(failure) = result {
            return Err(self.failed(index, port, *failure));
        }
        // The first event comes on top of the stack.
        while let Some(event) = out.pop() {
            self.send(index, event);
        }
        self.out = out;
        Ok(())
    }

    fn failed(&self, index: usize, port: usize, failure: Failure) -> RunError {
        let node = &self.nodes[index];
        let row = failure.row.map(|values| {
            let one = node.inputs.get(port).filter(|s| s.len() == values.len());
            let columns: Vec<_> = match one {
                Some(schema) => schema.columns.iter().collect(),
                None => node.inputs.iter().flat_map(|s| &s.columns).collect(),
            };
            format_row(&columns, &values)
        });
        RunError {
            kind: failure.kind,
            component: node.component.clone(),
            step: Some(node.step.clone()),
            message: failure.message,
            span: failure.span.or(node.span),
            row,
            record: None,
        }
    }
}
