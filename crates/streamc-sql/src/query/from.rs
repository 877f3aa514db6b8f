//! `FROM`: tables, sub-queries, joins, `UNNEST`.

use super::recognize::Clauses;
use super::tree::Tree;
use super::{Body, Derived, Lookup, QueryBinder, Ranked};
use crate::bind::Env;
use crate::extent::parts;
use crate::parse::SUB_QUERY;
use crate::scope::{Scope, ScopeTable};
use smol_str::SmolStr;
use sqlparser::ast::{
    Expr as Sql, FunctionArg, FunctionArgExpr, Ident, Join, JoinConstraint, JoinOperator, ObjectName,
    TableAlias, TableFactor, TableWithJoins, Value as SqlValue, ValueWithSpan,
};
use streamc_diagnostics::codes::names::{DUPLICATE_NAME, UNKNOWN_COMPONENT};
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, PATTERN, SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{JoinKind, Origin, relations};
use streamc_types::{Column, DataType, RowSchema, TypeKind};

/// What `FROM` gives: the tables in scope, and how their rows come together.
pub(super) struct From {
    /// In the order of their columns.
    pub(super) tables: Vec<FromTable>,
    /// `None` if a table is missing, or the only one is ranked.
    pub(super) tree: Option<Tree>,
    /// The only table, if it is one of numbered rows.
    pub(super) ranked: Option<Box<Ranked>>,
}

pub(super) struct FromTable {
    name: SmolStr,
    schema: RowSchema,
    open: bool,
    span: Span,
    /// The component's own name.
    of: SmolStr,
}

impl From {
    pub(super) fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::default();
        let mut offset = 0;
        for table in &self.tables {
            let entry = ScopeTable {
                name: table.name.clone(),
                schema: &table.schema,
                offset,
                open: table.open,
                of: table.of.clone(),
            };
            scope.tables.push(entry);
            offset += table.schema.len();
        }
        scope
    }

    /// Takes any name from here on: which columns there are is not known.
    fn forget(&mut self) {
        self.tree = None;
        for table in &mut self.tables {
            table.schema = RowSchema::default();
            table.open = true;
        }
    }

    fn forgotten(mut self) -> Self {
        self.forget();
        self
    }

    pub(super) fn is_open(&self) -> bool {
        self.tables.iter().any(|t| t.open)
    }
}

impl QueryBinder<'_> {
    pub(super) fn from(&mut self, list: &[TableWithJoins]) -> From {
        let mut so_far: Option<From> = None;
        for table in list {
            so_far = Some(match so_far {
                Some(left) if is_unnest(&table.relation) => {
                    let mut from = self.unnest(left, &table.relation, false);
                    for join in &table.joins {
                        from = self.join(from, join);
                    }
                    from
                }
                Some(left) => {
                    let right = self.joined(table);
                    let span = right.tables.first().map(|t| t.span);
                    self.combine(left, right, JoinKind::Inner, None, Origin::new("JOIN", span))
                }
                None => self.joined(table),
            });
        }
        so_far.unwrap_or(From { tables: Vec::new(), tree: None, ranked: None })
    }

    fn joined(&mut self, table: &TableWithJoins) -> From {
        let mut from = self.factor(&table.relation);
        for join in &table.joins {
            from = self.join(from, join);
        }
        from
    }

    fn join(&mut self, left: From, join: &Join) -> From {
        let at = self.factor_span(&join.relation);
        let before = |binder: &Self, words: usize| binder.binder.tokens.widen(at, words, 0);
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) | JoinOperator::CrossJoin(c) => {
                (JoinKind::Inner, c)
            }
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => (JoinKind::Left, c),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => (JoinKind::Right, c),
            JoinOperator::FullOuter(c) => (JoinKind::Full, c),
            _ => {
                let span = self.binder.tokens.words_before(at, 2);
                self.unsupported(span, "this kind of join is");
                return left.forgotten();
            }
        };
        if join.global {
            self.unsupported(before(self, 2), "`GLOBAL JOIN` is");
        }
        if is_unnest(&join.relation) {
            let fits = matches!(
                constraint,
                JoinConstraint::None
                    | JoinConstraint::On(Sql::Value(ValueWithSpan { value: SqlValue::Boolean(true), .. }))
            );
            if !fits || !matches!(kind, JoinKind::Inner | JoinKind::Left) {
                self.unsupported(
                    at,
                    "`UNNEST` in a join other than `CROSS JOIN` and `LEFT JOIN … ON TRUE` is",
                );
                return left.forgotten();
            }
            return self.unnest(left, &join.relation, kind == JoinKind::Left);
        }
        let mut right = self.factor(&join.relation);
        let on = match constraint {
            JoinConstraint::On(e) => Some(e),
            JoinConstraint::None => {
                if !matches!(join.join_operator, JoinOperator::CrossJoin(_)) {
                    let d = Diagnostic::new(SQL_UNSUPPORTED, at, "a join without `ON` is not supported")
                        .help("write `CROSS JOIN` if every row shall meet every other");
                    self.binder.report(d);
                }
                None
            }
            JoinConstraint::Using(_) => {
                let span = self.word(at, "USING");
                self.unsupported(span, "`USING` is");
                right.forget();
                None
            }
            JoinConstraint::Natural => {
                let span = self.binder.tokens.words_before(at, 2);
                self.unsupported(span, "`NATURAL JOIN` is");
                right.forget();
                None
            }
        };
        let end = on.map_or(at, |e| self.binder.tokens.extent(e));
        let origin = Origin::new("JOIN", before(self, 1).cover(end));
        self.combine(left, right, kind, on, origin)
    }

    /// Puts two sides together; `on` is bound over the columns of both.
    fn combine(&mut self, left: From, right: From, kind: JoinKind, on: Option<&Sql>, origin: Origin) -> From {
        for side in [&left, &right] {
            if let Some(ranked) = &side.ranked {
                self.unbounded_rank(ranked);
            }
        }
        let trees = left.tree.zip(right.tree);
        let mut from = From { tables: left.tables, tree: None, ranked: None };
        for table in &right.tables {
            if !table.name.is_empty()
                && let Some(first) = from.tables.iter().find(|t| t.name == table.name)
            {
                let d = Diagnostic::new(
                    DUPLICATE_NAME,
                    table.span,
                    format!("two tables are named `{}`", table.name),
                )
                .also(first.span, "the first one")
                .help("give one of them an alias");
                self.binder.report(d);
            }
        }
        let left_tables = from.tables.len();
        from.tables.extend(right.tables);
        let mut parts = Vec::new();
        let mut failed = false;
        if let Some(on) = on {
            let scope = from.scope();
            let condition = self.binder.condition(on, Env::new(&scope, "ON"));
            failed = condition.ty.is_unknown();
            parts = condition.conjuncts().into_iter().cloned().collect();
        }
        // Behind an outer join the columns of the padded side may be NULL.
        let pad_left = matches!(kind, JoinKind::Right | JoinKind::Full);
        let pad_right = matches!(kind, JoinKind::Left | JoinKind::Full);
        for (i, table) in from.tables.iter_mut().enumerate() {
            if if i < left_tables { pad_left } else { pad_right } {
                for column in &mut table.schema.columns {
                    column.ty.nullable = true;
                }
            }
        }
        if let (Some((left, right)), false) = (trees, failed) {
            from.tree =
                Some(Tree::Join { left: Box::new(left), right: Box::new(right), kind, on: parts, origin });
        }
        from
    }

    /// One table, sub-query or window function.
    fn factor(&mut self, factor: &TableFactor) -> From {
        let at = self.factor_span(factor);
        let (derived, alias, name) = match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                version,
                sample,
                with_ordinality,
                with_hints,
                partitions,
                json_path,
                index_hints,
            } => {
                let names = parts(name);
                let [ident] = names.as_slice() else {
                    self.unsupported(at, "a table name with a catalog or database is");
                    return self.single(Derived::missing(), alias.as_ref(), None, at);
                };
                if version.is_some() {
                    let span = self.word(at, "FOR");
                    self.unsupported(span, "a temporal join (`FOR SYSTEM_TIME AS OF`) is");
                }
                let hinted = !with_hints.is_empty() || !index_hints.is_empty() || !partitions.is_empty();
                if sample.is_some() || *with_ordinality || hinted || json_path.is_some() {
                    self.unsupported(at, "this clause behind a table is");
                }
                (self.table(ident), alias, Some(ident.value.as_str().into()))
            }
            TableFactor::Table { name, alias, args: Some(args), .. } if is_sub_query(name) => {
                let [FunctionArg::Unnamed(FunctionArgExpr::Expr(Sql::Subquery(query)))] =
                    args.args.as_slice()
                else {
                    return self.single(Derived::missing(), alias.as_ref(), None, at);
                };
                (self.query(query, false), alias, None)
            }
            TableFactor::Table { name, alias, args: Some(args), .. } => {
                let names = parts(name);
                let named = names.last().map_or("", |n| n.value.as_str());
                (self.table_function(named, &args.args, at), alias, None)
            }
            TableFactor::TableFunction { expr: Sql::Function(f), alias } => {
                let names = parts(&f.name);
                let named = names.last().map_or("", |n| n.value.as_str());
                let args: &[FunctionArg] = match &f.args {
                    sqlparser::ast::FunctionArguments::List(list) => &list.args,
                    _ => &[],
                };
                (self.table_function(named, args, at), alias, None)
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                if sample.is_some() {
                    let span = self.word(at, "TABLESAMPLE");
                    self.unsupported(span, "`TABLESAMPLE` is");
                }
                if *lateral {
                    let missing = self.unsupported(at, "`LATERAL` is");
                    return self.single(missing, alias.as_ref(), None, at);
                }
                (self.query(subquery, false), alias, None)
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                if let Some(alias) = alias {
                    let span = self.binder.tokens.ident(&alias.name);
                    self.unsupported(span, "an alias of a join is");
                }
                return self.joined(table_with_joins);
            }
            TableFactor::MatchRecognize {
                table,
                partition_by,
                order_by,
                measures,
                rows_per_match,
                after_match_skip,
                pattern,
                symbols,
                alias,
            } => {
                let clauses = Clauses {
                    partition: partition_by,
                    order: order_by,
                    measures,
                    rows: rows_per_match.as_ref(),
                    skip: after_match_skip.as_ref(),
                    pattern,
                    definitions: symbols,
                };
                let behind = Span { start: at.end, ..at };
                let span = self.word(behind, "MATCH_RECOGNIZE");
                if let Some(alias) = alias.as_ref().filter(|a| !a.columns.is_empty()) {
                    let at = self.binder.tokens.ident(&alias.name);
                    let message = "Flink does not take names of columns behind `MATCH_RECOGNIZE`";
                    let d = Diagnostic::new(PATTERN, at, message);
                    self.binder.report(d.help("name them in `MEASURES`"));
                }
                let inner = self.factor(table);
                if let Some(ranked) = &inner.ranked {
                    self.unbounded_rank(ranked);
                }
                let derived = match inner.tree {
                    Some(tree) => self.recognize(tree.lower(), &clauses, span),
                    None => Derived::missing(),
                };
                (derived, alias, None)
            }
            TableFactor::Function { alias, .. } => (self.unsupported(at, "`LATERAL TABLE` is"), alias, None),
            TableFactor::Pivot { alias, .. } => {
                let span = self.word(at, "PIVOT");
                (self.unsupported(span, "`PIVOT` is"), alias, None)
            }
            TableFactor::UNNEST { alias, .. } => {
                (self.unsupported(at, "`UNNEST` without a table before it is"), alias, None)
            }
            _ => {
                self.unsupported(at, "this table is");
                return self.single(Derived::missing(), None, None, at);
            }
        };
        self.single(derived, alias.as_ref(), name, at)
    }

    fn single(
        &mut self,
        mut derived: Derived,
        alias: Option<&TableAlias>,
        name: Option<SmolStr>,
        at: Span,
    ) -> From {
        let mut span = at;
        let mut name = name.unwrap_or_default();
        let of = name.clone();
        if let Some(alias) = alias {
            span = self.binder.alias(&alias.name);
            name = alias.name.value.as_str().into();
            let typed = alias.columns.iter().any(|c| c.data_type.is_some());
            if typed || alias.at.is_some() {
                self.unsupported(span, "this form of an alias is");
            }
            let columns: Vec<Ident> = alias.columns.iter().map(|c| c.name.clone()).collect();
            self.rename(&mut derived, &columns, span);
        }
        let table = FromTable { name, schema: derived.schema, open: derived.open, span, of };
        let (tree, ranked) = match derived.body {
            Body::Ready(relation) => (Some(Tree::Leaf(Box::new(relation))), None),
            Body::Ranked(ranked) => (None, Some(ranked)),
            Body::Missing => (None, None),
        };
        From { tables: vec![table], tree, ranked }
    }

    /// A table by its name: of `WITH`, or a component.
    pub(super) fn table(&mut self, ident: &Ident) -> Derived {
        let at = self.binder.tokens.ident(ident);
        if !self.binder.not_reserved(ident) {
            return Derived::missing();
        }
        if let Some((_, derived)) = self.ctes.iter().rev().find(|(name, _)| *name == ident.value.as_str()) {
            return derived.clone();
        }
        match self.catalog.relation(&ident.value) {
            Lookup::Found(props) => {
                Derived::ready(relations::scan(ident.value.as_str().into(), &props, Origin::new("FROM", at)))
            }
            Lookup::Broken => Derived::missing(),
            Lookup::Unknown => {
                let mut names = self.catalog.names();
                names.extend(self.ctes.iter().map(|(n, _)| n.clone()));
                let mut d = Diagnostic::new(
                    UNKNOWN_COMPONENT,
                    at,
                    format!("there is no source or stream `{}`", ident.value),
                );
                match did_you_mean(&ident.value, names.iter().map(SmolStr::as_str)) {
                    Some(close) => {
                        d = d.fix(
                            format!("change `{}` to `{close}`", ident.value),
                            at,
                            crate::bind::quoted(close),
                        );
                    }
                    None if !names.is_empty() => {
                        let listed: Vec<&str> = names.iter().take(12).map(SmolStr::as_str).collect();
                        d = d.help(format!("there are {}", listed.join(", ")));
                    }
                    None => {}
                }
                self.binder.report(d);
                Derived::missing()
            }
        }
    }

    /// `UNNEST(collection) AS t (a, b)`: the rows of `input` with the columns of an element.
    fn unnest(&mut self, input: From, factor: &TableFactor, outer: bool) -> From {
        let at = self.factor_span(factor);
        let TableFactor::Table { alias, args: Some(args), with_ordinality, .. } = factor else {
            return input;
        };
        if *with_ordinality {
            self.unsupported(at, "`WITH ORDINALITY` is");
            return input.forgotten();
        }
        if let Some(ranked) = &input.ranked {
            self.unbounded_rank(ranked);
        }
        let [FunctionArg::Unnamed(FunctionArgExpr::Expr(sql))] = args.args.as_slice() else {
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, "`UNNEST` takes one collection"));
            return input.forgotten();
        };
        let scope = input.scope();
        let collection = self.binder.expr(sql, Env::new(&scope, "UNNEST"));
        let name: SmolStr = alias.as_ref().map_or_else(SmolStr::default, |a| a.name.value.as_str().into());
        let mut columns = match element_columns(&collection.ty, &name) {
            Some(columns) => columns,
            None => {
                if !collection.ty.is_unknown() {
                    let message =
                        format!("`UNNEST` takes an array, map or multiset, not `{}`", collection.ty.kind);
                    let span = collection.span.unwrap_or(at);
                    self.binder.report(Diagnostic::new(TYPE_MISMATCH, span, message));
                }
                Vec::new()
            }
        };
        let mut failed = columns.is_empty();
        let mut span = at;
        if let Some(alias) = alias {
            span = self.binder.alias(&alias.name);
            if !failed && !alias.columns.is_empty() {
                if alias.columns.len() == columns.len() {
                    for (column, name) in columns.iter_mut().zip(&alias.columns) {
                        self.binder.alias(&name.name);
                        column.name = name.name.value.as_str().into();
                    }
                } else {
                    let message = super::miscounted(alias.columns.len(), columns.len());
                    self.binder.report(Diagnostic::new(ARGUMENT_COUNT, span, message));
                    failed = true;
                    columns.clear();
                }
            }
        }
        let mut schema = RowSchema::new(columns.clone());
        for column in &mut schema.columns {
            column.ty.nullable |= outer;
        }
        let mut from = From { tables: input.tables, tree: None, ranked: None };
        from.tables.push(FromTable { name, schema, open: failed, span, of: SmolStr::default() });
        if let (Some(tree), false) = (input.tree, failed) {
            let origin = Origin::new("UNNEST", at);
            from.tree = Some(Tree::Unnest { input: Box::new(tree), collection, columns, outer, origin });
        }
        from
    }

    /// Where a table is written, without its alias.
    fn factor_span(&self, factor: &TableFactor) -> Span {
        let tokens = self.binder.tokens;
        let called = |start: Span| {
            let open = tokens.from(start.end);
            tokens.closing(open).map_or(start, |close| start.cover(tokens.at(close)))
        };
        match factor {
            TableFactor::Table { name, .. } if is_sub_query(name) => {
                let open = parts(name).first().map_or(0, |i| tokens.from(tokens.ident(i).start));
                tokens.at(open).cover(tokens.closing(open).map_or(tokens.at(open), |close| tokens.at(close)))
            }
            TableFactor::Table { name, args, .. } => {
                let span =
                    parts(name).iter().map(|i| tokens.ident(i)).reduce(Span::cover).unwrap_or(tokens.whole);
                if args.is_some() { called(span) } else { span }
            }
            TableFactor::TableFunction { expr, .. } => tokens.widen(tokens.extent(expr), 2, 1),
            TableFactor::Derived { subquery, .. } => tokens.widen(tokens.query(subquery), 1, 0),
            TableFactor::NestedJoin { table_with_joins, .. } => {
                tokens.widen(self.factor_span(&table_with_joins.relation), 1, 0)
            }
            TableFactor::MatchRecognize { table, .. }
            | TableFactor::Pivot { table, .. }
            | TableFactor::Unpivot { table, .. } => self.factor_span(table),
            TableFactor::Function { name, .. } => {
                parts(name).first().map_or(tokens.whole, |i| called(tokens.ident(i)))
            }
            TableFactor::UNNEST { array_exprs, .. } => {
                array_exprs.first().map_or(tokens.whole, |e| tokens.widen(tokens.extent(e), 2, 1))
            }
            _ => tokens.whole,
        }
    }
}

/// Whether a table function stands for a sub-query before `MATCH_RECOGNIZE`.
fn is_sub_query(name: &ObjectName) -> bool {
    matches!(parts(name).as_slice(), [i] if i.value == SUB_QUERY)
}

fn is_unnest(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::Table { name, args: Some(_), .. }
        if matches!(parts(name).as_slice(), [i] if i.quote_style.is_none() && i.value.eq_ignore_ascii_case("UNNEST")))
}

/// The columns of an element: a plain one has the name of the alias, a row its fields, a map `KEY` and `VALUE`.
fn element_columns(collection: &DataType, alias: &str) -> Option<Vec<Column>> {
    let element = match &collection.kind {
        TypeKind::Array(element) | TypeKind::Multiset(element) => element,
        TypeKind::Map(key, value) => {
            return Some(vec![
                Column::new("KEY", key.as_ref().clone()),
                Column::new("VALUE", value.as_ref().clone()),
            ]);
        }
        _ => return None,
    };
    Some(match &element.kind {
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            fields.iter().map(|f| Column::new(f.name.clone(), f.ty.clone())).collect()
        }
        _ => {
            let name = if alias.is_empty() { "EXPR$0" } else { alias };
            vec![Column::new(name, element.as_ref().clone())]
        }
    })
}
