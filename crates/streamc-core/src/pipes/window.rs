//! `window tumble(5min) on ts`: Flink's window table functions.

use super::Context;
use smol_str::SmolStr;
use streamc_diagnostics::codes::{lints, types};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::relations::{WindowError, check_window};
use streamc_plan::{Origin, Properties, Relation, WindowSpec, relations};
use streamc_syntax::ast::{Name, Window, WindowKind};

pub(super) fn lower(cx: &mut Context<'_>, window: &Window, input: Relation, origin: Origin) -> Relation {
    let partition: Vec<usize> = window.by.iter().filter_map(|name| cx.column(name)).collect();
    let spec = match &window.kind {
        WindowKind::Tumble { size } => WindowSpec::Tumble { size: size.millis, offset: 0 },
        WindowKind::Hop { size, slide } => WindowSpec::Hop { size: size.millis, slide: slide.millis, offset: 0 },
        WindowKind::Cumulate { max, step } => WindowSpec::Cumulate { max: max.millis, step: step.millis, offset: 0 },
        WindowKind::Session { gap } => WindowSpec::Session { gap: gap.millis, partition },
        WindowKind::Error => return input,
    };
    if let (Some(first), false) = (window.by.first(), matches!(spec, WindowSpec::Session { .. })) {
        let message = format!("`by` belongs to `session`; a `{}` window is the same for every key", spec.name());
        cx.out.push(
            Diagnostic::new(types::OPERATOR_ARGUMENT, first.span, message).help("group by the column after the window"),
        );
    }
    let Some(time) = cx.column(&window.on) else { return input };
    if ["window_start", "window_end", "window_time"].iter().any(|n| !cx.columns.find(n).is_empty()) {
        let message = "the rows have a window already";
        cx.out.push(
            Diagnostic::new(types::OPERATOR_ARGUMENT, origin.span, message)
                .help("`drop window_start, window_end` and rename `window_time` before opening another window"),
        );
        return input;
    }
    if let Err(error) = check_window(&input.props, &spec, time) {
        cx.out.push(diagnostic(error, &window.on, origin.span, &input.props));
        return input;
    }
    let width = input.props.schema.len();
    let relation = relations::window(input, spec, time, origin);
    let added = relation.props.schema.columns[width..].to_vec();
    cx.columns.push(SmolStr::default(), added);
    relation
}

fn diagnostic(error: WindowError, on: &Name, step: Option<Span>, props: &Properties) -> Diagnostic {
    match error {
        WindowError::NotTime => {
            let message = format!("`{}` is no event time: a window needs a column with a watermark", on.text);
            let help = match props.rowtime().map(|c| props.schema.columns[c].name.as_str()) {
                Some(time) => format!("the event time here is `{time}`"),
                None => format!("give the source a watermark: `watermark: {} - 5s`", on.text),
            };
            Diagnostic::new(lints::NOT_EVENT_TIME, on.span, message).help(help)
        }
        WindowError::Updating => {
            let message = "windows over rows that are updated are not supported yet";
            Diagnostic::new(types::OPERATOR_UNSUPPORTED, step, message)
        }
        WindowError::Size(message) => Diagnostic::new(types::OPERATOR_ARGUMENT, step, message),
    }
}
