//! `ST4xxx`: connectors, schemas, configuration and files.

super::codes! {
    UNKNOWN_CONNECTOR = ST4001 Error "unknown connector";
    UNKNOWN_OPTION = ST4002 Error "unknown option";
    MISSING_OPTION = ST4003 Error "missing option";
    BAD_OPTION_VALUE = ST4004 Error "option value does not fit";
    SAMPLE_NOT_FOUND = ST4005 Error "sample file not found";
    SAMPLE_UNREADABLE = ST4006 Error "sample record cannot be read";
    MIXED_TYPES = ST4007 Warning "records disagree on a type";
    NO_SCHEMA = ST4008 Error "source has no schema";
}
