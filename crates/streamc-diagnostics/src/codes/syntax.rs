//! `ST1xxx`: the text does not read as the language.

super::codes! {
    UNEXPECTED_TOKEN = ST1001 Error "unexpected token";
    UNCLOSED_STRING = ST1002 Error "unclosed string";
    UNCLOSED_BLOCK = ST1003 Error "unclosed bracket";
    NESTING_LIMIT = ST1004 Error "nesting too deep";
    FILE_TOO_LARGE = ST1005 Error "file too large";
    NOT_UTF8 = ST1006 Error "file is not UTF-8 text";
    BAD_LITERAL = ST1007 Error "malformed literal";
    UNCLOSED_COMMENT = ST1008 Error "unclosed comment";
    MISPLACED_DOC = ST1009 Warning "doc comment documents nothing";
    UNKNOWN_DECLARATION = ST1010 Error "unknown declaration";
    DUPLICATE_FIELD = ST1011 Error "field given twice";
}
