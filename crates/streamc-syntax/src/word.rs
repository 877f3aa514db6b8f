//! Words with a meaning at certain places. None is reserved: whether `from` is a name depends on where it stands.

/// A word that the grammar looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Any other word.
    None,
    // Declarations.
    App,
    Use,
    Source,
    Stream,
    Sink,
    Test,
    // Operators.
    Filter,
    Derive,
    Map,
    Select,
    Drop,
    Rename,
    Cast,
    TryCast,
    Limit,
    Window,
    Group,
    Reduce,
    Distinct,
    Dedupe,
    Top,
    Join,
    Left,
    Right,
    Full,
    Inner,
    Lookup,
    Union,
    Explode,
    Assert,
    Split,
    Watermark,
    Repartition,
    Key,
    // Clauses: in any case of letters.
    From,
    Given,
    Expect,
    Sql,
    On,
    By,
    As,
    Of,
    Within,
    Else,
    Case,
    End,
    Asc,
    Desc,
    Per,
    Keep,
    First,
    Last,
    Fail,
    Into,
    Otherwise,
    True,
    False,
}

/// Makes the tables of words, and `lower`, which looks a lower-case word up in all of them.
macro_rules! words {
    ($($table:ident { $($text:literal $word:ident)* })*) => {
        $(const $table: &[(&str, Word)] = &[$(($text, Word::$word)),*];)*

        fn lower(text: &str) -> Word {
            match text {
                $($($text => Word::$word,)*)*
                _ => Word::None,
            }
        }
    };
}

words! {
    DECLARATIONS { "app" App "use" Use "source" Source "stream" Stream "sink" Sink "test" Test }
    OPERATORS {
        "filter" Filter "derive" Derive "map" Map "select" Select "drop" Drop "rename" Rename "cast" Cast
        "try_cast" TryCast "limit" Limit "window" Window "group" Group "reduce" Reduce "distinct" Distinct
        "dedupe" Dedupe "top" Top "join" Join "left" Left "right" Right "full" Full "inner" Inner "lookup" Lookup
        "union" Union "explode" Explode "assert" Assert "split" Split "watermark" Watermark
        "repartition" Repartition "key" Key
    }
    CLAUSES {
        "from" From "given" Given "expect" Expect "sql" Sql "on" On "by" By "as" As "of" Of "within" Within
        "else" Else "case" Case "end" End "asc" Asc "desc" Desc "per" Per "keep" Keep "first" First "last" Last
        "fail" Fail "into" Into "otherwise" Otherwise "true" True "false" False
    }
}

/// Words of SQL that an operand follows, so that a sign behind them is no subtraction and a parenthesis no call.
const SQLISH: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "is",
    "like",
    "rlike",
    "similar",
    "between",
    "when",
    "then",
    "distinct",
    "select",
    "where",
    "having",
    "over",
    "partition",
    "order",
    "rows",
    "range",
    "values",
    "using",
    "escape",
    "interval",
    "all",
    "any",
    "some",
    "union",
    "except",
    "intersect",
    "div",
    "mod",
    "return",
    "returning",
    "with",
    "limit",
    "offset",
    "filter",
];

impl Word {
    /// The meaning of a plain word. Declarations and operators are lower case, clauses in any case of letters.
    pub(crate) fn of(text: &str) -> Self {
        // The longest word of the tables has eleven letters, and none is in another script.
        let mut buffer = [0; 11];
        let Some(letters) = buffer.get_mut(..text.len()) else { return Self::None };
        letters.copy_from_slice(text.as_bytes());
        letters.make_ascii_lowercase();
        let word = std::str::from_utf8(letters).map_or(Self::None, lower);
        let same_case = letters == text.as_bytes();
        if same_case || CLAUSES.iter().any(|(_, clause)| *clause == word) { word } else { Self::None }
    }

    /// Whether it starts a declaration.
    pub(crate) fn is_declaration(self) -> bool {
        DECLARATIONS.iter().any(|(_, word)| *word == self)
    }

    /// Whether it starts an operator.
    pub(crate) fn is_operator(self) -> bool {
        OPERATORS.iter().any(|(_, word)| *word == self)
    }
}

/// Whether an operand follows this word in an expression, so that a sign or a parenthesis behind it starts one.
pub(crate) fn takes_operand(text: &str) -> bool {
    SQLISH.iter().any(|word| word.eq_ignore_ascii_case(text))
        || matches!(
            Word::of(text),
            Word::As | Word::On | Word::By | Word::Else | Word::Case | Word::Within | Word::From | Word::Per
        )
}

/// The words that start a declaration.
pub(crate) fn declaration_words() -> impl Iterator<Item = &'static str> {
    DECLARATIONS.iter().map(|(word, _)| *word)
}

/// Whether a line that begins with `rest` starts a declaration beyond doubt: `stream name =`, `app name {`,
/// `use "…"`, `test "…"`, in the first column.
pub(crate) fn starts_declaration(rest: &str) -> bool {
    let Some((word, tail)) = DECLARATIONS
        .iter()
        .find_map(|(text, word)| rest.strip_prefix(text).map(|tail| (*word, tail)))
        .filter(|(_, tail)| tail.starts_with([' ', '\t', '"']))
    else {
        return false;
    };
    let tail = tail.trim_start_matches([' ', '\t']);
    if matches!(word, Word::Use | Word::Test) {
        return tail.starts_with('"');
    }
    let name = match tail.strip_prefix('`') {
        Some(quoted) => quoted.find('`').map(|end| &quoted[end + 1..]),
        None => tail
            .find(|c: char| !(c == '_' || unicode_ident::is_xid_continue(c)))
            .filter(|length| *length > 0)
            .map(|length| &tail[length..]),
    };
    name.is_some_and(|behind| {
        let behind = behind.trim_start_matches([' ', '\t']);
        behind.starts_with('=')
            || (word == Word::Stream && behind.starts_with(':'))
            || (word == Word::App && behind.starts_with('{'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_full_pattern_of_a_declaration_counts_as_one() {
        for yes in [
            "stream a = b",
            "source `odd name`=x",
            "app x {",
            "use \"f\"",
            "test \"t\" {",
            "stream größe: {",
            "sink\ts = k",
        ] {
            assert!(starts_declaration(yes), "{yes}");
        }
        for no in [
            "stream",
            "streams a = b",
            " stream a = b",
            "source AS x",
            "use x",
            "select a = b",
            "app x",
            "sink = k",
        ] {
            assert!(!starts_declaration(no), "{no}");
        }
    }
}
