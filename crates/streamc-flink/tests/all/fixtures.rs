//! Builds plans as the compiler's front end does, without a parser.

use smol_str::SmolStr;
use streamc_backend::{Backend, BuildOptions, OutputFile, Place, Places};
use streamc_diagnostics::{FileId, Span};
use streamc_flink::FlinkBackend;
use streamc_functions::{Argument, find, operator};
use streamc_plan::{
    AggregateCall, App, Changelog, Component, ComponentKind, ConnectorConfig, Delivery, Engine, Expr,
    ExprKind, Lineage, OptionValue, Origin, Plan, Properties, Relation, Sink, Source, Stream, StreamText,
    WatermarkDef, assign_ids, relations,
};
use streamc_types::{Column, DataType, IntervalUnit, RowSchema, TypeKind, Value, parse_type};

/// A plan that grows.
pub(crate) struct Fixture {
    pub(crate) plan: Plan,
    place: u32,
}

/// Spans are lines of one file, ten bytes each.
pub(crate) struct Lines;

impl Places for Lines {
    fn place(&self, span: Span) -> Option<Place> {
        Some(Place { path: "pipelines/test.stream".into(), line: span.start / 10 + 1, column: 1 })
    }
}

pub(crate) fn word(text: &str) -> OptionValue {
    OptionValue::Str(text.into())
}

impl Fixture {
    pub(crate) fn new(name: &str) -> Self {
        let app = App {
            name: name.into(),
            doc: None,
            engine: Engine::Flink,
            delivery: None,
            delivery_span: None,
            setting_spans: indexmap::IndexMap::new(),
            settings: indexmap::IndexMap::new(),
            span: Some(Span::new(FileId(0), 0, 5)),
        };
        Self { plan: Plan { app, components: Vec::new() }, place: 0 }
    }

    pub(crate) fn doc(mut self, doc: &str) -> Self {
        self.plan.app.doc = Some(doc.into());
        self
    }

    pub(crate) fn exactly_once(mut self) -> Self {
        self.plan.app.delivery = Some(Delivery::ExactlyOnce);
        self
    }

    pub(crate) fn setting(mut self, name: &str, value: OptionValue) -> Self {
        self.plan.app.settings.insert(name.into(), value);
        self
    }

    fn span(&mut self) -> Option<Span> {
        self.place += 10;
        Some(Span::new(FileId(0), self.place as usize, self.place as usize + 5))
    }

    /// The step `word`, at the next line.
    pub(crate) fn step(&mut self, word: &str) -> Origin {
        let span = self.span();
        Origin::new(word, span)
    }

    /// A source with columns `name TYPE`.
    pub(crate) fn source(
        &mut self,
        name: &str,
        connector: &str,
        options: &[(&str, OptionValue)],
        columns: &[(&str, &str)],
        watermark: Option<(&str, i64)>,
    ) {
        let schema = schema(columns);
        let lineage = vec![Lineage::default(); schema.len()];
        let mut props = Properties {
            schema: schema.clone(),
            watermark: None,
            changelog: Changelog::INSERT_ONLY,
            keys: Vec::new(),
            window: None,
            state: None,
            lineage,
            time_types: Default::default(),
        };
        let watermark = watermark.map(|(column, delay_millis)| {
            let column = schema.index_of(column).expect("the column of the watermark");
            props = props.clone().with_watermark(column, delay_millis).expect("event time");
            WatermarkDef { column, delay_millis, span: None }
        });
        let connector = self.config(connector, options);
        let source = Source { connector, schema, watermark, sample: None, iso_timestamps: false };
        self.push(name, ComponentKind::Source(source), props);
    }

    /// A Kafka source of card swipes.
    pub(crate) fn swipes(&mut self) {
        self.source(
            "swipes",
            "kafka",
            &[("brokers", word("localhost:9092")), ("topic", word("swipes"))],
            &[
                ("swipe_id", "BIGINT NOT NULL"),
                ("card_id", "BIGINT"),
                ("amount", "DECIMAL(10, 2)"),
                ("country", "STRING"),
                ("tags", "ARRAY<STRING>"),
                ("swiped_at", "TIMESTAMP(3)"),
            ],
            Some(("swiped_at", 5_000)),
        );
    }

    fn config(&mut self, connector: &str, options: &[(&str, OptionValue)]) -> ConnectorConfig {
        let (mut plain, mut passthrough) = (indexmap::IndexMap::new(), indexmap::IndexMap::new());
        for (name, value) in options {
            match name.strip_prefix('!') {
                Some(key) => passthrough.insert(SmolStr::from(key), value.clone()),
                None => plain.insert(SmolStr::from(*name), value.clone()),
            };
        }
        let span = self.span();
        ConnectorConfig {
            connector: connector.into(),
            options: plain,
            passthrough,
            spans: indexmap::IndexMap::new(),
            span,
        }
    }

    fn push(&mut self, name: &str, kind: ComponentKind, props: Properties) {
        let span = self.span();
        self.plan.components.push(Component { name: name.into(), doc: None, span, kind, props });
    }

    /// Gives the last component its documentation.
    pub(crate) fn documented(&mut self, doc: &str) {
        self.plan.components.last_mut().expect("a component").doc = Some(doc.into());
    }

    /// The rows of a component.
    pub(crate) fn scan(&mut self, name: &str) -> Relation {
        let origin = self.step("from");
        let props = &self.plan.component(name).expect("the component").props;
        relations::scan(name.into(), props, origin)
    }

    pub(crate) fn stream(&mut self, name: &str, mut relation: Relation) {
        assign_ids(name, &mut relation);
        let props = relation.props.clone();
        self.push(name, ComponentKind::Stream(Box::new(Stream { relation, text: StreamText::Pipe })), props);
    }

    pub(crate) fn sql(&mut self, name: &str, text: &str, mut relation: Relation) {
        assign_ids(name, &mut relation);
        let props = relation.props.clone();
        self.place += 10;
        let start = self.place as usize;
        let span = Span::new(FileId(0), start, start + text.len());
        self.place += text.len() as u32;
        let text = StreamText::Sql { text: text.into(), span };
        self.push(name, ComponentKind::Stream(Box::new(Stream { relation, text })), props);
    }

    pub(crate) fn sink(
        &mut self,
        name: &str,
        connector: &str,
        options: &[(&str, OptionValue)],
        key: &[&str],
        input: &str,
    ) {
        let props = self.plan.component(input).expect("the input").props.clone();
        let key_columns = key.iter().map(|k| props.schema.index_of(k).expect("the key")).collect();
        let mut config = self.config(connector, options);
        if !key.is_empty() {
            config.options.insert("key".into(), OptionValue::List(key.iter().map(|k| (*k).into()).collect()));
        }
        let sink = Sink { connector: config, input: input.into(), key: key_columns };
        self.push(name, ComponentKind::Sink(sink), props);
    }

    /// A console for the rows of a component.
    pub(crate) fn print(&mut self, input: &str) {
        self.sink(&format!("{input}_out"), "print", &[], &[], input);
    }

    /// What is wrong, one a line.
    pub(crate) fn problems(&self) -> String {
        let problems = FlinkBackend.capabilities(&self.plan);
        let line = |d: &streamc_diagnostics::Diagnostic| {
            format!(
                "{} {}: {}\n  help: {}\n",
                d.code,
                d.severity.as_str(),
                d.message,
                d.help.as_deref().unwrap_or("-")
            )
        };
        problems.iter().map(line).collect()
    }

    pub(crate) fn files(&self) -> Vec<OutputFile> {
        let options = BuildOptions { places: &Lines, version: "0.1.0" };
        FlinkBackend.emit(&self.plan, &options).expect("a plan that Flink can run")
    }

    pub(crate) fn file(&self, path: &str) -> OutputFile {
        self.files().into_iter().find(|f| f.path == path).expect("the file")
    }

    /// The text of `job.sql`; kept for the suite that shows it to Flink.
    pub(crate) fn job_sql(&self) -> String {
        self.file("flink/job.sql").contents
    }
}

pub(crate) fn schema(columns: &[(&str, &str)]) -> RowSchema {
    let column = |(name, ty): &(&str, &str)| Column::new(*name, parse_type(ty).expect("a type"));
    RowSchema::new(columns.iter().map(column).collect())
}

pub(crate) fn ty(text: &str) -> DataType {
    parse_type(text).expect("a type")
}

/// A column by name.
pub(crate) fn col(relation: &Relation, name: &str) -> Expr {
    let index = at(relation, name);
    Expr::column(index, relation.props.schema.columns[index].ty.clone())
}

pub(crate) fn at(relation: &Relation, name: &str) -> usize {
    relation.props.schema.index_of(name).unwrap_or_else(|| panic!("no column {name}"))
}

/// The same over the row of a join.
pub(crate) fn right(left: &Relation, relation: &Relation, name: &str) -> Expr {
    let width = left.props.schema.len();
    col(relation, name).map_columns(&|c| c + width)
}

pub(crate) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let function = operator(name).or_else(|| find(name)).unwrap_or_else(|| panic!("no function {name}"));
    let literal = |e: &Expr| match &e.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        _ => None,
    };
    let literals: Vec<Option<Value>> = arguments.iter().map(literal).collect();
    let types: Vec<Argument<'_>> =
        arguments.iter().zip(&literals).map(|(a, l)| Argument { ty: &a.ty, literal: l.as_ref() }).collect();
    let typed = function.type_call(&types).unwrap_or_else(|e| panic!("{name}: {}", e.message));
    let cast = |(argument, wanted): (Expr, DataType)| {
        if argument.ty.kind == wanted.kind {
            return argument;
        }
        Expr::new(ExprKind::Cast { input: Box::new(argument), lenient: false, implicit: true }, wanted)
    };
    let arguments = arguments.into_iter().zip(typed.arguments).map(cast).collect();
    Expr::new(ExprKind::Call { function, arguments }, typed.result)
}

pub(crate) fn aggregate(name: &str, arguments: Vec<Expr>, column: &str) -> AggregateCall {
    let Expr { kind: ExprKind::Call { function, arguments }, ty, .. } = call(name, arguments) else {
        panic!("{name} is no call")
    };
    AggregateCall { function, arguments, distinct: false, filter: None, ty, name: column.into(), span: None }
}

pub(crate) fn int(value: i64) -> Expr {
    Expr::literal(Value::Int(value), DataType::not_null(TypeKind::Int))
}

pub(crate) fn text(value: &str) -> Expr {
    let length = value.encode_utf16().count() as u32;
    Expr::literal(Value::str(value), DataType::not_null(TypeKind::Char(length)))
}

pub(crate) fn interval(millis: i64) -> Expr {
    Expr::literal(Value::Int(millis), DataType::not_null(TypeKind::Interval(IntervalUnit::DaySecond)))
}

pub(crate) fn cast(input: Expr, to: &str) -> Expr {
    let to = ty(to).with_nullable(input.ty.nullable);
    Expr::new(ExprKind::Cast { input: Box::new(input), lenient: false, implicit: false }, to)
}

/// All columns of the relation, and more.
pub(crate) fn derive(relation: Relation, more: Vec<(&str, Expr)>, origin: Origin) -> Relation {
    let columns = relation.props.schema.columns.clone();
    let mut all: Vec<(SmolStr, Expr)> =
        columns.iter().enumerate().map(|(i, c)| (c.name.clone(), Expr::column(i, c.ty.clone()))).collect();
    all.extend(more.into_iter().map(|(n, e)| (n.into(), e)));
    relations::project(relation, all, origin)
}

/// Only these columns.
pub(crate) fn select(relation: Relation, names: &[&str], origin: Origin) -> Relation {
    let columns = names.iter().map(|n| ((*n).into(), col(&relation, n))).collect();
    relations::project(relation, columns, origin)
}
