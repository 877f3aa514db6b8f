//! Components and the plan that holds them.

use crate::properties::Properties;
use crate::relation::Relation;
use indexmap::{IndexMap, IndexSet};
use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_types::RowSchema;

/// The three engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Engine {
    Flink,
    Spark,
    Local,
}

impl Engine {
    /// `flink`, `spark` or `local`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flink => "flink",
            Self::Spark => "spark",
            Self::Local => "local",
        }
    }

    /// As people read it.
    pub fn display_name(self) -> &'static str {
        match self {
            Self::Flink => "Flink",
            Self::Spark => "Spark",
            Self::Local => "the embedded engine",
        }
    }
}

/// The delivery guarantee of an application's sinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Delivery {
    AtLeastOnce,
    ExactlyOnce,
}

impl Delivery {
    /// `at_least_once` or `exactly_once`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeastOnce => "at_least_once",
            Self::ExactlyOnce => "exactly_once",
        }
    }
}

/// The `app` block.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// Its name; the file's stem where no `app` is written.
    pub name: SmolStr,
    /// The documentation of the file (`//!`).
    pub doc: Option<SmolStr>,
    /// The engine that `build` takes unless told otherwise.
    pub engine: Engine,
    /// Guarantee of the sinks; `None` where not written.
    pub delivery: Option<Delivery>,
    /// Where `delivery` is written.
    pub delivery_span: Option<Span>,
    /// Where the other settings are written.
    pub setting_spans: IndexMap<SmolStr, Span>,
    /// Further settings of the block, validated: `parallelism`, `checkpoint_interval`, `batch_interval`, `state_ttl`,
    /// `checkpoint_dir`, `time_zone`.
    pub settings: IndexMap<SmolStr, OptionValue>,
    /// Where the `app` is written.
    pub span: Option<Span>,
}

/// An option's value. What depends on the environment is kept, not resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A text or a word.
    Str(SmolStr),
    /// A whole number.
    Int(i64),
    /// `true` or `false`.
    Bool(bool),
    /// Milliseconds.
    Duration(i64),
    /// Bytes.
    Size(u64),
    /// Names of columns or other words.
    List(Vec<SmolStr>),
    /// `env("NAME", "default")`: resolved when the job starts.
    Env {
        /// The variable.
        name: SmolStr,
        /// The default.
        default: Option<SmolStr>,
    },
    /// `secret("NAME")`: never resolved by the compiler, in no output.
    Secret {
        /// The name.
        name: SmolStr,
    },
}

/// A connector with its options, validated against the table of `streamc-connectors`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectorConfig {
    /// `kafka`, `file`, …
    pub connector: SmolStr,
    /// Options that are set, by name, in the order of the table; defaults are not filled in.
    pub options: IndexMap<SmolStr, OptionValue>,
    /// Keys of `options { "…": "…" }`, handed to the engine as they are.
    pub passthrough: IndexMap<SmolStr, OptionValue>,
    /// Where each option is written.
    pub spans: IndexMap<SmolStr, Span>,
    /// Where the connector's word is written.
    pub span: Option<Span>,
}

impl ConnectorConfig {
    /// The option's value, if it is set.
    pub fn option(&self, name: &str) -> Option<&OptionValue> {
        self.options.get(name)
    }

    /// The option's text, if it is set to a text or a word.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.options.get(name)? {
            OptionValue::Str(text) => Some(text),
            _ => None,
        }
    }
}

/// The watermark of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct WatermarkDef {
    /// Index of the column.
    pub column: usize,
    /// Delay in milliseconds.
    pub delay_millis: i64,
    /// Where it is written.
    pub span: Option<Span>,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The connector.
    pub connector: ConnectorConfig,
    /// Columns of the records.
    pub schema: RowSchema,
    /// Event time.
    pub watermark: Option<WatermarkDef>,
    /// Path of the sample file, resolved against the file that declares the source: what `run` reads in place of Kafka.
    pub sample: Option<SmolStr>,
    /// Whether timestamps in the records are written `2026-01-02T03:04:05` (`ISO-8601`) rather than with a space (`SQL`).
    pub iso_timestamps: bool,
}

/// How a stream is written.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamText {
    /// Operators.
    Pipe,
    /// A query.
    Sql {
        /// The user's text, verbatim, without the quotes.
        text: SmolStr,
        /// Where it is written.
        span: Span,
    },
}

/// A stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Its rows.
    pub relation: Relation,
    /// How it is written.
    pub text: StreamText,
}

/// Where rows go.
#[derive(Clone, Debug, PartialEq)]
pub struct Sink {
    /// The connector.
    pub connector: ConnectorConfig,
    /// The component whose rows it takes.
    pub input: SmolStr,
    /// Columns of the message key; the primary key of a keyed sink.
    pub key: Vec<usize>,
}

/// What a component is.
#[derive(Clone, Debug, PartialEq)]
pub enum ComponentKind {
    /// Where rows come from.
    Source(Source),
    /// Rows made of others.
    Stream(Box<Stream>),
    /// Where rows go.
    Sink(Sink),
}

/// A component of an application.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its id.
    pub name: SmolStr,
    /// Its documentation (`///`).
    pub doc: Option<SmolStr>,
    /// The name in its declaration.
    pub span: Option<Span>,
    /// What it is.
    pub kind: ComponentKind,
    /// What is known of its rows; of a sink: the rows it takes.
    pub props: Properties,
}

impl Component {
    /// `source`, `stream` or `sink`.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            ComponentKind::Source(_) => "source",
            ComponentKind::Stream(_) => "stream",
            ComponentKind::Sink(_) => "sink",
        }
    }

    /// Where a source reads from or a sink writes to.
    pub fn connector(&self) -> Option<&ConnectorConfig> {
        match &self.kind {
            ComponentKind::Source(source) => Some(&source.connector),
            ComponentKind::Stream(_) => None,
            ComponentKind::Sink(sink) => Some(&sink.connector),
        }
    }

    /// Names of the components it reads.
    pub fn reads(&self) -> Vec<SmolStr> {
        match &self.kind {
            ComponentKind::Source(_) => Vec::new(),
            ComponentKind::Stream(stream) => stream.relation.scans(),
            ComponentKind::Sink(sink) => vec![sink.input.clone()],
        }
    }
}

/// One application.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The `app` block.
    pub app: App,
    /// The components; each after those it reads, otherwise in the order of their declaration.
    pub components: Vec<Component>,
}

impl Plan {
    /// The component of that name.
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|c| c.name == name)
    }

    /// The sources.
    pub fn sources(&self) -> impl Iterator<Item = (&Component, &Source)> {
        self.components.iter().filter_map(|c| match &c.kind {
            ComponentKind::Source(s) => Some((c, s)),
            _ => None,
        })
    }

    /// The streams.
    pub fn streams(&self) -> impl Iterator<Item = (&Component, &Stream)> {
        self.components.iter().filter_map(|c| match &c.kind {
            ComponentKind::Stream(s) => Some((c, s.as_ref())),
            _ => None,
        })
    }

    /// Names of the sinks and of what they read, directly or not. Engines run nothing else.
    pub fn used(&self) -> IndexSet<SmolStr> {
        let mut used: IndexSet<SmolStr> = self.sinks().map(|(c, _)| c.name.clone()).collect();
        for component in self.components.iter().rev() {
            if used.contains(&component.name) {
                used.extend(component.reads());
            }
        }
        used
    }

    /// The sinks.
    pub fn sinks(&self) -> impl Iterator<Item = (&Component, &Sink)> {
        self.components.iter().filter_map(|c| match &c.kind {
            ComponentKind::Sink(s) => Some((c, s)),
            _ => None,
        })
    }
}
