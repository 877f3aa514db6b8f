//! Functions under the names that other systems give them.

/// What takes the place of a function that other systems have: the bare name of one with the same arguments, or the form
/// to write.
pub(super) fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_uppercase().as_str() {
        "LEN" | "LENGTH" | "STRLEN" | "CHARACTER_LENGTH" => "CHAR_LENGTH",
        "UCASE" | "TOUPPER" => "UPPER",
        "LCASE" | "TOLOWER" => "LOWER",
        "SUBSTR" | "MID" => "SUBSTRING",
        "NVL" | "ISNULL" => "IFNULL",
        "CEILING" => "CEIL",
        "POW" => "POWER",
        "TRUNC" => "TRUNCATE",
        "RANDOM" => "RAND",
        "SIZE" | "ARRAY_LENGTH" | "ARRAY_SIZE" => "CARDINALITY",
        "IIF" => "IF",
        "GETDATE" | "SYSDATE" => "NOW",
        "STRPOS" | "CHARINDEX" => "`POSITION(part IN text)`",
        "DATE_TRUNC" | "TRUNC_DATE" | "TIMESTAMP_TRUNC" | "DATETRUNC" => {
            "`FLOOR(ts TO HOUR)`, with the unit you mean"
        }
        "DATEDIFF" | "DATE_DIFF" => "`TIMESTAMPDIFF(DAY, earlier, later)`, with the unit you mean",
        "DATEADD" | "DATE_ADD" => "`ts + INTERVAL '1' DAY`, or `TIMESTAMPADD(DAY, n, ts)`",
        "DATE_SUB" => "`ts - INTERVAL '1' DAY`",
        "DATE_PART" | "DATEPART" => "`EXTRACT(HOUR FROM ts)`, with the unit you mean",
        "DAY" => "DAYOFMONTH",
        "TO_CHAR" | "STRFTIME" | "FORMAT_TIMESTAMP" => "`DATE_FORMAT(ts, 'yyyy-MM-dd')`",
        "STR_TO_DATE" | "PARSE_TIMESTAMP" => "`TO_TIMESTAMP(text, 'yyyy-MM-dd HH:mm:ss')`",
        "STRING_AGG" | "GROUP_CONCAT" => "LISTAGG",
        "COUNT_IF" | "COUNTIF" => "`COUNT(*) FILTER (WHERE condition)`",
        "SUM_IF" | "SUMIF" => "`SUM(x) FILTER (WHERE condition)`",
        "COUNT_DISTINCT" | "APPROX_COUNT_DISTINCT" => "`COUNT(DISTINCT x)`",
        "MEAN" => "AVG",
        "TO_STRING" | "STRING" | "STR" => "`CAST(x AS STRING)`",
        "TO_NUMBER" | "TOINT" | "TO_INT" => "`CAST(x AS INT)`, with the type you mean",
        "SAFE_CAST" => "`TRY_CAST(x AS INT)`, with the type you mean",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::elsewhere;

    #[test]
    fn a_bare_name_is_a_function_that_is_there() {
        let names = [
            "LEN",
            "UCASE",
            "lcase",
            "substr",
            "nvl",
            "ceiling",
            "pow",
            "trunc",
            "random",
            "size",
            "iif",
            "getdate",
            "day",
            "string_agg",
            "mean",
        ];
        for name in names {
            let known = elsewhere(name);
            assert!(known.is_some_and(|k| streamc_functions::find(k).is_some()), "{name}: {known:?}");
        }
        assert_eq!(elsewhere("UPPER"), None);
    }
}
