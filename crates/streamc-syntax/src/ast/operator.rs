//! Pipes and their operators.

use super::{DurLit, ExprText, Name, NumLit, TypeText};
use streamc_diagnostics::Span;

/// `swipes | filter … | derive …`
#[derive(Clone, Debug, PartialEq)]
pub struct Pipe {
    /// The component that the rows come from.
    pub head: Name,
    /// The operators, in order.
    pub ops: Vec<Op>,
}

/// One operator of a pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// What it does.
    pub kind: OpKind,
    /// Its word or words: `filter`, `group by`, `left join`.
    pub word: Name,
    /// Words and arguments, without the `|`.
    pub span: Span,
}

/// The operators, each with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum OpKind {
    /// `filter e`
    Filter(ExprText),
    /// `derive a = e, …`
    Derive(Vec<Assign>),
    /// `map a = e, …`
    Map(Vec<Assign>),
    /// `select a, t.b, e AS c`: the whole list.
    Select(ExprText),
    /// `drop a, b`
    Drop(Vec<Name>),
    /// `rename a AS b, …`: old and new name.
    Rename(Vec<(Name, Name)>),
    /// `cast a AS T, …` or `try_cast a AS T, …`
    Cast {
        /// Column and type.
        items: Vec<(Name, TypeText)>,
        /// Whether a failing cast gives null.
        r#try: bool,
    },
    /// `limit n`
    Limit(NumLit),
    /// `window tumble(5min) on ts`
    Window(Window),
    /// `group by k { n: COUNT(*), … }`
    GroupBy {
        /// The keys; none means one group.
        keys: Vec<GroupKey>,
        /// The block.
        aggregates: Vec<Assign>,
    },
    /// `reduce by k { … }`
    ReduceBy {
        /// The keys.
        keys: Vec<GroupKey>,
        /// The block.
        aggregates: Vec<Assign>,
    },
    /// `distinct`
    Distinct,
    /// `dedupe on k [keep first|last by ts]`
    Dedupe {
        /// The columns that must be unique.
        keys: Vec<Name>,
        /// Which row stays.
        keep: Option<Keep>,
    },
    /// `top 3 by amount asc|desc [per k]`
    Top {
        /// How many rows stay.
        n: NumLit,
        /// What they are ordered by.
        by: ExprText,
        /// Whether the greatest come first.
        descending: bool,
        /// One ranking for each value of these.
        per: Vec<Name>,
    },
    /// `join s on e`
    Join(Join),
    /// `union s, t`
    Union(Vec<Name>),
    /// `explode a AS x`
    Explode {
        /// The array or map.
        value: ExprText,
        /// The column that each element becomes.
        alias: Name,
    },
    /// `assert e [else drop | fail | into dead]`
    Assert {
        /// What must hold.
        condition: ExprText,
        /// What happens to a row for which it doesn't.
        otherwise: Option<Otherwise>,
    },
    /// `split { big: amount > 1000, small: otherwise }`: branch and condition, `None` for `otherwise`.
    Split(Vec<(Name, Option<ExprText>)>),
    /// `watermark ts - 5s`
    Watermark {
        /// The event-time column.
        column: Name,
        /// How late a row may be.
        delay: Option<DurLit>,
    },
    /// `repartition n`
    Repartition(NumLit),
    /// `key by k, …`
    KeyBy(Vec<Name>),
    /// A word that names no operator. The parser is content; whoever knows all operators says what is wrong.
    Unknown {
        /// All that follows the word.
        args_span: Span,
    },
    /// Something that doesn't even start with a word.
    Error,
}

/// `name = expression`, or `name: expression` in a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    /// The `///` lines above it, joined.
    pub docs: Option<String>,
    /// The column.
    pub name: Name,
    /// Its value.
    pub value: ExprText,
}

/// A key of `group by`: an expression, maybe with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupKey {
    /// The expression.
    pub value: ExprText,
    /// The name behind `AS`.
    pub alias: Option<Name>,
}

/// `window tumble(5min) on ts [by k]`
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Its shape.
    pub kind: WindowKind,
    /// The event-time column.
    pub on: Name,
    /// The keys of a session.
    pub by: Vec<Name>,
}

/// The shape of a window.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowKind {
    /// `tumble(size)`: one after the other.
    Tumble {
        /// Length of a window.
        size: DurLit,
    },
    /// `hop(size, slide)`: overlapping.
    Hop {
        /// Length of a window.
        size: DurLit,
        /// From one window's start to the next one's.
        slide: DurLit,
    },
    /// `cumulate(max, step)`: growing by `step` up to `max`.
    Cumulate {
        /// Length of the longest window.
        max: DurLit,
        /// How much each is longer than the one before.
        step: DurLit,
    },
    /// `session(gap)`: as long as rows keep coming.
    Session {
        /// The silence that ends a session.
        gap: DurLit,
    },
    /// No known shape; the parser has said so.
    Error,
}

/// `keep first by ts` or `keep last by ts`
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// Whether the last row stays, not the first.
    pub last: bool,
    /// The column that orders them.
    pub by: Name,
}

/// What `assert` does with a row that fails.
#[derive(Clone, Debug, PartialEq)]
pub enum Otherwise {
    /// Leaves it out.
    Drop,
    /// Stops the job.
    Fail,
    /// Sends it to a stream of that name.
    Into(Name),
}

/// `[left|right|full] join s [AS a] on e [within a..b]`, `join s as of ts on e`, `lookup join s on e`
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which rows stay without a partner.
    pub side: JoinSide,
    /// The other component.
    pub right: Name,
    /// The name that it goes by in expressions.
    pub alias: Option<Name>,
    /// The condition.
    pub on: Option<ExprText>,
    /// How far the two event times may lie apart: `within -5min..5min`.
    pub within: Option<(ExprText, ExprText)>,
    /// The column that says as of when, for a temporal join.
    pub as_of: Option<Name>,
    /// Whether the other side is asked for each row.
    pub lookup: bool,
}

/// Which rows of a join stay without a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinSide {
    /// None.
    Inner,
    /// Those of the pipe.
    Left,
    /// Those of the other component.
    Right,
    /// All.
    Full,
}
