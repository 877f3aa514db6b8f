//! Running a plan.

use crate::compile::compile;
use crate::error::{RunError, RunErrorKind};
use crate::event::{Change, END_OF_TIME, Event};
use crate::graph::{Graph, NodeKind};
use crate::inputs::Inputs;
use crate::options::{Clock, Progress, RunOptions};
use crate::output::Output;
use crate::report::{ComponentReport, LateRows, RunReport};
use crate::sources::{Lanes, Source};
use crate::ttl::NOT_BEGUN;
use std::sync::atomic::Ordering;
use std::time::Instant;
use streamc_plan::{ComponentKind, Plan};

/// How many records pass between two looks at the clock.
const PROGRESS_EVERY: u64 = 8192;

/// Runs a plan over the records of its sources and gives the rows of the targets to `output`.
///
/// Sources that are not in `inputs` have no records, except generators. At the end of the records event time goes to
/// infinity: every window closes.
///
/// # Errors
/// An expression has no value for a row, an event time is `NULL`, the output does not take a row, or the plan holds
/// what this engine cannot do (see [`crate::LocalBackend`]). Rows that were put out before stay so.
pub fn run(
    plan: &Plan,
    mut inputs: Inputs,
    options: &RunOptions<'_>,
    output: &mut dyn Output,
) -> Result<RunReport, RunError> {
    let started = Instant::now();
    let compiled = compile(plan, options)?;
    output
        .begin(&compiled.targets)
        .map_err(|error| RunError::new(RunErrorKind::Output, plan.app.name.clone(), error.to_string()))?;
    let mut sources = Vec::new();
    for (component, node) in &compiled.sources {
        let component = &plan.components[*component];
        if let ComponentKind::Source(source) = &component.kind {
            sources.push(Source::open(component, source, *node, inputs.take(&component.name), options)?);
        }
    }
    let mut graph = Graph::new(compiled.nodes, options.context.clone(), options.limit);
    if options.clock == Clock::EventTime {
        graph.now = NOT_BEGUN;
    }
    let mut report = RunReport::default();
    for constants in compiled.constants {
        graph.give(&constants, output)?;
    }
    let mut lanes = Lanes::new(sources);
    let mut records = 0u64;
    loop {
        if graph.is_full() {
            report.limited = options.limit.is_some();
            break;
        }
        if options.cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            report.cancelled = true;
            break;
        }
        let Some((source, row)) = lanes
            .next(&mut |ended: &Source| graph.feed(ended.node, Event::Watermark(END_OF_TIME), output))?
        else {
            break;
        };
        records += 1;
        let source = lanes.source(source);
        if let (Clock::EventTime, Some(time)) = (options.clock, source.greatest_time()) {
            graph.now = graph.now.max(time);
        }
        let advanced = source.advance();
        let fed = graph.feed(source.node, Event::Row(Change::insert(row)), output);
        let fed = match advanced {
            Some(watermark) if fed.is_ok() => graph.feed(source.node, Event::Watermark(watermark), output),
            _ => fed,
        };
        fed.map_err(|mut error| {
            if error.kind != RunErrorKind::Output {
                error.record = Some(source.place());
            }
            error
        })?;
        if records.is_multiple_of(PROGRESS_EVERY)
            && let Some(progress) = options.progress
        {
            let (bytes, rows_out) = (lanes.bytes(), graph.rows_out);
            progress(&Progress { records, bytes, rows_out, elapsed: started.elapsed() });
        }
    }
    for (index, node, reads) in &compiled.components {
        let component = &plan.components[*index];
        let given = |n: usize| graph.nodes[n].rows_out;
        let rows_out = given(*node);
        let rows_in = if reads.is_empty() { rows_out } else { reads.iter().map(|n| given(*n)).sum() };
        report.components.push(ComponentReport {
            name: component.name.clone(),
            kind: component.kind_name(),
            rows_in,
            rows_out,
        });
    }
    for node in &graph.nodes {
        if node.late > 0 && matches!(node.kind, NodeKind::Operator(_)) {
            let (component, step) = (node.component.clone(), node.step.clone());
            report.late.push(LateRows { component, step, rows: node.late });
        }
    }
    report.sources = lanes.reports();
    report.elapsed = started.elapsed();
    Ok(report)
}
