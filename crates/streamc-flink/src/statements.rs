//! The statements of a job: tables, views, inserts.

use crate::connectors::{self, Options, words};
use crate::hoist::{Hoist, Hoists};
use crate::interval::{Place, millis};
use crate::layout::{Line, Text, list};
use crate::quote::{ident, string};
use crate::types::{spelling, with_nullability};
use crate::{query, rowtime, verbatim};
use smol_str::{SmolStr, format_smolstr};
use streamc_diagnostics::Span;
use streamc_plan::{Component, ComponentKind, Plan, Sink, Source, StreamText};
use streamc_types::RowSchema;

/// What a statement does; the word in `job.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    View,
    Insert,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Table => "create_table",
            Self::View => "create_view",
            Self::Insert => "insert",
        }
    }
}

/// The part of the script a statement stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Sources,
    Streams,
    Sinks,
    Job,
}

/// One statement, without its semicolon.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Stable: `source/swipes`, `stream/risky`, `sink/alerts`, `insert/alerts`.
    pub(crate) id: SmolStr,
    pub(crate) kind: Kind,
    pub(crate) section: Section,
    /// The component it is for.
    pub(crate) name: SmolStr,
    /// Where that is declared.
    pub(crate) span: Option<Span>,
    pub(crate) lines: Vec<Line>,
}

/// All statements, each after those it reads.
pub(crate) fn statements(plan: &Plan) -> Vec<Statement> {
    let (hoists, _) = Hoists::find(plan);
    let mut out = Vec::new();
    for (component, source) in plan.sources() {
        out.push(of(
            component,
            Kind::Table,
            Section::Sources,
            "source",
            source_table(plan, &hoists, component, source),
        ));
        for hoist in hoists.list.iter().filter(|h| h.source == component.name && !h.is_own()) {
            let mut statement = of(component, Kind::Table, Section::Sources, "source", derived_table(hoist));
            statement.id = format_smolstr!("source/{}", hoist.table);
            statement.name = hoist.table.clone();
            statement.span = hoist.from.1.or(component.span);
            out.push(statement);
        }
    }
    for component in &plan.components {
        if let ComponentKind::Stream(stream) = &component.kind {
            let mut head = format!("CREATE TEMPORARY VIEW {}", ident(&component.name));
            if matches!(stream.text, StreamText::Sql { .. }) && is_numbered(&component.props.schema) {
                let names: Vec<String> = component.props.schema.names().map(ident).collect();
                head.push_str(&format!(" ({})", names.join(", ")));
            }
            let mut lines = vec![Line::new(head)];
            lines.extend(comment(component.doc.as_deref()));
            end_last(&mut lines, " AS");
            lines.extend(match &stream.text {
                StreamText::Sql { text, span } => verbatim::lines(text, *span, &component.name),
                StreamText::Pipe => query::query(plan, &hoists, &stream.relation),
            });
            out.push(of(component, Kind::View, Section::Streams, "stream", lines));
        }
    }
    for (component, sink) in plan.sinks() {
        out.push(of(component, Kind::Table, Section::Sinks, "sink", sink_table(plan, component, sink)));
    }
    for (component, sink) in plan.sinks() {
        out.push(of(component, Kind::Insert, Section::Job, "insert", insert(plan, component, sink)));
    }
    out
}

/// Whether a column may have got a number to tell it from another of its name, `id0` beside `id`. Flink numbers only what
/// `*` brings, and refuses a view with two columns of one written name, unless it is told what they are called.
fn is_numbered(schema: &RowSchema) -> bool {
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    schema.names().any(|name| schema.names().any(|other| name.strip_prefix(other).is_some_and(number)))
}

fn of(component: &Component, kind: Kind, section: Section, word: &str, lines: Vec<Line>) -> Statement {
    Statement {
        id: format_smolstr!("{word}/{}", component.name),
        kind,
        section,
        name: component.name.clone(),
        span: component.span,
        lines,
    }
}

fn end_last(lines: &mut [Line], with: impl Into<Text>) {
    if let Some(line) = lines.last_mut() {
        line.text.0.extend(with.into().0);
    }
}

fn comment(doc: Option<&str>) -> Option<Line> {
    let doc = doc.map(str::trim).filter(|d| !d.is_empty())?;
    Some(Line::new(format!("COMMENT {}", string(doc))))
}

fn source_table(plan: &Plan, hoists: &Hoists, component: &Component, source: &Source) -> Vec<Line> {
    let mut rows = columns(source.schema.columns.iter().map(|c| (c.name.as_str(), &c.ty, c.doc.as_deref())));
    if let Some(watermark) = &source.watermark
        && let Some(column) = source.schema.columns.get(watermark.column)
    {
        rows.push(watermark_line(&column.name, watermark.delay_millis, &[]));
    }
    for hoist in hoists.list.iter().filter(|h| h.is_own() && h.source == component.name) {
        rows.extend(hoisted(hoist));
    }
    let mut lines = table(&component.name, rows, component.doc.as_deref());
    lines.extend(with(connectors::source(plan, source)));
    lines
}

fn derived_table(hoist: &Hoist) -> Vec<Line> {
    let mut lines = table(&hoist.table, hoisted(hoist), None);
    end_last(&mut lines, format!(" LIKE {} (EXCLUDING WATERMARKS)", ident(&hoist.source)));
    lines
}

fn hoisted(hoist: &Hoist) -> Vec<Line> {
    let computed = hoist.computed.as_ref().map(|sql| Line::new(format!("{} AS {sql}", ident(&hoist.column))));
    let mut watermark = watermark_line(&hoist.column, hoist.delay_millis, &hoist.filter);
    watermark.from = Some(hoist.from.clone());
    computed.into_iter().chain([watermark]).collect()
}

/// The watermark of a column; only rows that meet all of `filter` move it.
fn watermark_line(column: &str, delay_millis: i64, filter: &[Text]) -> Line {
    let column = ident(column);
    let late = match delay_millis {
        0 => column.clone(),
        ms => format!("{column} - {}", millis(ms, Place::Expression)),
    };
    let mut text = Text::from(format!("WATERMARK FOR {column} AS "));
    let Some((first, others)) = filter.split_first() else { return Line::new(text.then(late)) };
    text = text.then("CASE WHEN ").then(first.clone());
    for condition in others {
        text = text.then(" AND ").then(condition.clone());
    }
    Line::new(text.then(format!(" THEN {late} END")))
}

/// Columns with their types below one another.
fn columns<'a>(
    columns: impl Iterator<Item = (&'a str, &'a streamc_types::DataType, Option<&'a str>)>,
) -> Vec<Line> {
    let columns: Vec<_> = columns.map(|(name, ty, doc)| (ident(name), with_nullability(ty), doc)).collect();
    let longest =
        |of: &dyn Fn(&(String, String, Option<&str>)) -> usize| columns.iter().map(of).max().unwrap_or(0);
    let name_width = longest(&|c| c.0.chars().count()).min(40);
    let type_width = longest(&|c| if c.2.is_some() { c.1.chars().count() } else { 0 }).min(40);
    let line = |(name, ty, doc): &(String, String, Option<&str>)| {
        let gap = " ".repeat(name_width.saturating_sub(name.chars().count()));
        let comment = doc.map(str::trim).filter(|d| !d.is_empty()).map_or_else(String::new, |doc| {
            let gap = " ".repeat(type_width.saturating_sub(ty.chars().count()));
            format!("{gap} COMMENT {}", string(doc))
        });
        Line::new(format!("{name}{gap} {ty}{comment}"))
    };
    columns.iter().map(line).collect()
}

/// `CREATE TEMPORARY TABLE x ( rows ) COMMENT …`, without what follows.
fn table(name: &str, rows: Vec<Line>, doc: Option<&str>) -> Vec<Line> {
    let mut lines = vec![Line::new(format!("CREATE TEMPORARY TABLE {} (", ident(name)))];
    let last = rows.len().saturating_sub(1);
    let rows = rows.into_iter().enumerate();
    lines.extend(rows.map(|(n, row)| row.indented(2).ending(if n < last { "," } else { "" })));
    lines.push(Line::new(")"));
    if let Some(comment) = comment(doc) {
        end_last(&mut lines, Text::from(" ").then(comment.text));
    }
    lines
}

fn with(options: Options) -> Vec<Line> {
    let last = options.0.len().saturating_sub(1);
    let options = options.0.into_iter().enumerate().map(|(n, (key, value))| {
        let text = Text::from(format!("  {} = ", string(&key))).then(value.quoted());
        Line::new(text.then(if n < last { "," } else { "" }))
    });
    std::iter::once(Line::new("WITH (")).chain(options).chain([Line::new(")")]).collect()
}

fn sink_table(plan: &Plan, component: &Component, sink: &Sink) -> Vec<Line> {
    let (names, schema) = (query::unique_names(&component.props.schema), &component.props.schema);
    let named = names.iter().zip(&schema.columns);
    let mut rows = columns(named.map(|(name, c)| (name.as_str(), &c.ty, c.doc.as_deref())));
    if is_keyed(sink) {
        let key = sink.key.iter().filter_map(|c| schema.columns.get(*c)).map(|c| ident(&c.name));
        let key = key.collect::<Vec<_>>().join(", ");
        rows.push(Line::new(format!("PRIMARY KEY ({key}) NOT ENFORCED")));
    }
    let mut lines = table(&component.name, rows, component.doc.as_deref());
    let folders = words(sink.connector.option("partition_by"));
    if !folders.is_empty() {
        let folders = folders.iter().map(|c| ident(c)).collect::<Vec<_>>().join(", ");
        lines.push(Line::new(format!("PARTITIONED BY ({folders})")));
    }
    lines.extend(with(connectors::sink(plan, component, sink)));
    lines
}

fn is_keyed(sink: &Sink) -> bool {
    sink.connector.connector == "upsert_kafka"
}

fn insert(plan: &Plan, component: &Component, sink: &Sink) -> Vec<Line> {
    let (names, schema) = (query::unique_names(&component.props.schema), &component.props.schema);
    let input = plan.component(&sink.input);
    let cast = input.map(|c| rowtime::to_cast(plan, c)).unwrap_or_default();
    // The table of a source may have a computed column besides.
    let all = cast.is_empty() && matches!(input.map(|c| &c.kind), Some(ComponentKind::Stream(_)));
    let column = |(i, name): (usize, &SmolStr)| match schema.columns.get(i) {
        Some(c) if cast.contains(&i) => format!("CAST({0} AS {1}) AS {0}", ident(name), spelling(&c.ty.kind)),
        _ => ident(name),
    };
    let columns = if all { vec!["*".to_owned()] } else { names.iter().enumerate().map(column).collect() };
    let mut lines = vec![Line::new(format!("INSERT INTO {}", ident(&component.name)))];
    lines.extend(list("SELECT", columns, None));
    lines.push(Line::new(format!("FROM {}", ident(&sink.input))));
    if is_keyed(sink) {
        // Without it Flink 2.3 refuses a query whose upsert key is not the primary key (FLIP-558). Where they are the
        // same it changes nothing in the plan.
        lines.push(Line::new("ON CONFLICT DO DEDUPLICATE"));
    }
    lines
}
