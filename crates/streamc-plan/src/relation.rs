//! Relations: the nodes of a stream's tree.

use crate::expr::{AggregateCall, Expr};
use crate::pattern::RowPattern;
use crate::properties::Properties;
use crate::window::WindowSpec;
use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_types::RowKind;

/// The step of the program that a relation came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The operator's word (`filter`, `group by`) or the SQL clause (`WHERE`, `GROUP BY`).
    pub step: SmolStr,
    /// Where it is written.
    pub span: Option<Span>,
}

impl Origin {
    /// The step `step` at `span`.
    pub fn new(step: impl Into<SmolStr>, span: impl Into<Option<Span>>) -> Self {
        Self { step: step.into(), span: span.into() }
    }
}

/// A relation with what is known of its rows. Made by the constructors in [`crate::relations`] only, which derive the
/// properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Stable id, `component/kind-ordinal`; empty until [`crate::assign_ids`].
    pub id: SmolStr,
    /// What it does.
    pub kind: RelationKind,
    /// What is known of its rows.
    pub props: Properties,
    /// The step it came from.
    pub origin: Origin,
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "SQL's join types")]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    /// Left rows that meet at least one right row; only the left columns come out.
    Semi,
    /// Left rows that meet no right row; only the left columns come out.
    Anti,
}

impl JoinKind {
    /// Whether the columns of the right rows come out.
    pub fn has_right_columns(self) -> bool {
        !matches!(self, Self::Semi | Self::Anti)
    }
}

/// How a join is executed; decided once, when the plan is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinStrategy {
    /// Every row of either side is kept for ever (or for the TTL).
    Regular,
    /// `left_time + lower <= right_time <= left_time + upper`, both event time: state is bounded by the watermark.
    Interval {
        /// Index of the left event-time column in the left row.
        left_time: usize,
        /// Index of the right event-time column in the right row.
        right_time: usize,
        /// Milliseconds, inclusive; may be negative.
        lower: i64,
        /// Milliseconds, inclusive.
        upper: i64,
    },
    /// Rows of the same window, joined when it closes: both window bounds must be equal.
    Window {
        /// Index of the window's end in the left row.
        left_end: usize,
        /// Index of the window's end in the right row.
        right_end: usize,
    },
    /// Each left row with the version that the right row of its key had at its event time.
    Temporal {
        /// Index of the left event-time column in the left row.
        left_time: usize,
        /// Index of the right event-time column in the right row.
        right_time: usize,
    },
    /// Each left row with the rows that a table of another system has for it at the moment at which it comes by.
    Lookup {
        /// Index of the processing-time column in the left row.
        left_time: usize,
    },
}

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The column.
    pub column: usize,
    /// Which way.
    pub direction: Direction,
}

impl SortKey {
    /// In Flink's order: `NULL` is less than all values.
    pub fn new(column: usize, descending: bool) -> Self {
        Self { column, direction: Direction::new(descending) }
    }
}

/// The way in which values are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direction {
    /// `DESC`.
    pub descending: bool,
    /// Whether `NULL` comes behind all values.
    pub nulls_last: bool,
}

impl Direction {
    /// In Flink's order: `NULL` is less than all values.
    pub fn new(descending: bool) -> Self {
        Self { descending, nulls_last: descending }
    }

    /// ` NULLS FIRST` or ` NULLS LAST`, where that is not so by itself.
    pub fn nulls(self) -> &'static str {
        match (self.descending, self.nulls_last) {
            (false, true) => " NULLS LAST",
            (true, false) => " NULLS FIRST",
            _ => "",
        }
    }
}

/// How changes become rows, or rows changes (Flink documentation, "Changelog Conversion").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeForm {
    /// Each change is a row that is only added, with its code before the input's columns. Kinds without a code are left out.
    Written(Vec<(RowKind, SmolStr)>),
    /// Each row is the change that the code in this column names; the column is left out. Another code fails the job, and
    /// so does `NULL`.
    Read(usize, Vec<(SmolStr, RowKind)>),
}

impl ChangeForm {
    /// The input's column that the column is; `None` for the code.
    pub fn read_from(&self, column: usize) -> Option<usize> {
        match self {
            Self::Written(_) => column.checked_sub(1),
            Self::Read(code, _) => Some(if column < *code { column } else { column + 1 }),
        }
    }
}

/// Which of the `ROW_NUMBER()` forms a rank is (Flink documentation, "Top-N" and "Deduplication").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RankKind {
    /// The first rows of each partition in any order.
    TopN,
    /// The first row of each partition by a time attribute: never changes.
    FirstRow,
    /// The last row of each partition by a time attribute.
    LastRow,
}

/// Which rows of its partition the aggregates of a row cover; the row itself is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OverFrame {
    /// So many rows before it; `None` for all.
    Rows(Option<u64>),
    /// Those of so many milliseconds before it, and all of its own time; `None` for all before.
    Range(Option<i64>),
}

impl OverFrame {
    /// Whether rows leave it again.
    pub fn is_bounded(self) -> bool {
        matches!(self, Self::Rows(Some(_)) | Self::Range(Some(_)))
    }
}

/// What a relation does.
#[derive(Clone, Debug, PartialEq)]
pub enum RelationKind {
    /// The rows of another component.
    Scan {
        /// Its name.
        component: SmolStr,
    },
    /// Rows that are written in the program.
    Values {
        /// For each row one expression a column; none of them reads a column. One row of no columns stands for a missing
        /// `FROM`.
        rows: Vec<Vec<Expr>>,
    },
    /// Computes each output column.
    Project {
        /// The rows it reads.
        input: Box<Relation>,
        /// One expression a column of the output.
        expressions: Vec<Expr>,
    },
    /// Keeps the rows for which the predicate is true.
    Filter {
        /// The rows it reads.
        input: Box<Relation>,
        /// `BOOLEAN`.
        predicate: Expr,
    },
    /// Adds `window_start`, `window_end`, `window_time`; a row appears once for each window it lies in.
    Window {
        /// The rows it reads.
        input: Box<Relation>,
        /// The window function.
        spec: WindowSpec,
        /// Index of the event-time column.
        time: usize,
    },
    /// Groups rows. Output: the keys, then the aggregates.
    Aggregate {
        /// The rows it reads.
        input: Box<Relation>,
        /// Columns of the input.
        keys: Vec<usize>,
        /// The aggregates.
        aggregates: Vec<AggregateCall>,
        /// Whether it emits one final row a group when the window closes: both `window_start` and `window_end` are keys
        /// (or implied by them).
        windowed: bool,
    },
    /// Joins two relations. Output: left columns, then right columns unless the kind leaves them out.
    Join {
        /// Left rows.
        left: Box<Relation>,
        /// Right rows.
        right: Box<Relation>,
        /// Which rows are kept.
        kind: JoinKind,
        /// How it is executed.
        strategy: JoinStrategy,
        /// Pairs of (left column, right column) that must be equal; part of the condition.
        equal: Vec<(usize, usize)>,
        /// The whole condition over left ++ right.
        condition: Expr,
    },
    /// The first `limit` rows of each partition.
    Rank {
        /// The rows it reads.
        input: Box<Relation>,
        /// Columns that partition.
        partition: Vec<usize>,
        /// The order within a partition.
        order: Vec<SortKey>,
        /// How many rows.
        limit: u64,
        /// Top-N or deduplication.
        kind: RankKind,
        /// Whether the output has the row number as a last column, and its name.
        row_number: Option<SmolStr>,
        /// Whether it emits final rows when the window closes: `window_start` and `window_end` are partition columns.
        windowed: bool,
    },
    /// Each row once.
    Distinct {
        /// The rows it reads.
        input: Box<Relation>,
        /// Whether it emits final rows when the window closes.
        windowed: bool,
    },
    /// The rows of all inputs, by position.
    Union {
        /// Two or more relations of the same types.
        inputs: Vec<Relation>,
    },
    /// The first `count` rows behind the first `offset`.
    Limit {
        /// The rows it reads.
        input: Box<Relation>,
        /// How many are left out.
        offset: u64,
        /// How many.
        count: u64,
    },
    /// The rows in the order of a time attribute.
    Sort {
        /// The rows it reads.
        input: Box<Relation>,
        /// The order; the first column is a time attribute, ascending.
        keys: Vec<SortKey>,
    },
    /// One row for each element of an array (or map, or multiset). Output: the input's columns, then the element's.
    Unnest {
        /// The rows it reads.
        input: Box<Relation>,
        /// The collection.
        collection: Expr,
        /// `LEFT JOIN UNNEST`: a row with an empty collection is kept with nulls.
        outer: bool,
        /// `WITH ORDINALITY`: the last column is the number of the element, from 1.
        ordinality: bool,
    },
    /// Aggregates over the rows before each row. Output: the input's columns, then the calls'.
    Over {
        /// The rows it reads.
        input: Box<Relation>,
        /// Columns that partition.
        partition: Vec<usize>,
        /// The column that orders, ascending: a time attribute, or any other for a frame without a bound.
        order: SortKey,
        /// Which rows a call covers.
        frame: OverFrame,
        /// The aggregates.
        calls: Vec<AggregateCall>,
    },
    /// Changes as rows, or rows as changes: `TO_CHANGELOG`, `FROM_CHANGELOG`.
    Changes {
        /// The rows it reads.
        input: Box<Relation>,
        /// Which of them.
        form: ChangeForm,
    },
    /// Each row once for each grouping set. Output: the input's columns, then the number of the set.
    Expand {
        /// The rows it reads.
        input: Box<Relation>,
        /// Columns that a set may leave out.
        keys: Vec<usize>,
        /// For each set the positions in `keys` that it has.
        sets: Vec<Vec<usize>>,
    },
    /// Each row as often as its last column says. Output: the input's columns but the last.
    Replicate {
        /// The rows it reads.
        input: Box<Relation>,
    },
    /// One row for each match of a pattern of rows. Output: the columns that partition, then the measures.
    Recognize {
        /// The rows it reads.
        input: Box<Relation>,
        /// The pattern.
        pattern: Box<RowPattern>,
    },
    /// Declares event time.
    Watermark {
        /// The rows it reads.
        input: Box<Relation>,
        /// The event-time column.
        column: usize,
        /// Delay in milliseconds.
        delay_millis: i64,
    },
    /// Distributes rows over `parallelism` tasks; no change of meaning.
    Repartition {
        /// The rows it reads.
        input: Box<Relation>,
        /// Number of tasks.
        parallelism: u32,
    },
}

impl Relation {
    /// Its inputs, left to right.
    pub fn inputs(&self) -> Vec<&Self> {
        match &self.kind {
            RelationKind::Scan { .. } | RelationKind::Values { .. } => Vec::new(),
            RelationKind::Project { input, .. }
            | RelationKind::Filter { input, .. }
            | RelationKind::Window { input, .. }
            | RelationKind::Aggregate { input, .. }
            | RelationKind::Rank { input, .. }
            | RelationKind::Distinct { input, .. }
            | RelationKind::Limit { input, .. }
            | RelationKind::Sort { input, .. }
            | RelationKind::Unnest { input, .. }
            | RelationKind::Over { input, .. }
            | RelationKind::Changes { input, .. }
            | RelationKind::Expand { input, .. }
            | RelationKind::Recognize { input, .. }
            | RelationKind::Replicate { input }
            | RelationKind::Watermark { input, .. }
            | RelationKind::Repartition { input, .. } => vec![input],
            RelationKind::Join { left, right, .. } => vec![left, right],
            RelationKind::Union { inputs } => inputs.iter().collect(),
        }
    }

    /// Its inputs, to be changed.
    pub fn inputs_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            RelationKind::Scan { .. } | RelationKind::Values { .. } => Vec::new(),
            RelationKind::Project { input, .. }
            | RelationKind::Filter { input, .. }
            | RelationKind::Window { input, .. }
            | RelationKind::Aggregate { input, .. }
            | RelationKind::Rank { input, .. }
            | RelationKind::Distinct { input, .. }
            | RelationKind::Limit { input, .. }
            | RelationKind::Sort { input, .. }
            | RelationKind::Unnest { input, .. }
            | RelationKind::Over { input, .. }
            | RelationKind::Changes { input, .. }
            | RelationKind::Expand { input, .. }
            | RelationKind::Recognize { input, .. }
            | RelationKind::Replicate { input }
            | RelationKind::Watermark { input, .. }
            | RelationKind::Repartition { input, .. } => vec![input],
            RelationKind::Join { left, right, .. } => vec![left, right],
            RelationKind::Union { inputs } => inputs.iter_mut().collect(),
        }
    }

    /// A short name of the kind: `filter`, `interval-join`, `window-aggregate`.
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            RelationKind::Scan { .. } => "scan",
            RelationKind::Values { .. } => "values",
            RelationKind::Project { .. } => "project",
            RelationKind::Filter { .. } => "filter",
            RelationKind::Window { .. } => "window",
            RelationKind::Aggregate { windowed: true, .. } => "window-aggregate",
            RelationKind::Aggregate { .. } => "aggregate",
            RelationKind::Join { strategy: JoinStrategy::Interval { .. }, .. } => "interval-join",
            RelationKind::Join { strategy: JoinStrategy::Window { .. }, .. } => "window-join",
            RelationKind::Join { strategy: JoinStrategy::Temporal { .. }, .. } => "temporal-join",
            RelationKind::Join { .. } => "join",
            RelationKind::Rank { kind: RankKind::TopN, .. } => "top-n",
            RelationKind::Rank { .. } => "deduplicate",
            RelationKind::Distinct { .. } => "distinct",
            RelationKind::Union { .. } => "union",
            RelationKind::Limit { .. } => "limit",
            RelationKind::Sort { .. } => "sort",
            RelationKind::Unnest { .. } => "unnest",
            RelationKind::Over { .. } => "over",
            RelationKind::Changes { form: ChangeForm::Written(_), .. } => "to-changelog",
            RelationKind::Changes { form: ChangeForm::Read(..), .. } => "from-changelog",
            RelationKind::Expand { .. } => "expand",
            RelationKind::Recognize { .. } => "match-recognize",
            RelationKind::Replicate { .. } => "replicate",
            RelationKind::Watermark { .. } => "watermark",
            RelationKind::Repartition { .. } => "repartition",
        }
    }

    /// Calls `f` with this relation and every one below it, inputs first.
    pub fn walk<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        for input in self.inputs() {
            input.walk(f);
        }
        f(self);
    }

    /// Names of the components it reads, in order, each once.
    pub fn scans(&self) -> Vec<SmolStr> {
        let mut out: Vec<SmolStr> = Vec::new();
        self.walk(&mut |r| {
            if let RelationKind::Scan { component } = &r.kind
                && !out.contains(component)
            {
                out.push(component.clone());
            }
        });
        out
    }
}
