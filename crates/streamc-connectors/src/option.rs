//! What the table says of a connector and of an option.

/// Whether a component reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Role {
    Source,
    Sink,
}

impl Role {
    /// `source` or `sink`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Sink => "sink",
        }
    }
}

/// What an option's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// A text; `env()` and `secret()` may stand for it.
    Text,
    /// A path; relative to the file that declares it.
    Path,
    /// A whole number, at least the given one.
    Integer(i64),
    /// `true` or `false`.
    Boolean,
    /// A duration: `5s`.
    Duration,
    /// A size: `4gb`.
    Size,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A column, or a list of columns: `key: card_id`, `key: [a, b]`.
    Columns,
    /// A schema block, or `sample("file")`.
    Schema,
    /// An expression over the columns, parsed elsewhere.
    Expression,
}

/// When an option must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Required {
    Always,
    AsSource,
    AsSink,
    Never,
}

/// An option.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name in a `.stream` file.
    pub name: &'static str,
    /// What its value is.
    pub kind: OptionKind,
    /// When it must be given.
    pub required: Required,
    /// Whether it makes sense for one role only.
    pub only: Option<Role>,
    /// The default, as it would be written.
    pub default: Option<&'static str>,
    /// What it does.
    pub doc: &'static str,
    /// The key of Flink's connector, where the value goes over as it is.
    pub flink: Option<&'static str>,
    /// The key of Spark's data source, where the value goes over as it is.
    pub spark: Option<&'static str>,
}

/// Whether an engine can use a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot; why.
    No(&'static str),
}

/// Which engines can use a connector in a role.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct EngineSupport {
    pub flink: Support,
    pub spark: Support,
    pub local: Support,
}

/// A connector.
#[derive(Debug)]
pub struct Connector {
    /// The word in a `.stream` file.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// As a source; `None` if it cannot be one.
    pub source: Option<EngineSupport>,
    /// As a sink; `None` if it cannot be one.
    pub sink: Option<EngineSupport>,
    /// Whether its sink takes `+U` and `-D` rows.
    pub takes_updates: bool,
    /// Whether its source can be asked for rows while a job runs: `JOIN t FOR SYSTEM_TIME AS OF processing time`.
    pub looked_up: bool,
    /// Its options.
    pub options: &'static [OptionSpec],
}

impl Connector {
    /// The support in a role.
    pub fn support(&self, role: Role) -> Option<EngineSupport> {
        match role {
            Role::Source => self.source,
            Role::Sink => self.sink,
        }
    }

    /// The option of that name.
    pub fn option(&self, name: &str) -> Option<&'static OptionSpec> {
        self.options.iter().find(|o| o.name == name)
    }

    /// The options that make sense in that role.
    pub fn options_for(&self, role: Role) -> impl Iterator<Item = &'static OptionSpec> {
        self.options.iter().filter(move |o| o.only.is_none_or(|only| only == role))
    }
}

impl OptionSpec {
    /// An optional option for both roles.
    pub const fn new(name: &'static str, kind: OptionKind, doc: &'static str) -> Self {
        Self {
            name,
            kind,
            required: Required::Never,
            only: None,
            default: None,
            doc,
            flink: None,
            spark: None,
        }
    }

    /// The same, required.
    pub const fn required(mut self, required: Required) -> Self {
        self.required = required;
        self
    }

    /// The same, for one role.
    pub const fn only(mut self, role: Role) -> Self {
        self.only = Some(role);
        self
    }

    /// The same, with a default.
    pub const fn default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// The same, under that key on Flink.
    pub const fn flink(mut self, key: &'static str) -> Self {
        self.flink = Some(key);
        self
    }

    /// The same, under that key on Spark.
    pub const fn spark(mut self, key: &'static str) -> Self {
        self.spark = Some(key);
        self
    }
}
