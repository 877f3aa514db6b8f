//! What is known of a `DataFrame` in the job.

/// A `DataFrame`: where the plan's columns are, and what Spark has done to get them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    /// Name of each column of the relation; unique.
    pub names: Vec<String>,
    /// The column that holds the window of each row as a struct, if there is one. It carries the watermark, which
    /// `window_start` and `window_end` do not.
    pub window: Option<String>,
    /// Columns that Spark knows as event time.
    pub events: Vec<usize>,
    /// Where the keys of a session window are that is not grouped yet; `None` for one that was dropped. Until then its
    /// columns are not those of the session.
    pub session: Option<Vec<Option<usize>>>,
    /// What was done to get the rows.
    pub past: Past,
}

/// What the rows went through, as far as Spark allows only some things after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// Rows are replaced by later ones: the query runs in update mode.
    pub updating: bool,
    /// Groups were closed by the watermark.
    pub grouped: bool,
    /// An outer join.
    pub outer: bool,
    /// A limit.
    pub limited: bool,
    /// A watermark was declared.
    pub watermark: bool,
    /// Some source ends by itself.
    pub bounded: bool,
    /// Some source never ends.
    pub unbounded: bool,
}

impl Past {
    /// Both together.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            updating: self.updating || other.updating,
            grouped: self.grouped || other.grouped,
            outer: self.outer || other.outer,
            limited: self.limited || other.limited,
            watermark: self.watermark || other.watermark,
            bounded: self.bounded || other.bounded,
            unbounded: self.unbounded || other.unbounded,
        }
    }

    /// Whether rows wait for a watermark before they are emitted.
    pub(crate) fn waits(self) -> bool {
        self.grouped || self.outer
    }
}

/// A name like `wanted` that none of `taken` is.
pub(crate) fn fresh<'a>(wanted: &str, taken: impl Iterator<Item = &'a String> + Clone) -> String {
    let mut name = wanted.to_owned();
    let mut n = 2;
    while taken.clone().any(|t| *t == name) {
        name = format!("{wanted}_{n}");
        n += 1;
    }
    name
}
