//! `ST3xxx`: types and SQL.

super::codes! {
    SQL_SYNTAX = ST3001 Error "SQL does not parse";
    SQL_UNSUPPORTED = ST3002 Error "SQL not supported yet";
    TYPE_MISMATCH = ST3003 Error "types do not fit";
    ARGUMENT_COUNT = ST3004 Error "wrong number of arguments";
    NOT_GROUPED = ST3005 Error "column is not grouped";
    BAD_CAST = ST3006 Error "cast is not possible";
    OPERATOR_UNSUPPORTED = ST3007 Error "operator not supported yet";
    OPERATOR_ARGUMENT = ST3008 Error "operator argument does not fit";
    UNKNOWN_TYPE = ST3009 Error "unknown type";
    SCHEMA_CONTRACT = ST3010 Error "stream does not have its stated type";
    AGGREGATE_PLACE = ST3011 Error "aggregate function is not allowed here";
    WINDOW_TIME = ST3012 Error "window needs an event-time column";
    WINDOW_INPUT = ST3013 Error "window over rows that change";
    WINDOW_SIZE = ST3014 Error "window sizes do not fit";
    DIVISION_BY_ZERO = ST3015 Error "a constant is divided by zero";
    TEMPORAL_JOIN = ST3016 Error "rows cannot be joined with versions";
    PATTERN = ST3030 Error "pattern of rows cannot be searched";
    HINT = ST3035 Error "hint does not fit";
}
