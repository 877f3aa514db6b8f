//! From tokens to sqlparser's tree, and from its errors to diagnostics.

use crate::dialect::{FlinkDialect, RESERVED, TOO_LONG};
use crate::tokens::Tokens;
use sqlparser::ast::{Expr, Query, SelectItem};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan};
use std::ops::Range;
use streamc_diagnostics::codes::syntax::NESTING_LIMIT;
use streamc_diagnostics::codes::types::{SQL_SYNTAX, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};

/// How deep expressions and queries may nest.
const DEPTH: usize = 100;
/// How many set operators or joins a query may have.
const MAX_RELATIONS: usize = 200;

fn parser(tokens: &Tokens, range: Range<usize>, dialect: &'static FlinkDialect) -> Parser<'static> {
    Parser::new(dialect)
        .with_recursion_limit(DEPTH)
        .with_tokens_with_locations(tokens.list.get(range).unwrap_or_default().to_vec())
}

/// A parser of a query. sqlparser does not know three things about `MATCH_RECOGNIZE`: `WITHIN`, whose tokens are left out, `SKIP TO`
/// a variable, which gets its `LAST`, and a sub-query before it, which becomes the argument of a table function named [`SUB_QUERY`].
fn query_parser(tokens: &Tokens, from: usize) -> Parser<'static> {
    let matches: Vec<usize> =
        (from..tokens.list.len()).filter(|i| tokens.is_word(*i, "MATCH_RECOGNIZE")).collect();
    let unknown: Vec<(usize, usize)> =
        matches.iter().filter_map(|i| crate::query::within(tokens, *i)).collect();
    let queries: Vec<(usize, usize)> = matches.iter().filter_map(|i| query_before(tokens, *i)).collect();
    let values = (from..tokens.list.len()).filter(|i| tokens.is_word(*i, "VALUES"));
    let bare: Vec<(usize, usize)> = values.flat_map(|i| bare_rows(tokens, i)).collect();
    let quantifiers: Vec<usize> = (from..tokens.list.len())
        .filter(|i| quantified_values(tokens, *i))
        .filter_map(|i| tokens.closing(i))
        .collect();
    let mut list = Vec::with_capacity(tokens.list.len());
    for (i, token) in tokens.list.iter().enumerate().skip(from) {
        if unknown.iter().any(|(start, end)| (start..end).contains(&&i)) {
            continue;
        }
        if quantified_values(tokens, i) || bare.iter().any(|(start, _)| *start == i) {
            list.push(TokenWithSpan::new(Token::LParen, token.span));
        }
        if skips_to(tokens, i) {
            list.push(TokenWithSpan::new(Token::make_word("LAST", None), token.span));
        }
        if queries.iter().any(|(open, _)| *open == i) {
            list.push(TokenWithSpan::new(Token::make_word(SUB_QUERY, None), token.span));
            list.push(token.clone());
        }
        if table_query(tokens, i) {
            let word = |text| TokenWithSpan::new(Token::make_word(text, None), token.span);
            list.extend([word("SELECT"), TokenWithSpan::new(Token::Mul, token.span), word("FROM")]);
            continue;
        }
        list.push(token.clone());
        if queries.iter().any(|(_, close)| *close == i) {
            list.push(token.clone());
        }
        if bare.iter().any(|(_, end)| *end == i) || quantifiers.contains(&i) {
            list.push(TokenWithSpan::new(Token::RParen, token.span));
        }
    }
    Parser::new(&IN_QUERY).with_recursion_limit(DEPTH).with_tokens_with_locations(list)
}

/// The rows of `VALUES 1, 2` that stand in no parentheses, which sqlparser wants: the first and the last token of each.
fn bare_rows(tokens: &Tokens, values: usize) -> Vec<(usize, usize)> {
    let ends = |i: usize| {
        ["UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH"]
            .iter()
            .any(|w| tokens.is_word(i, w))
    };
    let mut out = Vec::new();
    let mut start = values + 1;
    loop {
        let mut end = start;
        while end < tokens.list.len() {
            end = match tokens.get(end) {
                Some(Token::RParen | Token::Comma) => break,
                Some(Token::LParen | Token::LBracket) => {
                    tokens.closing(end).map_or(tokens.list.len(), |i| i + 1)
                }
                _ if ends(end) => break,
                _ => end + 1,
            };
        }
        let row = tokens.get(start) == Some(&Token::LParen) || tokens.is_word(start, "ROW");
        if end > start && !row {
            out.push((start, end - 1));
        }
        if tokens.get(end) != Some(&Token::Comma) {
            return out;
        }
        start = end + 1;
    }
}

/// Whether token `i` begins the query `TABLE t`, which is `SELECT * FROM t`. Flink takes no `ORDER BY` and no `LIMIT` behind it.
fn table_query(tokens: &Tokens, i: usize) -> bool {
    let one_of = |i: usize, words: &[&str]| words.iter().any(|w| tokens.is_word(i, w));
    let sets = ["UNION", "INTERSECT", "EXCEPT"];
    let named = tokens.is_word(i, "TABLE") && matches!(tokens.get(i + 1), Some(Token::Word(_)));
    let ends = match tokens.get(i + 2) {
        None | Some(Token::RParen) => true,
        _ => one_of(i + 2, &sets),
    };
    let begins = match i.checked_sub(1) {
        None => true,
        Some(before) if tokens.get(before) == Some(&Token::LParen) => match before.checked_sub(1) {
            None => true,
            Some(before) => {
                matches!(tokens.get(before), Some(Token::LParen | Token::Comma))
                    || one_of(before, &["FROM", "JOIN", "IN", "EXISTS", "AS", "ALL", "ANY", "SOME"])
                    || one_of(before, &sets)
            }
        },
        Some(before) => one_of(before, &sets) || one_of(before, &["ALL"]),
    };
    named && ends && begins
}

/// Whether token `i` is the parenthesis of `= ANY (VALUES 1, 2)`, where sqlparser knows no `VALUES`.
fn quantified_values(tokens: &Tokens, i: usize) -> bool {
    tokens.get(i) == Some(&Token::LParen)
        && tokens.is_word(i + 1, "VALUES")
        && ["ANY", "ALL", "SOME"].iter().any(|w| tokens.is_word(i.wrapping_sub(1), w))
}

/// Whether token `i` is the variable of `AFTER MATCH SKIP TO a`, which means its last row.
fn skips_to(tokens: &Tokens, i: usize) -> bool {
    let before = |n: usize, word: &str| i >= n && tokens.is_word(i - n, word);
    before(1, "TO")
        && before(2, "SKIP")
        && before(3, "MATCH")
        && !["NEXT", "FIRST", "LAST"].iter().any(|w| tokens.is_word(i, w))
}

/// Name of the table function that gives the rows of a sub-query.
pub(crate) const SUB_QUERY: &str = "\u{1}SUBQUERY";

/// The parentheses of a sub-query, with or without a name, before the token `end`.
fn query_before(tokens: &Tokens, end: usize) -> Option<(usize, usize)> {
    let is_close = |i: usize| tokens.get(i) == Some(&Token::RParen);
    let close = match end {
        _ if is_close(end.wrapping_sub(1)) => end - 1,
        _ if is_close(end.wrapping_sub(2)) => end - 2,
        _ if tokens.is_word(end.wrapping_sub(2), "AS") && is_close(end.wrapping_sub(3)) => end - 3,
        _ => return None,
    };
    let starts = |i: &usize| tokens.is_word(i + 1, "SELECT") || tokens.is_word(i + 1, "WITH");
    let open = (0..close).rev().filter(|i| tokens.get(*i) == Some(&Token::LParen));
    let open = open.into_iter().find(|i| tokens.closing(*i) == Some(close)).filter(starts)?;
    let called =
        matches!(tokens.get(open.wrapping_sub(1)), Some(Token::Word(w)) if w.keyword == Keyword::TABLE);
    (!called).then_some((open, close))
}

/// The expression that these tokens of a query are.
pub(crate) fn expression_of(source: &str, tokens: &Tokens, range: Range<usize>) -> Result<Expr, Diagnostic> {
    let end = range.end;
    let mut p = parser(tokens, range, &IN_QUERY);
    let expr = p.parse_expr().map_err(|e| error(source, tokens, &e))?;
    let next = p.peek_token();
    if next.token == Token::EOF {
        return Ok(expr);
    }
    let at = tokens.at(crate::tokens::bytes(next.span).map_or(end, |(start, _)| tokens.from(start)));
    Err(expected(source, tokens, "the end of the expression", at))
}

static IN_QUERY: FlinkDialect = FlinkDialect { reserved: true };
static IN_PIPE: FlinkDialect = FlinkDialect { reserved: false };

/// One expression, to the last token.
pub(crate) fn expression(source: &str, tokens: &Tokens) -> Result<Expr, Diagnostic> {
    whole(source, tokens, |p| p.parse_expr())
}

/// A select list, to the last token.
pub(crate) fn select_list(source: &str, tokens: &Tokens) -> Result<Vec<SelectItem>, Diagnostic> {
    whole(source, tokens, |p| p.parse_comma_separated(Parser::parse_select_item))
}

fn whole<T>(
    source: &str,
    tokens: &Tokens,
    parse: impl Fn(&mut Parser<'static>) -> Result<T, ParserError>,
) -> Result<T, Diagnostic> {
    let mut p = parser(tokens, 0..tokens.list.len(), &IN_PIPE);
    let result = parse(&mut p).map_err(|e| error(source, tokens, &e))?;
    let next = p.peek_token();
    if next.token == Token::EOF {
        return Ok(result);
    }
    let index = crate::tokens::bytes(next.span).map_or(usize::MAX, |(start, _)| tokens.from(start));
    Err(expected(source, tokens, "an operator or the end of the expression", tokens.at(index)))
}

/// A query, to the last token.
pub(crate) fn query(source: &str, tokens: &Tokens) -> Result<Box<Query>, Diagnostic> {
    let heavy = |t: &Token| {
        matches!(t, Token::Word(w) if w.quote_style.is_none()
            && matches!(w.keyword, Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT | Keyword::JOIN))
    };
    let count = tokens.list.iter().filter(|t| heavy(&t.token)).count();
    if count > MAX_RELATIONS {
        return Err(Diagnostic::new(
            NESTING_LIMIT,
            tokens.at(0),
            format!("a query may have {MAX_RELATIONS} joins and unions, this one has {count}"),
        ));
    }
    match tokens.get(0) {
        None => return Err(Diagnostic::new(SQL_SYNTAX, tokens.whole, "the query is empty")),
        Some(Token::Word(w)) if matches!(w.keyword, Keyword::SELECT | Keyword::WITH | Keyword::VALUES) => {}
        Some(Token::LParen) => {}
        Some(_) if table_query(tokens, 0) => {}
        Some(_) => {
            let at = tokens.at(0);
            let word = source.get(at.range()).unwrap_or_default();
            return Err(match word.to_ascii_uppercase().as_str() {
                "INSERT" | "CREATE" | "DROP" | "ALTER" | "SET" | "UPDATE" | "DELETE" | "EXPLAIN"
                | "DESCRIBE" => {
                    Diagnostic::new(SQL_UNSUPPORTED, at, format!("a stream is a query, not `{word}`"))
                        .help("sources and sinks are declared with `source` and `sink`")
                }
                _ => expected(source, tokens, "`SELECT` or `WITH`", at),
            });
        }
    }
    let mut p = query_parser(tokens, 0);
    let result = p.parse_query().map_err(|e| deepest(source, tokens, error(source, tokens, &e)))?;
    let next = p.peek_token();
    if next.token == Token::EOF {
        return Ok(result);
    }
    let index = crate::tokens::bytes(next.span).map_or(usize::MAX, |(start, _)| tokens.from(start));
    Err(deepest(source, tokens, expected(source, tokens, "the end of the query", tokens.at(index))))
}

/// sqlparser tries a parenthesis in `FROM` as a sub-query, and if that fails reads `SELECT` as the name of a table. The
/// error of the first try is the one that helps: the outermost sub-query around the error that does not parse has it.
fn deepest(source: &str, tokens: &Tokens, mut found: Diagnostic) -> Diagnostic {
    let mut from = 0;
    while let Some(span) = found.span {
        let end = tokens.from(span.start);
        let starts = |i: usize| {
            tokens.get(i) == Some(&Token::LParen)
                && ["SELECT", "WITH", "VALUES"].iter().any(|w| tokens.is_word(i + 1, w))
        };
        let around = |i: usize| tokens.closing(i).is_none_or(|close| close >= end);
        let mut better = None;
        for open in (from..end).filter(|i| starts(*i) && around(*i)) {
            let mut p = query_parser(tokens, open + 1);
            let inner = match p.parse_query() {
                Err(e) => error(source, tokens, &e),
                Ok(_) => {
                    let next = p.peek_token();
                    if next.token == Token::RParen {
                        continue;
                    }
                    let at = match crate::tokens::bytes(next.span) {
                        Some((start, _)) => tokens.at(tokens.from(start)),
                        None => tokens.end(),
                    };
                    expected(source, tokens, "`)`", at)
                }
            };
            better = Some((open, inner));
            break;
        }
        match better {
            Some((open, inner)) => (from, found) = (open + 1, inner),
            None => break,
        }
    }
    found
}

/// sqlparser's error as a diagnostic. Its place is the last thing in its text: `… at Line: 1, Column: 42`.
fn error(source: &str, tokens: &Tokens, e: &ParserError) -> Diagnostic {
    let message = match e {
        ParserError::RecursionLimitExceeded => {
            return Diagnostic::new(
                NESTING_LIMIT,
                tokens.whole,
                format!("nested deeper than {DEPTH} levels"),
            );
        }
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
    };
    if message == TOO_LONG {
        return Diagnostic::new(NESTING_LIMIT, tokens.at(0), "a chain of operators is too long")
            .help("split the expression into columns");
    }
    let (message, span) = match message.rsplit_once(" at Line: 1, Column: ") {
        Some((text, column)) => {
            let byte = column.trim().parse::<u32>().unwrap_or(1).saturating_sub(1);
            (text, tokens.at(tokens.from(byte)))
        }
        None => (message.as_str(), tokens.end()),
    };
    let found = source.get(span.range()).unwrap_or_default();
    let wanted = message.strip_prefix("Expected: ").and_then(|m| m.split_once(", found: ")).map(|(e, _)| e);
    match wanted {
        Some(RESERVED) => reserved(found, span),
        Some(wanted) => {
            let wanted =
                wanted.replace("token: ", "").replace("KEYWORD ", "").replace("identifier", "a name");
            expected(source, tokens, &quote_symbol(&wanted), span)
        }
        None => Diagnostic::new(SQL_SYNTAX, span, lower_first(message)),
    }
}

/// Something else than `wanted` stands at `span`.
fn expected(source: &str, tokens: &Tokens, wanted: &str, span: Span) -> Diagnostic {
    let index = if span.is_empty() { tokens.list.len() } else { tokens.from(span.start) };
    if let Some(slip) = crate::mistakes::explain(source, tokens, wanted, index) {
        return slip;
    }
    let found = source.get(span.range()).unwrap_or_default();
    let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
    Diagnostic::new(SQL_SYNTAX, span, format!("expected {wanted}, found {found}"))
}

/// A word that the engine's parser takes for syntax.
pub(crate) fn reserved(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(SQL_SYNTAX, span, format!("`{word}` is a reserved word"))
        .help("a name that is a reserved word stands in back quotes")
        .fix("put it in back quotes", span, format!("`{word}`"))
}

fn quote_symbol(text: &str) -> String {
    if !text.is_empty()
        && text.chars().all(|c| c.is_ascii_punctuation() || c.is_ascii_uppercase())
        && !text.contains('`')
    {
        format!("`{text}`")
    } else {
        text.to_owned()
    }
}

/// sqlparser's sentences begin with a capital letter; ours do not.
pub(crate) fn lower_first(message: &str) -> String {
    let mut chars = message.trim_end_matches('.').chars();
    match chars.next() {
        Some(c) => c.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
