//! Declarations and the file.

use super::block::{required, schema_block};
use super::input::{Kind, Lexeme};
use super::list::references;
use super::operators::pipe;
use super::primitives::{
    Cursor, CursorExt, Grammar, Rule, expect, finding, item_word, look, name, reference, skip_until, string,
    token, triple, word,
};
use super::value::options;
use crate::ast::{
    App, Block, Call, File, Item, Name, SchemaBlock, Sink, Source, SqlBlock, Stream, StreamBody, Test,
    TestRows, Use,
};
use crate::token::TokenKind;
use crate::word::{Word, declaration_words};
use chumsky::prelude::*;
use streamc_diagnostics::codes::syntax;
use streamc_diagnostics::{Diagnostic, did_you_mean};

/// A whole file. Takes every token; never fails.
pub(crate) fn file<'t>(grammar: Grammar<'t>) -> Rule<'t, File> {
    let item = item(grammar);
    custom(move |inp: &mut Cursor<'t, '_>| {
        let mut items = Vec::new();
        loop {
            let first = inp.next_is(grammar);
            match first.kind {
                Kind::End => {
                    inp.skip();
                    break;
                }
                Kind::Item => {
                    items.push(inp.parse(&item)?);
                    leftovers(grammar, inp);
                }
                _ => {
                    inp.report(first, no_declaration(grammar, first));
                    let next = skip_garbage(grammar, inp);
                    items.push(Item::Error(grammar.covered(first, next)));
                }
            }
        }
        Ok(File { docs: Vec::new(), items })
    })
    .boxed()
}

/// Whatever follows a declaration on its last line is too much. The next line is looked at afresh.
fn leftovers<'t>(grammar: Grammar<'t>, inp: &mut Cursor<'t, '_>) {
    let next = inp.next_is(grammar);
    if next.ends_item() || next.line_start {
        return;
    }
    let message = format!("unexpected {} behind the declaration", grammar.described(next));
    inp.report(next, finding(syntax::UNEXPECTED_TOKEN, next.span(grammar.file), message));
    skip_until(grammar, inp, |lexeme| lexeme.first_column);
}

/// Takes everything up to the next declaration.
fn skip_garbage<'t>(grammar: Grammar<'t>, inp: &mut Cursor<'t, '_>) -> Lexeme {
    loop {
        let next = inp.next_is(grammar);
        if next.ends_item() {
            return next;
        }
        inp.skip();
    }
}

fn no_declaration(grammar: Grammar<'_>, found: Lexeme) -> Diagnostic {
    let span = found.span(grammar.file);
    let text = grammar.text_of(found);
    let second = grammar.after(found, 1);
    if found.is(TokenKind::Ident) && second.is_name() && !second.line_start {
        let message = format!("unknown declaration `{text}`");
        return match did_you_mean(text, declaration_words()).filter(|meant| *meant != text) {
            Some(meant) => finding(
                syntax::UNKNOWN_DECLARATION,
                span,
                format!("{message}; did you mean `{meant}`?"),
            )
            .fix(format!("change `{text}` to `{meant}`"), span, meant),
            None => finding(syntax::UNKNOWN_DECLARATION, span, message)
                .help("A file consists of `app`, `use`, `source`, `stream`, `sink` and `test`."),
        };
    }
    let message =
        format!("expected a declaration such as `stream name = …`, found {}", grammar.described(found));
    let diagnostic = finding(syntax::UNEXPECTED_TOKEN, span, message);
    if found.is(TokenKind::Minus) && second.is(TokenKind::Minus) {
        return diagnostic.help("Comments start with `//`.");
    }
    if found.is(TokenKind::RBrace) {
        return diagnostic.help("There is no `{` for this `}` to close.");
    }
    diagnostic
}

fn item<'t>(grammar: Grammar<'t>) -> Rule<'t, Item> {
    let options = options(grammar);
    choice((
        source(grammar, &options).map(Item::Source),
        stream(grammar).map(Item::Stream),
        sink(grammar, &options).map(Item::Sink),
        test(grammar).map(Item::Test),
        app(grammar, &options).map(Item::App),
        uses(grammar).map(Item::Use),
    ))
    .boxed()
}

/// `app name { … }`
fn app<'t>(grammar: Grammar<'t>, options: &Rule<'t, Block>) -> Rule<'t, App> {
    item_word(Word::App)
        .then(name(grammar, "a name for the app"))
        .then(block_or_nothing(grammar, options))
        .then(look(grammar))
        .map(move |(((first, name), block), next)| App {
            docs: grammar.docs_before(first.start),
            name,
            block,
            span: grammar.covered(first, next),
        })
        .boxed()
}

/// `use "file"`
fn uses<'t>(grammar: Grammar<'t>) -> Rule<'t, Use> {
    item_word(Word::Use)
        .then(string(grammar, "a file's path in quotes"))
        .then(look(grammar))
        .map(move |((first, path), next)| Use {
            docs: grammar.docs_before(first.start),
            path,
            span: grammar.covered(first, next),
        })
        .boxed()
}

/// A connector may do without options, but what follows it must then be the end of the declaration or `from`.
fn block_or_nothing<'t>(grammar: Grammar<'t>, options: &Rule<'t, Block>) -> Rule<'t, Block> {
    let nothing = custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        if !(found.line_start || found.ends_item() || found.word == Word::From) {
            let diagnostic = grammar.expected("`{`", found);
            inp.report(found, diagnostic.fix("insert `{`", grammar.gap(found), " {"));
        }
        Ok(Block { fields: Vec::new(), span: grammar.gap(found) })
    });
    options.clone().or(nothing).boxed()
}

fn connector<'t>(grammar: Grammar<'t>, options: &Rule<'t, Block>) -> Rule<'t, Call> {
    name(grammar, "a connector such as `kafka`")
        .then(block_or_nothing(grammar, options))
        .map(|(name, block)| Call { name, block })
        .boxed()
}

/// `source name = connector { … }`
fn source<'t>(grammar: Grammar<'t>, options: &Rule<'t, Block>) -> Rule<'t, Source> {
    item_word(Word::Source)
        .then(name(grammar, "a name for the source"))
        .then_ignore(expect(grammar, TokenKind::Eq, "="))
        .then(connector(grammar, options))
        .then(look(grammar))
        .map(move |(((first, name), connector), next)| Source {
            docs: grammar.docs_before(first.start),
            name,
            connector,
            span: grammar.covered(first, next),
        })
        .boxed()
}

/// `sink name = connector { … } from stream, …`
fn sink<'t>(grammar: Grammar<'t>, options: &Rule<'t, Block>) -> Rule<'t, Sink> {
    let from = word(Word::From).ignore_then(references(grammar, "the stream that the sink writes", &[]));
    let missing = custom(move |inp: &mut Cursor<'t, '_>| {
        let found = inp.next_is(grammar);
        let diagnostic = grammar.expected("`from` and a stream", found);
        inp.report(found, diagnostic.help("A sink says what it writes: `sink out = print {} from name`."));
        Ok(Vec::new())
    });
    item_word(Word::Sink)
        .then(name(grammar, "a name for the sink"))
        .then_ignore(expect(grammar, TokenKind::Eq, "="))
        .then(connector(grammar, options))
        .then(from.or(missing))
        .then(look(grammar))
        .map(move |((((first, name), connector), from), next)| Sink {
            docs: grammar.docs_before(first.start),
            name,
            connector,
            from,
            span: grammar.covered(first, next),
        })
        .boxed()
}

/// `stream name: { … } = body`
fn stream<'t>(grammar: Grammar<'t>) -> Rule<'t, Stream> {
    let ty = token(TokenKind::Colon).ignore_then(required(grammar, schema_block(grammar), |span| {
        SchemaBlock { columns: Vec::new(), span }
    }));
    item_word(Word::Stream)
        .then(name(grammar, "a name for the stream"))
        .then(ty.or_not())
        .then_ignore(expect(grammar, TokenKind::Eq, "="))
        .then(stream_body(grammar))
        .then(look(grammar))
        .map(move |((((first, name), ty), body), next)| Stream {
            docs: grammar.docs_before(first.start),
            name,
            ty,
            body,
            span: grammar.covered(first, next),
        })
        .boxed()
}

fn is_block(lexeme: Lexeme) -> bool {
    matches!(lexeme.kind, Kind::Token(TokenKind::Triple | TokenKind::UnclosedTriple))
}

fn stream_body<'t>(grammar: Grammar<'t>) -> Rule<'t, StreamBody> {
    let sql = sql_block(grammar).map(StreamBody::Sql).boxed();
    let pipe = pipe(grammar).map(StreamBody::Pipe).boxed();
    custom(move |inp: &mut Cursor<'t, '_>| {
        let first = inp.next_is(grammar);
        let second = grammar.after(first, 1);
        if first.word == Word::Sql && (is_block(second) || second.is(TokenKind::LParen)) {
            return inp.parse(&sql);
        }
        if let Some(diagnostic) = bare_sql(grammar, first) {
            inp.report(first, diagnostic);
            let next = skip_until(grammar, inp, Lexeme::ends_item);
            return Ok(StreamBody::Error(grammar.covered(first, next)));
        }
        if is_block(first) {
            let diagnostic = grammar.expected("`sql` before the block", first);
            inp.report(first, diagnostic.fix("insert `sql`", grammar.at(first.start, first.start), "sql "));
            return inp.parse(&sql);
        }
        if first.is_name() && second.is(TokenKind::LBrace) {
            let message =
                format!("a stream has no connector, but `{}` looks like one", grammar.text_of(first));
            let diagnostic = finding(syntax::UNEXPECTED_TOKEN, first.span(grammar.file), message);
            inp.report(first, diagnostic.help("Declare a `source` or a `sink` for it, and name that here."));
            let next = skip_until(grammar, inp, |lexeme| lexeme.first_column && !lexeme.is(TokenKind::Pipe));
            return Ok(StreamBody::Error(grammar.covered(first, next)));
        }
        if first.is_name() || first.is(TokenKind::Pipe) {
            return inp.parse(&pipe);
        }
        let diagnostic = grammar.expected("a component's name or `sql`", first);
        inp.report(
            first,
            diagnostic
                .help("A stream is a pipe, such as `swipes | filter amount > 10`, or `sql \"\"\"…\"\"\"`."),
        );
        Ok(StreamBody::Error(grammar.gap(first)))
    })
    .boxed()
}

/// SQL that does not stand in a block: `SELECT id FROM t`, `sql "SELECT …"`.
fn bare_sql(grammar: Grammar<'_>, first: Lexeme) -> Option<Diagnostic> {
    let second = grammar.after(first, 1);
    if first.word == Word::Sql && second.is_string() && !second.line_start {
        let span = second.span(grammar.file);
        let message = "SQL stands in three quotes: `sql \"\"\"…\"\"\"`";
        let text = grammar.text_of(second);
        let text = text.get(1..text.len().max(2) - 1).unwrap_or_default();
        let closed = !second.is(TokenKind::UnclosedString);
        let diagnostic = finding(syntax::UNEXPECTED_TOKEN, span, message);
        return Some(if closed && !text.contains('\\') {
            diagnostic.fix("write three quotes", span, format!("\"\"\"{text}\"\"\""))
        } else {
            diagnostic
        });
    }
    let text = grammar.text_of(first);
    let starts = ["select", "with"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let goes_on = second.is_name()
        || second.is_string()
        || matches!(second.kind, Kind::Token(TokenKind::Star | TokenKind::Number | TokenKind::LParen));
    (starts && first.is(TokenKind::Ident) && goes_on && !second.ends_item()).then(|| {
        let message = format!("`{text}` is SQL, which stands in a block");
        finding(syntax::UNEXPECTED_TOKEN, first.span(grammar.file), message)
            .help("Write `sql \"\"\"SELECT …\"\"\"`, or a pipe: `rides | select id`.")
    })
}

/// `sql """…"""`, `sql(engine) """…"""`
fn sql_block<'t>(grammar: Grammar<'t>) -> Rule<'t, SqlBlock> {
    let engine = token(TokenKind::LParen)
        .ignore_then(name(grammar, "an engine such as `flink`"))
        .then_ignore(expect(grammar, TokenKind::RParen, ")"));
    look(grammar)
        .then_ignore(word(Word::Sql).or_not())
        .then(engine.or_not())
        .then(triple(grammar, "an SQL block in `\"\"\"`", false))
        .then(look(grammar))
        .map(move |(((first, engine), text), next)| SqlBlock {
            engine,
            text,
            span: grammar.covered(first, next),
        })
        .boxed()
}

enum Rows {
    Given(TestRows),
    Expect(TestRows),
}

/// `test "name" { given s """…""" expect t """…""" }`
fn test<'t>(grammar: Grammar<'t>) -> Rule<'t, Test> {
    item_word(Word::Test)
        .then(string(grammar, "a sentence in quotes that names the test"))
        .then(test_body(grammar))
        .then(look(grammar))
        .map(move |(((first, name), rows), next)| {
            let mut test = Test {
                docs: grammar.docs_before(first.start),
                name,
                givens: Vec::new(),
                expects: Vec::new(),
                span: grammar.covered(first, next),
            };
            for rows in rows {
                match rows {
                    Rows::Given(rows) => test.givens.push(rows),
                    Rows::Expect(rows) => test.expects.push(rows),
                }
            }
            test
        })
        .boxed()
}

fn starts_rows(lexeme: Lexeme) -> bool {
    matches!(lexeme.word, Word::Given | Word::Expect)
}

fn test_body<'t>(grammar: Grammar<'t>) -> Rule<'t, Vec<Rows>> {
    let target = |what| reference(grammar, what, &[]).then(triple(grammar, "rows in `\"\"\"`", true));
    let rows = |word_of: Word, what: &'static str, make: fn(TestRows) -> Rows| {
        word(word_of).then(target(what)).then(look(grammar)).map(
            move |((first, (target, rows)), next): ((Lexeme, (Name, _)), Lexeme)| {
                make(TestRows { target, rows, span: grammar.covered(first, next) })
            },
        )
    };
    let rows = choice((
        rows(Word::Given, "the source that gets the rows", Rows::Given),
        rows(Word::Expect, "the component that gives the rows", Rows::Expect),
    ))
    .boxed();
    let body = custom(move |inp: &mut Cursor<'t, '_>| {
        let open = inp.parse(token(TokenKind::LBrace))?;
        let mut all = Vec::new();
        loop {
            let next = inp.next_is(grammar);
            if next.is(TokenKind::RBrace) {
                inp.skip();
                return Ok(all);
            }
            if next.ends_item() {
                let diagnostic =
                    finding(syntax::UNCLOSED_BLOCK, open.span(grammar.file), "this `{` is never closed");
                inp.report(next, diagnostic.fix("insert `}`", grammar.gap(next), "\n}"));
                return Ok(all);
            }
            if starts_rows(next) {
                all.push(inp.parse(&rows)?);
            } else {
                inp.report(next, grammar.expected("`given` or `expect`", next));
                inp.skip();
                skip_until(grammar, inp, |lexeme| {
                    lexeme.is(TokenKind::RBrace) || (lexeme.line_start && starts_rows(lexeme))
                });
            }
        }
    });
    required(grammar, body.boxed(), |_| Vec::new())
}
