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
    FILE_UNREADABLE = ST4009 Error "file cannot be read";
    UNWRITABLE_TYPE = ST4010 Error "type cannot be written";
    SAMPLE_EMPTY = ST4050 Error "sample gives no schema";
    PRECISION_LOST = ST4051 Warning "numbers lose precision";
    UNREADABLE_TIMESTAMP = ST4052 Hint "timestamps stay strings";
    TYPE_NOT_SHOWN = ST4053 Hint "sample does not show a type";
    CASE_COLLISION = ST4054 Warning "names differ only in case";
    DUPLICATE_KEY = ST4055 Warning "record gives a field twice";
    TOO_MANY_COLUMNS = ST4056 Warning "sample has too many columns";
    EMPTY_CELLS = ST4057 Hint "CSV cells are empty";
    HEADER_OF_VALUES = ST4058 Warning "CSV header looks like a record";
}
