//! What Flink 2.3 cannot do of a plan, and what it does in a way worth knowing.

mod files;
mod grouping_sets;
mod jdbc;
mod json_text;
mod kafka;
mod names;
mod relations;
mod set_operations;
mod variants;
mod zones;

use crate::hoist::Hoists;
use streamc_connectors::{Role, Support, find};
use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{ConnectorConfig, OptionValue, Plan, StreamText};

/// Everything, in the order of the components.
pub(crate) fn check(plan: &Plan) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    if plan.sinks().next().is_none() {
        let message = "the application has no sink: there is nothing that Flink could run";
        let help = "write a stream somewhere: `sink out = print {} from my_stream`";
        out.push(Diagnostic::new(NOT_ON_FLINK, plan.app.span, message).help(help));
    }
    names::check(plan, &mut out);
    for (component, source) in plan.sources() {
        connector(&source.connector, Role::Source, component.span, &mut out);
        names::columns(&source.connector, &source.schema, component.span, &mut out);
        files::source(component, source, &mut out);
        jdbc::source(component, source, &mut out);
    }
    for (component, sink) in plan.sinks() {
        connector(&sink.connector, Role::Sink, component.span, &mut out);
        names::columns(&sink.connector, &component.props.schema, component.span, &mut out);
        files::sink(component, sink, &mut out);
    }
    let (hoists, failed) = Hoists::find(plan);
    for relation in failed {
        let message = "Flink declares event time on tables only, and this watermark cannot move down to one";
        let help = "only operators like `filter`, `derive`, `select` and `rename`, without functions that change from \
                    call to call, may stand between the source and `watermark`; declare it on the source, or further \
                    up";
        out.push(Diagnostic::new(NOT_ON_FLINK, relation.origin.span, message).help(help));
    }
    for (component, stream) in plan.streams() {
        let verbatim = matches!(stream.text, StreamText::Sql { .. });
        relations::check(component, &stream.relation, verbatim, &mut out);
        set_operations::check(plan, component, &stream.relation, &mut out);
        json_text::check(plan, &stream.relation, &mut out);
        zones::check(plan, component, &stream.relation, &mut out);
    }
    relations::unstable_top_one(plan, &mut out);
    kafka::check(plan, &hoists, &mut out);
    out
}

fn connector(config: &ConnectorConfig, role: Role, at: Option<Span>, out: &mut Vec<Diagnostic>) {
    let span = config.span.or(at);
    match find(&config.connector).and_then(|c| c.support(role)).map(|s| s.flink) {
        Some(Support::Yes) => {}
        Some(Support::No(why)) => {
            let message = format!("`{}` does not run on Flink", config.connector);
            out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(why));
        }
        None => {
            let message = format!("Flink has no {} `{}`", role.as_str(), config.connector);
            out.push(Diagnostic::new(NOT_ON_FLINK, span, message));
        }
    }
    let named = config.options.iter().chain(&config.passthrough);
    for (option, value) in named {
        let (OptionValue::Env { name, .. } | OptionValue::Secret { name }) = value else { continue };
        variable(name, config.spans.get(option).copied().or(span), out);
    }
}

/// Names of variables stand in `job.json` as `${NAME}`.
fn variable(name: &str, span: Option<Span>, out: &mut Vec<Diagnostic>) {
    let fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    if !fits {
        let message = format!("{name:?} cannot be the name of an environment variable");
        let help = "use letters, digits and `_`";
        out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
    }
}
