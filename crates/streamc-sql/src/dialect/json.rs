//! The clauses of the JSON functions: `JSON_VALUE(x, '$.a' RETURNING INT NULL ON EMPTY DEFAULT 0 ON ERROR)`.
//!
//! A call comes out as a form whose arguments are the expressions and, for each clause, its words.

use super::{FORM, Parsed, form, open, text};
use sqlparser::ast::Expr;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span, Token};

/// Whether `name` is a function with clauses of JSON.
pub(super) fn is_json(name: &str) -> bool {
    matches!(
        name,
        "JSON_EXISTS"
            | "JSON_VALUE"
            | "JSON_QUERY"
            | "JSON_OBJECT"
            | "JSON_ARRAY"
            | "JSON_OBJECTAGG"
            | "JSON_ARRAYAGG"
    )
}

/// Reads the call whose name is the next token.
pub(super) fn call(parser: &mut Parser<'_>, name: &str) -> Parsed {
    let start = open(parser)?;
    let args = match name {
        "JSON_EXISTS" => exists(parser)?,
        "JSON_VALUE" => value(parser)?,
        "JSON_QUERY" => query(parser)?,
        "JSON_OBJECT" => object(parser)?,
        "JSON_ARRAY" => array(parser)?,
        "JSON_OBJECTAGG" => {
            let mut args = pair(parser)?.to_vec();
            args.push(on_null(parser)?);
            args
        }
        _ => vec![parser.parse_expr()?, on_null(parser)?],
    };
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, &format!("{FORM}{name}"), start, args))
}

/// Whether the token `ahead` is this word.
fn is_word(parser: &Parser<'_>, ahead: usize, word: &str) -> bool {
    matches!(&parser.peek_nth_token_ref(ahead).token,
        Token::Word(w) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
}

/// Takes these words if they come next; their place.
fn words(parser: &mut Parser<'_>, wanted: &[&str]) -> Option<Span> {
    if !wanted.iter().enumerate().all(|(ahead, word)| is_word(parser, ahead, word)) {
        return None;
    }
    let mut span = parser.peek_token_ref().span;
    for _ in wanted {
        span.end = parser.next_token().span.end;
    }
    Some(span)
}

/// The document and the path.
fn head(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let document = parser.parse_expr()?;
    parser.expect_token(&Token::Comma)?;
    Ok(vec![document, parser.parse_expr()?])
}

fn exists(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut args = head(parser)?;
    let found = ["TRUE", "FALSE", "UNKNOWN", "ERROR"]
        .into_iter()
        .find_map(|word| words(parser, &[word, "ON", "ERROR"]).map(|span| text(word, span)));
    args.push(found.unwrap_or_else(none));
    Ok(args)
}

/// A clause that is not there.
fn none() -> Expr {
    text("", Span::empty())
}

/// `RETURNING T`: the place of the type.
fn returning(parser: &mut Parser<'_>) -> Result<Expr, ParserError> {
    if words(parser, &["RETURNING"]).is_none() {
        return Ok(none());
    }
    let mut span = parser.peek_token_ref().span;
    let mut depth = 0i32;
    let mut empty = true;
    loop {
        let clause = ["NULL", "ERROR", "DEFAULT", "EMPTY", "WITH", "WITHOUT"];
        let ends = match &parser.peek_token_ref().token {
            Token::RParen | Token::Comma if depth <= 0 => true,
            Token::EOF => true,
            _ => depth == 0 && !empty && clause.iter().any(|word| is_word(parser, 0, word)),
        };
        if ends {
            break;
        }
        let token = parser.next_token();
        empty = false;
        span.end = token.span.end;
        depth += match token.token {
            Token::LParen | Token::Lt => 1,
            Token::RParen | Token::Gt => -1,
            Token::ShiftRight => -2,
            _ => 0,
        };
    }
    if empty {
        let found = parser.peek_token();
        return parser.expected("a type", found);
    }
    Ok(text("RETURNING", span))
}

fn value(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut args = head(parser)?;
    args.push(returning(parser)?);
    let mut clauses: [Option<[Expr; 2]>; 2] = [None, None];
    loop {
        let start = parser.peek_token_ref().span;
        let (word, default) = if words(parser, &["DEFAULT"]).is_some() {
            ("DEFAULT", parser.parse_expr()?)
        } else if is_word(parser, 1, "ON") && words(parser, &["NULL"]).is_some() {
            ("NULL", none())
        } else if is_word(parser, 1, "ON") && words(parser, &["ERROR"]).is_some() {
            ("ERROR", none())
        } else {
            break;
        };
        on(parser, &mut clauses, [text(word, start), default])?;
    }
    args.extend(clauses.into_iter().flat_map(|clause| clause.unwrap_or_else(|| [none(), none()])));
    Ok(args)
}

/// `ON EMPTY` or `ON ERROR` behind what it gives; each comes once.
fn on<T>(parser: &mut Parser<'_>, clauses: &mut [Option<T>; 2], given: T) -> Result<(), ParserError> {
    let index = if words(parser, &["ON", "EMPTY"]).is_some() {
        0
    } else if words(parser, &["ON", "ERROR"]).is_some() {
        1
    } else {
        let found = parser.peek_token();
        return parser.expected("`ON EMPTY` or `ON ERROR`", found);
    };
    if clauses[index].is_some() {
        let found = parser.peek_token();
        return parser.expected("each of `ON EMPTY` and `ON ERROR` once, then `)`", found);
    }
    clauses[index] = Some(given);
    Ok(())
}

fn query(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut args = head(parser)?;
    args.push(returning(parser)?);
    let wrappers: [(&[&str], &str); 8] = [
        (&["WITHOUT", "WRAPPER"], ""),
        (&["WITHOUT", "ARRAY", "WRAPPER"], ""),
        (&["WITH", "WRAPPER"], "WITH UNCONDITIONAL WRAPPER"),
        (&["WITH", "ARRAY", "WRAPPER"], "WITH UNCONDITIONAL WRAPPER"),
        (&["WITH", "UNCONDITIONAL", "WRAPPER"], "WITH UNCONDITIONAL WRAPPER"),
        (&["WITH", "UNCONDITIONAL", "ARRAY", "WRAPPER"], "WITH UNCONDITIONAL WRAPPER"),
        (&["WITH", "CONDITIONAL", "WRAPPER"], "WITH CONDITIONAL WRAPPER"),
        (&["WITH", "CONDITIONAL", "ARRAY", "WRAPPER"], "WITH CONDITIONAL WRAPPER"),
    ];
    let wrapper = wrappers
        .into_iter()
        .find_map(|(written, meant)| words(parser, written).map(|span| text(meant, span)));
    args.push(wrapper.unwrap_or_else(none));
    let mut clauses: [Option<Expr>; 2] = [None, None];
    loop {
        let given: [(&[&str], &str); 4] = [
            (&["NULL"], "NULL"),
            (&["ERROR"], "ERROR"),
            (&["EMPTY", "ARRAY"], "EMPTY ARRAY"),
            (&["EMPTY", "OBJECT"], "EMPTY OBJECT"),
        ];
        let Some(clause) = given
            .into_iter()
            .find_map(|(written, meant)| words(parser, written).map(|span| text(meant, span)))
        else {
            break;
        };
        on(parser, &mut clauses, clause)?;
    }
    args.extend(clauses.into_iter().map(|clause| clause.unwrap_or_else(none)));
    Ok(args)
}

/// `NULL ON NULL` or `ABSENT ON NULL`.
fn on_null(parser: &mut Parser<'_>) -> Result<Expr, ParserError> {
    Ok(["NULL", "ABSENT"]
        .into_iter()
        .find_map(|word| words(parser, &[word, "ON", "NULL"]).map(|span| text(word, span)))
        .unwrap_or_else(none))
}

/// `[KEY] k VALUE v` or `k : v`.
fn pair(parser: &mut Parser<'_>) -> Result<[Expr; 2], ParserError> {
    let key_is_name = is_word(parser, 1, "VALUE") || parser.peek_nth_token_ref(1).token == Token::Colon;
    let told = !key_is_name && words(parser, &["KEY"]).is_some();
    // Above the colon that sqlparser takes for an operator.
    let key = parser.parse_subexpr(22)?;
    // A colon stands only where no `KEY` does.
    if words(parser, &["VALUE"]).is_none() && (told || !parser.consume_token(&Token::Colon)) {
        let found = parser.peek_token();
        return parser.expected("`VALUE`", found);
    }
    Ok([key, parser.parse_expr()?])
}

/// Whether a list ends here.
fn ends(parser: &Parser<'_>) -> bool {
    parser.peek_token_ref().token == Token::RParen
        || ["NULL", "ABSENT"]
            .iter()
            .any(|word| is_word(parser, 0, word) && is_word(parser, 1, "ON") && is_word(parser, 2, "NULL"))
}

fn object(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut args = Vec::new();
    while !ends(parser) {
        args.extend(pair(parser)?);
        if !parser.consume_token(&Token::Comma) {
            break;
        }
    }
    args.insert(0, on_null(parser)?);
    Ok(args)
}

fn array(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut args = Vec::new();
    let mut more = false;
    while !ends(parser) {
        args.push(parser.parse_expr()?);
        more = parser.consume_token(&Token::Comma);
        if !more {
            break;
        }
    }
    // Flink reads `NULL` for a value where one may stand.
    if (args.is_empty() || more) && parser.peek_token_ref().token != Token::RParen {
        let found = parser.peek_token();
        return parser.expected("a value before `NULL ON NULL` or `ABSENT ON NULL`", found);
    }
    args.insert(0, on_null(parser)?);
    Ok(args)
}
