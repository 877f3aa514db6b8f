//! `ST5xxx`: what an engine cannot do.

super::codes! {
    NOT_ON_FLINK = ST5001 Error "Flink cannot do this";
    NOT_ON_SPARK = ST5002 Error "Spark cannot do this";
    NOT_ON_LOCAL = ST5003 Error "the embedded engine cannot do this";
    RUN_FAILED = ST5004 Error "the run stopped";
}
