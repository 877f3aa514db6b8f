//! What Structured Streaming does with each construct: natively, rewritten, or not at all.
//!
//! The table in `docs/spark.md` is made of this one, and every refusal takes its words from here.

use streamc_diagnostics::codes::engines;
use streamc_diagnostics::{Diagnostic, Span};

/// How a construct gets onto Spark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Spark has it.
    Native,
    /// Expressed by something else with the same result.
    Rewritten,
    /// It cannot be done, or not exactly.
    Refused,
}

/// A construct.
#[derive(Debug)]
pub(crate) struct Construct {
    /// What it is, as the subject of a sentence.
    pub name: &'static str,
    /// How it gets onto Spark.
    pub how: How,
    /// What it becomes, or why it is refused.
    pub note: &'static str,
}

macro_rules! constructs {
    ($($id:ident = $how:ident $name:literal, $note:literal;)*) => {
        $(pub(crate) const $id: Construct = Construct { name: $name, how: How::$how, note: $note };)*
        /// Every construct, in the order of the reference.
        pub(crate) const TABLE: &[&Construct] = &[$(&$id),*];
    };
}

constructs! {
    PROJECTION = Native "`select`, `derive`, `map`, `drop`, `rename`, `cast`", "`select`";
    VALUES = Refused "rows that are written in the program (`VALUES`, `SELECT` without `FROM`)", "not built yet: a streaming query reads at least one stream; write short lists as `IN (1, 2, 3)`";
    FILTER = Native "`filter`", "`where`; the optimizer is kept from moving it below the watermark, so that a row that is filtered out still moves event time, as on Flink";
    FILTER_UPDATES = Refused "a filter over rows that are updated", "a row that no longer passes the filter would have to be taken back, and Spark's update mode has no deletions";
    UNNEST = Native "`explode`", "`explode` or `inline`, with `_outer` for a left join";
    UNNEST_UPDATES = Refused "`explode` over rows that are updated", "elements that are gone would have to be taken back, and Spark's update mode has no deletions";
    UNNEST_ORDINALITY = Rewritten "`UNNEST … WITH ORDINALITY`", "`posexplode`, which counts from 0, and 1 more";
    UNNEST_MAP_ORDINALITY = Refused "`UNNEST … WITH ORDINALITY` of a map", "entries have another order on Spark than on Flink";
    UNION = Native "`union`", "`union`";
    UNION_UPDATES = Refused "a union of rows that are updated", "rows of several inputs may replace one another under the same key";
    UNION_GROUPS = Refused "a union of several closed groups", "measured on 4.3: of two equal aggregations Spark gives the rows once; put the rows together before they are grouped, or write each result to a sink of its own";
    LIMIT = Native "`limit`", "`limit`, in append mode";
    SORT = Refused "`ORDER BY` without `LIMIT`", "Structured Streaming sorts only complete results of aggregations";
    OFFSET = Refused "`OFFSET`", "Spark streams leave out no first rows";
    LIMIT_UPDATES = Refused "a limit together with rows that are updated", "Spark has limits in append mode only";
    REPARTITION = Native "`repartition`", "`repartition`";
    WATERMARK = Native "`watermark`", "`withWatermark`";
    SECOND_WATERMARK = Refused "a second watermark", "Spark allows one watermark between a source and a sink; declare it once, at the source or in the stream";
    WINDOW = Native "`window tumble` and `window hop`", "`window`, kept as a struct beside `window_start` and `window_end` because it carries the watermark";
    WINDOW_UPDATES = Refused "a window over rows that are updated", "a row that moves to another window would have to be taken back from the first, and Spark's update mode has no deletions";
    SESSION = Native "`window session`", "`session_window`";
    SESSION_KEYS = Refused "a session window that is not grouped by exactly its own keys", "Spark makes sessions while it groups, so a session has the keys of the group";
    SESSION_GLOBAL = Refused "a session window without keys", "Spark groups sessions by at least one column besides the window; derive a constant from a column and give it to the session and the group as their key";
    CUMULATE = Rewritten "`window cumulate`", "each row is put into every window it lies in";
    PROCTIME_WINDOW = Refused "a window on processing time", "without a watermark Spark cannot tell when the window is complete";
    LOST_TIME = Refused "event time behind an aggregation, or of the right side of a join",
        "Spark keeps the watermark with the window of a group and with the left time of a join; a further window over that time is possible, other uses of event time are not";
    WINDOW_AGGREGATE = Native "`group by` over windows", "`groupBy` in append mode: one row a group when the watermark passes the end of the window; without aggregates `dropDuplicates`, whose rows come at once";
    AGGREGATE = Native "`group by` without window", "`groupBy` in update mode: the changed groups after each batch";
    AGGREGATE_UPDATES = Refused "an aggregation over rows that are updated", "Spark's aggregations cannot take a row back";
    CHAINED_AGGREGATE = Refused "an aggregation without window over closed windows, outer joins or limits", "Spark runs several stateful steps in a row in append mode only, and this one needs update mode; group by a window too, or write the first result to a topic and read it in another application";
    AGGREGATE_DISTINCT = Rewritten "`COUNT(DISTINCT x)`, `SUM(DISTINCT x)`", "over `collect_set(x)`, which is exact";
    AGGREGATE_FILTER = Rewritten "`FILTER (WHERE …)`", "`CASE` within the aggregate's argument";
    DISTINCT = Native "`distinct`", "`dropDuplicates`; over windows with their struct, over sessions a `groupBy`";
    DISTINCT_UPDATES = Refused "`distinct` over rows that are updated", "Spark cannot take a row back";
    WINDOW_TOP = Rewritten "`top` over windows", "the rows of a window as one sorted list, cut and taken apart again";
    TOP_NUMBERED = Rewritten "`top n` with the row number", "the sorted list of each key in update mode; rows are keyed by the number";
    TOP_ONE = Rewritten "`top 1`", "`max_by` or `min_by` in update mode";
    TOP_PLAIN = Refused "`top n` without the row number", "rows that fall out of the first n would have to be taken back, and Spark's update mode has no deletions; keep the row number and make it part of the sink's key";
    TOP_UPDATES = Refused "`top` or `dedupe` over rows that are updated", "Spark cannot take a row back";
    DEDUPE_LAST = Rewritten "`dedupe … keep last` by event time", "`max_by` in update mode; of several rows with the same time any one";
    DEDUPE_FIRST_ARRIVAL = Native "`dedupe … keep first` by processing time", "`dropDuplicates`";
    DEDUPE_FIRST = Refused "`dedupe … keep first` by event time", "`dropDuplicates` keeps the row that arrives first, not the one with the earliest time";
    DEDUPE_LAST_ARRIVAL = Refused "`dedupe … keep last` by processing time", "rows of a batch have no order of arrival";
    INTERVAL_JOIN = Native "a join with a bound in time, also left, right and full", "a stream-stream join with watermarks on both sides";
    REGULAR_JOIN = Native "an inner join without a bound in time", "a stream-stream join whose state is never cleared";
    REGULAR_OUTER_JOIN = Refused "an outer join without a bound in time", "Spark emits the rows without a partner when the watermark says that none can come; bound the distance of the event times";
    SEMI_JOIN = Refused "`IN (SELECT …)`, `EXISTS (SELECT …)` or `INTERSECT`", "Spark's stream-stream semi join wants a bound in time, which these do not have";
    WINDOW_SEMI_JOIN = Refused "`IN (SELECT …)` or `EXISTS (SELECT …)` within the same window", "Spark's optimizer moves such a join below the step that leaves one event time, and the query fails; join the windows, and keep each row once";
    ANTI_JOIN = Refused "`NOT IN (SELECT …)`, `NOT EXISTS (SELECT …)` or `EXCEPT`", "Spark has no anti join of two streams";
    CHANGES = Refused "`TO_CHANGELOG` and `FROM_CHANGELOG`", "Structured Streaming has no changes of single rows: it gives the changed rows of a batch, and takes none back";
    REPLICATE = Refused "`INTERSECT ALL`, `EXCEPT ALL` or the same grouping set twice", "a row comes as often as it is counted, and Spark's update mode cannot take rows back";
    GROUPING_SETS = Rewritten "`GROUPING SETS`, `ROLLUP`, `CUBE`", "each row once for each set, without the keys that the set leaves out";
    STATE_TTL = Refused "the hint `STATE_TTL`", "Spark's aggregations and joins forget nothing by the clock";
    OVER = Refused "aggregates `OVER` the rows before each row", "Structured Streaming has no such windows";
    MATCH_RECOGNIZE = Refused "`MATCH_RECOGNIZE`", "Spark SQL has no patterns of rows";
    WINDOW_JOIN = Rewritten "a join of rows of the same window", "`join` by the struct of the window: pairs come at once, rows without a partner when the watermark has passed the window";
    TEMPORAL_JOIN = Refused "`FOR SYSTEM_TIME AS OF`", "Spark does not keep the versions of a row";
    LOOKUP_JOIN = Refused "a join with a table that is looked up", "Spark reads a table of a database once for each batch, not for each row";
    JOIN_UPDATES = Refused "a join with rows that are updated", "Spark's stream-stream join takes rows that are only added";
    JOIN_GROUPS = Refused "a join with the result of an aggregation", "such joins start and can lose rows without an error (a window's counts joined with their maximum give none); group both in one step, or write the aggregate to a topic and read it in another application";
    JOIN_OUTER = Refused "a join with the result of an outer join or a limit", "rows without a partner come when the watermark has passed them, and the next join would drop them as late";
    JOIN_UNEQUAL = Refused "a join without a column of each side that must be equal", "Spark distributes the rows of a stream-stream join by such a pair";
    JOIN_MONTHS = Refused "a join in time with a distance of months", "Spark keeps rows for a fixed time: write days";
    KAFKA_SINK = Native "sink `kafka`", "append mode, at least once";
    UPSERT_SINK = Native "sink `upsert_kafka`", "update mode, at least once: the last record of a key is its row";
    FILE_SINK = Native "sink `file`", "append mode; exactly once for readers that honour `_spark_metadata`";
    UPDATES_WITHOUT_KEY = Refused "a sink of updated rows without the columns that identify them", "Spark's update mode gives new rows and takes none back, so that no reader can tell which row is replaced; give the sink the columns that are grouped by";
    PRINT_SINK = Native "sink `print`", "`foreachBatch`, a line a row";
}

impl Construct {
    /// The refusal of this construct at `span`.
    pub(crate) fn refuse(&self, span: impl Into<Option<Span>>) -> Diagnostic {
        let name = self.name;
        let mut message = format!("{name} cannot run on Spark");
        if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
            message.replace_range(..1, &first);
        }
        Diagnostic::new(engines::NOT_ON_SPARK, span, message).help(self.note)
    }
}

/// Every construct: its name, how it gets onto Spark (`native`, `rewritten` or `refused`), and what it becomes or why it is
/// refused.
pub fn constructs() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE.iter().map(|construct| {
        let how = match construct.how {
            How::Native => "native",
            How::Rewritten => "rewritten",
            How::Refused => "refused",
        };
        (construct.name, how, construct.note)
    })
}

/// The table of constructs in Markdown, as it stands in `docs/spark.md`.
pub fn table() -> String {
    let mut out = String::from("| construct | on Spark | how, or why not |\n|---|---|---|\n");
    for construct in TABLE {
        let how = match construct.how {
            How::Native => "native",
            How::Rewritten => "rewritten",
            How::Refused => "**refused**",
        };
        out.push_str(&format!("| {} | {how} | {} |\n", construct.name, construct.note));
    }
    for connector in streamc_connectors::table() {
        for role in [streamc_connectors::Role::Source, streamc_connectors::Role::Sink] {
            if let Some(support) = connector.support(role)
                && let streamc_connectors::Support::No(reason) = support.spark
            {
                out.push_str(&format!(
                    "| {} `{}` | **refused** | {reason} |\n",
                    role.as_str(),
                    connector.name
                ));
            }
        }
    }
    out
}
