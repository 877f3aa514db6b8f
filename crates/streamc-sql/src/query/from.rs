//! `FROM`: tables, sub-queries, joins, `UNNEST`.

use super::lateral::is_lateral;
use super::on::beside;
use super::recognize::Clauses;
use super::temporal::version;
use super::tree::Tree;
use super::unnest::is_unnest;
use super::{Body, Derived, Lookup, QueryBinder, Ranked};
use crate::bind::Env;
use crate::extent::parts;
use crate::parse::SUB_QUERY;
use crate::scope::{Scope, ScopeTable, Shared};
use smol_str::SmolStr;
use sqlparser::ast::{
    Expr as Sql, FunctionArg, FunctionArgExpr, Ident, Join, JoinConstraint, JoinOperator, ObjectName,
    TableAlias, TableFactor, TableWithJoins, Value as SqlValue, ValueWithSpan,
};
use streamc_diagnostics::codes::names::{DUPLICATE_NAME, UNKNOWN_COMPONENT};
use streamc_diagnostics::codes::types::{PATTERN, SQL_UNSUPPORTED, TEMPORAL_JOIN};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{JoinKind, Origin, relations};
use streamc_types::{RowSchema, TypeKind};

/// What joins two tables.
pub(super) enum On<'s> {
    /// Nothing: every row meets every other.
    Any,
    Condition(&'s Sql),
    /// Columns that both sides have.
    Using(Vec<Ident>),
    /// All columns that both sides have; the place of the words.
    Natural(Span),
}

/// What `FROM` gives: the tables in scope, and how their rows come together.
pub(super) struct From {
    /// In the order of their columns.
    pub(super) tables: Vec<FromTable>,
    /// `None` if a table is missing, or the only one is ranked.
    pub(super) tree: Option<Tree>,
    /// The only table, if it is one of numbered rows.
    pub(super) ranked: Option<Box<Ranked>>,
    /// The columns that `USING` and `NATURAL` made of one of each side.
    pub(super) shared: Vec<Shared>,
}

pub(super) struct FromTable {
    pub(super) name: SmolStr,
    pub(super) schema: RowSchema,
    pub(super) open: bool,
    /// How many columns of its relation stand behind those of `schema`.
    pub(super) hidden: usize,
    pub(super) span: Span,
    /// The component's own name.
    pub(super) of: SmolStr,
    /// Its columns that are rows and `NULL` only where an outer join leaves them out.
    pub(super) padded: Vec<usize>,
}

impl From {
    pub(super) fn scope(&self) -> Scope<'_> {
        let mut scope = Scope::default();
        let mut offset = 0;
        for table in &self.tables {
            let (name, of) = (table.name.clone(), table.of.clone());
            let (schema, open, hidden) = (&table.schema, table.open, table.hidden);
            scope.tables.push(ScopeTable { name, schema, offset, open, of, hidden });
            offset += table.schema.len() + table.hidden;
        }
        scope.shared.clone_from(&self.shared);
        scope
    }

    /// Number of columns of its rows.
    pub(super) fn width(&self) -> usize {
        self.tables.iter().map(|t| t.schema.len() + t.hidden).sum()
    }

    /// Behind an outer join the columns of the padded side may be `NULL`; the tables of the right side are those from
    /// `right` on.
    pub(super) fn pad(&mut self, right: usize, kind: JoinKind) {
        let pad_left = matches!(kind, JoinKind::Right | JoinKind::Full);
        let pad_right = matches!(kind, JoinKind::Left | JoinKind::Full);
        for (i, table) in self.tables.iter_mut().enumerate() {
            if if i < right { pad_left } else { pad_right } {
                for (n, column) in table.schema.columns.iter_mut().enumerate() {
                    if !column.ty.nullable
                        && matches!(column.ty.kind, TypeKind::Row(_) | TypeKind::Structured(..))
                    {
                        table.padded.push(n);
                    }
                    column.ty.nullable = true;
                }
            }
        }
    }

    /// The same, where any name fits from here on: which columns there are is not known.
    pub(super) fn forgotten(mut self) -> Self {
        self.tree = None;
        self.shared.clear();
        for table in &mut self.tables {
            table.schema = RowSchema::default();
            table.open = true;
        }
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
                    let from = self.unnest(left, &table.relation, false);
                    table.joins.iter().fold(from, |from, join| self.join(from, join))
                }
                Some(left) if is_lateral(&table.relation) => {
                    let from = self.lateral(left, &table.relation, JoinKind::Inner, None);
                    table.joins.iter().fold(from, |from, join| self.join(from, join))
                }
                Some(left) if version(&table.relation).is_some() => {
                    let origin = Origin::new("JOIN", self.factor_span(&table.relation));
                    let from = match version(&table.relation) {
                        Some(as_of) => {
                            self.temporal(left, &table.relation, as_of, JoinKind::Inner, On::Any, origin)
                        }
                        None => left,
                    };
                    table.joins.iter().fold(from, |from, join| self.join(from, join))
                }
                Some(left) => {
                    let right = self.joined(table);
                    let span = right.tables.first().map(|t| t.span);
                    self.combine(left, right, JoinKind::Inner, On::Any, Origin::new("JOIN", span))
                }
                None => self.joined(table),
            });
        }
        so_far.unwrap_or(From { tables: Vec::new(), tree: None, ranked: None, shared: Vec::new() })
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
        let on = match constraint {
            JoinConstraint::On(e) => On::Condition(e),
            JoinConstraint::None => {
                if !matches!(join.join_operator, JoinOperator::CrossJoin(_)) {
                    let d = Diagnostic::new(SQL_UNSUPPORTED, at, "a join without `ON` is not supported")
                        .help("write `CROSS JOIN` if every row shall meet every other");
                    self.binder.report(d);
                }
                On::Any
            }
            JoinConstraint::Using(names) => {
                On::Using(names.iter().filter_map(|n| parts(n).first().copied().cloned()).collect())
            }
            JoinConstraint::Natural => On::Natural(before(self, 2).cover(at)),
        };
        let end = match &on {
            On::Condition(e) => self.binder.tokens.extent(e),
            On::Using(names) => {
                names.last().map_or(at, |n| self.binder.tokens.widen(self.binder.tokens.ident(n), 0, 1))
            }
            On::Any | On::Natural(_) => at,
        };
        if is_lateral(&join.relation) {
            let condition = match on {
                On::Condition(e) => Some(e),
                On::Any => None,
                On::Using(_) | On::Natural(_) => {
                    self.unsupported(at, "`LATERAL` with `USING` or `NATURAL` is");
                    return left.forgotten();
                }
            };
            return self.lateral(left, &join.relation, kind, condition);
        }
        let origin = Origin::new("JOIN", before(self, 1).cover(end));
        if let Some(as_of) = version(&join.relation) {
            return self.temporal(left, &join.relation, as_of, kind, on, origin);
        }
        let right = self.factor(&join.relation);
        let lists_fail = kind == JoinKind::Left && matches!(join.relation, TableFactor::TableFunction { .. });
        let joined = self.combine(left, right, kind, on, origin);
        if lists_fail
            && let (JoinConstraint::On(on), Some(Tree::Join { on: parts, .. })) = (constraint, &joined.tree)
        {
            self.no_lists(on, parts);
        }
        joined
    }

    /// Puts two sides together; a condition is bound over the columns of both.
    pub(super) fn combine(
        &mut self,
        left: From,
        right: From,
        kind: JoinKind,
        on: On<'_>,
        origin: Origin,
    ) -> From {
        for side in [&left, &right] {
            if let Some(ranked) = &side.ranked {
                self.unbounded_rank(ranked);
            }
        }
        let width = left.width();
        let kept = [self.kept(&left), self.kept(&right)];
        let pairs = match &on {
            On::Using(names) => self.using(&left, &right, names),
            On::Natural(at) => self.natural(&left, &right, *at),
            On::Any | On::Condition(_) => Some(Vec::new()),
        };
        let mut trees = left.tree.zip(right.tree);
        let moved = right
            .shared
            .into_iter()
            .map(|s| Shared { columns: s.columns.into_iter().map(|c| c + width).collect(), ..s });
        let shared = left.shared.into_iter().chain(moved).collect();
        let mut from = From { tables: left.tables, tree: None, ranked: None, shared };
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
        let mut failed = pairs.is_none();
        for pair in pairs.into_iter().flatten() {
            failed |= pair.condition.ty.is_unknown();
            parts.push(pair.condition);
            from.shared.retain(|s| s.name != pair.shared.name);
            from.shared.push(pair.shared);
        }
        if let On::Condition(on) = on {
            let joined = self.subqueries_of_on(on, &from);
            let scope = from.scope();
            let condition = self.binder.condition(on, Env::new(&scope, "ON"));
            failed |= condition.ty.is_unknown() || joined.is_none();
            parts = condition.conjuncts().into_iter().cloned().collect();
            if let (Some(joined), Some((_, tree))) = (joined.filter(|j| !j.is_empty()), &mut trees) {
                let (before, hidden) = (from.width(), beside(tree, joined, &mut parts, (width, kind)));
                debug_assert_eq!(before + hidden, width + tree.width());
                if let Some(last) = from.tables.last_mut() {
                    last.hidden += hidden;
                }
            }
        }
        from.pad(left_tables, kind);
        if let (Some((left, right)), false) = (trees, failed) {
            from.tree = Some(Tree::Join {
                left: Box::new(left),
                right: Box::new(right),
                kind,
                on: parts,
                kept,
                origin,
            });
        }
        from
    }

    /// One table, sub-query or window function.
    pub(super) fn factor(&mut self, factor: &TableFactor) -> From {
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
                    let message = "`FOR SYSTEM_TIME AS OF` stands behind the table on the right of a `JOIN`";
                    let d = Diagnostic::new(TEMPORAL_JOIN, span, message)
                        .help("write `a JOIN t FOR SYSTEM_TIME AS OF a.ts ON a.id = t.id`");
                    self.binder.report(d);
                    return self.single(
                        Derived::missing(),
                        alias.as_ref(),
                        Some(ident.value.as_str().into()),
                        at,
                    );
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
                    let missing = self.unsupported(at, "`LATERAL` without a table before it is");
                    return self.single(missing, alias.as_ref(), None, at);
                }
                self.made_up_names(subquery, alias.as_ref(), at);
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

    pub(super) fn single(
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
        let table = FromTable {
            name,
            schema: derived.schema,
            open: derived.open,
            hidden: 0,
            span,
            of,
            padded: Vec::new(),
        };
        let (tree, ranked) = match derived.body {
            Body::Ready(relation) => (Some(Tree::Leaf(Box::new(relation))), None),
            Body::Ranked(ranked) => (None, Some(ranked)),
            Body::Missing => (None, None),
        };
        From { tables: vec![table], tree, ranked, shared: Vec::new() }
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

    /// Where a table is written, without its alias.
    pub(super) fn factor_span(&self, factor: &TableFactor) -> Span {
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
