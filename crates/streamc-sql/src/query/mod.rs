//! Queries: `sql """…"""` blocks to relations.
//!
//! A query, and each sub-query in it, becomes a [`Derived`]: columns, and the relation that makes them unless something
//! failed. Outer queries are bound either way, so that one run reports what it can.

mod any_order;
mod around;
mod changes;
mod constants;
mod correlated;
mod exists;
mod from;
mod gather;
mod group_window;
mod hints;
mod lateral;
mod membership;
mod nulls;
mod on;
mod order;
mod order_names;
mod over;
mod padded;
mod qualify;
mod quantified;
mod rank;
mod recognize;
mod scalar;
mod select;
mod semi;
mod set;
mod sets;
mod tables;
mod temporal;
mod tree;
mod union_time;
mod unnest;
mod using;
mod value;
mod window;

pub(crate) use group_window::GroupWindow;
pub(crate) use recognize::within;
pub use tables::query_tables;
pub use temporal::version_diagnostic;
pub use window::window_diagnostic;

use crate::bind::Binder;
use crate::parse;
use crate::tokens::Tokens;
use rank::Ranked;
use smol_str::SmolStr;
use sqlparser::ast::{Query, SetExpr};
use std::sync::Arc;
use streamc_diagnostics::codes::names::DUPLICATE_COLUMN;
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Properties, Relation};
use streamc_types::RowSchema;

/// What a name in `FROM` stands for.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// A component with these rows.
    Found(Arc<Properties>),
    /// A component that has errors of its own: no second error is reported.
    Broken,
    /// No component.
    Unknown,
}

/// The components that a query can read.
pub trait Catalog {
    /// What `name` stands for.
    fn relation(&self, name: &str) -> Lookup;
    /// Names of all components, for "did you mean".
    fn names(&self) -> Vec<SmolStr>;
    /// Whether `name` is a table of another system that can be asked for rows while a job runs.
    fn is_looked_up(&self, name: &str) -> bool;
}

/// Binds the query at `content` of `source` (the inside of a `sql """…"""` block). `None` after errors, which are
/// reported at their places in `source`.
pub fn bind_query(
    source: &str,
    content: Span,
    catalog: &dyn Catalog,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Relation> {
    let before = diagnostics.len();
    let relation = bound(source, content, catalog, diagnostics);
    let found = diagnostics.get_mut(before..).unwrap_or_default();
    found.iter_mut().for_each(crate::words::shorten);
    let failed = found.iter().any(Diagnostic::is_error);
    relation.filter(|_| !failed)
}

fn bound(
    source: &str,
    content: Span,
    catalog: &dyn Catalog,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Relation> {
    let tokens = Tokens::of_query(source, content, diagnostics)?;
    let query = match parse::query(source, &tokens) {
        Ok(query) => query,
        Err(d) => {
            diagnostics.push(d);
            return None;
        }
    };
    let binder = Binder {
        source,
        tokens: &tokens,
        diagnostics,
        reserved: true,
        aliases: Vec::new(),
        subqueries: Vec::new(),
    };
    let mut binder = QueryBinder { binder, catalog, ctes: Vec::new(), hints: Vec::new(), subqueries: 0 };
    binder.stray_hints();
    let derived = binder.query(&query, true);
    let rows = binder.finished(derived);
    if let Some(rows) = &rows {
        binder.check_lookups(rows);
        binder.binder.check_constants(rows);
    }
    rows
}

/// The result of a query.
#[derive(Clone, Debug)]
struct Derived {
    /// Its columns, as far as they are known.
    schema: RowSchema,
    /// Whether more columns than those may exist, after an error.
    open: bool,
    /// What makes them.
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    /// A relation whose columns are those of the schema.
    Ready(Relation),
    /// Rows numbered by `ROW_NUMBER()`: the outer query says how many are kept.
    Ranked(Box<Ranked>),
    /// Failed; reported.
    Missing,
}

impl Derived {
    fn missing() -> Self {
        Self { schema: RowSchema::default(), open: true, body: Body::Missing }
    }

    fn ready(relation: Relation) -> Self {
        Self { schema: relation.props.schema.clone(), open: false, body: Body::Ready(relation) }
    }
}

/// Names in parentheses behind an alias that are not as many as the columns.
fn miscounted(names: usize, columns: usize) -> String {
    let names = if names == 1 { "1 name is".to_owned() } else { format!("{names} names are") };
    let columns = if columns == 1 { "1 column".to_owned() } else { format!("{columns} columns") };
    format!("{names} given to {columns}")
}

/// Binds queries; the expressions in them go to the [`Binder`].
struct QueryBinder<'a> {
    binder: Binder<'a>,
    catalog: &'a dyn Catalog,
    /// Tables of `WITH`, innermost last.
    ctes: Vec<(SmolStr, Derived)>,
    /// Hints of the `SELECT`s at hand, innermost last.
    hints: Vec<hints::Hints>,
    /// How many sub-queries were numbered.
    subqueries: usize,
}

impl QueryBinder<'_> {
    fn unsupported(&mut self, span: Span, what: &str) -> Derived {
        self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, span, format!("{what} not supported yet")));
        Derived::missing()
    }

    /// The place of the first unquoted `word` at or after `from`, or `from` itself.
    fn word(&self, from: Span, word: &str) -> Span {
        let tokens = self.binder.tokens;
        let first = tokens.from(from.start);
        (first..tokens.list.len()).find(|i| tokens.is_word(*i, word)).map_or(from, |i| tokens.at(i))
    }

    /// A query with its `WITH` and `LIMIT`. `top`: the query of the stream itself, whose columns get distinct names.
    fn query(&mut self, query: &Query, top: bool) -> Derived {
        let scopes = self.ctes.len();
        let span = self.binder.tokens.query(query);
        if let Some(with) = &query.with {
            if with.recursive {
                let at = self.word(span, "RECURSIVE");
                return self.unsupported(at, "`WITH RECURSIVE` is");
            }
            for cte in &with.cte_tables {
                let at = self.binder.alias(&cte.alias.name);
                let mut derived = self.query(&cte.query, false);
                if cte.materialized.is_some() || cte.from.is_some() {
                    self.unsupported(at, "this form of `WITH` is");
                }
                let columns: Vec<_> = cte.alias.columns.iter().map(|c| c.name.clone()).collect();
                self.rename(&mut derived, &columns, at);
                let names: Vec<SmolStr> = derived.schema.columns.iter().map(|c| c.name.clone()).collect();
                if let Some((_, twice)) =
                    names.iter().enumerate().find(|(i, name)| names[..*i].contains(name))
                {
                    let message = format!("`{}` has two columns `{twice}`", cte.alias.name.value);
                    let d = Diagnostic::new(DUPLICATE_COLUMN, at, message)
                        .help("give one of them another name with `AS`");
                    self.binder.report(d);
                    derived = Derived::missing();
                }
                self.ctes.push((cte.alias.name.value.as_str().into(), derived));
            }
        }
        let odd = [
            (!query.locks.is_empty(), "FOR", "`FOR UPDATE` is"),
            (query.for_clause.is_some(), "FOR", "`FOR` is"),
            (query.settings.is_some(), "SETTINGS", "`SETTINGS` is"),
            (query.format_clause.is_some(), "FORMAT", "`FORMAT` is"),
        ];
        for (_, word, what) in odd.iter().filter(|o| o.0) {
            let at = self.word(span, word);
            self.unsupported(at, what);
        }
        let order = self.order(query, span);
        let derived = match query.body.as_ref() {
            SetExpr::Select(select) => self.select(select, order.as_ref(), top),
            body => {
                let derived = self.set(body, top);
                self.ordered(derived, order.as_ref())
            }
        };
        self.ctes.truncate(scopes);
        derived
    }

    /// A body of a set operation.
    fn set(&mut self, body: &SetExpr, top: bool) -> Derived {
        match body {
            SetExpr::Select(select) => self.select(select, None, top),
            SetExpr::Query(query) => self.query(query, top),
            SetExpr::SetOperation { .. } => self.operation(body, top),
            SetExpr::Values(values) => self.values(values),
            SetExpr::Table(_) => self.table_query(),
            _ => {
                let at = self.binder.tokens.whole;
                self.unsupported(at, "a statement that changes data is")
            }
        }
    }

    /// The relation; a `ROW_NUMBER()` whose numbers nobody bounds is reported here.
    fn finished(&mut self, derived: Derived) -> Option<Relation> {
        match derived.body {
            Body::Ready(relation) => Some(relation),
            Body::Ranked(ranked) => match ranked.counted() {
                Ok(rows) => Some(rows),
                Err(ranked) => {
                    self.unbounded_rank(&ranked);
                    None
                }
            },
            Body::Missing => None,
        }
    }

    fn unbounded_rank(&mut self, ranked: &Ranked) {
        let name = &ranked.name;
        let d = Diagnostic::new(SQL_UNSUPPORTED, ranked.span, "`ROW_NUMBER()` without a bound is not supported yet")
            .help(format!("put the query in parentheses and say how many rows to keep: `SELECT … FROM (…) WHERE {name} <= 3`"));
        self.binder.report(d);
    }

    /// Gives the columns other names: `AS t (a, b)`.
    fn rename(&mut self, derived: &mut Derived, names: &[sqlparser::ast::Ident], at: Span) {
        if names.is_empty() || derived.open {
            return;
        }
        for name in names {
            self.binder.alias(name);
        }
        if names.len() != derived.schema.len() {
            let message = miscounted(names.len(), derived.schema.len());
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            *derived = Derived::missing();
            return;
        }
        for (column, name) in derived.schema.columns.iter_mut().zip(names) {
            column.name = name.value.as_str().into();
        }
        if let Body::Ready(relation) = &derived.body {
            let columns = select::all_columns(&derived.schema);
            let origin = streamc_plan::Origin::new("AS", at);
            derived.body = Body::Ready(crate::group::project(relation.clone(), columns, origin));
        }
    }
}
