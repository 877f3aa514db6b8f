//! The syntax tree. Every node carries the span of its text; where the text was broken there is an `Error`
//! node, an empty [`Name`] or an empty list, and a diagnostic that says so.
//!
//! Expressions, types and SQL are not parsed here: [`ExprText`], [`TypeText`] and [`TripleLit`] delimit them,
//! and other crates read what lies inside.

mod dump;
mod literal;
mod operator;

pub use dump::{dump, eq_ignoring_spans};
pub use literal::{DurLit, NumLit, SizeLit, StrLit, TripleLit};
pub use operator::{Assign, GroupKey, Join, JoinSide, Keep, Op, OpKind, Otherwise, Pipe, Window, WindowKind};

use smol_str::SmolStr;
use streamc_diagnostics::Span;

/// A whole file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The `//!` lines at its head.
    pub docs: Vec<DocLine>,
    /// Its declarations, in order, with an [`Item::Error`] for each stretch that is none.
    pub items: Vec<Item>,
}

/// One `//!` line.
#[derive(Clone, Debug, PartialEq)]
pub struct DocLine {
    /// The text behind `//!` and one blank.
    pub text: String,
    /// The whole comment.
    pub span: Span,
}

/// A name as it is meant: without back quotes. Empty where the file lacks one.
///
/// References may have several parts (`risky.big`, `accounts.owner`); their text keeps the dots.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: SmolStr,
    /// Its place, back quotes included; empty where the name is missing.
    pub span: Span,
}

impl Name {
    /// Whether the file lacks this name; the parser has said so.
    pub fn is_missing(&self) -> bool {
        self.text.is_empty()
    }
}

/// A declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `app name { … }`
    App(App),
    /// `use "file.stream"`
    Use(Use),
    /// `source name = connector { … }`
    Source(Source),
    /// `stream name = …`
    Stream(Stream),
    /// `sink name = connector { … } from name`
    Sink(Sink),
    /// `test "name" { … }`
    Test(Test),
    /// Text that is no declaration.
    Error(Span),
}

impl Item {
    /// Its whole text, without doc comments.
    pub fn span(&self) -> Span {
        match self {
            Self::App(item) => item.span,
            Self::Use(item) => item.span,
            Self::Source(item) => item.span,
            Self::Stream(item) => item.span,
            Self::Sink(item) => item.span,
            Self::Test(item) => item.span,
            Self::Error(span) => *span,
        }
    }

    /// The name that it declares, if it declares one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::App(item) => Some(&item.name),
            Self::Source(item) => Some(&item.name),
            Self::Stream(item) => Some(&item.name),
            Self::Sink(item) => Some(&item.name),
            Self::Use(_) | Self::Test(_) | Self::Error(_) => None,
        }
    }

    /// Its doc comment.
    pub fn docs(&self) -> Option<&str> {
        match self {
            Self::App(item) => item.docs.as_deref(),
            Self::Use(item) => item.docs.as_deref(),
            Self::Source(item) => item.docs.as_deref(),
            Self::Stream(item) => item.docs.as_deref(),
            Self::Sink(item) => item.docs.as_deref(),
            Self::Test(item) => item.docs.as_deref(),
            Self::Error(_) => None,
        }
    }
}

/// `app name { engine: flink, … }`
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its settings; empty and of no length where the braces were left out.
    pub block: Block,
    /// From the word `app` to the end.
    pub span: Span,
}

/// `use "shared/sources.stream"`
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// The other file's path, relative to this file.
    pub path: StrLit,
    /// From the word `use` to the end.
    pub span: Span,
}

/// `source name = kafka { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// Where the records come from.
    pub connector: Call,
    /// From the word `source` to the end.
    pub span: Span,
}

/// `sink name = kafka { … } from stream, …`
#[derive(Clone, Debug, PartialEq)]
pub struct Sink {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// Where the records go.
    pub connector: Call,
    /// What it writes; empty only after an error.
    pub from: Vec<Name>,
    /// From the word `sink` to the end.
    pub span: Span,
}

/// `stream name: { … } = …`
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// The stated type, a contract.
    pub ty: Option<SchemaBlock>,
    /// What computes it.
    pub body: StreamBody,
    /// From the word `stream` to the end.
    pub span: Span,
}

/// What computes a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamBody {
    /// `head | operator | …`
    Pipe(Pipe),
    /// `sql """…"""`
    Sql(SqlBlock),
    /// Neither.
    Error(Span),
}

/// `sql """…"""`, or `sql(flink) """…"""`, which pins the file to one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlBlock {
    /// The engine in parentheses.
    pub engine: Option<Name>,
    /// The query.
    pub text: TripleLit,
    /// From the word `sql` to the closing quotes.
    pub span: Span,
}

/// `test "name" { given s """…""" expect t """…""" }`
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// Its name, a sentence.
    pub name: StrLit,
    /// The rows that go in.
    pub givens: Vec<TestRows>,
    /// The rows that must come out.
    pub expects: Vec<TestRows>,
    /// From the word `test` to the end.
    pub span: Span,
}

/// `given swipes """jsonl … """`
#[derive(Clone, Debug, PartialEq)]
pub struct TestRows {
    /// The source that gets the rows, or the component that must give them.
    pub target: Name,
    /// The rows.
    pub rows: TripleLit,
    /// From the word `given` or `expect` to the closing quotes.
    pub span: Span,
}

/// `kafka { topic: "swipes" }`: a connector with its options.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The connector's name.
    pub name: Name,
    /// Its options; empty and of no length where the braces were left out.
    pub block: Block,
}

impl Call {
    /// The name and the options.
    pub fn span(&self) -> Span {
        self.name.span.cover(self.block.span)
    }
}

/// `{ key: value, … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// The braces and what they hold.
    pub span: Span,
}

impl Block {
    /// The field of that name.
    pub fn get(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key.text == key)
    }
}

/// `key: value`, or `key { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// A plain name, or a string without its quotes.
    pub key: Name,
    /// The value.
    pub value: Value,
    /// Key and value.
    pub span: Span,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `"swipes"` or `'swipes'`
    Str(StrLit),
    /// `10_000`, `-1`, `0.5`
    Number(NumLit),
    /// `5s`
    Duration(DurLit),
    /// `4gb`
    Size(SizeLit),
    /// `true` or `false`
    Bool(bool, Span),
    /// A single name: `json`, `exactly_once`.
    Word(Name),
    /// `env("NAME", "default")`, `secret("NAME")`, `sample("file")`
    Call {
        /// The function's name.
        name: Name,
        /// What stands between the parentheses.
        args: Vec<Value>,
        /// Name and parentheses.
        span: Span,
    },
    /// Anything else up to the next comma: `swiped_at - 5s`.
    Expr(ExprText),
    /// `{ key: value, … }`
    Block(Block),
    /// `{ id BIGINT NOT NULL, … }`, the value of a field called `schema`.
    Schema(SchemaBlock),
    /// `[a, b]`
    List(Vec<Value>, Span),
    /// The value is missing or malformed.
    Error(Span),
}

impl Value {
    /// Its text.
    pub fn span(&self) -> Span {
        match self {
            Self::Str(literal) => literal.span,
            Self::Number(literal) => literal.span,
            Self::Duration(literal) => literal.span,
            Self::Size(literal) => literal.span,
            Self::Word(name) => name.span,
            Self::Bool(_, span) | Self::Call { span, .. } | Self::List(_, span) | Self::Error(span) => *span,
            Self::Expr(text) => text.span,
            Self::Block(block) => block.span,
            Self::Schema(schema) => schema.span,
        }
    }
}

/// `{ id BIGINT NOT NULL, tags ARRAY<STRING> }`
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaBlock {
    /// The columns, in order.
    pub columns: Vec<SchemaColumn>,
    /// The braces and what they hold.
    pub span: Span,
}

/// A column of a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaColumn {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeText,
}

/// A run of tokens that is an SQL expression, or a select list. Never empty unless the parser has said so.
/// Comments may lie inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExprText {
    /// From the first token to the last.
    pub span: Span,
}

/// A run of tokens that is an SQL type: `ROW<a INT, b STRING> NOT NULL`. Empty only after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeText {
    /// From the first token to the last.
    pub span: Span,
}
