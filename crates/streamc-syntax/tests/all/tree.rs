use super::{FIXTURE, parse, tree};
use streamc_syntax::ast::{Item, OpKind, StreamBody, Value};

#[test]
fn the_fixture_has_no_findings_and_this_tree() {
    assert_eq!(parse(FIXTURE).diagnostics, []);
    insta::assert_snapshot!(tree(FIXTURE));
}

#[test]
fn every_span_covers_the_text_that_it_stands_for() {
    let text = "/// doc\nsource `my src` = kafka { topic: \"a\\tb\", t: ts - 5s, }\nstream größe = `my src`.big | filter ü > 1 // c\n  | limit 5\n";
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics, []);
    let [Item::Source(source), Item::Stream(stream)] = &parsed.file.items[..] else {
        panic!("{:?}", parsed.file)
    };
    assert_eq!(&text[source.span.range()], "source `my src` = kafka { topic: \"a\\tb\", t: ts - 5s, }");
    assert_eq!(&text[source.name.span.range()], "`my src`");
    assert_eq!(source.name.text, "my src");
    assert_eq!(source.docs.as_deref(), Some("doc"));
    assert_eq!(&text[source.connector.block.span.range()], "{ topic: \"a\\tb\", t: ts - 5s, }");
    let Some(Value::Str(topic)) = source.connector.block.get("topic").map(|field| &field.value) else {
        panic!()
    };
    assert_eq!((topic.value.as_str(), &text[topic.content.range()]), ("a\tb", "a\\tb"));
    let Some(Value::Expr(expr)) = source.connector.block.get("t").map(|field| &field.value) else { panic!() };
    assert_eq!(&text[expr.span.range()], "ts - 5s");
    assert_eq!(stream.name.text, "größe");
    let StreamBody::Pipe(pipe) = &stream.body else { panic!() };
    assert_eq!((pipe.head.text.as_str(), &text[pipe.head.span.range()]), ("my src.big", "`my src`.big"));
    assert_eq!(&text[pipe.ops[0].span.range()], "filter ü > 1");
    assert_eq!(&text[pipe.ops[0].word.span.range()], "filter");
    let OpKind::Filter(condition) = &pipe.ops[0].kind else { panic!() };
    assert_eq!(&text[condition.span.range()], "ü > 1");
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_change_nothing_but_places() {
    let windows = format!("\u{feff}{}", FIXTURE.replace('\n', "\r\n"));
    assert_eq!(parse(&windows).diagnostics, []);
    assert_eq!(tree(&windows), tree(FIXTURE));
}

#[test]
fn words_of_the_language_may_name_things_where_nothing_else_is_meant() {
    let text =
        "source source = kafka { stream: app, from: test, schema: { source STRING, test INT, sink BIGINT } }
stream limit = source
  | filter from > 1 AND window.by = top.on
  | select
      source,
      stream,
      limit,
      test AS app
  | derive filter = map, select = drop
  | group by key { by: COUNT(*), from: MIN(per) }
  | top 3 by per asc per per
sink sink = print from limit
";
    assert_eq!(super::findings(text), "");
}

#[test]
fn docs_reach_every_node_that_has_room_for_them() {
    insta::assert_snapshot!(tree(
        "//! file\n//!  indented\n/// app\napp a { /// field\n e: flink }\n/// use\nuse \"x\"\n\n/// one\n///\n/// three\nstream s: { /// column\n id INT } = a\n  | derive\n      /// derived\n      x = 1\n  | group by { /// aggregate\n n: COUNT(*) }\n"
    ));
}

#[test]
fn operators_that_do_not_exist_are_kept_for_others_to_refuse() {
    let text = "stream a = b | fliter x > 1 | cogroup c on { a: 1 } d | limit 5";
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics, []);
    let Item::Stream(stream) = &parsed.file.items[0] else { panic!() };
    let StreamBody::Pipe(pipe) = &stream.body else { panic!() };
    let args: Vec<_> = pipe
        .ops
        .iter()
        .map(|op| match op.kind {
            OpKind::Unknown { args_span } => (op.word.text.as_str(), &text[args_span.range()]),
            _ => (op.word.text.as_str(), ""),
        })
        .collect();
    assert_eq!(args, [("fliter", "x > 1"), ("cogroup", "c on { a: 1 } d"), ("limit", "")]);
}

#[test]
fn joins_of_all_sorts_have_their_parts_told_apart() {
    insta::assert_snapshot!(tree(
        "stream a = b
  | join c on b.id = c.id
  | inner join c as x on b.id = x.id
  | left join c AS x on b.id = x.id within -5min..5min
  | right join s.big on TRUE
  | full join c on a = b AND within_x
  | lookup join c on k = c.k
  | join c as of ts on k = c.k
  | join c as x as of b.ts on k = x.k
  | join c within 0s..1h
"
    ));
}
