//! What of a plan the embedded engine can run.

use crate::compile::{NO_NUMBERS, PROCESSING_TIME};
use crate::expr;
use streamc_backend::{Backend, BuildOptions, OutputFile};
use streamc_connectors::{Role, Support};
use streamc_diagnostics::{Diagnostic, Span, codes};
use streamc_functions::FunctionKind;
use streamc_plan::{
    AggregateCall, Component, ComponentKind, ConnectorConfig, Engine, Expr, Plan, Relation, RelationKind,
    WindowSpec,
};
use streamc_types::{TimeAttribute, TypeKind};

/// The embedded engine as a backend: it checks plans and emits nothing, since it runs them in the process
/// ([`crate::run`]).
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalBackend;

impl Backend for LocalBackend {
    fn engine(&self) -> Engine {
        Engine::Local
    }

    fn capabilities(&self, plan: &Plan) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for component in &plan.components {
            match &component.kind {
                ComponentKind::Source(source) => {
                    connector(component, &source.connector, Role::Source, &mut found)
                }
                ComponentKind::Sink(sink) => connector(component, &sink.connector, Role::Sink, &mut found),
                ComponentKind::Stream(stream) => {
                    stream
                        .relation
                        .walk(&mut |relation| check_relation(relation, component.span, &mut found));
                }
            }
        }
        found
    }

    fn emit(&self, _plan: &Plan, _options: &BuildOptions<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
        Ok(Vec::new())
    }
}

fn refuse(span: Option<Span>, message: String) -> Diagnostic {
    Diagnostic::new(codes::engines::NOT_ON_LOCAL, span, message)
}

fn connector(component: &Component, config: &ConnectorConfig, role: Role, found: &mut Vec<Diagnostic>) {
    let span = config.span.or(component.span);
    let support = streamc_connectors::find(&config.connector).and_then(|c| c.support(role));
    if let Some(Support::No(reason)) = support.map(|s| s.local) {
        let message = format!("the embedded engine cannot use `{}` as a {}", config.connector, role.as_str());
        found.push(refuse(span, message).help(reason));
    }
    if config.connector == "file" && config.text("format") == Some("parquet") {
        let span = config.spans.get("format").copied().or(span);
        let message = "the embedded engine reads and writes JSON and CSV files, not Parquet".to_owned();
        found.push(refuse(span, message).help("use `format: json` for local runs, or run on Flink or Spark"));
    }
}

fn check_relation(relation: &Relation, component: Option<Span>, found: &mut Vec<Diagnostic>) {
    let span = relation.origin.span.or(component);
    let mut expressions: Vec<&Expr> = Vec::new();
    match &relation.kind {
        RelationKind::Project { expressions: columns, .. } => expressions.extend(columns),
        RelationKind::Values { rows } => expressions.extend(rows.iter().flatten()),
        RelationKind::Filter { predicate, .. } => expressions.push(predicate),
        RelationKind::Join { condition, .. } => expressions.push(condition),
        RelationKind::Unnest { collection, ordinality, .. } => {
            if *ordinality && !matches!(collection.ty.kind, TypeKind::Array(_)) {
                let message =
                    "the embedded engine does not number the elements of a map or multiset".to_owned();
                found.push(refuse(collection.span.or(span), message).help(NO_NUMBERS));
            }
            expressions.push(collection);
        }
        RelationKind::Aggregate { aggregates, .. } | RelationKind::Over { calls: aggregates, .. } => {
            for call in aggregates {
                expressions.extend(&call.arguments);
                expressions.extend(&call.filter);
                if !matches!(call.function.kind, FunctionKind::Aggregate(_)) {
                    let message = format!("`{}` is no aggregate function", call.function.name);
                    found.push(refuse(call.span.or(span), message));
                }
            }
        }
        RelationKind::Window { input, time, .. } => {
            let attribute = input.props.schema.columns.get(*time).and_then(|c| c.time);
            if attribute == Some(TimeAttribute::Proctime) {
                let message = "the embedded engine has no windows over processing time".to_owned();
                found.push(refuse(span, message).help(PROCESSING_TIME));
            }
        }
        _ => {}
    }
    if compared(relation).into_iter().any(holds_variant) {
        let message = "the embedded engine cannot tell values of `VARIANT` apart as Flink does".to_owned();
        found.push(refuse(span, message).help(
            "Flink compares their bytes, in which `1` and `1.0` differ, and so do objects of another order; take a value out: \
             `CAST(v['id'] AS INT)`",
        ));
    }
    for expression in expressions {
        if let Err(reason) = expr::compile(expression) {
            found.push(refuse(expression.span.or(span), reason));
        }
    }
}

/// The types of what a relation compares whole: keys of groups and partitions, rows, and arguments of `DISTINCT`.
fn compared(relation: &Relation) -> Vec<&TypeKind> {
    let (input, columns, calls): (&Relation, Vec<usize>, &[AggregateCall]) = match &relation.kind {
        RelationKind::Aggregate { input, keys, aggregates, .. } => (input, keys.clone(), aggregates),
        RelationKind::Distinct { input, .. } => (input, (0..input.props.schema.len()).collect(), &[]),
        RelationKind::Rank { input, partition, .. } => (input, partition.clone(), &[]),
        RelationKind::Over { input, partition, calls, .. } => (input, partition.clone(), calls),
        RelationKind::Recognize { input, pattern } => (input, pattern.partition.clone(), &[]),
        RelationKind::Window { input, spec: WindowSpec::Session { partition, .. }, .. } => {
            (input, partition.clone(), &[])
        }
        _ => return Vec::new(),
    };
    let columns = columns.into_iter().filter_map(|c| input.props.schema.columns.get(c)).map(|c| &c.ty.kind);
    let distinct = calls.iter().filter(|call| call.distinct).flat_map(|call| &call.arguments);
    columns.chain(distinct.map(|argument| &argument.ty.kind)).collect()
}

fn holds_variant(kind: &TypeKind) -> bool {
    match kind {
        TypeKind::Variant => true,
        TypeKind::Array(element) | TypeKind::Multiset(element) => holds_variant(&element.kind),
        TypeKind::Map(key, value) => holds_variant(&key.kind) || holds_variant(&value.kind),
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            fields.iter().any(|f| holds_variant(&f.ty.kind))
        }
        _ => false,
    }
}
