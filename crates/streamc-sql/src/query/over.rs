//! The windows of `OVER` over the rows of `FROM` and `WHERE`.

use super::QueryBinder;
use super::select::{Item, all_columns};
use crate::bind::{OVER, OverWindow, as_subquery};
use smol_str::{SmolStr, format_smolstr};
use streamc_diagnostics::codes::types::{WINDOW_INPUT, WINDOW_TIME};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, Origin, Relation, relations};

impl QueryBinder<'_> {
    /// Adds the columns of the calls, which have one window, and lets the items read them; `None` after an error.
    pub(super) fn over(
        &mut self,
        rows: Relation,
        calls: Vec<(AggregateCall, OverWindow)>,
        items: &mut [Item],
    ) -> Option<Relation> {
        let (first, window) = calls.first()?;
        let span = first.span.unwrap_or(self.binder.tokens.whole);
        let origin = Origin::new("OVER", first.span);
        let at = window.order.span.unwrap_or(span);
        let time = window.order.as_column();
        let column = time.and_then(|i| rows.props.schema.columns.get(i));
        let Some(time) = time.filter(|_| column.is_some_and(|c| c.time.is_some())) else {
            // Flink takes such an order for all rows before, and then takes back what later rows change.
            if !window.frame.is_bounded() {
                self.unsupported(at, "`OVER` in an order other than that of event time is");
                return None;
            }
            if !rows.props.changelog.is_insert_only() {
                self.changing_rows(span);
                return None;
            }
            let d = Diagnostic::new(WINDOW_TIME, at, "`OVER` needs a column of event time in its `ORDER BY`");
            let event = rows.props.rowtime().and_then(|i| rows.props.schema.columns.get(i));
            self.binder.report(match event {
                Some(event) => d.fix(format!("take `{}`", event.name), at, crate::bind::quoted(&event.name)),
                None => d.help("declare event time where the rows come from: `watermark: ts - 5s`"),
            });
            return None;
        };
        if !rows.props.changelog.is_insert_only() {
            self.changing_rows(span);
            return None;
        }
        for (call, _) in calls.iter().filter(|(call, _)| call.function.name == "LAG") {
            let argument = call.arguments.first().and_then(Expr::as_column);
            let column = argument.and_then(|i| rows.props.schema.columns.get(i));
            if column.is_some_and(|c| c.time.is_some()) {
                let at = call.span.unwrap_or(span);
                self.unsupported(at, "`LAG` of a time column is");
                return None;
            }
        }
        // What partitions is a column of its own.
        let (frame, mut columns) = (window.frame, all_columns(&rows.props.schema));
        let width = columns.len();
        let partition: Vec<usize> = window
            .partition
            .iter()
            .map(|by| {
                by.as_column().unwrap_or_else(|| {
                    columns.push((format_smolstr!("$by{}", columns.len()), by.clone()));
                    columns.len() - 1
                })
            })
            .collect();
        let added = columns.len();
        let rows = if added > width { crate::group::project(rows, columns, origin.clone()) } else { rows };
        let calls: Vec<AggregateCall> = calls
            .into_iter()
            .enumerate()
            .map(|(n, (call, _))| AggregateCall { name: name(n, &rows), ..call })
            .collect();
        for item in items {
            if let Some(expr) = item.expr.take() {
                item.expr = Some(expr.map_columns(&|i| match as_subquery(i) {
                    None if i >= OVER => added + i - OVER,
                    _ => i,
                }));
            }
        }
        Some(relations::over(rows, partition, time, frame, calls, origin))
    }
}

impl QueryBinder<'_> {
    fn changing_rows(&mut self, span: Span) {
        let d = Diagnostic::new(WINDOW_INPUT, span, "`OVER` rows that change is not supported")
            .help("put it before the grouping, join or ranking that makes rows change");
        self.binder.report(d);
    }
}

/// A name for the column of call `n` that no column has.
fn name(n: usize, rows: &Relation) -> SmolStr {
    let mut name = format_smolstr!("over{n}");
    while rows.props.schema.index_of(&name).is_some() {
        name = format_smolstr!("{name}_");
    }
    name
}
