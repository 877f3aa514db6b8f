//! Flink's SQL as a sqlparser dialect.
//!
//! Forms that sqlparser has no node for, or a node without spans, are read here and come out as calls: a
//! [`Function`] whose name has a second part, [`MARK`], with the span of the whole call. Names of forms that are no
//! function of the catalogue start with [`FORM`]; no text can write such a name.

mod json;

use crate::words;
use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, Ident, ObjectName, ObjectNamePart, Value, ValueWithSpan,
};
use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span, Token, Word};

/// Second part of the name of a call: carries the span from the name to the last token.
pub(crate) const MARK: &str = "\u{1}span";
/// First character of the name of a form: `\u{1}CAST`.
pub(crate) const FORM: char = '\u{1}';
/// Message of the error for a chain of operators beyond [`MAX_CHAIN`].
pub(crate) const TOO_LONG: &str = "\u{1}chain";
/// Depth that a chain of infix operators may have (`a + b + c` is 2 deep).
const MAX_CHAIN: usize = 500;

/// Flink 2.3's SQL. With `reserved`, words that Flink reserves are refused as bare names: in queries, whose text the
/// engine reads again, not in expressions of pipes.
#[derive(Debug)]
pub(crate) struct FlinkDialect {
    pub(crate) reserved: bool,
}

type Parsed = Result<Expr, ParserError>;

impl Dialect for FlinkDialect {
    fn is_identifier_start(&self, c: char) -> bool {
        c == '_' || unicode_ident::is_xid_start(c)
    }
    fn is_identifier_part(&self, c: char) -> bool {
        c == '$' || unicode_ident::is_xid_continue(c)
    }
    fn is_delimited_identifier_start(&self, c: char) -> bool {
        c == '`'
    }
    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }
    fn supports_group_by_expr(&self) -> bool {
        true
    }
    fn supports_table_versioning(&self) -> bool {
        true
    }
    fn supports_string_escape_constant(&self) -> bool {
        true
    }
    fn supports_match_recognize(&self) -> bool {
        true
    }
    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }
    fn supports_boolean_literals(&self) -> bool {
        true
    }

    /// Calcite's order (`SqlStdOperatorTable`): comparisons bind looser than `LIKE`, `IN` and `BETWEEN`, tighter than
    /// `IS NULL`; `IS DISTINCT FROM` is a comparison.
    fn prec_value(&self, prec: Precedence) -> u8 {
        match prec {
            Precedence::Period => 100,
            Precedence::DoubleColon => 50,
            Precedence::AtTz => 41,
            Precedence::MulDivModOp => 40,
            Precedence::PlusMinus => 30,
            Precedence::Xor => 24,
            Precedence::Ampersand => 23,
            Precedence::Caret => 22,
            Precedence::Pipe | Precedence::Colon | Precedence::PgOther => 21,
            Precedence::Between | Precedence::Like => 20,
            Precedence::Eq => COMPARISON,
            Precedence::Is => 17,
            Precedence::UnaryNot => 15,
            Precedence::And => 10,
            Precedence::Or => 5,
        }
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        let word = |n: usize| match &parser.peek_nth_token_ref(n).token {
            Token::Word(w) if w.quote_style.is_none() => Some(w.keyword),
            _ => None,
        };
        let is_distinct = word(0) == Some(Keyword::IS)
            && (word(1) == Some(Keyword::DISTINCT)
                || (word(1) == Some(Keyword::NOT) && word(2) == Some(Keyword::DISTINCT)));
        if is_distinct {
            return Some(Ok(COMPARISON));
        }
        // `a = SOME (…)`, `(+)` and the operators of other systems are not Flink's.
        None
    }

    fn parse_infix(&self, parser: &mut Parser<'_>, expr: &Expr, _precedence: u8) -> Option<Parsed> {
        if depth(expr) > MAX_CHAIN {
            return Some(Err(ParserError::ParserError(TOO_LONG.to_owned())));
        }
        behind_pattern(parser, expr).or_else(|| between(parser, expr)).or_else(|| listed(parser, expr))
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Parsed> {
        let Token::Word(word) = &parser.peek_token_ref().token else { return written_rows(parser) };
        if word.quote_style.is_some() {
            let called = parser.peek_nth_token_ref(1).token == Token::LParen;
            return called.then(|| call(parser));
        }
        let text = word.value.to_ascii_uppercase();
        let next = &parser.peek_nth_token_ref(1).token;
        let paren = *next == Token::LParen;
        match text.as_str() {
            "CAST" | "TRY_CAST" if paren => Some(cast(parser, &text)),
            "EXTRACT" if paren => Some(extract(parser)),
            "CEIL" | "CEILING" | "FLOOR" if paren => Some(ceil_floor(parser, &text)),
            "TRIM" if paren => Some(trim(parser)),
            "SUBSTRING" | "SUBSTR" if paren => {
                Some(with_words(parser, "SUBSTRING", &[Keyword::FROM, Keyword::FOR]))
            }
            "POSITION" if paren => Some(position(parser)),
            "OVERLAY" if paren => {
                Some(with_words(parser, "OVERLAY", &[Keyword::PLACING, Keyword::FROM, Keyword::FOR]))
            }
            "TIMESTAMPADD" | "TIMESTAMPDIFF" if paren => Some(unit_first(parser, &text)),
            "INTERVAL"
                if matches!(
                    next,
                    Token::SingleQuotedString(_) | Token::Number(..) | Token::Plus | Token::Minus
                ) =>
            {
                Some(interval(parser))
            }
            "DATE" | "TIME" | "TIMESTAMP" if matches!(next, Token::SingleQuotedString(_)) => {
                Some(typed_string(parser, &text))
            }
            "ARRAY" | "MAP" if *next == Token::LBracket => Some(bracketed(parser, &text)),
            _ if paren && json::is_json(&text) => Some(json::call(parser, &text)),
            "TABLE" => Some(table(parser)),
            "CASE" => Some(case(parser)),
            "NOT" => Some(skip(parser).parse_not()),
            "EXISTS" => Some(skip(parser).parse_exists_expr(false)),
            "TRUE" | "FALSE" | "NULL" => Some(parser.parse_value().map(Expr::Value)),
            _ if words::is_clause(&text) => {
                let found = parser.peek_token();
                Some(parser.expected("an expression", found))
            }
            _ if paren => Some(call(parser)),
            _ if words::is_niladic(&text) => Some(niladic(parser)),
            _ if self.reserved && words::is_reserved(&text) => {
                let found = parser.peek_token();
                Some(parser.expected(RESERVED, found))
            }
            _ => Some(parser.parse_identifier().map(Expr::Identifier)),
        }
    }
}

/// `CASE`. In `CASE x WHEN 1, 2 THEN …` such a list is `x IN (1, 2)`; the other values are compared by `=` then.
fn case(parser: &mut Parser<'_>) -> Parsed {
    parser.next_token();
    let case_token = AttachedToken(parser.get_current_token().clone());
    let operand = if parser.parse_keyword(Keyword::WHEN) {
        None
    } else {
        let operand = parser.parse_expr()?;
        parser.expect_keyword_is(Keyword::WHEN)?;
        Some(operand)
    };
    let mut branches: Vec<(Vec<Expr>, Expr)> = Vec::new();
    loop {
        let mut values = vec![parser.parse_expr()?];
        while operand.is_some() && parser.consume_token(&Token::Comma) {
            values.push(parser.parse_expr()?);
        }
        parser.expect_keyword_is(Keyword::THEN)?;
        branches.push((values, parser.parse_expr()?));
        if !parser.parse_keyword(Keyword::WHEN) {
            break;
        }
    }
    let otherwise = parser.parse_keyword(Keyword::ELSE).then(|| parser.parse_expr()).transpose()?;
    let end_token = AttachedToken(parser.expect_keyword(Keyword::END)?);
    let compared = operand.clone().filter(|_| branches.iter().any(|(values, _)| values.len() > 1));
    let condition = |mut values: Vec<Expr>| match (&compared, values.len()) {
        (Some(operand), 2..) => {
            Some(Expr::InList { expr: Box::new(operand.clone()), list: values, negated: false })
        }
        (Some(operand), _) => values.pop().map(|value| Expr::BinaryOp {
            left: Box::new(operand.clone()),
            op: BinaryOperator::Eq,
            right: Box::new(value),
        }),
        (None, _) => values.pop(),
    };
    let conditions = branches
        .into_iter()
        .filter_map(|(values, result)| Some(CaseWhen { condition: condition(values)?, result }))
        .collect();
    let operand = if compared.is_some() { None } else { operand.map(Box::new) };
    Ok(Expr::Case { case_token, end_token, operand, conditions, else_result: otherwise.map(Box::new) })
}

/// `(VALUES 1)` as a value.
fn written_rows(parser: &mut Parser<'_>) -> Option<Parsed> {
    let values = matches!(&parser.peek_nth_token_ref(1).token,
        Token::Word(w) if w.quote_style.is_none() && w.keyword == Keyword::VALUES);
    if parser.peek_token_ref().token != Token::LParen || !values {
        return None;
    }
    let query = skip(parser).parse_query();
    Some(query.and_then(|query| parser.expect_token(&Token::RParen).map(|_| Expr::Subquery(query))))
}

/// The parser behind its next token.
fn skip<'p, 'a>(parser: &'p mut Parser<'a>) -> &'p mut Parser<'a> {
    parser.next_token();
    parser
}

/// What is "expected" where a reserved word stands for a name.
pub(crate) const RESERVED: &str = "\u{1}reserved";

const COMPARISON: u8 = 18;

/// How deep `expr` is on its left, in operators; what is no chain of binary operators weighs more.
fn depth(mut expr: &Expr) -> usize {
    let mut depth = 0;
    while depth <= MAX_CHAIN {
        (expr, depth) = match expr {
            Expr::BinaryOp { left, .. } => (left, depth + 1),
            Expr::IsNull(e)
            | Expr::IsNotNull(e)
            | Expr::IsTrue(e)
            | Expr::IsNotTrue(e)
            | Expr::IsFalse(e)
            | Expr::IsNotFalse(e)
            | Expr::IsUnknown(e)
            | Expr::IsNotUnknown(e)
            | Expr::IsJson { expr: e, .. }
            | Expr::IsDistinctFrom(e, _)
            | Expr::IsNotDistinctFrom(e, _)
            | Expr::Like { expr: e, .. }
            | Expr::Between { expr: e, .. }
            | Expr::InList { expr: e, .. }
            | Expr::AtTimeZone { timestamp: e, .. } => (e, depth + 10),
            _ => break,
        };
    }
    depth
}

/// A call named `name` whose tokens reach from `start` to the token read last.
fn form(parser: &Parser<'_>, name: &str, start: Span, args: Vec<Expr>) -> Expr {
    let args = args.into_iter().map(|e| FunctionArg::Unnamed(FunctionArgExpr::Expr(e))).collect();
    let list = FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() };
    function(parser, name, start, FunctionArguments::List(list))
}

fn function(parser: &Parser<'_>, name: &str, start: Span, args: FunctionArguments) -> Expr {
    Expr::Function(Function {
        name: ObjectName(vec![named(name, start), mark(parser, start)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args,
        within_group: Vec::new(),
        filter: None,
        null_treatment: None,
        over: None,
    })
}

fn named(name: &str, span: Span) -> ObjectNamePart {
    ObjectNamePart::Identifier(Ident { value: name.to_owned(), quote_style: None, span })
}

fn mark(parser: &Parser<'_>, start: Span) -> ObjectNamePart {
    let end = parser.get_current_token().span.end;
    named(MARK, Span { start: start.start, end })
}

/// A text that is no expression: a unit, the place of a type.
fn text(value: impl Into<String>, span: Span) -> Expr {
    Expr::Value(ValueWithSpan { value: Value::Placeholder(value.into()), span })
}

/// `name(a, b)`, with everything that may follow an aggregate.
fn call(parser: &mut Parser<'_>) -> Parsed {
    let start = parser.peek_token_ref().span;
    let name = parser.parse_identifier()?;
    let mut expr = parser.parse_function(ObjectName::from(vec![name]))?;
    if let Expr::Function(f) = &mut expr {
        f.name.0.push(mark(parser, start));
    }
    Ok(expr)
}

/// `CURRENT_DATE`, with or without a precision.
fn niladic(parser: &mut Parser<'_>) -> Parsed {
    let token = parser.next_token();
    let name = token.token.to_string();
    Ok(function(parser, &name, token.span, FunctionArguments::None))
}

/// The name and its opening parenthesis.
fn open(parser: &mut Parser<'_>) -> Result<Span, ParserError> {
    let start = parser.next_token().span;
    parser.expect_token(&Token::LParen)?;
    Ok(start)
}

/// `CAST(e AS T)`: the type is kept as its place in the text.
fn cast(parser: &mut Parser<'_>, name: &str) -> Parsed {
    let start = open(parser)?;
    let expr = parser.parse_expr()?;
    if !parser.parse_keyword(Keyword::AS) {
        let found = parser.peek_token();
        return parser.expected("`AS` and a type", found);
    }
    let first = parser.peek_token();
    let mut depth = 0usize;
    loop {
        let token = parser.peek_token_ref();
        match &token.token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => break,
            Token::RParen => depth -= 1,
            Token::EOF => {
                let found = parser.peek_token();
                return parser.expected("`)`", found);
            }
            _ => {}
        }
        parser.next_token();
    }
    if first.token == Token::RParen {
        return parser.expected("a type", first);
    }
    let span = Span { start: first.span.start, end: parser.get_current_token().span.end };
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, &format!("{FORM}{name}"), start, vec![expr, text("", span)]))
}

/// A bare word: a unit of time.
fn word(parser: &mut Parser<'_>, expected: &str) -> Parsed {
    let token = parser.next_token();
    match &token.token {
        Token::Word(Word { value, quote_style: None, .. }) => {
            Ok(text(value.to_ascii_uppercase(), token.span))
        }
        _ => parser.expected(expected, token),
    }
}

fn expect_keyword(parser: &mut Parser<'_>, keyword: Keyword) -> Result<(), ParserError> {
    if parser.parse_keyword(keyword) {
        return Ok(());
    }
    let found = parser.peek_token();
    parser.expected(&format!("`{keyword:?}`"), found)
}

fn extract(parser: &mut Parser<'_>) -> Parsed {
    let start = open(parser)?;
    let unit = word(parser, "a unit of time")?;
    expect_keyword(parser, Keyword::FROM)?;
    let expr = parser.parse_expr()?;
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, "EXTRACT", start, vec![unit, expr]))
}

fn ceil_floor(parser: &mut Parser<'_>, name: &str) -> Parsed {
    let start = open(parser)?;
    let mut args = vec![parser.parse_expr()?];
    if parser.parse_keyword(Keyword::TO) {
        let unit = word(parser, "a unit of time")?;
        parser.expect_token(&Token::RParen)?;
        args.insert(0, unit);
        return Ok(form(parser, if name == "FLOOR" { "FLOOR_TO" } else { "CEIL_TO" }, start, args));
    }
    while parser.consume_token(&Token::Comma) {
        args.push(parser.parse_expr()?);
    }
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, if name == "CEILING" { "CEIL" } else { name }, start, args))
}

/// `TRIM(s)`, `TRIM([BOTH | LEADING | TRAILING] [c] FROM s)`: the form's arguments are the side, the string, the
/// characters.
fn trim(parser: &mut Parser<'_>) -> Parsed {
    let start = open(parser)?;
    let side = match parser.peek_token_ref() {
        t if matches!(&t.token, Token::Word(w) if w.quote_style.is_none()) => {
            match t.token.to_string().to_ascii_uppercase() {
                s if matches!(s.as_str(), "BOTH" | "LEADING" | "TRAILING") => Some((s, t.span)),
                _ => None,
            }
        }
        _ => None,
    };
    if side.is_some() {
        parser.next_token();
    }
    let mut args = Vec::new();
    if side.is_some() && parser.parse_keyword(Keyword::FROM) {
        args.push(parser.parse_expr()?);
    } else {
        let first = parser.parse_expr()?;
        if parser.parse_keyword(Keyword::FROM) {
            args.push(parser.parse_expr()?);
            args.push(first);
        } else if side.is_some() {
            let found = parser.peek_token();
            return parser.expected("`FROM`", found);
        } else {
            args.push(first);
        }
    }
    parser.expect_token(&Token::RParen)?;
    let (side, span) = side.unwrap_or_else(|| ("BOTH".to_owned(), start));
    args.insert(0, text(side, span));
    Ok(form(parser, &format!("{FORM}TRIM"), start, args))
}

/// `SUBSTRING(s FROM a FOR b)`: arguments between words or commas.
fn with_words(parser: &mut Parser<'_>, name: &str, words: &[Keyword]) -> Parsed {
    let start = open(parser)?;
    let mut args = vec![parser.parse_expr()?];
    let mut words = words.iter().peekable();
    loop {
        if parser.consume_token(&Token::Comma) || words.peek().is_some_and(|w| parser.parse_keyword(**w)) {
            words.next();
            args.push(parser.parse_expr()?);
        } else {
            break;
        }
    }
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, name, start, args))
}

/// `POSITION(a IN b)`.
fn position(parser: &mut Parser<'_>) -> Parsed {
    let start = open(parser)?;
    // Flink's parser reads neither parentheses nor operators here (`AtomicRowExpression`).
    let before = parser.peek_token();
    let needle = parser.parse_subexpr(20)?;
    if matches!(needle, Expr::BinaryOp { .. } | Expr::Nested(_) | Expr::Tuple(_) | Expr::Subquery(_)) {
        return parser.expected("a value or a call, without operators, before `IN`", before);
    }
    expect_keyword(parser, Keyword::IN)?;
    let text = parser.parse_expr()?;
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, "POSITION", start, vec![needle, text]))
}

/// `TIMESTAMPADD(DAY, 1, ts)`.
fn unit_first(parser: &mut Parser<'_>, name: &str) -> Parsed {
    let start = open(parser)?;
    let mut args = vec![word(parser, "a unit of time")?];
    while parser.consume_token(&Token::Comma) {
        args.push(parser.parse_expr()?);
    }
    parser.expect_token(&Token::RParen)?;
    Ok(form(parser, name, start, args))
}

/// `INTERVAL '1:30' MINUTE TO SECOND`: sign, text, units.
fn interval(parser: &mut Parser<'_>) -> Parsed {
    let start = parser.next_token().span;
    let negative = if parser.consume_token(&Token::Minus) {
        true
    } else {
        let _plus = parser.consume_token(&Token::Plus);
        false
    };
    let value = parser.next_token();
    let (Token::SingleQuotedString(digits) | Token::Number(digits, _)) = &value.token else {
        return parser.expected("a string", value);
    };
    let digits =
        Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(digits.clone()), span: value.span });
    let mut units = Vec::new();
    let mut span = value.span;
    loop {
        let unit = word(parser, "`YEAR`, `MONTH`, `DAY`, `HOUR`, `MINUTE` or `SECOND`")?;
        let Expr::Value(ValueWithSpan { value: Value::Placeholder(word), span: at }) = unit else { break };
        if units.is_empty() {
            span = at;
        }
        let mut written = word;
        if parser.consume_token(&Token::LParen) {
            let digits = parser.parse_comma_separated(Parser::parse_value)?;
            parser.expect_token(&Token::RParen)?;
            let digits: Vec<String> = digits.iter().map(ToString::to_string).collect();
            written = format!("{written}({})", digits.join(","));
        }
        span.end = parser.get_current_token().span.end;
        units.push(written);
        if units.len() == 2 || !parser.parse_keyword(Keyword::TO) {
            break;
        }
    }
    let sign = text(if negative { "-" } else { "" }, start);
    let args = vec![sign, digits, text(units.join(" TO "), span)];
    Ok(form(parser, &format!("{FORM}INTERVAL"), start, args))
}

fn typed_string(parser: &mut Parser<'_>, name: &str) -> Parsed {
    let start = parser.next_token().span;
    let value = parser.parse_value()?;
    Ok(form(parser, &format!("{FORM}{name}"), start, vec![Expr::Value(value)]))
}

fn bracketed(parser: &mut Parser<'_>, name: &str) -> Parsed {
    let start = parser.next_token().span;
    parser.expect_token(&Token::LBracket)?;
    let mut args = Vec::new();
    if parser.peek_token_ref().token != Token::RBracket {
        args = parser.parse_comma_separated(Parser::parse_expr)?;
    }
    parser.expect_token(&Token::RBracket)?;
    Ok(form(parser, &format!("{FORM}{name}"), start, args))
}

/// `TABLE t [PARTITION BY k | PARTITION BY (k, l)]` as an argument of a window function.
fn table(parser: &mut Parser<'_>) -> Parsed {
    let start = parser.next_token().span;
    let mut args = Vec::new();
    if parser.peek_token_ref().token == Token::LParen {
        let found = parser.peek_token();
        return parser.expected("the name of a table (a sub-query stands without `TABLE`)", found);
    }
    args.push(Expr::Identifier(parser.parse_identifier()?));
    if parser.peek_token_ref().token == Token::Period {
        let found = parser.peek_token();
        return parser.expected("`,`", found);
    }
    if parser.parse_keyword(Keyword::PARTITION) {
        expect_keyword(parser, Keyword::BY)?;
        if parser.consume_token(&Token::LParen) {
            args.extend(parser.parse_comma_separated(Parser::parse_expr)?);
            parser.expect_token(&Token::RParen)?;
        } else {
            args.push(parser.parse_expr()?);
        }
    }
    Ok(form(parser, &format!("{FORM}TABLE"), start, args))
}

/// `BETWEEN a AND b`, also with `SYMMETRIC` or `ASYMMETRIC` before the first bound.
fn between(parser: &mut Parser<'_>, value: &Expr) -> Option<Parsed> {
    let word = |n: usize, wanted: &str| {
        matches!(&parser.peek_nth_token_ref(n).token,
            Token::Word(w) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(wanted))
    };
    let negated = word(0, "NOT");
    let at = usize::from(negated);
    let symmetric = word(at + 1, SYMMETRIC);
    if !word(at, "BETWEEN") {
        return None;
    }
    let words = at + usize::from(symmetric || word(at + 1, "ASYMMETRIC"));
    for _ in 0..words {
        parser.next_token();
    }
    let start = parser.next_token().span;
    // Calcite reads the first bound up to `AND`, the second one only as far as without the word.
    let found = parser.peek_token();
    let low = match parser.parse_subexpr(10) {
        Ok(Expr::Between { .. }) => return Some(parser.expected("a bound in parentheses", found)),
        Ok(low) => low,
        Err(error) => return Some(Err(error)),
    };
    let low = if symmetric { form(parser, &format!("{FORM}{SYMMETRIC}"), start, vec![low]) } else { low };
    if !parser.parse_keyword(Keyword::AND) {
        let found = parser.peek_token();
        return Some(parser.expected("`AND`", found));
    }
    Some(parser.parse_subexpr(20).map(|high| Expr::Between {
        expr: Box::new(value.clone()),
        negated,
        low: Box::new(low),
        high: Box::new(high),
    }))
}

/// `x LIKE p IN (…)`: Calcite reads it as `x LIKE (p IN (…))`, sqlparser as `(x LIKE p) IN (…)`.
fn behind_pattern(parser: &mut Parser<'_>, left: &Expr) -> Option<Parsed> {
    if !matches!(left, Expr::Like { .. } | Expr::SimilarTo { .. }) {
        return None;
    }
    let keyword = |n: usize| match &parser.peek_nth_token_ref(n).token {
        Token::Word(word) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    };
    let at = usize::from(keyword(0) == Keyword::NOT);
    matches!(keyword(at), Keyword::IN | Keyword::BETWEEN | Keyword::LIKE | Keyword::SIMILAR).then(|| {
        let found = parser.peek_token();
        parser.expected("parentheses around `LIKE` and its pattern", found)
    })
}

/// The word that stands before the first bound of a `BETWEEN` whose bounds may come in any order.
pub(crate) const SYMMETRIC: &str = "SYMMETRIC";

/// `x = ANY (1, 2)`: a comparison with the items of a list, which sqlparser takes for one expression.
fn listed(parser: &mut Parser<'_>, left: &Expr) -> Option<Parsed> {
    let compare_op = match parser.peek_token_ref().token {
        Token::Eq => BinaryOperator::Eq,
        Token::Neq => BinaryOperator::NotEq,
        Token::Lt => BinaryOperator::Lt,
        Token::LtEq => BinaryOperator::LtEq,
        Token::Gt => BinaryOperator::Gt,
        Token::GtEq => BinaryOperator::GtEq,
        _ => return None,
    };
    let keyword = |n: usize| match &parser.peek_nth_token_ref(n).token {
        Token::Word(w) if w.quote_style.is_none() => w.keyword,
        _ => Keyword::NoKeyword,
    };
    let word = keyword(1);
    let any = matches!(word, Keyword::ANY | Keyword::SOME);
    let is_query = matches!(keyword(3), Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::TABLE)
        || parser.peek_nth_token_ref(3).token == Token::LParen;
    if !(any || word == Keyword::ALL) || parser.peek_nth_token_ref(2).token != Token::LParen || is_query {
        return None;
    }
    for _ in 0..3 {
        parser.next_token();
    }
    let list = match parser.parse_comma_separated(Parser::parse_expr) {
        Ok(list) => list,
        Err(error) => return Some(Err(error)),
    };
    if let Err(error) = parser.expect_token(&Token::RParen) {
        return Some(Err(error));
    }
    let (left, right) = (Box::new(left.clone()), Box::new(Expr::Tuple(list)));
    Some(Ok(if any {
        Expr::AnyOp { left, compare_op, right, is_some: word == Keyword::SOME }
    } else {
        Expr::AllOp { left, compare_op, right }
    }))
}
