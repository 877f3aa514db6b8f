use streamc_syntax::{TokenKind, lex};

/// The tokens of a text that are no blanks, as kind and text.
fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
    let tokens = lex(text);
    tokens.iter().filter(|t| t.kind != TokenKind::Whitespace).map(|t| (t.kind, t.text(text))).collect()
}

#[test]
fn numbers_durations_and_sizes_are_told_apart() {
    use TokenKind::*;
    assert_eq!(
        kinds("10 10_000 1.5 .5 1e9 1.5E-3 250ms 5s 1min 2h 3d 4gb 16KB 5x 1.5h 1_"),
        [
            (Number, "10"),
            (Number, "10_000"),
            (Number, "1.5"),
            (Number, ".5"),
            (Number, "1e9"),
            (Number, "1.5E-3"),
            (Duration, "250ms"),
            (Duration, "5s"),
            (Duration, "1min"),
            (Duration, "2h"),
            (Duration, "3d"),
            (Size, "4gb"),
            (Size, "16KB"),
            (BadNumber, "5x"),
            (BadNumber, "1.5h"),
            (BadNumber, "1_"),
        ]
    );
}

#[test]
fn a_range_is_no_fraction_and_a_field_no_number() {
    use TokenKind::*;
    assert_eq!(kinds("-5min..5min"), [(Minus, "-"), (Duration, "5min"), (DotDot, ".."), (Duration, "5min")]);
    assert_eq!(kinds("1..5"), [(Number, "1"), (DotDot, ".."), (Number, "5")]);
    assert_eq!(kinds("a.b"), [(Ident, "a"), (Dot, "."), (Ident, "b")]);
    assert_eq!(kinds("a.5"), [(Ident, "a"), (Dot, "."), (Number, "5")]);
}

#[test]
fn strings_end_where_their_kind_says() {
    use TokenKind::*;
    assert_eq!(
        kinds(r#"'it''s' "a\"b" "\\""#),
        [(SingleQuoted, "'it''s'"), (DoubleQuoted, r#""a\"b""#), (DoubleQuoted, r#""\\""#)]
    );
    assert_eq!(kinds("'a\nb"), [(UnclosedString, "'a"), (Ident, "b")]);
    assert_eq!(kinds("\"a\\\nb"), [(UnclosedString, "\"a\\"), (Ident, "b")]);
    assert_eq!(kinds("\"a\r\n'b\r\n"), [(UnclosedString, "\"a"), (UnclosedString, "'b")]);
    assert_eq!(kinds("`a``b` `c\n"), [(QuotedIdent, "`a``b`"), (UnclosedQuotedIdent, "`c")]);
}

#[test]
fn a_block_that_is_never_closed_ends_before_the_next_declaration_and_its_docs() {
    use TokenKind::*;
    assert_eq!(
        kinds("sql \"\"\"\n SELECT 1\n\n// why\n/// doc\nstream b = c"),
        [
            (Ident, "sql"),
            (UnclosedTriple, "\"\"\"\n SELECT 1\n\n"),
            (LineComment, "// why"),
            (DocComment, "/// doc"),
            (Ident, "stream"),
            (Ident, "b"),
            (Eq, "="),
            (Ident, "c"),
        ]
    );
    assert_eq!(kinds("\"\"\"\n a stream b = c\n stream\"\"\"").len(), 1, "only the first column counts");
    assert_eq!(kinds("/* a\nuse \"x\"")[0], (UnclosedComment, "/* a\n"));
    assert_eq!(kinds("/* a\nuse \"x\" */"), [(BlockComment, "/* a\nuse \"x\" */")]);
}

#[test]
fn comments_and_docs_are_told_apart_and_leave_the_line_end_out() {
    use TokenKind::*;
    assert_eq!(
        kinds("// a\r\n/// b\n//! c\n//// d\n/* e\n */ /**/"),
        [
            (LineComment, "// a"),
            (DocComment, "/// b"),
            (FileDocComment, "//! c"),
            (LineComment, "//// d"),
            (BlockComment, "/* e\n */"),
            (BlockComment, "/**/"),
        ]
    );
}

#[test]
fn names_follow_unicode_and_a_byte_order_mark_is_blank() {
    use TokenKind::*;
    assert_eq!(
        kinds("\u{feff}größe 東京 _x e\u{301}t é1"),
        [(Ident, "größe"), (Ident, "東京"), (Ident, "_x"), (Ident, "e\u{301}t"), (Ident, "é1"),]
    );
    assert_eq!(kinds("a€b\u{a0}c"), [(Ident, "a"), (Unknown, "€"), (Ident, "b"), (Ident, "c")]);
}

#[test]
fn operators_take_the_longest_spelling() {
    use TokenKind::*;
    let all: Vec<_> =
        kinds("<> != <= >= || => :: == .. -> | < > = - : . ; %").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        all,
        [
            NotEq, NotEq, LtEq, GtEq, PipePipe, FatArrow, ColonColon, EqEq, DotDot, Arrow, Pipe, Lt, Gt, Eq,
            Minus, Colon, Dot, Semicolon, Percent
        ]
    );
}
