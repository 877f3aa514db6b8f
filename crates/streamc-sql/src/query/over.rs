//! The windows of `OVER` over the rows of `FROM` and `WHERE`.

use super::select::{Item, all_columns};
use super::{QueryBinder, any_order};
use crate::bind::{OVER, OverWindow, as_subquery};
use smol_str::{SmolStr, format_smolstr};
use streamc_diagnostics::codes::types::{WINDOW_INPUT, WINDOW_TIME};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, Origin, Relation, SortKey, relations};

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
        let column = window.order.as_column().and_then(|i| rows.props.schema.columns.get(i));
        let clock =
            matches!(&window.order.kind, ExprKind::Call { function, .. } if function.name == "PROCTIME");
        let in_time = clock || column.is_some_and(|c| c.time.is_some());
        if !in_time && window.frame.is_bounded() {
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
        }
        if !in_time {
            any_order::check(&mut self.binder, &rows, &calls, window)?;
        } else if !rows.props.changelog.is_insert_only() {
            self.changing_rows(span);
            return None;
        }
        // What partitions is a column of its own.
        let (frame, mut columns) = (window.frame, all_columns(&rows.props.schema));
        let width = columns.len();
        let mut place = |by: &Expr| {
            by.as_column().unwrap_or_else(|| {
                columns.push((format_smolstr!("$by{}", columns.len()), by.clone()));
                columns.len() - 1
            })
        };
        let partition: Vec<usize> = window.partition.iter().map(&mut place).collect();
        let order = SortKey { column: place(&window.order), direction: window.direction };
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
        Some(relations::over(rows, partition, order, frame, calls, origin))
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
