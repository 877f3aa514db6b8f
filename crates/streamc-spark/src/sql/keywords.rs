//! Words that would not be read as a column's name in an expression.

/// In order. Spark reads most keywords as names where a name can stand; on 4.3 those that it does not are
/// `current_path`, `false`, `not`, `null`, `select`, `true` and `values`. The rest are quoted for the reader.
#[rustfmt::skip]
pub(super) const KEYWORDS: &[&str] = &[
    "all", "and", "any", "array", "as", "asc", "between", "both", "by", "case", "cast", "collate", "cross",
    "cube", "current_catalog", "current_database", "current_date", "current_path", "current_schema",
    "current_time", "current_timestamp", "current_user", "cursor", "date", "desc", "distinct", "div",
    "else", "end", "escape", "except", "exists", "extract", "false", "filter", "for", "from", "full",
    "group", "grouping", "having", "ilike", "in", "inf", "infinity", "inner", "intersect", "interval",
    "into", "is", "join", "lateral", "leading", "left", "like", "limit", "localtime", "map", "minus",
    "nan", "natural", "not", "null", "offset", "on", "or", "order", "outer", "over", "overlaps", "percent",
    "position", "qualify", "regexp", "right", "rlike", "rollup", "select", "semi", "session_user",
    "similar", "some", "struct", "substring", "table", "then", "time", "timestamp", "timestamp_ltz",
    "timestamp_ntz", "trailing", "transform", "trim", "true", "try_cast", "union", "unique", "unknown",
    "user", "using", "values", "when", "where", "window", "with", "within",
];
