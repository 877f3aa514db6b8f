//! Lowering of pipes: each operator becomes relations, one operator a file.

mod cast;
mod dedupe;
mod derive;
mod distinct;
mod drop;
mod explode;
mod filter;
mod group_by;
mod join;
mod limit;
mod lookup;
mod rename;
mod repartition;
mod scope;
mod select;
mod top;
mod union;
mod versions;
mod watermark;
mod window;

use crate::component::AppCatalog;
use crate::files::Parsed;
use scope::Segments;
use smol_str::SmolStr;
use streamc_diagnostics::codes::{names, types};
use streamc_diagnostics::{Diagnostic, did_you_mean};
use streamc_plan::{Expr, Origin, Relation, StreamText, relations};
use streamc_sql::{Catalog, Lookup};
use streamc_syntax::ast::{self, JoinSide, Op, OpKind, Pipe};

/// What operators share while a pipe is lowered.
struct Context<'a> {
    tree: &'a Parsed,
    catalog: &'a AppCatalog<'a>,
    out: &'a mut Vec<Diagnostic>,
    /// The columns as the user names them.
    columns: Segments,
    /// The name of the pipe's head: qualifies its columns.
    head: SmolStr,
}

/// A pipe as a relation. Each operator that has errors is passed over, so that the rest is checked as far as it can be;
/// `None` if nothing is known of the rows.
pub(crate) fn lower(
    tree: &Parsed,
    pipe: &Pipe,
    catalog: &AppCatalog<'_>,
    out: &mut Vec<Diagnostic>,
) -> Option<Relation> {
    let Lookup::Found(props) = catalog.relation(&pipe.head.text) else { return None };
    let head = pipe.head.text.clone();
    let mut relation = relations::scan(head.clone(), &props, Origin::new("from", pipe.head.span));
    let mut cx = Context { tree, catalog, out, columns: Segments::of(&head, &props.schema), head };
    let before = cx.out.len();
    for op in &pipe.ops {
        relation = apply(&mut cx, op, relation)?;
    }
    // Whoever was told that a name is ambiguous knows of the two columns.
    if !cx.out[before..].iter().any(|d| d.code == names::AMBIGUOUS_COLUMN) {
        cx.columns.finish(pipe, cx.out);
    }
    Some(relation)
}

/// The table of operators.
fn apply(cx: &mut Context<'_>, op: &Op, input: Relation) -> Option<Relation> {
    let origin = Origin::new(op.word.text.clone(), op.span);
    let relation = match &op.kind {
        OpKind::Filter(predicate) => filter::lower(cx, *predicate, input, origin),
        OpKind::Derive(items) => derive::derive(cx, items, input, origin),
        OpKind::Map(items) => derive::map(cx, items, input, origin),
        OpKind::Select(list) => select::lower(cx, *list, input, origin),
        OpKind::Drop(columns) => drop::lower(cx, columns, input, origin),
        OpKind::Rename(pairs) => rename::lower(cx, pairs, input, origin),
        OpKind::Cast { items, r#try } => cast::lower(cx, items, *r#try, input, origin),
        OpKind::Limit(n) => limit::lower(cx, n, input, origin),
        OpKind::Window(window) => window::lower(cx, window, input, origin),
        OpKind::GroupBy { keys, aggregates } => group_by::lower(cx, keys, aggregates, true, input, origin),
        OpKind::ReduceBy { keys, aggregates } => group_by::lower(cx, keys, aggregates, false, input, origin),
        OpKind::Distinct => distinct::lower(cx, input, origin),
        OpKind::Dedupe { keys, keep } => dedupe::lower(cx, op, keys, keep.as_ref(), input, origin),
        OpKind::Top { n, by, descending, per } => top::lower(cx, n, *by, *descending, per, input, origin),
        OpKind::Join(join) if join.side == JoinSide::Right => return unsupported(cx, op, "right join"),
        OpKind::Join(join) if join.side == JoinSide::Full => return unsupported(cx, op, "full join"),
        OpKind::Join(join) if join.lookup => lookup::lower(cx, join, input, origin),
        OpKind::Join(join) if join.as_of.is_some() => versions::lower(cx, join, input, origin),
        OpKind::Join(join) => join::lower(cx, op, join, input, origin),
        OpKind::Union(others) => union::lower(cx, others, input, origin),
        OpKind::Explode { value, alias } => explode::lower(cx, *value, alias, input, origin),
        OpKind::Watermark { column, delay } => {
            watermark::lower(cx, op, column, delay.as_ref(), input, origin)
        }
        OpKind::Repartition(n) => repartition::lower(cx, n, input, origin),
        OpKind::Assert { .. } => return unsupported(cx, op, "assert"),
        OpKind::Split(_) => return unsupported(cx, op, "split"),
        OpKind::KeyBy(_) => return unsupported(cx, op, "key by"),
        OpKind::Unknown { .. } => {
            cx.out.push(unknown_operator(&op.word));
            return None;
        }
        OpKind::Error => return None,
    };
    cx.columns.refresh(&relation.props.schema);
    Some(relation)
}

fn unsupported(cx: &mut Context<'_>, op: &Op, name: &str) -> Option<Relation> {
    let message = format!("the operator `{name}` is not supported yet");
    cx.out.push(Diagnostic::new(types::OPERATOR_UNSUPPORTED, op.word.span, message));
    None
}

const OPERATORS: &[&str] = &[
    "filter",
    "derive",
    "map",
    "select",
    "drop",
    "rename",
    "cast",
    "try_cast",
    "limit",
    "window",
    "group",
    "reduce",
    "distinct",
    "dedupe",
    "top",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "lookup",
    "union",
    "explode",
    "assert",
    "split",
    "watermark",
    "repartition",
    "key",
];

fn unknown_operator(word: &ast::Name) -> Diagnostic {
    let d =
        Diagnostic::new(names::UNKNOWN_OPERATOR, word.span, format!("there is no operator `{}`", word.text));
    let lower = word.text.to_lowercase();
    if *word.text != lower && OPERATORS.contains(&lower.as_str()) {
        return d.help(format!("operators are written in lower case: `{lower}`")).fix(
            format!("change to `{lower}`"),
            word.span,
            lower,
        );
    }
    // What people call these elsewhere.
    let known_as = match lower.as_str() {
        "cross" => return d.help("write `join s on TRUE` where every row shall meet every other"),
        "order" | "sort" | "orderby" | "order_by" => {
            return d.help("a stream has no end to sort up to: `top 10 by amount desc` keeps the first rows");
        }
        "where" | "having" => Some("filter"),
        "with" | "extend" | "with_column" | "withcolumn" => Some("derive"),
        "unnest" | "flatten" | "flat_map" => Some("explode"),
        "aggregate" | "groupby" | "group_by" => Some("group by"),
        "take" | "head" => Some("limit"),
        "deduplicate" | "dedup" => Some("dedupe"),
        "project" => Some("select"),
        "tumble" => Some("window tumble"),
        "hop" | "slide" => Some("window hop"),
        "cumulate" => Some("window cumulate"),
        "session" => Some("window session"),
        _ => did_you_mean(&word.text, OPERATORS.iter().copied()),
    };
    match known_as {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), word.span, near)
        }
        None => d.help("the operators are listed in the language reference"),
    }
}

/// A `sql """…"""` block as a relation.
pub(crate) fn sql_block(
    tree: &Parsed,
    sql: &ast::SqlBlock,
    catalog: &AppCatalog<'_>,
    out: &mut Vec<Diagnostic>,
) -> Option<(Relation, StreamText)> {
    if let Some(engine) = &sql.engine {
        let message = format!("`sql({})` is not supported yet", engine.text);
        let help = "write the query as `sql \"\"\"…\"\"\"`: it means the same on every engine";
        out.push(Diagnostic::new(types::SQL_UNSUPPORTED, engine.span, message).help(help));
        return None;
    }
    let relation = streamc_sql::bind_query(&tree.text, sql.text.content, catalog, out)?;
    let text = tree.slice(sql.text.content).into();
    Some((relation, StreamText::Sql { text, span: sql.text.content }))
}

impl Context<'_> {
    /// Binds an expression over the columns of `input`.
    fn expression(&mut self, text: ast::ExprText) -> Expr {
        let scope = self.columns.scope();
        streamc_sql::bind_expression(&self.tree.text, text.span, &scope, self.out)
    }

    /// Binds a condition: `BOOLEAN`, or an error.
    fn condition(&mut self, text: ast::ExprText, of: &str) -> Expr {
        let scope = self.columns.scope();
        streamc_sql::bind_condition(&self.tree.text, text.span, of, &scope, self.out)
    }

    /// The index of a column by its name, qualified after a join where it needs to be: `b.id`. An error is reported if there is none, or more than one.
    fn column(&mut self, name: &ast::Name) -> Option<usize> {
        if name.is_missing() {
            return None;
        }
        let mut found = self.columns.find(&name.text);
        if found.is_empty()
            && let Some((table, column)) = name.text.rsplit_once('.')
        {
            found = self.columns.find_in(table, column);
        }
        match found.as_slice() {
            [one] => Some(*one),
            [] => {
                let d = Diagnostic::new(
                    names::UNKNOWN_COLUMN,
                    name.span,
                    format!("there is no column `{}`", name.text),
                );
                let known: Vec<SmolStr> = self.columns.names().cloned().collect();
                self.out.push(match did_you_mean(&name.text, known.iter().map(SmolStr::as_str)) {
                    Some(near) => d.help(format!("did you mean `{near}`?")).fix(
                        format!("change to `{near}`"),
                        name.span,
                        near,
                    ),
                    None => d.help(format!("the columns here are {}", known.join(", "))),
                });
                None
            }
            _ => {
                let message = format!("there is more than one column `{}`", name.text);
                let tables = self.columns.tables_of(&name.text);
                let mut d = Diagnostic::new(names::AMBIGUOUS_COLUMN, name.span, message);
                d = match tables.as_slice() {
                    [first, second, ..] => {
                        d.help(format!("write `{first}.{0}` or `{second}.{0}`", name.text))
                    }
                    _ => d.help("name the columns apart with `select` first"),
                };
                self.out.push(d);
                None
            }
        }
    }
}

/// A bare column of `input`.
fn column_of(input: &Relation, index: usize) -> Expr {
    let ty =
        input.props.schema.columns.get(index).map_or_else(streamc_types::DataType::unknown, |c| c.ty.clone());
    Expr::column(index, ty)
}
