//! `ST7xxx`: lints.

super::codes! {
    UNBOUNDED_STATE = ST7001 Warning "state grows without bound";
    UNUSED_COMPONENT = ST7002 Warning "component reaches no sink";
    NOT_EVENT_TIME = ST7003 Error "column is no event time";
    HALF_WINDOW = ST7004 Warning "grouped by one end of the window";
    SINK_CANNOT_UPDATE = ST7005 Error "sink cannot take updates";
    SINK_KEY_MISSING = ST7006 Error "sink has no key";
    SINK_KEY_MISMATCH = ST7007 Error "sink key is not the key of the rows";
    JOIN_WITHOUT_BOUND = ST7008 Warning "join without a bound in time";
    MIXED_STYLE = ST7009 Hint "SQL and operators in one application";
    COMPARED_WITH_NULL = ST7010 Warning "comparison with NULL";
    LATE_CHANGES = ST7011 Warning "changes that come late are lost";
}
