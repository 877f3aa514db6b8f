//! `ST2xxx`: names and the graph they make.

super::codes! {
    UNKNOWN_COMPONENT = ST2001 Error "unknown component";
    DUPLICATE_NAME = ST2002 Error "duplicate name";
    CYCLE = ST2003 Error "components form a cycle";
    USE_NOT_FOUND = ST2004 Error "used file not found";
    USE_CYCLE = ST2005 Error "files use one another in a cycle";
    UNKNOWN_COLUMN = ST2006 Error "unknown column";
    AMBIGUOUS_COLUMN = ST2007 Error "ambiguous column";
    UNKNOWN_FUNCTION = ST2008 Error "unknown function";
    UNKNOWN_OPERATOR = ST2009 Error "unknown operator";
    DUPLICATE_COLUMN = ST2010 Error "duplicate column";
    NO_APP = ST2011 Error "more than one app in a file";
}
