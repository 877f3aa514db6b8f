//! `ST5xxx`: what an engine cannot do.

super::codes! {
    NOT_ON_FLINK = ST5001 Error "Flink cannot do this";
    NOT_ON_SPARK = ST5002 Error "Spark cannot do this";
    NOT_ON_LOCAL = ST5003 Error "the embedded engine cannot do this";
    RUN_FAILED = ST5004 Error "the run stopped";
    TRANSACTION_TIMEOUT = ST5010 Warning "transaction timeout does not fit";
    FEWER_PARTITIONS = ST5011 Warning "fewer partitions than parallel tasks";
    SHARED_PREFIX = ST5012 Error "two sinks share a prefix of transaction ids";
    WRONG_TOP_ONE = ST5013 Error "Flink gives wrong rows behind a top 1";
    IGNORED_ON_FLINK = ST5014 Warning "no effect on Flink";
    CSV_HEADER = ST5015 Warning "a header line is read as a record";
    SKIPPED_NOT_NULL = ST5016 Warning "Flink does not drop a record without a NOT NULL value";
    WINDOWS_IN_ZONE = ST5017 Error "Flink loses rows of windows in this time zone";
    SPARK_KAFKA_AT_LEAST_ONCE = ST5101 Error "Spark writes to Kafka at least once";
    TYPE_NOT_ON_SPARK = ST5102 Error "type has no equal on Spark";
    FUNCTION_NOT_ON_SPARK = ST5103 Error "expression has no equal on Spark";
    SPARK_STATE_GROWS = ST5104 Warning "Spark keeps this state for ever";
    SPARK_LAST_WINDOWS = ST5105 Warning "last windows stay open on Spark";
    SPARK_SETTING = ST5106 Error "setting is not possible on Spark";
    SPARK_FILE_MANIFEST = ST5107 Hint "files are exactly once only for some readers";
    SPARK_MIXED_BOUNDS = ST5108 Warning "source that ends beside one that does not";
}
