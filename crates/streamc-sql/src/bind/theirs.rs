//! Names of Flink 2.3's functions (`SHOW FUNCTIONS`, `FlinkSqlOperatorTable`): one that the catalogue lacks exists all the
//! same.

/// Whether Flink has a function of that name, in any case of letters.
pub(super) fn has(name: &str) -> bool {
    NAMES.binary_search(&name.to_ascii_uppercase().as_str()).is_ok()
}

/// Why a query of a stream cannot call one of them (the end of "`NAME` …"), and what to do instead. For most, Flink's planner
/// itself refuses the call.
pub(super) fn refusal(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "APPROX_COUNT_DISTINCT" => ("does not run over a stream on Flink", "write `COUNT(DISTINCT x)`"),
        "SOURCE_WATERMARK" => (
            "stands only in the declaration of a source",
            "declare `watermark` in the source; `CURRENT_WATERMARK(ts)` gives the watermark",
        ),
        "AUXILIARY_GROUP" | "PROCTIME_MATERIALIZE" | "SEARCH" | "SINGLE_VALUE" | "STREAMRECORD_TIMESTAMP" => {
            ("belongs to Flink's planner and is no function of queries", "write what it stands for")
        }
        "FLATTEN" => ("is a function of Flink's Table API only", "name the fields: `place.x, place.city`"),
        "IS_JSON" => ("is a function of Flink's Table API only", "write `x IS JSON`"),
        "ML_PREDICT" | "ML_EVALUATE" => (
            "needs a model, and models are declared in Flink's catalog with `CREATE MODEL`",
            "call the model behind a sink, or in a job of its own",
        ),
        "VECTOR_SEARCH" => (
            "needs a table that can search vectors, and Flink 2.3 comes with none",
            "search in a job of its own",
        ),
        "TO_CHANGELOG" | "FROM_CHANGELOG" => {
            ("gives a table", "write it in `FROM`: `SELECT * FROM TO_CHANGELOG(input => TABLE t)`")
        }
        _ => return None,
    })
}

/// Sorted.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "ABS", "ACOS", "APPROX_COUNT_DISTINCT", "ARRAY_AGG", "ARRAY_APPEND", "ARRAY_CONCAT", "ARRAY_CONTAINS",
    "ARRAY_DISTINCT", "ARRAY_EXCEPT", "ARRAY_INTERSECT", "ARRAY_JOIN", "ARRAY_MAX", "ARRAY_MIN", "ARRAY_POSITION",
    "ARRAY_PREPEND", "ARRAY_REMOVE", "ARRAY_REVERSE", "ARRAY_SLICE", "ARRAY_SORT", "ARRAY_UNION", "ASCII", "ASIN",
    "ATAN", "ATAN2", "AUXILIARY_GROUP", "AVG", "BIN", "BITMAP_AND", "BITMAP_ANDNOT", "BITMAP_AND_AGG",
    "BITMAP_AND_CARDINALITY_AGG", "BITMAP_BUILD", "BITMAP_BUILD_AGG", "BITMAP_BUILD_CARDINALITY_AGG",
    "BITMAP_CARDINALITY", "BITMAP_FROM_BYTES", "BITMAP_OR", "BITMAP_OR_AGG", "BITMAP_OR_CARDINALITY_AGG",
    "BITMAP_TO_ARRAY", "BITMAP_TO_BYTES", "BITMAP_TO_STRING", "BITMAP_XOR", "BITMAP_XOR_AGG",
    "BITMAP_XOR_CARDINALITY_AGG", "BTRIM", "CARDINALITY", "CEIL", "CHARACTER_LENGTH", "CHAR_LENGTH", "CHR",
    "CLASSIFIER", "COALESCE", "COLLECT", "CONCAT", "CONCAT_WS", "CONVERT_TZ", "COS", "COSH", "COT", "COUNT",
    "CUME_DIST", "CURRENT_DATABASE", "CURRENT_DATE", "CURRENT_ROW_TIMESTAMP", "CURRENT_TIME", "CURRENT_TIMESTAMP",
    "CURRENT_WATERMARK", "DATE_FORMAT", "DAYOFMONTH", "DAYOFWEEK", "DAYOFYEAR", "DECODE", "DEGREES", "DENSE_RANK",
    "ELEMENT", "ELT", "ENCODE", "ENDSWITH", "EXP", "EXTRACT", "FINAL", "FIRST", "FIRST_VALUE", "FLATTEN", "FLOOR",
    "FROM_BASE64", "FROM_CHANGELOG", "FROM_UNIXTIME", "GREATEST", "GROUPING", "GROUPING_ID", "GROUP_ID",
    "HASH_CODE", "HEX", "HOUR", "IF", "IFNULL", "INET_ATON", "INET_NTOA", "INITCAP", "INSTR", "IS_ALPHA",
    "IS_DECIMAL", "IS_DIGIT", "IS_JSON", "JSON", "JSON_ARRAY", "JSON_ARRAYAGG", "JSON_ARRAYAGG_ABSENT_ON_NULL",
    "JSON_ARRAYAGG_NULL_ON_NULL", "JSON_EXISTS", "JSON_OBJECT", "JSON_OBJECTAGG", "JSON_OBJECTAGG_ABSENT_ON_NULL",
    "JSON_OBJECTAGG_NULL_ON_NULL", "JSON_QUERY", "JSON_QUOTE", "JSON_STRING", "JSON_UNQUOTE", "JSON_VALUE", "LAG",
    "LAST", "LAST_VALUE", "LEAD", "LEAST", "LEFT", "LISTAGG", "LN", "LOCALTIME", "LOCALTIMESTAMP", "LOCATE", "LOG",
    "LOG10", "LOG2", "LOWER", "LPAD", "LTRIM", "MAP_ENTRIES", "MAP_FROM_ARRAYS", "MAP_KEYS", "MAP_UNION",
    "MAP_VALUES", "MATCH_PROCTIME", "MATCH_ROWTIME", "MAX", "MD5", "MIN", "MINUTE", "ML_EVALUATE", "ML_PREDICT",
    "MOD", "MONTH", "NEXT", "NOW", "NTILE", "NULLIF", "OBJECT_OF", "OBJECT_UPDATE", "OVERLAY", "PARSE_JSON",
    "PARSE_URL", "PERCENTILE", "PERCENT_RANK", "PI", "POSITION", "POWER", "PREV", "PRINT", "PRINTF", "PROCTIME",
    "PROCTIME_MATERIALIZE", "QUARTER", "RADIANS", "RAND", "RAND_INTEGER", "RANK", "REGEXP", "REGEXP_COUNT",
    "REGEXP_EXTRACT", "REGEXP_EXTRACT_ALL", "REGEXP_INSTR", "REGEXP_REPLACE", "REGEXP_SUBSTR", "REPEAT", "REPLACE",
    "REVERSE", "RIGHT", "ROUND", "ROW_NUMBER", "RPAD", "RTRIM", "RUNNING", "SEARCH", "SECOND", "SHA1", "SHA2",
    "SHA224", "SHA256", "SHA384", "SHA512", "SIGN", "SIN", "SINGLE_VALUE", "SINH", "SOURCE_WATERMARK", "SPLIT",
    "SPLIT_INDEX", "SQRT", "STARTSWITH", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "STREAMRECORD_TIMESTAMP",
    "STR_TO_MAP", "SUBSTR", "SUBSTRING", "SUM", "TAN", "TANH", "TIMESTAMPADD", "TIMESTAMPDIFF", "TO_BASE64",
    "TO_CHANGELOG", "TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_LTZ", "TRIM", "TRUNCATE", "TRY_CAST", "TRY_PARSE_JSON",
    "TYPEOF", "UNHEX", "UNIX_TIMESTAMP", "UPPER", "URL_DECODE", "URL_ENCODE", "UUID", "VARIANCE", "VAR_POP",
    "VAR_SAMP", "VECTOR_SEARCH", "WEEK", "YEAR",
];

#[cfg(test)]
mod tests {
    use super::{NAMES, has};

    #[test]
    fn the_list_is_sorted_and_knows_functions_but_no_words_of_syntax() {
        assert!(NAMES.is_sorted());
        assert!(has("json_value") && has("COLLECT") && !has("NOPE") && !has("CASE"));
    }
}
