//! Windows of event time.

/// A window table function (Flink documentation, "Windowing table-valued functions"). All sizes in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WindowSpec {
    /// Windows side by side.
    Tumble {
        /// Length of a window.
        size: i64,
        /// Shift of all windows.
        offset: i64,
    },
    /// Windows that overlap.
    Hop {
        /// Length of a window; a multiple of `slide`.
        size: i64,
        /// Distance between starts.
        slide: i64,
        /// Shift of all windows.
        offset: i64,
    },
    /// Windows that grow by `step` up to `max`.
    Cumulate {
        /// Greatest length; a multiple of `step`.
        max: i64,
        /// Growth.
        step: i64,
        /// Shift of all windows.
        offset: i64,
    },
    /// A window ends when nothing came for `gap`.
    Session {
        /// The gap.
        gap: i64,
        /// Columns of the input: sessions are kept apart by their values.
        partition: Vec<usize>,
    },
}

impl WindowSpec {
    /// `tumble`, `hop`, `cumulate` or `session`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tumble { .. } => "tumble",
            Self::Hop { .. } => "hop",
            Self::Cumulate { .. } => "cumulate",
            Self::Session { .. } => "session",
        }
    }

    /// How long after its first row a window can still be open: bounds the state (sessions: unknown, the gap).
    pub fn span_millis(&self) -> i64 {
        match self {
            Self::Tumble { size, .. } | Self::Hop { size, .. } => *size,
            Self::Cumulate { max, .. } => *max,
            Self::Session { gap, .. } => *gap,
        }
    }
}

/// Which columns of a relation are the window of its rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowColumns {
    /// The window function they come from. (`partition` of a session is an index into that function's input.)
    pub spec: WindowSpec,
    /// Index of `window_start`, if the column is still there.
    pub start: Option<usize>,
    /// Index of `window_end`.
    pub end: Option<usize>,
    /// Index of `window_time`.
    pub time: Option<usize>,
    /// Whether the windows are over instants (`TIMESTAMP_LTZ`).
    pub instant: bool,
    /// Whether rows of the windows are updated or deleted: those that the function read are.
    pub changing: bool,
    /// `window_start` and `window_end` of the other side, behind a join of rows of the same window.
    pub twin: (Option<usize>, Option<usize>),
}
