//! `ST7xxx`: lints.

super::codes! {
    UNBOUNDED_STATE = ST7001 Warning "state grows without bound";
    UNUSED_COMPONENT = ST7002 Warning "component reaches no sink";
}
