//! Plans, rows and changelogs in few words.

use indexmap::IndexMap;
use streamc_functions::Argument;
use streamc_local::{Collected, Input, Inputs, RunError, RunOptions, RunReport, run};
use streamc_plan::{
    AggregateCall, App, Changelog, Component, ComponentKind, ConnectorConfig, Engine, Expr, ExprKind, Origin,
    Plan, Properties, Relation, Sink, Source, Stream, StreamText, WatermarkDef, WindowSpec, assign_ids,
    relations,
};
use streamc_types::{Column, DataType, RowKind, RowSchema, Timestamp, TypeKind, Value, parse_type};

/// `"k STRING, v BIGINT"`.
pub fn schema(text: &str) -> RowSchema {
    let mut depth = 0;
    let mut columns = vec![String::new()];
    for c in text.chars() {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            ',' if depth == 0 => {
                columns.push(String::new());
                continue;
            }
            _ => {}
        }
        columns.last_mut().unwrap().push(c);
    }
    let column = |text: String| {
        let (name, ty) = text.trim().split_once(' ').unwrap();
        Column::new(name, parse_type(ty).unwrap())
    };
    RowSchema::new(columns.into_iter().map(column).collect())
}

/// A source; `time` is its event-time column and the delay in milliseconds.
pub fn source(name: &str, columns: &str, time: Option<(&str, i64)>) -> Component {
    let schema = schema(columns);
    let watermark = time.map(|(column, delay_millis)| WatermarkDef {
        column: schema.index_of(column).unwrap(),
        delay_millis,
        span: None,
    });
    let mut props = Properties {
        schema: schema.clone(),
        watermark: None,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: None,
        lineage: vec![Default::default(); schema.len()],
        time_types: Default::default(),
    };
    if let Some(w) = &watermark {
        props = props.with_watermark(w.column, w.delay_millis).unwrap();
    }
    let source =
        Source { connector: connector("kafka"), schema, watermark, sample: None, iso_timestamps: false };
    Component { name: name.into(), doc: None, span: None, kind: ComponentKind::Source(source), props }
}

pub fn connector(name: &str) -> ConnectorConfig {
    ConnectorConfig {
        connector: name.into(),
        options: IndexMap::new(),
        passthrough: IndexMap::new(),
        spans: IndexMap::new(),
        span: None,
    }
}

pub fn stream(name: &str, mut relation: Relation) -> Component {
    assign_ids(name, &mut relation);
    let props = relation.props.clone();
    let kind = ComponentKind::Stream(Box::new(Stream { relation, text: StreamText::Pipe }));
    Component { name: name.into(), doc: None, span: None, kind, props }
}

pub fn sink(name: &str, input: &Component) -> Component {
    let kind = ComponentKind::Sink(Sink {
        connector: connector("print"),
        input: input.name.clone(),
        key: Vec::new(),
    });
    Component { name: name.into(), doc: None, span: None, kind, props: input.props.clone() }
}

pub fn plan(components: Vec<Component>) -> Plan {
    let app = App {
        name: "test".into(),
        doc: None,
        engine: Engine::Local,
        delivery: None,
        delivery_span: None,
        setting_spans: IndexMap::new(),
        settings: IndexMap::new(),
        span: None,
    };
    Plan { app, components }
}

pub fn origin() -> Origin {
    Origin::new("test", None)
}

/// Reads a component.
pub fn scan(component: &Component) -> Relation {
    relations::scan(component.name.clone(), &component.props, origin())
}

pub fn index(relation: &Relation, name: &str) -> usize {
    relation.props.schema.index_of(name).unwrap_or_else(|| panic!("no column {name}"))
}

pub fn indices(relation: &Relation, names: &str) -> Vec<usize> {
    names.split_whitespace().map(|n| index(relation, n)).collect()
}

pub fn col(relation: &Relation, name: &str) -> Expr {
    let i = index(relation, name);
    Expr::column(i, relation.props.schema.columns[i].ty.clone())
}

pub fn int(value: i64) -> Expr {
    Expr::literal(Value::Int(value), DataType::not_null(TypeKind::BigInt))
}

pub fn null(ty: DataType) -> Expr {
    Expr::literal(Value::Null, ty)
}

/// A call with the casts that the rule asks for, as the binder makes it.
pub fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let function =
        streamc_functions::operator(name).or_else(|| streamc_functions::find(name)).expect("a function");
    let of: Vec<_> = arguments
        .iter()
        .map(|e| Argument {
            ty: &e.ty,
            literal: match &e.kind {
                ExprKind::Literal(value) => Some(value),
                _ => None,
            },
        })
        .collect();
    let typed = function.type_call(&of).unwrap();
    let arguments = arguments
        .iter()
        .zip(typed.arguments)
        .map(|(argument, ty)| {
            if argument.ty.kind == ty.kind {
                return argument.clone();
            }
            let input = Box::new(argument.clone());
            Expr::new(ExprKind::Cast { input, lenient: false, implicit: true }, ty)
        })
        .collect();
    Expr::new(ExprKind::Call { function, arguments }, typed.result)
}

pub fn cast(input: Expr, ty: &str, lenient: bool) -> Expr {
    let ty = parse_type(ty).unwrap();
    Expr::new(ExprKind::Cast { input: Box::new(input), lenient, implicit: false }, ty)
}

/// An aggregate call named after the function.
pub fn agg(function: &str, arguments: Vec<Expr>) -> AggregateCall {
    let call = call(function, arguments);
    let ExprKind::Call { function, arguments } = call.kind else { panic!("no call") };
    AggregateCall {
        function,
        arguments,
        distinct: false,
        filter: None,
        ty: call.ty,
        name: function.name.to_ascii_lowercase().into(),
        span: None,
    }
}

pub fn project(input: Relation, columns: Vec<(&str, Expr)>) -> Relation {
    relations::project(input, columns.into_iter().map(|(n, e)| (n.into(), e)).collect(), origin())
}

pub fn filter(input: Relation, predicate: Expr) -> Relation {
    relations::filter(input, predicate, origin())
}

pub fn window(input: Relation, spec: WindowSpec, time: &str) -> Relation {
    let time = index(&input, time);
    relations::window(input, spec, time, origin())
}

pub fn tumble(size: i64) -> WindowSpec {
    WindowSpec::Tumble { size, offset: 0 }
}

pub fn group(input: Relation, keys: &str, aggregates: Vec<AggregateCall>) -> Relation {
    let keys = indices(&input, keys);
    relations::aggregate(input, keys, aggregates, origin())
}

/// One value: digits for numbers and for timestamps in milliseconds, `-` for `NULL`.
pub fn value(text: &str, ty: &DataType) -> Value {
    if text == "-" {
        return Value::Null;
    }
    match &ty.kind {
        TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => {
            Value::Timestamp(Timestamp::from_millis(text.parse().unwrap()))
        }
        TypeKind::Double => Value::Double(text.parse().unwrap()),
        TypeKind::Boolean => Value::Boolean(text.parse().unwrap()),
        TypeKind::Array(element) => {
            let items = text.trim_matches(['[', ']']).split(',').filter(|t| !t.is_empty());
            Value::Array(items.map(|t| value(t, element)).collect())
        }
        TypeKind::Row(fields) => {
            let cells = text.trim_matches(['{', '}']).split(';');
            Value::Row(cells.zip(fields).map(|(t, f)| value(t, &f.ty)).collect())
        }
        _ if ty.is_integer() => Value::Int(text.parse().unwrap()),
        _ => Value::str(text),
    }
}

/// Rows of a source, one a line, cells separated by blanks.
pub fn rows(component: &Component, text: &str) -> Input {
    let types: Vec<_> = component.props.schema.columns.iter().map(|c| &c.ty).collect();
    let row = |line: &str| {
        let cells: Vec<_> = line.split_whitespace().collect();
        assert_eq!(cells.len(), types.len(), "cells in {line:?}");
        cells.iter().zip(&types).map(|(cell, ty)| value(cell, ty)).collect()
    };
    Input::Rows(text.lines().filter(|l| !l.trim().is_empty()).map(row).collect())
}

/// `"+I a 1 1000"`.
pub fn show(change: &(RowKind, streamc_types::Row)) -> String {
    let cell = |v: &Value| match v {
        Value::Null => "-".to_owned(),
        Value::Timestamp(t) => t.millis.to_string(),
        Value::Decimal(d) => d.to_string(),
        Value::Str(s) => s.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Double(d) => d.to_string(),
        Value::Boolean(b) => b.to_string(),
        other => format!("{other:?}"),
    };
    let cells: Vec<String> = change.1.iter().map(cell).collect();
    format!("{} {}", change.0, cells.join(" "))
}

/// Runs `relation` over the rows of sources and gives its changes, one a line, and the report.
pub fn try_execute(
    sources: &[(&Component, &str)],
    relation: Relation,
    options: &RunOptions<'_>,
) -> Result<(String, RunReport), RunError> {
    let out = stream("out", relation);
    let mut components: Vec<Component> = sources.iter().map(|(c, _)| (*c).clone()).collect();
    components.push(out.clone());
    components.push(sink("sink", &out));
    let mut inputs = Inputs::new();
    for (component, text) in sources {
        inputs.set(component.name.clone(), rows(component, text));
    }
    let mut output = Collected::default();
    let report = run(&plan(components), inputs, options, &mut output)?;
    let lines: Vec<String> = output.of("sink").iter().map(show).collect();
    Ok((lines.join("\n"), report))
}

pub fn execute(sources: &[(&Component, &str)], relation: Relation) -> (String, RunReport) {
    try_execute(sources, relation, &RunOptions::default()).unwrap()
}

/// The changes must be exactly these lines.
#[track_caller]
pub fn expect(sources: &[(&Component, &str)], relation: Relation, expected: &str) -> RunReport {
    let (found, report) = execute(sources, relation);
    assert_lines(&found, expected);
    report
}

#[track_caller]
pub fn assert_lines(found: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let found: Vec<&str> = found.lines().collect();
    assert!(found == expected, "found:\n{}\nexpected:\n{}", found.join("\n"), expected.join("\n"));
}
