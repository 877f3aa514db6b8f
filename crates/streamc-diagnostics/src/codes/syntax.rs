//! `ST1xxx`: the text does not read as the language.

super::codes! {
    UNEXPECTED_TOKEN = ST1001 Error "unexpected token";
    UNCLOSED_STRING = ST1002 Error "unclosed string";
    UNCLOSED_BLOCK = ST1003 Error "unclosed block";
    NESTING_LIMIT = ST1004 Error "nesting too deep";
    FILE_TOO_LARGE = ST1005 Error "file too large";
    NOT_UTF8 = ST1006 Error "file is not UTF-8 text";
    BAD_LITERAL = ST1007 Error "malformed literal";
}
