//! `window tumble(5min) on ts`: Flink's window table functions.

use super::Context;
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::relations::check_window;
use streamc_plan::{Origin, Relation, WindowSpec, relations};
use streamc_syntax::ast::{Window, WindowKind};

pub(super) fn lower(cx: &mut Context<'_>, window: &Window, input: Relation, origin: Origin) -> Relation {
    let partition: Vec<usize> = window.by.iter().filter_map(|name| cx.column(name)).collect();
    let spec = match &window.kind {
        WindowKind::Tumble { size } => WindowSpec::Tumble { size: size.millis, offset: 0 },
        WindowKind::Hop { size, slide } => {
            WindowSpec::Hop { size: size.millis, slide: slide.millis, offset: 0 }
        }
        WindowKind::Cumulate { max, step } => {
            WindowSpec::Cumulate { max: max.millis, step: step.millis, offset: 0 }
        }
        WindowKind::Session { gap } => WindowSpec::Session { gap: gap.millis, partition },
        // What follows sees the columns of a window, whatever its size was meant to be.
        WindowKind::Error => WindowSpec::Tumble { size: 60_000, offset: 0 },
    };
    if let (Some(first), false) = (window.by.first(), matches!(spec, WindowSpec::Session { .. })) {
        let message =
            format!("`by` belongs to `session`; a `{}` window is the same for every key", spec.name());
        cx.out.push(
            Diagnostic::new(types::OPERATOR_ARGUMENT, first.span, message)
                .help("group by the column after the window"),
        );
    }
    let Some(time) = cx.column(&window.on) else { return input };
    if ["window_start", "window_end", "window_time"].iter().any(|n| !cx.columns.find(n).is_empty()) {
        let message = "the rows have a window already";
        cx.out.push(
            Diagnostic::new(types::OPERATOR_ARGUMENT, origin.span, message).help(
                "`drop window_start, window_end` and rename `window_time` before opening another window",
            ),
        );
        return input;
    }
    if let Err(error) = check_window(&input.props, &spec, time) {
        let step = origin.span.unwrap_or(window.on.span);
        let column = &window.on;
        cx.out.push(streamc_sql::window_diagnostic(&error, &input.props, &column.text, column.span, step));
        return input;
    }
    let width = input.props.schema.len();
    let relation = relations::window(input, spec, time, origin);
    let added = relation.props.schema.columns[width..].to_vec();
    cx.columns.push(SmolStr::default(), added);
    relation
}
