//! How many rows a second the embedded engine takes, decoding included: `cargo run --release --example throughput`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for people")]

use indexmap::IndexMap;
use std::io;
use std::time::Instant;
use streamc_functions::Argument;
use streamc_local::{Input, Inputs, Output, RunOptions, run};
use streamc_plan::{
    AggregateCall, App, Changelog, Component, ComponentKind, ConnectorConfig, Engine, Expr, ExprKind, Origin,
    Plan, Properties, Relation, Source, Stream, StreamText, WatermarkDef, WindowSpec, assign_ids, relations,
};
use streamc_types::{Column, DataType, Decimal, RowKind, RowSchema, Value};

struct Count(u64);

impl Output for Count {
    fn row(&mut self, _: usize, _: RowKind, _: &[Value]) -> io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let function = streamc_functions::operator(name).or_else(|| streamc_functions::find(name)).unwrap();
    let typed: Vec<_> = arguments.iter().map(|e| Argument { ty: &e.ty, literal: None }).collect();
    let typed = function.type_call(&typed).unwrap();
    let arguments = arguments.into_iter().zip(typed.arguments).map(|(argument, ty)| {
        if argument.ty.kind == ty.kind {
            return argument;
        }
        Expr::new(ExprKind::Cast { input: Box::new(argument), lenient: false, implicit: true }, ty)
    });
    Expr::new(ExprKind::Call { function, arguments: arguments.collect() }, typed.result)
}

fn swipes() -> Component {
    let columns = vec![
        Column::new("swipe_id", DataType::bigint()),
        Column::new("card_id", DataType::bigint()),
        Column::new("amount", DataType::decimal(10, 2)),
        Column::new("country", DataType::string()),
        Column::new("home_country", DataType::string()),
        Column::new("merchant", DataType::string()),
        Column::new("swiped_at", DataType::timestamp(3)),
    ];
    let schema = RowSchema::new(columns);
    let props = Properties {
        schema: schema.clone(),
        watermark: None,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: None,
        lineage: vec![Default::default(); schema.len()],
        time_types: Default::default(),
    };
    let props = props.with_watermark(6, 5000).unwrap();
    let source = Source {
        connector: ConnectorConfig {
            connector: "kafka".into(),
            options: IndexMap::new(),
            passthrough: IndexMap::new(),
            spans: IndexMap::new(),
            span: None,
        },
        schema,
        watermark: Some(WatermarkDef { column: 6, delay_millis: 5000, span: None }),
        sample: None,
        iso_timestamps: true,
    };
    Component { name: "swipes".into(), doc: None, span: None, kind: ComponentKind::Source(source), props }
}

fn origin() -> Origin {
    Origin::new("example", None)
}

/// `filter amount > 500 AND country <> home_country | derive fee = amount * 0.015`.
fn risky(source: &Component) -> Relation {
    let input = relations::scan(source.name.clone(), &source.props, origin());
    let column = |i: usize| Expr::column(i, source.props.schema.columns[i].ty.clone());
    let number = |digits: i128, precision, scale| {
        let ty = DataType::decimal(precision, scale).with_nullable(false);
        Expr::literal(Value::Decimal(Decimal::new(digits, scale)), ty)
    };
    let amount = call(">", vec![column(2), number(500, 3, 0)]);
    let abroad = call("<>", vec![column(3), column(4)]);
    let filtered = relations::filter(input, call("AND", vec![amount, abroad]), origin());
    let mut columns: Vec<_> =
        source.props.schema.columns.iter().enumerate().map(|(i, c)| (c.name.clone(), column(i))).collect();
    columns.push(("fee".into(), call("*", vec![column(2), number(15, 4, 3)])));
    relations::project(filtered, columns, origin())
}

/// `window tumble(1min) on swiped_at | group by card_id { COUNT(*), SUM(amount) }`.
fn per_minute(source: &Component) -> Relation {
    let input = relations::scan(source.name.clone(), &source.props, origin());
    let windows = relations::window(input, WindowSpec::Tumble { size: 60_000, offset: 0 }, 6, origin());
    let aggregate = |name: &str, arguments: Vec<Expr>| {
        let call = call(name, arguments);
        let ExprKind::Call { function, arguments } = call.kind else { unreachable!() };
        AggregateCall {
            function,
            arguments,
            distinct: false,
            filter: None,
            ty: call.ty,
            name: name.to_lowercase().into(),
            span: None,
        }
    };
    let amount = Expr::column(2, source.props.schema.columns[2].ty.clone());
    let aggregates = vec![aggregate("COUNT", vec![]), aggregate("SUM", vec![amount])];
    relations::aggregate(windows, vec![7, 8, 1], aggregates, origin())
}

fn main() {
    let rows: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let mut text = Vec::new();
    for i in 0..rows {
        let (card, amount) = (i * 7919 % 1000, i * 31 % 100_000);
        let country = ["DE", "FR", "BR", "US"][(i % 4) as usize];
        let home = ["DE", "FR", "BR"][(i % 3) as usize];
        let second = i / 100;
        let (h, m, s) = (second / 3600 % 24, second / 60 % 60, second % 60);
        let line = format!(
            "{{\"swipe_id\":{i},\"card_id\":{card},\"amount\":{}.{:02},\"country\":\"{country}\",\"home_country\":\"{home}\",\
             \"merchant\":\"merchant number {card}\",\"swiped_at\":\"2026-01-{:02}T{h:02}:{m:02}:{s:02}.{:03}\"}}\n",
            amount / 100,
            amount % 100,
            1 + second / 86_400 % 28,
            i % 100 * 10,
        );
        text.extend_from_slice(line.as_bytes());
    }
    let source = swipes();
    let both = [("filter and derive", risky(&source)), ("tumbling count per key", per_minute(&source))];
    for (name, mut relation) in both {
        assign_ids("out", &mut relation);
        let props = relation.props.clone();
        let kind = ComponentKind::Stream(Box::new(Stream { relation, text: StreamText::Pipe }));
        let out = Component { name: "out".into(), doc: None, span: None, kind, props };
        let app = App {
            name: "throughput".into(),
            doc: None,
            engine: Engine::Local,
            delivery: None,
            delivery_span: None,
            setting_spans: IndexMap::new(),
            settings: IndexMap::new(),
            span: None,
        };
        let plan = Plan { app, components: vec![source.clone(), out] };
        let options = RunOptions { targets: vec!["out".into()], ..RunOptions::default() };
        let mut output = Count(0);
        let inputs = Inputs::new().with("swipes", Input::bytes("swipes.jsonl", text.clone()));
        let started = Instant::now();
        let report = run(&plan, inputs, &options, &mut output).unwrap();
        let seconds = started.elapsed().as_secs_f64();
        let speed = rows as f64 / seconds;
        println!(
            "{name}: {rows} records, {} rows out, {} late, {} unreadable, {seconds:.2} s, {speed:.0} rows/s",
            output.0,
            report.late_rows(),
            report.unreadable()
        );
    }
}
