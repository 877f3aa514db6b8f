//! The tree as text, without places: for snapshots, bug reports, and to tell whether two texts mean the same.

use super::{
    App, Assign, Block, Call, Field, File, GroupKey, Item, Join, Name, OpKind, Otherwise, Pipe, SchemaBlock,
    Sink, Source, Stream, StreamBody, Test, TestRows, TripleLit, Use, Value, WindowKind,
};
use crate::lexer::lex;
use streamc_diagnostics::Span;

/// The tree in indented lines, each node with its texts and none of its places. `source` is the text that it was
/// parsed from: expressions are shown as their tokens with one blank between.
pub fn dump(file: &File, source: &str) -> String {
    let mut dump = Dump { source, out: String::new(), depth: 0 };
    for doc in &file.docs {
        dump.line(&format!("//! {}", doc.text));
    }
    for item in &file.items {
        dump.item(item);
    }
    dump.out
}

/// Whether two trees, each with the text it was parsed from, differ in nothing but blanks, comments and places.
pub fn eq_ignoring_spans(a: (&File, &str), b: (&File, &str)) -> bool {
    dump(a.0, a.1) == dump(b.0, b.1)
}

struct Dump<'t> {
    source: &'t str,
    out: String,
    depth: usize,
}

impl Dump<'_> {
    fn line(&mut self, text: &str) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn nested(&mut self, head: &str, inner: impl FnOnce(&mut Self)) {
        self.line(head);
        self.depth += 1;
        inner(self);
        self.depth -= 1;
    }

    fn slice(&self, span: Span) -> &str {
        self.source.get(span.range()).unwrap_or_default()
    }

    /// The tokens of a piece of text with one blank between.
    fn tokens(&self, span: Span) -> String {
        let text = self.slice(span);
        let tokens = lex(text);
        let texts: Vec<&str> = tokens.iter().filter(|t| !t.kind.is_trivia()).map(|t| t.text(text)).collect();
        texts.join(" ")
    }

    fn docs(&mut self, docs: Option<&String>) {
        if let Some(docs) = docs {
            self.line(&format!("/// {docs:?}"));
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::App(App { docs, name, block, .. }) => {
                self.docs(docs.as_ref());
                self.nested(&format!("app {}", show(name)), |d| d.block(block));
            }
            Item::Use(Use { docs, path, .. }) => {
                self.docs(docs.as_ref());
                self.line(&format!("use {:?}", path.value));
            }
            Item::Source(Source { docs, name, connector, .. }) => {
                self.docs(docs.as_ref());
                self.nested(&format!("source {}", show(name)), |d| d.call(connector));
            }
            Item::Sink(Sink { docs, name, connector, from, .. }) => {
                self.docs(docs.as_ref());
                self.nested(&format!("sink {} from {}", show(name), names(from)), |d| d.call(connector));
            }
            Item::Stream(Stream { docs, name, ty, body, .. }) => {
                self.docs(docs.as_ref());
                self.nested(&format!("stream {}", show(name)), |d| {
                    if let Some(ty) = ty {
                        d.schema(ty);
                    }
                    d.body(body);
                });
            }
            Item::Test(Test { docs, name, givens, expects, .. }) => {
                self.docs(docs.as_ref());
                self.nested(&format!("test {:?}", name.value), |d| {
                    for rows in givens {
                        d.rows("given", rows);
                    }
                    for rows in expects {
                        d.rows("expect", rows);
                    }
                });
            }
            Item::Error(span) => {
                let tokens = self.tokens(*span);
                self.line(&format!("error {tokens}"));
            }
        }
    }

    fn call(&mut self, call: &Call) {
        self.nested(&format!("connector {}", show(&call.name)), |d| d.block(&call.block));
    }

    fn block(&mut self, block: &Block) {
        for Field { docs, key, value, .. } in &block.fields {
            self.docs(docs.as_ref());
            self.value(&format!("{}: ", show(key)), value);
        }
    }

    fn value(&mut self, label: &str, value: &Value) {
        let text = match value {
            Value::Str(literal) => format!("{:?}", literal.value),
            Value::Number(literal) => literal.text.to_string(),
            Value::Duration(literal) => format!("{} ms", literal.millis),
            Value::Size(literal) => format!("{} bytes", literal.bytes),
            Value::Bool(value, _) => value.to_string(),
            Value::Word(name) => format!("word {}", show(name)),
            Value::Expr(text) => format!("expr {}", self.tokens(text.span)),
            Value::Error(_) => "error".to_owned(),
            Value::Call { name, args, .. } => {
                self.nested(&format!("{label}call {}", show(name)), |d| {
                    for arg in args {
                        d.value("", arg);
                    }
                });
                return;
            }
            Value::List(values, _) => {
                self.nested(&format!("{label}list"), |d| {
                    for value in values {
                        d.value("", value);
                    }
                });
                return;
            }
            Value::Block(block) => {
                self.nested(&format!("{label}block"), |d| d.block(block));
                return;
            }
            Value::Schema(schema) => {
                self.nested(&format!("{label}columns"), |d| d.schema(schema));
                return;
            }
        };
        self.line(&format!("{label}{text}"));
    }

    fn schema(&mut self, schema: &SchemaBlock) {
        self.nested("schema", |d| {
            for column in &schema.columns {
                d.docs(column.docs.as_ref());
                let ty = d.tokens(column.ty.span);
                d.line(&format!("{} : {ty}", show(&column.name)));
            }
        });
    }

    fn triple(&self, literal: &TripleLit) -> String {
        let info = literal.info.as_ref().map_or(String::new(), |info| format!("{} ", info.text));
        format!("{info}{:?}", self.slice(literal.content).replace("\r\n", "\n"))
    }

    fn rows(&mut self, word: &str, rows: &TestRows) {
        let text = self.triple(&rows.rows);
        self.line(&format!("{word} {} {text}", show(&rows.target)));
    }

    fn body(&mut self, body: &StreamBody) {
        match body {
            StreamBody::Error(_) => self.line("error"),
            StreamBody::Sql(sql) => {
                let engine =
                    sql.engine.as_ref().map_or(String::new(), |engine| format!("({})", show(engine)));
                let text = self.triple(&sql.text);
                self.line(&format!("sql{engine} {text}"));
            }
            StreamBody::Pipe(Pipe { head, ops }) => self.nested(&format!("pipe {}", show(head)), |d| {
                for op in ops {
                    d.op(&op.word, &op.kind);
                }
            }),
        }
    }

    fn assigns(&mut self, assigns: &[Assign]) {
        for Assign { docs, name, value } in assigns {
            self.docs(docs.as_ref());
            let value = self.tokens(value.span);
            self.line(&format!("{} = {value}", show(name)));
        }
    }

    fn keys(&self, keys: &[GroupKey]) -> String {
        let one = |key: &GroupKey| {
            let alias = key.alias.as_ref().map_or(String::new(), |alias| format!(" as {}", show(alias)));
            format!("{}{alias}", self.tokens(key.value.span))
        };
        keys.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn op(&mut self, word: &Name, kind: &OpKind) {
        let rest = match kind {
            OpKind::Filter(text) | OpKind::Select(text) => self.tokens(text.span),
            OpKind::Derive(assigns) | OpKind::Map(assigns) => {
                return self.nested(&format!("| {}", show(word)), |d| d.assigns(assigns));
            }
            OpKind::GroupBy { keys, aggregates } | OpKind::ReduceBy { keys, aggregates } => {
                let head = format!("| {} {}", show(word), self.keys(keys));
                return self.nested(head.trim_end(), |d| d.assigns(aggregates));
            }
            OpKind::Drop(list) | OpKind::Union(list) | OpKind::KeyBy(list) => names(list),
            OpKind::Rename(pairs) => {
                let one = |(old, new): &(Name, Name)| format!("{} as {}", show(old), show(new));
                pairs.iter().map(one).collect::<Vec<_>>().join(", ")
            }
            OpKind::Cast { items, r#try } => {
                let one = |(name, ty): &(Name, super::TypeText)| {
                    format!("{} as {}", show(name), self.tokens(ty.span))
                };
                let items = items.iter().map(one).collect::<Vec<_>>().join(", ");
                if *r#try { format!("(or null) {items}") } else { items }
            }
            OpKind::Limit(n) | OpKind::Repartition(n) => n.text.to_string(),
            OpKind::Window(window) => {
                let kind = match &window.kind {
                    WindowKind::Tumble { size } => format!("tumble {}", size.millis),
                    WindowKind::Hop { size, slide } => format!("hop {} {}", size.millis, slide.millis),
                    WindowKind::Cumulate { max, step } => format!("cumulate {} {}", max.millis, step.millis),
                    WindowKind::Session { gap } => format!("session {}", gap.millis),
                    WindowKind::Error => "error".to_owned(),
                };
                format!("{kind} on {} by {}", show(&window.on), names(&window.by))
            }
            OpKind::Distinct => String::new(),
            OpKind::Dedupe { keys, keep } => {
                let keep = keep.as_ref().map_or(String::new(), |keep| {
                    format!(" keep {} by {}", if keep.last { "last" } else { "first" }, show(&keep.by))
                });
                format!("{}{keep}", names(keys))
            }
            OpKind::Top { n, by, descending, per } => {
                let direction = if *descending { "desc" } else { "asc" };
                format!("{} by {} {direction} per {}", n.text, self.tokens(by.span), names(per))
            }
            OpKind::Join(join) => self.join(join),
            OpKind::Explode { value, alias } => format!("{} as {}", self.tokens(value.span), show(alias)),
            OpKind::Assert { condition, otherwise } => {
                let otherwise = match otherwise {
                    None => String::new(),
                    Some(Otherwise::Drop) => " else drop".to_owned(),
                    Some(Otherwise::Fail) => " else fail".to_owned(),
                    Some(Otherwise::Into(name)) => format!(" else into {}", show(name)),
                };
                format!("{}{otherwise}", self.tokens(condition.span))
            }
            OpKind::Split(branches) => {
                return self.nested(&format!("| {}", show(word)), |d| {
                    for (name, condition) in branches {
                        let condition =
                            condition.map_or("(otherwise)".to_owned(), |text| d.tokens(text.span));
                        d.line(&format!("{}: {condition}", show(name)));
                    }
                });
            }
            OpKind::Watermark { column, delay } => {
                let delay = delay.as_ref().map_or(String::new(), |delay| format!(" - {} ms", delay.millis));
                format!("{}{delay}", show(column))
            }
            OpKind::Unknown { args_span } => format!("(unknown) {}", self.tokens(*args_span)),
            OpKind::Error => "error".to_owned(),
        };
        self.line(format!("| {} {rest}", show(word)).trim_end());
    }

    fn join(&self, join: &Join) -> String {
        let side = format!("{:?}", join.side).to_lowercase();
        let mut text = format!("{side} {}", show(&join.right));
        let mut add = |word: &str, part: Option<String>| {
            if let Some(part) = part {
                text.push_str(&format!(" {word} {part}"));
            }
        };
        add("lookup", join.lookup.then(String::new));
        add("as", join.alias.as_ref().map(show));
        add("as of", join.as_of.as_ref().map(show));
        add("on", join.on.map(|on| self.tokens(on.span)));
        add(
            "within",
            join.within.map(|(a, b)| format!("{} .. {}", self.tokens(a.span), self.tokens(b.span))),
        );
        text
    }
}

fn show(name: &Name) -> String {
    if name.is_missing() { "<missing>".to_owned() } else { name.text.to_string() }
}

fn names(list: &[Name]) -> String {
    list.iter().map(show).collect::<Vec<_>>().join(", ")
}
