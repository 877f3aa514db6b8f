//! `cargo xtask probe`: asks Flink's planner for the types of many small expressions and commits the answers.
//!
//! The table is what the compiler's own type rules are tested against, so it has only what the language has: operators,
//! casts, the everyday scalar functions and the aggregates. One line per probe:
//! `<operation> TAB <argument types, TAB between them> TAB <result>`; the result is Flink's type, with `NOT NULL` where it
//! is so, or `!` where the planner refuses the expression. An argument type with `NOT NULL` is a column that is so.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::cache::Cache;
use crate::engines::{FlinkError, FlinkOracle, QueryType, Run};

/// Types of the argument columns.
const TYPES: [&str; 23] = [
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INT",
    "BIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL(10, 2)",
    "DECIMAL(38, 18)",
    "CHAR(3)",
    "VARCHAR(10)",
    "STRING",
    "BINARY(3)",
    "BYTES",
    "DATE",
    "TIME(0)",
    "TIMESTAMP(3)",
    "TIMESTAMP(6)",
    "TIMESTAMP_LTZ(3)",
    "ARRAY<INT>",
    "MAP<STRING, INT>",
    "ROW<a INT>",
    "INTERVAL DAY TO SECOND",
];

/// Operators of two arguments, and functions that follow the same pattern.
const BINARY: [(&str, &str); 22] = [
    ("+", "$1 + $2"),
    ("-", "$1 - $2"),
    ("*", "$1 * $2"),
    ("/", "$1 / $2"),
    ("%", "$1 % $2"),
    ("||", "$1 || $2"),
    ("=", "$1 = $2"),
    ("<", "$1 < $2"),
    ("AND", "$1 AND $2"),
    ("LIKE", "$1 LIKE $2"),
    ("IN", "$1 IN ($2)"),
    ("BETWEEN", "$1 BETWEEN $2 AND $2"),
    ("IS DISTINCT FROM", "$1 IS DISTINCT FROM $2"),
    ("COALESCE", "COALESCE($1, $2)"),
    ("CASE", "CASE WHEN $1 IS NULL THEN $1 ELSE $2 END"),
    ("IF", "IF(TRUE, $1, $2)"),
    ("IFNULL", "IFNULL($1, $2)"),
    ("NULLIF", "NULLIF($1, $2)"),
    ("GREATEST", "GREATEST($1, $2)"),
    ("CONCAT", "CONCAT($1, $2)"),
    ("POWER", "POWER($1, $2)"),
    ("MOD", "MOD($1, $2)"),
];

/// Expressions of one argument; the other arguments are constants that fit.
const UNARY: [(&str, &str); 163] = [
    ("unary -", "-$1"),
    ("unary +", "+$1"),
    ("NOT", "NOT $1"),
    ("IS NULL", "$1 IS NULL"),
    ("IS NOT NULL", "$1 IS NOT NULL"),
    ("IS TRUE", "$1 IS TRUE"),
    ("IS NOT FALSE", "$1 IS NOT FALSE"),
    ("CASE else null", "CASE WHEN TRUE THEN $1 END"),
    ("COALESCE with literal", "COALESCE($1, 1)"),
    ("ABS", "ABS($1)"),
    ("SIGN", "SIGN($1)"),
    ("CEIL", "CEIL($1)"),
    ("FLOOR", "FLOOR($1)"),
    ("ROUND", "ROUND($1)"),
    ("ROUND to 1", "ROUND($1, 1)"),
    ("ROUND to -1", "ROUND($1, -1)"),
    ("TRUNCATE", "TRUNCATE($1)"),
    ("TRUNCATE to 1", "TRUNCATE($1, 1)"),
    ("SQRT", "SQRT($1)"),
    ("EXP", "EXP($1)"),
    ("LN", "LN($1)"),
    ("LOG10", "LOG10($1)"),
    ("LOG2", "LOG2($1)"),
    ("LOG", "LOG($1)"),
    ("LOG base", "LOG(2, $1)"),
    ("SIN", "SIN($1)"),
    ("COS", "COS($1)"),
    ("TAN", "TAN($1)"),
    ("COT", "COT($1)"),
    ("ASIN", "ASIN($1)"),
    ("ACOS", "ACOS($1)"),
    ("ATAN", "ATAN($1)"),
    ("ATAN2", "ATAN2($1, $1)"),
    ("SINH", "SINH($1)"),
    ("COSH", "COSH($1)"),
    ("TANH", "TANH($1)"),
    ("DEGREES", "DEGREES($1)"),
    ("RADIANS", "RADIANS($1)"),
    ("BIN", "BIN($1)"),
    ("HEX", "HEX($1)"),
    ("UPPER", "UPPER($1)"),
    ("LOWER", "LOWER($1)"),
    ("INITCAP", "INITCAP($1)"),
    ("TRIM", "TRIM($1)"),
    ("TRIM LEADING", "TRIM(LEADING 'x' FROM $1)"),
    ("LTRIM", "LTRIM($1)"),
    ("RTRIM", "RTRIM($1)"),
    ("BTRIM", "BTRIM($1)"),
    ("CHAR_LENGTH", "CHAR_LENGTH($1)"),
    ("CHARACTER_LENGTH", "CHARACTER_LENGTH($1)"),
    ("ASCII", "ASCII($1)"),
    ("CHR", "CHR($1)"),
    ("REVERSE", "REVERSE($1)"),
    ("REPEAT", "REPEAT($1, 2)"),
    ("REPLACE", "REPLACE($1, 'a', 'b')"),
    ("TRANSLATE", "TRANSLATE($1, 'a', 'b')"),
    ("LEFT", "LEFT($1, 2)"),
    ("RIGHT", "RIGHT($1, 2)"),
    ("LPAD", "LPAD($1, 5, 'x')"),
    ("RPAD", "RPAD($1, 5, 'x')"),
    ("SUBSTRING", "SUBSTRING($1 FROM 2)"),
    ("SUBSTRING for", "SUBSTRING($1 FROM 2 FOR 2)"),
    ("SUBSTR", "SUBSTR($1, 2, 2)"),
    ("POSITION", "POSITION('a' IN $1)"),
    ("INSTR", "INSTR($1, 'a')"),
    ("LOCATE", "LOCATE('a', $1)"),
    ("OVERLAY", "OVERLAY($1 PLACING 'x' FROM 1)"),
    ("STARTSWITH", "STARTSWITH($1, 'a')"),
    ("ENDSWITH", "ENDSWITH($1, 'a')"),
    ("CONCAT_WS", "CONCAT_WS('-', $1, 'a')"),
    ("SPLIT_INDEX", "SPLIT_INDEX($1, ',', 0)"),
    ("SPLIT", "SPLIT($1, ',')"),
    ("REGEXP", "REGEXP($1, 'a')"),
    ("REGEXP_EXTRACT", "REGEXP_EXTRACT($1, '(a)', 1)"),
    ("REGEXP_REPLACE", "REGEXP_REPLACE($1, 'a', 'b')"),
    ("REGEXP_COUNT", "REGEXP_COUNT($1, 'a')"),
    ("SIMILAR TO", "$1 SIMILAR TO 'a'"),
    ("MD5", "MD5($1)"),
    ("SHA1", "SHA1($1)"),
    ("SHA256", "SHA256($1)"),
    ("TO_BASE64", "TO_BASE64($1)"),
    ("FROM_BASE64", "FROM_BASE64($1)"),
    ("EXTRACT YEAR", "EXTRACT(YEAR FROM $1)"),
    ("EXTRACT HOUR", "EXTRACT(HOUR FROM $1)"),
    ("EXTRACT SECOND", "EXTRACT(SECOND FROM $1)"),
    ("YEAR", "YEAR($1)"),
    ("MONTH", "MONTH($1)"),
    ("HOUR", "HOUR($1)"),
    ("SECOND", "SECOND($1)"),
    ("DAYOFWEEK", "DAYOFWEEK($1)"),
    ("FLOOR TO DAY", "FLOOR($1 TO DAY)"),
    ("CEIL TO HOUR", "CEIL($1 TO HOUR)"),
    ("DATE_FORMAT", "DATE_FORMAT($1, 'yyyy')"),
    ("TO_DATE", "TO_DATE($1)"),
    ("TO_TIMESTAMP", "TO_TIMESTAMP($1)"),
    ("TO_TIMESTAMP_LTZ", "TO_TIMESTAMP_LTZ($1, 3)"),
    ("FROM_UNIXTIME", "FROM_UNIXTIME($1)"),
    ("UNIX_TIMESTAMP", "UNIX_TIMESTAMP($1)"),
    ("TIMESTAMPADD", "TIMESTAMPADD(HOUR, 1, $1)"),
    ("TIMESTAMPDIFF", "TIMESTAMPDIFF(HOUR, $1, $1)"),
    ("+ INTERVAL DAY", "$1 + INTERVAL '1' DAY"),
    ("- INTERVAL MONTH", "$1 - INTERVAL '1' MONTH"),
    ("CARDINALITY", "CARDINALITY($1)"),
    ("ARRAY constructor", "ARRAY[$1]"),
    ("URL_ENCODE", "URL_ENCODE($1)"),
    ("URL_DECODE", "URL_DECODE($1)"),
    ("ELT", "ELT(1, $1, $1)"),
    ("UNHEX", "UNHEX($1)"),
    ("INET_ATON", "INET_ATON($1)"),
    ("INET_NTOA", "INET_NTOA($1)"),
    ("STR_TO_MAP", "STR_TO_MAP($1)"),
    ("IS_DECIMAL", "IS_DECIMAL($1)"),
    ("IS_DIGIT", "IS_DIGIT($1)"),
    ("IS_ALPHA", "IS_ALPHA($1)"),
    ("HASH_CODE", "HASH_CODE($1)"),
    ("REGEXP_INSTR", "REGEXP_INSTR($1, 'a')"),
    ("REGEXP_SUBSTR", "REGEXP_SUBSTR($1, 'a')"),
    ("REGEXP_EXTRACT_ALL", "REGEXP_EXTRACT_ALL($1, 'a', 0)"),
    ("JSON_STRING", "JSON_STRING($1)"),
    ("JSON_QUOTE", "JSON_QUOTE($1)"),
    ("JSON_UNQUOTE", "JSON_UNQUOTE($1)"),
    ("JSON_EXISTS", "JSON_EXISTS($1, '$.a')"),
    ("JSON_VALUE", "JSON_VALUE($1, '$.a')"),
    ("JSON_VALUE INT", "JSON_VALUE($1, '$.a' RETURNING INT)"),
    ("JSON_QUERY", "JSON_QUERY($1, '$.a')"),
    ("JSON_QUERY ARRAY", "JSON_QUERY($1, '$.a' RETURNING ARRAY<STRING>)"),
    ("IS JSON", "$1 IS JSON"),
    ("IS NOT JSON OBJECT", "$1 IS NOT JSON OBJECT"),
    ("JSON_OBJECT", "JSON_OBJECT('a' VALUE $1)"),
    ("JSON_ARRAY", "JSON_ARRAY($1)"),
    ("MAP_KEYS", "MAP_KEYS($1)"),
    ("MAP_VALUES", "MAP_VALUES($1)"),
    ("MAP_ENTRIES", "MAP_ENTRIES($1)"),
    ("MAP_UNION", "MAP_UNION($1, $1)"),
    ("MAP_FROM_ARRAYS", "MAP_FROM_ARRAYS($1, $1)"),
    ("ARRAY_DISTINCT", "ARRAY_DISTINCT($1)"),
    ("ARRAY_REVERSE", "ARRAY_REVERSE($1)"),
    ("ARRAY_SORT", "ARRAY_SORT($1)"),
    ("ARRAY_SORT descending", "ARRAY_SORT($1, FALSE)"),
    ("ARRAY_MAX", "ARRAY_MAX($1)"),
    ("ARRAY_MIN", "ARRAY_MIN($1)"),
    ("ELEMENT", "ELEMENT($1)"),
    ("SHA2", "SHA2($1, 256)"),
    ("SHA224", "SHA224($1)"),
    ("SHA512", "SHA512($1)"),
    ("QUARTER", "QUARTER($1)"),
    ("WEEK", "WEEK($1)"),
    ("DAYOFYEAR", "DAYOFYEAR($1)"),
    ("DAYOFMONTH", "DAYOFMONTH($1)"),
    ("MINUTE", "MINUTE($1)"),
    ("ARRAY_UNION", "ARRAY_UNION($1, $1)"),
    ("ARRAY_EXCEPT", "ARRAY_EXCEPT($1, $1)"),
    ("ARRAY_INTERSECT", "ARRAY_INTERSECT($1, $1)"),
    ("ARRAY_CONCAT", "ARRAY_CONCAT($1, $1)"),
    ("RAND", "RAND($1)"),
    ("RAND_INTEGER", "RAND_INTEGER($1)"),
    ("PRINT", "PRINT('a', $1)"),
    ("BITMAP_BUILD", "BITMAP_BUILD($1)"),
    ("BITMAP_FROM_BYTES", "BITMAP_FROM_BYTES($1)"),
    ("PARSE_JSON", "PARSE_JSON($1)"),
    ("TRY_PARSE_JSON", "TRY_PARSE_JSON($1)"),
    ("TYPEOF", "TYPEOF($1)"),
    ("OBJECT_OF", "OBJECT_OF('shop.Item', 'a', $1)"),
];

/// Aggregates, each probed with `GROUP BY` and over the whole table.
const AGGREGATES: [(&str, &str); 24] = [
    ("COUNT", "COUNT($1)"),
    ("COUNT DISTINCT", "COUNT(DISTINCT $1)"),
    ("SUM", "SUM($1)"),
    ("SUM FILTER", "SUM($1) FILTER (WHERE k > 0)"),
    ("SUM DISTINCT", "SUM(DISTINCT $1)"),
    ("AVG", "AVG($1)"),
    ("MIN", "MIN($1)"),
    ("MAX", "MAX($1)"),
    ("STDDEV_POP", "STDDEV_POP($1)"),
    ("STDDEV_SAMP", "STDDEV_SAMP($1)"),
    ("VAR_POP", "VAR_POP($1)"),
    ("FIRST_VALUE", "FIRST_VALUE($1)"),
    ("LAST_VALUE", "LAST_VALUE($1)"),
    ("LISTAGG", "LISTAGG($1)"),
    ("COLLECT", "COLLECT($1)"),
    ("STDDEV", "STDDEV($1)"),
    ("VAR_SAMP", "VAR_SAMP($1)"),
    ("VARIANCE", "VARIANCE($1)"),
    ("ARRAY_AGG", "ARRAY_AGG($1)"),
    ("PERCENTILE", "PERCENTILE($1, 0.5)"),
    ("JSON_ARRAYAGG", "JSON_ARRAYAGG($1)"),
    ("BITMAP_BUILD_AGG", "BITMAP_BUILD_AGG($1)"),
    ("JSON_OBJECTAGG", "JSON_OBJECTAGG(KEY $1 VALUE k)"),
    ("JSON_OBJECTAGG value", "JSON_OBJECTAGG(KEY 'a' VALUE $1)"),
];

/// One probe: the line's beginning, and the query that answers it.
struct Probe {
    key: String,
    query: String,
}

/// Where the table is committed.
pub fn table_path() -> PathBuf {
    crate::repository().join("crates/streamc-functions/probes/flink-2.3.0.tsv")
}

/// Runs every probe and writes the table.
pub fn run(cache: &Cache) -> Result<()> {
    let run = Run::new(cache.clone())?;
    let flink = FlinkOracle::start(&run)?;
    let probes = probes();
    println!("{} probes on Flink {}", probes.len(), flink.version());
    let mut lines = Vec::with_capacity(probes.len());
    for chunk in probes.chunks(1000) {
        let queries: Vec<String> = chunk.iter().map(|probe| probe.query.clone()).collect();
        let types = flink.types(&[declaration()], &queries)?;
        ensure!(types.len() == chunk.len(), "{} answers to {} probes", types.len(), chunk.len());
        for (probe, answer) in chunk.iter().zip(types) {
            lines.push(format!("{}\t{}", probe.key, result(answer, &probe.query)?));
        }
        println!("  {} done", lines.len());
    }
    ensure_each_has_a_type(&lines)?;
    let path = table_path();
    std::fs::create_dir_all(path.parent().context("the table has no folder")?)?;
    std::fs::write(&path, lines.join("\n") + "\n")?;
    let typed = lines.iter().filter(|line| !line.ends_with("\t!")).count();
    println!("{}: {} lines, {typed} with a type", path.display(), lines.len());
    Ok(())
}

/// The table whose columns are the arguments: `c0…` nullable, `n0…` not.
fn declaration() -> String {
    let column = |name: String, kind: &str| format!("`{name}` {kind}");
    let mut columns = vec!["`k` BIGINT".to_owned()];
    for (index, kind) in TYPES.iter().enumerate().filter(|(_, kind)| !kind.starts_with("INTERVAL")) {
        columns.push(column(format!("c{index}"), kind));
        columns.push(column(format!("n{index}"), &format!("{kind} NOT NULL")));
    }
    // A table that is only planned against, never read.
    format!("CREATE TEMPORARY TABLE t ({}) WITH ('connector' = 'datagen')", columns.join(", "))
}

/// How an argument of a type is written. Connectors have no interval columns, so an interval is an expression.
fn argument(index: usize, nullable: bool) -> String {
    match (TYPES[index].starts_with("INTERVAL"), nullable) {
        (true, _) => "(INTERVAL '1' DAY)".to_owned(),
        (false, true) => format!("c{index}"),
        (false, false) => format!("n{index}"),
    }
}

fn probes() -> Vec<Probe> {
    let mut probes = Vec::new();
    let mut add = |key: String, query: String| probes.push(Probe { key, query });
    let select = |expression: &str| format!("SELECT {expression} AS x FROM t");
    for (name, pattern) in BINARY {
        for (left, left_type) in TYPES.iter().enumerate() {
            for (right, right_type) in TYPES.iter().enumerate() {
                let text = pattern.replace("$1", &argument(left, true)).replace("$2", &argument(right, true));
                add(format!("{name}\t{left_type}\t{right_type}"), select(&text));
            }
        }
    }
    for (from, from_type) in TYPES.iter().enumerate() {
        for to in TYPES.iter().filter(|to| !to.starts_with("INTERVAL")) {
            let value = argument(from, true);
            add(format!("CAST\t{from_type}\t{to}"), select(&format!("CAST({value} AS {to})")));
            add(format!("TRY_CAST\t{from_type}\t{to}"), select(&format!("TRY_CAST({value} AS {to})")));
        }
    }
    for (name, pattern) in UNARY {
        for (index, kind) in TYPES.iter().enumerate() {
            add(format!("{name}\t{kind}"), select(&pattern.replace("$1", &argument(index, true))));
            if !kind.starts_with("INTERVAL") {
                let text = pattern.replace("$1", &argument(index, false));
                add(format!("{name}\t{kind} NOT NULL"), select(&text));
            }
        }
    }
    for (name, pattern) in AGGREGATES {
        for (index, kind) in TYPES.iter().enumerate() {
            for (suffix, nullable) in [("", true), (" NOT NULL", false)] {
                if kind.starts_with("INTERVAL") && !nullable {
                    continue;
                }
                let call = pattern.replace("$1", &argument(index, nullable));
                add(
                    format!("{name} grouped\t{kind}{suffix}"),
                    format!("SELECT {call} AS x FROM t GROUP BY k"),
                );
                add(format!("{name} global\t{kind}{suffix}"), select(&call));
            }
        }
    }
    probes
}

/// An operation that no type satisfies is a misspelt probe.
fn ensure_each_has_a_type(lines: &[String]) -> Result<()> {
    let mut typed: BTreeMap<&str, bool> = BTreeMap::new();
    for line in lines {
        let operation = line.split('\t').next().unwrap_or_default();
        *typed.entry(operation).or_default() |= !line.ends_with("\t!");
    }
    let never: Vec<&str> =
        typed.into_iter().filter(|(_, typed)| !typed).map(|(operation, _)| operation).collect();
    ensure!(never.is_empty(), "Flink gives these no type at all: {never:?}");
    Ok(())
}

/// The last cell of a line.
fn result(answer: Result<QueryType, FlinkError>, query: &str) -> Result<String> {
    match answer {
        Ok(mut columns) if columns.len() == 1 => Ok(columns.remove(0).1),
        Ok(columns) => anyhow::bail!("{} columns from {query}", columns.len()),
        // A refusal is an answer, but only from the validator: a bug of the probe must not look like one.
        Err(error) if error.class == "SqlParserException" => anyhow::bail!("{query} does not parse: {error}"),
        Err(_) => Ok("!".to_owned()),
    }
}
